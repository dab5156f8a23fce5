//! Namespaces.
use crate::id::Uid;
use crate::text::Text;
use crate::time::Time;

/// A `v1 Namespace`, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// `metadata.uid`
    pub uid: Uid,
    /// `metadata.name`
    pub name: Text,
    /// `metadata.creationTimestamp`
    pub created: Time,
    /// `status.phase` is `Terminating`
    pub terminating: bool,
}
