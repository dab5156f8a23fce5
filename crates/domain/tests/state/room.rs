//! Pods that no node has room for: how much is left, as far as all pods and nodes can be seen.
use crate::bed::{NOW, list};
use crate::objects::*;
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::diagnosis::Code;
use domain::id::Uid;
use domain::node::Node;
use domain::observation::{Object, Observation};
use domain::pod::{Phase, Pod, PodSpec};
use domain::scope::{Pattern, Scope};
use domain::source::{Link, Resource, SourceId};
use domain::state::State;
use domain::time::Time;
use rstest::rstest;
use std::sync::Arc;
use std::time::Duration;

const GIB: u64 = 1 << 30;
const WORDS: &str = "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available.";

fn compute(cpu_millicores: u64, memory_gib: u64) -> Compute {
    Compute { cpu_millicores, memory_bytes: memory_gib * GIB }
}

fn node(uid: u128, name: &str, allocatable: Compute) -> Node {
    let ready = Condition {
        kind: "Ready".into(),
        status: Tristate::True,
        reason: None,
        message: None,
        since: Some(MADE),
    };
    let conditions = Box::new([ready]);
    Node {
        uid: Uid::new(uid),
        name: name.into(),
        created: MADE,
        unschedulable: false,
        conditions,
        allocatable,
    }
}

fn put_node(node: Node) -> Observation {
    applied(Object::Node(Arc::new(node)))
}

/// A pod on a node that asks for so much.
fn running(uid: u128, node: &str, requests: Compute) -> Pod {
    let spec = Arc::new(PodSpec { requests, ..(*spec("web:1")).clone() });
    Pod { node: Some(node.into()), spec, ..pod(uid, &format!("pod-{uid}"), None) }
}

/// A pod of which the scheduler says why no node takes it.
fn pending(requests: Compute, words: &str) -> Pod {
    let unscheduled = Condition {
        kind: "PodScheduled".into(),
        status: Tristate::False,
        reason: Some("Unschedulable".into()),
        message: Some(words.into()),
        since: Some(NOW),
    };
    let spec = Arc::new(PodSpec { requests, ..(*spec("web:1")).clone() });
    let conditions = Box::new([unscheduled]);
    Pod { node: None, phase: Phase::Pending, started: None, conditions, spec, ..pod(9, "large", None) }
}

/// Two nodes of 4 CPU and 8 GiB, one of them half full, as they are first read.
fn two_nodes(scope: Scope) -> State {
    let mut state = State::new(&[CLUSTER.into()], scope);
    for resource in Resource::ALL {
        state.apply(linked(resource, Link::Connecting), NOW);
    }
    for resource in [Resource::Events, Resource::Jobs, Resource::CronJobs] {
        state.apply(linked(resource, Link::Forbidden { reason: "forbidden".into() }), NOW);
    }
    for (uid, name) in [(51, "n1"), (52, "n2")] {
        state.apply(put_node(node(uid, name, compute(4000, 8))), NOW);
    }
    state.apply(put_pod(running(1, "n1", compute(2000, 1))), NOW);
    state.apply(put_pod(running(2, "n2", compute(800, 6))), NOW);
    let read = Resource::ALL.into_iter().filter(|resource| resource.is_required());
    let told = [(Resource::Pods, 1), (Resource::Pods, 2), (Resource::Nodes, 51), (Resource::Nodes, 52)];
    list(&mut state, read.chain([Resource::Nodes]), &told, NOW);
    state
}

fn said(state: &State) -> String {
    let id = "test/shop/Pod/large".parse().unwrap();
    let row = state.view().workload(&id).unwrap().row.clone().unwrap();
    let diagnosis = row.diagnosis.clone().unwrap();
    assert_eq!(diagnosis.code, Code::UnschedulableResources);
    let fact = diagnosis.summary.strip_prefix("No node takes pod large").unwrap().to_owned();
    fact.split(": 0/2").next().unwrap().to_owned()
}

#[rstest]
#[case::cpu(compute(8000, 1), WORDS, ", which needs 8 CPU while no node has more than 3.2 CPU free")]
#[case::memory(
    compute(100, 16),
    "0/2 nodes are available: 2 Insufficient memory.",
    ", which needs 16 GiB memory while no node has more than 7 GiB memory free"
)]
#[case::both(
    compute(5000, 16),
    "0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.",
    ", which needs 5 CPU and 16 GiB memory while no node has more than 3.2 CPU or 7 GiB memory free"
)]
#[case::a_little_short(
    Compute { cpu_millicores: 100, memory_bytes: 7200 << 20 },
    "0/2 nodes are available: 2 Insufficient memory.",
    ", which needs 7200 MiB memory while no node has more than 7168 MiB memory free"
)]
#[case::the_node_with_enough_memory_lacks_cpu(
    compute(5000, 7),
    "0/2 nodes are available: 1 Insufficient memory, 2 Insufficient cpu.",
    ", which needs 5 CPU and 7 GiB memory while no node has more than 3.2 CPU free"
)]
#[case::the_node_with_room_is_closed_to_it(
    compute(3000, 1),
    "0/3 nodes are available: 2 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector.",
    ", which needs 3 CPU"
)]
#[case::something_else_is_short(
    compute(100, 1),
    "0/2 nodes are available: 2 Insufficient nvidia.com/gpu.",
    ""
)]
fn what_is_short_and_by_how_much(#[case] asked: Compute, #[case] words: &str, #[case] expected: &str) {
    let mut state = two_nodes(Scope::All);
    let pod = pending(asked, words);
    let id = "test/shop/Pod/large".parse().unwrap();
    state.apply(put_pod(pod), NOW);
    let row = state.view().workload(&id).unwrap().row.clone().unwrap();
    let summary = row.diagnosis.as_ref().unwrap().summary.to_string();
    let reasons = words.split_once(". ").map_or(words.trim_end_matches('.'), |(reasons, _)| reasons);
    assert!(
        summary.starts_with(&format!("No node takes pod large{expected}: {reasons}.")),
        "{summary:?} does not say {expected:?}"
    );
}

#[test]
fn room_that_comes_and_goes_is_said_anew_within_five_seconds() {
    let mut state = two_nodes(Scope::All);
    let at = |secs: u64| -> Time { NOW + Duration::from_secs(secs) };
    state.apply(put_pod(pending(compute(8000, 1), WORDS)), at(0));
    assert_eq!(said(&state), ", which needs 8 CPU while no node has more than 3.2 CPU free");
    let mut told_after = |secs: u64, observation: Observation, expected: &str| {
        state.apply(observation, at(secs));
        assert!(state.next_due().unwrap() <= at(secs + 5));
        state.apply(Observation::Due, at(secs + 5));
        assert_eq!(
            said(&state),
            format!(", which needs 8 CPU while no node has more than {expected} CPU free")
        );
    };
    told_after(10, put_pod(running(3, "n2", compute(1500, 1))), "2");
    told_after(20, deleted(Resource::Pods, 1), "4");
    let done = Pod { phase: Phase::Succeeded, ..running(3, "n2", compute(1500, 1)) };
    told_after(30, put_pod(running(4, "n1", compute(3000, 1))), "1.7");
    told_after(40, put_pod(done), "3.2");
    told_after(50, put_node(Node { unschedulable: true, ..node(52, "n2", compute(4000, 8)) }), "1");
    told_after(60, put_node(node(53, "n3", compute(6000, 8))), "6");
    told_after(70, deleted(Resource::Nodes, 53), "1");
}

#[test]
fn a_pod_that_leaves_counts_until_it_is_gone() {
    let mut state = two_nodes(Scope::All);
    let leaving = Pod { deleting: Some(NOW), ..running(2, "n2", compute(800, 6)) };
    state.apply(put_pod(leaving), NOW);
    state.apply(put_pod(pending(compute(8000, 1), WORDS)), NOW);
    assert_eq!(said(&state), ", which needs 8 CPU while no node has more than 3.2 CPU free");
}

#[test]
fn those_who_do_not_see_all_of_it_say_nothing_of_room() {
    let asked = compute(8000, 1);
    let mut chosen = two_nodes(Scope::Allow(vec![Pattern::parse("shop").unwrap()]));
    chosen.apply(put_pod(pending(asked, WORDS)), NOW);
    assert_eq!(said(&chosen), ", which needs 8 CPU", "pods of other namespaces are not seen");

    let mut blind = two_nodes(Scope::All);
    blind.apply(linked(Resource::Nodes, Link::Forbidden { reason: "forbidden".into() }), NOW);
    blind.apply(put_pod(pending(asked, WORDS)), NOW);
    assert_eq!(said(&blind), ", which needs 8 CPU", "nodes may not be read");

    let mut partly = two_nodes(Scope::All);
    let pods = SourceId { resource: Resource::Pods, namespace: None };
    partly.apply(observation(domain::observation::Fact::Unreadable(pods, 1)), NOW);
    partly.apply(put_pod(pending(asked, WORDS)), NOW);
    assert_eq!(said(&partly), ", which needs 8 CPU", "a pod can't be read");
}
