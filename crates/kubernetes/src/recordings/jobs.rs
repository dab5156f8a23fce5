//! Jobs and CronJobs, with the right to read them.
use super::{DEFAULT_ROLE, EVERYTHING, check};
use rstest::rstest;

#[rstest]
#[case::tries_again(
    "job-backoff",
    "early",
    [
        "progressing since 01:23:37",
        "job_running since 01:23:37: ",
        "Running: 0 of 1 completed, 2 failed (back-off limit 2).",
        "",
    ]
)]
#[case::gave_up(
    "job-backoff",
    "end",
    [
        "failed since 01:24:12",
        "job_backoff_exceeded since 01:24:12: condition, container",
        "Job report gave up after 3 failed pods: container `report` ended (exit 7).",
        "kubectl -n job-backoff logs report-mhmgs",
    ]
)]
#[case::ran_too_long(
    "job-deadline",
    "early",
    [
        "failed since 01:23:50",
        "job_deadline_exceeded since 01:23:50: condition",
        "Job slow ran longer than its deadline of 10 s allows.",
        "kubectl -n job-deadline describe job slow",
    ]
)]
#[case::stays_too_long(
    "job-deadline",
    "end",
    [
        "failed since 01:23:50",
        "job_deadline_exceeded since 01:23:50: condition",
        "Job slow ran longer than its deadline of 10 s allows.",
        "kubectl -n job-deadline describe job slow",
    ]
)]
#[case::never_ran(
    "cronjob",
    "early",
    [
        "healthy since 01:23:37",
        "",
        "",
        "",
    ]
)]
#[case::ran(
    "cronjob",
    "end",
    [
        "healthy since 01:34:03",
        "",
        "",
        "",
    ]
)]
fn jobs(#[case] name: &str, #[case] moment: &str, #[case] said: [&str; 4]) {
    check(name, moment, EVERYTHING, said);
}

#[rstest]
#[case::tries_again(
    "job-backoff",
    "early",
    [
        "progressing since 01:23:49",
        "crash_loop since 01:23:49: container",
        "Job report has failed pods and no new one: container `report` ended (exit 7).",
        "kubectl -n job-backoff logs report-kdk78",
    ]
)]
#[case::gave_up(
    "job-backoff",
    "end",
    [
        "failed since 01:24:12",
        "job_backoff_exceeded since 01:24:12: event, container",
        "Job report gave up after 3 failed pods: container `report` ended (exit 7).",
        "kubectl -n job-backoff logs report-mhmgs",
    ]
)]
fn jobs_with_the_default_role(#[case] name: &str, #[case] moment: &str, #[case] said: [&str; 4]) {
    check(name, moment, DEFAULT_ROLE, said);
}
