//! Containers that never begin, for what they are configured from or for what comes before them.

use serde_json::json;

use crate::bed::{Bed, assert_said};
use crate::manifest::{deployment, lasting, pod_spec, shell, with};

#[test]
fn a_config_map_a_secret_and_a_key_that_are_not_there() {
    let bed = Bed::new("config");
    let from = |reference: serde_json::Value| {
        pod_spec(&with(lasting(), &json!({"env": [{"name": "A", "valueFrom": reference}]})))
    };
    bed.apply(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "database", "namespace": bed.namespace}, "stringData": {"user": "shop"}}));
    let map = json!({"configMapKeyRef": {"name": "settings", "key": "mode"}});
    bed.apply(&deployment(&bed.namespace, "map", &from(map)));
    let key = json!({"secretKeyRef": {"name": "database", "key": "password"}});
    bed.apply(&deployment(&bed.namespace, "key", &from(key)));
    let said = [
        ("map", "configmap \"settings\" not found"),
        ("key", "couldn't find key password in Secret NAMESPACE/database"),
    ];
    for (name, missing) in said {
        let workload =
            bed.until("Deployment", name, "it has lasted", |workload| workload["health"] == "failed");
        assert_eq!(workload["diagnosis"]["code"], "config_missing");
        let said =
            format!("Container `app` waits for what it is configured from: {missing}. Nothing serves.");
        assert_said(&workload, "failed", &said);
    }
}

#[test]
fn a_config_map_that_a_volume_is_made_from() {
    let bed = Bed::new("volume");
    let container =
        with(lasting(), &json!({"volumeMounts": [{"name": "settings", "mountPath": "/etc/app"}]}));
    let spec = with(
        pod_spec(&container),
        &json!({"volumes": [{"name": "settings", "configMap": {"name": "settings"}}]}),
    );
    bed.apply(&deployment(&bed.namespace, "web", &spec));
    let web = bed.until("Deployment", "web", "it has lasted", |web| web["health"] == "failed");
    assert_eq!(web["diagnosis"]["code"], "config_missing");
    assert_said(
        &web,
        "failed",
        "Pod POD waits for what a volume is made from: MountVolume.SetUp failed for volume \"settings\" : configmap \"settings\" not found. Nothing serves.",
    );
}

#[test]
fn a_root_image_where_root_is_refused() {
    let bed = Bed::new("root");
    let container = with(lasting(), &json!({"securityContext": {"runAsNonRoot": true}}));
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&container)));
    let web = bed.until_code("Deployment", "web", "invalid_container_config");
    assert_said(
        &web,
        "failed",
        "The configuration of container `app` is refused: container has runAsNonRoot and image will run as root. Nothing serves.",
    );
}

#[test]
fn an_init_container_and_a_sidecar_that_fail() {
    let bed = Bed::new("init");
    let init = with(shell("echo cannot reach db >&2; exit 2"), &json!({"name": "migrate"}));
    bed.apply(&deployment(
        &bed.namespace,
        "init",
        &with(pod_spec(&lasting()), &json!({"initContainers": [init]})),
    ));
    let sidecar = with(shell("exit 3"), &json!({"name": "proxy", "restartPolicy": "Always"}));
    bed.apply(&deployment(
        &bed.namespace,
        "sidecar",
        &with(pod_spec(&lasting()), &json!({"initContainers": [sidecar]})),
    ));
    let init = bed.until("Deployment", "init", "it loops and its words are known", |init| {
        init["health"] == "failed" && init["diagnosis"]["summary"].to_string().contains("log line")
    });
    assert_eq!(init["diagnosis"]["code"], "init_failing");
    assert_said(
        &init,
        "failed",
        "Init container `migrate` fails (exit 2, N): last log line `cannot reach db`. Nothing serves.",
    );
    // For a moment in each of its runs all is well.
    let sidecar = bed.until("Deployment", "sidecar", "it loops", |sidecar| sidecar["health"] == "failed");
    assert_eq!(sidecar["diagnosis"]["code"], "crash_loop");
    assert_said(&sidecar, "failed", "Sidecar `proxy` crash-loops (exit 3, N). Nothing serves.");
}
