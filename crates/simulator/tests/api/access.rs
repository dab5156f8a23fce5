//! Authentication, rights, methods, encodings.

use crate::{
    client::{PROTOBUF, get},
    pod, reached, settings,
};
use http::{Method, StatusCode};
use serde_json::json;
use simulator::{Access, Resource, Rule, Verb};

#[tokio::test]
async fn asks_for_the_token_that_is_set() {
    let simulator = settings().token("secret").start().await.unwrap();
    let check = async |header: Option<&str>, expected: StatusCode| {
        let call = get(&simulator, "/api/v1/pods");
        let call = match header {
            Some(value) => call.header("authorization", value),
            None => call,
        };
        assert_eq!(call.send().await.status, expected, "{header:?}");
    };
    check(None, StatusCode::UNAUTHORIZED).await;
    check(Some("Bearer wrong"), StatusCode::UNAUTHORIZED).await;
    check(Some("Bearer secret"), StatusCode::OK).await;
    simulator.set_token(Some("rotated"));
    check(Some("Bearer secret"), StatusCode::UNAUTHORIZED).await;
    check(Some("Bearer rotated"), StatusCode::OK).await;
    let status = get(&simulator, "/api/v1/pods").json().await;
    let expected = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": "Unauthorized", "reason": "Unauthorized", "code": 401,
    });
    assert_eq!(status, expected);
}

#[tokio::test]
async fn refuses_in_the_words_of_the_real_authoriser() {
    let simulator = settings().user("lab-viewer").access(Access::Only(Vec::new())).start().await.unwrap();
    simulator.cluster().apply(pod("shop", "web-1")).unwrap();
    let check = async |path: &str, message: &str, details: serde_json::Value| {
        let reply = get(&simulator, path).send().await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
        let status = reply.json();
        assert_eq!((&status["message"], &status["reason"]), (&json!(message), &json!("Forbidden")));
        assert_eq!(status["details"], details, "{path}");
    };
    check(
        "/api/v1/pods",
        r#"pods is forbidden: User "lab-viewer" cannot list resource "pods" in API group "" at the cluster scope"#,
        json!({"kind": "pods"}),
    )
    .await;
    check(
        "/apis/apps/v1/namespaces/shop/deployments?watch=1",
        r#"deployments.apps is forbidden: User "lab-viewer" cannot watch resource "deployments" in API group "apps" in the namespace "shop""#,
        json!({"kind": "deployments", "group": "apps"}),
    )
    .await;
    check(
        "/api/v1/namespaces/shop/pods/web-1/log",
        r#"pods "web-1" is forbidden: User "lab-viewer" cannot get resource "pods/log" in API group "" in the namespace "shop""#,
        json!({"kind": "pods", "name": "web-1"}),
    )
    .await;
}

#[tokio::test]
async fn rights_are_by_verb_group_resource_and_namespace_and_may_change() {
    let simulator = settings().start().await.unwrap();
    simulator.cluster().apply(pod("shop", "web-1")).unwrap();
    simulator.set_access(Access::Only(vec![
        Rule::namespaced("shop", &["list", "get"], "", &["pods"]),
        Rule::cluster(&["*"], "apps", &["deployments"]),
        Rule::namespaced("shop", &["get"], "", &["namespaces"]),
    ]));
    let check = async |path: &str, expected: u16| {
        assert_eq!(get(&simulator, path).send().await.status, expected, "{path}");
    };
    check("/api/v1/namespaces/shop/pods", 200).await;
    check("/api/v1/namespaces/shop/pods/web-1", 200).await;
    check("/api/v1/namespaces/shop/pods?watch=1", 403).await;
    check("/api/v1/namespaces/shop/pods/web-1/log", 403).await;
    check("/api/v1/namespaces/blog/pods", 403).await;
    check("/api/v1/pods", 403).await;
    check("/apis/apps/v1/deployments", 200).await;
    check("/apis/apps/v1/namespaces/blog/deployments", 200).await;
    check("/apis/apps/v1/replicasets", 403).await;
    check("/apis/metrics.k8s.io/v1beta1/pods", 403).await;
    check("/api/v1/namespaces/shop", 200).await;
    check("/api/v1/namespaces/kube-system", 403).await;
    check("/version", 200).await;

    let mut watch = get(&simulator, "/apis/apps/v1/deployments?watch=1").open().await.unwrap();
    simulator.set_access(Access::Only(Vec::new()));
    check("/apis/apps/v1/deployments", 403).await;
    let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}});
    simulator.cluster().apply(deployment).unwrap();
    assert_eq!(watch.event().await["type"], "ADDED", "a watch that is open goes on");
    simulator.set_access(Access::Everything);
    check("/api/v1/pods", 200).await;
}

#[tokio::test]
async fn every_method_but_get_is_refused_and_counted() {
    let simulator = settings().start().await.unwrap();
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS] {
        let reply = get(&simulator, "/api/v1/pods").method(method.clone()).send().await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    get(&simulator, "/api/v1/pods?limit=1").send().await;
    get(&simulator, "/api/v1/namespaces/default/pods/x").send().await;
    get(&simulator, "/version").send().await;
    let activity = simulator.activity();
    assert_eq!(activity.refused_methods(), 6);
    assert_eq!(activity.requests(Verb::List, Resource::Pods), 1);
    assert_eq!(activity.requests(Verb::Get, Resource::Pods), 1);
    assert_eq!(activity.requests_of(Verb::Watch), 0);
    assert_eq!(activity.all_requests(), 9);
    assert_eq!(activity.connections(), 9);
}

#[tokio::test]
async fn watches_are_counted_while_they_are_open() {
    let simulator = settings().start().await.unwrap();
    let watch = get(&simulator, "/api/v1/pods?watch=1").open().await.unwrap();
    let activity = reached(&simulator, |activity| activity.open_watches(Resource::Pods) == 1).await;
    assert_eq!(activity.requests(Verb::Watch, Resource::Pods), 1);
    drop(watch);
    reached(&simulator, |activity| activity.open_watches(Resource::Pods) == 0).await;
}

#[tokio::test]
async fn answers_in_the_encoding_that_is_asked_for() {
    let simulator =
        settings().access(Access::Only(vec![Rule::cluster(&["*"], "*", &["pods"])])).start().await.unwrap();
    simulator.cluster().apply(pod("shop", "web-1")).unwrap();
    let check = async |accept: &str, path: &str, expected: &str| {
        let mut answer = get(&simulator, path).header("accept", accept).open().await.unwrap();
        assert_eq!(answer.headers["content-type"], expected, "{accept} {path}");
        answer.bytes().await.unwrap().unwrap()
    };
    let both = "application/vnd.kubernetes.protobuf,application/json";
    let watch = "application/vnd.kubernetes.protobuf;stream=watch,application/json;stream=watch";
    let magic = b"k8s\0".as_slice();
    assert!(check(both, "/api/v1/pods", PROTOBUF).await.starts_with(magic));
    assert!(check(both, "/api/v1/namespaces/shop/pods/web-1", PROTOBUF).await.starts_with(magic));
    assert!(check(both, "/api/v1/nodes", PROTOBUF).await.starts_with(magic), "a refusal too");
    let frame =
        check(watch, "/api/v1/pods?watch=1", "application/vnd.kubernetes.protobuf;stream=watch").await;
    assert_eq!(frame.len(), 4 + u32::from_be_bytes(*frame.first_chunk().unwrap()) as usize);
    assert_eq!(&frame[4..11], b"\x0a\x05ADDED");
    check(both, "/apis/metrics.k8s.io/v1beta1/pods", "application/json").await;
    check(
        "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
        "/api/v1/pods",
        "application/json",
    )
    .await;
    check("*/*", "/api/v1/pods", "application/json").await;
    let refused = get(&simulator, "/api/v1/pods").header("accept", "text/html").send().await;
    assert_eq!(refused.status, StatusCode::NOT_ACCEPTABLE);
}
