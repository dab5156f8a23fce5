//! Containers' logs.

use crate::status::Status;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};

/// How many lines of a container are kept.
const LINES: usize = 1_000;
/// A container that nothing was written for says something this often.
const PERIOD_SECONDS: i64 = 7;

/// What a request for a log asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogQuery {
    pub(crate) namespace: String,
    pub(crate) pod: String,
    pub(crate) container: Option<String>,
    pub(crate) previous: bool,
    pub(crate) tail_lines: Option<usize>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) timestamps: bool,
}

/// One line, with its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogLine {
    pub(crate) at: Timestamp,
    pub(crate) text: Box<str>,
}

impl LogLine {
    pub(crate) fn write(&self, timestamps: bool) -> String {
        if timestamps {
            let at = self.at.strftime("%Y-%m-%dT%H:%M:%S%.9fZ");
            format!("{at} {}\n", self.text)
        } else {
            format!("{}\n", self.text)
        }
    }
}

/// The logs of all containers for which lines were written; the others' are made up when they are read, from the seed.
#[derive(Debug)]
pub(crate) struct Logs {
    seed: u64,
    written: BTreeMap<PodKey, BTreeMap<Box<str>, Log>>,
}

/// Namespace and name.
type PodKey = (Box<str>, Box<str>);

#[derive(Debug, Default)]
struct Log {
    current: VecDeque<LogLine>,
    previous: Option<VecDeque<LogLine>>,
}

impl Logs {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, written: BTreeMap::new() }
    }

    pub(crate) fn append(&mut self, namespace: &str, pod: &str, container: &str, text: &str, at: Timestamp) {
        let lines = &mut self.of(namespace, pod, container).current;
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(LogLine { at, text: text.into() });
    }

    pub(crate) fn rotate(&mut self, namespace: &str, pod: &str, container: &str) {
        let log = self.of(namespace, pod, container);
        log.previous = Some(std::mem::take(&mut log.current));
    }

    pub(crate) fn forget(&mut self, namespace: &str, pod: &str) {
        self.written.remove(&(namespace.into(), pod.into()));
    }

    /// The lines, oldest first.
    pub(crate) fn read(&self, query: &LogQuery, pod: &Value, now: Timestamp) -> Result<Vec<LogLine>, Status> {
        let name = &query.pod;
        let container = container_name(query, pod)?;
        let status = container_status(pod, container);
        let key = (query.namespace.as_str().into(), name.as_str().into());
        let log = self.written.get(&key).and_then(|containers| containers.get(container));
        let lines: Vec<LogLine> = if query.previous {
            let restarts = status["restartCount"].as_i64().unwrap_or(0);
            match log.and_then(|log| log.previous.as_ref()) {
                Some(lines) => lines.iter().cloned().collect(),
                None if restarts == 0 => {
                    return Err(Status::bad_request(format!(
                        "previous terminated container \"{container}\" in pod \"{name}\" not found"
                    )));
                }
                None => Vec::new(),
            }
        } else if let Some(log) = log {
            log.current.iter().cloned().collect()
        } else {
            if let Some(reason) = status["state"]["waiting"]["reason"].as_str() {
                let why =
                    format!("container \"{container}\" in pod \"{name}\" is waiting to start: {reason}");
                return Err(Status::bad_request(why));
            }
            let started = started_at(status);
            started.map(|(from, to)| self.make_up(pod, from, to.unwrap_or(now))).unwrap_or_default()
        };
        let since = query.since.unwrap_or(Timestamp::MIN);
        let lines: Vec<_> = lines.into_iter().filter(|line| line.at >= since).collect();
        let skip = query.tail_lines.map_or(0, |tail| lines.len().saturating_sub(tail));
        Ok(lines.into_iter().skip(skip).collect())
    }

    fn of(&mut self, namespace: &str, pod: &str, container: &str) -> &mut Log {
        let containers = self.written.entry((namespace.into(), pod.into())).or_default();
        containers.entry(container.into()).or_default()
    }

    /// The last lines of a server that goes about its work, the same at each reading.
    fn make_up(&self, pod: &Value, from: Timestamp, to: Timestamp) -> Vec<LogLine> {
        const PATHS: [&str; 6] =
            ["/healthz", "/api/items?page=1", "/api/cart", "/metrics", "/api/search?q=lamp", "/api/session"];
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        let salt =
            uid.bytes().fold(self.seed, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let last = to.as_second() / PERIOD_SECONDS;
        let first = (from.as_second() / PERIOD_SECONDS + 1).max(last - 499);
        let line = |step: i64| {
            let mut random = fastrand::Rng::with_seed(salt ^ step.cast_unsigned());
            let at = Timestamp::from_second(step * PERIOD_SECONDS).ok()?;
            let at = at + SignedDuration::from_millis(random.i64(0..900));
            let path = PATHS[random.usize(..PATHS.len())];
            let status = if random.u8(..) == 0 { 404 } else { 200 };
            let text = format!(
                "level=info msg=request method=GET path={path} status={status} ms={}",
                random.u8(1..90)
            );
            Some(LogLine { at, text: text.into() })
        };
        (first..=last).filter_map(line).filter(|line| line.at <= to).collect()
    }
}

/// The container asked for, or the only one.
fn container_name<'a>(query: &'a LogQuery, pod: &'a Value) -> Result<&'a str, Status> {
    let names = |list: &'a Value| {
        list.as_array().into_iter().flatten().filter_map(|container| container["name"].as_str())
    };
    let spec = &pod["spec"];
    let regular: Vec<_> = names(&spec["containers"]).collect();
    let init: Vec<_> = names(&spec["initContainers"]).collect();
    match &query.container {
        Some(asked) if regular.iter().chain(&init).any(|name| name == asked) => Ok(asked),
        Some(asked) => {
            Err(Status::bad_request(format!("container {asked} is not valid for pod {}", query.pod)))
        }
        None if regular.len() == 1 => Ok(regular[0]),
        None => {
            let inits = match init.as_slice() {
                [] => String::new(),
                names => format!(" or one of the init containers: [{}]", names.join(" ")),
            };
            Err(Status::bad_request(format!(
                "a container name must be specified for pod {}, choose one of: [{}]{inits}",
                query.pod,
                regular.join(" ")
            )))
        }
    }
}

fn container_status<'a>(pod: &'a Value, container: &str) -> &'a Value {
    ["containerStatuses", "initContainerStatuses"]
        .iter()
        .filter_map(|list| pod["status"][list].as_array())
        .flatten()
        .find(|status| status["name"] == container)
        .unwrap_or(&Value::Null)
}

/// When the container that now runs, or ran last, began and ended.
fn started_at(status: &Value) -> Option<(Timestamp, Option<Timestamp>)> {
    let time = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    let state = &status["state"];
    match time(&state["running"]["startedAt"]) {
        Some(started) => Some((started, None)),
        None => Some((time(&state["terminated"]["startedAt"])?, time(&state["terminated"]["finishedAt"]))),
    }
}
