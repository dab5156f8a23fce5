//! Whether a namespace that was chosen by its name is there, asked again and again.
//!
//! A Role in a namespace can grant `get` of that namespace, and neither `list` nor `watch`: these are asked of the cluster,
//! whatever their field selector says. Whoever may see one namespace alone is refused nothing this way.

use crate::api::core::Namespace;
use crate::backoff::Backoff;
use crate::connection::Question;
use crate::conversion::Convert as _;
use crate::endpoint::Endpoint;
use crate::error::{Error, Refusal};
use crate::report::{Gone, Report};
use crate::source::{DOUBT_RETRY, DOUBTS, FORBIDDEN_RETRY, Surroundings};
use crate::telemetry::Verb;
use domain::id::Uid;
use domain::observation::Object;
use domain::source::{Link, Resource};
use domain::text::Text;
use std::convert::Infallible;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often it is asked. What is in the namespace is watched: only its own coming and going waits for this.
const INTERVAL: Duration = Duration::from_secs(30);

/// One namespace. Task `<cluster>/<namespace>/namespaces`.
#[derive(Debug)]
pub(crate) struct Presence {
    around: Surroundings,
    endpoint: Endpoint,
    name: Text,
    report: Report,
    backoff: Backoff,
    /// How often a 403 may still be a mistake.
    doubts: u32,
}

impl Presence {
    pub(crate) fn new(around: Surroundings, endpoint: Endpoint, name: Text, report: Report) -> Self {
        Self { around, endpoint, name, report, backoff: Backoff::default(), doubts: 0 }
    }

    /// Asks until `stop`, or until `leave`: then it says last that what it told is not kept up any more.
    pub(crate) async fn run(mut self, leave: CancellationToken, stop: CancellationToken) {
        tokio::select! {
            // Nobody listens any more.
            Err(Gone) = self.follow() => {}
            () = stop.cancelled() => {}
            () = leave.cancelled() => {
                // As above.
                let _ = self.report.link(Link::Closed).await;
            }
        }
    }

    async fn follow(&mut self) -> Result<Infallible, Gone> {
        self.report.link(Link::Connecting).await?;
        let mut returns = self.around.connection.returns();
        loop {
            let answer = self.read().await;
            returns.mark_unchanged();
            let wait = match answer {
                Ok(namespace) => {
                    self.tell(namespace).await?;
                    INTERVAL
                }
                Err(error) => self.after_failure(&error).await?,
            };
            tokio::select! {
                () = sleep(wait) => {}
                // Another source has an answer again after none had: so may we.
                Ok(()) = returns.changed() => {}
            }
        }
    }

    /// The namespace; `None` where there is none of that name.
    async fn read(&self) -> Result<Option<(Uid, Object)>, Error> {
        let resource = Resource::Namespaces;
        let address = self.endpoint.object();
        let question =
            Question { verb: Verb::Get, resource: Some(resource), address: &address, protobuf: true };
        let (format, body) = match self.around.connection.fetch(question).await {
            Ok(answer) => answer,
            Err(Error::Refused(refusal)) if self.is_absence(&refusal) => return Ok(None),
            Err(error) => return Err(error),
        };
        self.around.telemetry.count_bytes(resource, body.len());
        self.around.telemetry.count_object(resource);
        let mut namespace: Namespace = format.decode_body(body)?;
        let metadata = namespace.take_metadata();
        let uid = Uid::parse(&metadata.uid);
        let mut interner = self.around.interner.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Some((uid, namespace.convert(metadata, &mut interner))))
    }

    /// Whether these are the API server's own words for what is not there: something else that answers 404 in its place
    /// knows nothing of the namespace.
    fn is_absence(&self, refusal: &Refusal) -> bool {
        refusal.code == 404 && refusal.message == format!("namespaces \"{}\" not found", self.name)
    }

    async fn tell(&mut self, namespace: Option<(Uid, Object)>) -> Result<(), Gone> {
        self.backoff.reset();
        self.doubts = DOUBTS;
        let mut uids = Vec::new();
        if let Some((uid, object)) = namespace {
            self.report.applied(object).await?;
            uids.push(uid);
        }
        self.report.listed(uids).await
    }

    async fn after_failure(&mut self, error: &Error) -> Result<Duration, Gone> {
        let (link, wait) = match error {
            Error::Refused(Refusal { code: 403, .. }) if self.doubts > 0 => {
                self.doubts -= 1;
                (Link::Lost { reason: error.to_string().into() }, DOUBT_RETRY)
            }
            Error::Refused(Refusal { code: 403, .. }) => {
                (Link::Forbidden { reason: error.to_string().into() }, FORBIDDEN_RETRY)
            }
            Error::Refused(Refusal { retry_after, .. }) => {
                let wait = self.backoff.next_wait() + retry_after.unwrap_or_default();
                (Link::Lost { reason: error.to_string().into() }, wait)
            }
            _ => (Link::Lost { reason: error.to_string().into() }, self.backoff.next_wait()),
        };
        self.report.link(link).await?;
        Ok(wait)
    }
}
