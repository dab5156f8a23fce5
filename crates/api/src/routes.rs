//! The routes of the API: one handler each, whose attribute is also its entry in the OpenAPI document.
use crate::app::App;
use crate::openapi;
use axum::Router;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod document;
mod events;
mod license;
mod metrics;
mod namespaces;
mod overview;
mod page;
mod parameters;
mod pods;
mod server;
mod stream;
mod workload;
mod workload_history;
mod workloads;

/// All routes, and the document that describes those of the API, as their attributes have it.
pub(crate) fn all() -> (Router<Arc<App>>, OpenApi) {
    let (router, document) = OpenApiRouter::with_openapi(openapi::frame())
        .routes(routes!(server::health))
        .routes(routes!(server::ready))
        .routes(routes!(license::license))
        .routes(routes!(overview::overview))
        .routes(routes!(namespaces::list))
        .routes(routes!(workloads::list))
        .routes(routes!(workload::detail))
        .routes(routes!(workload::events))
        .routes(routes!(workload_history::history))
        .routes(routes!(pods::list))
        .routes(routes!(pods::detail))
        .routes(routes!(pods::events))
        .routes(routes!(events::list))
        .routes(routes!(stream::follow))
        .routes(routes!(document::document))
        .routes(routes!(metrics::scrape))
        .split_for_parts();
    (router.merge(page::routes()), document)
}
