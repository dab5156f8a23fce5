//! `GET /openapi.json`
use crate::error::ApiError;
use crate::openapi;
use crate::query::Parameters;
use crate::views::error::ErrorView;
use axum::response::{IntoResponse, Response};
use http::Uri;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// Shows this document
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    operation_id = "readDocument",
    tag = "server",
    responses(
        (status = 200, description = "The OpenAPI document of this API", body = Object),
        (status = 400, description = "The route takes no parameters", body = ErrorView),
    )
)]
pub(super) async fn document(uri: Uri) -> Result<Response, ApiError> {
    Parameters::read(uri.query(), &[]).finish()?;
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, openapi::PINNED).into_response())
}
