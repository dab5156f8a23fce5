//! One pod and what surrounds it: its containers by their roles, its node, its claims, what events tell of it.
use crate::timeline::{last, world_after};
use crate::world::*;
use domain::claim::Claim;
use domain::condition::Tristate;
use domain::health::Health;
use domain::judgement::{Membership, RolloutState, judge_pod};
use domain::memory::Memory;
use domain::node::Node;
use domain::pod::{Container, ContainerSpec, ContainerState, Pod, RestartPolicy, Role};
use rstest::rstest;
use std::sync::Arc;
use std::time::Duration;

fn running() -> Container {
    let state = ContainerState::Running { since: Some(START) };
    Container { state, ready: true, restarts: 0, last: None }
}

fn terminated(exit_code: i32, reason: &str, message: Option<&str>, secs: u64) -> Container {
    let mut end = ended(exit_code, reason, Some(at(secs)), at(secs));
    end.message = message.map(Into::into);
    Container { state: ContainerState::Terminated(Box::new(end)), ..running() }
}

/// Adds a container to a pod.
fn add(pod: &mut Pod, role: Role, container: Container) {
    let mut spec = (*pod.spec).clone();
    let mut specs: Vec<ContainerSpec> = spec.containers.into();
    specs.push(container_spec("more", "more:1", role));
    spec.containers = specs.into();
    pod.spec = Arc::new(spec);
    let mut containers: Vec<Container> = std::mem::take(&mut pod.containers).into();
    containers.push(container);
    pod.containers = containers.into();
}

fn said(world: &World, secs: u64) -> String {
    let judgement = judge_pod(&world.pods[0], Membership::default(), &world.around, at(secs));
    let code = judgement.diagnosis.map(|diagnosis| format!(" {}", diagnosis.code.as_str()));
    format!("{}{}", judgement.health, code.unwrap_or_default())
}

#[rstest]
#[case::a_pull_that_goes_on("!c:web:Pulling:x", "progressing image_pull_slow")]
#[case::a_pull_before_its_last_end(
    "!c:web:Pulling:x; 5s web=ended:0; 6s web=wait:ContainerCreating",
    "progressing"
)]
#[case::a_mount_that_fails("!web:FailedMount:timed_out", "failed volume_mount")]
#[case::a_mount_that_failed_before_it_ran(
    "!web:FailedMount:timed_out; 5s web=unready",
    "progressing readiness_failing"
)]
#[case::a_mount_that_failed_before_the_pull(
    "!web:FailedMount:timed_out; 10s !c:web:Pulling:x",
    "progressing image_pull_slow"
)]
#[case::a_kill_and_a_slow_end(
    "; 5s web=ready; 10s !c:web:Killing:failed_liveness_probe; 60s web=ended:1",
    "progressing liveness_killing"
)]
#[case::a_kill_and_a_later_end(
    "; 5s web=ready; 10s !c:web:Killing:failed_liveness_probe; 75s web=ended:1",
    "progressing crash_loop"
)]
fn what_events_tell(#[case] then: &str, #[case] expected: &str) {
    assert_eq!(said(&world_after(&format!("pod 1; 0s +web {then}")), 80), expected);
}

#[rstest]
#[case::startup(Role::Sidecar, true)]
#[case::readiness(Role::Main, false)]
fn the_probes_of_each_container_that_stays_give_time(#[case] role: Role, #[case] startup: bool) {
    let mut world = world_after("pod 1; 0s +web");
    let probe = Some(Duration::from_mins(5));
    let mut spec = container_spec("app", "web:1", role);
    (spec.startup_probe, spec.readiness_probe) = if startup { (probe, None) } else { (None, probe) };
    world.pods[0].spec = Arc::new(pod_spec(vec![spec]));
    assert_eq!((said(&world, 299), said(&world, 300)), ("progressing".into(), "degraded".into()));
}

#[test]
fn a_sidecar_must_run() {
    let mut world = world_after("pod 1; 0s +web; 5s web=unready");
    let end = Some(Box::new(ended(0, "Completed", Some(at(49)), at(50))));
    let container = Container { restarts: 2, last: end, ..waiting("CrashLoopBackOff", None) };
    add(&mut world.pods[0], Role::Sidecar, container);
    assert_eq!(said(&world, 60), "failed crash_loop");
}

#[rstest]
#[case::on_failure(RestartPolicy::OnFailure, "progressing")]
#[case::always(RestartPolicy::Always, "progressing crash_loop")]
fn a_container_that_is_done_need_not_run(#[case] policy: RestartPolicy, #[case] expected: &str) {
    let mut world = world_after("pod 1; 0s +web");
    add(&mut world.pods[0], Role::Main, terminated(0, "Completed", None, 5));
    Arc::make_mut(&mut world.pods[0].spec).restart_policy = policy;
    assert_eq!(said(&world, 60), expected);
}

#[test]
fn a_command_that_is_not_there_is_not_waited_for() {
    let mut world = world_after("pod 1; 0s +web");
    let message = Some("exec: \"/srv\": stat /srv: no such file or directory");
    world.pods[0].containers[0] = terminated(128, "StartError", message, 5);
    assert_eq!(said(&world, 6), "failed exec_not_found");
}

/// Controllers count a moment later than kubelets tell.
#[test]
fn a_pod_that_serves_is_not_overlooked_before_its_controller_has_counted_it() {
    let mut world = world_after("deployment 2; 0s +web +new; 5s web=ready new=wait:InvalidImageName:bad");
    world.controller.as_mut().unwrap().available = 0;
    assert_eq!(world.judge(&Memory::default(), at(60)).health, Health::Degraded);
}

#[test]
fn a_deadline_that_has_passed_is_not_said_to_come() {
    let mut world = world_after("deployment 1; 0s +web; 60s stuck");
    let judgement = world.judge(&Memory::default(), at(61));
    let rollout = judgement.rollout.unwrap();
    assert_eq!(rollout.state, RolloutState::Stuck);
    assert!(rollout.deadline.is_some_and(|deadline| deadline <= at(61)), "{:?}", rollout.deadline);
    world.controller.as_mut().unwrap().conditions = Box::default();
    let judgement = world.judge(&Memory::default(), at(61));
    assert!(judgement.rollout.unwrap().deadline.is_some_and(|deadline| deadline > at(61)));
}

#[test]
fn a_readiness_gate_is_named() {
    let mut world = world_after("pod 1; 0s +web; 5s web=ready");
    let told = condition("Ready", Tristate::False, Some("ReadinessGatesNotReady"), START);
    world.pods[0].conditions = [told].into();
    assert_eq!(said(&world, 60), "progressing readiness_gate");
}

/// The node controller takes away `Ready` alone, without a reason.
#[rstest]
#[case::nodes_are_not_read(None, "progressing node_lost")]
#[case::away(Some(node("n1", false, false)), "progressing node_lost")]
#[case::back(Some(node("n1", true, false)), "progressing readiness_failing")]
fn a_node_that_is_ready_is_not_said_to_be_lost(#[case] node: Option<Node>, #[case] expected: &str) {
    let mut world = world_after("pod 1; 0s +web; 5s web@n1 web=ready");
    world.pods[0].conditions = [condition("Ready", Tristate::False, None, at(60))].into();
    world.around.nodes = node.map(|node| vec![node]);
    assert_eq!(said(&world, 70), expected);
}

/// What tells of nodes may not have told yet, or not be there at the moment.
#[rstest]
#[case::given_up_at_that_moment(60, 10, "progressing node_lost")]
#[case::given_up_before(30, 10, "progressing readiness_failing")]
#[case::ready_again_since(60, 65, "progressing readiness_failing")]
fn a_node_that_was_ready_may_be_lost_by_now(
    #[case] given_up: u64,
    #[case] node_ready: u64,
    #[case] expected: &str,
) {
    let mut world = world_after("pod 1; 0s +web; 5s web@n1 web=ready");
    world.pods[0].conditions = [condition("Ready", Tristate::False, None, at(60))].into();
    let ready = condition("Ready", Tristate::True, None, at(node_ready));
    world.around.nodes = Some(vec![Node { conditions: [ready].into(), ..node("n1", true, false) }]);
    let told = event("web", None, "NodeNotReady", "Node is not ready", at(given_up));
    world.around.events.insert(uid("web"), vec![Arc::new(told)]);
    assert_eq!(said(&world, 70), expected);
}

#[test]
fn the_claim_without_a_volume_is_named() {
    let mut world =
        world_after("pod 1; 0s +web web=unscheduled:pod_has_unbound_immediate_PersistentVolumeClaims");
    let claim = |name: &str, phase: &str| Claim {
        uid: uid(name),
        namespace: "shop".into(),
        name: name.into(),
        created: START,
        phase: phase.into(),
        capacity_bytes: None,
        storage_class: None,
    };
    world.around.claims = Some(vec![claim("logs", "Bound"), claim("data", "Pending")]);
    world.pods[0].claims = ["logs".into(), "data".into()].into();
    let diagnosis =
        judge_pod(&world.pods[0], Membership::default(), &world.around, at(70)).diagnosis.unwrap();
    assert_eq!(diagnosis.code.as_str(), "claim_pending");
    assert!(diagnosis.summary.contains("`data`"), "{}", diagnosis.summary);
}

#[rstest]
#[case::a_debugger_that_was_killed(Role::Ephemeral, terminated(137, "OOMKilled", None, 50))]
#[case::an_init_container_that_came_through(
    Role::Init,
    Container { restarts: 3, last: Some(Box::new(ended(1, "Error", Some(at(3)), at(4)))), ..terminated(0, "Completed", None, 5) }
)]
fn what_does_not_count_against_a_pod_that_is_ready(#[case] role: Role, #[case] container: Container) {
    let mut world = world_after("deployment 1; 0s threshold=1 +a; 5s a=ready");
    add(&mut world.pods[0], role, container);
    let judgement = world.judge(&Memory::default(), at(60));
    assert_eq!((judgement.health.as_str(), judgement.diagnosis), ("healthy", None));
}

#[test]
fn ends_between_two_looks_are_counted() {
    let mut world = world_after("deployment 1; 0s +a; 5s a=ready");
    let memory = world.judge(&Memory::default(), START).memory;
    let memory = world.judge(&memory, at(60)).memory;
    let container = &mut world.pods[0].containers[0];
    container.restarts = 4;
    container.last = Some(Box::new(ended(1, "Error", Some(at(98)), at(100))));
    let judgement = world.judge(&memory, at(110));
    assert_eq!((judgement.health.as_str(), judgement.memory.runs[0].recent.len()), ("degraded", 4));
}

#[rstest]
#[case::in_order(node("n1", true, false), "degraded readiness_failing")]
#[case::cordoned(node("n1", true, true), "progressing readiness_failing")]
#[case::away(node("n1", false, false), "progressing node_lost")]
#[case::new(Node { created: at(1190), ..node("n1", true, false) }, "progressing readiness_failing")]
fn a_daemon_has_patience_with_its_node(#[case] node: Node, #[case] expected: &str) {
    let mut world = world_after("daemonset 2; 0s +a +b; 5s a@n1 a=ready b@n2 b=ready; 20m a=unready");
    world.around.nodes = Some(vec![node]);
    // A cordon has no time of its own: the pod's is what counts.
    let judgement = world.judge(&Memory::default(), at(1500));
    let code = judgement.diagnosis.map(|diagnosis| diagnosis.code.as_str()).unwrap_or_default();
    assert_eq!(format!("{} {code}", judgement.health), expected);
}

#[test]
fn a_pod_that_was_never_ready_has_its_whole_start() {
    let mut world = world_after("replicaset 1; 0s +a; 10s a=unready");
    world.pods[0].conditions =
        [condition("Ready", Tristate::False, Some("ContainersNotReady"), at(3))].into();
    assert_eq!(world.judge(&Memory::default(), at(60)).health.as_str(), "progressing");
}

#[test]
fn a_pod_that_is_not_ready_is_not_available_whatever_its_controller_still_says() {
    let mut world = world_after("deployment 1; 0s +a; 5s a=ready; 20m a=unready");
    world.controller.as_mut().unwrap().available = 1;
    assert_eq!(world.judge(&Memory::default(), at(1300)).health.as_str(), "failed");
}

#[rstest]
#[case::counted_as_ready(|world: &mut World| world.controller.as_mut().unwrap().ready = 1)]
#[case::deleted(|world: &mut World| world.controller.as_mut().unwrap().deleting = Some(at(5)))]
fn what_goes_is_on_its_way_until_it_is_gone(#[case] change: fn(&mut World)) {
    let mut world = world_after("deployment 0; 0s");
    assert_eq!(world.judge(&Memory::default(), at(10)).health.as_str(), "suspended");
    change(&mut world);
    assert_eq!(world.judge(&Memory::default(), at(10)).health.as_str(), "progressing");
}

/// A list of pods says of each nothing else than what its workload says of it alone.
#[rstest]
#[case::crashes("deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 12s", 12)]
#[case::crashed_and_runs(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20s a=ready; 49s",
    49
)]
#[case::has_run_for_a_while(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20s a=ready; 52s",
    52
)]
#[case::whose_last_crash_is_long_over(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 306s a=ready; 700s",
    700
)]
#[case::starts_on_a_new_node("daemonset 1; 0s node:n +a; 1s a@n; 300s", 300)]
#[case::starts_in_a_rollout_that_moves("deployment 1; 0s +a; 300s", 300)]
#[case::starts_in_one_that_does_not("deployment 1; 0s +a; 700s", 700)]
fn what_is_said_of_a_workload_is_said_of_its_only_pod(#[case] script: &str, #[case] now: u64) {
    let (world, of_workload) = (world_after(script), last(script));
    let membership = Membership { controller: world.controller.as_ref(), memory: Some(&of_workload.memory) };
    let of_pod = judge_pod(&world.pods[0], membership, &world.around, at(now));
    let is_bad = |health| matches!(health, Health::Failed | Health::Degraded);
    assert_eq!(is_bad(of_pod.health), is_bad(of_workload.health), "{} {}", of_pod.health, of_workload.health);
    let crash = of_workload.diagnosis.filter(|diagnosis| diagnosis.code.as_str() == "crash_loop");
    let crash = crash.map(|diagnosis| diagnosis.summary.replace(" Nothing serves.", ""));
    assert_eq!(of_pod.diagnosis.map(|diagnosis| diagnosis.summary.to_string()), crash);
}
