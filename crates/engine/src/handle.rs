//! What readers hold.
use crate::batch::Batch;
use crate::feed::{Feed, Subscription};
use crate::gauges::{Gauges, Meters};
use crate::version::Version;
use domain::state::View;
use domain::time::Time;
use std::sync::Arc;

/// Access to what the engine publishes. Cloning it is free; so is holding it after the engine has ended.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(crate) feed: Arc<Feed>,
    pub(crate) meters: Arc<Meters>,
}

/// What was known at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// All of it
    pub view: View,
    /// Which publication it is. Not every one has a batch: what no workload, namespace or source shows (a small move of
    /// what pods use) comes without.
    pub version: Version,
    /// When the last observation in it was applied
    pub as_of: Time,
}

impl Handle {
    /// The last snapshot. Waits for nobody.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.feed.snapshot()
    }

    /// Follows the changes from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        self.feed.subscribe()
    }

    /// The last snapshot, and the changes after exactly that one.
    #[must_use]
    pub fn follow(&self) -> (Arc<Snapshot>, Subscription) {
        self.feed.follow()
    }

    /// What changed after that version, and what follows. `None` when that can't be told: the version is of another
    /// process, or so old that a snapshot is cheaper.
    #[must_use]
    pub fn replay(&self, after: Version) -> Option<(Vec<Arc<Batch>>, Subscription)> {
        self.feed.replay(after)
    }

    /// How the engine does.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        self.meters.read(&self.feed)
    }
}
