//! One filter's events, made once for all its readers.
use super::event::Change;
use super::pending::{Members, Pending};
use super::{EVENTS_KEPT, Streams};
use crate::query::filter::WorkloadFilter;
use crate::views::overview::{NamespaceCountsView, WholeView};
use crate::views::source::SourceView;
use bytes::Bytes;
use domain::state::Cluster;
use domain::time::Time;
use engine::{Batch, Lagged, Snapshot, Subscription, Version};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// How long changes are gathered after an event, before the next.
const WINDOW: Duration = Duration::from_millis(100);
/// The most events that are made of one change: more would push each other, and all before them, out of the readers'
/// channel. To tell that much, a snapshot is cheaper.
const MOST_EVENTS: usize = EVENTS_KEPT / 2;

/// What a hub tells its readers.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    /// One of the events that bring a reader to that version: it is there with the last.
    Change { version: Version, last: bool, event: Bytes },
    /// The hub itself fell behind, or has too much to tell: take a snapshot.
    Resync,
}

/// Makes the events of one filter.
pub(super) struct Hub {
    streams: Arc<Streams>,
    filter: Arc<WorkloadFilter>,
    events: broadcast::Sender<Frame>,
    feed: Subscription,
    /// The version up to which readers have been told, and its time.
    reached: (Version, Time),
    /// What they have been told of the whole.
    told: WholeView,
    pending: Pending,
}

impl Hub {
    /// A hub that tells what changes from now on.
    pub(super) fn new(
        streams: Arc<Streams>,
        filter: Arc<WorkloadFilter>,
        events: broadcast::Sender<Frame>,
    ) -> Self {
        let (feed, snapshot, pending) = begin(&streams, &filter);
        let (reached, told) = ((snapshot.version, snapshot.as_of), WholeView::of(&snapshot.view));
        Self { streams, filter, events, feed, reached, told, pending }
    }

    /// Tells changes until it is ended. The first goes at once; those that follow within [`WINDOW`] go together.
    pub(super) async fn run(mut self, ended: CancellationToken) {
        let mut window: Option<Instant> = None;
        loop {
            let window_over = async {
                match window {
                    Some(end) => sleep_until(end).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = ended.cancelled() => return,
                received = self.feed.recv() => {
                    self.receive(received);
                    if window.is_none() && self.flush() {
                        window = Some(Instant::now() + WINDOW);
                    }
                }
                () = window_over => {
                    window = self.flush().then(|| Instant::now() + WINDOW);
                }
            }
        }
    }

    fn receive(&mut self, received: Result<Arc<Batch>, Lagged>) {
        if let Ok(batch) = received {
            self.pending.add(&batch);
            return;
        }
        let (feed, snapshot, pending) = begin(&self.streams, &self.filter);
        (self.feed, self.pending) = (feed, pending);
        (self.reached, self.told) = ((snapshot.version, snapshot.as_of), WholeView::of(&snapshot.view));
        // Nobody listens: then nobody needs to know.
        let _ = self.events.send(Frame::Resync);
    }

    /// Makes events of what there is, if there is anything that readers do not know.
    fn flush(&mut self) -> bool {
        let Some(reached) = self.pending.reached else { return false };
        let taken = self.pending.take();
        let now = self.streams.handle.snapshot();
        let whole = WholeView::of(&now.view);
        let before = std::mem::replace(&mut self.reached, reached);
        let told = std::mem::replace(&mut self.told, whole);
        let entries = taken.entries();
        let changed = !entries.is_empty() || !taken.namespaces.is_empty() || taken.sources || whole != told;
        if !changed {
            return false;
        }
        let most = self.streams.most_rows;
        if entries.len() > most * MOST_EVENTS {
            let _ = self.events.send(Frame::Resync);
            return true;
        }
        // The last is never empty, unless there is nothing to tell of workloads.
        let (first, last) = entries.split_at(entries.len().saturating_sub(1) / most * most);
        for entries in first.chunks(most) {
            // Who goes away after this one has what it had, and is told all of it when it comes back.
            let (version, at) = before;
            let (namespaces, sources) = (Vec::new(), None);
            let part = Change { version, at, entries, last: false, whole: told, namespaces, sources };
            self.send(reached.0, &part);
        }
        // The engine says which namespaces differ. What was told of them before is no measure: a reader may have come
        // in between, with what they were then.
        let counts = |(cluster, name)| NamespaceCountsView::one(&now.view, cluster, name);
        let (version, at) = reached;
        self.send(
            version,
            &Change {
                version,
                at,
                entries: last,
                last: true,
                whole,
                namespaces: taken.namespaces.iter().map(|(cluster, name)| counts((cluster, name))).collect(),
                sources: taken.sources.then(|| SourceView::all(&now.view)),
            },
        );
        true
    }

    /// Sends a change, or one part of it, on the way to that version. Nobody listens: then nobody needs to know.
    fn send(&self, version: Version, change: &Change<'_>) {
        let _ = self.events.send(Frame::Change { version, last: change.last, event: change.to_event() });
        self.streams.counts.changes.fetch_add(1, Ordering::Relaxed);
    }
}

/// Where a hub begins: at the last snapshot, with the changes after exactly that one.
fn begin(streams: &Streams, filter: &Arc<WorkloadFilter>) -> (Subscription, Arc<Snapshot>, Pending) {
    let (snapshot, feed) = streams.handle.follow();
    let members = Members::among(filter, snapshot.view.clusters().flat_map(Cluster::rows));
    (feed, snapshot, Pending::new(filter.clone(), members))
}
