//! PersistentVolumeClaims, where they may be read.
use crate::id::Uid;
use crate::text::Text;
use crate::time::Time;

/// A `v1 PersistentVolumeClaim`, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// `metadata.uid`
    pub uid: Uid,
    /// `metadata.namespace`
    pub namespace: Text,
    /// `metadata.name`
    pub name: Text,
    /// `metadata.creationTimestamp`
    pub created: Time,
    /// `status.phase`: `Pending`, `Bound`, `Lost`
    pub phase: Text,
    /// `status.capacity.storage`, else what `spec.resources.requests.storage` asks for
    pub capacity_bytes: Option<u64>,
    /// `spec.storageClassName`
    pub storage_class: Option<Text>,
}
