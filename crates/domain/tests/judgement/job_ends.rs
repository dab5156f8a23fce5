//! Which end of which container a Job is said to have failed of, while its pods are there and when they are gone.
use crate::jobs::{job, run_of, told};
use crate::world::*;
use domain::diagnosis::EvidenceKind;
use domain::id::Kind;
use domain::memory::Memory;
use domain::pod::{Container, ContainerState, Phase, Pod, RestartPolicy, Role};
use rstest::rstest;
use std::sync::Arc;

/// A container of that name and role, and of which exit code it ended after how many seconds.
type End = (&'static str, Role, i32, u64);

fn world_of(pod: Pod) -> World {
    let mut world = World::new(Kind::Job, "report");
    world.around.sees_jobs = true;
    world.controller = Some(job("report", vec![]));
    world.pods.push(pod);
    world
}

fn pod_of(phase: Phase, ends: &[End]) -> Pod {
    let mut pod = run_of("report", "report-0", "failed", at(0));
    let specs = ends.iter().map(|(name, role, ..)| container_spec(name, "app:1", *role)).collect();
    let mut spec = pod_spec(specs);
    spec.restart_policy = RestartPolicy::Never;
    pod.spec = Arc::new(spec);
    pod.containers = ends.iter().map(|(_, _, code, secs)| over(*code, *secs)).collect();
    pod.phase = phase;
    pod
}

fn over(code: i32, secs: u64) -> Container {
    let reason = if code == 0 { "Completed" } else { "Error" };
    let state = ContainerState::Terminated(Box::new(ended(code, reason, Some(at(0)), at(secs))));
    Container { state, ready: false, restarts: 0, last: None }
}

/// What is said when the Job has given up: of its pod, and of what is remembered when that is gone and maintenant was
/// started anew.
fn said_of(mut world: World, reason: &str) -> [String; 2] {
    let memory = world.judge(&Memory::default(), at(50)).memory;
    let memory = Memory::from_text(&memory.to_text()).expect("a memory");
    world.controller = Some(job("report", vec![told("Failed", reason)]));
    let mut say = |gone| {
        if gone {
            world.pods.clear();
        }
        let summary = world.judge(&memory, at(61)).diagnosis.expect("it failed").summary.to_string();
        let (_, cause) = summary.split_once(": ").unwrap_or_default();
        cause.to_owned()
    };
    [say(false), say(true)]
}

/// When a Job's main container ends, its kubelet ends the sidecars.
#[rstest]
#[case::a_sidecar_goes_with_its_pod(
    &[("report", Role::Main, 7, 10), ("mesh", Role::Sidecar, 143, 12)],
    "container `report` ended (exit 7)."
)]
#[case::whatever_its_exit_code(
    &[("mesh", Role::Sidecar, 2, 12), ("report", Role::Main, 7, 10)],
    "container `report` ended (exit 7)."
)]
#[case::with_an_init_container_too(
    &[("mesh", Role::Sidecar, 143, 12), ("setup", Role::Init, 3, 10), ("report", Role::Main, 0, 12)],
    "container `setup` ended (exit 3)."
)]
#[case::a_sidecar_by_itself(
    &[("report", Role::Main, 0, 20), ("mesh", Role::Sidecar, 1, 12)],
    "container `mesh` ended (exit 1)."
)]
#[case::the_last_of_two_that_ended_by_themselves(
    &[("report", Role::Main, 7, 10), ("upload", Role::Main, 8, 12)],
    "container `upload` ended (exit 8)."
)]
#[case::one_that_was_ended_for_the_other(
    &[("report", Role::Main, 7, 10), ("upload", Role::Main, 137, 12)],
    "container `report` ended (exit 7)."
)]
#[case::though_it_ended_in_the_same_second(
    &[("report", Role::Main, 7, 10), ("upload", Role::Main, 143, 10)],
    "container `report` ended (exit 7)."
)]
#[case::one_that_was_killed_first(
    &[("report", Role::Main, 137, 10), ("upload", Role::Main, 143, 12)],
    "container `report` ended (exit 137 SIGKILL)."
)]
#[case::one_that_was_killed_for_no_other(
    &[("report", Role::Main, 7, 1), ("upload", Role::Main, 137, 49)],
    "container `upload` ended (exit 137 SIGKILL)."
)]
#[case::a_debugger_is_no_part_of_it(
    &[("report", Role::Main, 7, 10), ("debug", Role::Ephemeral, 1, 15)],
    "container `report` ended (exit 7)."
)]
fn the_container_that_a_job_failed_of(#[case] ends: &[End], #[case] cause: &str) {
    assert_eq!(said_of(world_of(pod_of(Phase::Failed, ends)), "BackoffLimitExceeded"), [cause; 2]);
}

#[test]
fn a_sidecar_that_is_ended_behind_a_success_is_no_bad_end() {
    let ends = [("report", Role::Main, 0, 10), ("mesh", Role::Sidecar, 143, 12)];
    let world = world_of(pod_of(Phase::Succeeded, &ends));
    assert_eq!(said_of(world, "BackoffLimitExceeded"), ["", ""]);
}

/// What an earlier version took for the cause is in its memory.
#[test]
fn a_better_look_at_the_same_pod_mends_what_is_remembered() {
    let mut world = world_of(pod_of(Phase::Failed, &[("mesh", Role::Main, 143, 12)]));
    let memory = world.judge(&Memory::default(), at(20)).memory;
    let ends = [("report", Role::Main, 7, 10), ("mesh", Role::Sidecar, 143, 12)];
    world.pods = vec![pod_of(Phase::Failed, &ends)];
    let memory = world.judge(&memory, at(30)).memory;
    assert_eq!(&*memory.ends[0].container, "report");
}

/// A Job whose second try goes on since then, with its pod started again (`OnFailure`) or replaced (`Never`).
fn tries_again(policy: RestartPolicy, since: u64) -> World {
    let mut again = run_of("report", "report-1", "running", at(since));
    if policy == RestartPolicy::OnFailure {
        let container = &mut again.containers[0];
        container.restarts = 1;
        container.last = Some(Box::new(ended(1, "Error", Some(at(1)), at(2))));
        return world_of(again);
    }
    let mut world = world_of(pod_of(Phase::Failed, &[("report", Role::Main, 1, 2)]));
    world.pods.push(again);
    world
}

#[rstest]
#[case::a_try_that_had_gone_on(RestartPolicy::OnFailure, 30, "DeadlineExceeded", "")]
#[case::in_another_pod(RestartPolicy::Never, 30, "DeadlineExceeded", "")]
#[case::one_that_had_just_begun(
    RestartPolicy::OnFailure,
    31,
    "DeadlineExceeded",
    " after 1 try: container `report` ended (exit 1)"
)]
#[case::the_end_that_was_one_too_many(
    RestartPolicy::OnFailure,
    30,
    "BackoffLimitExceeded",
    " after 1 try: container `report` ended (exit 1)"
)]
fn what_a_job_had_overcome_is_not_what_it_failed_of(
    #[case] policy: RestartPolicy,
    #[case] since: u64,
    #[case] reason: &str,
    #[case] cause: &str,
) {
    let mut world = tries_again(policy, since);
    let memory = world.judge(&Memory::default(), at(50)).memory;
    let memory = Memory::from_text(&memory.to_text()).unwrap();
    // The controller takes away what runs.
    world.pods.retain(|pod| pod.phase == Phase::Failed);
    world.controller = Some(job("report", vec![told("Failed", reason)]));
    let diagnosis = world.judge(&memory, at(61)).diagnosis.unwrap();
    let said = diagnosis.summary.trim_start_matches("Job report ");
    let said = said.trim_start_matches("ran longer than its deadline allows").trim_start_matches("gave up");
    assert_eq!(said, format!("{cause}."));
    let blamed = diagnosis.evidence.iter().any(|told| told.kind == EvidenceKind::Container);
    assert_eq!(blamed, !cause.is_empty(), "{:?}", diagnosis.evidence);
}

/// The end that is remembered is that of the try after it, once this has ended too.
#[test]
fn a_try_that_had_gone_on_and_then_failed_is_what_a_job_failed_of() {
    let mut world = tries_again(RestartPolicy::OnFailure, 3);
    let memory = world.judge(&Memory::default(), at(50)).memory;
    let container = &mut world.pods[0].containers[0];
    *container = Container { restarts: 1, last: container.last.take(), ..over(9, 55) };
    let memory = world.judge(&memory, at(56)).memory;
    world.pods.clear();
    world.controller = Some(job("report", vec![told("Failed", "DeadlineExceeded")]));
    let summary =
        "Job report ran longer than its deadline allows after 2 tries: container `report` ended (exit 9).";
    assert_eq!(&*world.judge(&memory, at(61)).diagnosis.unwrap().summary, summary);
}
