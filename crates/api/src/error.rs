//! Every refusal that a client can meet, with its status, its code and its words.
use crate::query::Fault;
use crate::views::error::{ErrorView, FaultView};
use axum::response::{IntoResponse, Response};
use domain::port::HistoryError;
use http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use std::time::Duration;

/// Why a request was not answered as it asked. The codes are a promise: programs match on them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// The query can't be understood. The client must change it; all its faults are listed.
    #[error("{}", sentence(.0))]
    BadParameters(Vec<Fault>),
    /// Nothing is at that path. The client must ask for another.
    #[error("there is nothing at this path")]
    RouteNotFound,
    /// The path has a segment that is no text.
    #[error("a segment of the path is not percent-encoded UTF-8")]
    MalformedPath,
    /// No such workload, or it is outside the namespace filter: a client can't tell, and needn't.
    #[error("there is no workload `{}`", excerpt(.0))]
    WorkloadNotFound(String),
    /// No such pod, or it is outside the namespace filter.
    #[error("there is no pod `{}`", excerpt(.0))]
    PodNotFound(String),
    /// No such namespace, or it is outside the namespace filter.
    #[error("there is no namespace `{}`", excerpt(.0))]
    NamespaceNotFound(String),
    /// Another method than GET or HEAD: the API only reads.
    #[error("this API only reads: {0} is not allowed")]
    MethodNotAllowed(String),
    /// The request was made to another name than ours: a page elsewhere may be behind it (DNS rebinding).
    #[error("this server does not answer to the host `{}`", excerpt(.0))]
    Misdirected(String),
    /// The request comes from a page of another origin.
    #[error("requests from the origin `{}` are refused", excerpt(.0))]
    ForeignOrigin(String),
    /// Path and query are too long.
    #[error("path and query are longer than {0} bytes")]
    UriTooLong(usize),
    /// Too many event streams are open. The client may come back later.
    #[error("{0} event streams are open already")]
    TooManyStreams(usize),
    /// Too many event streams with different filters are open. The client may come back later.
    #[error("event streams with {0} different filters are open already")]
    TooManyFilters(usize),
    /// Too many requests are being answered. The client may come back at once.
    #[error("{0} requests are being answered already")]
    Busy(usize),
    /// The answer took too long. The client may come back.
    #[error("the answer took longer than {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The history can't be read now. The client may come back.
    #[error("{0}")]
    History(#[from] HistoryError),
    /// The disk that holds the history does not answer. The client may come back.
    #[error("the disk that holds the history does not answer")]
    HistoryStalled,
    /// Our own fault. It is logged where it happened.
    #[error("the answer could not be made")]
    Internal,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::BadParameters(_) | Self::MalformedPath => StatusCode::BAD_REQUEST,
            Self::RouteNotFound
            | Self::WorkloadNotFound(_)
            | Self::PodNotFound(_)
            | Self::NamespaceNotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Misdirected(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::ForeignOrigin(_) => StatusCode::FORBIDDEN,
            Self::UriTooLong(_) => StatusCode::URI_TOO_LONG,
            Self::TooManyStreams(_)
            | Self::TooManyFilters(_)
            | Self::Busy(_)
            | Self::TimedOut(_)
            | Self::History(_)
            | Self::HistoryStalled => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BadParameters(_) => "bad_parameter",
            Self::RouteNotFound => "route_not_found",
            Self::MalformedPath => "bad_path",
            Self::WorkloadNotFound(_) => "workload_not_found",
            Self::PodNotFound(_) => "pod_not_found",
            Self::NamespaceNotFound(_) => "namespace_not_found",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::Misdirected(_) => "misdirected",
            Self::ForeignOrigin(_) => "foreign_origin",
            Self::UriTooLong(_) => "uri_too_long",
            Self::TooManyStreams(_) => "too_many_streams",
            Self::TooManyFilters(_) => "too_many_filters",
            Self::Busy(_) => "busy",
            Self::TimedOut(_) => "timed_out",
            Self::History(_) | Self::HistoryStalled => "history_unavailable",
            Self::Internal => "internal",
        }
    }

    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::BadParameters(_) => "GET /api/v1/openapi.json describes every route and its parameters.",
            Self::RouteNotFound => "The routes are listed in /api/v1/openapi.json.",
            Self::MalformedPath => "Percent-encode each segment as UTF-8.",
            Self::WorkloadNotFound(_) => {
                "It may be gone, or outside the namespace filter, which /api/v1/health shows. GET /api/v1/workloads lists what there is."
            }
            Self::PodNotFound(_) => {
                "It may be gone, or outside the namespace filter, which /api/v1/health shows. GET /api/v1/pods lists what there is."
            }
            Self::NamespaceNotFound(_) => {
                "It may be gone, or outside the namespace filter, which /api/v1/health shows. GET /api/v1/namespaces lists what there is."
            }
            Self::MethodNotAllowed(_) => "Use GET or HEAD.",
            Self::Misdirected(_) => {
                "Over loopback, as through `kubectl port-forward`, it answers to localhost, 127.0.0.1 and [::1] only, and to the host of MAINTENANT_BASE_URL: set that to the name you use."
            }
            Self::ForeignOrigin(_) => "Ask from a page that this server served, or from a program.",
            Self::UriTooLong(_) => "Name fewer values in the query.",
            Self::TooManyStreams(_) | Self::TooManyFilters(_) => {
                "Close a stream, or list over REST: the answers carry an ETag."
            }
            Self::Busy(_) | Self::TimedOut(_) => "Try again.",
            Self::History(_) | Self::HistoryStalled => "/api/v1/health says how the storage stands.",
            Self::Internal => return None,
        })
    }

    /// When the same request may succeed; `None` when it must change first.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyStreams(_) | Self::TooManyFilters(_) | Self::History(_) | Self::HistoryStalled => {
                Some(Duration::from_secs(5))
            }
            Self::Busy(_) | Self::TimedOut(_) => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let view = ErrorView {
            error: FaultView { code: self.code(), message: self.to_string(), hint: self.hint() },
        };
        let mut response = (self.status(), axum::Json(view)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(after) = self.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(after.as_secs()));
        }
        if matches!(self, Self::MethodNotAllowed(_)) {
            headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        response
    }
}

/// What a client sent, short enough to be said back to it.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn sentence(faults: &[Fault]) -> String {
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    told.join("; ")
}
