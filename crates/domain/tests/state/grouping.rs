//! Pods stand under what a person deployed, whatever the order in which objects arrive.
use crate::objects::*;
use domain::change::Change;
use domain::controller::Controller;
use domain::id::{Kind, WorkloadId};
use domain::observation::Observation;
use domain::pod::Pod;
use domain::scope::{Pattern, Scope};
use domain::source::{Link, Resource};
use domain::state::State;
use domain::time::Time;
use rstest::rstest;
use std::time::Duration;

pub(crate) const NOW: Time = Time::from_secs(2_000_000);

/// A cluster whose sources have all been listed, empty; Jobs only where they may be read.
pub(crate) fn listed_state(jobs: bool) -> State {
    let mut state = State::new(&[CLUSTER.into()], Scope::All);
    for resource in Resource::ALL {
        let readable = resource.is_required()
            || resource == Resource::Events
            || (jobs && matches!(resource, Resource::Jobs | Resource::CronJobs));
        let observation = if readable {
            listed(resource, [])
        } else {
            linked(resource, Link::Forbidden { reason: "forbidden".into() })
        };
        state.apply(observation, NOW);
    }
    state
}

/// Each workload as `Kind/name: pods`, by id.
fn grouped(state: &State) -> Vec<String> {
    let view = state.view();
    let cluster = view.cluster(CLUSTER).unwrap();
    let mut lines = Vec::new();
    for workload in cluster.workloads().filter(|workload| workload.row.is_some()) {
        let mut pods: Vec<&str> =
            workload.pods.iter().map(|uid| &*cluster.pod_by_uid(*uid).unwrap().name).collect();
        pods.sort_unstable();
        lines.push(format!("{}/{}: {}", workload.id.kind, workload.id.name, pods.join(" ")));
    }
    lines
}

pub(crate) fn replica_set(uid: u128, name: &str, owner_uid: u128, deployment: &str) -> Controller {
    let owner = Some(owner(Kind::Deployment, deployment, owner_uid));
    Controller { owner, ..controller(Kind::ReplicaSet, uid, name, 1) }
}

fn foreign(kind: &str, group: &str) -> Kind {
    Kind::Foreign { group: group.into(), kind: kind.into() }
}

fn scheduled_pod(uid: u128, name: &str, job: &str, made: Time) -> Pod {
    Pod { created: made, ..pod(uid, name, Some(owner(Kind::Job, job, 900))) }
}

#[rstest]
#[case::deployment(
    false,
    vec![
        put(controller(Kind::Deployment, 1, "web", 1)),
        put(replica_set(2, "web-abc", 1, "web")),
        put_pod(pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2)))),
    ],
    &["Deployment/web: web-abc-x"]
)]
#[case::standalone_replica_set(
    false,
    vec![
        put(controller(Kind::ReplicaSet, 2, "rs", 1)),
        put_pod(pod(3, "rs-x", Some(owner(Kind::ReplicaSet, "rs", 2)))),
    ],
    &["ReplicaSet/rs: rs-x"]
)]
#[case::stateful_set(
    false,
    vec![
        put(controller(Kind::StatefulSet, 1, "db", 2)),
        put_pod(pod(3, "db-0", Some(owner(Kind::StatefulSet, "db", 1)))),
        put_pod(pod(4, "db-1", Some(owner(Kind::StatefulSet, "db", 1)))),
    ],
    &["StatefulSet/db: db-0 db-1"]
)]
#[case::daemon_set(
    false,
    vec![
        put(controller(Kind::DaemonSet, 1, "agent", 1)),
        put_pod(pod(3, "agent-x", Some(owner(Kind::DaemonSet, "agent", 1)))),
    ],
    &["DaemonSet/agent: agent-x"]
)]
#[case::stateful_set_of_an_operator(
    false,
    vec![
        put(Controller {
            owner: Some(owner(foreign("Prometheus", "monitoring.coreos.com"), "k8s", 9)),
            ..controller(Kind::StatefulSet, 1, "prometheus-k8s", 1)
        }),
        put_pod(pod(3, "prometheus-k8s-0", Some(owner(Kind::StatefulSet, "prometheus-k8s", 1)))),
    ],
    &["StatefulSet/prometheus-k8s: prometheus-k8s-0"]
)]
#[case::daemon_set_of_an_operator(
    false,
    vec![
        put(Controller {
            owner: Some(owner(foreign("ClusterPolicy", "nvidia.com"), "gpu", 9)),
            ..controller(Kind::DaemonSet, 1, "driver", 1)
        }),
        put_pod(pod(3, "driver-x", Some(owner(Kind::DaemonSet, "driver", 1)))),
    ],
    &["DaemonSet/driver: driver-x"]
)]
#[case::deployment_of_an_operator(
    false,
    vec![
        put(Controller {
            owner: Some(owner(foreign("Kibana", "kibana.k8s.elastic.co"), "logs", 9)),
            ..controller(Kind::Deployment, 1, "logs-kb", 1)
        }),
        put(replica_set(2, "logs-kb-abc", 1, "logs-kb")),
        put_pod(pod(3, "logs-kb-abc-x", Some(owner(Kind::ReplicaSet, "logs-kb-abc", 2)))),
    ],
    &["Deployment/logs-kb: logs-kb-abc-x"]
)]
#[case::bare_pod(false, vec![put_pod(pod(3, "alone", None))], &["Pod/alone: alone"])]
#[case::rollout_through_its_replica_set(
    false,
    vec![
        put(Controller {
            owner: Some(owner(foreign("Rollout", "argoproj.io"), "web", 1)),
            ..controller(Kind::ReplicaSet, 2, "web-abc", 1)
        }),
        put_pod(pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2)))),
    ],
    &["Rollout.argoproj.io/web: web-abc-x"]
)]
#[case::foreign_owner(
    false,
    vec![put_pod(pod(3, "train-0", Some(owner(foreign("Job", "batch.volcano.sh"), "train", 1))))],
    &["Job.batch.volcano.sh/train: train-0"]
)]
#[case::job_from_its_pods(
    false,
    vec![put_pod(scheduled_pod(3, "import-x", "import", MADE))],
    &["Job/import: import-x"]
)]
#[case::cron_job_inferred_from_its_pods(
    false,
    vec![put_pod(scheduled_pod(3, "nightly-29000000-x", "nightly-29000000", Time::from_secs(29_000_000 * 60 + 3)))],
    &["CronJob/nightly: nightly-29000000-x"]
)]
#[case::a_job_whose_number_is_no_schedule(
    false,
    vec![put_pod(scheduled_pod(3, "import-29000000-x", "import-29000000", MADE))],
    &["Job/import-29000000: import-29000000-x"]
)]
#[case::cron_job_with_the_right(
    true,
    vec![
        put(controller(Kind::CronJob, 1, "nightly", 0)),
        put(Controller {
            owner: Some(owner(Kind::CronJob, "nightly", 1)),
            ..controller(Kind::Job, 900, "nightly-29000000", 1)
        }),
        put_pod(scheduled_pod(3, "nightly-29000000-x", "nightly-29000000", MADE)),
    ],
    &["CronJob/nightly: nightly-29000000-x"]
)]
fn each_pod_stands_under_its_workload_in_any_order(
    #[case] jobs: bool,
    #[case] observations: Vec<Observation>,
    #[case] expected: &[&str],
) {
    let mut orders = vec![observations.clone()];
    orders.push(observations.iter().rev().cloned().collect());
    orders.push(observations.iter().skip(1).chain(observations.first()).cloned().collect());
    for order in orders {
        let mut state = listed_state(jobs);
        for observation in order {
            state.apply(observation, NOW);
        }
        assert_eq!(grouped(&state), expected);
    }
}

#[test]
fn a_pod_before_its_replica_set_makes_no_row_of_its_own() {
    let mut state = listed_state(false);
    state.apply(put(controller(Kind::Deployment, 1, "web", 1)), NOW);
    let changes = state.apply(put_pod(pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2)))), NOW);
    assert!(changes.is_empty(), "{changes:?}");
    state.apply(put(replica_set(2, "web-abc", 1, "web")), NOW);
    assert_eq!(grouped(&state), ["Deployment/web: web-abc-x"]);
}

#[test]
fn a_pod_whose_replica_set_never_comes_is_shown_under_its_name_after_ten_seconds() {
    let mut state = listed_state(false);
    state.apply(put_pod(pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2)))), NOW);
    let due = state.next_due().unwrap();
    assert_eq!(due.since(NOW), Duration::from_secs(10));
    state.apply(Observation::Due, due - Duration::from_millis(1));
    assert_eq!(grouped(&state), [""; 0]);
    state.apply(Observation::Due, due);
    assert_eq!(grouped(&state), ["ReplicaSet/web-abc: web-abc-x"]);
    state.apply(put(replica_set(2, "web-abc", 1, "web")), due);
    assert_eq!(grouped(&state), ["Deployment/web: web-abc-x"], "and moves when it does come");
}

#[test]
fn a_pod_waits_for_its_replica_set_while_nobody_tells_of_these() {
    let mut state = listed_state(false);
    state.apply(put(controller(Kind::Deployment, 1, "web", 1)), NOW);
    state.apply(linked(Resource::ReplicaSets, Link::Lost { reason: "connection refused".into() }), NOW);
    state.apply(put_pod(pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2)))), NOW);
    let back = NOW + Duration::from_mins(5);
    state.apply(Observation::Due, back);
    assert_eq!(grouped(&state), ["Deployment/web: "]);
    state.apply(put(replica_set(2, "web-abc", 1, "web")), back);
    state.apply(linked(Resource::ReplicaSets, Link::Live), back);
    assert_eq!(grouped(&state), ["Deployment/web: web-abc-x"]);
}

#[test]
fn a_pod_whose_replica_set_is_not_there_when_these_are_told_of_again_is_shown_under_its_name() {
    let mut state = listed_state(false);
    state.apply(linked(Resource::ReplicaSets, Link::Lost { reason: "connection refused".into() }), NOW);
    state.apply(put_pod(pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2)))), NOW);
    state.apply(Observation::Due, NOW + Duration::from_secs(12));
    state.apply(linked(Resource::ReplicaSets, Link::Live), NOW + Duration::from_secs(13));
    state.apply(Observation::Due, NOW + Duration::from_secs(30));
    assert_eq!(grouped(&state), ["ReplicaSet/web-abc: web-abc-x"]);
}

#[test]
fn a_cron_job_is_not_judged_by_its_runs_before_it_could_be_read() {
    let mut state = State::new(&[CLUSTER.into()], Scope::All);
    state.apply(linked(Resource::CronJobs, Link::Connecting), NOW);
    for resource in Resource::ALL.into_iter().filter(|resource| *resource != Resource::CronJobs) {
        state.apply(listed(resource, []), NOW);
    }
    let run = controller(Kind::Job, 900, "nightly-29000000", 1);
    let run = Controller { owner: Some(owner(Kind::CronJob, "nightly", 1)), ..run };
    state.apply(put(run), NOW);
    assert_eq!(grouped(&state), [""; 0]);
    state.apply(linked(Resource::CronJobs, Link::Forbidden { reason: "forbidden".into() }), NOW);
    assert_eq!(grouped(&state), ["CronJob/nightly: "]);
}

/// Nothing is hidden at the start for what may be on its way: all that is older has been listed.
#[rstest]
fn an_old_pod_whose_replica_set_is_gone_is_there_from_the_start(#[values(false, true)] pods_last: bool) {
    let mut state = State::new(&[CLUSTER.into()], Scope::All);
    let orphan = put_pod(pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2))));
    let (mut first, mut last): (Vec<_>, Vec<_>) = (vec![orphan, listed(Resource::Pods, [3])], Vec::new());
    for resource in Resource::ALL.into_iter().filter(|resource| *resource != Resource::Pods) {
        last.push(listed(resource, []));
    }
    if pods_last {
        std::mem::swap(&mut first, &mut last);
    }
    for observation in first.into_iter().chain(last) {
        state.apply(observation, NOW);
    }
    assert!(state.view().cluster(CLUSTER).unwrap().is_ready());
    assert_eq!(grouped(&state), ["ReplicaSet/web-abc: web-abc-x"]);
}

#[test]
fn a_pod_outlives_its_replica_set_in_place() {
    let mut state = listed_state(false);
    state.apply(put(controller(Kind::Deployment, 1, "web", 1)), NOW);
    state.apply(put(replica_set(2, "web-abc", 1, "web")), NOW);
    let last = pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2)));
    state.apply(put_pod(last.clone()), NOW);
    state.apply(deleted(Resource::ReplicaSets, 2), NOW);
    state.apply(put_pod(Pod { deleting: Some(NOW), ..last }), NOW);
    assert_eq!(grouped(&state), ["Deployment/web: web-abc-x"]);
    state.apply(deleted(Resource::Pods, 3), NOW);
    state.apply(deleted(Resource::Deployments, 1), NOW);
    assert_eq!(grouped(&state), [""; 0]);
}

#[test]
fn a_replica_set_that_is_adopted_takes_its_pods_along() {
    let mut state = listed_state(false);
    state.apply(put(controller(Kind::ReplicaSet, 2, "web-abc", 1)), NOW);
    state.apply(put_pod(pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2)))), NOW);
    assert_eq!(grouped(&state), ["ReplicaSet/web-abc: web-abc-x"]);
    state.apply(put(controller(Kind::Deployment, 1, "web", 1)), NOW);
    state.apply(put(replica_set(2, "web-abc", 1, "web")), NOW);
    assert_eq!(grouped(&state), ["Deployment/web: web-abc-x"]);
}

#[test]
fn a_row_keeps_its_id_when_the_right_to_read_jobs_arrives() {
    let mut state = listed_state(false);
    let made = Time::from_secs(29_000_000 * 60);
    state.apply(put_pod(scheduled_pod(3, "nightly-29000000-x", "nightly-29000000", made)), NOW);
    assert_eq!(grouped(&state), ["CronJob/nightly: nightly-29000000-x"]);
    state.apply(put(controller(Kind::CronJob, 1, "nightly", 0)), NOW);
    let job = Controller {
        owner: Some(owner(Kind::CronJob, "nightly", 1)),
        ..controller(Kind::Job, 900, "nightly-29000000", 1)
    };
    state.apply(put(job), NOW);
    state.apply(listed(Resource::CronJobs, [1]), NOW);
    state.apply(listed(Resource::Jobs, [900]), NOW);
    assert_eq!(grouped(&state), ["CronJob/nightly: nightly-29000000-x"]);
}

#[test]
fn what_the_scope_leaves_out_is_not_there() {
    let scope = Scope::Block(vec![Pattern::parse("shop").unwrap()]);
    let mut state = State::new(&[CLUSTER.into()], scope);
    for resource in Resource::ALL {
        state.apply(listed(resource, []), NOW);
    }
    state.apply(put(controller(Kind::Deployment, 1, "web", 1)), NOW);
    state.apply(put_pod(pod(3, "alone", None)), NOW);
    let view = state.view();
    let cluster = view.cluster(CLUSTER).unwrap();
    assert_eq!(
        (cluster.workloads().count(), cluster.pods().count(), cluster.namespaces().count()),
        (0, 0, 0)
    );
}

#[test]
fn the_same_fact_again_changes_nothing() {
    let mut state = listed_state(false);
    let fact = put_pod(pod(3, "alone", None));
    assert!(!state.apply(fact.clone(), NOW).is_empty());
    assert!(state.apply(fact, NOW + Duration::from_secs(1)).is_empty());
    assert!(state.apply(listed(Resource::Pods, [3]), NOW + Duration::from_secs(2)).is_empty());
}

#[test]
fn a_relist_takes_away_what_is_not_in_it_and_nothing_before_it_is_complete() {
    let mut state = listed_state(false);
    state.apply(put_pod(pod(3, "stays", None)), NOW);
    state.apply(put_pod(pod(4, "goes", None)), NOW);
    state.apply(put_pod(pod(5, "comes", None)), NOW);
    assert_eq!(grouped(&state).len(), 3);
    let changes = state.apply(listed(Resource::Pods, [3, 5]), NOW);
    assert_eq!(grouped(&state), ["Pod/comes: comes", "Pod/stays: stays"]);
    let gone: Vec<String> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Removed(id) => Some(id.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(gone, ["test/shop/Pod/goes"]);
}

#[test]
fn counts_follow_the_rows() {
    let mut state = listed_state(false);
    for n in 1..=5 {
        state.apply(put_pod(pod(n, &format!("pod-{n}"), None)), NOW);
    }
    state.apply(deleted(Resource::Pods, 2), NOW);
    let view = state.view();
    let cluster = view.cluster(CLUSTER).unwrap();
    assert_eq!((cluster.tally().total(), cluster.tally().pods), (4, 4));
    let id: WorkloadId = "test/shop/Pod/pod-1".parse().unwrap();
    assert_eq!(view.workload(&id).unwrap().row.as_ref().unwrap().pods, 1);
}
