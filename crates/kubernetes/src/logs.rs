//! What containers wrote before they ended: asked for once for each end, by few at a time.

mod tail;

use crate::connection::{Connection, Question};
use crate::error::{Error, Refusal};
use crate::report::Gone;
use crate::source::{FORBIDDEN_RETRY, Surroundings};
use crate::telemetry::Verb;
use domain::id::Uid;
use domain::last_words::{LastWords, LogTail};
use domain::observation::{Fact, Observation};
use domain::pod::Pod;
use domain::source::Resource;
use domain::text::Text;
use domain::time::Time;
use form_urlencoded::Serializer;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How many read at once: a kubelet that does not answer holds up one of them.
pub(crate) const READERS: usize = 4;
/// How long each rests after a question, so that a cluster in flames is not asked for more than eight logs a second.
const REST: Duration = Duration::from_millis(500);
/// How often an end is asked about whose log could not be had.
const TRIES: u32 = 3;
/// How long until the next try.
const RETRY: Duration = Duration::from_secs(5);
/// The most ends that are remembered as asked about, and the most that wait. Beyond it, what comes is left unasked.
const MOST: usize = 10_000;
/// How many lines of the end are asked for, and how many bytes of them.
const LINES: &str = "50";
const BYTES: &str = "32768";

/// The ends of containers that are to be asked about. Shared by the sources that see pods and those who ask.
#[derive(Debug, Default)]
pub(crate) struct Crashes {
    ends: Mutex<Ends>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Ends {
    /// The latest end of each container that was asked about, or is to be
    known: BTreeMap<(Uid, Text), Known>,
    waiting: BTreeMap<(Uid, Text), End>,
    /// In turn, so that nobody waits for ever while one container ends again and again
    last: Option<(Uid, Text)>,
}

#[derive(Debug)]
struct Known {
    namespace: Text,
    ended: Time,
}

/// One end of one container.
#[derive(Clone, Debug)]
struct End {
    pod: Uid,
    namespace: Text,
    name: Text,
    container: Text,
    started: Option<Time>,
    ended: Time,
    /// Whether no later run had begun
    is_over: bool,
    tries: u32,
}

impl Crashes {
    /// Notes the ends that are new. At first sight of a pod, those of containers that do well again are none of our
    /// concern.
    pub(crate) fn note(&self, pod: &Pod, is_first_sight: bool) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        for crash in pod.crashes() {
            let Some(ended) = crash.end.finished else { continue };
            let key = (pod.uid, crash.container.clone());
            let is_known = ends.known.get(&key).is_some_and(|known| known.ended >= ended);
            if is_known || (is_first_sight && pod.is_ready()) || ends.known.len() >= MOST {
                continue;
            }
            let end = End {
                pod: pod.uid,
                namespace: pod.namespace.clone(),
                name: pod.name.clone(),
                container: crash.container.clone(),
                started: crash.end.started,
                ended,
                is_over: crash.is_over,
                tries: 0,
            };
            ends.known.insert(key.clone(), Known { namespace: pod.namespace.clone(), ended });
            ends.waiting.insert(key, end);
            self.more.notify_one();
        }
    }

    /// The pod is gone.
    pub(crate) fn forget(&self, pod: Uid) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let of_pod = ends.known.range((pod, Text::new())..).take_while(|(key, _)| key.0 == pod);
        for key in of_pod.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            ends.known.remove(&key);
            ends.waiting.remove(&key);
        }
    }

    /// A complete list was read: of its namespace, or of all where it has none, these pods are left.
    pub(crate) fn listed(&self, namespace: Option<&Text>, pods: &[Uid]) {
        let pods: BTreeSet<&Uid> = pods.iter().collect();
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let Ends { known, waiting, .. } = &mut *ends;
        known.retain(|(pod, _), known| {
            pods.contains(pod) || namespace.is_some_and(|namespace| *namespace != known.namespace)
        });
        waiting.retain(|key, _| known.contains_key(key));
    }

    async fn next(&self) -> End {
        loop {
            let more = self.more.notified();
            if let Some(end) = self.take() {
                return end;
            }
            more.await;
        }
    }

    fn take(&self) -> Option<End> {
        use std::ops::Bound::{Excluded, Unbounded};
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let after =
            ends.last.as_ref().and_then(|last| ends.waiting.range((Excluded(last), Unbounded)).next());
        let key = after.or_else(|| ends.waiting.iter().next()).map(|(key, _)| key.clone())?;
        ends.last = Some(key.clone());
        let end = ends.waiting.remove(&key);
        if !ends.waiting.is_empty() {
            self.more.notify_one();
        }
        end
    }

    /// Puts an end back that could not be asked about, unless a later one has come.
    fn again(&self, end: End) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (end.pod, end.container.clone());
        if ends.known.get(&key).is_some_and(|known| known.ended == end.ended) {
            ends.waiting.insert(key, end);
            self.more.notify_one();
        }
    }
}

/// One who asks. Task `<cluster>/logs/<number>`.
#[derive(Debug)]
pub(crate) struct LogReader {
    cluster: Text,
    connection: Arc<Connection>,
    crashes: Arc<Crashes>,
    observations: mpsc::Sender<Observation>,
    /// Namespaces whose logs may not be read, and since when that is known
    forbidden: BTreeMap<Text, (Instant, Text)>,
}

impl LogReader {
    pub(crate) fn new(around: &Surroundings, observations: mpsc::Sender<Observation>) -> Self {
        let Surroundings { cluster, connection, crashes, .. } = around.clone();
        Self { cluster, connection, crashes, observations, forbidden: BTreeMap::new() }
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
            let known = self.forbidden.get(&end.namespace).filter(|(at, _)| at.elapsed() < FORBIDDEN_RETRY);
            if let Some((_, reason)) = known {
                let log = LogTail::Forbidden { reason: reason.clone() };
                self.tell(&end, log).await?;
                continue;
            }
            match self.log_of(&end).await {
                Ok(log) => self.tell(&end, log).await?,
                Err(Error::Refused(refusal @ Refusal { code: 403, .. })) => {
                    let reason = Text::from(Error::Refused(refusal).to_string());
                    self.forbidden.insert(end.namespace.clone(), (Instant::now(), reason.clone()));
                    self.tell(&end, LogTail::Forbidden { reason }).await?;
                }
                Err(Error::Refused(Refusal { code: 404, .. })) => {
                    self.tell(&end, LogTail::Nothing).await?;
                }
                Err(error) => {
                    tracing::debug!(cluster = &*self.cluster, pod = &*end.name, %error, "a log can't be read");
                    if end.tries + 1 < TRIES {
                        sleep(RETRY).await;
                        self.crashes.again(End { tries: end.tries + 1, ..end });
                    }
                }
            }
            sleep(REST).await;
        }
    }

    async fn tell(&self, end: &End, log: LogTail) -> Result<(), Gone> {
        let words = LastWords { pod: end.pod, container: end.container.clone(), ended: end.ended, log };
        let observation = Observation::Cluster { cluster: self.cluster.clone(), fact: Fact::Said(words) };
        self.observations.send(observation).await.map_err(|_| Gone)
    }

    /// Whose log the kubelet hands out depends on how far the container has come meanwhile; the times of the lines tell
    /// which run they are of.
    async fn log_of(&self, end: &End) -> Result<LogTail, Error> {
        for previous in [!end.is_over, end.is_over] {
            let address = address(end, previous);
            let question = Question {
                verb: Verb::Get,
                resource: Some(Resource::Pods),
                address: &address,
                protobuf: false,
            };
            match self.connection.fetch_text(question).await {
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
}

fn address(end: &End, previous: bool) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("container", &end.container);
    query.append_pair("previous", if previous { "true" } else { "false" });
    query.append_pair("timestamps", "true");
    query.append_pair("tailLines", LINES);
    query.append_pair("limitBytes", BYTES);
    format!("/api/v1/namespaces/{}/pods/{}/log?{}", end.namespace, end.name, query.finish())
}
