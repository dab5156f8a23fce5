//! How the engine does, for `/metrics`.
use crate::feed::Feed;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How the engine does. Totals are since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Observations that wait to be applied
    pub queue_depth: usize,
    /// For how long there has always been one waiting: none waits for longer, beyond the moment that is gathered
    pub queue_age: Duration,
    /// Observations applied
    pub applied_total: u64,
    /// Time spent applying them
    pub apply_time_total: Duration,
    /// Snapshots published
    pub publications_total: u64,
    /// Time from the first observation of each publication being taken from the queue to that publication
    pub publication_delay_total: Duration,
    /// The longest such time
    pub publication_delay_max: Duration,
    /// Publications with a batch
    pub batches_total: u64,
    /// Rows and ids in these batches
    pub rows_total: u64,
    /// Workloads that are known
    pub workloads: usize,
    /// Their pods
    pub pods: usize,
    /// Batches that are kept for a replay
    pub ring_batches: usize,
    /// Rows and ids in those
    pub ring_rows: usize,
    /// Who follows the changes
    pub subscribers: usize,
    /// How often one of them has lagged
    pub lagged_total: u64,
}

/// Where the engine notes it. Each number by itself is right; together they may be a moment apart.
#[derive(Debug, Default)]
pub(crate) struct Meters {
    queue_depth: AtomicUsize,
    waiting_since: Mutex<Option<Instant>>,
    applied: AtomicU64,
    apply_nanos: AtomicU64,
    publications: AtomicU64,
    delay_nanos: AtomicU64,
    longest_delay_nanos: AtomicU64,
    batches: AtomicU64,
    rows: AtomicU64,
    workloads: AtomicUsize,
    pods: AtomicUsize,
}

/// What one publication added.
pub(crate) struct Published {
    pub(crate) delay: Duration,
    /// Of the batch, if there was one
    pub(crate) rows: Option<usize>,
    pub(crate) workloads: usize,
    pub(crate) pods: usize,
}

impl Meters {
    /// Notes that so many were taken from the queue at that moment and so many are left.
    pub(crate) fn took(&self, at: Instant, left: usize) {
        self.queue_depth.store(left, Ordering::Relaxed);
        let mut since = self.waiting_since.lock().unwrap_or_else(PoisonError::into_inner);
        *since = if left == 0 { None } else { Some(since.unwrap_or(at)) };
    }

    pub(crate) fn applied(&self, took: Duration) {
        self.applied.fetch_add(1, Ordering::Relaxed);
        self.apply_nanos.fetch_add(nanos(took), Ordering::Relaxed);
    }

    pub(crate) fn published(&self, published: &Published) {
        self.publications.fetch_add(1, Ordering::Relaxed);
        self.delay_nanos.fetch_add(nanos(published.delay), Ordering::Relaxed);
        self.longest_delay_nanos.fetch_max(nanos(published.delay), Ordering::Relaxed);
        if let Some(rows) = published.rows {
            self.batches.fetch_add(1, Ordering::Relaxed);
            self.rows.fetch_add(rows as u64, Ordering::Relaxed);
        }
        self.workloads.store(published.workloads, Ordering::Relaxed);
        self.pods.store(published.pods, Ordering::Relaxed);
    }

    pub(crate) fn read(&self, feed: &Feed) -> Gauges {
        let since = *self.waiting_since.lock().unwrap_or_else(PoisonError::into_inner);
        let (ring_batches, ring_rows) = feed.size();
        let (subscribers, lagged_total) = feed.audience();
        let time = |nanos: &AtomicU64| Duration::from_nanos(nanos.load(Ordering::Relaxed));
        Gauges {
            queue_depth: self.queue_depth.load(Ordering::Relaxed),
            queue_age: since.map_or(Duration::ZERO, |since| since.elapsed()),
            applied_total: self.applied.load(Ordering::Relaxed),
            apply_time_total: time(&self.apply_nanos),
            publications_total: self.publications.load(Ordering::Relaxed),
            publication_delay_total: time(&self.delay_nanos),
            publication_delay_max: time(&self.longest_delay_nanos),
            batches_total: self.batches.load(Ordering::Relaxed),
            rows_total: self.rows.load(Ordering::Relaxed),
            workloads: self.workloads.load(Ordering::Relaxed),
            pods: self.pods.load(Ordering::Relaxed),
            ring_batches,
            ring_rows,
            subscribers,
            lagged_total,
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
