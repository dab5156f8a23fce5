//! Work that should end, and how it does.

use serde_json::json;

use crate::bed::{Bed, assert_said};
use crate::manifest::{job, lasting, pod_spec, shell, with};

#[test]
fn a_job_out_of_tries_and_one_out_of_time() {
    let bed = Bed::new("job");
    bed.apply(&job(
        &bed.namespace,
        "load",
        &pod_spec(&shell("echo no such table >&2; exit 4")),
        &json!({"backoffLimit": 0}),
    ));
    bed.apply(&job(&bed.namespace, "slow", &pod_spec(&lasting()), &json!({"activeDeadlineSeconds": 3})));
    bed.apply(&job(&bed.namespace, "good", &pod_spec(&shell("exit 0")), &json!({})));
    let load = bed.until("Job", "load", "it has given up and its words are known", |load| {
        load["health"] == "failed" && load["diagnosis"]["summary"].to_string().contains("log line")
    });
    assert_said(
        &load,
        "failed",
        "Job load gave up after 1 failed pod: container `app` ended (exit 4): last log line `no such table`.",
    );
    let slow = bed.until_code("Job", "slow", "job_deadline_exceeded");
    assert_said(&slow, "failed", "Job slow ran longer than its deadline of 3 s allows.");
    bed.until("Job", "good", "it is done", |good| good["health"] == "healthy");
}

#[test]
fn indexes_that_fail_are_counted() {
    let bed = Bed::new("indexed");
    let script = "[ $JOB_COMPLETION_INDEX != 1 ]";
    let more =
        json!({"completionMode": "Indexed", "completions": 3, "parallelism": 3, "backoffLimitPerIndex": 0});
    bed.apply(&job(&bed.namespace, "shards", &pod_spec(&shell(script)), &more));
    let shards = bed.until_code("Job", "shards", "job_indexes_failed");
    assert_said(
        &shards,
        "failed",
        "Index 1 of Job shards failed after 1 failed pod: container `app` ended (exit 1).",
    );
}

#[test]
fn with_the_default_role_the_events_decide() {
    let bed = Bed::with_default_rights("blind");
    bed.apply(&job(
        &bed.namespace,
        "load",
        &with(pod_spec(&shell("exit 4")), &json!({})),
        &json!({"backoffLimit": 0}),
    ));
    let load = bed.until("Job", "load", "its controller has given up", |load| load["health"] == "failed");
    assert_said(&load, "failed", "Job load gave up after 1 failed pod: container `app` ended (exit 4).");
}
