//! Kubernetes Events: what a component says it did or could not do.
use crate::id::Uid;
use crate::text::Text;
use crate::time::Time;

/// A `v1 Event`, as far as it matters. Events are evidence, never a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `metadata.uid`
    pub uid: Uid,
    /// `involvedObject.namespace`
    pub namespace: Text,
    /// `involvedObject.kind`
    pub kind: Text,
    /// `involvedObject.name`
    pub name: Text,
    /// `involvedObject.uid`: which life of that object
    pub object: Uid,
    /// The container that `involvedObject.fieldPath` points at
    pub container: Option<Text>,
    /// Whether `type` is `Warning`
    pub warning: bool,
    /// `reason`, a word in CamelCase
    pub reason: Text,
    /// `message`, for a person
    pub message: Text,
    /// `source.component` or `reportingComponent`
    pub source: Option<Text>,
    /// How often: `count`, else `series.count`, else 1
    pub count: u32,
    /// `firstTimestamp`, else `eventTime`
    pub first: Time,
    /// The latest of `lastTimestamp`, `series.lastObservedTime`, `eventTime`
    pub last: Time,
}
