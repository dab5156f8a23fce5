//! What controllers and kubelets in small do to the objects.

use crate::{client::get, settings};
use jiff::SignedDuration;
use serde_json::{Value, json};
use simulator::{Behaviour, Cluster, ControlPlane, Resource, Simulator, Workload};

async fn start() -> (Simulator, ControlPlane) {
    let simulator = settings().start().await.unwrap();
    let cluster = simulator.cluster().clone();
    let mut plane = ControlPlane::new(cluster, 7, "2026-11-21T08:00:00Z".parse().unwrap());
    for node in ["node-1", "node-2", "node-3"] {
        plane.add_node(node).unwrap();
    }
    (simulator, plane)
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn web(replicas: u32) -> Workload {
    Workload::deployment("shop", "web", "web:1").replicas(replicas)
}

fn crashing() -> Behaviour {
    let log = vec!["missing DATABASE_URL".to_owned()];
    Behaviour::Crashes { runs_for: seconds(1), exit_code: 1, log }
}

fn deployment(cluster: &Cluster) -> Value {
    cluster.read(Resource::Deployments, "shop", "web").unwrap()
}

fn pods_of_image(cluster: &Cluster, image: &str) -> Vec<Value> {
    let pods = cluster.list(Resource::Pods, Some("shop"));
    pods.into_iter().filter(|pod| pod["spec"]["containers"][0]["image"] == image).collect()
}

fn condition<'a>(object: &'a Value, kind: &str) -> &'a Value {
    let conditions = object["status"]["conditions"].as_array().unwrap();
    conditions.iter().find(|condition| condition["type"] == kind).unwrap()
}

/// Reasons and counts of the events about the objects whose names begin so.
fn events(cluster: &Cluster, of: &str) -> Vec<(String, i64)> {
    let about = |event: &Value| event["involvedObject"]["name"].as_str().unwrap().starts_with(of);
    let events = cluster.list(Resource::Events, Some("shop"));
    let brief =
        |event: &Value| (event["reason"].as_str().unwrap().to_owned(), event["count"].as_i64().unwrap_or(0));
    events.iter().filter(|event| about(event)).map(brief).collect()
}

#[tokio::test]
async fn a_deployment_comes_up_with_its_replica_set_and_pods() {
    let (simulator, mut plane) = start().await;
    let cluster = simulator.cluster();
    plane.create(&web(3)).unwrap();
    plane.run_for(seconds(30));
    let web = deployment(cluster);
    let status = &web["status"];
    let numbers = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"];
    assert!(numbers.iter().all(|name| status[name] == 3), "{status}");
    assert!(status.get("unavailableReplicas").is_none(), "what is zero is left out");
    assert_eq!(status["observedGeneration"], web["metadata"]["generation"]);
    assert_eq!(condition(&web, "Progressing")["reason"], "NewReplicaSetAvailable");
    assert_eq!(condition(&web, "Available")["reason"], "MinimumReplicasAvailable");
    let set = &cluster.list(Resource::ReplicaSets, Some("shop"))[0];
    assert_eq!(set["metadata"]["ownerReferences"][0]["uid"], web["metadata"]["uid"]);
    let hash = set["metadata"]["labels"]["pod-template-hash"].as_str().unwrap();
    let pods = cluster.list(Resource::Pods, Some("shop"));
    assert_eq!(pods.len(), 3);
    for pod in &pods {
        assert_eq!(pod["metadata"]["ownerReferences"][0]["uid"], set["metadata"]["uid"]);
        assert!(pod["metadata"]["name"].as_str().unwrap().starts_with(&format!("web-{hash}-")));
        assert_eq!(
            (&pod["status"]["phase"], &condition(pod, "Ready")["status"]),
            (&json!("Running"), &json!("True"))
        );
    }
    assert!(events(cluster, "web").contains(&("ScalingReplicaSet".to_owned(), 1)));
}

#[tokio::test]
async fn a_rollout_replaces_the_pods_and_keeps_enough_of_them() {
    let (simulator, mut plane) = start().await;
    let cluster = simulator.cluster();
    plane.create(&web(4)).unwrap();
    plane.run_for(seconds(30));
    plane.set_image_at(plane.now(), Resource::Deployments, "shop", "web", "web:2");
    let mut was_open = false;
    for _ in 0..120 {
        plane.run_for(SignedDuration::from_millis(500));
        let web = deployment(cluster);
        let available = web["status"]["availableReplicas"].as_i64().unwrap_or(0);
        assert!(available >= 3, "25 % of 4 may be missing: {available}");
        was_open |= condition(&web, "Progressing")["reason"] == "ReplicaSetUpdated";
    }
    assert!(was_open, "the rollout was visible");
    assert_eq!((pods_of_image(cluster, "web:1").len(), pods_of_image(cluster, "web:2").len()), (0, 4));
    let web = deployment(cluster);
    assert_eq!(web["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "2");
    assert_eq!(condition(&web, "Progressing")["reason"], "NewReplicaSetAvailable");
}

#[tokio::test]
async fn a_version_that_crashes_backs_off_while_the_old_one_serves_and_is_rolled_back() {
    let (simulator, mut plane) = start().await;
    let cluster = simulator.cluster();
    plane.create(&web(3)).unwrap();
    plane.run_for(seconds(30));
    plane.set_behaviour("web:2", crashing());
    plane.set_image_at(plane.now(), Resource::Deployments, "shop", "web", "web:2");
    let mut states = Vec::new();
    for _ in 0..240 {
        plane.run_for(SignedDuration::from_millis(500));
        let Some(pod) = pods_of_image(cluster, "web:2").pop() else { continue };
        let main = &pod["status"]["containerStatuses"][0];
        let state = &main["state"];
        if state["waiting"]["reason"] == "CrashLoopBackOff" {
            let ended = &main["lastState"]["terminated"]["containerID"];
            assert_eq!(ended, &main["containerID"], "the end that it waits after is the last");
        }
        let state = state.as_object().and_then(|state| state.keys().next().cloned()).unwrap_or_default();
        if states.last() != Some(&state) {
            states.push(state);
        }
    }
    assert!(
        states.windows(2).any(|pair| pair == ["terminated", "waiting"]),
        "terminated for a while: {states:?}"
    );
    let broken = &pods_of_image(cluster, "web:2")[0];
    let container = &broken["status"]["containerStatuses"][0];
    assert!(container["restartCount"].as_i64().unwrap() >= 4, "{container}");
    assert_eq!(container["lastState"]["terminated"]["exitCode"], 1);
    assert_eq!(deployment(cluster)["status"]["availableReplicas"], 3, "the old version serves");
    let name = broken["metadata"]["name"].as_str().unwrap();
    let log = get(&simulator, &format!("/api/v1/namespaces/shop/pods/{name}/log?previous=true")).send().await;
    assert_eq!(log.text(), "missing DATABASE_URL\n");
    let back_off = events(cluster, name).into_iter().find(|(reason, _)| reason == "BackOff").unwrap();
    assert!(back_off.1 >= 3, "events are counted together: {back_off:?}");

    plane.set_image_at(plane.now(), Resource::Deployments, "shop", "web", "web:1");
    plane.run_for(seconds(30));
    assert_eq!((pods_of_image(cluster, "web:1").len(), pods_of_image(cluster, "web:2").len()), (3, 0));
    assert_eq!(deployment(cluster)["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "3");
    assert_eq!(condition(&deployment(cluster), "Progressing")["reason"], "NewReplicaSetAvailable");
}

#[tokio::test]
async fn a_rollout_that_goes_nowhere_passes_its_deadline() {
    let (simulator, mut plane) = start().await;
    plane.create(&web(2)).unwrap();
    plane.run_for(seconds(30));
    plane.set_behaviour("web:2", crashing());
    plane.set_image_at(plane.now(), Resource::Deployments, "shop", "web", "web:2");
    plane.run_for(seconds(590));
    assert_eq!(condition(&deployment(simulator.cluster()), "Progressing")["reason"], "ReplicaSetUpdated");
    plane.run_for(seconds(30));
    let web = deployment(simulator.cluster());
    let progressing = condition(&web, "Progressing");
    assert_eq!(
        (&progressing["status"], &progressing["reason"]),
        (&json!("False"), &json!("ProgressDeadlineExceeded"))
    );
}

#[tokio::test]
async fn a_container_out_of_memory_is_killed_at_its_limit_again_and_again() {
    let (simulator, mut plane) = start().await;
    plane.set_behaviour("web:1", Behaviour::RunsOutOfMemory { runs_for: seconds(30) });
    plane.create(&web(1)).unwrap();
    plane.run_for(seconds(20));
    assert_eq!(deployment(simulator.cluster())["status"]["readyReplicas"], 1, "it serves until it is killed");
    plane.run_for(seconds(100));
    let pod = &pods_of_image(simulator.cluster(), "web:1")[0];
    let last = &pod["status"]["containerStatuses"][0]["lastState"]["terminated"];
    assert_eq!((&last["exitCode"], &last["reason"]), (&json!(137), &json!("OOMKilled")));
}

#[tokio::test]
async fn a_missing_secret_holds_a_container_until_it_is_there() {
    let (simulator, mut plane) = start().await;
    let cluster = simulator.cluster();
    plane.set_secret_at(plane.now(), "shop", "web-db", false);
    plane.create(&web(1).secret("web-db")).unwrap();
    plane.run_for(seconds(30));
    let pod = &pods_of_image(cluster, "web:1")[0];
    let waiting = &pod["status"]["containerStatuses"][0]["state"]["waiting"];
    assert_eq!(waiting["reason"], "CreateContainerConfigError");
    assert_eq!(waiting["message"], "secret \"web-db\" not found");
    assert_eq!(pod["status"]["phase"], "Pending");
    plane.set_secret_at(plane.now(), "shop", "web-db", true);
    plane.run_for(seconds(40));
    assert_eq!(deployment(cluster)["status"]["readyReplicas"], 1);
}

#[tokio::test]
async fn a_stateful_set_goes_by_ordinal_and_waits_for_its_claims() {
    let (simulator, mut plane) = start().await;
    let cluster = simulator.cluster();
    plane.break_storage_class_at(plane.now() + seconds(30), "ssd", Some("quota exceeded"));
    plane
        .create(&Workload::stateful_set("shop", "db", "db:1").replicas(1).claim("data", "1Gi", "ssd"))
        .unwrap();
    plane.run_for(seconds(40));
    plane.scale_at(plane.now(), Resource::StatefulSets, "shop", "db", 3);
    plane.run_for(seconds(40));
    let names = || -> Vec<String> {
        let pods = cluster.list(Resource::Pods, Some("shop"));
        pods.iter().map(|pod| pod["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(), ["db-0", "db-1"], "the next waits for the one before");
    let waiting = cluster.read(Resource::Pods, "shop", "db-1").unwrap();
    assert_eq!(waiting["status"]["phase"], "Pending");
    let scheduled = condition(&waiting, "PodScheduled");
    assert_eq!((&scheduled["status"], &scheduled["reason"]), (&json!("False"), &json!("Unschedulable")));
    let why = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found";
    assert_eq!(scheduled["message"], why);
    let claim = |name: &str| cluster.read(Resource::PersistentVolumeClaims, "shop", name).unwrap();
    assert_eq!(claim("data-db-0")["status"]["phase"], "Bound");
    assert_eq!(claim("data-db-1")["status"]["phase"], "Pending");
    assert!(events(cluster, "data-db-1").iter().any(|(reason, _)| reason == "ProvisioningFailed"));

    plane.break_storage_class_at(plane.now(), "ssd", None);
    plane.run_for(seconds(90));
    assert_eq!(names(), ["db-0", "db-1", "db-2"]);
    let db = cluster.read(Resource::StatefulSets, "shop", "db").unwrap();
    assert_eq!((&db["status"]["readyReplicas"], &db["status"]["updatedReplicas"]), (&json!(3), &json!(3)));
    let last = cluster.read(Resource::Pods, "shop", "db-2").unwrap();
    assert_eq!(last["metadata"]["labels"]["apps.kubernetes.io/pod-index"], "2");
    assert_eq!(last["metadata"]["labels"]["controller-revision-hash"], db["status"]["updateRevision"]);
    plane.set_image_at(plane.now(), Resource::StatefulSets, "shop", "db", "db:2");
    plane.run_for(seconds(90));
    assert_eq!(pods_of_image(cluster, "db:2").len(), 3);
    let db = cluster.read(Resource::StatefulSets, "shop", "db").unwrap();
    assert_eq!(db["status"]["currentRevision"], db["status"]["updateRevision"]);
}

#[tokio::test]
async fn a_daemon_set_is_on_every_node_and_renewed_one_by_one() {
    let (simulator, mut plane) = start().await;
    let cluster = simulator.cluster();
    plane.create(&Workload::daemon_set("shop", "agent", "agent:1")).unwrap();
    plane.run_for(seconds(30));
    let nodes: Vec<_> = cluster
        .list(Resource::Pods, None)
        .iter()
        .map(|pod| pod["spec"]["nodeName"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(nodes.len(), 3);
    assert!(["node-1", "node-2", "node-3"].iter().all(|node| nodes.iter().any(|n| n == node)), "{nodes:?}");
    plane.set_image_at(plane.now(), Resource::DaemonSets, "shop", "agent", "agent:2");
    for _ in 0..120 {
        plane.run_for(SignedDuration::from_millis(500));
        let agent = cluster.read(Resource::DaemonSets, "shop", "agent").unwrap();
        assert!(agent["status"]["numberReady"].as_i64().unwrap() >= 2);
    }
    assert_eq!(pods_of_image(cluster, "agent:2").len(), 3);
}

#[tokio::test]
async fn a_cron_job_runs_names_its_jobs_by_the_minute_and_forgets_the_old_ones() {
    let (simulator, mut plane) = start().await;
    let cluster = simulator.cluster();
    plane.create(&Workload::cron_job("shop", "sync", "sync:1", "*/5 * * * *")).unwrap();
    plane.create(&Workload::cron_job("shop", "old", "old:1", "*/5 * * * *").replicas(0)).unwrap();
    plane.run_for(seconds(5 * 60 + 100));
    let minutes = "2026-11-21T08:05:00Z".parse::<jiff::Timestamp>().unwrap().as_second() / 60;
    let job = cluster.read(Resource::Jobs, "shop", &format!("sync-{minutes}")).unwrap();
    assert_eq!(
        (&condition(&job, "Complete")["status"], &job["status"]["succeeded"]),
        (&json!("True"), &json!(1))
    );
    let pod = &cluster.list(Resource::Pods, Some("shop"))[0];
    assert_eq!(pod["metadata"]["labels"]["batch.kubernetes.io/job-name"], job["metadata"]["name"]);
    assert_eq!(pod["status"]["phase"], "Succeeded");
    let sync = cluster.read(Resource::CronJobs, "shop", "sync").unwrap();
    assert_eq!(sync["status"]["lastScheduleTime"], "2026-11-21T08:05:00Z");
    assert_eq!(sync["status"]["lastSuccessfulTime"], job["status"]["completionTime"]);

    plane.set_behaviour("sync:1", crashing());
    plane.run_for(seconds(5 * 60));
    let failed = cluster.read(Resource::Jobs, "shop", &format!("sync-{}", minutes + 5)).unwrap();
    assert_eq!(condition(&failed, "Failed")["reason"], "BackoffLimitExceeded");
    assert_eq!(failed["status"]["failed"], 3);
    plane.set_behaviour("sync:1", Behaviour::Completes { runs_for: seconds(5) });
    plane.run_for(seconds(30 * 60));
    let jobs = cluster.list(Resource::Jobs, Some("shop"));
    assert_eq!(jobs.len(), 4, "three that succeeded and one that failed are kept; a suspended one has none");
}

#[tokio::test]
async fn events_are_forgotten_after_an_hour() {
    let (simulator, mut plane) = start().await;
    plane.create(&web(1)).unwrap();
    plane.run_for(seconds(60));
    assert!(simulator.cluster().count(Resource::Events) >= 5);
    plane.run_for(SignedDuration::from_mins(61));
    assert_eq!(simulator.cluster().count(Resource::Events), 0);
}
