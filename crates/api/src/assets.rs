//! The web page, embedded in the binary as `npm run build` left it: each file also compressed, beside it.
use crate::error::ApiError;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;
use std::fmt::Write;

/// What is shown in place of the page by a binary that was built without it.
const MISSING_PAGE: &str = include_str!("assets/missing.html");

/// `web/dist`
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// The files of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assets {
    lookup: fn(&str) -> Option<EmbeddedFile>,
}

impl Assets {
    /// The page that this binary was built with.
    pub(crate) fn embedded() -> Self {
        Self::of::<Dist>()
    }

    /// The page of that folder.
    pub(crate) fn of<E: RustEmbed>() -> Self {
        Self { lookup: E::get }
    }

    /// The page itself. It is asked for again each time, so that an upgrade is seen at once.
    pub(crate) fn page(self, headers: &HeaderMap) -> Response {
        self.file("index.html", headers).unwrap_or_else(|| {
            let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")];
            (headers, MISSING_PAGE).into_response()
        })
    }

    /// A file of the page, by the path of its URL.
    pub(crate) fn at(self, path: &str, headers: &HeaderMap) -> Response {
        let name = path.trim_start_matches('/');
        self.file(name, headers).unwrap_or_else(|| ApiError::RouteNotFound.into_response())
    }

    fn file(self, name: &str, headers: &HeaderMap) -> Option<Response> {
        let content_type = content_type(name)?;
        let plain = (self.lookup)(name)?;
        let etag = etag(&plain.metadata.sha256_hash());
        let cache = if name.starts_with("assets/") {
            // The build puts a hash of the content into these names.
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let mut answer = Response::new(Body::empty());
        let answered = answer.headers_mut();
        answered.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        answered.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
        answered.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            answered.insert(ETAG, etag);
        }
        if headers.get(IF_NONE_MATCH).is_some_and(|given| crate::etag::matches(given, &etag)) {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            return Some(answer);
        }
        let compressed = [("br", ".br"), ("gzip", ".gz")].into_iter().find_map(|(coding, suffix)| {
            let file = accepts(headers, coding).then(|| (self.lookup)(&format!("{name}{suffix}")))??;
            Some((coding, file))
        });
        let file = match compressed {
            Some((coding, file)) => {
                answered.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
                file
            }
            None => plain,
        };
        *answer.body_mut() = Body::from(match file.data {
            Cow::Borrowed(data) => Bytes::from_static(data),
            Cow::Owned(data) => Bytes::from(data),
        });
        Some(answer)
    }
}

/// Whether the client takes that content coding: it names it, or `*`, and not with `q=0` (RFC 9110 §12.5.3).
pub(crate) fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let given = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    let mut any = false;
    for choice in given.flat_map(|value| value.split(',')) {
        let mut parts = choice.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts
            .filter_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
        if name.eq_ignore_ascii_case(coding) {
            return !refused;
        }
        any |= name == "*" && !refused;
    }
    any
}

/// The types of files that the build makes. Others are not served: the compressed copies, say.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// Weak, since the compressed copies share it.
fn etag(sha256: &[u8; 32]) -> String {
    let mut tag = "W/\"".to_owned();
    for byte in &sha256[..8] {
        // Writing to a String does not fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}
