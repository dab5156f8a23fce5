//! A source is lost for a while and tells afterwards what has happened since.
use crate::bed::*;
use crate::objects::*;
use domain::change::Change;
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::event::Event;
use domain::health::Health;
use domain::id::{Kind, Uid};
use domain::node::Node;
use domain::observation::Object;
use domain::pod::Pod;
use domain::source::{Link, Resource};
use domain::state::State;
use domain::time::Time;
use std::sync::Arc;

fn ready(status: Tristate, since: Time) -> Condition {
    Condition { kind: "Ready".into(), status, reason: None, message: None, since: Some(since) }
}

fn with_readiness(pod: Pod, status: Tristate, since: Time) -> Pod {
    let mut pod = Pod { conditions: Box::new([ready(status, since)]), ..pod };
    pod.containers[0].ready = status == Tristate::True;
    pod
}

/// A Deployment whose one pod has been ready for long.
fn one_pod(state: &mut State) -> Pod {
    let pod = with_readiness(
        pod(3, "web-x", Some(owner(Kind::ReplicaSet, "web-1", 2))),
        Tristate::True,
        NOW - SECOND * 900,
    );
    state.apply(put(controller(Kind::Deployment, 1, "web", 1)), NOW);
    let mut set = controller(Kind::ReplicaSet, 2, "web-1", 1);
    set.owner = Some(owner(Kind::Deployment, "web", 1));
    state.apply(put(set), NOW);
    state.apply(put_pod(pod.clone()), NOW);
    let told = [(Resource::Deployments, 1), (Resource::ReplicaSets, 2), (Resource::Pods, 3)];
    list(state, Resource::ALL, &told, NOW);
    pod
}

fn health_of(state: &State, id: &str) -> Health {
    let id = id.parse().expect("an id");
    state.view().workload(&id).and_then(|workload| workload.row.clone()).expect("a row").health
}

fn transitions(changes: &[Change]) -> usize {
    changes.iter().filter(|change| matches!(change, Change::Transition(_))).count()
}

/// What was unready for a while and is ready again is told one after the other: between the two it looks as if it had
/// been unready for as long as the source was lost.
#[test]
fn what_has_passed_since_is_no_news() {
    let mut state = connecting();
    let pod = one_pod(&mut state);
    let id = "test/shop/Deployment/web";
    assert_eq!(health_of(&state, id), Health::Healthy);
    state.apply(linked(Resource::Pods, lost()), NOW + SECOND * 100);
    let unready = with_readiness(pod.clone(), Tristate::False, NOW + SECOND * 30);
    let again = with_readiness(pod, Tristate::True, NOW + SECOND * 42);
    let back = NOW + SECOND * 120;
    let mut changes = state.apply(put_pod(unready), back);
    // What others tell of the same workload changes nothing about that.
    changes.extend(state.apply(put(controller(Kind::Deployment, 1, "web", 1)), back));
    changes.extend(state.apply(put_pod(again), back));
    changes.extend(state.apply(linked(Resource::Pods, Link::Live), back));
    assert_eq!((health_of(&state, id), transitions(&changes)), (Health::Healthy, 0));
}

#[test]
fn what_is_still_so_is_said_once_all_is_told() {
    let mut state = connecting();
    let pod = one_pod(&mut state);
    let id = "test/shop/Deployment/web";
    state.apply(linked(Resource::Pods, lost()), NOW + SECOND * 100);
    let unready = with_readiness(pod, Tristate::False, NOW + SECOND * 30);
    let back = NOW + SECOND * 120;
    state.apply(put_pod(unready), back);
    assert_eq!(health_of(&state, id), Health::Healthy, "there may be more to come");
    state.apply(linked(Resource::Pods, Link::Live), back);
    assert_eq!(health_of(&state, id), Health::Failed);
}

fn health_of_pod(state: &State, at: Time) -> Health {
    let view = state.view();
    let cluster = view.clusters().next().expect("the cluster");
    let pod = cluster.pod("shop", "web-x").expect("the pod");
    cluster.judge_pod(pod, at).health
}

/// A wait that stands still for a workload does so for its pods.
#[test]
fn time_stands_still_for_a_pod_whose_source_is_lost() {
    let mut state = connecting();
    let pod = one_pod(&mut state);
    let unready = with_readiness(pod, Tristate::False, NOW + SECOND * 90);
    state.apply(put_pod(unready), NOW + SECOND * 90);
    assert_eq!(health_of_pod(&state, NOW + SECOND * 119), Health::Progressing);
    assert_eq!(health_of_pod(&state, NOW + SECOND * 121), Health::Degraded);
    state.apply(linked(Resource::Pods, lost()), NOW + SECOND * 100);
    assert_eq!(health_of_pod(&state, NOW + SECOND * 121), Health::Progressing);
    state.apply(domain::observation::Observation::Due, NOW + SECOND * 160);
    assert_eq!(
        health_of_pod(&state, NOW + SECOND * 200),
        Health::Progressing,
        "stale, as its workload's last status"
    );
    state.apply(linked(Resource::Pods, Link::Live), NOW + SECOND * 300);
    assert_eq!(health_of_pod(&state, NOW + SECOND * 301), Health::Degraded);
}

/// A pod of a rollout that moves may take as long as that.
#[test]
fn what_is_remembered_of_a_workload_counts_for_its_pods() {
    let mut state = connecting();
    let pod = one_pod(&mut state);
    let mut deployment = controller(Kind::Deployment, 1, "web", 1);
    (deployment.generation, deployment.observed_generation) = (2, 2);
    (deployment.updated, deployment.ready, deployment.available) = (0, 0, 0);
    state.apply(put(deployment), NOW + SECOND * 10);
    let mut starting = with_readiness(pod, Tristate::False, NOW + SECOND * 10);
    (starting.created, starting.started) = (NOW + SECOND * 10, Some(NOW + SECOND * 10));
    state.apply(put_pod(starting), NOW + SECOND * 10);
    assert_eq!(health_of(&state, "test/shop/Deployment/web"), Health::Progressing);
    assert_eq!(health_of_pod(&state, NOW + SECOND * 300), Health::Progressing);
    assert_eq!(health_of_pod(&state, NOW + SECOND * 700), Health::Degraded);
}

#[test]
fn a_source_that_is_lost_for_good_while_it_tells_is_not_believed() {
    let mut state = connecting();
    let pod = one_pod(&mut state);
    state.apply(linked(Resource::Pods, lost()), NOW + SECOND * 100);
    state.apply(put_pod(with_readiness(pod, Tristate::False, NOW + SECOND * 30)), NOW + SECOND * 120);
    state.apply(domain::observation::Observation::Due, NOW + SECOND * 160);
    assert_eq!(health_of(&state, "test/shop/Deployment/web"), Health::Unknown);
}

/// When a node was made, and that it is cordoned, does not change while nobody tells of nodes.
#[test]
fn the_excuse_of_a_new_node_outlives_the_loss_of_what_tells_of_nodes() {
    let mut state = connecting();
    let made = NOW - SECOND * 200;
    let node = Node {
        uid: Uid::new(70),
        name: "node-1".into(),
        created: made,
        unschedulable: false,
        conditions: Box::new([ready(Tristate::True, made)]),
        allocatable: Compute::default(),
    };
    state.apply(applied(Object::Node(Arc::new(node))), NOW);
    let mut set = controller(Kind::DaemonSet, 1, "agent", 1);
    (set.ready, set.available) = (0, 0);
    state.apply(put(set), NOW);
    let mut agent = pod(3, "agent-x", Some(owner(Kind::DaemonSet, "agent", 1)));
    (agent.created, agent.started) = (made, Some(made));
    let mut unready = ready(Tristate::False, made);
    unready.reason = Some("ContainersNotReady".into());
    agent.conditions = Box::new([unready]);
    agent.containers[0].ready = false;
    state.apply(put_pod(agent), NOW);
    let told = [(Resource::DaemonSets, 1), (Resource::Pods, 3), (Resource::Nodes, 70)];
    list(&mut state, Resource::ALL, &told, NOW);
    let id = "test/shop/DaemonSet/agent";
    assert_eq!(health_of(&state, id), Health::Progressing, "its node is new");
    state.apply(linked(Resource::Nodes, lost()), NOW + SECOND);
    let told = Event {
        uid: Uid::new(90),
        namespace: "shop".into(),
        kind: "Pod".into(),
        name: "agent-x".into(),
        object: Uid::new(3),
        container: Some("app".into()),
        warning: true,
        reason: "Unhealthy".into(),
        message: "Readiness probe failed: x".into(),
        source: Some("kubelet".into()),
        count: 1,
        first: NOW,
        last: NOW,
    };
    state.apply(applied(Object::Event(Arc::new(told))), NOW + SECOND * 2);
    assert_eq!(health_of(&state, id), Health::Progressing, "while nodes are out of reach");
    state.apply(linked(Resource::Nodes, Link::Live), NOW + SECOND * 10);
    assert_eq!(health_of(&state, id), Health::Progressing, "and when they are back");
}
