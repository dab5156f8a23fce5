//! Nodes, where they may be read.
use crate::compute::Compute;
use crate::condition::{self, Condition, Tristate};
use crate::id::Uid;
use crate::text::Text;
use crate::time::Time;

/// A `v1 Node`, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// `metadata.uid`
    pub uid: Uid,
    /// `metadata.name`
    pub name: Text,
    /// `metadata.creationTimestamp`
    pub created: Time,
    /// `spec.unschedulable`: cordoned
    pub unschedulable: bool,
    /// `status.conditions`: `Ready` always, of the others those that are `True` (pressure)
    pub conditions: Box<[Condition]>,
    /// `status.allocatable`: what pods may ask for in all; nothing until its kubelet says
    pub allocatable: Compute,
}

impl Node {
    /// Whether condition `Ready` is `True`.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        condition::find(&self.conditions, "Ready").is_some_and(|ready| ready.status == Tristate::True)
    }

    /// Whether the scheduler places pods on it, as far as that shows in the node alone.
    #[must_use]
    pub fn takes_pods(&self) -> bool {
        self.is_ready() && !self.unschedulable
    }
}
