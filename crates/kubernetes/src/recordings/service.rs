//! Workloads that do what they should, and one that does not go.
use super::{EVERYTHING, check};
use rstest::rstest;

#[rstest]
#[case::a_deployment(
    "normal",
    "early",
    [
        "healthy since 01:23:39",
        "",
        "",
        "",
    ]
)]
#[case::pods_whose_node_was_away(
    "normal",
    "end",
    [
        "healthy since 01:31:05",
        "",
        "",
        "",
    ]
)]
#[case::a_daemon_set(
    "daemonset",
    "early",
    [
        "healthy since 01:23:40",
        "",
        "",
        "",
    ]
)]
#[case::a_daemon_set_for_minutes(
    "daemonset",
    "end",
    [
        "healthy since 01:23:40",
        "",
        "",
        "",
    ]
)]
#[case::a_sidecar(
    "native-sidecar",
    "early",
    [
        "healthy since 01:23:41",
        "",
        "",
        "",
    ]
)]
#[case::a_sidecar_whose_node_was_away(
    "native-sidecar",
    "end",
    [
        "healthy since 01:31:05",
        "",
        "",
        "",
    ]
)]
#[case::a_rollout_that_is_over(
    "graceful",
    "end",
    [
        "healthy since 01:31:52",
        "",
        "",
        "",
    ]
)]
#[case::a_finalizer(
    "terminating-stuck",
    "early",
    [
        "healthy since 01:23:40",
        "",
        "",
        "",
    ]
)]
#[case::a_finalizer_that_holds(
    "terminating-stuck",
    "end",
    [
        "degraded since 01:25:05",
        "stuck_terminating since 01:25:05: pod",
        "Pod stuck should be gone, held by finalizer example.com/hold.",
        "Find out why whoever owns the finalizer does not let go of it.",
    ]
)]
fn service(#[case] name: &str, #[case] moment: &str, #[case] said: [&str; 4]) {
    check(name, moment, EVERYTHING, said);
}
