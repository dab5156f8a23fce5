//! What containers wrote before they ended: what is asked, how often, and what is taken for words.

use crate::inventory::Inventory;
use crate::objects::{access, put, simulator};
use crate::wiretap::Wiretap;
use domain::last_words::LogTail;
use domain::scope::Scope;
use jiff::{SignedDuration, Timestamp};
use kubernetes::{Access, Encoding};
use rstest::rstest;
use serde_json::{Value, json};
use simulator::{Cluster, Failure, Resource as Simulated, Simulator, Verb};
use std::time::Duration;
use tokio::time::Instant;

mod nodes;
mod pace;
mod refusals;
mod silence;
mod words;

/// The words of a crash are there before whoever was woken by it has opened the page.
const SOON: Duration = Duration::from_secs(3);

/// What a container does after a run.
#[derive(Clone, Copy)]
enum After {
    /// It stands as the run has left it.
    Stands,
    /// The kubelet waits before it starts it again.
    BacksOff,
}

/// When the run of that number began; it lasts five seconds.
fn began(run: u32) -> Timestamp {
    let first: Timestamp = "2026-01-02T03:00:00Z".parse().expect("it is a time");
    first + SignedDuration::from_mins(run.into())
}

fn ended(run: u32) -> Timestamp {
    began(run) + SignedDuration::from_secs(5)
}

/// A pod whose container has ended badly that often.
fn crashed(name: &str, run: u32, after: After) -> Value {
    let end = json!({"terminated": {
        "exitCode": 1, "reason": "Error", "startedAt": began(run).to_string(), "finishedAt": ended(run).to_string(),
    }});
    let (state, last) = match after {
        After::Stands => (end, json!({})),
        After::BacksOff => (json!({"waiting": {"reason": "CrashLoopBackOff"}}), end),
    };
    let mut pod = crate::objects::pod("shop", name);
    pod["status"]["conditions"] =
        json!([{"type": "Ready", "status": "False", "reason": "ContainersNotReady"}]);
    pod["status"]["containerStatuses"] = json!([{
        "name": "main", "image": "", "imageID": "", "ready": false, "restartCount": run, "state": state,
        "lastState": last,
    }]);
    pod
}

/// The container ends, and has written that as its last line.
fn crash(cluster: &Cluster, name: &str, run: u32, after: After, line: &str) {
    cluster.log_at("shop", name, "main", line, ended(run));
    if matches!(after, After::BacksOff) {
        cluster.rotate_log("shop", name, "main");
    }
    put(cluster, crashed(name, run, after));
}

/// How often any log was asked for.
fn asked(simulator: &Simulator) -> u64 {
    simulator.activity().requests(Verb::Log, Simulated::Pods)
}

/// The logs are meant, and nothing else.
const LOGS: simulator::Scope = simulator::Scope::Of(Verb::Log, Simulated::Pods);

async fn watching(simulator: &Simulator) -> Inventory {
    let mut inventory = Inventory::start(access(simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    inventory
}

/// What was said of the last lines, in order.
fn lines(inventory: &Inventory) -> Vec<Option<&str>> {
    inventory.said.iter().map(|said| line(&said.log)).collect()
}

fn line(log: &LogTail) -> Option<&str> {
    match log {
        LogTail::Line { text, .. } => Some(text),
        LogTail::Nothing | LogTail::Forbidden { .. } => None,
    }
}

/// Until the next run begins, the log of the one that ended is the current log of its container.
#[rstest]
#[case::it_stands(After::Stands, "previous=false")]
#[case::it_backs_off(After::BacksOff, "previous=true")]
#[tokio::test]
async fn a_crash_has_its_words_soon_and_for_one_question(#[case] after: After, #[case] which: &str) {
    let simulator = simulator().await;
    let tap = Wiretap::before(simulator.address()).await;
    let access = Access::Url { url: format!("http://{}", tap.address), token: None };
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    let crashed = Instant::now();
    crash(simulator.cluster(), "web", 1, after, "missing DATABASE_URL");
    inventory.until("the words", |inventory| !inventory.said.is_empty()).await;
    assert!(crashed.elapsed() < SOON, "{:?}", crashed.elapsed());
    let said = &inventory.said[0];
    assert_eq!((lines(&inventory), &*said.container), (vec![Some("missing DATABASE_URL")], "main"));
    assert_eq!(said.ended.as_millis(), ended(1).as_millisecond());
    let requests = tap.requests();
    let questions: Vec<&str> = requests.iter().filter_map(|request| request.lines().next()).collect();
    let questions: Vec<_> = questions.iter().filter(|line| line.contains("/log?")).collect();
    let [question] = questions[..] else { panic!("{questions:#?}") };
    for part in
        ["GET /api/v1/namespaces/shop/pods/web/log?", which, "container=main", "tailLines=50", "limitBytes="]
    {
        assert!(question.contains(part), "{question} without {part}");
    }
    inventory.stop().await;
}

#[tokio::test]
async fn each_crash_is_asked_about_once_however_often_it_is_told() {
    let simulator = simulator().await;
    let cluster = simulator.cluster();
    let mut inventory = watching(&simulator).await;
    crash(cluster, "web", 1, After::BacksOff, "the first");
    inventory.until("the first words", |inventory| inventory.said.len() == 1).await;
    for phase in ["Pending", "Running"] {
        let mut again = crashed("web", 1, After::BacksOff);
        again["status"]["phase"] = phase.into();
        put(cluster, again);
    }
    simulator.faults().while_away(cluster, |_| ()).await;
    inventory
        .until("it was listed again", |inventory| inventory.last_list.len() == 1 && relisted(inventory))
        .await;
    inventory.read_what_is_there().await;
    assert_eq!((inventory.said.len(), asked(&simulator)), (1, 1));

    crash(cluster, "web", 2, After::BacksOff, "the second");
    inventory.until("the second words", |inventory| inventory.said.len() == 2).await;
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![Some("the first"), Some("the second")], 2));
    inventory.stop().await;
}

fn relisted(inventory: &Inventory) -> bool {
    let pods = domain::source::SourceId { resource: domain::source::Resource::Pods, namespace: None };
    inventory.lists.get(&pods) == Some(&2)
}

const GONE: &[u8] = b"unable to retrieve container logs for containerd://6eadcd0f2f5b";

/// What a kubelet says in place of a log, it says with HTTP 200: it keeps one dead container. Of a run that it does not
/// know it says so with 400.
#[rstest]
#[case::of_the_previous_run(1, Failure::Text(GONE), Some("the words"))]
#[case::of_both_runs(2, Failure::Text(GONE), None)]
#[case::there_is_no_such_run(1, Failure::Status(400), Some("the words"))]
#[case::there_is_neither(2, Failure::Status(400), None)]
#[tokio::test]
async fn what_stands_in_place_of_a_log_is_not_taken_for_words(
    #[case] times: u32,
    #[case] failure: Failure,
    #[case] expected: Option<&str>,
) {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    simulator.faults().fail_next(times, failure, LOGS);
    let cluster = simulator.cluster();
    // Written after the logs were rotated: what the current log holds.
    cluster.rotate_log("shop", "web", "main");
    cluster.log_at("shop", "web", "main", "the words", ended(1));
    put(cluster, crashed("web", 1, After::BacksOff));
    inventory.until("an answer", |inventory| !inventory.said.is_empty()).await;
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![expected], 2));
    inventory.stop().await;
}

/// At first sight only what is not well again is of interest.
#[tokio::test]
async fn a_crash_of_long_ago_is_none_of_our_concern_while_its_pod_is_well() {
    let simulator = simulator().await;
    let cluster = simulator.cluster();
    let mut well = crashed("well", 1, After::BacksOff);
    well["status"]["conditions"][0] = json!({"type": "Ready", "status": "True"});
    well["status"]["containerStatuses"][0]["state"] = json!({"running": {"startedAt": ended(1).to_string()}});
    well["status"]["containerStatuses"][0]["ready"] = true.into();
    put(cluster, well);
    crash(cluster, "ill", 1, After::Stands, "the words");
    let mut inventory = watching(&simulator).await;
    inventory.until("the words", |inventory| !inventory.said.is_empty()).await;
    inventory.read_what_is_there().await;
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![Some("the words")], 1));
    inventory.stop().await;
}
