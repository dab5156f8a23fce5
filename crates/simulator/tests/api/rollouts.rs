//! How pods of one revision make way for those of the next, by strategy.

use jiff::SignedDuration;
use serde_json::{Value, json};
use simulator::{Clock, Cluster, ControlPlane, Resource, Workload};

fn start() -> (Cluster, ControlPlane) {
    let start = "2026-11-21T08:00:00Z".parse().unwrap();
    let cluster = Cluster::new(1, Clock::fixed(start), 1_000);
    let mut plane = ControlPlane::new(cluster.clone(), 7, start);
    for node in ["node-1", "node-2", "node-3"] {
        plane.add_node(node).unwrap();
    }
    (cluster, plane)
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn images(cluster: &Cluster) -> Vec<String> {
    let pods = cluster.list(Resource::Pods, Some("shop"));
    let image = |pod: &Value| pod["spec"]["containers"][0]["image"].as_str().unwrap().to_owned();
    pods.iter().map(image).collect()
}

fn progressing(cluster: &Cluster) -> Value {
    let web = cluster.read(Resource::Deployments, "shop", "web").unwrap();
    let conditions = web["status"]["conditions"].as_array().unwrap();
    conditions.iter().find(|condition| condition["type"] == "Progressing").unwrap()["reason"].clone()
}

/// A workload that has come up.
fn up(workload: &Workload) -> (Cluster, ControlPlane) {
    let (cluster, mut plane) = start();
    plane.create(workload).unwrap();
    plane.run_for(seconds(60));
    (cluster, plane)
}

fn deployment(spec: &Value) -> Workload {
    Workload::deployment("shop", "web", "web:1").replicas(3).patch(json!({ "spec": spec }))
}

#[test]
fn recreate_makes_new_pods_when_the_last_old_one_is_gone() {
    let (cluster, mut plane) =
        up(&deployment(&json!({"strategy": {"type": "Recreate", "rollingUpdate": null}})));
    plane.set_image_at(plane.now(), Resource::Deployments, "shop", "web", "web:2");
    for _ in 0..400 {
        plane.run_for(SignedDuration::from_millis(50));
        let images = images(&cluster);
        assert!(images.windows(2).all(|pair| pair[0] == pair[1]), "{images:?}");
        let old = images.iter().any(|image| image == "web:1");
        assert!(!old || cluster.count(Resource::ReplicaSets) == 1, "the new set comes after the old pods");
    }
    assert_eq!(images(&cluster), ["web:2"; 3]);
    assert_eq!(progressing(&cluster), "NewReplicaSetAvailable");
}

#[test]
fn a_paused_rollout_stands_still_and_is_scaled_all_the_same() {
    let (cluster, mut plane) = up(&deployment(&json!({})));
    let pause = |plane: &mut ControlPlane, paused: bool| {
        let patch = json!({"spec": {"paused": paused}});
        plane.patch_at(plane.now(), Resource::Deployments, "shop", "web", patch);
        plane.run_for(seconds(40));
    };
    plane.set_image_at(plane.now(), Resource::Deployments, "shop", "web", "web:2");
    plane.run_for(SignedDuration::from_millis(400));
    pause(&mut plane, true);
    assert_eq!(progressing(&cluster), "DeploymentPaused");
    let halfway = images(&cluster);
    assert!(halfway.contains(&"web:1".to_owned()) && halfway.contains(&"web:2".to_owned()), "{halfway:?}");
    plane.scale_at(plane.now(), Resource::Deployments, "shop", "web", 9);
    plane.run_for(seconds(40));
    let scaled = images(&cluster);
    assert!(scaled.len() >= 9 && scaled.contains(&"web:1".to_owned()), "{scaled:?}");
    pause(&mut plane, false);
    plane.run_for(seconds(60));
    assert_eq!(images(&cluster), ["web:2"; 9]);
    assert_eq!(progressing(&cluster), "NewReplicaSetAvailable");
}

#[test]
fn a_ready_pod_counts_as_available_after_the_time_that_is_asked_for() {
    let (cluster, mut plane) = start();
    plane.create(&deployment(&json!({"minReadySeconds": 30}))).unwrap();
    plane.run_for(seconds(25));
    let web = cluster.read(Resource::Deployments, "shop", "web").unwrap();
    assert_eq!(
        (&web["status"]["readyReplicas"], &web["status"]["availableReplicas"]),
        (&json!(3), &Value::Null)
    );
    plane.run_for(seconds(25));
    let web = cluster.read(Resource::Deployments, "shop", "web").unwrap();
    assert_eq!(web["status"]["availableReplicas"], 3);
}

#[test]
fn stateful_sets_in_parallel_make_all_pods_at_once() {
    let (cluster, mut plane) = start();
    let set = Workload::stateful_set("shop", "db", "db:1").replicas(3);
    plane.create(&set.patch(json!({"spec": {"podManagementPolicy": "Parallel"}}))).unwrap();
    plane.run_for(seconds(1));
    assert_eq!(cluster.count(Resource::Pods), 3);
}

#[test]
fn ordinals_below_the_partition_keep_their_revision_also_when_they_are_made_anew() {
    let rolling = json!({"spec": {"updateStrategy": {"rollingUpdate": {"partition": 2}}}});
    let (cluster, mut plane) = up(&Workload::stateful_set("shop", "db", "db:1").replicas(3).patch(rolling));
    plane.set_image_at(plane.now(), Resource::StatefulSets, "shop", "db", "db:2");
    plane.run_for(seconds(60));
    assert_eq!(images(&cluster), ["db:1", "db:1", "db:2"]);
    plane.delete_at(plane.now(), Resource::Pods, "shop", "db-0");
    plane.run_for(seconds(60));
    assert_eq!(images(&cluster), ["db:1", "db:1", "db:2"]);
    let all = json!({"spec": {"updateStrategy": {"rollingUpdate": {"partition": 0}}}});
    plane.patch_at(plane.now(), Resource::StatefulSets, "shop", "db", all);
    plane.run_for(seconds(120));
    assert_eq!(images(&cluster), ["db:2"; 3]);
    let status = cluster.read(Resource::StatefulSets, "shop", "db").unwrap()["status"].clone();
    assert_eq!(status["currentRevision"], status["updateRevision"]);
}

#[test]
fn with_on_delete_whoever_deletes_a_pod_gets_the_new_revision() {
    let update = json!({"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": null}}});
    let (cluster, mut plane) = up(&Workload::stateful_set("shop", "db", "db:1").replicas(2).patch(update));
    plane.set_image_at(plane.now(), Resource::StatefulSets, "shop", "db", "db:2");
    plane.run_for(seconds(60));
    assert_eq!(images(&cluster), ["db:1", "db:1"]);
    plane.delete_at(plane.now(), Resource::Pods, "shop", "db-1");
    plane.run_for(seconds(30));
    assert_eq!(images(&cluster), ["db:1", "db:2"]);
}
