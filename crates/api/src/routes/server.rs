//! `GET /health` and `GET /ready`
use crate::app::App;
use crate::context::ClusterLink;
use crate::error::ApiError;
use crate::etag::current;
use crate::memory;
use crate::query::Parameters;
use crate::views::error::ErrorView;
use crate::views::server::{ClusterLinkView, MemoryView, ReadyView, RuntimeView, ServerHealthView};
use crate::views::source::{SourceView, source_name};
use axum::extract::State;
use axum::response::Response;
use domain::state::{Cluster, View};
use http::{StatusCode, Uri};
use std::sync::Arc;

/// Shows how the server itself stands
///
/// Always 200 while it can answer: what it watches being broken is no reason to restart it.
#[utoipa::path(
    get,
    path = "/api/v1/health",
    operation_id = "readHealth",
    tag = "server",
    responses(
        (status = 200, description = "How the server stands", body = ServerHealthView),
        (status = 400, description = "The route takes no parameters", body = ErrorView),
    )
)]
pub(super) async fn health(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, ApiError> {
    Parameters::read(uri.query(), &[]).finish()?;
    let storage = app.history.storage().await;
    let snapshot = app.snapshot();
    let about = &app.context.about;
    let view = ServerHealthView {
        status: "ok",
        version: about.version.to_string(),
        started_at: about.started.into(),
        runtime: RuntimeView { name: about.runtime.to_string(), rule: about.rule.to_string() },
        sources: SourceView::all(&snapshot.view),
        namespaces: snapshot.view.scope().into(),
        storage: storage.into(),
        memory: MemoryView { resident_bytes: memory::resident_bytes(), limit_bytes: about.memory_limit },
        clusters: links(&snapshot.view, &(app.context.links)()),
    };
    current(StatusCode::OK, &view)
}

/// Says whether the first reading is done
///
/// 200 once each required source has been read once, or has been refused; optional ones never hold it up.
#[utoipa::path(
    get,
    path = "/api/v1/ready",
    operation_id = "readReady",
    tag = "server",
    responses(
        (status = 200, description = "Ready", body = ReadyView),
        (status = 400, description = "The route takes no parameters", body = ErrorView),
        (status = 503, description = "Not yet", body = ReadyView),
    )
)]
pub(super) async fn ready(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, ApiError> {
    Parameters::read(uri.query(), &[]).finish()?;
    let snapshot = app.snapshot();
    let unready = snapshot.view.clusters().filter(|cluster| !cluster.is_ready());
    let waiting_for: Vec<String> = unready.flat_map(waiting).collect();
    if snapshot.view.clusters().all(Cluster::is_ready) {
        return current(StatusCode::OK, &ReadyView { ready: true, waiting_for, reason: None });
    }
    let reason = if waiting_for.is_empty() {
        "The clusters have not been reached yet.".to_owned()
    } else {
        format!("These sources have not been read yet: {}.", waiting_for.join(", "))
    };
    current(StatusCode::SERVICE_UNAVAILABLE, &ReadyView { ready: false, waiting_for, reason: Some(reason) })
}

/// The required resources of a cluster that have not answered, each once whatever the number of namespaces.
fn waiting(cluster: &Cluster) -> Vec<String> {
    let mut resources: Vec<_> = cluster.waiting_for().into_iter().map(|id| id.resource).collect();
    resources.sort_unstable();
    resources.dedup();
    resources.into_iter().map(|resource| source_name(cluster.name(), resource)).collect()
}

/// How each cluster is reached: as its connection says, and by what the cluster itself said when it answered.
fn links(view: &View, links: &[ClusterLink]) -> Vec<ClusterLinkView> {
    view.clusters()
        .map(|cluster| {
            let link = links.iter().find(|link| link.name == *cluster.name());
            let described = cluster.description().map(|description| description.server.clone());
            ClusterLinkView {
                name: cluster.name().clone(),
                server: link.and_then(|link| link.server.clone()).or(described),
                error: link.and_then(|link| link.error.clone()),
            }
        })
        .collect()
}
