//! The same objects, whichever server they come from and in whichever encoding.

use crate::inventory::Inventory;
use crate::objects::{access, simulator};
use domain::scope::Scope;
use domain::source::Resource;
use kubernetes::{Access, Encoding};
use lab::Cluster;
use serde_json::json;

/// The kinds in this test, as kubectl names them; events come from the components' own clocks and are told apart below.
const KINDS: &str = "namespaces,nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,persistentvolumeclaims,events";

/// Workloads of every kind, with whatever their templates can have.
fn workloads(namespace: &str) -> String {
    let pods = |name: &str| {
        json!({
            "metadata": {"labels": {"app": name}, "annotations": {"maintenant.group": "shop"}},
            "spec": {
                "terminationGracePeriodSeconds": 5,
                "initContainers": [
                    {"name": "migrate", "image": "registry.example/migrate:1"},
                    {"name": "proxy", "image": "registry.example/proxy:1", "restartPolicy": "Always",
                     "startupProbe": {"tcpSocket": {"port": 80}, "failureThreshold": 5, "periodSeconds": 2}},
                ],
                "containers": [{
                    "name": "main",
                    "image": "registry.example/shop/web:1.4.2",
                    "env": [{"name": "A", "value": "b"}],
                    "resources": {
                        "requests": {"cpu": "0.1", "memory": "64Mi"},
                        "limits": {"cpu": "1500m", "memory": "1e8"},
                    },
                    "readinessProbe": {"httpGet": {"path": "/", "port": "http"}, "initialDelaySeconds": 3},
                    "livenessProbe": {"exec": {"command": ["true"]}},
                    "ports": [{"name": "http", "containerPort": 8080}],
                }],
                "volumes": [{"name": "scratch", "ephemeral": {"volumeClaimTemplate": {"spec": {
                    "accessModes": ["ReadWriteOnce"], "storageClassName": "none",
                    "resources": {"requests": {"storage": "1Gi"}}}}}}],
            },
        })
    };
    let object = |api_version: &str, kind: &str, name: &str, spec: serde_json::Value| {
        json!({
            "apiVersion": api_version, "kind": kind, "spec": spec,
            "metadata": {"name": name, "namespace": namespace, "annotations": {"maintenant.group": "g", "note": "x"}},
        })
    };
    let selector = |name: &str| json!({"matchLabels": {"app": name}});
    // Pods that wait for a claim that nobody provides.
    let web =
        json!({"replicas": 3, "selector": selector("web"), "template": pods("web"), "minReadySeconds": 1});
    let mut plain = pods("plain");
    plain["spec"].as_object_mut().expect("it has a spec").remove("volumes");
    plain["metadata"]["labels"]["app"] = "plain".into();
    let plain_set = json!({"replicas": 2, "selector": selector("plain"), "template": plain,
        "strategy": {"type": "Recreate"}});
    let mut db = plain.clone();
    db["metadata"]["labels"]["app"] = "db".into();
    let db = json!({"replicas": 2, "selector": selector("db"), "serviceName": "db", "template": db,
        "podManagementPolicy": "Parallel", "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}});
    let mut agent = plain.clone();
    agent["metadata"]["labels"]["app"] = "agent".into();
    let agent =
        json!({"selector": selector("agent"), "template": agent, "updateStrategy": {"type": "OnDelete"}});
    let mut once = plain.clone();
    once["metadata"]["labels"] = json!({});
    once["spec"]["restartPolicy"] = "Never".into();
    let job = json!({"template": once, "backoffLimit": 2, "activeDeadlineSeconds": 6000, "completions": 2, "parallelism": 2});
    let cron = json!({"schedule": "0 3 1 1 *", "timeZone": "Europe/Berlin", "suspend": true, "startingDeadlineSeconds": 60,
        "jobTemplate": {"spec": {"template": once}}});
    let claim = json!({"accessModes": ["ReadWriteOnce"], "storageClassName": "none",
        "resources": {"requests": {"storage": "5Gi"}}});
    let items = [
        object("apps/v1", "Deployment", "web", web),
        object("apps/v1", "Deployment", "plain", plain_set),
        object("apps/v1", "StatefulSet", "db", db),
        object("apps/v1", "DaemonSet", "agent", agent),
        object("batch/v1", "Job", "once", job),
        object("batch/v1", "CronJob", "yearly", cron),
        object("v1", "PersistentVolumeClaim", "data", claim),
        object("v1", "Pod", "bare", plain["spec"].clone()),
    ];
    json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

/// A server is filled and changed while one collector of each encoding follows it from the beginning; two more come
/// afterwards. The objects are put into a simulated server, which is read by two more. All must end with the same rows.
#[tokio::test(flavor = "multi_thread")]
async fn both_encodings_of_both_servers_end_with_equal_rows() {
    let cluster = Cluster::start();
    let real = || Access::Kubeconfig { paths: vec![cluster.kubeconfig()], context: None };
    let mut early = Vec::new();
    for encoding in [Encoding::Protobuf, Encoding::Json] {
        let mut inventory = Inventory::start(real(), Scope::All, encoding);
        inventory.until_settled().await;
        early.push(inventory);
    }
    cluster.nodes(3);
    let namespace = cluster.namespace("rows");
    cluster.apply(&workloads(&namespace));
    for (kind, name) in [("deployment", "plain"), ("statefulset", "db")] {
        cluster.wait_rolled_out(&namespace, kind, name);
    }
    let kubectl = |arguments: &[&str]| cluster.kubectl(&[&["-n", &namespace], arguments].concat());
    kubectl(&["set", "image", "deployment/plain", "main=registry.example/shop/web:1.5.0"]);
    kubectl(&["scale", "statefulset/db", "--replicas=3"]);
    kubectl(&["scale", "deployment/web", "--replicas=1"]);
    cluster.delete(&namespace, "pod", "bare");
    cluster.wait_rolled_out(&namespace, "deployment", "plain");
    cluster.wait_rolled_out(&namespace, "statefulset", "db");

    // The cluster goes on by itself for a while (events, heartbeats): what is compared is a moment of rest.
    for attempt in 1.. {
        let before = objects(&cluster);
        let mut dumps = Vec::new();
        for encoding in [Encoding::Protobuf, Encoding::Json] {
            let mut late = Inventory::start(real(), Scope::All, encoding);
            late.until_settled().await;
            dumps.push((format!("listed, {encoding:?}"), late.dump()));
            late.stop().await;
        }
        for (encoding, inventory) in ["Protobuf", "Json"].into_iter().zip(&mut early) {
            inventory.read_what_is_there().await;
            dumps.push((format!("followed, {encoding}"), inventory.dump()));
        }
        let is_at_rest = before == objects(&cluster);
        if is_at_rest {
            let simulator = simulator().await;
            // It is there from the beginning, with an identity of its own.
            let own = simulator.cluster().delete(simulator::Resource::Namespaces, "", "kube-system");
            own.expect("it is there");
            for object in before {
                simulator.cluster().apply(object).expect("the simulator knows what the real server writes");
            }
            for encoding in [Encoding::Protobuf, Encoding::Json] {
                let mut simulated = Inventory::start(access(&simulator), Scope::All, encoding);
                simulated.until_settled().await;
                dumps.push((format!("simulated, {encoding:?}"), simulated.dump()));
                simulated.stop().await;
            }
        }
        let (_, expected) = &dumps[0];
        let different = |(which, dump): &(String, String)| {
            let lines = differences(expected, dump);
            (!lines.is_empty()).then(|| format!("{which}:\n{}", lines.join("\n")))
        };
        let different: Vec<String> = dumps.iter().filter_map(different).collect();
        if is_at_rest && different.is_empty() {
            for resource in Resource::ALL.iter().filter(|resource| **resource != Resource::PodMetrics) {
                let prefix = format!("{} ", resource.name());
                assert!(expected.lines().any(|line| line.starts_with(&prefix)), "no {prefix}");
            }
            break;
        }
        assert!(attempt < 30, "never equal; at rest: {is_at_rest}\n{}", different.join("\n\n"));
    }
    for inventory in early {
        inventory.stop().await;
    }
}

/// All objects, in an order in which they can be put into another server: namespaces first.
fn objects(cluster: &Cluster) -> Vec<serde_json::Value> {
    let text = cluster.kubectl(&["get", KINDS, "--all-namespaces", "-o", "json"]);
    let mut list: serde_json::Value = serde_json::from_str(&text).expect("kubectl prints JSON");
    let mut objects = list["items"].take().as_array().cloned().expect("a list has items");
    for object in &mut objects {
        // The resourceVersion is the server's own.
        object["metadata"].as_object_mut().expect("every object has metadata").remove("resourceVersion");
    }
    objects
}

fn differences(expected: &str, found: &str) -> Vec<String> {
    let (left, right): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let missing = left.iter().filter(|line| !right.contains(line)).map(|line| format!("- {line}"));
    let extra = right.iter().filter(|line| !left.contains(line)).map(|line| format!("+ {line}"));
    missing.chain(extra).collect()
}
