//! `GET /overview`
use crate::app::App;
use crate::error::ApiError;
use crate::etag::versioned;
use crate::query::Parameters;
use crate::views::cluster::ClusterView;
use crate::views::error::ErrorView;
use crate::views::overview::{KindCountsView, NamespaceCountsView, OverviewView, WholeView};
use crate::views::source::SourceView;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Uri};
use std::sync::Arc;

/// Counts everything
///
/// By status, cluster, namespace and kind; with the sources that it rests on.
#[utoipa::path(
    get,
    path = "/api/v1/overview",
    operation_id = "readOverview",
    tag = "overview",
    responses(
        (status = 200, description = "How everything stands", body = OverviewView),
        (status = 304, description = "As `If-None-Match` says"),
        (status = 400, description = "The route takes no parameters", body = ErrorView),
    )
)]
pub(super) async fn overview(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Parameters::read(uri.query(), &[]).finish()?;
    let snapshot = app.snapshot();
    versioned(snapshot.version, &uri, &headers, || OverviewView {
        version: snapshot.version.to_string(),
        as_of: snapshot.as_of.into(),
        whole: WholeView::of(&snapshot.view),
        clusters: snapshot.view.clusters().map(ClusterView::from).collect(),
        namespaces: NamespaceCountsView::all(&snapshot.view),
        kinds: KindCountsView::all(&snapshot.view),
        sources: SourceView::all(&snapshot.view),
        incidents: Vec::new(),
    })
}
