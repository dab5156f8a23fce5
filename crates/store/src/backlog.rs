//! Records that wait for the disk: bounded, and never in the way of who hands them in.
use domain::change::Transition;
use domain::id::{Uid, WorkloadId};
use domain::memory::Memory;
use domain::port::Record;
use domain::source::{SourceId, SourceState};
use domain::text::Text;
use domain::time::Time;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What one transition takes in memory besides its sentence, roughly.
const TRANSITION_BYTES: usize = 160;
/// What one memory takes, roughly.
const MEMORY_BYTES: usize = 400;

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Transitions that wait one by one. Beyond that, those of one workload become two: the first and the last.
    pub transitions: usize,
    /// What waits, in bytes. Beyond that transitions coalesce too; beyond twice that, what is new is lost.
    pub bytes: usize,
}

/// The first listing of 10,000 workloads fits, and a disk that stands still costs no more than a few MiB.
impl Default for Limits {
    fn default() -> Self {
        Self { transitions: 10_000, bytes: 4 << 20 }
    }
}

/// What waits. One side puts in, holding the lock for as long as it takes to push one record; the writer takes it all
/// at once.
#[derive(Debug)]
pub(crate) struct Backlog {
    waiting: Mutex<Waiting>,
    /// Wakes the writer: at the first record of a batch, and when it is to end.
    news: Condvar,
    limits: Limits,
}

#[derive(Debug, Default)]
struct Waiting {
    batch: Batch,
    /// Taken by the writer and not on disk yet
    in_hand: u64,
    closing: bool,
    dropped: u64,
}

/// What is written in one transaction.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// In the order in which they happened
    pub(crate) transitions: Vec<Transition>,
    /// Those after, coalesced because too many waited
    pub(crate) coalesced: BTreeMap<Arc<WorkloadId>, Coalesced>,
    /// Only the last of each workload matters.
    pub(crate) memories: BTreeMap<Arc<WorkloadId>, Option<Arc<Memory>>>,
    /// In the order in which they happened; of one source, the last stands for all when too many wait
    pub(crate) sources: Vec<SourceNote>,
    /// The cluster that answers under a name, and since when
    pub(crate) clusters: BTreeMap<Text, (Uid, Time)>,
    /// Between when transitions of a cluster were lost altogether
    pub(crate) lost: BTreeMap<Text, (Time, Time)>,
    bytes: usize,
}

/// The transitions of one workload while too many waited.
#[derive(Debug)]
pub(crate) struct Coalesced {
    pub(crate) first: Transition,
    pub(crate) last: Option<Transition>,
    /// How many were between the two
    pub(crate) skipped: u32,
}

/// A source entered a state; `None`: it is not read any more.
#[derive(Debug)]
pub(crate) struct SourceNote {
    pub(crate) cluster: Text,
    pub(crate) id: SourceId,
    pub(crate) state: Option<SourceState>,
    pub(crate) reason: Option<Text>,
    pub(crate) at: Time,
}

impl Backlog {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { waiting: Mutex::default(), news: Condvar::new(), limits }
    }

    /// Puts in one record. What does not fit is coalesced or lost, and counted. After the end nothing is taken.
    pub(crate) fn push(&self, record: Record) {
        let mut waiting = self.lock();
        if waiting.closing {
            return;
        }
        let was_empty = waiting.batch.is_empty();
        let dropped = waiting.batch.add(record, self.limits);
        waiting.dropped += u64::from(dropped);
        drop(waiting);
        if was_empty {
            self.news.notify_all();
        }
    }

    /// Waits until there is something to write or `at` has come, and then, unless the end is asked for, `gather` more,
    /// so that what belongs together is written together. Answers whether the end is asked for.
    pub(crate) fn wait(&self, at: Instant, gather: Duration) -> bool {
        let waiting = self.wait_while(self.lock(), at, |waiting| waiting.batch.is_empty());
        if waiting.closing || waiting.batch.is_empty() {
            return waiting.closing;
        }
        self.wait_while(waiting, Instant::now() + gather, |_| true).closing
    }

    /// Waits until `at` has come, whatever comes in. Answers whether the end is asked for.
    pub(crate) fn rest(&self, at: Instant) -> bool {
        self.wait_while(self.lock(), at, |_| true).closing
    }

    /// Takes all that waits. It counts as queued until [`Backlog::written`].
    pub(crate) fn take(&self) -> Batch {
        let mut waiting = self.lock();
        waiting.in_hand = waiting.batch.len();
        std::mem::take(&mut waiting.batch)
    }

    /// What was taken is on disk.
    pub(crate) fn written(&self) {
        self.lock().in_hand = 0;
    }

    /// Asks the writer to write what there is and to end.
    pub(crate) fn close(&self) {
        self.lock().closing = true;
        self.news.notify_all();
    }

    /// How many records are not on disk yet.
    pub(crate) fn queued(&self) -> u64 {
        let waiting = self.lock();
        waiting.batch.len() + waiting.in_hand
    }

    /// How many records were coalesced or lost since the start.
    pub(crate) fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    fn wait_while<'a>(
        &self,
        waiting: MutexGuard<'a, Waiting>,
        at: Instant,
        holds: impl Fn(&Waiting) -> bool,
    ) -> MutexGuard<'a, Waiting> {
        let patience = at.saturating_duration_since(Instant::now());
        let waited =
            self.news.wait_timeout_while(waiting, patience, |waiting| !waiting.closing && holds(waiting));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A panic in between leaves at worst one record half counted.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.transitions.is_empty()
            && self.coalesced.is_empty()
            && self.memories.is_empty()
            && self.sources.is_empty()
            && self.clusters.is_empty()
            && self.lost.is_empty()
    }

    /// How many records are in it.
    pub(crate) fn len(&self) -> u64 {
        let coalesced: usize =
            self.coalesced.values().map(|coalesced| 1 + usize::from(coalesced.last.is_some())).sum();
        let lists = self.transitions.len() + self.memories.len() + self.sources.len();
        (lists + coalesced + self.clusters.len() + self.lost.len()) as u64
    }

    /// Adds a record; answers how many were coalesced or lost by that.
    fn add(&mut self, record: Record, limits: Limits) -> u32 {
        let crowded = self.bytes >= limits.bytes;
        let crammed = self.bytes >= limits.bytes.saturating_mul(2);
        match record {
            Record::Transition(transition) => {
                if !crowded && self.coalesced.is_empty() && self.transitions.len() < limits.transitions {
                    self.bytes += bytes_of(&transition);
                    self.transitions.push(transition);
                    return 0;
                }
                self.coalesce(transition, crammed)
            }
            Record::Memory(id, memory) => {
                if crammed && !self.memories.contains_key(&id) {
                    return 1;
                }
                if self.memories.insert(id, memory).is_none() {
                    self.bytes += MEMORY_BYTES;
                }
                0
            }
            Record::Source { cluster, id, state, reason, at } => {
                let note = SourceNote { cluster, id, state, reason, at };
                self.note_source(note, limits.transitions)
            }
            Record::Cluster { name, uid, at } => {
                self.clusters.insert(name, (uid, at));
                0
            }
        }
    }

    fn coalesce(&mut self, transition: Transition, crammed: bool) -> u32 {
        if let Some(coalesced) = self.coalesced.get_mut(&transition.id) {
            let skipped = u32::from(coalesced.last.is_some());
            coalesced.skipped = coalesced.skipped.saturating_add(skipped);
            coalesced.last = Some(transition);
            return skipped;
        }
        if crammed {
            let at = transition.at;
            let (from, to) = self.lost.entry(transition.id.cluster.clone()).or_insert((at, at));
            (*from, *to) = ((*from).min(at), (*to).max(at));
            return 1;
        }
        self.bytes += bytes_of(&transition) * 2;
        let id = transition.id.clone();
        self.coalesced.insert(id, Coalesced { first: transition, last: None, skipped: 0 });
        0
    }

    fn note_source(&mut self, note: SourceNote, most: usize) -> u32 {
        if self.sources.len() < most {
            self.sources.push(note);
            return 0;
        }
        let same = |other: &&mut SourceNote| other.cluster == note.cluster && other.id == note.id;
        if let Some(last) = self.sources.iter_mut().rev().find(same) {
            *last = note;
        }
        1
    }
}

fn bytes_of(transition: &Transition) -> usize {
    TRANSITION_BYTES + transition.summary.as_ref().map_or(0, Text::len)
}
