//! Kubernetes Events.
use super::pod::uid_as_text;
use super::time::Timestamp;
use domain::event::Event;
use domain::id::{Uid, WorkloadId};
use serde::Serialize;
use utoipa::ToSchema;

/// A Kubernetes Event: what a component says it did or could not do
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventView<'a> {
    #[schema(value_type = String)]
    #[serde(serialize_with = "uid_as_text")]
    id: Uid,
    cluster: &'a str,
    namespace: &'a str,
    /// `Normal` or `Warning`
    r#type: &'static str,
    reason: &'a str,
    message: &'a str,
    object: ObjectView<'a>,
    /// Id of the workload that the object belongs to, as far as that is known
    workload: Option<String>,
    /// How often it happened
    count: u32,
    first_at: Timestamp,
    last_at: Timestamp,
    /// The component that says it
    source: Option<&'a str>,
    /// The container that it is about
    container: Option<&'a str>,
}

/// What an event is about
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventObject)]
struct ObjectView<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

impl<'a> EventView<'a> {
    /// An event of that cluster, about an object of that workload.
    pub(crate) fn of(cluster: &'a str, event: &'a Event, workload: Option<&WorkloadId>) -> Self {
        Self {
            id: event.uid,
            cluster,
            namespace: &event.namespace,
            r#type: if event.warning { "Warning" } else { "Normal" },
            reason: &event.reason,
            message: &event.message,
            object: ObjectView { kind: &event.kind, namespace: &event.namespace, name: &event.name },
            workload: workload.map(ToString::to_string),
            count: event.count,
            first_at: event.first.into(),
            last_at: event.last.into(),
            source: event.source.as_deref(),
            container: event.container.as_deref(),
        }
    }
}
