//! What the rules of one kind found.
use super::Rollout;
use crate::diagnosis::Diagnosis;
use crate::health::Health;
use crate::time::Time;

/// What the rules of one kind say of a workload.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) health: Health,
    /// When, by the API's own times, that status was entered
    pub(super) entered: Time,
    pub(super) diagnosis: Option<Diagnosis>,
    pub(super) rollout: Option<Rollout>,
    pub(super) counts: Counts,
    /// Whether it is left out of the worst of its namespace and cluster
    pub(super) set_aside: bool,
}

/// How many pods.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) desired: Option<u32>,
    pub(super) ready: Option<u32>,
    pub(super) updated: Option<u32>,
    pub(super) available: Option<u32>,
}

impl Finding {
    pub(super) const fn new(health: Health, entered: Time, counts: Counts) -> Self {
        Self { health, entered, diagnosis: None, rollout: None, counts, set_aside: false }
    }
}
