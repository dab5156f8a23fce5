//! What is said of situations that a real control plane and a real kubelet went through (Kubernetes 1.36, containerd 2).
//!
//! Each file in `recordings/` holds the objects of one namespace as they stood at the end, and mostly also some seconds
//! after the workload was made; trimmed to the fields that are read, with the times that were real.

use domain::observation::Observation;
use domain::scope::Scope;
use domain::source::SourceState;
use domain::state::State;
use domain::time::Time;
use jiff::Timestamp;
use kubernetes::{Access, ClusterConfig, Collector, Config, Encoding, Telemetry};
use rstest::rstest;
use serde_json::Value;
use simulator::Simulator;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Long enough for a slow machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The recording of that name: when it was made, and the objects.
fn recording(name: &str, moment: &str) -> (Time, Vec<Value>) {
    let path = format!("{}/tests/recordings/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("there is a recording of that name");
    let mut recording: Value = serde_json::from_str(&text).expect("a recording is JSON");
    let recording = recording[moment].take();
    let at: Timestamp = recording["at"].as_str().expect("a time").parse().expect("a time");
    let Value::Array(objects) = recording["objects"].clone() else { panic!("{name} has no {moment}") };
    (Time::from_millis(at.as_millisecond()), objects)
}

/// Everything that a collector tells of those objects, taken in at that time.
async fn state_of(objects: Vec<Value>, now: Time) -> State {
    let server = Simulator::builder().start().await.expect("a port of loopback is free");
    for object in objects {
        server.cluster().apply(object).expect("a recorded object is one of the API");
    }
    let (sender, mut observations) = mpsc::channel(16);
    let access = Access::Url { url: server.url(), token: None };
    let clusters = vec![ClusterConfig { name: "c".into(), access }];
    let config = Config { clusters, scope: Scope::All, encoding: Encoding::default() };
    let stop = CancellationToken::new();
    let collector = Collector::new(config, sender, Arc::new(Telemetry::default()));
    let collector = tokio::spawn(collector.run(stop.clone()));

    let mut state = State::new(&["c".into()], Scope::All);
    let read = async {
        while !is_read(&state) {
            let observation = observations.recv().await.expect("the collector runs");
            state.apply(observation, now);
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("every source answers");
    state.apply(Observation::Due, now);
    stop.cancel();
    observations.close();
    collector.await.expect("the collector does not panic");
    state
}

fn is_read(state: &State) -> bool {
    let view = state.view();
    let cluster = view.cluster("c").expect("the cluster of the configuration");
    let mut sources = cluster.sources().filter(|(id, _)| id.resource != domain::source::Resource::PodMetrics);
    cluster.is_ready() && sources.all(|(_, source)| source.state == SourceState::Synced)
}

/// `crash failed crash_loop`, for the one workload of the recording, and its sentence.
async fn said(name: &str, moment: &str) -> (String, String) {
    let (now, objects) = recording(name, moment);
    let state = state_of(objects, now).await;
    let view = state.view();
    let rows: Vec<_> = view.cluster("c").expect("the cluster of the configuration").rows().collect();
    let [row] = rows[..] else { panic!("one workload in a recording: {rows:#?}") };
    assert!(row.since <= now, "since {:?} and now {now:?}", row.since);
    let why = row.diagnosis.as_ref();
    let code = why.map(|why| format!(" {}", why.code.as_str())).unwrap_or_default();
    let summary = why.map(|why| why.summary.to_string()).unwrap_or_default();
    (format!("{} {}{code}", row.id.name, row.health), summary)
}

#[rstest]
#[case::crash_loop("crash-loop", "crash failed crash_loop", "crash failed crash_loop")]
#[case::cron_job("cronjob", "nightly healthy", "nightly healthy")]
#[case::daemon_set("daemonset", "agent healthy", "agent healthy")]
#[case::image_pull(
    "image-pull",
    "pull progressing image_registry_unreachable",
    "pull failed image_registry_unreachable"
)]
#[case::init_failing("init-failing", "badinit failed init_failing", "badinit failed init_failing")]
#[case::invalid_image_name(
    "invalid-image-name",
    "badname failed image_invalid_name",
    "badname failed image_invalid_name"
)]
#[case::job_backoff("job-backoff", "report progressing job_running", "report failed job_backoff_exceeded")]
#[case::job_deadline(
    "job-deadline",
    "slow failed job_deadline_exceeded",
    "slow failed job_deadline_exceeded"
)]
#[case::liveness_killing(
    "liveness-killing",
    "unlive failed liveness_killing",
    "unlive failed liveness_killing"
)]
#[case::missing_config_map(
    "missing-configmap",
    "noconfig progressing config_missing",
    "noconfig failed config_missing"
)]
#[case::missing_config_map_of_a_volume(
    "missing-configmap-volume",
    "novolume progressing config_missing",
    "novolume failed config_missing"
)]
#[case::missing_key("missing-secret-key", "nokey progressing config_missing", "nokey failed config_missing")]
#[case::native_sidecar("native-sidecar", "sidecar healthy", "sidecar healthy")]
#[case::normal("normal", "web healthy", "web healthy")]
#[case::oom_killed("oom-killed", "oom failed oom_killed", "oom failed oom_killed")]
#[case::pod_security(
    "pss-restricted",
    "refused failed pod_security_denied",
    "refused failed pod_security_denied"
)]
#[case::claim_that_is_missing(
    "pvc-missing",
    "dbmissing progressing unschedulable_claims",
    "dbmissing failed unschedulable_claims"
)]
#[case::claim_that_is_pending("pvc-pending", "db progressing claim_pending", "db failed claim_pending")]
#[case::quota("quota", "many degraded quota_exceeded", "many degraded quota_exceeded")]
#[case::readiness_failing(
    "readiness-failing",
    "unready failed readiness_failing",
    "unready failed readiness_failing"
)]
#[case::start_error("start-error", "noexec failed exec_not_found", "noexec failed exec_not_found")]
#[case::startup_failing(
    "startup-failing",
    "slowstart failed startup_failing",
    "slowstart failed startup_failing"
)]
#[case::stateful_set_stuck("statefulset-stuck", "db degraded crash_loop", "db degraded crash_loop")]
#[case::stuck_terminating("terminating-stuck", "stuck healthy", "stuck degraded stuck_terminating")]
#[case::no_cpu_left(
    "unschedulable-cpu",
    "huge progressing unschedulable_resources",
    "huge failed unschedulable_resources"
)]
#[case::no_node_of_that_label(
    "unschedulable-selector",
    "picky progressing unschedulable_affinity",
    "picky failed unschedulable_affinity"
)]
#[tokio::test]
async fn recordings(#[case] name: &str, #[case] early: &str, #[case] end: &str) {
    assert_eq!(said(name, "early").await.0, early);
    assert_eq!(said(name, "end").await.0, end);
}

#[tokio::test]
async fn a_rollout_that_was_replaced_is_over() {
    assert_eq!(said("graceful", "end").await.0, "ok healthy");
}

#[rstest]
#[case::a_stuck_rollout(
    "rollout-stuck",
    "Image `127.0.0.1:5000/team/api:v2` cannot be pulled in pod api-75b9d99496-n2ksh: \
     dial tcp 127.0.0.1:5000: connect: connection refused. 3 of 3 old pods still serve."
)]
#[case::an_init_container(
    "init-failing",
    "Init container `migrate` fails (exit 3, 6 restarts in 5 min). Nothing serves."
)]
#[case::an_ordinal(
    "statefulset-stuck",
    "Container `db` crash-loops in pod db-1 (exit 1, 7 restarts in 10 min). 1 of 3 pods serve. \
     Pod db-1 holds up the rest."
)]
#[case::a_quota(
    "quota",
    "The quota has no room for 2 of 3 pods: exceeded quota: small, requested: pods=1, used: pods=1, \
     limited: pods=1. 1 of 3 pods serve."
)]
#[case::a_job("job-backoff", "Job report gave up after 3 failed pods: container `report` ended (exit 7).")]
#[case::a_finalizer("terminating-stuck", "Pod stuck should be gone, held by finalizer example.com/hold.")]
#[case::no_cpu_left(
    "unschedulable-cpu",
    "No node takes pod huge-7878bd5cd6-56blw, which needs 64 CPU: 0/1 nodes are available: 1 Insufficient cpu. \
     Nothing serves."
)]
#[tokio::test]
async fn sentences(#[case] name: &str, #[case] summary: &str) {
    assert_eq!(said(name, "end").await.1, summary);
}
