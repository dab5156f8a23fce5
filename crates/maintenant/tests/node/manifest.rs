//! Objects whose pods run on the real node.

use serde_json::{Value, json};

/// A static busybox that is on the node.
pub(crate) const IMAGE: &str = "test.local/busybox:1";

/// What a Deployment runs: a pod's specification that asks for the real node.
pub(crate) fn pod_spec(container: &Value) -> Value {
    json!({
        "nodeSelector": {"maintenant.dev/node": "real"},
        "tolerations": [{"key": "maintenant.dev/node", "operator": "Exists"}],
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
    })
}

/// A container `app` that runs a shell script.
pub(crate) fn shell(script: &str) -> Value {
    json!({"name": "app", "image": IMAGE, "command": ["/bin/sh", "-c", script]})
}

/// A container `app` that runs on and ends at once when it is told to.
pub(crate) fn lasting() -> Value {
    shell("trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done")
}

/// The container, and more of it.
pub(crate) fn with(container: Value, more: &Value) -> Value {
    let mut container = container;
    let fields = more.as_object().expect("an object");
    for (name, value) in fields {
        container[name] = value.clone();
    }
    container
}

/// A Deployment of one pod.
pub(crate) fn deployment(namespace: &str, name: &str, spec: &Value) -> Value {
    replicated("Deployment", namespace, name, spec, &json!({"replicas": 1}))
}

/// A StatefulSet of so many pods.
pub(crate) fn stateful_set(namespace: &str, name: &str, replicas: u32, spec: &Value) -> Value {
    replicated("StatefulSet", namespace, name, spec, &json!({"replicas": replicas, "serviceName": name}))
}

/// A Job, with what its specification says beside its template.
pub(crate) fn job(namespace: &str, name: &str, spec: &Value, more: &Value) -> Value {
    let mut spec = spec.clone();
    if spec["restartPolicy"].is_null() {
        spec["restartPolicy"] = "Never".into();
    }
    let job = with(json!({"template": {"spec": spec}}), more);
    json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": namespace}, "spec": job})
}

fn replicated(kind: &str, namespace: &str, name: &str, spec: &Value, more: &Value) -> Value {
    let template = json!({"metadata": {"labels": {"app": name}}, "spec": spec});
    let own = json!({"selector": {"matchLabels": {"app": name}}, "template": template});
    let spec = with(own, more);
    json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec})
}
