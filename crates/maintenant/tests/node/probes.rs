//! Containers that run and do not do well.

use serde_json::{Value, json};

use crate::bed::{Bed, assert_said};
use crate::manifest::{deployment, lasting, pod_spec, with};

fn probe(script: &str) -> Value {
    json!({"exec": {"command": ["/bin/sh", "-c", script]}, "periodSeconds": 1, "failureThreshold": 2})
}

#[test]
fn readiness_that_fails_is_said_with_the_words_of_the_probe() {
    let bed = Bed::new("ready");
    let container = with(lasting(), &json!({"readinessProbe": probe("echo database is away; exit 1")}));
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&container)));
    let web = bed.until("Deployment", "web", "it is not ready, and the probe has spoken", |web| {
        web["diagnosis"]["summary"].to_string().contains("database is away")
    });
    assert_eq!(web["diagnosis"]["code"], "readiness_failing");
    assert_said(
        &web,
        "progressing",
        "Container `app` runs and is not ready: Readiness probe failed: database is away. 1 of 1 updated. Nothing serves.",
    );
}

#[test]
fn liveness_that_kills() {
    let bed = Bed::new("live");
    let container = with(lasting(), &json!({"livenessProbe": probe("echo no heartbeat; exit 1")}));
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&container)));
    let web = bed.until_code("Deployment", "web", "liveness_killing");
    assert_said(
        &web,
        "failed",
        "Container `app` is killed by its liveness probe (N): no heartbeat. Nothing serves.",
    );
}

#[test]
fn startup_that_never_comes() {
    let bed = Bed::new("startup");
    let container = with(lasting(), &json!({"startupProbe": probe("echo still warming up; exit 1")}));
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&container)));
    let web = bed.until_code("Deployment", "web", "startup_failing");
    assert_said(
        &web,
        "failed",
        "Container `app` does not pass its startup probe and is killed (N): still warming up. Nothing serves.",
    );
}
