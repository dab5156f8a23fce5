//! Nodes, where they may be read.
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
    /// `status.allocatable.cpu`, in thousandths of a core
    pub allocatable_cpu_millicores: Option<u64>,
    /// `status.allocatable.memory`
    pub allocatable_memory_bytes: Option<u64>,
}

impl Node {
    /// Whether condition `Ready` is `True`.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        condition::find(&self.conditions, "Ready").is_some_and(|ready| ready.status == Tristate::True)
    }
}
