//! The query parameters, as the OpenAPI document describes them. They are read by [`crate::query`]; a test holds the
//! two against each other.
#![expect(dead_code, reason = "these structures describe and are never made")]
use utoipa::IntoParams;

/// In which clusters and namespaces
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PlaceQuery {
    /// Clusters, separated by commas; all when left out
    cluster: Option<String>,
    /// Namespaces, separated by commas; all when left out. One that does not exist is a 404
    #[param(example = "shop,billing")]
    namespace: Option<String>,
}

/// Which statuses
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HealthQuery {
    /// `failed`, `degraded`, `progressing`, `unknown`, `healthy`, `suspended`, separated by commas
    #[param(example = "failed,degraded")]
    health: Option<String>,
}

/// Which kinds
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct KindQuery {
    /// Kinds, separated by commas; one that Kubernetes does not have itself with its group: `Rollout.argoproj.io`, or
    /// without it for that kind of every group
    #[param(example = "Deployment,Job")]
    kind: Option<String>,
}

/// Which text
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// Words that must all be found: in a name, a namespace, an image, a reason; the case of letters does not matter
    q: Option<String>,
}

/// From which end
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OrderQuery {
    /// `asc` (when left out) or `desc`; values that are absent come last either way
    order: Option<String>,
}

/// Which page
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParameters {
    /// How many items, from 1 to 1000; 100 when left out
    limit: Option<u32>,
    /// The `next_cursor` of the page before, with the same filter, sort and order
    cursor: Option<String>,
}

/// Which workload
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct WorkloadPath {
    /// The cluster's name in the configuration
    cluster: String,
    /// The namespace
    namespace: String,
    /// The kind; one that Kubernetes does not have itself with its group
    #[param(example = "Deployment")]
    kind: String,
    /// The name
    name: String,
}

/// Which pod
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct PodPath {
    /// The cluster's name in the configuration
    cluster: String,
    /// The namespace
    namespace: String,
    /// The name
    name: String,
}
