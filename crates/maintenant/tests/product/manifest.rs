//! Objects as a person would apply them.

use serde_json::{Value, json};

/// Pods with this annotation are not played by the simulated nodes: their status is what the test says.
pub(crate) const STATUS_IS_OURS: &str = "kwok.x-k8s.io/status";

/// The image that containers run unless said otherwise.
pub(crate) const IMAGE: &str = "registry.example.com/app:1";

/// A Deployment of `replicas`.
pub(crate) fn deployment(namespace: &str, name: &str, replicas: u32) -> Value {
    controller("Deployment", namespace, name, &json!({"replicas": replicas}))
}

/// A StatefulSet of `replicas`.
pub(crate) fn stateful_set(namespace: &str, name: &str, replicas: u32) -> Value {
    controller("StatefulSet", namespace, name, &json!({"replicas": replicas, "serviceName": name}))
}

/// A DaemonSet on every node.
pub(crate) fn daemon_set(namespace: &str, name: &str) -> Value {
    controller("DaemonSet", namespace, name, &json!({}))
}

/// A ReplicaSet of `replicas` that nobody owns.
pub(crate) fn replica_set(namespace: &str, name: &str, replicas: u32) -> Value {
    controller("ReplicaSet", namespace, name, &json!({"replicas": replicas}))
}

/// A Job of one pod.
pub(crate) fn job(namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": namespace},
        "spec": job_spec(),
    })
}

/// A CronJob of one pod that will not run by itself while a test does: it is due on the 29th of February.
pub(crate) fn cron_job(namespace: &str, name: &str, is_suspended: bool) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name, "namespace": namespace},
        "spec": {"schedule": "0 0 29 2 *", "suspend": is_suspended, "jobTemplate": {"spec": job_spec()}},
    })
}

/// A pod of its own.
pub(crate) fn pod(namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [container()]},
    })
}

/// Several objects in one.
pub(crate) fn list(items: &[Value]) -> String {
    json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

/// The owner reference of the controller `owner`.
pub(crate) fn owned_by(owner: &Value) -> Value {
    json!([{
        "apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"], "controller": true,
    }])
}

/// The container statuses of a pod whose one container waits with that reason.
pub(crate) fn waiting(reason: &str, message: &str) -> Value {
    json!([{
        "name": "main", "image": IMAGE, "imageID": "", "ready": false, "restartCount": 0,
        "state": {"waiting": {"reason": reason, "message": message}},
    }])
}

/// The status of a pod whose one container runs and is ready or not, as the kubelet tells it.
pub(crate) fn readiness(is_ready: bool) -> Value {
    let (status, reason) =
        if is_ready { ("True", Value::Null) } else { ("False", "ContainersNotReady".into()) };
    let condition = |name: &str| json!({"type": name, "status": status, "reason": reason});
    let container = json!({
        "name": "main", "image": IMAGE, "imageID": "", "ready": is_ready, "started": true, "restartCount": 0,
        "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}},
    });
    json!({
        "phase": "Running", "containerStatuses": [container],
        "conditions": [condition("Ready"), condition("ContainersReady")],
    })
}

fn controller(kind: &str, namespace: &str, name: &str, spec: &Value) -> Value {
    let mut spec = spec.clone();
    spec["selector"] = json!({"matchLabels": {"app": name}});
    spec["template"] = json!({
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [container()], "terminationGracePeriodSeconds": 1},
    });
    json!({
        "apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec,
    })
}

fn job_spec() -> Value {
    json!({"template": {"spec": {"restartPolicy": "Never", "containers": [container()]}}})
}

fn container() -> Value {
    json!({"name": "main", "image": IMAGE})
}
