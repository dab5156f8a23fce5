//! The ends of containers that are to be asked about, each in its turn.

use crate::source::FORBIDDEN_RETRY;
use domain::id::Uid;
use domain::pod::Pod;
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
    /// Namespaces whose logs may not be read: since when that is known, and the API server's words
    forbidden: BTreeMap<Text, (Instant, Text)>,
}

/// A container of a pod.
type Key = (Uid, Text);

#[derive(Debug)]
struct Known {
    namespace: Text,
    ended: Time,
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
    /// Whether no later run had begun
    pub(super) is_over: bool,
    tries: u32,
    /// When it may be asked about again
    not_before: Option<Instant>,
}

/// What there is to do.
enum Turn {
    Ask(End),
    /// All that wait were asked about in vain, and the first may be asked about again then.
    Wait(Instant),
    Rest,
}

impl Ends {
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
            let is_known = ends.known.get(&key).is_some_and(|known| known.ended >= ended);
            if is_known || (is_first_sight && pod.is_ready()) {
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
                is_over: crash.is_over,
                tries: 0,
                not_before: None,
            };
            ends.known.insert(key.clone(), Known { namespace: pod.namespace.clone(), ended });
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

    /// The end whose turn it is, as soon as there is one.
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

    /// Puts an end back whose log could not be had, unless that was often enough or a later end has come.
    pub(super) fn put_back(&self, end: End) {
        let mut ends = self.lock();
        let key = (end.pod, end.container.clone());
        let is_latest = ends.known.get(&key).is_some_and(|known| known.ended == end.ended);
        if is_latest && end.tries + 1 < TRIES {
            let end = End { tries: end.tries + 1, not_before: Some(Instant::now() + RETRY), ..end };
            ends.waiting.insert(key, end);
            self.more.notify_one();
        }
    }

    fn turn(&self) -> Turn {
        let now = Instant::now();
        let mut ends = self.lock();
        let may_be_asked = |end: &End| end.not_before.is_none_or(|from| from <= now);
        let after = ends.last.as_ref().and_then(|last| {
            ends.waiting.range((Excluded(last), Unbounded)).find(|(_, end)| may_be_asked(end))
        });
        let next = after.or_else(|| ends.waiting.iter().find(|(_, end)| may_be_asked(end)));
        let Some(key) = next.map(|(key, _)| key.clone()) else {
            let first = ends.waiting.values().filter_map(|end| end.not_before).min();
            return first.map_or(Turn::Rest, Turn::Wait);
        };
        let end = ends.waiting.remove(&key);
        ends.last = Some(key);
        if !ends.waiting.is_empty() {
            self.more.notify_one();
        }
        end.map_or(Turn::Rest, Turn::Ask)
    }

    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
