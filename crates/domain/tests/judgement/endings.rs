//! How containers end: crashes, back-offs and loops, kills for memory, and pods that are lost.
use crate::timeline::{last, play, world_after};
use crate::world::*;
use domain::diagnosis::EvidenceKind;
use domain::event::Event;
use domain::memory::Memory;
use rstest::rstest;
use std::sync::Arc;

#[rstest]
#[case::crash_loop_at_the_second_end(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 20m",
    "0s progressing; 4s failed crash_loop"
)]
#[case::one_crash_is_no_loop(
    "deployment 1; 0s +a; 5s a=ready; 20m a=ended:1; 1205s a=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1205s healthy"
)]
#[case::a_crash_a_day_is_no_loop(
    "deployment 1; 0s +a; 5s a=ready; 24h a=ended:1; 86405s a=ready; 48h a=ended:1; 172805s a=ready; \
     72h a=ended:1; 259205s a=ready; 90h",
    "0s progressing; 5s healthy; 1440m progressing crash_loop; 86405s healthy; 2880m progressing crash_loop; \
     172805s healthy; 4320m progressing crash_loop; 259205s healthy"
)]
#[case::back_off_alone_tells(
    "deployment 1; 0s +a; 2s a=ended:1; 3s a=backoff; 20m",
    "0s progressing; 3s failed crash_loop"
)]
#[case::a_crash_loop_does_not_blink_and_ends_after_ten_quiet_minutes(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 30s a=backoff; 330s a=ready; 331s a=ended:1; 340s a=backoff; \
     640s a=ready; 60m",
    "0s progressing; 4s failed crash_loop; 670s degraded crash_loop; 1240s healthy"
)]
#[case::runs_of_nine_seconds_serve_nobody(
    "deployment 1; 0s +a; 1s a=ready; 10s a=ended:1; 11s a=ready; 20s a=ended:1; 22s a=backoff; 35s a=ready; \
     44s a=ended:1; 46s a=backoff; 75s a=ready; 84s a=ended:1; 86s a=backoff; 165s a=ready; 174s a=ended:1; 20m",
    "0s progressing; 1s healthy; 10s progressing crash_loop; 11s healthy; 20s failed crash_loop"
)]
#[case::runs_of_four_minutes_serve_from_the_thirtieth_second(
    "deployment 1; 0s +a; 1s a=ready; 241s a=ended:1; 242s a=ready; 482s a=ended:1; 484s a=backoff; 500s a=ready; \
     740s a=ended:1; 742s a=backoff; 780s a=ready; 1020s a=ended:1; 20m",
    "0s progressing; 1s healthy; 241s progressing crash_loop; 242s healthy; 482s failed crash_loop; \
     530s degraded crash_loop; 740s failed crash_loop; 810s degraded crash_loop; 17m failed crash_loop"
)]
#[case::one_pod_that_serves_without_a_break_keeps_up_service(
    "deployment 2; 0s +a +b; 1s a=ready b=ready; 10s a=ended:1; 11s a=ready; 20s a=ended:1; 22s a=backoff; 35s a=ready; \
     44s a=ended:1; 46s a=backoff; 75s a=ready; 84s a=ended:1; 90s b=unready; 130s b=ready; 9m",
    "0s progressing; 1s healthy; 10s progressing crash_loop; 11s healthy; 20s degraded crash_loop; \
     2m failed crash_loop; 130s degraded crash_loop"
)]
#[case::a_bare_pod_that_loops(
    "pod 1; 0s +a; 1s a=ready; 10s a=ended:1; 11s a=ready; 20s a=ended:1; 22s a=backoff; 35s a=ready; 44s a=ended:1; \
     46s a=backoff; 75s a=ready; 30m",
    "0s progressing; 1s healthy; 10s progressing crash_loop; 11s healthy; 20s failed crash_loop; \
     105s degraded crash_loop; 675s healthy"
)]
#[case::an_exit_of_zero_counts_from_the_third(
    "deployment 1; 0s +a; 2s a=ended:0; 3s a=backoff; 13s a=ended:0; 14s a=backoff; 34s a=ended:0; 36s a=backoff; \
     75s a=ended:0; 77s a=backoff; 20m",
    "0s progressing; 34s failed crash_loop"
)]
#[case::two_exits_of_zero_are_none(
    "deployment 1; 0s +a; 2s a=ended:0; 3s a=backoff; 13s a=ended:0; 14s a=backoff; 34s a=ready; 20m",
    "0s progressing; 34s healthy"
)]
#[case::a_restart_in_back_off_is_counted_once(
    "deployment 2; 0s threshold=4 +a +b; 5s a=ready b=ready; 20m a=ended:1; 1201s a=ready; 1210s a=ended:1; \
     1212s a=backoff; 1225s a=ready; 1230s a=ended:1; 1232s a=backoff; 1260s a=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1201s healthy; 1210s degraded crash_loop; 31m healthy"
)]
fn runs_of_a_container(#[case] script: &str, #[case] said: &str) {
    assert_eq!(play(script), said);
}

/// Since when the fault is, how often the container ended in the last ten minutes, and what is said of that.
#[rstest]
#[case::ended("5s", 2, 2, "crash-loops (exit 1, 1 restart)")]
#[case::backs_off("5s a=backoff", 2, 2, "crash-loops (exit 1, 1 restart)")]
#[case::runs_again("5s a=backoff; 20s a=unready", 2, 2, "crash-loops (exit 1, 2 restarts in 18 s)")]
#[case::ends_again("5s a=backoff; 20s a=ended:1", 2, 3, "crash-loops (exit 1, 2 restarts in 18 s)")]
#[case::backs_off_again(
    "5s a=backoff; 20s a=ended:1; 22s a=backoff",
    2,
    3,
    "crash-loops (exit 1, 2 restarts in 18 s)"
)]
#[case::is_looked_for_again(
    "5s a=unready; 7s a=wait:ContainerCreating",
    2,
    2,
    "crash-loops (exit 1, 2 restarts in 2 s)"
)]
#[case::waits_for_its_image(
    "5s a=wait:ImagePullBackOff:dial_tcp; 20s a=unready",
    2,
    2,
    "crash-loops (exit 1, 2 restarts in 18 s)"
)]
#[case::a_count_that_fell_is_no_new_container("5s a=recounted:0; 6s a=backoff", 2, 2, "has crashed (exit 1)")]
fn each_end_is_counted_once(#[case] then: &str, #[case] since: u64, #[case] ends: usize, #[case] says: &str) {
    let judgement = last(&format!("deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; {then}"));
    let diagnosis = judgement.diagnosis.unwrap();
    assert_eq!((diagnosis.since, judgement.memory.runs[0].recent.len()), (at(since), ends));
    assert!(diagnosis.summary.contains(says), "{}", diagnosis.summary);
}

/// What is seen first in the back-off after its second end is a loop when it runs again, too.
#[test]
fn a_loop_that_is_first_seen_in_back_off_does_not_blink() {
    let script = "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff";
    let seen = world_after(script).judge(&Memory::default(), at(10));
    let runs = world_after(&format!("{script}; 20s a=unready")).judge(&seen.memory, at(20));
    let code = runs.diagnosis.map(|diagnosis| diagnosis.code.as_str());
    assert_eq!((runs.health.as_str(), code), ("failed", Some("crash_loop")));
}

/// After each run the kubelet shows for a while how it ended, and only then that it backs off again.
#[rstest]
#[case::it_backs_off("a=backoff")]
#[case::it_has_just_ended("a=ended:1")]
#[case::it_runs_again("a=unready")]
fn a_loop_that_is_first_seen_is_as_old_as_its_first_back_off(#[case] state: &str) {
    let script = format!(
        "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 300s a=ended:1; 600s a=ended:1; 602s {state}"
    );
    let mut world = world_after(&script);
    let backs_off = event("a", Some("app"), "BackOff", "Back-off restarting failed container", at(601));
    world.around.events.insert(uid("a"), vec![Arc::new(Event { first: at(5), count: 3, ..backs_off })]);
    let judgement = world.judge(&Memory::default(), at(602));
    let diagnosis = judgement.diagnosis.unwrap();
    assert_eq!((judgement.health.as_str(), judgement.since, diagnosis.since), ("failed", at(5), at(5)));
    assert!(diagnosis.evidence.iter().any(|told| told.kind == EvidenceKind::Event), "{diagnosis:?}");
}

/// A container that is killed dates its trouble from the first time that the kubelet said so.
#[test]
fn a_killing_probe_is_as_old_as_its_first_kill() {
    let mut world = world_after("deployment 1; 0s +a; 20s a=ended:137; 40s a=ended:137; 60s a=ended:137");
    let kills =
        event("a", Some("app"), "Killing", "Container app failed liveness probe, will be restarted", at(60));
    world.around.events.insert(uid("a"), vec![Arc::new(Event { first: at(20), count: 3, ..kills })]);
    let diagnosis = world.judge(&Memory::default(), at(61)).diagnosis.unwrap();
    assert_eq!((diagnosis.code.as_str(), diagnosis.since), ("liveness_killing", at(20)));
}

/// Why a pod is missing is known, though its replacement is on the way.
#[rstest]
#[case::one(
    "deployment 1; 0s +a; 5s a=ready; 20m a=failed:Evicted +b",
    "Pod a was evicted. Its replacement starts."
)]
#[case::its_replacement_too(
    "deployment 1; 0s +a; 5s a=ready; 20m a=failed:Evicted +b; 1230s b=failed:Evicted +c",
    "Pod b was evicted. Its replacement starts."
)]
#[case::several(
    "deployment 3; 0s +a +b +c; 5s a=ready b=ready c=ready; 20m a=failed:Evicted b=failed:Evicted +d +e",
    "2 of 3 pods were evicted. Their replacements start."
)]
#[case::made_good_before_the_next_loss(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=failed:Evicted +c; 1205s c=ready; 1230s -b b=gone +d",
    "1 of 2 pods are ready."
)]
#[case::long_ago(
    "deployment 1; 0s +a; 5s a=ready; 20m a=failed:Evicted +b; 1205s b=ready; 60m -b +c",
    "0 of 1 pods are ready."
)]
fn an_eviction_is_the_cause_while_the_replacement_starts(#[case] script: &str, #[case] summary: &str) {
    let judgement = last(script);
    assert_eq!((judgement.health.as_str(), &*judgement.diagnosis.unwrap().summary), ("progressing", summary));
}

#[rstest]
#[case::one_kill_for_memory_counts_for_ten_minutes(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=oom; 1201s a=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing oom_killed; 1201s degraded oom_killed; 30m healthy"
)]
#[case::kills_for_memory_in_a_row_are_a_loop(
    "deployment 1; 0s +a; 2s a=oom; 10s a=oom; 20m",
    "0s progressing; 10s failed oom_killed"
)]
#[case::an_annotation_lowers_the_threshold(
    "deployment 2; 0s threshold=1 +a +b; 5s a=ready b=ready; 20m a=ended:1; 1202s a=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1202s degraded crash_loop; 30m healthy"
)]
#[case::an_annotation_of_zero_is_none(
    "deployment 2; 0s threshold=0 +a +b; 5s a=ready b=ready; 20m a=ended:1; 1202s a=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1202s healthy"
)]
#[case::what_happened_to_a_pod_that_goes_is_over(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=oom; 1201s a=ready -a +c; 1205s c=ready; 1210s a=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing oom_killed; 1205s healthy"
)]
#[case::pods_that_somebody_drains_are_not_lost(
    "deployment 1; 0s +a; 5s a=ready; 20m -a +b; 1201s a=failed; 1205s b=ready a=gone; 1260s -b +c; 1261s b=failed; \
     1265s c=ready b=gone; 1320s -c +d; 1321s c=failed; 1325s d=ready c=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1205s healthy; 21m progressing; 1265s healthy; 22m progressing; \
     1325s healthy"
)]
#[case::a_foreign_owner_loses_pods_too(
    "rollout 1; 0s +a; 5s a=ready; 20m a=failed:Evicted +b; 1205s b=ready; 1260s b=failed:Evicted +c; 1265s c=ready; \
     1320s c=failed:Evicted +d; 1321s a=gone b=gone c=gone; 1325s d=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing evicted; 1205s healthy; 21m progressing evicted; 1265s healthy; 22m progressing evicted; \
     1325s degraded evicted; 30m healthy"
)]
#[case::three_evictions_in_ten_minutes(
    "deployment 1; 0s +a; 5s a=ready; 20m a=failed:Evicted +b; 1205s b=ready; 1260s b=failed:Evicted +c; 1265s c=ready; \
     1320s c=failed:Evicted +d; 1325s d=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing evicted; 1205s healthy; 21m progressing evicted; 1265s healthy; 22m progressing evicted; \
     1325s degraded evicted; 30m healthy"
)]
#[case::their_leftovers_may_be_gone(
    "deployment 1; 0s +a; 5s a=ready; 20m a=failed:Evicted +b; 1205s b=ready; 1260s b=failed:Evicted +c; 1265s c=ready; \
     1320s c=failed:Evicted +d; 1321s a=gone b=gone c=gone; 1325s d=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing evicted; 1205s healthy; 21m progressing evicted; 1265s healthy; 22m progressing evicted; \
     1325s degraded evicted; 30m healthy"
)]
#[case::two_evictions_are_weather(
    "deployment 1; 0s +a; 5s a=ready; 20m a=failed:Evicted +b; 1205s b=ready; 1260s b=failed:Evicted +c; 1265s c=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing evicted; 1205s healthy; 21m progressing evicted; 1265s healthy"
)]
#[case::and_a_trouble_where_an_annotation_says_so(
    "deployment 1; 0s threshold=2 +a; 5s a=ready; 20m a=failed:Evicted +b; 1205s b=ready; 1260s b=failed:Evicted +c; \
     1265s c=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing evicted; 1205s healthy; 21m progressing evicted; 1265s degraded evicted; 30m healthy"
)]
#[case::one_eviction_is_weather(
    "deployment 1; 0s +a; 5s a=ready; 20m a=failed:Evicted +b; 1205s b=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing evicted; 1205s healthy"
)]
fn kills_and_losses(#[case] script: &str, #[case] said: &str) {
    assert_eq!(play(script), said);
}
