//! Versions of answers: a client that has one already is told so, and nothing is made nor sent.
use crate::error::ApiError;
use axum::response::{IntoResponse, Response};
use engine::Version;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use serde::Serialize;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Answers with JSON that depends on nothing but the version of the state and the URL: 304 to a client that has it.
pub(crate) fn versioned<T: Serialize>(
    version: Version,
    uri: &Uri,
    headers: &HeaderMap,
    body: impl FnOnce() -> T,
) -> Result<Response, ApiError> {
    let tag = tag(version, uri);
    let known = headers.get_all(IF_NONE_MATCH).iter().any(|given| matches(given, &tag));
    let mut answer = if known {
        // A cache must know what the answer varies by even when it is not sent.
        (StatusCode::NOT_MODIFIED, [(VARY, "accept-encoding")]).into_response()
    } else {
        json(&body())?
    };
    let answered = answer.headers_mut();
    answered.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answered.insert(ETAG, tag);
    }
    Ok(answer)
}

/// Answers with JSON that is true at this moment only.
pub(crate) fn current<T: Serialize>(status: StatusCode, body: &T) -> Result<Response, ApiError> {
    let mut answer = json(body)?;
    *answer.status_mut() = status;
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// Whether `If-None-Match` names the tag, compared weakly (RFC 9110 §13.1.2).
pub(crate) fn matches(given: &HeaderValue, tag: &str) -> bool {
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    given.to_str().is_ok_and(|given| {
        given.trim() == "*" || given.split(',').any(|one| opaque(one.trim()) == opaque(tag))
    })
}

fn json<T: Serialize>(body: &T) -> Result<Response, ApiError> {
    let text = serde_json::to_vec(body).map_err(|error| {
        tracing::error!(%error, "an answer could not be written as JSON");
        ApiError::Internal
    })?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

/// Weak, since the same answer goes out compressed and plain.
fn tag(version: Version, uri: &Uri) -> String {
    let mut hasher = DefaultHasher::new();
    (uri.path(), uri.query()).hash(&mut hasher);
    format!("W/\"{version}-{:x}\"", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("W/\"a-1\"", true)]
    #[case("\"a-1\"", true)]
    #[case("\"x\", W/\"a-1\"", true)]
    #[case("*", true)]
    #[case("\"a-2\"", false)]
    #[case("a-1", false)]
    #[case("", false)]
    fn tags_are_compared_weakly(#[case] given: &'static str, #[case] same: bool) {
        assert_eq!(matches(&HeaderValue::from_static(given), "W/\"a-1\""), same);
    }
}
