//! `GET /metrics`
use crate::app::App;
use crate::error::ApiError;
use crate::metrics::exposition;
use crate::query::Parameters;
use crate::views::error::ErrorView;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, Uri};
use std::sync::Arc;

/// Measures everything, for Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "readMetrics",
    tag = "server",
    responses(
        (status = 200, description = "All metrics, as OpenMetrics or Prometheus text", body = String, content_type = "text/plain"),
        (status = 400, description = "The route takes no parameters", body = ErrorView),
    )
)]
pub(super) async fn scrape(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Parameters::read(uri.query(), &[]).finish()?;
    let asked = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let content_type = if asked.contains("application/openmetrics-text") {
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        "text/plain; version=0.0.4; charset=utf-8"
    };
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")];
    Ok((headers, exposition::write(&app).await?).into_response())
}
