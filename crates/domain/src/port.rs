//! What the domain needs from outside: adapters implement it, the binary wires it.
use crate::change::Transition;
use crate::health::Health;
use crate::id::{Uid, WorkloadId};
use crate::memory::Memory;
use crate::source::{SourceId, SourceState};
use crate::text::Text;
use crate::time::Time;
use std::fmt;
use std::sync::Arc;

/// Takes down what must outlive the process. Taking down never waits: the disk may be slow, full or gone, and the live
/// view goes on. What does not fit the queue is coalesced, and the gap is said.
pub trait Journal: Send + Sync {
    /// Takes down one record; it is on disk within a quarter of a second, as long as the disk keeps up.
    fn record(&self, record: Record);
}

/// One thing to take down.
#[derive(Clone, Debug)]
pub enum Record {
    /// A workload entered a status.
    Transition(Transition),
    /// What is remembered of a workload; `None`: nothing any more.
    Memory(Arc<WorkloadId>, Option<Arc<Memory>>),
    /// A source entered a state.
    Source {
        /// Its cluster
        cluster: Text,
        /// Which source
        id: SourceId,
        /// The state entered; `None`: it is not read any more
        state: Option<SourceState>,
        /// Why, where there is something to say
        reason: Option<Text>,
        /// When
        at: Time,
    },
    /// A cluster answered under a name of the configuration with this identity.
    Cluster {
        /// The name
        name: Text,
        /// `metadata.uid` of its namespace `kube-system`
        uid: Uid,
        /// When
        at: Time,
    },
}

/// Reads what was taken down. Calls block on the disk: asynchronous callers run them aside.
pub trait History: Send + Sync {
    /// The statuses of a workload in that span, oldest first, cut to it; none where none is known.
    fn intervals(&self, id: &WorkloadId, from: Time, to: Time) -> Result<Vec<Interval>, HistoryError>;

    /// When nothing was known of a workload: we were not running, a source that it needs ([`crate::source::needed`]) was
    /// stale, or records were lost. Oldest first, cut to the span; they may overlap.
    fn gaps(&self, id: &WorkloadId, from: Time, to: Time) -> Result<Vec<Gap>, HistoryError>;

    /// How the storage stands.
    fn storage(&self) -> Storage;
}

/// A workload was in one status from then to then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Which status
    pub health: Health,
    /// When it was entered, or the beginning of what was asked for
    pub from: Time,
    /// When it was left; the end of what was asked for when it lasts
    pub to: Time,
    /// The code of the diagnosis at its beginning
    pub code: Option<Text>,
    /// Its sentence
    pub summary: Option<Text>,
    /// How many changes of status were coalesced into it because the disk did not keep up; 0 as a rule
    pub coalesced: u32,
}

/// Nothing was known from then to then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Beginning
    pub from: Time,
    /// End; the end of what was asked for when it lasts
    pub to: Time,
    /// Why, for a person: "maintenant was not running", "pods could not be read: connection refused"
    pub why: Text,
}

/// How the storage stands, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storage {
    /// In one word
    pub state: StorageState,
    /// The file
    pub path: Option<Text>,
    /// How large it is, `-wal` included
    pub bytes: Option<u64>,
    /// What happened and what to do, where something is wrong
    pub message: Option<Text>,
    /// Records waiting for the disk
    pub queued: u64,
    /// Records coalesced or lost since the start because the disk did not keep up
    pub dropped: u64,
}

/// How the storage stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageState {
    /// What is recorded is on disk.
    Ok,
    /// There is none: history is not kept.
    Off,
    /// The file may be read only: history ends at our start.
    ReadOnly,
    /// The disk is full: history is not kept until there is room.
    Full,
    /// Writing fails otherwise.
    Failing,
}

impl StorageState {
    /// As the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Off => "off",
            Self::ReadOnly => "read_only",
            Self::Full => "full",
            Self::Failing => "failing",
        }
    }
}

/// History could not be read.
#[derive(Debug)]
pub struct HistoryError(pub String);

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "history can't be read: {}", self.0)
    }
}

impl std::error::Error for HistoryError {}
