//! One filter's events, made once for all its readers.
use super::Streams;
use super::event::Change;
use super::pending::{Members, Pending};
use crate::query::filter::WorkloadFilter;
use crate::views::overview::{NamespaceCountsView, WholeView};
use crate::views::source::SourceView;
use bytes::Bytes;
use domain::state::Cluster;
use engine::{Batch, Lagged, Snapshot, Subscription, Version};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// How long changes are gathered after an event, before the next.
const WINDOW: Duration = Duration::from_millis(100);

/// What a hub tells its readers.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    /// An event that brings a reader to that version.
    Change(Version, Bytes),
    /// The hub itself fell behind: take a snapshot.
    Resync,
}

/// Makes the events of one filter.
pub(super) struct Hub {
    streams: Arc<Streams>,
    filter: Arc<WorkloadFilter>,
    events: broadcast::Sender<Frame>,
    feed: Subscription,
    /// What readers have been told of the whole.
    told: Arc<Snapshot>,
    pending: Pending,
}

impl Hub {
    /// A hub that tells what changes from now on.
    pub(super) fn new(
        streams: Arc<Streams>,
        filter: Arc<WorkloadFilter>,
        events: broadcast::Sender<Frame>,
    ) -> Self {
        let (feed, told, pending) = begin(&streams, &filter);
        Self { streams, filter, events, feed, told, pending }
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
        (self.feed, self.told, self.pending) = begin(&self.streams, &self.filter);
        // Nobody listens: then nobody needs to know.
        let _ = self.events.send(Frame::Resync);
    }

    /// Makes an event of what there is, if there is anything that readers do not know.
    fn flush(&mut self) -> bool {
        let Some((version, at)) = self.pending.reached else { return false };
        let taken = self.pending.take();
        let now = self.streams.handle.snapshot();
        let whole = WholeView::of(&now.view);
        let namespaces: Vec<_> = taken
            .namespaces
            .iter()
            .filter_map(|(cluster, name)| {
                let counts = NamespaceCountsView::one(&now.view, cluster, name);
                let known = NamespaceCountsView::one(&self.told.view, cluster, name);
                let exists = |snapshot: &Snapshot| {
                    snapshot.view.cluster(cluster).is_some_and(|cluster| cluster.namespace(name).is_some())
                };
                (counts != known || exists(&now) != exists(&self.told)).then_some(counts)
            })
            .collect();
        let changed = !taken.rows.is_empty()
            || !namespaces.is_empty()
            || taken.sources
            || whole != WholeView::of(&self.told.view);
        if !changed {
            return false;
        }
        let change = Change {
            version,
            at,
            upserted: taken.rows.values().filter_map(Option::as_deref).collect(),
            removed: taken.rows.iter().filter(|(_, row)| row.is_none()).map(|(id, _)| id.clone()).collect(),
            whole,
            namespaces,
            sources: taken.sources.then(|| SourceView::all(&now.view)),
        };
        let _ = self.events.send(Frame::Change(version, change.to_event()));
        self.streams.counts.changes.fetch_add(1, Ordering::Relaxed);
        self.told = now;
        true
    }
}

/// Where a hub begins: at the last snapshot, with the changes after exactly that one.
fn begin(streams: &Streams, filter: &Arc<WorkloadFilter>) -> (Subscription, Arc<Snapshot>, Pending) {
    let (snapshot, feed) = streams.handle.follow();
    let members = Members::among(filter, snapshot.view.clusters().flat_map(Cluster::rows));
    (feed, snapshot, Pending::new(filter.clone(), members))
}
