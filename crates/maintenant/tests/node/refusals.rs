//! Pods that may not even be made.

use serde_json::json;

use crate::bed::{Bed, assert_said};
use crate::manifest::{deployment, job, lasting, pod_spec, stateful_set, with};

#[test]
fn a_namespace_that_admits_restricted_pods_alone() {
    let bed = Bed::new("restricted");
    bed.cluster.kubectl(&[
        "label",
        "namespace",
        &bed.namespace,
        "pod-security.kubernetes.io/enforce=restricted",
    ]);
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&lasting())));
    bed.apply(&stateful_set(&bed.namespace, "db", 1, &pod_spec(&lasting())));
    bed.apply(&job(&bed.namespace, "load", &pod_spec(&lasting()), &json!({})));
    for (kind, name) in [("Deployment", "web"), ("StatefulSet", "db"), ("Job", "load")] {
        let workload = bed.until_code(kind, name, "pod_security_denied");
        let said = workload["diagnosis"]["summary"].as_str().unwrap_or_default();
        let start =
            "The namespace's pod security refuses 1 of 1 pods: violates PodSecurity \"restricted:latest\": ";
        assert!(workload["health"] == "failed" && said.starts_with(start), "{workload:#}");
    }
}

#[test]
fn a_quota_that_is_used_up() {
    let bed = Bed::new("quota");
    bed.apply(&json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "team", "namespace": bed.namespace},
        "spec": {"hard": {"pods": "2"}},
    }));
    let replicas = |count: u32| {
        let mut web = deployment(&bed.namespace, "web", &pod_spec(&lasting()));
        web["spec"]["replicas"] = count.into();
        web
    };
    bed.apply(&replicas(2));
    bed.until("Deployment", "web", "it is healthy", |web| web["health"] == "healthy");
    bed.apply(&replicas(4));
    let web = bed.until_code("Deployment", "web", "quota_exceeded");
    assert_said(
        &web,
        "degraded",
        "The quota has no room for 2 of 4 pods: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2. 2 of 4 pods serve.",
    );
}

#[test]
fn a_limit_range_that_says_no() {
    let bed = Bed::new("limits");
    bed.apply(&json!({
        "apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "small", "namespace": bed.namespace},
        "spec": {"limits": [{"type": "Container", "max": {"memory": "32Mi"}}]},
    }));
    let greedy = with(lasting(), &json!({"resources": {"limits": {"memory": "64Mi"}}}));
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&greedy)));
    let web = bed.until_code("Deployment", "web", "admission_denied");
    assert_said(
        &web,
        "failed",
        "1 of 1 pods are refused: maximum memory usage per Container is 32Mi, but limit is 64Mi. Nothing serves.",
    );
}
