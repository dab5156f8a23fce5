//! Rollouts, as timelines: what holds them open, what moves them, and when they are stuck.
use crate::timeline::{last, play, world_after};
use crate::world::at;
use domain::judgement::RolloutState;
use domain::pod::{ContainerSpec, PodSpec};
use rstest::rstest;

#[rstest]
#[case::a_new_version(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1210s c=ready -a +d; 1212s a=gone; \
     1220s d=ready -b; 1222s b=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1220s healthy"
)]
#[case::not_seen_by_its_controller_yet(
    "deployment 1; 0s +a; 5s a=ready; 20m unobserved; 21m observed; 60m",
    "0s progressing; 5s healthy; 1205s progressing; 21m healthy"
)]
#[case::an_edit_that_its_controller_looks_at_is_none(
    "deployment 1; 0s +a; 5s a=ready; 20m unobserved; 1204s observed; 60m",
    "0s progressing; 5s healthy"
)]
#[case::an_edit_of_what_is_asked_for_nothing_is_none(
    "deployment 0; 0s +a; 5s a=gone; 20m unobserved; 1201s observed; 60m",
    "0s progressing; 5s suspended"
)]
#[case::fewer_pods_are_none(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m unobserved replicas=1; 1201s observed -b; 1203s b=gone; 60m",
    "0s progressing; 5s healthy"
)]
#[case::the_old_pods_make_way_before_the_new_have_a_replica_set(
    "deployment 1; 0s recreate +a; 5s a=ready; 20m renewed; 1201s observed; 1202s -a; 1210s a=gone; \
     1211s image=web:2 +b; 1220s b=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1220s healthy"
)]
#[case::a_new_version_crash_loops_beside_the_old(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1205s c=ended:1; 1207s c=ended:1; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1207s degraded crash_loop"
)]
#[case::an_old_version_that_crash_loops_does_not_matter(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 60s image=web:2 +b; 70s b=ready -a; 71s a=gone; 60m",
    "0s progressing; 4s failed crash_loop; 1m progressing crash_loop; 70s healthy"
)]
#[case::its_deadline_passes_with_the_old_serving(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1205s c=unready; 60m",
    "0s progressing; 5s healthy; 20m progressing; 30m degraded readiness_failing"
)]
#[case::an_edit_of_something_else_is_none(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=unready; 30m unobserved; 1801s observed; 60m",
    "0s progressing; 5s healthy; 20m progressing readiness_failing; 1230s degraded readiness_failing"
)]
#[case::its_deadline_passes_with_nothing_serving(
    "deployment 1; 0s +a; 10s a=unready; 60m",
    "0s progressing; 10m failed readiness_failing"
)]
#[case::the_controller_says_so_before(
    "deployment 1; 0s +a; 10s a=unready; 60s stuck; 60m",
    "0s progressing; 1m failed readiness_failing"
)]
#[case::each_step_restarts_the_deadline(
    "deployment 3; 0s +a +b +c; 500s a=ready; 1000s b=ready; 1500s c=ready; 60m",
    "0s progressing; 25m healthy"
)]
#[case::and_then_it_stands_still(
    "deployment 3; 0s +a +b +c; 500s a=ready; 1000s b=ready; 60m",
    "0s progressing; 1600s degraded rollout_stuck"
)]
#[case::readiness_that_comes_and_goes_is_no_step(
    "deployment 2; 0s +a +b; 100s a=ready; 400s a=unready; 420s a=ready; 60m",
    "0s progressing; 700s degraded rollout_stuck"
)]
#[case::a_new_height_among_the_flapping_is_one(
    "deployment 3; 0s +a +b +c; 100s a=ready; 400s a=unready; 410s b=ready; 420s a=ready; 60m",
    "0s progressing; 17m degraded rollout_stuck"
)]
#[case::what_the_old_version_reached_is_no_height_of_the_new(
    "deployment 3; 0s recreate +a +b +c; 5s a=ready b=ready c=ready; 20m unobserved; 1205s image=web:2 -a -b -c; \
     1210s a=gone b=gone c=gone +d +e +f; 1700s d=ready; 2200s e=ready; 2700s f=ready; 60m",
    "0s progressing; 5s healthy; 1205s progressing; 45m healthy"
)]
#[case::what_more_pods_reached_is_no_height_of_fewer(
    "deployment 4; 0s +a +b +c +d; 100s a=ready b=ready c=ready; 300s replicas=1 a=unready -b -c -d; \
     305s b=gone c=gone d=gone; 310s replicas=4 +e +f +g; 800s e=ready f=ready; 1350s g=ready; 1900s a=ready; 60m",
    "0s progressing; 1900s healthy"
)]
#[case::what_the_old_version_does_is_no_step(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=unready; 1201s image=web:2 +c; 1400s a=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing readiness_failing; 1801s degraded rollout_stuck"
)]
#[case::the_deadline_is_no_shorter_than_a_start(
    "deployment 1; 0s startup=15m +a; 60m",
    "0s progressing; 15m failed rollout_stuck"
)]
#[case::paused_the_controllers_word_is_no_fault(
    "deployment 1; 0s +a; 10s a=unready; 60s stuck paused; 60m",
    "0s progressing; 2m failed readiness_failing"
)]
#[case::the_controllers_word_is_about_what_it_has_seen(
    "deployment 1; 0s +a; 10s a=unready; 60s stuck; 70s unobserved; 80s",
    "0s progressing; 1m failed readiness_failing; 75s progressing readiness_failing"
)]
#[case::paused_halfway_nothing_is_overdue(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1205s c=ready -a paused; 1210s a=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1205s healthy"
)]
#[case::zero_is_asked_for_while_pods_are_there(
    "deployment 1; 0s +a; 5s a=ready; 20m unobserved replicas=0; 1201s observed -a; 1203s a=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1203s suspended"
)]
#[case::resumed_its_time_begins_anew(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1205s c=ready -a paused; 1210s a=gone; \
     60m resumed; 70m; 80m",
    "0s progressing; 5s healthy; 20m progressing; 1205s healthy; 60m progressing; 70m degraded rollout_stuck"
)]
#[case::scaled_up(
    "deployment 1; 0s +a; 5s a=ready; 20m replicas=3 +b +c; 1230s b=ready c=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1230s healthy"
)]
#[case::scaled_up_and_no_room_in_time(
    "deployment 1; 0s +a; 5s a=ready; 20m replicas=2 +b; 60m",
    "0s progressing; 5s healthy; 20m progressing; 22m degraded pods_missing"
)]
#[case::a_pod_of_a_scale_up_from_zero_comes_before_its_object(
    "deployment 0; 0s; 20m +a; 1201s replicas=1; 1205s a=ready; 60m",
    "0s suspended; 1201s progressing; 1205s healthy"
)]
#[case::scaled_down(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m replicas=1 -b; 1205s b=gone; 60m",
    "0s progressing; 5s healthy"
)]
fn rollouts(#[case] script: &str, #[case] said: &str) {
    assert_eq!(play(script), said);
}

#[rstest]
#[case::a_new_version_is_on_its_way(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c",
    RolloutState::Progressing
)]
#[case::its_pod_has_a_fault_that_lasts(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1205s c=ended:1; 1207s c=ended:1",
    RolloutState::Stuck
)]
#[case::its_deadline_has_passed(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1205s c=unready; 31m",
    RolloutState::Stuck
)]
#[case::a_pod_of_the_version_before_has_one(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1205s a=ended:1; 1207s a=ended:1",
    RolloutState::Progressing
)]
#[case::it_is_paused_with_one(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c paused; 1205s c=ended:1; 1207s c=ended:1",
    RolloutState::Paused
)]
#[case::it_is_paused_when_it_was_done_already(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m paused; 21m a=unready",
    RolloutState::Complete
)]
fn how_a_rollout_stands(#[case] script: &str, #[case] expected: RolloutState) {
    assert_eq!(last(script).rollout.unwrap().state, expected);
}

#[rstest]
#[case::the_first_of_all_replaces_none("deployment 2; 0s +a +b; 5s a=ready", "1")]
#[case::a_new_one_replaces_the_one_before(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c",
    "1 -> 2, web:1 -> web:2"
)]
#[case::one_that_comes_in_between_replaces_the_one_whose_pods_run(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2; 21m image=web:3 +c",
    "1 -> 3, web:1 -> web:3"
)]
#[case::more_of_the_same_replace_nothing(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m replicas=3 +c",
    "1"
)]
#[case::done_it_replaces_nothing_any_more(
    "deployment 1; 0s +a; 5s a=ready; 20m image=web:2 +b; 21m b=ready -a; 22m a=gone",
    "2"
)]
#[case::a_paused_one_stands_between_both(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c paused",
    "1 -> 2, web:1 -> web:2"
)]
#[case::of_a_stateful_set_the_pods_tell(
    "statefulset 2; 0s +web-0 +web-1; 5s web-0=ready web-1=ready; 20m image=web:2 -web-1; 1210s web-1=gone; 1211s +web-1",
    "r1 -> r2, web:1 -> web:2"
)]
fn the_revisions_and_images_that_a_rollout_stands_between(#[case] script: &str, #[case] expected: &str) {
    let rollout = last(script).rollout.unwrap();
    let revision = rollout.revision.unwrap();
    let from = rollout.previous.map(|previous| format!("{previous} -> ")).unwrap_or_default();
    let images = rollout.images.into_iter().map(|image| format!("{} -> {}", image.from.unwrap(), image.to));
    let said: Vec<String> = std::iter::once(format!("{from}{revision}")).chain(images).collect();
    assert_eq!(said.join(", "), expected);
}

#[test]
fn a_rollout_that_began_while_nobody_looked_is_not_stuck() {
    let before = last("statefulset 1; 0s +web-0; 5s web-0=ready").memory;
    let stored = domain::memory::Memory::from_text(&before.to_text()).unwrap();
    let world = world_after("statefulset 1; 0s +web-0; 5s web-0=ready; 3h image=web:2");
    let judgement = world.judge(&stored, at(3 * 3_600));
    assert_eq!(judgement.health.as_str(), "progressing");
}

#[test]
fn a_rollout_that_has_just_begun_is_not_stuck_at_first_sight() {
    let world = world_after("statefulset 1; 0s +web-0; 5s web-0=ready; 3h image=web:2 -web-0");
    assert_eq!(world.judge(&domain::memory::Memory::default(), at(3 * 3_600)).health.as_str(), "progressing");
}

/// Its controller takes some milliseconds to look, in which nothing of the new version runs.
#[rstest]
#[case::another_image("deployment 1; 0s +a; 5s a=ready", Some("web:2"), "progressing")]
#[case::another_image_of_a_stateful_set(
    "statefulset 1; 0s +web-0; 5s web-0=ready",
    Some("web:2"),
    "progressing"
)]
#[case::anything_else("deployment 1; 0s +a; 5s a=ready", None, "healthy")]
fn what_is_asked_for_before_its_controller_has_looked(
    #[case] script: &str,
    #[case] image: Option<&str>,
    #[case] health: &str,
) {
    let before = last(script).memory;
    let mut world = world_after(script);
    let controller = world.controller.as_mut().unwrap();
    controller.generation += 1;
    if let Some(image) = image {
        let mut spec = PodSpec::clone(controller.template.as_ref().unwrap());
        let mut containers = spec.containers.to_vec();
        containers[0].image = image.into();
        spec.containers = containers.into();
        controller.template = Some(spec.into());
    }
    assert_eq!(world.judge(&before, at(1_200)).health.as_str(), health);
}

/// A mirror of a registry that admission puts in place of the image is in no template.
#[test]
fn a_rewritten_image_is_no_other_version() {
    let script = "statefulset 1; 0s +web-0; 5s web-0=ready";
    let mut world = world_after(script);
    let mut spec = PodSpec::clone(&world.pods[0].spec);
    spec.containers = spec
        .containers
        .iter()
        .cloned()
        .map(|it| ContainerSpec { image: "mirror/web:1".into(), ..it })
        .collect();
    world.pods[0].spec = spec.into();
    let before = world.judge(&last(script).memory, at(60)).memory;
    world.controller.as_mut().unwrap().generation += 1;
    assert_eq!(world.judge(&before, at(61)).health.as_str(), "healthy");
}
