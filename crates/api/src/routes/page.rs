//! The web page: one document for all its paths, and its files. What is nobody's is a 404.
use crate::app::App;
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, Uri};
use std::sync::Arc;

/// The paths that the page itself answers to: they can be sent to a colleague and opened.
const PATHS: [&str; 7] = [
    "/",
    "/workloads",
    "/workloads/{cluster}/{namespace}/{kind}/{name}",
    "/pods",
    "/pods/{cluster}/{namespace}/{name}",
    "/events",
    "/settings",
];

pub(super) fn routes() -> Router<Arc<App>> {
    let paths = PATHS.into_iter().fold(Router::new(), |router, path| router.route(path, get(page)));
    paths.fallback(file)
}

async fn page(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    app.assets.page(&headers)
}

async fn file(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    if uri.path() == "/api" || uri.path().starts_with("/api/") {
        return ApiError::RouteNotFound.into_response();
    }
    app.assets.at(uri.path(), &headers)
}
