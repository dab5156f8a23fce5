//! What is news of a workload, and what merely touches it.
use crate::grouping::{NOW, listed_state, replica_set};
use crate::objects::*;
use domain::change::Change;
use domain::claim::Claim;
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::diagnosis::Code;
use domain::event::Event;
use domain::health::Health;
use domain::id::{Kind, Uid};
use domain::node::Node;
use domain::observation::{Fact, Object, Observation, Usage};
use domain::pod::{Phase, Pod};
use domain::source::{Link, Resource};
use domain::state::State;
use std::sync::Arc;

#[test]
fn use_is_summed_over_the_pods_and_small_moves_are_no_news() {
    let mut state = listed_state(false);
    state.apply(put(controller(Kind::StatefulSet, 1, "db", 2)), NOW);
    for (uid, name) in [(3, "db-0"), (4, "db-1")] {
        state.apply(put_pod(pod(uid, name, Some(owner(Kind::StatefulSet, "db", 1)))), NOW);
    }
    let mut measure = |cpu: u64| {
        let usage = |pod: &str| Usage {
            namespace: "shop".into(),
            pod: pod.into(),
            cpu_millicores: cpu,
            memory_bytes: 1 << 20,
        };
        let fact = Fact::Measured(source(Resource::PodMetrics), vec![usage("db-0"), usage("db-1")]);
        let changes = state.apply(observation(fact), NOW);
        let news = changes.iter().any(|change| matches!(change, Change::Upserted(_) | Change::Touched(_)));
        let row =
            state.view().workload(&"test/shop/StatefulSet/db".parse().unwrap()).unwrap().row.clone().unwrap();
        (row.cpu_millicores, news)
    };
    assert_eq!(measure(100), (Some(200), true));
    assert_eq!(measure(103), (Some(200), false));
    assert_eq!(measure(150), (Some(300), true));
}

#[test]
fn what_a_row_does_not_show_touches_its_workload() {
    let mut state = listed_state(false);
    let alone = pod(3, "alone", None);
    state.apply(put_pod(alone.clone()), NOW);
    let moved = Pod { ip: Some([10, 0, 0, 7].into()), ..alone.clone() };
    assert_eq!(touched(&state.apply(put_pod(moved.clone()), NOW)), ["test/shop/Pod/alone"]);
    assert!(state.apply(put_pod(moved), NOW).is_empty());
    let waiting = Pod { phase: Phase::Pending, conditions: Box::new([]), ..alone };
    let changes = state.apply(put_pod(waiting), NOW);
    assert!(changes.iter().any(|change| matches!(change, Change::Upserted(_))));
    assert_eq!(touched(&changes), Vec::<String>::new(), "the new row says it");
}

fn touched(changes: &[Change]) -> Vec<String> {
    let touched = changes.iter().filter_map(|change| match change {
        Change::Touched(id) => Some(id.to_string()),
        _ => None,
    });
    touched.collect()
}

#[test]
fn a_claim_touches_those_who_use_it_for_as_long_as_they_do() {
    let mut state = listed_state(false);
    let claim = |phase: &str| {
        let claim = Claim {
            uid: Uid::new(50),
            namespace: "shop".into(),
            name: "data".into(),
            created: NOW,
            phase: phase.into(),
            storage_class: None,
            capacity_bytes: None,
        };
        applied(Object::Claim(Arc::new(claim)))
    };
    let user = Pod { claims: Box::new(["data".into()]), ..pod(3, "user", None) };
    state.apply(put_pod(user.clone()), NOW);
    state.apply(put_pod(pod(4, "other", None)), NOW);
    assert_eq!(touched(&state.apply(claim("Pending"), NOW)), ["test/shop/Pod/user"]);
    state.apply(put_pod(Pod { claims: Box::new([]), ..user.clone() }), NOW);
    assert_eq!(touched(&state.apply(claim("Bound"), NOW)), Vec::<String>::new());
    state.apply(put_pod(user), NOW);
    assert_eq!(touched(&state.apply(claim("Lost"), NOW)), ["test/shop/Pod/user"]);
    state.apply(deleted(Resource::Pods, 3), NOW);
    assert_eq!(touched(&state.apply(claim("Bound"), NOW)), Vec::<String>::new());
}

#[test]
fn a_node_that_goes_and_returns_touches_those_whose_pods_are_on_it() {
    let mut state = listed_state(false);
    let node = |ready: Tristate| {
        let ready =
            Condition { kind: "Ready".into(), status: ready, reason: None, message: None, since: Some(NOW) };
        let node = Node {
            uid: Uid::new(70),
            name: "node-1".into(),
            created: NOW,
            unschedulable: false,
            conditions: Box::new([ready]),
            allocatable: Compute::default(),
        };
        applied(Object::Node(Arc::new(node)))
    };
    let alone = pod(3, "alone", None);
    let unready = Condition { status: Tristate::False, ..alone.conditions[0].clone() };
    state.apply(put_pod(Pod { conditions: Box::new([unready.clone()]), ..alone.clone() }), NOW);
    let id = "test/shop/Pod/alone".parse().unwrap();
    let code = |state: &State| {
        let row = state.view().workload(&id).unwrap().row.clone().unwrap();
        row.diagnosis.as_ref().map(|diagnosis| diagnosis.code)
    };
    assert_eq!(code(&state), Some(Code::NodeLost), "that is how it looks where nodes may not be read");
    for (ready, expected) in [
        (Tristate::True, Code::ReadinessFailing),
        (Tristate::Unknown, Code::NodeLost),
        (Tristate::True, Code::ReadinessFailing),
    ] {
        state.apply(node(ready), NOW);
        assert_eq!(code(&state), Some(expected));
    }
    state.apply(listed(Resource::Nodes, [70]), NOW);
    state.apply(linked(Resource::Nodes, Link::Lost { reason: "connection refused".into() }), NOW);
    let later = Condition { since: Some(NOW), ..unready };
    state.apply(put_pod(Pod { conditions: Box::new([later]), ..alone }), NOW);
    assert_eq!(code(&state), Some(Code::NodeLost), "and where nobody tells of nodes at the moment");
    state.apply(linked(Resource::Nodes, Link::Live), NOW);
    assert_eq!(code(&state), Some(Code::ReadinessFailing), "until somebody does");
}

/// An event about the object of that uid.
fn event_about(uid: u128, object: u128, reason: &str) -> Observation {
    event_about_named(("Thing", "thing"), uid, object, reason)
}

fn event_about_named((kind, name): (&str, &str), uid: u128, object: u128, reason: &str) -> Observation {
    applied(Object::Event(Arc::new(Event {
        uid: Uid::new(uid),
        namespace: "shop".into(),
        kind: kind.into(),
        name: name.into(),
        object: Uid::new(object),
        container: None,
        warning: false,
        reason: reason.into(),
        message: "".into(),
        source: None,
        count: 1,
        first: NOW,
        last: NOW,
    })))
}

#[test]
fn an_event_about_a_part_touches_the_workload() {
    let mut state = listed_state(false);
    state.apply(put(controller(Kind::Deployment, 1, "web", 1)), NOW);
    state.apply(put(replica_set(2, "web-abc", 1, "web")), NOW);
    state.apply(put_pod(pod(3, "web-abc-x", Some(owner(Kind::ReplicaSet, "web-abc", 2)))), NOW);
    for (uid, object) in [(60, 1), (61, 2), (62, 3)] {
        let changes = state.apply(event_about(uid, object, "Happened"), NOW);
        assert_eq!(touched(&changes), ["test/shop/Deployment/web"], "{object}");
    }
}

#[test]
fn an_event_about_a_job_that_may_not_be_read_decides_at_once() {
    let mut state = listed_state(false);
    let failed = Pod {
        phase: Phase::Failed,
        created: NOW,
        started: Some(NOW),
        conditions: Box::new([]),
        containers: Box::new([]),
        ..pod(3, "load-x", Some(owner(Kind::Job, "load", 900)))
    };
    state.apply(put_pod(failed), NOW);
    let id = "test/shop/Job/load".parse().unwrap();
    let health = |state: &State| state.view().workload(&id).unwrap().row.as_ref().unwrap().health;
    assert_eq!(health(&state), Health::Progressing, "it may try again");
    state.apply(event_about(60, 900, "BackoffLimitExceeded"), NOW);
    assert_eq!(health(&state), Health::Failed);
}

/// The pod of a Job that ran too long is often gone before the event that says so is there.
#[test]
fn an_event_about_a_job_decides_when_its_last_pod_is_gone() {
    let mut state = listed_state(false);
    let runs =
        Pod { created: NOW, started: Some(NOW), ..pod(3, "load-x", Some(owner(Kind::Job, "load", 900))) };
    state.apply(put_pod(runs), NOW);
    state.apply(deleted(Resource::Pods, 3), NOW);
    let id = "test/shop/Job/load".parse().unwrap();
    let row = |state: &State| state.view().workload(&id).unwrap().row.clone().unwrap();
    assert_eq!(row(&state).health, Health::Progressing);
    state.apply(event_about_named(("Job", "load"), 60, 900, "DeadlineExceeded"), NOW);
    let code = row(&state).diagnosis.as_ref().map(|diagnosis| diagnosis.code);
    assert_eq!((row(&state).health, code), (Health::Failed, Some(Code::JobDeadlineExceeded)));
    state.apply(event_about_named(("Job", "other"), 61, 901, "DeadlineExceeded"), NOW);
    assert!(state.view().workload(&"test/shop/Job/other".parse().unwrap()).is_none());
}
