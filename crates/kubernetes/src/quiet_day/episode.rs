//! What happens to one workload for a while, and by when it is over.

use jiff::Timestamp;

/// Something that happens from one time to another: then all is as it should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Episode {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    #[expect(dead_code, reason = "it is for whoever reads of a day that was not quiet")]
    pub(super) what: What,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Its pods are replaced by those of a new revision.
    Rollout,
    /// Somebody holds the rollout.
    Pause,
    /// Pods of the old revision stay until somebody deletes them.
    OnDelete,
    /// More or fewer pods are wanted.
    Scale { from: u32, to: u32 },
    /// One of its pods is evicted, and replaced.
    Loss,
    /// One of its pods is not ready for less than thirty seconds.
    Blip,
    /// A Job runs.
    Runs,
}
