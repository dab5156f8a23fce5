//! `GET /stream`
use super::parameters::{HealthQuery, KindQuery, PlaceQuery, SearchQuery};
use crate::app::App;
use crate::error::{ApiError, excerpt};
use crate::query::Parameters;
use crate::query::filter::WorkloadFilter;
use crate::server::Cutter;
use crate::views::error::ErrorView;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use engine::Version;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, Method, Uri};
use std::sync::Arc;

const PARAMETERS: [&str; 6] = ["cluster", "namespace", "kind", "health", "q", "after"];
/// What a browser says when it comes back (WHATWG HTML §9.2.4).
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Keeps nginx from gathering events.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Follows workloads as they change
///
/// Server-sent events. With `after` (or `Last-Event-ID`) the stream goes on from that version: one `change` with what
/// was missed, then a `change` for each further one, the first at once and later ones gathered for 100 ms. Without it,
/// or when that can't be replayed, the stream begins with `snapshot` events of at most 200 workloads each, which
/// together replace what the client has, and a `change` that holds the whole overview. A change of more than 1,000
/// workloads comes in several, of which only the last has an id. A comment comes every 15 s.
/// The data of a `snapshot` is a `SnapshotPart`, that of a `change` a `Change`.
#[utoipa::path(
    get,
    path = "/api/v1/stream",
    operation_id = "followWorkloads",
    tag = "stream",
    params(
        PlaceQuery,
        KindQuery,
        HealthQuery,
        SearchQuery,
        ("after" = Option<String>, Query, description = "The `version` that the client has"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that the client has; it counts for more than `after`"),
    ),
    responses(
        (status = 200, description = "Events", body = String, content_type = "text/event-stream"),
        (status = 400, description = "A parameter can't be understood", body = ErrorView),
        (status = 404, description = "No such namespace", body = ErrorView),
        (status = 503, description = "Too many streams are open; come back after `Retry-After` seconds", body = ErrorView),
    )
)]
pub(super) async fn follow(
    State(app): State<Arc<App>>,
    cutter: Option<Extension<Cutter>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let snapshot = app.snapshot();
    let mut parameters = Parameters::read(uri.query(), &PARAMETERS);
    let filter = WorkloadFilter::read(&mut parameters, &snapshot.view);
    let after = after(&mut parameters);
    parameters.finish()?;
    filter.place().check(&snapshot.view)?;
    let answer = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store, no-transform"),
        (ACCEL_BUFFERING, "no"),
    ];
    if method == Method::HEAD {
        return Ok(answer.into_response());
    }
    // A browser sends the id by itself when it comes back; what it can't have from us means: begin anew.
    let last = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let after = if headers.contains_key(LAST_EVENT_ID) { last } else { after };
    let body = app.streams.open(filter, after, cutter.map(|Extension(cutter)| cutter))?;
    Ok((answer, body).into_response())
}

fn after(parameters: &mut Parameters) -> Option<Version> {
    let text = parameters.text("after")?;
    let version = text.parse().ok();
    if version.is_none() {
        parameters.fault("after", format!("`{}` is not a version: <epoch>-<seq>", excerpt(&text)));
    }
    version
}
