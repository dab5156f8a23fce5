//! A workload as lists and the stream show it.
use super::health::{HealthView, ReasonRef, ReasonView};
use super::time::Timestamp;
use domain::id::WorkloadId;
use domain::text::Text;
use domain::workload::{LastKnown, Row};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A workload: what a person deployed
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Workload)]
pub(crate) struct WorkloadView<'a> {
    /// `cluster/namespace/Kind/name`; a kind that Kubernetes does not have itself is `Kind.group`
    #[schema(value_type = String, example = "prod/shop/Deployment/web")]
    #[serde(serialize_with = "as_text")]
    id: &'a WorkloadId,
    cluster: &'a str,
    namespace: &'a str,
    #[schema(example = "Deployment")]
    kind: &'a str,
    /// Null for the kinds of Kubernetes itself
    api_group: Option<&'a str>,
    name: &'a str,
    /// Annotation `maintenant.group`
    group: Option<&'a str>,
    health: HealthView,
    /// When the status shown was entered
    since: Timestamp,
    /// What was known before its source went stale; null while that is current
    last_known: Option<LastKnownView>,
    /// Why it is so, where there is something to say
    #[schema(value_type = Option<ReasonView>)]
    reason: Option<ReasonRef<'a>>,
    /// Pods asked for
    desired: Option<u32>,
    /// Pods that are ready
    ready: Option<u32>,
    /// Pods of the newest revision
    updated: Option<u32>,
    /// Pods that have been ready for long enough
    available: Option<u32>,
    /// Restarts of all containers of its pods
    restarts: u32,
    /// Images asked for, without repetition
    #[schema(value_type = Vec<String>)]
    images: &'a [Text],
    /// CPU in use, in thousandths of a core; null where not one pod is measured
    cpu_millicores: Option<u64>,
    /// Memory in use (working set)
    memory_bytes: Option<u64>,
    created_at: Option<Timestamp>,
}

/// What was known before a source went stale
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LastKnown)]
struct LastKnownView {
    health: HealthView,
    /// When that status was entered
    since: Timestamp,
    /// When the source told its last fact
    at: Timestamp,
}

impl<'a> From<&'a Row> for WorkloadView<'a> {
    fn from(row: &'a Row) -> Self {
        Self {
            id: &row.id,
            cluster: &row.id.cluster,
            namespace: &row.id.namespace,
            kind: row.id.kind.name(),
            api_group: row.id.kind.api_group(),
            name: &row.id.name,
            group: row.group.as_deref(),
            health: row.health.into(),
            since: row.since.into(),
            last_known: row.last_known.map(Into::into),
            reason: row.diagnosis.as_deref().map(Into::into),
            desired: row.desired,
            ready: row.ready,
            updated: row.updated,
            available: row.available,
            restarts: row.restarts,
            images: &row.images,
            cpu_millicores: row.cpu_millicores,
            memory_bytes: row.memory_bytes,
            created_at: row.created.map(Into::into),
        }
    }
}

impl From<LastKnown> for LastKnownView {
    fn from(known: LastKnown) -> Self {
        Self { health: known.health.into(), since: known.since.into(), at: known.at.into() }
    }
}

/// Writes an id without building its text first.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference to the field")]
pub(super) fn as_text<S: Serializer>(id: &&WorkloadId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}
