//! The demo's story, and load.

use crate::{client::get, settings};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use simulator::{Cluster, Demo, Fill, Resource, Simulator};
use std::collections::BTreeSet;

fn start_of_demo() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

async fn demo(seed: u64) -> (Simulator, Demo) {
    let simulator = settings().seed(seed).start().await.unwrap();
    let demo = Demo::prepare(simulator.cluster(), seed).unwrap();
    (simulator, demo)
}

fn container(pod: &Value) -> &Value {
    &pod["status"]["containerStatuses"][0]
}

/// The reason for which a container of the pods whose names begin so waits, or why it ended last.
fn trouble(cluster: &Cluster, namespace: &str, prefix: &str) -> BTreeSet<String> {
    let pods = cluster.list(Resource::Pods, Some(namespace));
    let of_workload = |pod: &&Value| pod["metadata"]["name"].as_str().unwrap().starts_with(prefix);
    let mut reasons = BTreeSet::new();
    for pod in pods.iter().filter(of_workload) {
        let status = container(pod);
        for reason in [&status["state"]["waiting"]["reason"], &status["lastState"]["terminated"]["reason"]] {
            reasons.extend(reason.as_str().map(str::to_owned));
        }
        let conditions = pod["status"]["conditions"].as_array();
        let unscheduled =
            conditions.into_iter().flatten().find(|condition| condition["reason"] == "Unschedulable");
        reasons.extend(unscheduled.map(|_| "Unschedulable".to_owned()));
    }
    reasons
}

#[tokio::test]
async fn the_first_screen_is_a_believable_cluster() {
    let (simulator, _demo) = demo(1).await;
    let cluster = simulator.cluster();
    assert_eq!(cluster.count(Resource::Namespaces), 8);
    let controllers =
        [Resource::Deployments, Resource::StatefulSets, Resource::DaemonSets, Resource::CronJobs];
    let workloads: usize = controllers.iter().map(|resource| cluster.count(*resource)).sum();
    assert!((38..=46).contains(&workloads), "{workloads} workloads");
    for deployment in cluster.list(Resource::Deployments, None) {
        let (spec, status) = (&deployment["spec"], &deployment["status"]);
        let wanted = spec["replicas"].as_i64().unwrap();
        assert_eq!(status["availableReplicas"].as_i64().unwrap_or(0), wanted, "{deployment}");
        assert!(wanted > 0 || deployment["metadata"]["name"] == "beta-banner");
    }
    let pods = cluster.list(Resource::Pods, None);
    let serving: Vec<_> = pods.iter().filter(|pod| container(pod)["ready"] == true).collect();
    assert!(serving.len() > 80, "{} pods serve", serving.len());
    let day_ago = start_of_demo() - SignedDuration::from_hours(24);
    for pod in serving {
        let started: Timestamp =
            container(pod)["state"]["running"]["startedAt"].as_str().unwrap().parse().unwrap();
        assert!(started < day_ago, "healthy for days: {pod}");
    }
    let claims = cluster.list(Resource::PersistentVolumeClaims, None);
    assert!(claims.len() > 10 && claims.iter().all(|claim| claim["status"]["phase"] == "Bound"));
    let daemons = cluster.read(Resource::DaemonSets, "monitoring", "node-exporter").unwrap();
    assert_eq!(daemons["status"]["numberReady"], 5);
    let suspended = cluster.read(Resource::CronJobs, "batch", "legacy-import").unwrap();
    assert_eq!(suspended["spec"]["suspend"], true);
    let hour_ago = start_of_demo() - SignedDuration::from_hours(1);
    for event in cluster.list(Resource::Events, None) {
        let created: Timestamp = event["metadata"]["creationTimestamp"].as_str().unwrap().parse().unwrap();
        assert!(created >= hour_ago, "events live for an hour: {event}");
    }
}

#[tokio::test]
async fn the_story_unfolds_and_is_mended() {
    let (simulator, mut demo) = demo(1).await;
    let cluster = simulator.cluster();
    let mut check = |minutes: i64, namespace: &str, prefix: &str, expected: &[&str]| {
        demo.advance_to(start_of_demo() + SignedDuration::from_mins(minutes));
        let found = trouble(cluster, namespace, prefix);
        let found: Vec<_> = found.iter().map(String::as_str).collect();
        assert_eq!(found, expected, "{namespace}/{prefix} after {minutes} min");
    };
    check(0, "payments", "checkout-api", &[]);
    check(5, "payments", "checkout-api", &["CrashLoopBackOff", "Error"]);
    check(5, "catalog", "search-index", &["Unschedulable"]);
    check(7, "media", "thumbnailer", &["CrashLoopBackOff", "OOMKilled"]);
    check(8, "shop", "gift-cards", &["CreateContainerConfigError"]);
    check(8, "payments", "checkout-api", &[]);
    check(10, "catalog", "search-index", &[]);
    check(11, "media", "thumbnailer", &[]);
    check(13, "shop", "gift-cards", &[]);
    check(20, "payments", "checkout-api", &["CrashLoopBackOff", "Error"]);
    check(29, "payments", "checkout-api", &[]);
}

#[tokio::test]
async fn the_same_seed_and_times_give_the_same_bytes() {
    let paths =
        ["/api/v1/pods", "/api/v1/events", "/apis/apps/v1/deployments", "/apis/metrics.k8s.io/v1beta1/pods"];
    let mut seen = Vec::new();
    for (seed, steps) in [(3, 1), (3, 60), (4, 1)] {
        let (simulator, mut demo) = demo(seed).await;
        for step in 1..=steps {
            demo.advance_to(start_of_demo() + SignedDuration::from_secs(240) * step / steps);
        }
        let mut bodies = Vec::new();
        for path in paths {
            bodies.push(get(&simulator, path).send().await.body);
        }
        seen.push(bodies);
    }
    assert!(seen[0] == seen[1], "however the time is cut");
    assert!(seen[0] != seen[2], "another seed is another cluster");
}

#[tokio::test]
async fn the_demo_does_not_grow() {
    let (simulator, mut demo) = demo(1).await;
    let sizes = |simulator: &Simulator| {
        [Resource::Pods, Resource::Jobs, Resource::PersistentVolumeClaims]
            .map(|resource| simulator.cluster().count(resource))
    };
    demo.advance_to(start_of_demo() + SignedDuration::from_mins(2 * 15 - 1));
    let early = sizes(&simulator);
    demo.advance_to(start_of_demo() + SignedDuration::from_mins(8 * 15 - 1));
    let late = sizes(&simulator);
    assert!(early.iter().zip(late).all(|(early, late)| late.abs_diff(*early) <= 4), "{early:?} {late:?}");
}

#[tokio::test]
async fn a_filling_has_what_was_asked_for_and_its_churn_is_consistent() {
    let simulator = settings().start().await.unwrap();
    let cluster = simulator.cluster();
    let mut churn = Fill { namespaces: 4, workloads: 30, replicas: 3 }.run(cluster, 1).unwrap();
    assert_eq!(cluster.count(Resource::Deployments), 27);
    assert_eq!(cluster.count(Resource::StatefulSets), 3);
    assert_eq!(cluster.count(Resource::ReplicaSets), 27);
    assert_eq!(cluster.count(Resource::Pods), 90);
    let revision = cluster.revision();
    // A change of a pod takes three writes.
    for _ in 0..300 {
        churn.step().unwrap();
    }
    assert!(cluster.revision() > revision + 250, "each step is a change");
    let pods = cluster.list(Resource::Pods, None);
    let mut unready = 0;
    for deployment in cluster.list(Resource::Deployments, None) {
        let name = deployment["metadata"]["name"].as_str().unwrap();
        let own = |pod: &&Value| {
            pod["metadata"]["labels"]["app.kubernetes.io/name"] == name && container(pod)["ready"] == true
        };
        let ready = pods.iter().filter(own).count();
        unready += 3 - ready;
        assert_eq!(deployment["status"]["readyReplicas"].as_u64().unwrap_or(0), ready as u64, "{name}");
    }
    assert!(unready > 0, "something is always changing");
}
