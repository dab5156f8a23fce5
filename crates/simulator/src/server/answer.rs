//! An answer on its way out.

use crate::{
    faults::{Corruption, Failure, Pace},
    request::Encoding,
    status::Status,
    wire,
};
use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use http::{Response, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use std::io;

pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Status, headers and body, before HTTP.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) retry_after_seconds: Option<u32>,
    pub(crate) gzip: bool,
    pub(crate) payload: Payload,
}

pub(crate) enum Payload {
    Whole(Bytes),
    /// Pieces as they come; an error ends the connection. Nothing is buffered: the next piece is made when the
    /// client has room for it.
    Pieces(BoxStream<'static, io::Result<Bytes>>),
}

impl Answer {
    pub(crate) fn ok(content_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            retry_after_seconds: None,
            gzip: false,
            payload: Payload::Whole(body.into()),
        }
    }

    pub(crate) fn pieces(content_type: &'static str, pieces: BoxStream<'static, io::Result<Bytes>>) -> Self {
        Self { payload: Payload::Pieces(pieces), ..Self::ok(content_type, Vec::new()) }
    }

    pub(crate) fn text(status: StatusCode, text: &'static str) -> Self {
        let payload = Payload::Whole(Bytes::from_static(text.as_bytes()));
        Self { status, payload, ..Self::ok("text/plain; charset=utf-8", Vec::new()) }
    }

    pub(crate) fn status(encoding: Encoding, status: &Status) -> Self {
        let body = wire::status(encoding, status);
        Self {
            status: status.code,
            retry_after_seconds: status.retry_after_seconds,
            ..Self::ok(encoding.content_type(), body)
        }
    }

    pub(crate) fn of_failure(encoding: Encoding, failure: Failure) -> Self {
        let valid = |code| StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match failure {
            Failure::TooManyRequests { retry_after_seconds } => {
                Self::status(encoding, &Status::too_many_requests(retry_after_seconds))
            }
            Failure::Status(code) => Self::status(encoding, &Status::of_code(valid(code))),
            Failure::ProxyPage(code) => {
                let status = valid(code);
                let page = format!("<html><body><h1>{status}</h1></body></html>\n");
                Self { status, ..Self::ok("text/html", page.into_bytes()) }
            }
            Failure::OtherJson(text) => Self::ok("application/json", text.as_bytes().to_vec()),
            Failure::Text(text) => Self::ok("text/plain", text.to_vec()),
            // By now there is nobody left to hear it.
            Failure::Silence => Self::status(encoding, &Status::of_code(StatusCode::SERVICE_UNAVAILABLE)),
        }
    }

    /// The same answer with a spoilt body. A watch spoils its own first frame.
    pub(crate) fn spoil(mut self, corruption: Corruption, is_text: bool) -> Self {
        if let Payload::Whole(body) = &self.payload {
            self.payload = Payload::Whole(corruption.spoil(body, is_text).into());
        }
        self
    }

    pub(crate) fn send(self, pace: Option<Pace>) -> Response<Body> {
        let mut response = Response::new(match (self.payload, pace) {
            (Payload::Whole(body), None) => Full::new(body).map_err(|never| match never {}).boxed_unsync(),
            (Payload::Whole(body), Some(pace)) => stream_body(slowly(one_piece(body), pace)),
            (Payload::Pieces(pieces), None) => stream_body(pieces),
            (Payload::Pieces(pieces), Some(pace)) => stream_body(slowly(pieces, pace)),
        });
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(self.content_type));
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache, private"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.gzip {
            headers.insert(header::CONTENT_ENCODING, header::HeaderValue::from_static("gzip"));
            headers.insert(header::VARY, header::HeaderValue::from_static("Accept-Encoding"));
        }
        response
    }
}

fn stream_body(pieces: BoxStream<'static, io::Result<Bytes>>) -> Body {
    StreamBody::new(pieces.map(|piece| piece.map(Frame::data))).boxed_unsync()
}

fn one_piece(body: Bytes) -> BoxStream<'static, io::Result<Bytes>> {
    futures::stream::once(async move { Ok(body) }).boxed()
}

/// Cuts the pieces smaller and pauses before each.
fn slowly(
    pieces: BoxStream<'static, io::Result<Bytes>>,
    pace: Pace,
) -> BoxStream<'static, io::Result<Bytes>> {
    let size = pace.piece_bytes.max(1);
    let smaller = pieces.flat_map(move |piece| {
        let smaller: Vec<_> = match piece {
            Ok(bytes) => (0..bytes.len())
                .step_by(size)
                .map(|from| Ok(bytes.slice(from..bytes.len().min(from + size))))
                .collect(),
            Err(error) => vec![Err(error)],
        };
        futures::stream::iter(smaller)
    });
    smaller
        .then(move |piece| async move {
            tokio::time::sleep(pace.pause).await;
            piece
        })
        .boxed()
}
