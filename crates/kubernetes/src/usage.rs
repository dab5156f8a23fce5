//! What pods use, asked for again and again: `metrics.k8s.io` has no watches.

use crate::api::metrics::PodMetrics;
use crate::backoff::Backoff;
use crate::connection::Question;
use crate::endpoint::Endpoint;
use crate::error::{Error, Refusal};
use crate::report::{Gone, Report};
use crate::source::{ABSENT_RETRY, FORBIDDEN_RETRY, LONGEST_ABSENT_RETRY, Surroundings};
use crate::telemetry::Verb;
use crate::wire::{Format, ListPart, ListReader, Malformed};
use domain::observation::{Fact, Usage};
use domain::source::{Link, Resource};
use std::convert::Infallible;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often usage is read. metrics-server measures every 15 s.
const INTERVAL: Duration = Duration::from_secs(30);
const IDLE: Duration = Duration::from_secs(30);

/// The usage of all pods of a scope. Task `<cluster>/podmetrics`, or `<cluster>/<namespace>/podmetrics`.
#[derive(Debug)]
pub(crate) struct UsagePoll {
    around: Surroundings,
    endpoint: Endpoint,
    report: Report,
    backoff: Backoff,
    absent_retry: Duration,
}

impl UsagePoll {
    pub(crate) fn new(around: Surroundings, endpoint: Endpoint, report: Report) -> Self {
        Self { around, endpoint, report, backoff: Backoff::default(), absent_retry: ABSENT_RETRY }
    }

    /// Reads until `stop`, or until `leave`: then it says last that what it told is not kept up any more.
    pub(crate) async fn run(mut self, leave: CancellationToken, stop: CancellationToken) {
        tokio::select! {
            // Nobody listens any more.
            Err(Gone) = self.poll() => {}
            () = stop.cancelled() => {}
            () = leave.cancelled() => {
                // As above.
                let _ = self.report.link(Link::Closed).await;
            }
        }
    }

    async fn poll(&mut self) -> Result<Infallible, Gone> {
        self.report.link(Link::Connecting).await?;
        loop {
            let wait = match self.read().await {
                Ok(usages) => {
                    self.backoff.reset();
                    self.absent_retry = ABSENT_RETRY;
                    self.report.tell(Fact::Measured(self.endpoint.id.clone(), usages)).await?;
                    self.report.alive().await?;
                    INTERVAL
                }
                Err(error) => self.after_failure(&error).await?,
            };
            sleep(wait).await;
        }
    }

    async fn read(&mut self) -> Result<Vec<Usage>, Error> {
        // Usage can wait until the lists are through. The semaphore is never closed.
        let _permit = self.around.lists.acquire().await.ok();
        let address = self.endpoint.list();
        let resource = Resource::PodMetrics;
        let question =
            Question { verb: Verb::List, resource: Some(resource), address: &address, protobuf: false };
        let mut answer = self.around.connection.ask(question).await?;
        let (mut reader, mut usages) = (ListReader::new(answer.format), Vec::new());
        while let Some(bytes) = answer.next_bytes(IDLE).await? {
            self.around.telemetry.count_bytes(resource, bytes.len());
            reader.push(&bytes);
            while let Some(part) = reader.next_part()? {
                if let ListPart::Item(item) = part {
                    usages.extend(self.usage(answer.format, &item)?);
                }
            }
        }
        reader.finish()?;
        Ok(usages)
    }

    /// `None` for a pod outside the scope.
    fn usage(&self, format: Format, item: &[u8]) -> Result<Option<Usage>, Malformed> {
        self.around.telemetry.count_object(Resource::PodMetrics);
        if format != Format::Json {
            return Err(Malformed::ContentType("application/vnd.kubernetes.protobuf".to_owned()));
        }
        let metrics: PodMetrics = serde_json::from_slice(item)
            .map_err(|error| Malformed::Syntax { format: "JSON", problem: error.to_string() })?;
        if !self.around.scope.admits(&metrics.metadata.namespace) {
            return Ok(None);
        }
        let mut interner = self.around.interner.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Some(crate::conversion::usage(&metrics, &mut interner)))
    }

    async fn after_failure(&mut self, error: &Error) -> Result<Duration, Gone> {
        let (link, wait) = match error {
            Error::Refused(Refusal { code: 403, .. }) => {
                (Link::Forbidden { reason: error.to_string().into() }, FORBIDDEN_RETRY)
            }
            Error::Refused(Refusal { code: 404, .. }) => {
                let wait = self.absent_retry;
                self.absent_retry = (wait * 2).min(LONGEST_ABSENT_RETRY);
                (Link::Absent { reason: "metrics-server is not installed".into() }, wait)
            }
            Error::Refused(Refusal { code, retry_after, .. }) => {
                let reason = match code {
                    503 => "metrics-server does not answer (503)".into(),
                    _ => error.to_string().into(),
                };
                (Link::Lost { reason }, self.backoff.next_wait() + retry_after.unwrap_or_default())
            }
            _ => (Link::Lost { reason: error.to_string().into() }, self.backoff.next_wait()),
        };
        self.report.link(link).await?;
        Ok(wait)
    }
}
