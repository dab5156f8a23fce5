//! One answer.

use serde_json::Value;
use ureq::Body;
use ureq::http::{HeaderMap, Response};

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: HeaderMap,
    /// The body as it came, not decompressed.
    pub body: Vec<u8>,
}

impl Reply {
    pub(crate) fn read(response: Response<Body>) -> Result<Self, ureq::Error> {
        let (head, body) = response.into_parts();
        let body = body.into_with_config().limit(u64::MAX).read_to_vec()?;
        Ok(Self { status: head.status.as_u16(), headers: head.headers, body })
    }

    /// The value of a header, none when it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("our headers are ASCII"))
    }

    /// The body as text, what is not UTF-8 replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, which it must be.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}
