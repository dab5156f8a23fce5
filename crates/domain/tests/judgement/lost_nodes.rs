//! Nodes that fall silent: what is said of their pods then, and until they are gone.
use crate::timeline::{last, play, world_after};
use crate::world::*;
use domain::condition::Tristate;
use domain::memory::Memory;
use domain::node::Node;
use domain::pod::ContainerState;
use rstest::rstest;
use std::sync::Arc;

#[rstest]
#[case::a_crash_loop_is_no_live_fact(
    "deployment 1; 0s node:n1 +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20m node:n1=silent; 21m",
    "Node `n1` does not answer: Pod a is not ready. Nothing serves.",
    "0s progressing; 4s failed crash_loop"
)]
#[case::nor_what_a_container_waited_for(
    "deployment 2; 0s node:n1 node:n2 +a +b b@n2; 1s a=wait:CreateContainerConfigError:secret_\"nope\"_not_found b=ready; \
     20m node:n1=silent; 21m",
    "Node `n1` does not answer: Pod a is not ready. 1 of 2 pods serve.",
    "0s progressing; 30s degraded config_missing"
)]
#[case::what_served_is_counted(
    "deployment 3; 0s node:n1 +a +b +c; 5s a=ready b=ready c=ready; 20m a=ended:1; 1201s a=unready; \
     1202s a=lost b=lost c=lost node:n1=silent; 1322s",
    "Node `n1` does not answer: 3 of 3 pods are not ready. Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1232s failed node_lost"
)]
#[case::another_pod_s_crash_loop_is_one(
    "deployment 2; 0s node:n1 node:n2 +a +b b@n2; 5s a=ready b=ready; 20m a=lost node:n1=silent b=ended:1; 1202s b=ended:1",
    "Container `app` crash-loops in pod b (exit 1, 1 restart). Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1202s degraded crash_loop"
)]
#[case::it_outranks_a_new_version_that_never_started(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1202s c=wait:ImagePullBackOff:not_found; 30m a=lost b=lost; 31m",
    "Node `n1` does not answer: 2 of 3 pods are not ready. Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing; 1202s degraded image_not_found; 30m failed node_lost"
)]
#[case::when_the_node_is_back_its_word_counts_again(
    "deployment 1; 0s node:n1 +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20m node:n1=silent; 30m node:n1=back; 31m",
    "Container `app` crash-loops (exit 1, 1 restart). Nothing serves.",
    "0s progressing; 4s failed crash_loop"
)]
fn pods_of_a_silent_node(#[case] script: &str, #[case] summary: &str, #[case] said: &str) {
    assert_eq!(&*last(script).diagnosis.expect("a diagnosis").summary, summary);
    assert_eq!(play(script), said);
}

/// After five minutes the node controller evicts the pods, which nobody there ends.
#[rstest]
#[case::of_a_stateful_set(
    "statefulset 3; 0s node:n1 +web-0 +web-1 +web-2; 5s web-0=ready web-1=ready web-2=ready; \
     20m node:n1=silent web-0=lost web-1=lost web-2=lost; 25m -web-0 -web-1 -web-2; 40m",
    "Node `n1` does not answer: 3 pods cannot end there, and those that replace them wait. Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s failed node_lost"
)]
#[case::of_a_stateful_set_with_slow_starts(
    "statefulset 1; 0s startup=10m node:n1 +web-0; 5s web-0=ready; 20m node:n1=silent web-0=lost; 25m -web-0; 27m",
    "Node `n1` does not answer: Pod web-0 cannot end there, and the one that replaces it waits. Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s failed node_lost"
)]
#[case::of_a_stateful_set_partly(
    "statefulset 2; 0s node:n1 node:n2 +web-0 +web-1 web-1@n2; 5s web-0=ready web-1=ready; \
     20m node:n1=silent web-0=lost; 25m -web-0; 40m",
    "Node `n1` does not answer: Pod web-0 cannot end there, and the one that replaces it waits. 1 of 2 pods serve.",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s degraded node_lost"
)]
#[case::where_nodes_may_not_be_read(
    "statefulset 1; 0s +web-0; 5s web-0=ready; 20m web-0=lost; 25m -web-0; 40m",
    "Node `n1` does not answer: Pod web-0 cannot end there, and the one that replaces it waits. Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s failed node_lost"
)]
#[case::when_the_node_is_back_the_next_has_its_start(
    "statefulset 1; 0s node:n1 +web-0; 5s web-0=ready; 20m node:n1=silent web-0=lost; 25m -web-0; 40m node:n1=back web-0=gone; \
     2402s +web-0; 2410s web-0=ready; 41m",
    "",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s failed node_lost; 40m progressing; 2410s healthy"
)]
#[case::of_a_daemon_set(
    "daemonset 1; 0s node:n1 +a; 5s a=ready; 20m node:n1=silent a=lost; 25m -a; 26m",
    "Node `n1` does not answer: Pod a cannot end there, and the one that replaces it waits. Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing node_lost"
)]
#[case::of_a_deployment_those_that_replace_them_start(
    "deployment 2; 0s node:n1 node:n2 +a +b; 5s a=ready b=ready; 20m node:n1=silent a=lost b=lost; \
     25m -a -b +c +d c@n2 d@n2; 1505s",
    "Node `n1` does not answer: 2 pods cannot end there. Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s failed node_lost; 25m progressing node_lost"
)]
#[case::or_find_no_node(
    "deployment 2; 0s node:n1 +a +b; 5s a=ready b=ready; 20m node:n1=silent a=lost b=lost; \
     25m -a -b +c +d c=unscheduled:0/1_nodes_are_available:_1_node(s)_had_untolerated_taint(s). \
     d=unscheduled:0/1_nodes_are_available:_1_node(s)_had_untolerated_taint(s).; 40m",
    "Node `n1` does not answer: 2 pods cannot end there, and no node takes those that replace them. Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s failed node_lost; 25m progressing node_lost; \
     26m failed node_lost"
)]
#[case::or_serve(
    "deployment 1; 0s node:n1 node:n2 +a; 5s a=ready; 20m node:n1=silent a=lost; 25m -a +b b@n2; 1510s b=ready; 40m",
    "Node `n1` does not answer: Pod a cannot end there.",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s failed node_lost; 25m progressing node_lost; \
     1510s healthy node_lost; 26m degraded node_lost"
)]
#[case::a_bare_pod(
    "pod 1; 0s node:n1 +web; 5s web=ready; 20m node:n1=silent web=lost; 25m -web; 40m",
    "Node `n1` does not answer: Pod web cannot end there.",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s failed node_lost"
)]
fn evicted_from_a_silent_node(#[case] script: &str, #[case] summary: &str, #[case] said: &str) {
    let diagnosis = last(script).diagnosis;
    assert_eq!(diagnosis.as_ref().map_or("", |diagnosis| &*diagnosis.summary), summary);
    assert_eq!(play(script), said);
}

/// A node whose runtime or network is down says so itself, and its pods are told of.
#[test]
fn a_node_that_says_that_it_is_not_ready_answers() {
    let mut world = world_after("deployment 1; 0s +web; 5s web@n1 web=ready; 60s web=lost");
    let mut told = condition("Ready", Tristate::False, Some("KubeletNotReady"), at(60));
    told.message = Some("container runtime is down".into());
    world.around.nodes = Some(vec![Node { conditions: [told].into(), ..node("n1", false, false) }]);
    let event = event("web", None, "NodeNotReady", "Node is not ready", at(60));
    world.around.events.insert(uid("web"), vec![Arc::new(event)]);
    let diagnosis = world.judge(&Memory::default(), at(120)).diagnosis.expect("a diagnosis");
    assert_eq!(
        &*diagnosis.summary,
        "Node `n1` is not ready: Pod web is not ready (container runtime is down). Nothing serves."
    );
}

/// A quota that had no room before takes no pod away.
#[test]
fn what_is_refused_is_not_why_the_others_are_gone() {
    let mut world = world_after("deployment 2; 0s +a; 5s a=ready; 20m a=lost");
    let told = condition("ReplicaFailure", Tristate::True, Some("FailedCreate"), at(5));
    let message =
        "pods \"b\" is forbidden: exceeded quota: two, requested: pods=1, used: pods=1, limited: pods=1";
    let refused = domain::condition::Condition { message: Some(message.into()), ..told };
    world.controller.as_mut().unwrap().conditions = [refused].into();
    let summary =
        |world: &World| world.judge(&Memory::default(), at(1_300)).diagnosis.unwrap().summary.to_string();
    assert_eq!(summary(&world), "Node `n1` does not answer: Pod a is not ready. Nothing serves.");
    world.pods[0].conditions = [condition("Ready", Tristate::True, None, at(5))].into();
    assert!(summary(&world).contains("exceeded quota"), "{}", summary(&world));
}

/// Nobody could tell while the API server was away: what is seen when it is back has only begun.
#[rstest]
#[case::while_nobody_told_of_pods(Some((1_190, 1_260)), "progressing")]
#[case::before(Some((1_205, 1_260)), "failed")]
#[case::and_it_has_lasted_since(Some((1_190, 1_210)), "failed")]
#[case::while_all_was_told(None, "failed")]
fn what_went_while_nobody_told_of_pods_has_its_time(
    #[case] unseen: Option<(u64, u64)>,
    #[case] health: &str,
) {
    let mut world = world_after("deployment 1; 0s +a; 5s a=ready; 20m a=lost");
    world.around.unseen = unseen.map(|(from, until)| (at(from), at(until)));
    let before = last("deployment 1; 0s +a; 5s a=ready").memory;
    assert_eq!(world.judge(&before, at(1_262)).health.as_str(), health);
}

/// What tells of nodes may be behind: the kubelet's word on its pod is newer.
#[test]
fn a_node_whose_kubelet_tells_of_the_pod_is_back() {
    let mut world = world_after("pod 1; 0s node:n1 +web; 5s web=ready; 20m node:n1=silent web=lost; 30m");
    let code =
        |world: &World| world.judge(&Memory::default(), at(1_805)).diagnosis.map(|it| it.code.as_str());
    assert_eq!(code(&world), Some("node_lost"));
    let told = condition("Ready", Tristate::False, Some("ContainersNotReady"), at(1_800));
    world.pods[0].conditions = [told].into();
    world.pods[0].containers[0].ready = false;
    assert_eq!(code(&world), Some("readiness_failing"));
}

/// Of a pod that no kubelet has taken yet nobody has told.
#[test]
fn a_pod_that_a_silent_node_never_took() {
    let mut world = world_after("deployment 1; 0s node:n1; 10s node:n1=silent; 20s +a; 25s");
    let pod = &mut world.pods[0];
    (pod.conditions, pod.started) = (Box::default(), None);
    pod.containers[0].state = ContainerState::Unreported;
    let diagnosis = world.judge(&Memory::default(), at(25)).diagnosis.unwrap();
    assert_eq!(
        &*diagnosis.summary,
        "Node `n1` does not answer: Pod a is not ready. 1 of 1 updated. Nothing serves."
    );
}
