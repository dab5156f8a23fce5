//! Faults on demand.

use crate::{
    DEADLINE,
    client::{PROTOBUF, get},
    names, pod, reached, settings,
};
use http::StatusCode;
use serde_json::Value;
use simulator::{Cluster, Corruption, Cut, Failure, Pace, Resource, Scope, Simulator, Verb};
use std::time::Duration;

async fn with_pods() -> Simulator {
    let simulator = settings().start().await.unwrap();
    for name in ["a", "b", "c"] {
        simulator.cluster().apply(pod("shop", name)).unwrap();
    }
    simulator
}

#[tokio::test]
async fn connections_are_dropped_in_the_middle_of_a_watch() {
    let simulator = with_pods().await;
    let mut watch = get(&simulator, "/api/v1/pods?watch=1").open().await.unwrap();
    for _ in 0..3 {
        watch.event().await;
    }
    tokio::time::timeout(DEADLINE, simulator.faults().drop_connections()).await.expect("they are dropped");
    assert!(watch.line().await.is_err(), "the body is not complete");
    assert_eq!(get(&simulator, "/api/v1/pods").send().await.status, StatusCode::OK, "new ones are served");
}

#[tokio::test]
async fn connections_are_refused_for_a_while_on_the_same_port() {
    let simulator = with_pods().await;
    simulator.faults().refuse_connections().await;
    assert!(get(&simulator, "/version").open().await.is_err());
    simulator.faults().accept_connections().await;
    assert_eq!(get(&simulator, "/version").send().await.status, StatusCode::OK);
}

#[tokio::test]
async fn requests_fail_as_often_as_was_said() {
    let simulator = with_pods().await;
    let faults = simulator.faults();
    let busy = Failure::TooManyRequests { retry_after_seconds: 7 };
    faults.fail_next(1, busy, Scope::Of(Verb::List, Resource::Pods));
    faults.fail_next(2, Failure::Status(503), Scope::Verb(Verb::List));
    faults.fail_next(1, Failure::ProxyPage(502), Scope::Any);
    let list = async || get(&simulator, "/api/v1/pods").send().await;
    let first = list().await;
    assert_eq!((first.status, first.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, Some("7")));
    assert_eq!(first.json()["reason"], "TooManyRequests");
    for _ in 0..2 {
        let unavailable = list().await;
        assert_eq!(unavailable.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(unavailable.json()["kind"], "Status");
    }
    let page = list().await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::BAD_GATEWAY, Some("text/html")));
    assert_eq!(list().await.status, StatusCode::OK);
    assert_eq!(simulator.activity().requests(Verb::List, Resource::Pods), 5, "failures are counted too");
}

#[tokio::test]
async fn one_request_is_not_answered_and_others_are() {
    let simulator = with_pods().await;
    simulator.faults().fail_next(1, Failure::Silence, Scope::Verb(Verb::List));
    let silent = tokio::spawn(get(&simulator, "/api/v1/pods").send());
    simulator.activity_when(|now| now.requests(Verb::List, Resource::Pods) == 1).await;
    assert_eq!(get(&simulator, "/api/v1/pods").send().await.status, StatusCode::OK);
    assert!(!silent.is_finished());
    silent.abort();
}

#[tokio::test]
async fn a_kubelet_that_does_not_answer_keeps_the_logs_of_its_own_pods() {
    let simulator = with_pods().await;
    for (name, node) in [("near", "n1"), ("far", "n2")] {
        let mut pod = pod("shop", name);
        pod["spec"]["nodeName"] = node.into();
        simulator.cluster().apply(pod).unwrap();
    }
    simulator.faults().silence_node("n2");
    let log = |name: &str| get(&simulator, &format!("/api/v1/namespaces/shop/pods/{name}/log"));
    let silent = tokio::spawn(log("far").send());
    simulator.activity_when(|now| now.requests(Verb::Log, Resource::Pods) == 1).await;
    assert_eq!(log("near").send().await.status, StatusCode::OK);
    assert!(!silent.is_finished());
    silent.abort();
    simulator.faults().clear();
    assert_eq!(log("far").send().await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_text_is_handed_out_byte_for_byte() {
    let simulator = with_pods().await;
    simulator.faults().fail_next(1, Failure::Text(b"caf\xff"), Scope::Of(Verb::Log, Resource::Pods));
    let log = get(&simulator, "/api/v1/namespaces/shop/pods/a/log").send().await;
    assert_eq!((log.status, log.header("content-type")), (StatusCode::OK, Some("text/plain")));
    assert_eq!(&log.body[..], b"caf\xff");
}

#[tokio::test]
async fn watches_are_cut_cleanly_or_abruptly() {
    let simulator = with_pods().await;
    let from = simulator.cluster().revision();
    let open = async |resource: &str| {
        get(&simulator, &format!("/api/v1/{resource}?watch=1&resourceVersion={from}")).open().await.unwrap()
    };
    let (mut clean, mut other) = (open("pods").await, open("namespaces").await);
    simulator.faults().cut_watches(Cut::Clean, Some(Resource::Pods));
    assert_eq!(clean.line().await.unwrap(), None);
    let mut abrupt = open("pods").await;
    simulator.faults().cut_watches(Cut::Abrupt, Some(Resource::Pods));
    assert!(abrupt.line().await.is_err());
    simulator.cluster().create_namespace("blog").unwrap();
    assert_eq!(other.event().await["object"]["metadata"]["name"], "blog", "others are not cut");
}

#[tokio::test]
async fn a_frozen_server_accepts_and_says_nothing() {
    let simulator = with_pods().await;
    let from = simulator.cluster().revision();
    let mut watch =
        get(&simulator, &format!("/api/v1/pods?watch=1&resourceVersion={from}")).open().await.unwrap();
    simulator.faults().freeze();
    let request = tokio::spawn(get(&simulator, "/api/v1/pods").send());
    reached(&simulator, |activity| activity.held_requests() == 1).await;
    simulator.cluster().apply(pod("shop", "d")).unwrap();
    assert_eq!(simulator.activity().requests(Verb::List, Resource::Pods), 0, "not even looked at");
    assert!(!request.is_finished());
    simulator.faults().thaw();
    let list = request.await.unwrap().json();
    assert_eq!(names(&list), ["a", "b", "c", "d"]);
    assert_eq!(watch.event().await["object"]["metadata"]["name"], "d");
}

#[tokio::test]
async fn bodies_come_slowly() {
    let simulator = with_pods().await;
    let whole = get(&simulator, "/api/v1/pods").send().await.body;
    let pace = Pace { piece_bytes: 100, pause: Duration::from_millis(1) };
    simulator.faults().slow_bodies(Some(pace));
    let mut answer = get(&simulator, "/api/v1/pods").open().await.unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = answer.bytes().await.unwrap() {
        pieces.push(piece);
    }
    assert!(pieces.len() >= whole.len() / 200, "{} pieces of {} bytes", pieces.len(), whole.len());
    assert_eq!(pieces.concat(), whole);
}

#[tokio::test]
async fn bodies_and_frames_are_spoilt() {
    let simulator = with_pods().await;
    let whole = get(&simulator, "/api/v1/pods").send().await.body;
    let faults = simulator.faults();
    faults.corrupt_next(1, Corruption::Truncated, Scope::Verb(Verb::List));
    let half = get(&simulator, "/api/v1/pods").send().await;
    assert_eq!(half.body, whole[..whole.len() / 2]);
    faults.corrupt_next(1, Corruption::Garbled, Scope::Verb(Verb::List));
    let garbled = get(&simulator, "/api/v1/pods").send().await;
    assert!(serde_json::from_slice::<Value>(&garbled.body).is_err());

    let mut bodies = Vec::new();
    for corruption in [Corruption::Truncated, Corruption::Endless] {
        faults.corrupt_next(1, corruption, Scope::Resource(Resource::Pods));
        let mut watch =
            get(&simulator, "/api/v1/pods?watch=1").header("accept", PROTOBUF).open().await.unwrap();
        let mut body = Vec::new();
        while let Some(piece) = watch.bytes().await.unwrap() {
            body.extend_from_slice(&piece);
        }
        bodies.push(body);
    }
    let length = |body: &[u8]| u32::from_be_bytes(*body.first_chunk().unwrap()) as usize;
    assert!(bodies[0].len() < 4 + length(&bodies[0]), "the frame is cut");
    assert_eq!(length(&bodies[1]), 1 << 31, "the frame says that it is 2 GiB long");
    assert_eq!(get(&simulator, "/api/v1/pods").send().await.body, whole, "and then all is well");
}

#[tokio::test]
async fn the_cluster_changes_while_clients_are_away() {
    let simulator = with_pods().await;
    let list = get(&simulator, "/api/v1/pods").json().await;
    let from = list["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/pods?watch=1&resourceVersion={from}");
    let mut watch = get(&simulator, &path).open().await.unwrap();
    let away = |cluster: &Cluster| {
        cluster.delete(Resource::Pods, "shop", "b").unwrap();
        cluster.apply(pod("shop", "z")).unwrap();
    };
    simulator.faults().while_away(simulator.cluster(), away).await;
    assert!(watch.line().await.is_err(), "the client was cut off");
    let mut watch = get(&simulator, &path).open().await.unwrap();
    assert_eq!(watch.event().await["object"]["code"], 410);
    assert_eq!(names(&get(&simulator, "/api/v1/pods").json().await), ["a", "c", "z"]);
}

#[tokio::test]
async fn a_restored_backup_leaves_clients_in_the_future() {
    let simulator = with_pods().await;
    let cluster = simulator.cluster();
    let future = cluster.revision();
    cluster.rewind(1);
    let reply = get(&simulator, &format!("/api/v1/pods?resourceVersion={future}")).send().await;
    assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT);
    let list = get(&simulator, "/api/v1/pods").json().await;
    assert!(list["metadata"]["resourceVersion"].as_str().unwrap().parse::<u64>().unwrap() < future);
}

#[tokio::test]
async fn stops_in_order_with_watches_open() {
    let simulator = with_pods().await;
    let from = simulator.cluster().revision();
    let path = format!("/api/v1/pods?watch=1&resourceVersion={from}");
    let mut watch = get(&simulator, &path).open().await.unwrap();
    let address = simulator.address();
    simulator.stop().await;
    assert_eq!(watch.line().await.unwrap(), None, "the watch has a clean end");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
