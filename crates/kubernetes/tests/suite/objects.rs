//! A simulated API server, and small objects for it.

use domain::scope::{Pattern, Scope};
use kubernetes::Access;
use serde_json::{Value, json};
use simulator::{Cluster, Resource, Simulator};
use std::time::Duration;

pub(crate) async fn simulator() -> Simulator {
    Simulator::builder().start().await.expect("a port of loopback is free")
}

pub(crate) fn access(simulator: &Simulator) -> Access {
    Access::Url { url: simulator.url(), token: None }
}

pub(crate) fn allow(patterns: &[&str]) -> Scope {
    Scope::Allow(parse(patterns))
}

pub(crate) fn block(patterns: &[&str]) -> Scope {
    Scope::Block(parse(patterns))
}

fn parse(patterns: &[&str]) -> Vec<Pattern> {
    patterns.iter().map(|pattern| Pattern::parse(pattern).expect("the test's pattern is one")).collect()
}

pub(crate) fn pod(namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"containers": [{"name": "main", "image": "registry.example/shop/web:1.4.2"}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [{
                "name": "main",
                "image": "registry.example/shop/web:1.4.2",
                "imageID": "",
                "ready": true,
                "restartCount": 0,
                "state": {"running": {"startedAt": "2026-01-02T03:04:05Z"}},
            }],
        },
    })
}

/// One of each kind that is watched in a namespace, all called `name`.
pub(crate) fn one_of_each(cluster: &Cluster, namespace: &str, name: &str) {
    let metadata = json!({"namespace": namespace, "name": name});
    let template = json!({
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "image": "registry.example/shop/web:1.4.2"}]},
    });
    let selector = json!({"matchLabels": {"app": name}});
    let replicated = json!({"replicas": 2, "selector": selector, "template": template});
    let everywhere = json!({"selector": selector, "template": template});
    let (job, claim) = (json!({"template": template}), json!({"storageClassName": "fast"}));
    let schedule = json!({"schedule": "*/5 * * * *", "jobTemplate": {"spec": job}});
    let event = json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": metadata,
        "involvedObject": {"kind": "Pod", "namespace": namespace, "name": name},
        "reason": "Started",
        "message": "Container started",
        "type": "Normal",
    });
    for (api_version, kind, spec) in [
        ("apps/v1", "Deployment", &replicated),
        ("apps/v1", "ReplicaSet", &replicated),
        ("apps/v1", "StatefulSet", &replicated),
        ("apps/v1", "DaemonSet", &everywhere),
        ("batch/v1", "Job", &job),
        ("batch/v1", "CronJob", &schedule),
        ("v1", "PersistentVolumeClaim", &claim),
    ] {
        put(cluster, json!({"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}));
    }
    put(cluster, pod(namespace, name));
    put(cluster, event);
}

pub(crate) fn put(cluster: &Cluster, object: Value) {
    cluster.apply(object).expect("the test's object is one");
}

pub(crate) fn delete_pod(cluster: &Cluster, namespace: &str, name: &str) {
    cluster.delete(Resource::Pods, namespace, name).expect("the pod is there");
}

/// Lets time pass without waiting.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
