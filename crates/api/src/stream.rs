//! Event streams: the state as it changes, for as many readers as come.
//!
//! Readers with an equal filter share a [`hub::Hub`], which turns the engine's batches into events once for all of
//! them. Each reader has a [`subscriber::Subscriber`], which brings it from what it has to where the hub is, and then
//! passes the hub's events on. A reader that is too slow loses events and is given a snapshot; one that does not read
//! at all is cut off. Nobody holds up the hub, and the hub does not hold up the engine.
use crate::error::ApiError;
use crate::metrics::family::{Family, FamilyKind};
use crate::query::filter::WorkloadFilter;
use crate::server::Cutter;
use axum::body::Body;
use bytes::Bytes;
use engine::{Handle, Version};
use futures::StreamExt;
use hub::{Frame, Hub};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use subscriber::Subscriber;
use tokio::sync::{Semaphore, broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

mod event;
mod hub;
mod pending;
mod subscriber;

/// The most streams at a time.
pub(crate) const MOST_STREAMS: usize = 1000;
/// The most different filters among them: each has its own task and remembers who is in it.
pub(crate) const MOST_FILTERS: usize = 128;
/// Events on their way to one connection. When it is full the reader falls behind in its hub's channel instead.
const EVENTS_UNDER_WAY: usize = 4;
/// Events that a hub keeps for its slowest reader. Who falls further behind is given a snapshot.
const EVENTS_KEPT: usize = 32;
/// The most workloads of one change: more are told in several. A reader that missed changes to more than these is given
/// a snapshot, whose parts are made as it reads them.
pub(crate) const MOST_ROWS: usize = 1000;

/// All streams that are open.
pub(crate) struct Streams {
    handle: Handle,
    /// Cancelled when the server stops: every task of a stream ends.
    closing: CancellationToken,
    /// One permit for each stream that may be open.
    permits: Arc<Semaphore>,
    hubs: Mutex<HashMap<Arc<WorkloadFilter>, Shared>>,
    /// The tasks of hubs and subscribers.
    tasks: TaskTracker,
    /// The most workloads of one change: [`MOST_ROWS`]
    most_rows: usize,
    counts: Counts,
}

/// A hub and how many read from it.
struct Shared {
    /// Events for all its readers: the hub's task sends; it is closed when the last reader has left; a reader that
    /// is more than [`EVENTS_KEPT`] behind loses the oldest and notices.
    events: broadcast::Sender<Frame>,
    readers: usize,
    /// Ends the hub's task.
    ended: CancellationToken,
}

/// What counts up.
#[derive(Default)]
struct Counts {
    changes: AtomicU64,
    snapshots: AtomicU64,
    resyncs: AtomicU64,
    cut: AtomicU64,
}

/// A reader's part in a hub; the hub ends with the last of them.
struct Seat {
    streams: Arc<Streams>,
    filter: Arc<WorkloadFilter>,
}

impl Streams {
    pub(crate) fn new(handle: Handle, closing: CancellationToken, most_rows: usize) -> Self {
        Self {
            handle,
            closing,
            permits: Arc::new(Semaphore::new(MOST_STREAMS)),
            hubs: Mutex::default(),
            tasks: TaskTracker::new(),
            most_rows,
            counts: Counts::default(),
        }
    }

    /// Opens a stream for a reader that has the state of version `after`, or nothing.
    pub(crate) fn open(
        self: &Arc<Self>,
        filter: WorkloadFilter,
        after: Option<Version>,
        cutter: Option<Cutter>,
    ) -> Result<Body, ApiError> {
        let permit = self.permits.clone().try_acquire_owned();
        let permit = permit.map_err(|_| ApiError::TooManyStreams(MOST_STREAMS))?;
        let (seat, events) = self.join(filter)?;
        // The subscriber sends; the channel is closed by whichever end goes first: the connection, or the subscriber.
        let (sender, receiver) = mpsc::channel::<Bytes>(EVENTS_UNDER_WAY);
        let subscriber = Subscriber { seat, events, after, out: sender, cutter };
        let closing = self.closing.clone();
        self.tasks.spawn(async move {
            subscriber.run(closing).await;
            drop(permit);
        });
        Ok(Body::from_stream(ReceiverStream::new(receiver).map(Ok::<_, Infallible>)))
    }

    /// Waits until every task has ended, once the server stops.
    pub(crate) async fn drained(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// How many are open, and what they were sent.
    pub(crate) fn families(&self) -> Vec<Family> {
        let open = MOST_STREAMS - self.permits.available_permits();
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        vec![
            Family::single("streams", "Event streams that are open", FamilyKind::Gauge, open as f64),
            Family::single(
                "stream_filters",
                "Different filters among the open event streams",
                FamilyKind::Gauge,
                self.hubs().len() as f64,
            ),
            Family::single(
                "stream_changes",
                "Change events made, once for each filter",
                FamilyKind::Counter,
                count(&self.counts.changes),
            ),
            Family::single(
                "stream_snapshots",
                "Snapshots sent, once for each stream",
                FamilyKind::Counter,
                count(&self.counts.snapshots),
            ),
            Family::single(
                "stream_resyncs",
                "Streams that fell behind and were given a snapshot",
                FamilyKind::Counter,
                count(&self.counts.resyncs),
            ),
            Family::single(
                "stream_cuts",
                "Streams that were cut off because nobody read them",
                FamilyKind::Counter,
                count(&self.counts.cut),
            ),
        ]
    }

    /// Takes a seat in the filter's hub, which begins with its first reader.
    fn join(
        self: &Arc<Self>,
        filter: WorkloadFilter,
    ) -> Result<(Seat, broadcast::Receiver<Frame>), ApiError> {
        let filter = Arc::new(filter);
        let mut hubs = self.hubs();
        let full = hubs.len() >= MOST_FILTERS;
        let receiver = match hubs.entry(filter.clone()) {
            Entry::Occupied(mut known) => {
                let shared = known.get_mut();
                shared.readers += 1;
                shared.events.subscribe()
            }
            Entry::Vacant(_) if full => return Err(ApiError::TooManyFilters(MOST_FILTERS)),
            Entry::Vacant(vacant) => {
                let (events, receiver) = broadcast::channel(EVENTS_KEPT);
                let ended = self.closing.child_token();
                let hub = Hub::new(self.clone(), filter.clone(), events.clone());
                self.tasks.spawn(hub.run(ended.clone()));
                vacant.insert(Shared { events, readers: 1, ended });
                receiver
            }
        };
        drop(hubs);
        Ok((Seat { streams: self.clone(), filter }, receiver))
    }

    fn hubs(&self) -> MutexGuard<'_, HashMap<Arc<WorkloadFilter>, Shared>> {
        // Nothing that is done under the lock leaves the map half changed.
        self.hubs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut hubs = self.streams.hubs();
        if let Entry::Occupied(mut known) = hubs.entry(self.filter.clone()) {
            known.get_mut().readers -= 1;
            if known.get().readers == 0 {
                known.remove().ended.cancel();
            }
        }
    }
}
