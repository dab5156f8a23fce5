//! What containers wrote before they ended: asked for once for each end, by few at a time.

mod crashes;
mod nodes;
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
use tail::Tail;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// How many read at once, each from another node.
pub(crate) const READERS: usize = 4;
/// How long each waits between two questions, so that a cluster in flames is not asked for more than eight logs a second.
const PACE: Duration = Duration::from_millis(500);
/// How long the end of a log may take: what a kubelet does not have by then, it may have later.
const LIMIT: Duration = Duration::from_secs(5);
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
            sleep_until(self.rests_until).await;
            let end = self.crashes.next().await;
            if let Some(reason) = self.crashes.forbidden(&end.namespace) {
                self.crashes.answered(&end, true);
                self.tell(&end, LogTail::Forbidden { reason }).await?;
                continue;
            }
            let answer = self.ask(&end).await;
            self.crashes.answered(&end, !matches!(answer, Err(Error::Silent(_))));
            match self.sequel(&end, answer).await {
                Sequel::Tell(log) => self.tell(&end, log).await?,
                Sequel::AskOtherRun => match end.in_other_run() {
                    Some(other) => self.crashes.ask_again(other),
                    None => self.tell(&end, LogTail::Nothing).await?,
                },
                Sequel::AskForFewer => self.crashes.ask_again(end.with_long_lines()),
                Sequel::AskLater(wait) => self.crashes.put_back(end, wait),
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
    async fn sequel(&self, end: &End, answer: Result<Bytes, Error>) -> Sequel {
        let error = match answer {
            // An answer that is too long is cut at its own end, where the lines are that are wanted.
            Ok(text) if text.len() >= BYTES && !end.has_long_lines => return Sequel::AskForFewer,
            Ok(text) => {
                return match tail::of_run(&text, end.started, end.ended) {
                    Tail::Line { at, text } => Sequel::Tell(LogTail::Line { at, text }),
                    Tail::Empty if self.is_of_next_run(end).await => Sequel::AskOtherRun,
                    Tail::Empty => Sequel::Tell(LogTail::Nothing),
                    Tail::OfAnother => Sequel::AskOtherRun,
                };
            }
            Err(error) => error,
        };
        tracing::debug!(cluster = &*self.cluster, pod = &*end.name, %error, "a log can't be read");
        match error {
            // There is no such run, or not any more.
            Error::Refused(Refusal { code: 400, .. }) => Sequel::AskOtherRun,
            Error::Refused(refusal @ Refusal { code: 403, .. }) => {
                let reason = Text::from(Error::Refused(refusal).to_string());
                self.crashes.forbid(&end.namespace, reason.clone());
                Sequel::Tell(LogTail::Forbidden { reason })
            }
            Error::Refused(Refusal { code: 401 | 408 | 429 | 500.., retry_after, .. }) => {
                Sequel::AskLater(retry_after)
            }
            Error::Refused(_) => Sequel::Tell(LogTail::Nothing),
            _ => Sequel::AskLater(None),
        }
    }

    /// Whether the current log, in which there is nothing, is that of a run which has only just begun. The kubelet's word of
    /// it may be on its way, so it is waited for as long as this reader rests anyway.
    async fn is_of_next_run(&self, end: &End) -> bool {
        if end.previous {
            return false;
        }
        sleep_until(self.rests_until).await;
        self.crashes.runs_again(end)
    }

    async fn ask(&mut self, end: &End) -> Result<Bytes, Error> {
        self.rests_until = Instant::now() + PACE;
        let address = address(end);
        let question =
            Question { verb: Verb::Get, resource: Some(Resource::Pods), address: &address, protobuf: false };
        self.connection.fetch_text(question, LIMIT).await
    }
}

/// What becomes of an answer.
enum Sequel {
    Tell(LogTail),
    AskOtherRun,
    AskForFewer,
    /// It may be had later, but not before the server wants to be asked again.
    AskLater(Option<Duration>),
}

fn address(end: &End) -> String {
    let lines = if end.has_long_lines { LONG_LINES } else { LINES };
    let mut query = Serializer::new(String::new());
    query.append_pair("container", &end.container);
    query.append_pair("previous", if end.previous { "true" } else { "false" });
    query.append_pair("timestamps", "true");
    query.append_pair("tailLines", &lines.to_string());
    query.append_pair("limitBytes", &BYTES.to_string());
    format!("/api/v1/namespaces/{}/pods/{}/log?{}", end.namespace, end.name, query.finish())
}
