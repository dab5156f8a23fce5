//! The task that owns the state.
use crate::batch::Draft;
use crate::clock::{Clock, Forward};
use crate::feed::Feed;
use crate::gauges::{Meters, Published};
use crate::handle::{Handle, Snapshot};
use crate::version::Version;
use domain::change::Change;
use domain::id::WorkloadId;
use domain::memory::Memory;
use domain::observation::Observation;
use domain::port::{Journal, Record};
use domain::source::SourceId;
use domain::state::{State, Tally, View};
use domain::time::Time;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Observations applied before the engine looks up: to publish, to look at the time, to end.
const AT_ONCE: usize = 512;
/// After something was taken, how long it gathers before more is: while a cluster is listed the sources would else wake
/// the engine for each object, which costs more than the object. Much less than [`PACE`], so that nobody sees it.
const GATHERING: Duration = Duration::from_millis(2);
/// The least time between two publications. The first change after a silence goes at once; a cluster that is listed or
/// never still is published so often.
const PACE: Duration = Duration::from_millis(25);
/// The longest sleep on the way to an appointment: timers stand still while the machine sleeps, the clock does not.
const LONGEST_SLEEP: Duration = Duration::from_secs(15);
/// The shortest, so that an appointment that can't be kept does not keep the processor busy.
const SHORTEST_SLEEP: Duration = Duration::from_millis(5);

/// Owns the state: applies, publishes, and hands to the journal.
pub struct Engine {
    state: State,
    /// From the sources. Whoever made it chose the bound; a full one makes sources wait, so nothing is lost. It is closed
    /// by its senders, or by the end of [`Engine::run`].
    observations: mpsc::Receiver<Observation>,
    journal: Arc<dyn Journal>,
    clock: Forward,
    feed: Arc<Feed>,
    meters: Arc<Meters>,
    draft: Draft,
    /// The last publication
    version: Version,
    /// The last time that the state was given
    now: Time,
    /// When the first observation that is not published yet was taken from the queue
    unpublished_since: Option<Instant>,
    /// When the next publication may be
    publish_at: Instant,
}

impl Engine {
    /// An engine for that state, to be run, and what readers hold. `restored`: what was remembered before our restart.
    #[must_use]
    pub fn new(
        mut state: State,
        restored: Vec<(WorkloadId, Memory)>,
        observations: mpsc::Receiver<Observation>,
        journal: Arc<dyn Journal>,
        clock: Clock,
    ) -> (Self, Handle) {
        let mut clock = Forward::new(clock);
        let now = clock.now();
        let mut draft = Draft::default();
        for change in state.apply(Observation::Restored(restored), now) {
            draft.add(change);
        }
        let version = Version { epoch: now.as_millis().unsigned_abs(), seq: 0 };
        let feed = Arc::new(Feed::new(Snapshot { view: state.view(), version, as_of: now }));
        let meters = Arc::new(Meters::default());
        let handle = Handle { feed: feed.clone(), meters: meters.clone() };
        let engine = Self {
            state,
            observations,
            journal,
            clock,
            feed,
            meters,
            draft,
            version,
            now,
            unpublished_since: None,
            publish_at: Instant::now(),
        };
        (engine, handle)
    }

    /// Works until it is cancelled. A panic in here must end the process: there would be nobody left to tell what is.
    #[tracing::instrument(name = "engine", skip_all)]
    pub async fn run(mut self, cancelled: CancellationToken) {
        let mut taken = Vec::with_capacity(AT_ONCE);
        let mut open = true;
        let mut take_at = Instant::now();
        loop {
            let due = self.sleep_until_due();
            let publication = self.unpublished_since.map(|_| self.publish_at);
            tokio::select! {
                biased;
                () = cancelled.cancelled() => break,
                count = gathered(&mut self.observations, &mut taken, take_at), if open => open = count > 0,
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
                () = sleep_until(self.publish_at), if publication.is_some() => {}
            }
            let at = Instant::now();
            if !taken.is_empty() {
                take_at = at + GATHERING;
            }
            self.meters.took(at.into_std(), self.observations.len());
            for observation in taken.drain(..) {
                self.apply(observation, at);
            }
            if self.state.next_due().is_some_and(|due| due <= self.clock.now()) {
                self.apply(Observation::Due, at);
            }
            if self.unpublished_since.is_some() && Instant::now() >= self.publish_at {
                self.publish();
            }
        }
        // What was told before the end counts, too: nobody tells it again.
        let at = Instant::now();
        for _ in 0..self.observations.len() {
            let Ok(observation) = self.observations.try_recv() else { break };
            self.apply(observation, at);
        }
        if self.unpublished_since.is_some() {
            self.publish();
        }
        tracing::debug!("the engine has ended");
    }

    fn apply(&mut self, observation: Observation, taken_at: Instant) {
        let began = std::time::Instant::now();
        self.now = self.clock.now();
        let changes = self.state.apply(observation, self.now);
        self.meters.applied(began.elapsed());
        self.unpublished_since.get_or_insert(taken_at);
        let mut view = None;
        for change in changes {
            if let Some(record) =
                to_record(&change, self.now, || view.get_or_insert_with(|| self.state.view()).clone())
            {
                self.journal.record(record);
            }
            self.draft.add(change);
        }
    }

    fn publish(&mut self) {
        self.version.seq += 1;
        let view = self.state.view();
        let mut tally = Tally::default();
        for cluster in view.clusters() {
            tally.add(&cluster.tally());
        }
        let (workloads, pods) = (tally.total() as usize, tally.pods as usize);
        let batch = self.draft.finish(self.version, self.now);
        let rows = batch.as_ref().map(crate::batch::Batch::rows);
        self.feed.publish(Snapshot { view, version: self.version, as_of: self.now }, batch, workloads);
        let now = Instant::now();
        let delay = self.unpublished_since.take().map_or(Duration::ZERO, |since| now - since);
        self.meters.published(&Published { delay, rows, workloads, pods });
        self.publish_at = now + PACE;
    }

    /// When to look at the time again.
    fn sleep_until_due(&mut self) -> Option<Instant> {
        let due = self.state.next_due()?;
        let sleep = due.since(self.clock.now()).clamp(SHORTEST_SLEEP, LONGEST_SLEEP);
        Some(Instant::now() + sleep)
    }
}

/// Takes what there is: at that moment, or at once where as much waits already as is taken at a time; how much that was.
/// Nothing is lost when it is given up.
async fn gathered(
    observations: &mut mpsc::Receiver<Observation>,
    taken: &mut Vec<Observation>,
    take_at: Instant,
) -> usize {
    if observations.len() < AT_ONCE {
        sleep_until(take_at).await;
    }
    observations.recv_many(taken, AT_ONCE).await
}

/// What of a change must outlive us.
fn to_record(change: &Change, now: Time, view: impl FnOnce() -> View) -> Option<Record> {
    match change {
        Change::Transition(transition) => Some(Record::Transition(transition.clone())),
        Change::Remembered(id, memory) => Some(Record::Memory(id.clone(), memory.clone())),
        Change::Source { cluster, id, at } => {
            let view = view();
            let source = find_source(&view, cluster, id);
            Some(Record::Source {
                cluster: cluster.clone(),
                id: id.clone(),
                state: source.map(|source| source.state),
                reason: source.and_then(|source| source.reason.clone()),
                at: *at,
            })
        }
        Change::Cluster(name) => {
            let uid = view().cluster(name)?.description()?.uid?;
            Some(Record::Cluster { name: name.clone(), uid, at: now })
        }
        Change::Upserted(_) | Change::Removed(_) | Change::Touched(_) | Change::Namespace { .. } => None,
    }
}

fn find_source<'a>(view: &'a View, cluster: &str, id: &SourceId) -> Option<&'a domain::source::Source> {
    view.cluster(cluster)?.sources().find(|(other, _)| *other == id).map(|(_, source)| source)
}
