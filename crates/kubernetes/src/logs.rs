//! What containers wrote before they ended: asked for once for each end, by few at a time.

mod crashes;
mod tail;

pub(crate) use crashes::Crashes;

use crate::connection::{Connection, Question};
use crate::error::{Error, Refusal};
use crate::report::Gone;
use crate::source::Surroundings;
use crate::telemetry::Verb;
use bytes::Bytes;
use crashes::End;
use domain::last_words::{LastWords, LogTail};
use domain::observation::{Fact, Observation};
use domain::source::Resource;
use domain::text::Text;
use form_urlencoded::Serializer;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// How many read at once: a kubelet that does not answer holds up one of them.
pub(crate) const READERS: usize = 4;
/// How long each waits between two questions, so that a cluster in flames is not asked for more than eight logs a second.
const PACE: Duration = Duration::from_millis(500);
/// How many lines of the end are asked for, and how many bytes of them.
const LINES: u32 = 50;
const BYTES: usize = 32 << 10;
/// How many of lines that are so long that the last of them did not come.
const LONG_LINES: u32 = 2;

/// One who asks. Task `<cluster>/logs/<number>`.
#[derive(Debug)]
pub(crate) struct LogReader {
    cluster: Text,
    connection: Arc<Connection>,
    crashes: Arc<Crashes>,
    observations: mpsc::Sender<Observation>,
    /// When it may ask again
    rests_until: Instant,
}

impl LogReader {
    pub(crate) fn new(around: &Surroundings, observations: mpsc::Sender<Observation>) -> Self {
        let Surroundings { cluster, connection, crashes, .. } = around.clone();
        Self { cluster, connection, crashes, observations, rests_until: Instant::now() }
    }

    /// Reads until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        tokio::select! {
            // Nobody listens any more.
            Err(Gone) = self.read() => {}
            () = stop.cancelled() => {}
        }
    }

    async fn read(&mut self) -> Result<Infallible, Gone> {
        loop {
            let end = self.crashes.next().await;
            if let Some(reason) = self.crashes.forbidden(&end.namespace) {
                self.tell(&end, LogTail::Forbidden { reason }).await?;
                continue;
            }
            match self.log_of(&end).await {
                Ok(log) => self.tell(&end, log).await?,
                Err(Error::Refused(refusal @ Refusal { code: 403, .. })) => {
                    let reason = Text::from(Error::Refused(refusal).to_string());
                    self.crashes.forbid(&end.namespace, reason.clone());
                    self.tell(&end, LogTail::Forbidden { reason }).await?;
                }
                Err(Error::Refused(Refusal { code: 404, .. })) => {
                    self.tell(&end, LogTail::Nothing).await?;
                }
                Err(error) => {
                    tracing::debug!(cluster = &*self.cluster, pod = &*end.name, %error, "a log can't be read");
                    self.crashes.put_back(end);
                }
            }
        }
    }

    async fn tell(&self, end: &End, log: LogTail) -> Result<(), Gone> {
        let words = LastWords { pod: end.pod, container: end.container.clone(), ended: end.ended, log };
        let observation = Observation::Cluster { cluster: self.cluster.clone(), fact: Fact::Said(words) };
        self.observations.send(observation).await.map_err(|_| Gone)
    }

    /// Whose log the kubelet hands out depends on how far the container has come meanwhile; the times of the lines tell
    /// which run they are of.
    async fn log_of(&mut self, end: &End) -> Result<LogTail, Error> {
        for previous in [!end.is_over, end.is_over] {
            match self.tail_of(end, previous).await {
                Ok(text) => {
                    if let Some((at, text)) = tail::last_line(&text, end.started, end.ended) {
                        return Ok(LogTail::Line { at, text });
                    }
                }
                // There is no such run, or not any more.
                Err(Error::Refused(Refusal { code: 400, .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(LogTail::Nothing)
    }

    /// The end of a log. An answer that is too long is cut at its own end, where the lines are that are wanted.
    async fn tail_of(&mut self, end: &End, previous: bool) -> Result<Bytes, Error> {
        let text = self.ask(&address(end, previous, LINES)).await?;
        if text.len() < BYTES { Ok(text) } else { self.ask(&address(end, previous, LONG_LINES)).await }
    }

    async fn ask(&mut self, address: &str) -> Result<Bytes, Error> {
        sleep_until(self.rests_until).await;
        self.rests_until = Instant::now() + PACE;
        let question = Question { verb: Verb::Get, resource: Some(Resource::Pods), address, protobuf: false };
        self.connection.fetch_text(question).await
    }
}

fn address(end: &End, previous: bool, lines: u32) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("container", &end.container);
    query.append_pair("previous", if previous { "true" } else { "false" });
    query.append_pair("timestamps", "true");
    query.append_pair("tailLines", &lines.to_string());
    query.append_pair("limitBytes", &BYTES.to_string());
    format!("/api/v1/namespaces/{}/pods/{}/log?{}", end.namespace, end.name, query.finish())
}
