//! Containers that end, or never become ready.
use super::{EVERYTHING, check};
use rstest::rstest;

#[rstest]
#[case::between_restarts_the_state_is_terminated(
    "crash-loop",
    "early",
    [
        "failed since 01:23:39",
        "crash_loop since 01:23:37: container, event",
        "Container `app` crash-loops (exit 1, 1 restart). Nothing serves.",
        "kubectl -n crash-loop logs crash-69ccd578f5-tpcf7 -c app",
    ]
)]
#[case::it_backs_off(
    "crash-loop",
    "end",
    [
        "failed since 01:23:39",
        "crash_loop since 01:23:39: container, event",
        "Container `app` crash-loops (exit 1, 6 restarts in 5 min). Nothing serves.",
        "kubectl -n crash-loop logs crash-69ccd578f5-tpcf7 -c app --previous",
    ]
)]
#[case::killed_for_memory(
    "oom-killed",
    "early",
    [
        "failed since 01:23:40",
        "oom_killed since 01:23:39: container, event",
        "Container `app` was killed for using more memory than its limit of 16 MiB (2 restarts in 12 s). \
         Nothing serves.",
        "Raise the container's memory limit, or find what uses the memory.",
    ]
)]
#[case::killed_for_memory_and_terminated_again(
    "oom-killed",
    "end",
    [
        "failed since 01:23:40",
        "oom_killed since 01:23:40: container, event",
        "Container `app` was killed for using more memory than its limit of 16 MiB (7 restarts in 10 min). \
         Nothing serves.",
        "Raise the container's memory limit, or find what uses the memory.",
    ]
)]
#[case::killed_by_its_liveness_probe(
    "liveness-killing",
    "early",
    [
        "failed since 01:23:57",
        "liveness_killing since 01:23:43: container, event",
        "Container `app` is killed by its liveness probe (2 restarts in 8 s): cat: can't open '/tmp/alive': \
         No such file or directory. Nothing serves.",
        "kubectl -n liveness-killing logs unlive-bfd67fd65-gkfh7 -c app --previous",
    ]
)]
#[case::for_minutes_by_its_liveness_probe(
    "liveness-killing",
    "end",
    [
        "failed since 01:23:57",
        "liveness_killing since 01:23:43: container, event",
        "Container `app` is killed by its liveness probe (7 restarts in 7 min): cat: can't open '/tmp/alive': \
         No such file or directory. Nothing serves.",
        "kubectl -n liveness-killing logs unlive-bfd67fd65-gkfh7 -c app --previous",
    ]
)]
#[case::killed_by_its_startup_probe(
    "startup-failing",
    "early",
    [
        "failed since 01:24:06",
        "startup_failing since 01:23:46: container, event",
        "Container `app` does not pass its startup probe and is killed (3 restarts in 33 s): dial tcp \
         10.100.10.13:9: connect: connection refused.",
        "kubectl -n startup-failing logs slowstart -c app --previous",
    ]
)]
#[case::for_minutes_by_its_startup_probe(
    "startup-failing",
    "end",
    [
        "failed since 01:24:06",
        "startup_failing since 01:23:46: container, event",
        "Container `app` does not pass its startup probe and is killed (7 restarts in 7 min): dial tcp \
         10.100.10.13:9: connect: connection refused.",
        "kubectl -n startup-failing logs slowstart -c app --previous",
    ]
)]
#[case::never_ready(
    "readiness-failing",
    "early",
    [
        "failed since 01:24:07",
        "readiness_failing since 01:23:36: container, event",
        "Container `app` runs and is not ready: Readiness probe failed: HTTP probe failed with statuscode: \
         404. Nothing serves.",
        "kubectl -n readiness-failing logs unready-748f88d8d9-wpwnj -c app",
    ]
)]
#[case::counts_that_are_zero_are_absent(
    "readiness-failing",
    "end",
    [
        "failed since 01:24:07",
        "readiness_failing since 01:23:36: container, event",
        "Container `app` runs and is not ready: Readiness probe failed: HTTP probe failed with statuscode: \
         404. Nothing serves.",
        "kubectl -n readiness-failing logs unready-748f88d8d9-wpwnj -c app",
    ]
)]
#[case::an_init_container(
    "init-failing",
    "early",
    [
        "failed since 01:23:40",
        "init_failing since 01:23:40: container, event",
        "Init container `migrate` fails (exit 3, 1 restart). Nothing serves.",
        "kubectl -n init-failing logs badinit-556c7b45-q8qz4 -c migrate --previous",
    ]
)]
#[case::an_init_container_for_minutes(
    "init-failing",
    "end",
    [
        "failed since 01:23:41",
        "init_failing since 01:23:41: container, event",
        "Init container `migrate` fails (exit 3, 6 restarts in 5 min). Nothing serves.",
        "kubectl -n init-failing logs badinit-556c7b45-q8qz4 -c migrate --previous",
    ]
)]
#[case::a_start_error(
    "start-error",
    "early",
    [
        "failed since 01:23:39",
        "exec_not_found since 01:23:39: container, event",
        "Container `app` cannot start: its command `/app/server` is not in image `lab.local/busybox:1`. \
         Nothing serves.",
        "Mend the container's command, or build the image with it.",
    ]
)]
#[case::a_start_error_has_exit_code_128_and_began_in_1970(
    "start-error",
    "end",
    [
        "failed since 01:23:39",
        "exec_not_found since 01:23:39: container, event",
        "Container `app` cannot start: its command `/app/server` is not in image `lab.local/busybox:1`. \
         Nothing serves.",
        "Mend the container's command, or build the image with it.",
    ]
)]
#[case::an_ordinal(
    "statefulset-stuck",
    "early",
    [
        "degraded since 01:23:42",
        "crash_loop since 01:23:42: container, event",
        "Container `db` crash-loops in pod db-1 (exit 1, 3 restarts in 40 s). 1 of 3 pods serve. Pod db-1 \
         holds up the rest.",
        "kubectl -n statefulset-stuck logs db-1 -c db --previous",
    ]
)]
#[case::an_ordinal_for_minutes(
    "statefulset-stuck",
    "end",
    [
        "degraded since 01:23:42",
        "crash_loop since 01:23:42: container, event",
        "Container `db` crash-loops in pod db-1 (exit 1, 7 restarts in 10 min). 1 of 3 pods serve. Pod db-1 \
         holds up the rest.",
        "kubectl -n statefulset-stuck logs db-1 -c db --previous",
    ]
)]
fn containers(#[case] name: &str, #[case] moment: &str, #[case] said: [&str; 4]) {
    check(name, moment, EVERYTHING, said);
}
