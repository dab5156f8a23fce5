//! What a person reads: the first sentence, the evidence, the next step.
use crate::timeline::{last, world_after};
use crate::world::*;
use domain::diagnosis::Code;
use domain::memory::Memory;
use domain::pod::{Container, Role, Termination};
use rstest::rstest;
use std::sync::Arc;

#[rstest]
#[case::a_new_version_beside_the_old(
    "deployment 3; 0s +a +b +c; 5s a=ready b=ready c=ready; 20m image=r.io/team/api:1.9 +d; 1205s d=ended:1; \
     1207s d=ended:1; 1300s d=ended:1",
    "New version `api:1.9` crash-loops in pod d (exit 1, 2 restarts in 1 min). 3 of 3 old pods still serve.",
    "kubectl -n shop logs d -c app"
)]
#[case::one_sentence_for_all_pods(
    "deployment 2; 0s +a +b; 2s a=ended:139 b=ended:139; 4s a=ended:139 b=ended:139",
    "Container `app` crash-loops in 2 of 2 pods (exit 139 SIGSEGV, 1 restart). Nothing serves.",
    "kubectl -n shop logs a -c app"
)]
#[case::the_log_of_a_run_that_is_over_is_the_previous_one_as_soon_as_the_next_may_begin(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff",
    "Container `app` crash-loops (exit 1, 1 restart). Nothing serves.",
    "kubectl -n shop logs a -c app --previous"
)]
#[case::a_loop_that_seems_to_be_over(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20s a=ready; 52s",
    "Container `app` crash-looped (exit 1, 2 restarts in 18 s), and runs since then.",
    "kubectl -n shop logs a -c app --previous"
)]
#[case::a_loop_that_may_go_on(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20s a=ready; 49s",
    "Container `app` crash-loops (exit 1, 2 restarts in 18 s). Nothing serves.",
    "kubectl -n shop logs a -c app --previous"
)]
#[case::a_loop_that_is_over_in_one_of_two_pods(
    "deployment 2; 0s +a +b; 2s a=ended:1 b=ended:1; 4s a=ended:1 b=ended:1; 6s a=backoff b=backoff; 20s a=ready; 52s",
    "Container `app` crash-loops in 2 of 2 pods (exit 1, 2 restarts in 18 s). 1 of 2 pods serve.",
    "kubectl -n shop logs a -c app --previous"
)]
#[case::kills_that_seem_to_be_over(
    "deployment 1; 0s +a; 20s a=ended:137 !c:a:Killing:Container_app_failed_liveness_probe,_will_be_restarted; 40s a=ended:137; \
     50s a=ready; 90s",
    "Container `app` was killed by its liveness probe (2 restarts in 30 s), and runs since then.",
    "kubectl -n shop logs a -c app --previous"
)]
#[case::an_image_that_is_not_there(
    "deployment 1; 0s +a; 1s a=wait:ErrImagePull:manifest_unknown",
    "Image `web:1` does not exist. Nothing serves.",
    "Check the image's name and tag, and that it was pushed."
)]
#[case::a_registry_that_does_not_answer(
    "deployment 1; 0s +a; 40s a=wait:ErrImagePull:failed_to_do_request:_dial_tcp_10.0.0.1:443:_connection_refused",
    "Image `web:1` cannot be pulled: dial tcp 10.0.0.1:443: connection refused. Nothing serves.",
    "Check that the node reaches the registry."
)]
#[case::what_a_container_is_configured_from(
    "deployment 1; 0s +a; 40s a=wait:CreateContainerConfigError:configmap_\"app-config\"_not_found",
    "Container `app` waits for what it is configured from: configmap \"app-config\" not found. Nothing serves.",
    "Create what is missing; the pod starts by itself then."
)]
#[case::a_command_that_is_not_there(
    "deployment 1; 0s +a; 1s a=wait:RunContainerError:exec:_\"/app/server\":_stat_/app/server:_no_such_file_or_directory",
    "Container `app` cannot start: its command `/app/server` is not in image `web:1`. Nothing serves.",
    "Mend the container's command, or build the image with it."
)]
#[case::no_room(
    "deployment 2; 0s +a +b; 1s a=unscheduled:0/3_nodes_are_available:_3_Insufficient_cpu._preemption:_no. \
     b=unscheduled:0/3_nodes_are_available:_3_Insufficient_cpu._preemption:_no.; 70s",
    "No node takes 2 of 2 pods: 0/3 nodes are available: 3 Insufficient cpu. Nothing serves.",
    "Add a node, or ask for less."
)]
#[case::a_quota(
    "deployment 3; 0s +a refused:exceeded_quota:_small,_used:_pods=1; 5s a=ready",
    "The quota has no room for 2 of 3 pods: exceeded quota: small, used: pods=1. 1 of 3 pods serve.",
    "kubectl -n shop describe resourcequota"
)]
#[case::a_probe_says_why(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=unready !c:a:Unhealthy:Readiness_probe_failed:_404; 30m",
    "Container `app` runs and is not ready in pod a: Readiness probe failed: 404. 1 of 2 pods serve.",
    "kubectl -n shop logs a -c app"
)]
#[case::killed_by_its_liveness_probe(
    "deployment 1; 0s +a; 20s a=ended:137 !c:a:Killing:Container_app_failed_liveness_probe,_will_be_restarted; 40s a=ended:137",
    "Container `app` is killed by its liveness probe (1 restart). Nothing serves.",
    "kubectl -n shop logs a -c app"
)]
#[case::how_far_a_rollout_is(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c; 1205s c=unready",
    "New version `web:2` runs and is not ready in pod c. 1 of 2 updated. 2 of 2 old pods still serve.",
    "kubectl -n shop logs c -c app"
)]
#[case::how_far_it_is_is_not_known_before_its_controller_has_seen_it(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m unobserved a=unready",
    "Container `app` runs and is not ready in pod a. 1 of 2 pods serve.",
    "kubectl -n shop logs a -c app"
)]
#[case::an_ordinal_that_holds_up_the_rest(
    "statefulset 3; 0s +web-0; 5s web-0=ready +web-1; 7s web-1=ended:1; 9s web-1=ended:1",
    "Container `app` crash-loops in pod web-1 (exit 1, 1 restart). 1 of 3 pods serve. Pod web-1 holds up the rest.",
    "kubectl -n shop logs web-1 -c app"
)]
#[case::an_ordinal_that_holds_up_the_rest_though_it_is_ready_now(
    "statefulset 2; 0s +web-0; 5s web-0=ready +web-1; 10s web-1=ready; 20m web-1=gone web-0=ended:1; 1201s web-0=ready; \
     1206s web-0=ended:1; 1207s web-0=backoff; 1217s web-0=ready",
    "Container `app` crash-loops (exit 1, 2 restarts in 17 s). Nothing serves. Pod web-0 holds up the rest.",
    "kubectl -n shop logs web-0 -c app --previous"
)]
#[case::an_ordinal_that_does_not_stay_ready(
    "statefulset 2; 0s +web-0; 5s web-0=ready +web-1; 10s web-1=ready; 20m web-1=gone; 1290s web-0=unready; 1310s web-0=ready; 23m",
    "Pod web-0 does not stay ready. 1 of 2 pods serve. Pod web-0 holds up the rest.",
    "kubectl -n shop describe pod web-0"
)]
#[case::an_ordinal_behind_the_missing_one_holds_up_nothing(
    "statefulset 3; 0s +web-0; 5s web-0=ready +web-1; 10s web-1=ready +web-2; 15s web-2=ready; 20m web-1=gone web-2=ended:1; \
     1202s web-2=ended:1",
    "Container `app` crash-loops in pod web-2 (exit 1, 1 restart). 1 of 3 pods serve.",
    "kubectl -n shop logs web-2 -c app"
)]
#[case::an_old_ordinal_that_holds_up_its_own_mending(
    "statefulset 2; 0s +web-0 +web-1; 5s web-0=ready web-1=ready; 20m web-1=ended:1; 1202s web-1=ended:1; 30m image=web:2",
    "Container `app` crash-loops in pod web-1 (exit 1, 1 restart). 1 of 2 old pods still serve. Pod web-1 holds up the rest.",
    "kubectl -n shop delete pod web-1"
)]
#[case::a_parallel_set_makes_no_pod_wait(
    "statefulset 3; 0s parallel +web-0 +web-1 +web-2; 5s web-0=ready web-1=ready web-2=ready; 20m web-2=gone web-0=ended:1; \
     1202s web-0=ended:1",
    "Container `app` crash-loops in pod web-0 (exit 1, 1 restart). 1 of 3 pods serve.",
    "kubectl -n shop logs web-0 -c app"
)]
#[case::a_parallel_set_rolls_out_in_order(
    "statefulset 2; 0s parallel +web-0 +web-1; 5s web-0=ready web-1=ready; 20m image=web:2 -web-1; 1201s web-1=gone; \
     1202s +web-1; 1205s web-1=ended:1; 1207s web-1=ended:1",
    "Container `app` crash-loops in pod web-1 (exit 1, 1 restart). 1 of 1 old pods still serve. Pod web-1 holds up the rest.",
    "kubectl -n shop logs web-1 -c app"
)]
#[case::an_old_pod_of_a_parallel_set_holds_up_nothing(
    "statefulset 2; 0s parallel +web-0 +web-1; 5s web-0=ready web-1=ready; 20m web-1=ended:1; 1202s web-1=ended:1; 30m image=web:2",
    "Container `app` crash-loops in pod web-1 (exit 1, 1 restart). 1 of 2 old pods still serve.",
    "kubectl -n shop logs web-1 -c app"
)]
#[case::a_node(
    "daemonset 2; 0s +a +b; 5s a@n1 a=ready b=ready; 20m a=lost; 60m",
    "Node `n1` does not answer: Pod a is not ready. 1 of 2 pods serve.",
    "kubectl describe node n1"
)]
#[case::a_pod_that_does_not_go(
    "pod 1; 0s +web; 5s web=ready; 20m -web; 60m",
    "Pod web should be gone.",
    "Check node n1: its kubelet does not confirm the end of the pod."
)]
fn sentences(#[case] script: &str, #[case] summary: &str, #[case] next_step: &str) {
    let diagnosis = last(script).diagnosis.expect("a diagnosis");
    assert_eq!(&*diagnosis.summary, summary);
    assert_eq!(diagnosis.next_step.as_deref(), Some(next_step));
    assert!(!diagnosis.evidence.is_empty());
    for evidence in &diagnosis.evidence {
        assert!(evidence.at.is_some(), "{evidence:?}");
        assert!(evidence.object.split('/').count() == 3, "{evidence:?}");
    }
}

/// It is named for as long as a pod may take that it held up.
#[rstest]
#[case::for_a_while("1429s", Code::ReadinessFailing)]
#[case::and_no_longer("1430s", Code::PodsMissing)]
fn an_ordinal_that_stays_ready_holds_up_nothing(#[case] until: &str, #[case] code: Code) {
    let script = "statefulset 2; 0s +web-0; 5s web-0=ready +web-1; 10s web-1=ready; 20m web-1=gone; \
        1290s web-0=unready; 1310s web-0=ready";
    let diagnosis = last(&format!("{script}; {until}")).diagnosis.expect("a diagnosis");
    assert_eq!(diagnosis.code, code);
}

#[test]
fn a_kill_of_long_ago_explains_no_later_end() {
    let script = "deployment 1; 0s +a; 10s a=ready; 60s a=ended:137 !c:a:Killing:Container_app_failed_liveness_probe; \
                  61s a=ready; 60m a=ended:137; 3604s a=ended:137";
    let diagnosis = crate::timeline::last(script).diagnosis.expect("a diagnosis");
    assert_eq!((diagnosis.code, diagnosis.since), (Code::CrashLoop, at(3600)));
}

#[rstest]
#[case::a_rollout(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c",
    "rolling_out",
    "Rolling out `web:2`: 1 of 2 updated."
)]
#[case::a_rollout_of_which_its_controller_knows_nothing_yet(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m unobserved; 1206s",
    "rolling_out",
    "Rolling out: its controller has not seen the change yet."
)]
#[case::a_daemon_set_of_which_it_knows_nothing_yet(
    "daemonset 0; 0s unobserved",
    "rolling_out",
    "Rolling out: its controller has not seen the change yet."
)]
#[case::a_scale_up(
    "deployment 3; 0s +a +b +c; 5s a=ready b=ready c=ready; 20m replicas=30",
    "scaling",
    "Scaling 3 → 30."
)]
#[case::a_pause(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2 +c paused",
    "rollout_paused",
    "Rollout paused at 1 of 2."
)]
#[case::on_delete(
    "statefulset 2; 0s ondelete +web-0 +web-1; 5s web-0=ready web-1=ready; 20m image=web:2",
    "rollout_on_delete",
    "2 pods still run the previous revision."
)]
#[case::a_pod_on_a_foreign_node(
    "daemonset 1; 0s +a; 5s a=ready; 20m misscheduled=1",
    "misscheduled",
    "1 pod runs on a node that is not meant for it."
)]
#[case::pods_on_foreign_nodes(
    "daemonset 1; 0s +a; 5s a=ready; 20m misscheduled=2",
    "misscheduled",
    "2 pods run on nodes that are not meant for them."
)]
#[case::to_zero("deployment 1; 0s +a; 5s a=ready; 20m replicas=0 -a", "scaling", "Scaling to zero.")]
#[case::a_replacement(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=gone +c",
    "starting",
    "1 of 2 pods are ready."
)]
fn what_is_going_on(#[case] script: &str, #[case] code: &str, #[case] summary: &str) {
    let diagnosis = last(script).diagnosis.expect("a diagnosis");
    assert_eq!((diagnosis.code.as_str(), &*diagnosis.summary), (code, summary));
    assert!(!diagnosis.code.is_fault());
}

#[test]
fn a_healthy_workload_has_nothing_to_say() {
    let judgement = last("deployment 2; 0s +a +b; 5s a=ready b=ready; 60m");
    assert_eq!(judgement.diagnosis, None);
    assert_eq!(judgement.due, None);
    assert!(judgement.memory.to_text().len() < 200, "{}", judgement.memory.to_text());
    assert!(size_of_val(&judgement.memory) <= 200);
}

#[test]
fn only_nodes_that_are_away_keep_a_daemon_set_out_of_the_worst() {
    assert!(last("daemonset 2; 0s +a +b; 5s a=ready b=ready; 20m a=lost; 60m").set_aside);
    assert!(!last("daemonset 2; 0s +a +b; 5s a=ready b=ready; 20m a=unready; 60m").set_aside);
}

#[test]
fn a_pod_whose_faults_interleave_with_those_of_another_counts_once() {
    let mut world = world_after("deployment 2; 0s +a +b; 2s a=wait:ErrImagePull:manifest_unknown");
    let image = |name: &str| container_spec(name, "web:1", Role::Main);
    for (pod, ended) in world.pods.iter_mut().zip([[10, 30], [20, 40]]) {
        pod.spec = Arc::new(pod_spec(vec![image("app"), image("log")]));
        pod.containers = ended
            .map(|secs| Container {
                last: Some(Box::new(ended_at(secs))),
                ..waiting("ErrImagePull", Some("manifest unknown"))
            })
            .into();
    }
    let diagnosis = world.judge(&Memory::default(), at(60)).diagnosis.unwrap();
    assert_eq!(&*diagnosis.summary, "Image `web:1` does not exist in 2 of 2 pods. Nothing serves.");
}

fn ended_at(secs: u64) -> Termination {
    ended(0, "Completed", Some(at(secs)), at(secs))
}

#[rstest]
#[case::no_number("many", true)]
#[case::nothing("0", true)]
#[case::less_than_nothing("-1", true)]
#[case::a_number("5", false)]
fn a_threshold_that_is_none_is_said_and_changes_no_status(#[case] value: &str, #[case] is_malformed: bool) {
    let well = last(&format!("deployment 1; 0s threshold={value} +a; 5s a=ready; 20m"));
    assert_eq!(well.health.as_str(), "healthy");
    let said = well.diagnosis.as_ref();
    assert_eq!(said.map(|said| said.code.as_str()), is_malformed.then_some("annotation_malformed"));
    assert!(said.is_none_or(|said| said.summary.contains(&format!("`{value}`")) && !said.code.is_fault()));
    // Where there is worse to say, it stands beside that.
    let crashing = |words: &str| last(&format!("deployment 1; 0s {words} +a; 2s a=ended:1; 4s a=ended:1"));
    let (ill, plain) = (crashing(&format!("threshold={value}")), crashing(""));
    assert_eq!((ill.health, ill.since), (plain.health, plain.since));
    let (ill, plain) = (ill.diagnosis.unwrap(), plain.diagnosis.unwrap());
    assert_eq!((ill.code, &ill.summary), (plain.code, &plain.summary));
    let told: Vec<_> = ill.evidence.iter().filter(|told| !plain.evidence.contains(told)).collect();
    assert_eq!(told.len(), usize::from(is_malformed), "{told:?}");
    let text = format!("annotation maintenant.alert.restart_threshold is `{value}`");
    assert!(told.iter().all(|told| told.text.contains(&text)), "{told:?}");
}
