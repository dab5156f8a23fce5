//! What is said at first sight, after a restart, of a pod by itself, and with clocks that are out.
use crate::timeline::{last, world_after};
use crate::world::*;
use domain::controller::Controller;
use domain::health::Health;
use domain::id::Owner;
use domain::judgement::{Membership, judge_pod};
use domain::memory::Memory;
use domain::pod::ContainerState;
use domain::time::Time;
use rstest::rstest;
use std::sync::Arc;
use std::time::Duration;

/// Long after everything happened.
const LATER: u64 = 86_400;

#[rstest]
#[case::healthy_since_the_last_pod_was_ready("deployment 2; 0s +a +b; 5s a=ready; 9s b=ready", "healthy", 9)]
#[case::lost_readiness_and_its_grace(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=unready",
    "degraded",
    1230
)]
#[case::the_controller_said_so("deployment 1; 0s +a; 5s a=unready; 60s stuck", "failed", 60)]
#[case::the_fault_came_before("deployment 1; 0s +a; 5s a=wait:InvalidImageName:bad; 60s stuck", "failed", 0)]
#[case::a_back_off(
    "deployment 1; 0s +a; 5s a=ended:1; 9s a=ended:1; 11s a=backoff !c:a:BackOff:restarting",
    "failed",
    11
)]
#[case::a_pod_that_does_not_go("pod 1; 0s +web; 5s web=ready; 20m -web", "degraded", 1260)]
#[case::a_pod_that_failed("pod 1; 0s +web; 77s web=failed:Evicted", "failed", 77)]
#[case::refused("deployment 1; 3s refused:exceeded_quota", "failed", 3)]
fn at_first_sight_the_api_tells_since_when(#[case] script: &str, #[case] health: &str, #[case] since: u64) {
    let judgement = world_after(script).judge(&Memory::default(), at(LATER));
    assert_eq!((judgement.health.as_str(), judgement.since), (health, at(since)));
}

#[rstest]
#[case::within_its_deadline(600, "progressing")]
#[case::past_it(605, "degraded")]
fn a_set_that_is_first_seen_half_up_may_still_be_coming_up(#[case] now: u64, #[case] health: &str) {
    let world = world_after("statefulset 2; 0s +web-0 +web-1; 5s web-0=ready");
    assert_eq!(world.judge(&Memory::default(), at(now)).health.as_str(), health);
}

#[test]
fn what_changed_while_we_were_away_changed_when_the_api_says() {
    let memory = last("deployment 1; 0s +a; 5s a=unready").memory;
    let world = world_after("deployment 1; 0s +a; 5s a=unready; 300s a=ready");
    let restored = Memory::from_text(&memory.to_text()).unwrap();
    let judgement = world.judge(&restored, at(LATER));
    assert_eq!((judgement.health.as_str(), judgement.since), ("healthy", at(300)));
}

#[test]
fn another_object_of_that_name_starts_afresh() {
    let script = "deployment 1; 0s +a; 5s a=ready; 20m a=unready; 30m";
    let memory = last(script).memory;
    let mut world = world_after("deployment 1; 0s +a; 5s a=ready");
    world.controller.as_mut().unwrap().uid = uid("another");
    let judgement = world.judge(&memory, at(LATER));
    assert_eq!((judgement.health.as_str(), judgement.since), ("healthy", at(5)));
    assert_eq!(judgement.memory.uid, Some(uid("another")));
}

/// Deletion in the background: the Deployment goes first, then its ReplicaSets, its pods last.
#[rstest]
#[case::its_replica_sets_are_there("deployment", true)]
#[case::its_pods_alone_are_there("deployment", false)]
#[case::a_foreign_owner_is_never_there("rollout", true)]
#[case::pods_of_a_foreign_owner_alone_are_there("rollout", false)]
fn what_is_left_of_an_object_has_its_memory(#[case] kind: &str, #[case] with_sets: bool) {
    let script = format!("{kind} 1; 0s set=1 +a; 5s a=ready");
    // It was worse in between.
    let memory = Memory { status: Some((Health::Healthy, at(1800))), ..last(&script).memory };
    let mut world = world_after(&script);
    world.controller = None;
    world.children.truncate(usize::from(with_sets));
    let judgement = world.judge(&memory, at(LATER));
    assert_eq!((judgement.health.as_str(), judgement.since), ("healthy", at(1800)));
    assert_eq!(judgement.memory.uid, Some(uid("web")));
    if with_sets {
        // The name belongs to another already, whose ReplicaSet is told of first.
        let mut set = Controller { created: at(2000), uid: uid("web-x"), ..world.children[0].clone() };
        set.owner = Some(Arc::new(Owner { uid: uid("another"), ..(**set.owner.as_ref().unwrap()).clone() }));
        world.children.push(set);
        let judgement = world.judge(&memory, at(LATER));
        assert_eq!(judgement.memory.uid, Some(uid("another")));
        assert_ne!(judgement.since, at(1800), "it starts afresh");
    }
}

#[rstest]
#[case::fields_of_a_later_version(r#"{"s":["degraded",1800000000000],"future":{"a":[1]},"c":[]}"#)]
#[case::nothing_but_the_status(r#"{"s":["degraded",1800000000000]}"#)]
fn memories_of_other_versions_are_read(#[case] text: &str) {
    let memory = Memory::from_text(text).unwrap();
    assert_eq!(memory.status, Some((Health::Degraded, START)));
}

#[test]
fn what_is_no_memory_is_refused() {
    assert!(Memory::from_text("[1, 2").is_err());
}

#[rstest]
#[case::ready("pod 1; 0s +web; 5s web=ready", 60, "healthy")]
#[case::starting("pod 1; 0s +web", 60, "progressing")]
#[case::starting_for_too_long("pod 1; 0s +web; 5s web=unready", 120, "degraded readiness_failing")]
#[case::waits_for_its_image(
    "pod 1; 0s +web; 5s web=wait:ImagePullBackOff:dial_tcp",
    20,
    "progressing image_registry_unreachable"
)]
#[case::has_waited_for_it_long_enough(
    "pod 1; 0s +web; 5s web=wait:ImagePullBackOff:dial_tcp",
    30,
    "failed image_registry_unreachable"
)]
#[case::crash_loops(
    "pod 1; 0s +web; 5s web=ended:1; 7s web=ended:1; 9s web=backoff",
    60,
    "failed crash_loop"
)]
#[case::goes("pod 1; 0s +web; 5s web=ready; 20s -web", 60, "progressing")]
#[case::does_not_go("pod 1; 0s +web; 5s web=ready; 20s -web", 80, "degraded stuck_terminating")]
#[case::is_done("pod 1; 0s +web; 5s web=succeeded", 60, "healthy")]
#[case::was_evicted("pod 1; 0s +web; 5s web=failed:Evicted", 60, "failed evicted")]
#[case::was_turned_away("pod 1; 0s +web; 5s web=failed:OutOfcpu", 60, "failed pod_rejected")]
fn a_pod_by_itself(#[case] script: &str, #[case] now: u64, #[case] expected: &str) {
    let world = world_after(script);
    let judgement = judge_pod(&world.pods[0], Membership::default(), &world.around, at(now));
    let code =
        judgement.diagnosis.map(|diagnosis| format!(" {}", diagnosis.code.as_str())).unwrap_or_default();
    assert_eq!(format!("{}{code}", judgement.health), expected);
}

#[test]
fn a_node_whose_clock_is_ahead_changes_nothing_but_seconds() {
    let mut world = world_after("deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1");
    let ContainerState::Terminated(end) = &mut world.pods[0].containers[0].state else {
        panic!("it has ended")
    };
    end.finished = Some(at(34));
    let now = at(5);
    let judgement = world.judge(&Memory::default(), now);
    assert_eq!((judgement.health.as_str(), judgement.since), ("failed", now));
    let later = world.judge(&judgement.memory, at(40));
    assert_eq!((later.health, later.since), (judgement.health, judgement.since));
}

#[test]
fn the_object_is_gone_and_what_is_left_of_it_is_judged_by_its_pods() {
    let mut world = world_after("deployment 1; 0s +a; 5s a=ready");
    world.controller = None;
    let judgement = world.judge(&Memory::default(), at(LATER));
    assert_eq!((judgement.health.as_str(), judgement.desired), ("healthy", Some(1)));
}

#[test]
fn in_a_namespace_that_goes_nothing_else_is_to_blame() {
    let mut world = world_after("deployment 1; 0s +a; 5s a=ready; 10s a=gone");
    world.around.terminating = true;
    let judgement =
        world.judge(&Memory::default(), Time::from_millis(at(10).as_millis()) + Duration::from_hours(1));
    assert_eq!(judgement.diagnosis.map(|diagnosis| diagnosis.code.as_str()), Some("namespace_terminating"));
}
