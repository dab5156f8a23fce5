//! The last changes, for those who follow them.
use crate::batch::Batch;
use crate::handle::Snapshot;
use crate::version::Version;
use arc_swap::ArcSwap;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The most batches that are kept for those who come back: minutes, even when the cluster is never still.
const MOST_BATCHES: usize = 4_096;
/// How many rows are kept at least. Beyond twice the rows that there are, a snapshot is cheaper than a replay: batches
/// that hold more between them go, the oldest first.
const LEAST_ROWS: usize = 1_024;

/// The snapshot and the changes that led to it: one ring for all subscribers. They hold a place in it, not a queue of
/// their own, so that one who does not read costs nothing and is told so when the ring has moved past it.
#[derive(Debug)]
pub(crate) struct Feed {
    snapshot: ArcSwap<Snapshot>,
    ring: Mutex<Ring>,
    /// Wakes subscribers: the number of the last batch. Bound: one value. It lives as long as the feed.
    news: watch::Sender<u64>,
    subscribers: AtomicUsize,
    lagged: AtomicU64,
}

#[derive(Debug)]
struct Ring {
    batches: VecDeque<Arc<Batch>>,
    rows: usize,
    /// The number of the last publication, with or without a batch
    published: u64,
    /// The number of the newest batch that has gone: what is older than it can't be replayed
    forgotten: u64,
}

/// A place in the changes. Dropping it is all there is to ending it.
#[derive(Debug)]
pub struct Subscription {
    feed: Arc<Feed>,
    news: watch::Receiver<u64>,
    /// The number of the last publication that it has seen
    seen: u64,
}

/// Changes were missed because they were not read in time. Take a snapshot: the subscription goes on from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("changes were missed: they are followed again from the next snapshot on")]
pub struct Lagged;

impl Feed {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        let published = snapshot.version.seq;
        Self {
            snapshot: ArcSwap::from_pointee(snapshot),
            ring: Mutex::new(Ring { batches: VecDeque::new(), rows: 0, published, forgotten: published }),
            news: watch::Sender::new(published),
            subscribers: AtomicUsize::new(0),
            lagged: AtomicU64::new(0),
        }
    }

    /// Publishes a snapshot and what led to it; `rows`: how many rows it has.
    pub(crate) fn publish(&self, snapshot: Snapshot, batch: Option<Batch>, rows: usize) {
        let seq = snapshot.version.seq;
        let mut ring = self.ring();
        ring.published = seq;
        let is_news = batch.is_some();
        if let Some(batch) = batch {
            ring.rows += batch.rows();
            ring.batches.push_back(Arc::new(batch));
            ring.shrink((2 * rows).max(LEAST_ROWS));
        }
        // Inside the lock: whoever has seen this snapshot finds the changes up to it.
        self.snapshot.store(Arc::new(snapshot));
        drop(ring);
        if is_news {
            self.news.send_replace(seq);
        }
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    pub(crate) fn subscribe(self: &Arc<Self>) -> Subscription {
        self.subscription(self.ring().published)
    }

    pub(crate) fn follow(self: &Arc<Self>) -> (Arc<Snapshot>, Subscription) {
        let ring = self.ring();
        let snapshot = self.snapshot();
        (snapshot, self.subscription(ring.published))
    }

    pub(crate) fn replay(self: &Arc<Self>, after: Version) -> Option<(Vec<Arc<Batch>>, Subscription)> {
        let ring = self.ring();
        let known = after.epoch == self.snapshot.load().version.epoch;
        if !known || after.seq < ring.forgotten || after.seq > ring.published {
            return None;
        }
        let batches = ring.batches.range(ring.after(after.seq)..).cloned().collect();
        Some((batches, self.subscription(ring.published)))
    }

    /// How many batches and rows are kept.
    pub(crate) fn size(&self) -> (usize, usize) {
        let ring = self.ring();
        (ring.batches.len(), ring.rows)
    }

    /// How many subscriptions there are, and how often one has lagged since the start.
    pub(crate) fn audience(&self) -> (usize, u64) {
        (self.subscribers.load(Ordering::Relaxed), self.lagged.load(Ordering::Relaxed))
    }

    fn subscription(self: &Arc<Self>, seen: u64) -> Subscription {
        self.subscribers.fetch_add(1, Ordering::Relaxed);
        Subscription { feed: self.clone(), news: self.news.subscribe(), seen }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // A panic of the engine ends the process: readers need not fall with it before that.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    /// Where the first batch after a publication is.
    fn after(&self, seq: u64) -> usize {
        self.batches.partition_point(|batch| batch.version.seq <= seq)
    }

    fn shrink(&mut self, most_rows: usize) {
        while self.rows > most_rows || self.batches.len() > MOST_BATCHES {
            let Some(oldest) = self.batches.pop_front() else { return };
            self.rows -= oldest.rows();
            self.forgotten = oldest.version.seq;
        }
    }
}

impl Subscription {
    /// The next batch, as soon as there is one. Waits for ever when the engine has ended. Safe to drop while it waits.
    pub async fn recv(&mut self) -> Result<Arc<Batch>, Lagged> {
        loop {
            self.news.mark_unchanged();
            if let Some(batch) = self.try_recv()? {
                return Ok(batch);
            }
            if self.news.changed().await.is_err() {
                // Never: the feed holds the sender.
                std::future::pending::<()>().await;
            }
        }
    }

    /// The next batch, if there is one.
    pub fn try_recv(&mut self) -> Result<Option<Arc<Batch>>, Lagged> {
        let ring = self.feed.ring();
        if self.seen < ring.forgotten {
            self.seen = ring.published;
            self.feed.lagged.fetch_add(1, Ordering::Relaxed);
            return Err(Lagged);
        }
        let batch = ring.batches.get(ring.after(self.seen)).cloned();
        self.seen = batch.as_ref().map_or(ring.published, |batch| batch.version.seq);
        Ok(batch)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.feed.subscribers.fetch_sub(1, Ordering::Relaxed);
    }
}
