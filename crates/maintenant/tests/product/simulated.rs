//! A simulated API server that does as a test says, and the product watching it.

use lab::{Program, Server};
use serde_json::{Value, json};
use simulator::{Builder, Resource, Simulator};

use crate::kubeconfig::write_plain;
use crate::manifest::owned_by;
use crate::watcher::program;

/// The namespace of all that is simulated here.
pub(crate) const NAMESPACE: &str = "shop";

/// The image that all containers run.
pub(crate) const IMAGE: &str = "registry.example.com/shop:1";

/// A simulator, and a program that finds it by its kubeconfig.
pub(crate) async fn start(settings: Builder) -> (Simulator, Program) {
    let simulator = settings.start().await.expect("a free port of loopback can be listened on");
    simulator.cluster().create_namespace(NAMESPACE).expect("the name is valid");
    let program = program();
    let kubeconfig = write_plain(program.directory(), &simulator.url());
    (simulator, program.kubeconfig(&kubeconfig))
}

/// A simulator in which these Deployments of one pod run, and the product, ready.
pub(crate) async fn with_deployments(names: &[&str]) -> (Simulator, Server) {
    let (simulator, program) = start(Simulator::builder()).await;
    for name in names {
        deploy(&simulator, name, &[running()]);
    }
    let server = program.serve();
    server.wait_ready();
    (simulator, server)
}

/// Applies a Deployment with a pod for each of those statuses, complete but for the pods that are not ready.
pub(crate) fn deploy(simulator: &Simulator, name: &str, pods: &[Value]) {
    let replicas = pods.len();
    let available = pods.iter().filter(|status| is_ready(status)).count();
    let labels = json!({"app": name});
    let template = json!({
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "main", "image": IMAGE}]},
    });
    let counts = json!({
        "observedGeneration": 1, "replicas": replicas, "updatedReplicas": replicas, "readyReplicas": available,
        "availableReplicas": available,
        "conditions": [
            {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
            {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
        ],
    });
    let apply = |object: Value| simulator.cluster().apply(object).expect("the object is valid");
    let deployment = apply(json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": NAMESPACE, "annotations": {"deployment.kubernetes.io/revision": "1"}},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
        "status": counts,
    }));
    let set = format!("{name}-6d4cf56db6");
    let hashed = json!({"app": name, "pod-template-hash": "6d4cf56db6"});
    let replica_set = apply(json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": set, "namespace": NAMESPACE, "labels": hashed, "ownerReferences": owned_by(&deployment),
            "annotations": {"deployment.kubernetes.io/revision": "1"},
        },
        "spec": {"replicas": replicas, "selector": {"matchLabels": hashed}, "template": template},
        "status": {
            "observedGeneration": 1, "replicas": replicas, "readyReplicas": available, "availableReplicas": available,
            "fullyLabeledReplicas": replicas,
        },
    }));
    for (number, status) in pods.iter().enumerate() {
        apply(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {
                "name": format!("{set}-{number}"), "namespace": NAMESPACE, "labels": hashed,
                "ownerReferences": owned_by(&replica_set),
            },
            "spec": {"nodeName": "node-1", "containers": [{"name": "main", "image": IMAGE}]},
            "status": status,
        }));
    }
}

/// Takes the Deployment away with all that it owns.
pub(crate) fn remove(cluster: &simulator::Cluster, name: &str) {
    cluster.delete_with_dependents(Resource::Deployments, NAMESPACE, name).expect("it is there");
}

/// The status of a pod that runs and is ready.
pub(crate) fn running() -> Value {
    pod_status(true, &json!({"running": {"startedAt": "2026-01-01T00:00:00Z"}}), 0)
}

/// The status of a pod whose container ends with an error again and again.
pub(crate) fn crashing() -> Value {
    pod_status(false, &json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}}), 7)
}

fn pod_status(is_ready: bool, state: &Value, restarts: u32) -> Value {
    let ready = if is_ready { "True" } else { "False" };
    let condition = |name: &str, status: &str| json!({"type": name, "status": status, "lastTransitionTime": "2026-01-01T00:00:00Z"});
    let mut container = json!({
        "name": "main", "image": IMAGE, "imageID": "", "ready": is_ready, "started": is_ready,
        "restartCount": restarts, "state": state,
    });
    if restarts > 0 {
        container["lastState"] = json!({"terminated": {"exitCode": 1, "reason": "Error"}});
    }
    json!({
        "phase": "Running", "startTime": "2026-01-01T00:00:00Z", "podIP": "10.0.0.1",
        "conditions": [condition("PodScheduled", "True"), condition("ContainersReady", ready), condition("Ready", ready)],
        "containerStatuses": [container],
    })
}

fn is_ready(status: &Value) -> bool {
    status["containerStatuses"][0]["ready"] == true
}
