//! Logs and metrics of pods.

use crate::{client::get, pod, settings};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use simulator::{Climb, Clock, MetricsApi, Simulator};

const LOG: &str = "/api/v1/namespaces/shop/pods/web/log";

fn running(names: &[&str]) -> Value {
    let mut pod = pod("shop", "web");
    let limits = json!({"limits": {"memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "64Mi"}});
    let container = |name: &&str| json!({"name": name, "image": "web:1", "resources": limits});
    let status = |name: &&str| {
        json!({
            "name": name, "ready": true, "restartCount": 0, "image": "web:1", "imageID": "",
            "state": {"running": {"startedAt": "2026-11-21T07:00:00Z"}}, "lastState": {},
        })
    };
    pod["spec"]["containers"] = names.iter().map(container).collect();
    pod["status"]["containerStatuses"] = names.iter().map(status).collect();
    pod
}

async fn with_pod(names: &[&str]) -> Simulator {
    let simulator = settings().start().await.unwrap();
    simulator.cluster().apply(running(names)).unwrap();
    simulator
}

#[tokio::test]
async fn logs_have_tail_previous_and_timestamps() {
    let simulator = with_pod(&["app"]).await;
    let cluster = simulator.cluster();
    for line in ["one", "two"] {
        cluster.log("shop", "web", "app", line);
    }
    cluster.rotate_log("shop", "web", "app");
    cluster.log("shop", "web", "app", "three");
    cluster.log("shop", "web", "app", "four");
    let check = async |query: &str, expected: &str| {
        let reply = get(&simulator, &format!("{LOG}{query}")).send().await;
        assert_eq!(reply.header("content-type"), Some("text/plain"));
        assert_eq!(reply.text(), expected, "{query}");
    };
    check("", "three\nfour\n").await;
    check("?tailLines=1", "four\n").await;
    check("?previous=true&container=app", "one\ntwo\n").await;
    check("?limitBytes=7", "three\nf").await;
    check("?tailLines=1&timestamps=true", "2026-11-21T08:00:00.000000000Z four\n").await;
    check("?sinceTime=2026-11-21T08:00:01Z", "").await;
}

#[tokio::test]
async fn logs_say_what_is_wrong_with_a_request() {
    let simulator = with_pod(&["app", "proxy"]).await;
    let check = async |path: &str, status: StatusCode, message: &str| {
        let reply = get(&simulator, path).send().await;
        assert_eq!((reply.status, &reply.json()["message"]), (status, &json!(message)), "{path}");
    };
    let choose = "a container name must be specified for pod web, choose one of: [app proxy]";
    check(LOG, StatusCode::BAD_REQUEST, choose).await;
    let other = format!("{LOG}?container=other");
    check(&other, StatusCode::BAD_REQUEST, "container other is not valid for pod web").await;
    let previous = format!("{LOG}?container=app&previous=1");
    let none = "previous terminated container \"app\" in pod \"web\" not found";
    check(&previous, StatusCode::BAD_REQUEST, none).await;
    let nothing = "/api/v1/namespaces/shop/pods/nothing/log";
    check(nothing, StatusCode::NOT_FOUND, "pods \"nothing\" not found").await;
}

#[tokio::test]
async fn a_followed_log_goes_on_until_the_pod_is_gone() {
    let simulator = with_pod(&["app"]).await;
    let cluster = simulator.cluster();
    cluster.log("shop", "web", "app", "one");
    cluster.log("shop", "web", "app", "same");
    let mut log = get(&simulator, &format!("{LOG}?follow=true&tailLines=1")).open().await.unwrap();
    assert_eq!(log.bytes().await.unwrap().unwrap(), "same\n");
    cluster.log("shop", "web", "app", "next");
    assert_eq!(log.bytes().await.unwrap().unwrap(), "next\n");
    cluster.delete(simulator::Resource::Pods, "shop", "web").unwrap();
    assert!(log.bytes().await.unwrap().is_none());
}

#[tokio::test]
async fn containers_that_nothing_was_written_for_say_something_of_their_own() {
    let simulator = with_pod(&["app"]).await;
    let tail = format!("{LOG}?tailLines=20");
    let text = get(&simulator, &tail).send().await;
    assert_eq!(text.text().lines().count(), 20);
    assert_eq!(get(&simulator, &tail).send().await.body, text.body, "the same at each reading");
}

const METRICS: &str = "/apis/metrics.k8s.io/v1beta1";

#[tokio::test]
async fn metrics_are_of_running_containers_and_the_same_at_the_same_time() {
    let simulator = with_pod(&["app", "proxy"]).await;
    let mut young = running(&["app"]);
    young["metadata"]["name"] = "young".into();
    young["status"]["containerStatuses"][0]["state"]["running"]["startedAt"] = "2026-11-21T07:59:50Z".into();
    simulator.cluster().apply(young).unwrap();
    let list = get(&simulator, &format!("{METRICS}/pods")).json().await;
    assert_eq!(
        (&list["kind"], &list["apiVersion"]),
        (&json!("PodMetricsList"), &json!("metrics.k8s.io/v1beta1"))
    );
    assert_eq!(crate::names(&list), ["web"], "no figure before two readings");
    let figures = &list["items"][0];
    assert_eq!(figures["timestamp"], "2026-11-21T08:00:00Z");
    assert_eq!(figures["metadata"]["labels"]["app"], "web");
    let containers = figures["containers"].as_array().unwrap();
    assert_eq!(containers.len(), 2);
    assert!(containers.iter().all(|c| memory_mib(c) > 64 && memory_mib(c) < 256));
    assert!(containers[0]["usage"]["cpu"].as_str().unwrap().ends_with('n'));
    let one = get(&simulator, &format!("{METRICS}/namespaces/shop/pods/web")).json().await;
    assert_eq!((&one["kind"], &one["containers"]), (&json!("PodMetrics"), &figures["containers"]));
}

#[tokio::test]
async fn memory_climbs_to_the_limit_where_it_is_told_to() {
    let clock = Clock::fixed("2026-11-21T08:00:00Z".parse().unwrap());
    let simulator = Simulator::builder().clock(clock.clone()).start().await.unwrap();
    simulator.cluster().apply(running(&["app"])).unwrap();
    let from = clock.now();
    let climb = Climb { from, to: from + SignedDuration::from_secs(60) };
    simulator.cluster().set_climb("shop", "web", Some(climb));
    let mut seen = Vec::new();
    for _ in 0..5 {
        let figures = get(&simulator, &format!("{METRICS}/namespaces/shop/pods/web")).json().await;
        seen.push(memory_mib(&figures["containers"][0]));
        clock.advance(SignedDuration::from_secs(15));
    }
    assert!(seen.is_sorted() && seen[0] < 90 && *seen.last().unwrap() > 250, "{seen:?}");
}

#[tokio::test]
async fn metrics_may_be_absent_or_unavailable() {
    let simulator = with_pod(&["app"]).await;
    let check = async |api: MetricsApi, expected: StatusCode| {
        simulator.set_metrics(api);
        assert_eq!(get(&simulator, &format!("{METRICS}/pods")).send().await.status, expected);
    };
    check(MetricsApi::NotInstalled, StatusCode::NOT_FOUND).await;
    check(MetricsApi::Unavailable, StatusCode::SERVICE_UNAVAILABLE).await;
    check(MetricsApi::Serving, StatusCode::OK).await;
}

fn memory_mib(container: &Value) -> u64 {
    let text = container["usage"]["memory"].as_str().unwrap().strip_suffix("Ki").unwrap();
    text.parse::<u64>().unwrap() / 1024
}
