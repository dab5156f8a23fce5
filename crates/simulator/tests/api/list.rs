//! Lists and single objects.

use crate::{client::get, names, pod, settings};
use http::StatusCode;
use serde_json::json;
use simulator::{Resource, Simulator};

async fn with_pods(names: &[(&str, &str)]) -> Simulator {
    let simulator = settings().start().await.unwrap();
    for (namespace, name) in names {
        simulator.cluster().apply(pod(namespace, name)).unwrap();
    }
    simulator
}

#[tokio::test]
async fn lists_a_collection_of_the_cluster_and_of_a_namespace() {
    let simulator = with_pods(&[("shop", "b"), ("shop", "a"), ("blog", "c")]).await;
    let all = get(&simulator, "/api/v1/pods").json().await;
    assert_eq!((&all["kind"], &all["apiVersion"]), (&json!("PodList"), &json!("v1")));
    assert_eq!(all["metadata"]["resourceVersion"], simulator.cluster().revision().to_string());
    assert_eq!(names(&all), ["c", "a", "b"], "in the order of namespace and name");
    assert!(all["items"][0].get("kind").is_none(), "items do not say their kind");
    let shop = get(&simulator, "/api/v1/namespaces/shop/pods").json().await;
    assert_eq!(names(&shop), ["a", "b"]);
    let none = get(&simulator, "/apis/apps/v1/deployments").json().await;
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn fills_in_what_the_server_owns() {
    let simulator = with_pods(&[("shop", "a")]).await;
    let first = get(&simulator, "/api/v1/namespaces/shop/pods/a").json().await;
    assert_eq!(first["kind"], "Pod");
    let metadata = &first["metadata"];
    assert_eq!(metadata["uid"].as_str().unwrap().len(), 36);
    assert_eq!(metadata["creationTimestamp"], "2026-11-21T08:00:00Z");
    assert_eq!(metadata["generation"], 1);
    let cluster = simulator.cluster();
    let status = json!({"status": {"phase": "Failed"}});
    let second = cluster.patch(Resource::Pods, "shop", "a", &status).unwrap();
    assert_eq!(second["metadata"]["generation"], 1, "a status is not a specification");
    assert_eq!(second["metadata"]["uid"], metadata["uid"]);
    assert_ne!(second["metadata"]["resourceVersion"], metadata["resourceVersion"]);
    let image = json!({"spec": {"containers": [{"name": "app", "image": "app:2"}]}});
    let third = cluster.patch(Resource::Pods, "shop", "a", &image).unwrap();
    assert_eq!(third["metadata"]["generation"], 2);
    let revision = cluster.revision();
    cluster.patch(Resource::Pods, "shop", "a", &image).unwrap();
    assert_eq!(cluster.revision(), revision, "nothing changes when nothing changes");
    let namespace = get(&simulator, "/api/v1/namespaces/shop").json().await;
    assert_eq!(namespace["status"]["phase"], "Active", "a namespace comes with its first object");
}

#[tokio::test]
async fn pages_show_the_cluster_as_it_was_at_the_first() {
    let simulator = with_pods(&[("shop", "a"), ("shop", "b"), ("shop", "c")]).await;
    let first = get(&simulator, "/api/v1/pods?limit=2").json().await;
    assert_eq!(names(&first), ["a", "b"]);
    assert_eq!(first["metadata"]["remainingItemCount"], 1);
    let token = first["metadata"]["continue"].as_str().unwrap();
    simulator.cluster().delete(Resource::Pods, "shop", "c").unwrap();
    simulator.cluster().apply(pod("shop", "d")).unwrap();
    let rest = format!("/api/v1/pods?limit=2&continue={token}");
    let second = get(&simulator, &rest).json().await;
    assert_eq!(names(&second), ["c"]);
    assert_eq!(second["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
    assert!(second["metadata"].get("continue").is_none());

    simulator.cluster().expire_window();
    let expired = get(&simulator, &rest).send().await;
    assert_eq!(expired.status, StatusCode::GONE);
    let status = expired.json();
    assert_eq!(status["reason"], "Expired");
    let token = status["metadata"]["continue"].as_str().unwrap();
    let rest = get(&simulator, &format!("/api/v1/pods?limit=2&continue={token}")).json().await;
    assert_eq!(names(&rest), ["d"], "the token in the error goes on with what there is now");
}

#[tokio::test]
async fn a_list_from_the_cache_ignores_the_limit() {
    let simulator = with_pods(&[("shop", "a"), ("shop", "b"), ("shop", "c")]).await;
    let all = get(&simulator, "/api/v1/pods?limit=2&resourceVersion=0").json().await;
    assert_eq!(names(&all).len(), 3);
}

#[tokio::test]
async fn selects_by_fields_and_labels() {
    let simulator = with_pods(&[("shop", "a"), ("shop", "b"), ("blog", "c")]).await;
    let event = |name: &str, of: &str| {
        json!({
            "apiVersion": "v1", "kind": "Event", "metadata": {"namespace": "shop", "name": name},
            "involvedObject": {"kind": "Pod", "namespace": "shop", "name": of}, "reason": "Started", "type": "Normal",
        })
    };
    simulator.cluster().apply(event("a.1", "a")).unwrap();
    simulator.cluster().apply(event("b.1", "b")).unwrap();
    let check = async |path: &str, expected: &[&str]| {
        let list = get(&simulator, path).json().await;
        assert_eq!(names(&list), expected, "{path}");
    };
    check("/api/v1/pods?fieldSelector=metadata.name%3Da", &["a"]).await;
    check("/api/v1/pods?fieldSelector=metadata.namespace!%3Dshop", &["c"]).await;
    check("/api/v1/pods?fieldSelector=metadata.namespace%3D%3Dshop,metadata.name!%3Da", &["b"]).await;
    check("/api/v1/pods?fieldSelector=status.phase%3DRunning,spec.nodeName%3Dnode-2", &[]).await;
    check("/api/v1/events?fieldSelector=involvedObject.name%3Db,involvedObject.kind%3DPod", &["b.1"]).await;
    check("/api/v1/pods?labelSelector=app%3Da", &["a"]).await;
    check("/api/v1/pods?labelSelector=app+in+(a,c),app!%3Dc", &["a"]).await;
    check("/api/v1/pods?labelSelector=!app", &[]).await;
    let unknown = get(&simulator, "/api/v1/pods?fieldSelector=bogus%3Dx").send().await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert_eq!(unknown.json()["message"], "field label not supported: bogus");
}

#[tokio::test]
async fn errors_are_those_of_the_real_server() {
    let simulator = with_pods(&[]).await;
    let check = async |path: &str, status: StatusCode, expected: serde_json::Value| {
        let reply = get(&simulator, path).send().await;
        assert_eq!((reply.status, reply.json()), (status, expected), "{path}");
    };
    check(
        "/api/v1/namespaces/default/pods/x",
        StatusCode::NOT_FOUND,
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": "pods \"x\" not found", "reason": "NotFound", "details": {"name": "x", "kind": "pods"}, "code": 404,
        }),
    )
    .await;
    let revision = simulator.cluster().revision();
    check(
        "/api/v1/pods?resourceVersion=99999999",
        StatusCode::GATEWAY_TIMEOUT,
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": format!("Timeout: Too large resource version: 99999999, current: {revision}"), "reason": "Timeout",
            "details": {
                "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
                "retryAfterSeconds": 1,
            },
            "code": 504,
        }),
    )
    .await;
    check(
        "/api/v1/bogus",
        StatusCode::NOT_FOUND,
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": "the server could not find the requested resource", "reason": "NotFound", "details": {}, "code": 404,
        }),
    )
    .await;
    let unknown = get(&simulator, "/apis/nope/v1/x").send().await;
    assert_eq!((unknown.status, unknown.text()), (StatusCode::NOT_FOUND, "404 page not found\n"));
}

#[tokio::test]
async fn large_lists_are_compressed_for_those_who_accept_it() {
    let simulator = settings().start().await.unwrap();
    let gzip = |path| get(&simulator, path).header("accept-encoding", "gzip");
    for number in 0..600 {
        simulator.cluster().apply(pod("shop", &format!("pod-{number}"))).unwrap();
        if number == 10 {
            assert_eq!(
                gzip("/api/v1/pods").send().await.header("content-encoding"),
                None,
                "a small list is not"
            );
        }
    }
    let plain = get(&simulator, "/api/v1/pods").send().await;
    assert_eq!(plain.header("content-encoding"), None);
    let packed = gzip("/api/v1/pods").send().await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed.body[..]), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    assert!(packed.body.len() * 5 < plain.body.len());
}

#[tokio::test]
async fn the_version_and_readiness_are_served() {
    let simulator = with_pods(&[]).await;
    assert_eq!(get(&simulator, "/version").json().await["minor"], "36");
    assert_eq!(get(&simulator, "/readyz").send().await.text(), "ok");
    let kube_system = get(&simulator, "/api/v1/namespaces/kube-system").json().await;
    assert_eq!(kube_system["metadata"]["uid"].as_str().unwrap().len(), 36);
}
