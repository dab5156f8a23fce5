//! Watches.

use crate::{
    client::{Answer, get},
    pod, reached, settings,
};
use http::StatusCode;
use serde_json::{Value, json};
use simulator::{Resource, Simulator};

async fn open(simulator: &Simulator, path: &str) -> Answer {
    get(simulator, path).open().await.expect("the watch is answered")
}

/// Type, name and resourceVersion are what a client goes by.
fn brief(event: &Value) -> (&str, &str) {
    let text = |value: &'static str| event.pointer(value).and_then(Value::as_str).unwrap_or_default();
    (text("/type"), text("/object/metadata/name"))
}

#[tokio::test]
async fn tells_each_change_after_the_resource_version_of_a_list() {
    let simulator = settings().start().await.unwrap();
    let cluster = simulator.cluster();
    cluster.apply(pod("shop", "before")).unwrap();
    let list = get(&simulator, "/api/v1/pods").json().await;
    let from = list["metadata"]["resourceVersion"].as_str().unwrap();
    cluster.apply(pod("shop", "between")).unwrap();
    let mut watch = open(&simulator, &format!("/api/v1/pods?watch=1&resourceVersion={from}")).await;
    assert_eq!(brief(&watch.event().await), ("ADDED", "between"));
    cluster.patch(Resource::Pods, "shop", "before", &json!({"status": {"phase": "Failed"}})).unwrap();
    let modified = watch.event().await;
    assert_eq!(brief(&modified), ("MODIFIED", "before"));
    assert_eq!(modified["object"]["kind"], "Pod", "objects of a watch say their kind");
    cluster.delete(Resource::Pods, "shop", "between").unwrap();
    let deleted = watch.event().await;
    assert_eq!(brief(&deleted), ("DELETED", "between"));
    let at = &deleted["object"]["metadata"]["resourceVersion"];
    assert_eq!(at, &cluster.revision().to_string(), "a deletion has a resourceVersion of its own");
}

#[tokio::test]
async fn begins_with_what_there_is_when_no_resource_version_is_given() {
    let simulator = settings().start().await.unwrap();
    simulator.cluster().apply(pod("shop", "a")).unwrap();
    for path in ["/api/v1/pods?watch=1", "/api/v1/pods?watch=true&resourceVersion=0"] {
        let mut watch = open(&simulator, path).await;
        assert_eq!(brief(&watch.event().await), ("ADDED", "a"), "{path}");
    }
}

#[tokio::test]
async fn watches_one_namespace_or_a_selection_and_says_when_objects_leave_it() {
    let simulator = settings().start().await.unwrap();
    let cluster = simulator.cluster();
    let mut shop = open(&simulator, "/api/v1/namespaces/shop/pods?watch=1").await;
    let mut running = open(&simulator, "/api/v1/pods?watch=1&fieldSelector=status.phase%3DRunning").await;
    cluster.apply(pod("blog", "other")).unwrap();
    cluster.apply(pod("shop", "a")).unwrap();
    cluster.patch(Resource::Pods, "shop", "a", &json!({"status": {"phase": "Failed"}})).unwrap();
    assert_eq!(brief(&shop.event().await), ("ADDED", "a"));
    assert_eq!(brief(&shop.event().await), ("MODIFIED", "a"));
    assert_eq!(brief(&running.event().await), ("ADDED", "other"));
    assert_eq!(brief(&running.event().await), ("ADDED", "a"));
    assert_eq!(brief(&running.event().await), ("DELETED", "a"), "it left the selection");
}

const STREAMING_LIST: &str =
    "/api/v1/pods?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

#[tokio::test]
async fn a_streaming_list_ends_in_its_bookmark_and_goes_on() {
    let simulator = settings().start().await.unwrap();
    let cluster = simulator.cluster();
    for name in ["c", "a", "b"] {
        cluster.apply(pod("shop", name)).unwrap();
    }
    let revision = cluster.revision().to_string();
    let mut watch = open(&simulator, STREAMING_LIST).await;
    let mut revisions = Vec::new();
    for name in ["a", "b", "c"] {
        let event = watch.event().await;
        assert_eq!(brief(&event), ("ADDED", name));
        let at = event["object"]["metadata"]["resourceVersion"].as_str().unwrap();
        revisions.push(at.parse::<u64>().unwrap());
    }
    assert!(!revisions.is_sorted(), "initial events are not in the order of their resourceVersions");
    let end = watch.event().await;
    assert_eq!(end["type"], "BOOKMARK");
    assert_eq!(
        end["object"]["metadata"],
        json!({"resourceVersion": revision, "annotations": {"k8s.io/initial-events-end": "true"}})
    );
    cluster.delete(Resource::Pods, "shop", "b").unwrap();
    assert_eq!(brief(&watch.event().await), ("DELETED", "b"));
}

#[tokio::test]
async fn refuses_a_streaming_list_where_it_is_turned_off_or_asked_for_wrongly() {
    let simulator = settings().start().await.unwrap();
    let check = async |path: &str, message: &str| {
        let reply = get(&simulator, path).send().await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let status = reply.json();
        assert_eq!(status["details"]["causes"][0]["message"], format!("Forbidden: {message}"), "{path}");
    };
    check(
        "/api/v1/pods?watch=1&sendInitialEvents=true",
        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
    )
    .await;
    simulator.set_streaming_lists(false);
    let off = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
    check(STREAMING_LIST, off).await;
    simulator.set_streaming_lists(true);
    let mut watch = open(&simulator, STREAMING_LIST).await;
    assert_eq!(watch.event().await["type"], "BOOKMARK");
}

#[tokio::test]
async fn an_expired_resource_version_is_one_error_and_the_end() {
    let simulator = Simulator::builder().history(2).start().await.unwrap();
    let cluster = simulator.cluster();
    let before = cluster.revision();
    for name in ["a", "b", "c"] {
        cluster.apply(pod("default", name)).unwrap();
    }
    let mut watch = open(&simulator, &format!("/api/v1/pods?watch=1&resourceVersion={before}")).await;
    assert_eq!(watch.status, StatusCode::OK);
    let error = watch.event().await;
    assert_eq!(error["type"], "ERROR");
    let status = &error["object"];
    assert_eq!((&status["code"], &status["reason"]), (&json!(410), &json!("Expired")));
    assert!(
        status["message"].as_str().unwrap().starts_with(&format!("too old resource version: {before} ("))
    );
    assert_eq!(watch.line().await.unwrap(), None);
    let last = cluster.revision();
    let mut watch = open(&simulator, &format!("/api/v1/pods?watch=1&resourceVersion={}", last - 1)).await;
    assert_eq!(brief(&watch.event().await), ("ADDED", "c"), "what is still kept can be resumed");
    let mut open_while_forgotten =
        open(&simulator, &format!("/api/v1/pods?watch=1&resourceVersion={last}")).await;
    reached(&simulator, |activity| activity.open_watches(Resource::Pods) >= 1).await;
    cluster.apply(pod("default", "d")).unwrap();
    assert_eq!(brief(&open_while_forgotten.event().await), ("ADDED", "d"));
}

#[tokio::test]
async fn bookmarks_come_on_order_and_before_the_end_to_those_who_allow_them() {
    let simulator = settings().start().await.unwrap();
    let from = simulator.cluster().revision();
    let path = format!("/api/v1/pods?watch=1&resourceVersion={from}&timeoutSeconds=1");
    let mut with = open(&simulator, &format!("{path}&allowWatchBookmarks=true")).await;
    let mut without = open(&simulator, &path).await;
    simulator.cluster().create_namespace("elsewhere").unwrap();
    simulator.send_bookmarks();
    let bookmark = with.event().await;
    assert_eq!(bookmark["type"], "BOOKMARK");
    let at = &bookmark["object"]["metadata"]["resourceVersion"];
    assert_eq!(at, &simulator.cluster().revision().to_string(), "changes of other kinds move it on");
    assert_eq!(with.event().await["type"], "BOOKMARK", "the last word before the timeout");
    assert_eq!(with.line().await.unwrap(), None, "timeoutSeconds ends it cleanly");
    assert_eq!(without.line().await.unwrap(), None);
}

#[tokio::test]
async fn a_resource_version_from_the_future_hangs_until_it_is_reached() {
    let simulator = settings().start().await.unwrap();
    let cluster = simulator.cluster();
    let future = cluster.revision() + 2;
    let mut watch = open(&simulator, &format!("/api/v1/pods?watch=1&resourceVersion={future}")).await;
    for name in ["a", "b", "c"] {
        cluster.apply(pod("kube-system", name)).unwrap();
    }
    assert_eq!(brief(&watch.event().await), ("ADDED", "c"));
}
