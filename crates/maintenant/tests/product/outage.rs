//! The API server goes away and comes back.

use std::time::Duration;

use lab::{Cluster, Rights, Rule, until};
use serde_json::{Value, json};

use crate::manifest::{deployment, readiness};
use crate::rows::{SOON, path, wait_for, wait_health, wait_source};
use crate::watcher::Watcher;

/// A lost connection is told within five seconds, and a source is stale a minute after; both on a busy machine.
const DEGRADED: Duration = Duration::from_secs(20);
const STALE: Duration = Duration::from_secs(90);

#[test]
fn a_lost_api_server_leaves_what_was_known_then_makes_it_unknown_and_changes_nothing_when_it_is_back() {
    let cluster = Cluster::start();
    let namespace = cluster.namespace("outage");
    run_without_a_node(&cluster, &namespace, "web");
    cluster.apply(&deployment(&namespace, "off", 1).to_string());
    let rules = Rule::defaults();
    let watcher = Watcher::on(&cluster, &[Rights::Everywhere(&rules)], &[]);
    let (web, off) = ([namespace.as_str(), "Deployment", "web"], [namespace.as_str(), "Deployment", "off"]);
    // Since when it is switched off only we can tell, who have seen it: the API has no time for that.
    wait_health(&watcher, off, "progressing");
    cluster.kubectl(&["-n", &namespace, "scale", "deployment/off", "--replicas=0"]);
    let before = [wait_health(&watcher, web, "healthy"), wait_health(&watcher, off, "suspended")];
    let started = watcher.get_json("/api/v1/health")["started_at"].clone();

    cluster.kill_apiserver();
    for resource in ["pods", "deployments", "replicasets"] {
        let source = wait_source(&watcher, resource, "degraded", DEGRADED);
        assert!(source["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{source}");
    }
    let lost = watcher.get_json(&path(&namespace, "Deployment", "web"));
    assert_eq!(
        (&lost["health"], &lost["since"]),
        (&before[0]["health"], &before[0]["since"]),
        "a break is no change"
    );
    assert_eq!(lost["pods"].as_array().map(Vec::len), Some(1), "{lost}");

    wait_source(&watcher, "pods", "stale", STALE);
    for (workload, before) in [web, off].into_iter().zip(&before) {
        let stale = wait_health(&watcher, workload, "unknown");
        assert_eq!(stale["reason"]["code"], "stale", "{stale}");
        let known = &stale["last_known"];
        assert_eq!((&known["health"], &known["since"]), (&before["health"], &before["since"]), "{stale}");
        // Without the `Z`, which would stand before a fraction of a second.
        let moment = |value: &Value| value.as_str().map(|text| text.trim_end_matches('Z').to_owned());
        assert!(moment(&known["at"]) >= moment(&before["since"]), "{stale}");
    }
    assert_eq!(
        watcher.get("/api/v1/ready").status,
        200,
        "it has been ready, and restarting it would not help"
    );
    let counts = watcher.get_json("/api/v1/overview")["counts"].clone();
    assert_eq!((&counts["unknown"], &counts["total"]), (&json!(2), &json!(2)), "{counts}");

    cluster.start_apiserver();
    for (workload, before) in [web, off].into_iter().zip(&before) {
        let after =
            wait_for(&watcher, "it is known again", workload, |workload| workload["health"] != "unknown");
        assert_eq!((&after["health"], &after["since"]), (&before["health"], &before["since"]), "{after}");
        assert!(after["last_known"].is_null(), "{after}");
    }
    cluster.kubectl(&["-n", &namespace, "scale", "deployment/web", "--replicas=3"]);
    wait_for(&watcher, "changes are seen again", web, |web| web["desired"] == 3);
    assert_eq!(watcher.get_json("/api/v1/health")["started_at"], started, "nobody restarted it");
}

/// Runs a Deployment whose one pod is ready on no node: a node would be found lost when the API server is back, since
/// it could not say that it was well, and with it the pod.
fn run_without_a_node(cluster: &Cluster, namespace: &str, name: &str) {
    let mut workload = deployment(namespace, name, 1);
    workload["spec"]["template"]["spec"]["schedulerName"] = "nobody".into();
    cluster.apply(&workload.to_string());
    let pod = until("the pod is there", SOON, || {
        let pods = cluster.objects(namespace, "pods");
        let name = pods.first().and_then(|pod| pod["metadata"]["name"].as_str());
        name.map(str::to_owned).ok_or_else(|| "no pod".to_owned())
    });
    cluster.patch_status(namespace, "pod", &pod, &readiness(true));
    cluster.wait_rolled_out(namespace, "deployment", name);
}
