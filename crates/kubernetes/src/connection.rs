//! The way to one API server: who asks, how, and what an answer is.

mod reason;
mod session;

use crate::api::status::Status;
use crate::config::{Access, Encoding};
use crate::error::{Error, Refusal, quote};
use crate::telemetry::{Request, Telemetry, Verb};
use crate::wire::{Format, Malformed};
use bytes::Bytes;
use domain::source::Resource;
use domain::text::Text;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::BodyExt;
use kube::client::Body;
use session::Session;
pub use session::WITHHELD_FROM_PLUG_INS;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

/// How long the head of an answer may take. A busy API server queues requests for up to a minute, but answers 429 then.
const HEAD_LIMIT: Duration = Duration::from_secs(30);

/// How long the rest of an answer that is read as a whole may take.
const BODY_LIMIT: Duration = Duration::from_secs(10);

/// How much of such an answer is read: a `Status` has no more than the names of what is refused.
const LONGEST_BODY: usize = 1 << 20;

/// A wait that a server may ask for; longer ones are cut, so that nobody can silence us for a day.
pub(crate) const LONGEST_RETRY_AFTER: Duration = Duration::from_mins(5);

/// How old a session must be before a failure lets it be made anew: its plug-in may be expensive.
const SHORTEST_SESSION: Duration = Duration::from_secs(5);

const PROTOBUF: &str = "application/vnd.kubernetes.protobuf,application/json";
const PROTOBUF_WATCH: &str =
    "application/vnd.kubernetes.protobuf;stream=watch,application/json;stream=watch,application/json";
const JSON: &str = "application/json";

/// One API server, as all sources of a cluster use it.
#[derive(Debug)]
pub(crate) struct Connection {
    access: Access,
    encoding: Encoding,
    telemetry: Arc<Telemetry>,
    /// The client in use; `None` before the first request and after a failure. Held while a new one is made, so that
    /// sources that fail together make one.
    session: Mutex<Option<Arc<Session>>>,
    /// Whether the last request failed to get an answer.
    is_lost: AtomicBool,
    /// Counts the times that an answer came, the first time and again after it did not. One value, never full; closed
    /// with the connection.
    returns: watch::Sender<u64>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) verb: Verb,
    pub(crate) resource: Option<Resource>,
    /// Path and query
    pub(crate) address: &'a str,
    /// Whether it may be answered in protobuf, where that is wanted at all
    pub(crate) protobuf: bool,
}

/// The beginning of a good answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) format: Format,
    body: Body,
}

impl Connection {
    pub(crate) fn new(access: Access, encoding: Encoding, telemetry: Arc<Telemetry>) -> Self {
        Self {
            access,
            encoding,
            telemetry,
            session: Mutex::new(None),
            is_lost: AtomicBool::new(true),
            returns: watch::Sender::new(0),
        }
    }

    /// Whether the API server is so near that bytes are cheaper than compressing them: this machine, or the cluster
    /// that we run in.
    pub(crate) async fn is_near(&self) -> Result<bool, Error> {
        Ok(self.session().await?.is_near)
    }

    /// The API server's address, without credentials.
    pub(crate) async fn server(&self) -> Result<Text, Error> {
        Ok(self.session().await?.server.clone())
    }

    /// Wakes whenever answers come again.
    pub(crate) fn returns(&self) -> watch::Receiver<u64> {
        self.returns.subscribe()
    }

    /// Asks, and returns when the head of a good answer is there.
    pub(crate) async fn ask(&self, question: Question<'_>) -> Result<Answer, Error> {
        let (format, body) = self.ask_for(question, Format::of).await?;
        Ok(Answer { format, body })
    }

    /// Asks for what `is_good` makes something of by its content type.
    async fn ask_for<T>(
        &self,
        question: Question<'_>,
        is_good: impl Fn(&str) -> Result<T, Malformed>,
    ) -> Result<(T, Body), Error> {
        let session = self.session().await?;
        let result = self.ask_in(&session, question, is_good).await;
        match &result {
            Err(Error::Unreachable(_)) => self.renew(&session).await,
            Err(Error::Refused(refusal)) if refusal.code == 401 => self.renew(&session).await,
            _ => {}
        }
        let answered = matches!(result, Ok(_) | Err(Error::Refused(_) | Error::Malformed(_)));
        if !answered {
            self.is_lost.store(true, Ordering::Relaxed);
        } else if result.is_ok() && self.is_lost.swap(false, Ordering::Relaxed) {
            self.returns.send_modify(|count| *count += 1);
        }
        result
    }

    /// Asks for one object, and reads the answer to its end.
    pub(crate) async fn fetch(&self, question: Question<'_>) -> Result<(Format, Bytes), Error> {
        let Answer { format, body } = self.ask(question).await?;
        Ok((format, whole(body).await?))
    }

    /// Asks for what is no object, such as a log, and reads the answer to its end. Who does not answer within the limit is
    /// somebody behind the API server, so that says nothing of the API server itself.
    pub(crate) async fn fetch_text(&self, question: Question<'_>, limit: Duration) -> Result<Bytes, Error> {
        let answer = async {
            let ((), body) = self.ask_for(question, |_| Ok(())).await?;
            whole(body).await
        };
        let Ok(answer) = timeout(limit, answer).await else {
            let Question { verb, resource, .. } = question;
            self.telemetry.count_request(Request { verb, resource, code: 0 });
            return Err(Error::Silent(limit));
        };
        answer
    }

    async fn ask_in<T>(
        &self,
        session: &Session,
        question: Question<'_>,
        is_good: impl Fn(&str) -> Result<T, Malformed>,
    ) -> Result<(T, Body), Error> {
        let response = match self.send(session, question).await {
            // Perhaps the connection had been left alone for so long that it was closed in the moment of asking. Asking
            // again is harmless, and a server that is gone will refuse.
            Err(Error::Broken(_)) => self.send(session, question).await?,
            other => other?,
        };
        let (head, body) = response.into_parts();
        let content_type = text(&head.headers, CONTENT_TYPE).unwrap_or_default();
        if head.status.is_success() {
            return Ok((is_good(content_type)?, body));
        }
        let status = refused(content_type, body).await;
        let retry_after = text(&head.headers, RETRY_AFTER)
            .and_then(|seconds| seconds.parse().ok())
            .or_else(|| status.details.map(|details| details.retry_after_seconds))
            .and_then(|seconds| u64::try_from(seconds).ok())
            .filter(|seconds| *seconds > 0)
            .map(|seconds| Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER));
        Err(Error::Refused(Refusal {
            code: head.status.as_u16(),
            message: quote(&status.message),
            retry_after,
            credential: session.credential,
        }))
    }

    async fn send(&self, session: &Session, question: Question<'_>) -> Result<Response<Body>, Error> {
        let Question { verb, resource, address, protobuf } = question;
        let accept = match (self.encoding, protobuf, verb) {
            (Encoding::Json, ..) | (_, false, _) => JSON,
            (Encoding::Protobuf, true, Verb::Watch) => PROTOBUF_WATCH,
            (Encoding::Protobuf, true, _) => PROTOBUF,
        };
        // A compressed watch would hold events back until a block is full.
        let compress = verb == Verb::List && session.may_compress();
        let mut request = http::Request::get(address)
            .header(ACCEPT, accept)
            .header(ACCEPT_ENCODING, if compress { "gzip" } else { "identity" })
            .header(USER_AGENT, concat!("maintenant/", env!("CARGO_PKG_VERSION")))
            .body(Body::empty())
            .map_err(|error| Error::Access(format!("the address can't be asked for: {error}")))?;
        if let Some(authorization) = session.authorization()? {
            request.headers_mut().insert(AUTHORIZATION, authorization);
        }
        let answer = match timeout(HEAD_LIMIT, session.client.send(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(reason::unanswered(&error, &session.server)),
            Err(_) => Err(Error::Silent(HEAD_LIMIT)),
        };
        let code = answer.as_ref().map_or(0, |response| response.status().as_u16());
        self.telemetry.count_request(Request { verb, resource, code });
        answer
    }

    async fn session(&self) -> Result<Arc<Session>, Error> {
        let mut current = self.session.lock().await;
        if let Some(session) = &*current {
            return Ok(session.clone());
        }
        let session = Arc::new(Session::open(&self.access).await?);
        *current = Some(session.clone());
        Ok(session)
    }

    /// Lets the next request read the configuration anew: certificates and tokens may have changed.
    async fn renew(&self, failed: &Arc<Session>) {
        let mut current = self.session.lock().await;
        let is_current = current.as_ref().is_some_and(|current| Arc::ptr_eq(current, failed));
        if is_current && failed.opened.elapsed() >= SHORTEST_SESSION {
            *current = None;
        }
    }
}

impl Answer {
    /// The next bytes of the body; `None` at its end. Nothing for as long as `limit` is an error.
    pub(crate) async fn next_bytes(&mut self, limit: Duration) -> Result<Option<Bytes>, Error> {
        loop {
            let frame = match timeout(limit, self.body.frame()).await {
                Ok(None) => return Ok(None),
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(error))) => return Err(reason::broken(&error)),
                Err(_) => return Err(Error::Silent(limit)),
            };
            if let Ok(bytes) = frame.into_data() {
                return Ok(Some(bytes));
            }
        }
    }
}

/// What is behind an answer that is an error: a `Status`, or whatever a proxy wrote.
async fn refused(content_type: &str, body: Body) -> Status {
    let Ok(body) = whole(body).await else { return Status::default() };
    if let Ok(format) = Format::of(content_type)
        && let Ok(status) = format.decode_body::<Status>(body.clone())
    {
        return status;
    }
    let is_text = content_type.starts_with("text/plain");
    let message = if is_text { String::from_utf8_lossy(&body).into_owned() } else { String::new() };
    Status { message, ..Status::default() }
}

async fn whole(body: Body) -> Result<Bytes, Error> {
    let limited = http_body_util::Limited::new(body, LONGEST_BODY);
    match timeout(BODY_LIMIT, limited.collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) => Err(reason::broken(&*error)),
        Err(_) => Err(Error::Silent(BODY_LIMIT)),
    }
}

fn text(headers: &HeaderMap<HeaderValue>, name: http::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
