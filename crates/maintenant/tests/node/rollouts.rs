//! New versions that do not come up, and pods that do not go.

use serde_json::{Value, json};

use crate::bed::{Bed, assert_said};
use crate::manifest::{deployment, lasting, pod_spec, shell, stateful_set, with};

fn healthy(workload: &Value) -> bool {
    workload["health"] == "healthy"
}

#[test]
fn a_new_version_that_crashes_while_the_old_one_serves_and_its_way_back() {
    let bed = Bed::new("rollback");
    let with_replicas = |script: &Value| {
        let mut web = deployment(&bed.namespace, "web", &pod_spec(script));
        web["spec"]["replicas"] = 3.into();
        web
    };
    bed.apply(&with_replicas(&lasting()));
    let before = bed.until("Deployment", "web", "it is healthy", healthy);
    bed.apply(&with_replicas(&shell("echo bad flag >&2; exit 1")));
    let broken = bed.until("Deployment", "web", "the new version is known to crash", |web| {
        web["health"] == "degraded" && web["diagnosis"]["summary"].to_string().contains("log line")
    });
    assert_said(
        &broken,
        "degraded",
        "Container `app` crash-loops in pod POD (exit 1, N): last log line `bad flag`. K of K old pods still serve.",
    );
    let rollout = &broken["rollout"];
    assert_eq!((&rollout["previous_revision"], &rollout["revision"]), (&json!("1"), &json!("2")));
    assert_eq!(rollout["state"], "stuck");
    bed.cluster.kubectl(&["-n", &bed.namespace, "rollout", "undo", "deployment/web"]);
    let after =
        bed.until("Deployment", "web", "it is healthy again", |web| healthy(web) && web["updated"] == 3);
    assert!(after["since"].as_str() > before["since"].as_str());
}

#[test]
fn a_stateful_set_that_is_stuck_at_an_ordinal() {
    let bed = Bed::new("ordinal");
    let script = "case $HOSTNAME in *-1) echo no quorum >&2; exit 1;; esac; trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done";
    // Without a probe it is ready for the moment in which it runs, and the next ordinal may be made in that.
    let probe = json!({"exec": {"command": ["/bin/sh", "-c", "case $HOSTNAME in *-1) exit 1;; esac"]}, "periodSeconds": 1});
    let container = with(shell(script), &json!({"readinessProbe": probe}));
    bed.apply(&stateful_set(&bed.namespace, "db", 3, &pod_spec(&container)));
    let db = bed.until("StatefulSet", "db", "it is stuck", |db| {
        db["health"] == "degraded" && db["diagnosis"]["summary"].to_string().contains("log line")
    });
    assert_said(
        &db,
        "degraded",
        "Container `app` crash-loops in pod POD (exit 1, N): last log line `no quorum`. K of 3 pods serve. \
         Pod POD holds up the rest.",
    );
}

#[test]
fn pods_that_are_meant_to_stay_old() {
    let bed = Bed::new("strategies");
    let set = |name: &str, strategy: &Value, version: &str| {
        let container = with(lasting(), &json!({"env": [{"name": "VERSION", "value": version}]}));
        let mut set = stateful_set(&bed.namespace, name, 3, &pod_spec(&container));
        set["spec"]["updateStrategy"] = strategy.clone();
        set["spec"]["podManagementPolicy"] = "Parallel".into();
        set
    };
    let (manual, half) =
        (json!({"type": "OnDelete"}), json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}));
    bed.apply(&set("manual", &manual, "1"));
    bed.apply(&set("half", &half, "1"));
    for name in ["manual", "half"] {
        bed.until("StatefulSet", name, "it is healthy", healthy);
    }
    bed.apply(&set("manual", &manual, "2"));
    bed.apply(&set("half", &half, "2"));
    let manual = bed.until_code("StatefulSet", "manual", "rollout_on_delete");
    assert_said(&manual, "healthy", "3 pods still run the previous revision.");
    bed.until("StatefulSet", "half", "the last ordinal is new", |half| healthy(half) && half["updated"] == 1);
}

#[test]
fn a_pod_that_a_finalizer_holds() {
    let bed = Bed::new("finalizer");
    let name = "backup";
    bed.apply(&json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": bed.namespace, "finalizers": ["example.com/held"]},
        "spec": pod_spec(&lasting()),
    }));
    bed.until("Pod", name, "it is healthy", healthy);
    bed.cluster.kubectl(&["-n", &bed.namespace, "delete", "pod", name, "--wait=false"]);
    let held = bed.until_code("Pod", name, "stuck_terminating");
    assert_said(&held, "degraded", "Pod POD should be gone, held by finalizer example.com/held.");
    bed.cluster.kubectl(&[
        "-n",
        &bed.namespace,
        "patch",
        "pod",
        name,
        "--type=merge",
        "-p",
        r#"{"metadata":{"finalizers":null}}"#,
    ]);
}

#[test]
fn a_pod_that_is_evicted() {
    let bed = Bed::new("evicted");
    // One that ends well when it is told to counts as Succeeded for this kubelet, evicted or not.
    let greedy = with(
        shell(
            "dd if=/dev/zero of=/fill/up bs=1M count=64; trap 'exit 1' TERM; while :; do sleep 3600 & wait $!; done",
        ),
        &json!({"volumeMounts": [{"name": "fill", "mountPath": "/fill"}]}),
    );
    let volume =
        json!({"restartPolicy": "Never", "volumes": [{"name": "fill", "emptyDir": {"sizeLimit": "8Mi"}}]});
    bed.apply(&json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "cache", "namespace": bed.namespace},
        "spec": with(pod_spec(&greedy), &volume),
    }));
    let cache = bed.until_code("Pod", "cache", "evicted");
    assert_said(
        &cache,
        "failed",
        "Pod POD was evicted: Usage of EmptyDir volume \"fill\" exceeds the limit \"8Mi\".",
    );
}
