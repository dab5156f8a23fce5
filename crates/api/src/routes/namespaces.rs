//! `GET /namespaces`
use super::parameters::PageParameters;
use crate::app::App;
use crate::error::ApiError;
use crate::etag::versioned;
use crate::query::Parameters;
use crate::query::filter::Place;
use crate::query::page::{Limit, PageQuery};
use crate::query::sort::{Key, Order, Position};
use crate::views::cluster::NamespaceView;
use crate::views::error::ErrorView;
use crate::views::list::ListView;
use axum::extract::State;
use axum::response::Response;
use domain::state::{Cluster, NamespaceEntry};
use http::{HeaderMap, Uri};
use std::sync::Arc;

/// Lists namespaces
///
/// By cluster and name, those in the namespace filter only.
#[utoipa::path(
    get,
    path = "/api/v1/namespaces",
    operation_id = "listNamespaces",
    tag = "namespaces",
    params(
        ("cluster" = Option<String>, Query, description = "Clusters, separated by commas; all when left out"),
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page of namespaces", body = ListView<NamespaceView>),
        (status = 304, description = "As `If-None-Match` says"),
        (status = 400, description = "A parameter can't be understood", body = ErrorView),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let snapshot = app.snapshot();
    let mut parameters = Parameters::read(uri.query(), &["cluster", "limit", "cursor"]);
    let place = Place::read(&mut parameters, &snapshot.view);
    let query = PageQuery::read(&mut parameters, Limit::USUAL, Order::Ascending, &("namespaces", &place));
    parameters.finish()?;
    versioned(snapshot.version, &uri, &headers, || {
        let clusters = place.clusters(&snapshot.view);
        let entries = clusters.flat_map(|cluster| cluster.namespaces().map(move |entry| (cluster, entry)));
        let page = query.pick(entries, position);
        ListView::of(page, &snapshot, |(cluster, entry)| NamespaceView::of(cluster, entry))
    })
}

fn position<'a>((cluster, entry): (&'a Cluster, &'a NamespaceEntry)) -> Position<&'a str> {
    let path: [&'a str; 5] = [cluster.name(), &entry.name, "", "", ""];
    Position { key: Key::Absent, path, uid: None }
}
