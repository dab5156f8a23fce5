//! Objects that a real API server wrote, put into the simulator and read from it over HTTP: in both encodings they
//! are what the real server answered.

use crate::{
    client::{Answer, PROTOBUF, get},
    settings,
};
use serde_json::Value;
use simulator::Simulator;
use std::{fs, path::Path};

fn recorded(file: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(file)).unwrap()
}

/// A simulator whose next write has the object's resourceVersion, with the object written.
async fn holding(object: &Value) -> Simulator {
    let simulator = settings().start().await.unwrap();
    let cluster = simulator.cluster();
    let metadata = &object["metadata"];
    if let Some(namespace) = metadata["namespace"].as_str() {
        cluster.create_namespace(namespace).unwrap();
    }
    let revision: u64 = metadata["resourceVersion"].as_str().unwrap().parse().unwrap();
    while cluster.revision() + 1 < revision {
        cluster.create_namespace(&format!("filler-{}", cluster.revision())).unwrap();
    }
    cluster.apply(object.clone()).unwrap();
    simulator
}

#[tokio::test]
async fn single_objects_are_the_recorded_bytes() {
    let check = async |name: &str, path: &str| {
        let object: Value = serde_json::from_slice(&recorded(&format!("{name}.json"))).unwrap();
        let simulator = holding(&object).await;
        let path = format!("{path}/{}", object["metadata"]["name"].as_str().unwrap());
        assert_eq!(get(&simulator, &path).json().await, object, "{name}");
        let reply = get(&simulator, &path).header("accept", PROTOBUF).send().await;
        assert_eq!(reply.header("content-type"), Some(PROTOBUF));
        assert!(reply.body == recorded(&format!("{name}.pb")), "{name} differs in protobuf");
    };
    let (core, apps, batch) = (
        "/api/v1/namespaces/recording",
        "/apis/apps/v1/namespaces/recording",
        "/apis/batch/v1/namespaces/recording",
    );
    check("namespace", "/api/v1/namespaces").await;
    check("node", "/api/v1/nodes").await;
    check("service", &format!("{core}/services")).await;
    check("claim", &format!("{core}/persistentvolumeclaims")).await;
    check("pod", &format!("{core}/pods")).await;
    check("pod-broken", &format!("{core}/pods")).await;
    check("deployment", &format!("{apps}/deployments")).await;
    check("replicaset", &format!("{apps}/replicasets")).await;
    check("statefulset", &format!("{apps}/statefulsets")).await;
    check("daemonset", &format!("{apps}/daemonsets")).await;
    check("job", &format!("{batch}/jobs")).await;
    check("cronjob", &format!("{batch}/cronjobs")).await;
}

#[tokio::test]
async fn a_streaming_list_is_the_recorded_bytes() {
    let text = String::from_utf8(recorded("watch-pods.json")).unwrap();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let simulator = holding(&events[0]["object"]).await;
    let bookmark: u64 = events[1]["object"]["metadata"]["resourceVersion"].as_str().unwrap().parse().unwrap();
    while simulator.cluster().revision() < bookmark {
        simulator.cluster().create_namespace(&format!("filler-{}", simulator.cluster().revision())).unwrap();
    }
    let options = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    let path = format!("/api/v1/namespaces/recording/pods?{options}&fieldSelector=metadata.name=broken");
    let mut json = get(&simulator, &path).open().await.unwrap();
    assert_eq!([json.event().await, json.event().await], [events[0].clone(), events[1].clone()]);
    let accept = format!("{PROTOBUF};stream=watch");
    let mut protobuf: Answer = get(&simulator, &path).header("accept", &accept).open().await.unwrap();
    let expected = recorded("watch-pods.pb");
    let mut body = Vec::new();
    while body.len() < expected.len() {
        body.extend_from_slice(&protobuf.bytes().await.unwrap().expect("the watch goes on"));
    }
    assert!(body == expected, "the frames differ");
}

#[tokio::test]
async fn errors_are_the_recorded_bytes() {
    let simulator = settings().start().await.unwrap();
    let check = async |name: &str, path: &str| {
        let expected: Value = serde_json::from_slice(&recorded(&format!("{name}.json"))).unwrap();
        assert_eq!(get(&simulator, path).json().await, expected, "{name}");
        let reply = get(&simulator, path).header("accept", PROTOBUF).send().await;
        assert!(reply.body == recorded(&format!("{name}.pb")), "{name} differs in protobuf");
    };
    check("status-not-found", "/api/v1/namespaces/recording/pods/nothing").await;
    check("status-invalid", "/api/v1/namespaces/recording/pods?watch=1&sendInitialEvents=true").await;
}
