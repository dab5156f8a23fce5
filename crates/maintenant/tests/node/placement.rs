//! Pods that no node takes.

use serde_json::{Value, json};

use crate::bed::{Bed, assert_said};
use crate::manifest::{deployment, lasting, pod_spec, with};

/// Waits for the cause, and until the Deployment's controller has counted its pods.
fn until_unplaced(bed: &Bed<'_>, name: &str, code: &str) -> Value {
    bed.until("Deployment", name, &format!("the cause is {code}, and it is counted"), |workload| {
        let diagnosis = &workload["diagnosis"];
        let is_counted = diagnosis["summary"].as_str().is_some_and(|said| said.contains(" updated."));
        diagnosis["code"] == code && is_counted
    })
}

#[test]
fn more_than_any_node_has() {
    let bed = Bed::new("large");
    let container = with(lasting(), &json!({"resources": {"requests": {"cpu": "64", "memory": "1Ti"}}}));
    bed.apply(&deployment(&bed.namespace, "large", &pod_spec(&container)));
    let mut large = until_unplaced(&bed, "large", "unschedulable_resources");
    let said = large["diagnosis"]["summary"].as_str().expect("it says why").to_owned();
    let room = said
        .split_once("more than ")
        .and_then(|(_, rest)| rest.split_once(" free"))
        .expect("it says how much is left")
        .0;
    let cpu = room.split_once(" CPU or ").expect("both are short").0;
    assert!((0.1..64.0).contains(&cpu.parse::<f64>().expect("a number of CPUs")), "{said}");
    large["diagnosis"]["summary"] = said.replace(room, "ROOM").into();
    assert_said(
        &large,
        "progressing",
        "No node takes pod POD, which needs 64 CPU and 1 TiB memory while no node has more than ROOM free: 0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. P of 1 updated. Nothing serves.",
    );
}

#[test]
fn without_rights_on_nodes_the_event_speaks() {
    let bed = Bed::with_default_rights("blind");
    let container = with(lasting(), &json!({"resources": {"requests": {"cpu": "64"}}}));
    bed.apply(&deployment(&bed.namespace, "large", &pod_spec(&container)));
    let large = until_unplaced(&bed, "large", "unschedulable_resources");
    assert_said(
        &large,
        "progressing",
        "No node takes pod POD, which needs 64 CPU: 0/1 nodes are available: 1 Insufficient cpu. P of 1 updated. Nothing serves.",
    );
}

#[test]
fn labels_and_taints() {
    let bed = Bed::new("labels");
    let elsewhere = with(pod_spec(&lasting()), &json!({"nodeSelector": {"disk": "fast"}}));
    bed.apply(&deployment(&bed.namespace, "selector", &elsewhere));
    let intolerant = with(pod_spec(&lasting()), &json!({"tolerations": []}));
    bed.apply(&deployment(&bed.namespace, "taint", &intolerant));
    let selector = until_unplaced(&bed, "selector", "unschedulable_affinity");
    assert_said(
        &selector,
        "progressing",
        "No node takes pod POD: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. P of 1 updated. Nothing serves.",
    );
    let taint = until_unplaced(&bed, "taint", "unschedulable_taint");
    assert_said(
        &taint,
        "progressing",
        "No node takes pod POD: 0/1 nodes are available: 1 node(s) had untolerated taint(s). P of 1 updated. Nothing serves.",
    );
}

#[test]
fn a_claim_that_nobody_provides_for() {
    let bed = Bed::new("claim");
    bed.apply(&json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": bed.namespace},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}},
    }));
    let volumes = json!({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]});
    bed.apply(&deployment(&bed.namespace, "db", &with(pod_spec(&lasting()), &volumes)));
    let db = until_unplaced(&bed, "db", "claim_pending");
    assert_said(
        &db,
        "progressing",
        "Claim `data` has no volume (storageclass.storage.k8s.io \"fast\" not found), so no node takes pod POD. P of 1 updated. Nothing serves.",
    );
    let absent = json!({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "absent"}}]});
    bed.apply(&deployment(&bed.namespace, "lost", &with(pod_spec(&lasting()), &absent)));
    let lost = until_unplaced(&bed, "lost", "unschedulable_claims");
    assert_said(
        &lost,
        "progressing",
        "No node takes pod POD: 0/1 nodes are available: persistentvolumeclaim \"absent\" not found. P of 1 updated. Nothing serves.",
    );
}
