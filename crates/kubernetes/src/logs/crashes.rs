//! The ends of containers that are to be asked about, each in its turn.

use super::nodes::Nodes;
use crate::source::FORBIDDEN_RETRY;
use domain::id::Uid;
use domain::pod::{Crash, Pod};
use domain::text::Text;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How often an end is asked about whose log could not be had.
const TRIES: u32 = 3;
/// How long until the next try.
const RETRY: Duration = Duration::from_secs(5);
/// The most ends that are remembered as asked about, or to be; beyond it, the oldest are forgotten.
const MOST: usize = 10_000;

/// The ends of containers that are to be asked about. Shared by the sources that see pods and those who ask.
#[derive(Debug, Default)]
pub(crate) struct Crashes {
    ends: Mutex<Ends>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Ends {
    /// The latest end of each container that was asked about, or is to be
    known: BTreeMap<Key, Known>,
    waiting: BTreeMap<Key, End>,
    /// In turn, so that nobody waits for ever while one container ends again and again
    last: Option<Key>,
    nodes: Nodes,
    /// Namespaces whose logs may not be read: since when that is known, and the API server's words
    forbidden: BTreeMap<Text, (Instant, Text)>,
}

/// A container of a pod.
type Key = (Uid, Text);

#[derive(Debug)]
struct Known {
    namespace: Text,
    ended: Time,
    /// Whether a later run has begun
    runs_again: bool,
}

/// One end of one container.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) pod: Uid,
    pub(super) namespace: Text,
    pub(super) name: Text,
    pub(super) container: Text,
    pub(super) started: Option<Time>,
    pub(super) ended: Time,
    /// Whether the log of the run before the current one is the one to look into
    pub(super) previous: bool,
    /// Whether its lines are so long that fewer of them are to be asked for
    pub(super) has_long_lines: bool,
    node: Option<Text>,
    /// Whether the log of the other run was looked into before
    is_other: bool,
    tries: u32,
    /// When it may be asked about
    not_before: Instant,
}

/// What there is to do.
enum Turn {
    Ask(End),
    /// None of those that wait may be asked about yet; the first may then.
    Wait(Instant),
    Rest,
}

impl End {
    /// The same end, to be looked for in the log of the other run; `None` where that was done.
    pub(super) fn in_other_run(&self) -> Option<Self> {
        let other =
            || Self { previous: !self.previous, is_other: true, has_long_lines: false, ..self.clone() };
        (!self.is_other).then(other)
    }

    /// The same end, of whose log too much came.
    pub(super) fn with_long_lines(self) -> Self {
        Self { has_long_lines: true, ..self }
    }
}

impl Ends {
    /// Notes how it goes on after an end that is known; answers whether it is.
    fn goes_on(&mut self, key: &Key, ended: Time, crash: Crash<'_>) -> bool {
        let Some(known) = self.known.get_mut(key).filter(|known| known.ended >= ended) else { return false };
        if known.ended == ended {
            known.runs_again |= crash.runs_again;
            let first = self.waiting.get_mut(key).filter(|end| !end.is_other);
            if let Some(end) = first {
                end.previous = !crash.is_over;
            }
        }
        true
    }

    /// Sees to it that one more end can be remembered: of those that were asked about the oldest goes, or else the oldest
    /// that waits.
    fn make_room(&mut self, key: &Key) {
        if self.known.len() < MOST || self.known.contains_key(key) {
            return;
        }
        let oldest =
            self.known.iter().min_by_key(|(key, known)| (self.waiting.contains_key(key), known.ended));
        if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
            self.known.remove(&oldest);
            self.waiting.remove(&oldest);
        }
    }
}

impl Crashes {
    /// Notes the ends that are new. At first sight of a pod, those of containers that do well again are none of our
    /// concern.
    pub(crate) fn note(&self, pod: &Pod, is_first_sight: bool) {
        let mut ends = self.lock();
        for crash in pod.crashes() {
            let Some(ended) = crash.end.finished else { continue };
            let key = (pod.uid, crash.container.clone());
            if ends.goes_on(&key, ended, crash) || (is_first_sight && pod.is_ready()) {
                continue;
            }
            ends.make_room(&key);
            let end = End {
                pod: pod.uid,
                namespace: pod.namespace.clone(),
                name: pod.name.clone(),
                container: crash.container.clone(),
                started: crash.end.started,
                ended,
                // Until the next run begins, the log of the one that ended is the current log of its container.
                previous: !crash.is_over,
                has_long_lines: false,
                node: pod.node.clone(),
                is_other: false,
                tries: 0,
                not_before: Instant::now(),
            };
            let known = Known { namespace: pod.namespace.clone(), ended, runs_again: crash.runs_again };
            ends.known.insert(key.clone(), known);
            ends.waiting.insert(key, end);
            self.more.notify_one();
        }
    }

    /// The pod is gone.
    pub(crate) fn forget(&self, pod: Uid) {
        let mut ends = self.lock();
        let of_pod = ends.known.range((pod, Text::new())..).take_while(|(key, _)| key.0 == pod);
        for key in of_pod.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            ends.known.remove(&key);
            ends.waiting.remove(&key);
        }
    }

    /// A complete list was read: of its namespace, or of all where it has none, these pods are left.
    pub(crate) fn listed(&self, namespace: Option<&Text>, pods: &[Uid]) {
        let pods: BTreeSet<&Uid> = pods.iter().collect();
        let mut ends = self.lock();
        let Ends { known, waiting, .. } = &mut *ends;
        known.retain(|(pod, _), known| {
            pods.contains(pod) || namespace.is_some_and(|namespace| *namespace != known.namespace)
        });
        waiting.retain(|key, _| known.contains_key(key));
    }

    /// The logs of that namespace may not be read, in the API server's words.
    pub(super) fn forbid(&self, namespace: &Text, reason: Text) {
        self.lock().forbidden.insert(namespace.clone(), (Instant::now(), reason));
    }

    /// Why the logs of that namespace may not be read, while that need not be asked again.
    pub(super) fn forbidden(&self, namespace: &str) -> Option<Text> {
        let ends = self.lock();
        let (at, reason) = ends.forbidden.get(namespace)?;
        (at.elapsed() < FORBIDDEN_RETRY).then(|| reason.clone())
    }

    /// The end whose turn it is, as soon as there is one. Its node is asked for no other until it is [`Self::answered`].
    pub(super) async fn next(&self) -> End {
        loop {
            let more = self.more.notified();
            let turn = self.turn();
            match turn {
                Turn::Ask(end) => return end,
                Turn::Rest => more.await,
                Turn::Wait(until) => tokio::select! {
                    () = more => {}
                    () = sleep_until(until) => {}
                },
            }
        }
    }

    /// The question about that end is over, though its node may have been silent.
    pub(super) fn answered(&self, end: &End, by_its_node: bool) {
        self.lock().nodes.end(end.node.as_ref(), by_its_node);
        self.more.notify_one();
    }

    /// Whether a later run of the container has begun since that end.
    pub(super) fn runs_again(&self, end: &End) -> bool {
        let ends = self.lock();
        let known = ends.known.get(&(end.pod, end.container.clone()));
        known.is_some_and(|known| known.ended == end.ended && known.runs_again)
    }

    /// Puts an end back that has to be asked about otherwise, unless a later one has come.
    pub(super) fn ask_again(&self, end: End) {
        let mut ends = self.lock();
        let key = (end.pod, end.container.clone());
        if ends.known.get(&key).is_some_and(|known| known.ended == end.ended) {
            ends.waiting.insert(key, end);
            self.more.notify_one();
        }
    }

    /// Puts an end back whose log could not be had, unless that was often enough. The server may ask for a longer wait.
    pub(super) fn put_back(&self, end: End, wait: Option<Duration>) {
        if end.tries + 1 < TRIES {
            let not_before = Instant::now() + wait.map_or(RETRY, |wait| wait.max(RETRY));
            self.ask_again(End { tries: end.tries + 1, not_before, ..end });
        }
    }

    fn turn(&self) -> Turn {
        let now = Instant::now();
        let mut ends = self.lock();
        let due = |end: &End| {
            let free = ends.nodes.free_from(end.node.as_ref(), now)?;
            Some(free.max(end.not_before))
        };
        let may_be_asked = |end: &End| due(end).is_some_and(|from| from <= now);
        let after = ends.last.as_ref().and_then(|last| {
            ends.waiting.range((Excluded(last), Unbounded)).find(|(_, end)| may_be_asked(end))
        });
        let next = after.or_else(|| ends.waiting.iter().find(|(_, end)| may_be_asked(end)));
        let Some(key) = next.map(|(key, _)| key.clone()) else {
            let first = ends.waiting.values().filter_map(due).min();
            return first.map_or(Turn::Rest, Turn::Wait);
        };
        let Some(end) = ends.waiting.remove(&key) else { return Turn::Rest };
        ends.last = Some(key);
        ends.nodes.begin(end.node.as_ref());
        if !ends.waiting.is_empty() {
            self.more.notify_one();
        }
        Turn::Ask(end)
    }

    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
