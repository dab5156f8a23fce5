//! `GET /license`
use crate::app::App;
use crate::error::ApiError;
use crate::etag::current;
use crate::query::Parameters;
use crate::views::error::ErrorView;
use crate::views::license::LicenseView;
use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, Uri};
use std::sync::Arc;

/// Shows which edition is in force, and how the licence stands
///
/// Nothing of the API depends on it. The key itself is never shown.
#[utoipa::path(
    get,
    path = "/api/v1/license",
    operation_id = "readLicense",
    tag = "server",
    responses(
        (status = 200, description = "How the licence stands at this moment", body = LicenseView),
        (status = 400, description = "The route takes no parameters", body = ErrorView),
    )
)]
pub(super) async fn license(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, ApiError> {
    Parameters::read(uri.query(), &[]).finish()?;
    let now = (app.context.clock)();
    current(StatusCode::OK, &LicenseView::from(app.context.license.standing(now)))
}
