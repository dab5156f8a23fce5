//! Clusters and namespaces.
use super::health::{CountsView, HealthView};
use super::time::Timestamp;
use domain::source::{Resource, SourceState};
use domain::state::{Cluster, NamespaceEntry};
use domain::text::Text;
use serde::Serialize;
use utoipa::ToSchema;

/// A cluster
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cluster)]
pub(crate) struct ClusterView {
    #[schema(value_type = String)]
    name: Text,
    health: HealthView,
    counts: CountsView,
    /// Kubernetes' version; null while it is not known
    #[schema(value_type = Option<String>)]
    version: Option<Text>,
    /// How many nodes there are; null when they may not be read
    nodes: Option<usize>,
}

/// A namespace
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Namespace)]
pub(crate) struct NamespaceView<'a> {
    cluster: &'a str,
    name: &'a str,
    health: HealthView,
    counts: CountsView,
    pods: u32,
    /// Null when namespaces may not be read
    created_at: Option<Timestamp>,
}

impl From<&Cluster> for ClusterView {
    fn from(cluster: &Cluster) -> Self {
        let tally = cluster.tally();
        let sees_nodes = cluster.sources().any(|(id, source)| {
            id.resource == Resource::Nodes
                && source.listed
                && !matches!(source.state, SourceState::Forbidden | SourceState::Absent)
        });
        Self {
            name: cluster.name().clone(),
            health: tally.health(cluster.is_incomplete()).into(),
            counts: (&tally).into(),
            version: cluster.description().and_then(|description| description.version.clone()),
            nodes: sees_nodes.then(|| cluster.nodes().count()),
        }
    }
}

impl<'a> NamespaceView<'a> {
    /// A namespace of that cluster.
    pub(crate) fn of(cluster: &'a Cluster, entry: &'a NamespaceEntry) -> Self {
        Self {
            cluster: cluster.name(),
            name: &entry.name,
            health: cluster.namespace_health(entry).into(),
            counts: (&entry.tally).into(),
            pods: entry.tally.pods,
            created_at: entry.namespace.as_ref().map(|namespace| namespace.created.into()),
        }
    }
}
