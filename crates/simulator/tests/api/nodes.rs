//! Nodes that are drained, start anew, come and go, and what that does to pods.

use jiff::SignedDuration;
use serde_json::Value;
use simulator::{Clock, Cluster, ControlPlane, Resource, Workload};

fn start(nodes: usize) -> (Cluster, ControlPlane) {
    let start = "2026-11-21T08:00:00Z".parse().unwrap();
    let cluster = Cluster::new(1, Clock::fixed(start), 1_000);
    let mut plane = ControlPlane::new(cluster.clone(), 7, start);
    for number in 1..=nodes {
        plane.add_node(&format!("node-{number}")).unwrap();
    }
    plane.create(&Workload::daemon_set("shop", "agent", "agent:1")).unwrap();
    (cluster, plane)
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn condition(object: &Value, kind: &str) -> Value {
    let conditions = object["status"]["conditions"].as_array();
    let found = conditions.into_iter().flatten().find(|condition| condition["type"] == kind);
    found.map_or(Value::Null, |condition| condition["status"].clone())
}

/// The pods of an application that are ready and not on their way out.
fn serving(cluster: &Cluster, name: &str) -> Vec<Value> {
    let mut pods = cluster.list(Resource::Pods, Some("shop"));
    pods.retain(|pod| {
        pod["metadata"]["labels"]["app.kubernetes.io/name"] == name
            && pod["metadata"]["deletionTimestamp"].is_null()
            && condition(pod, "Ready") == "True"
    });
    pods
}

fn on(pods: &[Value], node: &str) -> usize {
    pods.iter().filter(|pod| pod["spec"]["nodeName"] == node).count()
}

#[test]
fn a_drain_takes_what_the_budget_allows_and_leaves_the_daemons() {
    let (cluster, mut plane) = start(2);
    plane.create(&Workload::deployment("shop", "web", "web:1").replicas(6)).unwrap();
    plane.protect("shop", "web");
    plane.run_for(seconds(60));
    assert!(on(&serving(&cluster, "web"), "node-1") > 1);
    plane.drain_at(plane.now(), "node-1", seconds(300));
    for _ in 0..240 {
        plane.run_for(SignedDuration::from_millis(500));
        assert!(serving(&cluster, "web").len() >= 5, "one at a time");
    }
    assert_eq!(on(&serving(&cluster, "web"), "node-1"), 0);
    assert_eq!(on(&serving(&cluster, "agent"), "node-1"), 1);
    let node = cluster.read(Resource::Nodes, "", "node-1").unwrap();
    assert_eq!(node["spec"]["unschedulable"], true);
    plane.run_for(seconds(400));
    let node = cluster.read(Resource::Nodes, "", "node-1").unwrap();
    assert!(node["spec"]["unschedulable"].is_null() && node["spec"]["taints"].is_null(), "{}", node["spec"]);
}

#[test]
fn a_machine_that_is_away_for_long_is_lost_and_its_containers_start_anew() {
    let (cluster, mut plane) = start(2);
    plane.run_for(seconds(60));
    plane.reboot_at(plane.now(), "node-1", seconds(120));
    plane.run_for(seconds(60));
    let node = cluster.read(Resource::Nodes, "", "node-1").unwrap();
    assert_eq!(condition(&node, "Ready"), "Unknown");
    assert_eq!(on(&serving(&cluster, "agent"), "node-1"), 0);
    let set = cluster.read(Resource::DaemonSets, "shop", "agent").unwrap();
    assert_eq!(
        (&set["status"]["desiredNumberScheduled"], &set["status"]["numberReady"]),
        (&2.into(), &1.into())
    );
    plane.run_for(seconds(90));
    let node = cluster.read(Resource::Nodes, "", "node-1").unwrap();
    assert_eq!(condition(&node, "Ready"), "True");
    let pods = serving(&cluster, "agent");
    let again = pods.iter().find(|pod| pod["spec"]["nodeName"] == "node-1").unwrap();
    let status = &again["status"]["containerStatuses"][0];
    assert_eq!(
        (&status["restartCount"], &status["lastState"]["terminated"]["exitCode"]),
        (&1.into(), &255.into())
    );
}

#[test]
fn a_quick_reboot_is_seen_in_the_containers_alone() {
    let (cluster, mut plane) = start(2);
    plane.run_for(seconds(60));
    plane.reboot_at(plane.now(), "node-1", seconds(15));
    for _ in 0..60 {
        plane.run_for(seconds(1));
        let node = cluster.read(Resource::Nodes, "", "node-1").unwrap();
        assert_eq!(condition(&node, "Ready"), "True");
    }
    let pods = serving(&cluster, "agent");
    let restarts: i64 =
        pods.iter().filter_map(|pod| pod["status"]["containerStatuses"][0]["restartCount"].as_i64()).sum();
    assert_eq!((pods.len(), restarts), (2, 1));
}

#[test]
fn pods_that_find_no_place_bring_a_node_that_goes_when_they_do() {
    let (cluster, mut plane) = start(1);
    plane.autoscale();
    plane.create(&Workload::deployment("shop", "web", "web:1").replicas(130)).unwrap();
    plane.run_for(seconds(30));
    let waiting = cluster.list(Resource::Pods, Some("shop"));
    let waiting: Vec<_> = waiting.iter().filter(|pod| condition(pod, "PodScheduled") == "False").collect();
    assert!(waiting.len() > 15, "{} wait", waiting.len());
    let events = cluster.list(Resource::Events, Some("shop"));
    assert!(events.iter().any(|event| event["reason"] == "TriggeredScaleUp"));
    plane.run_for(seconds(180));
    assert_eq!((cluster.count(Resource::Nodes), serving(&cluster, "web").len()), (2, 130));
    assert_eq!(serving(&cluster, "agent").len(), 2);
    plane.scale_at(plane.now(), Resource::Deployments, "shop", "web", 20);
    plane.run_for(seconds(3_600));
    assert_eq!((cluster.count(Resource::Nodes), serving(&cluster, "web").len()), (1, 20));
    assert_eq!(serving(&cluster, "agent").len(), 1);
}

#[test]
fn what_a_kubelet_evicts_is_left_failed_and_replaced() {
    let (cluster, mut plane) = start(2);
    plane.create(&Workload::deployment("shop", "web", "web:1").replicas(2)).unwrap();
    plane.create(&Workload::stateful_set("shop", "db", "db:1").replicas(2)).unwrap();
    plane.run_for(seconds(60));
    plane.evict_at(plane.now(), Resource::Deployments, "shop", "web");
    plane.evict_at(plane.now(), Resource::StatefulSets, "shop", "db");
    plane.run_for(seconds(40));
    assert_eq!((serving(&cluster, "web").len(), serving(&cluster, "db").len()), (2, 2));
    let pods = cluster.list(Resource::Pods, Some("shop"));
    let evicted: Vec<_> = pods.iter().filter(|pod| pod["status"]["reason"] == "Evicted").collect();
    assert_eq!(evicted.len(), 1, "a StatefulSet takes its own away");
    assert_eq!(evicted[0]["status"]["phase"], "Failed");
}

#[test]
fn a_probe_that_fails_for_a_moment_is_seen_for_that_long() {
    let (cluster, mut plane) = start(1);
    plane.create(&Workload::deployment("shop", "web", "web:1").replicas(2)).unwrap();
    plane.run_for(seconds(60));
    plane.blip_at(plane.now(), Resource::Deployments, "shop", "web", seconds(20));
    plane.run_for(seconds(19));
    let web = cluster.read(Resource::Deployments, "shop", "web").unwrap();
    assert_eq!(web["status"]["readyReplicas"], 1);
    plane.run_for(seconds(2));
    assert_eq!(serving(&cluster, "web").len(), 2);
}
