//! What is not understood, not there or not allowed is refused in one shape, with words that help.
use crate::testbed::World;
use domain::scope::Scope;
use http::StatusCode;
use rstest::rstest;

#[rstest]
#[case(
    "/workloads?colour=red",
    "`colour`: unknown parameter; this route takes cluster, namespace, kind, health, q, sort, order, limit, cursor"
)]
#[case(
    "/workloads?health=sick",
    "`health`: `sick` is none of failed, degraded, progressing, unknown, healthy, suspended"
)]
#[case("/workloads?kind=deployment", "`kind`: `deployment` is not a kind: Deployment, say")]
#[case("/workloads?kind=Rollout.", "`kind`: `Rollout.` is not a kind")]
#[case("/workloads?kind=Roll%20out", "`kind`: `Roll out` is not a kind")]
#[case("/workloads?sort=size", "`sort`: `size` is none of health, name, namespace")]
#[case("/workloads?order=up", "`order`: `up` is none of asc, desc")]
#[case("/workloads?limit=0", "`limit`: `0` is not a whole number from 1 to 1000")]
#[case("/workloads?limit=many", "`limit`: `many` is not a whole number")]
#[case("/workloads?cursor=abc", "`cursor`: it is not a next_cursor of this server")]
#[case("/workloads?cluster=dev", "`cluster`: `dev` is none of prod")]
#[case("/workloads?sort=name&sort=kind", "`sort`: it is given more than once")]
#[case("/workloads?health=sick&limit=0&x=1", "`x`: unknown parameter")]
#[case("/workloads?health=sick&limit=0&x=1", "`health`: `sick`")]
#[case("/workloads?health=sick&limit=0&x=1", "`limit`: `0`")]
#[case("/pods?workload=web", "`workload`: `web` is not an id: cluster/namespace/Kind/name")]
#[case("/pods?limit=1001", "`limit`: `1001` is not a whole number from 1 to 1000")]
#[case("/events?type=Error", "`type`: `Error` is none of Warning, Normal")]
#[case("/namespaces?q=x", "`q`: unknown parameter; this route takes cluster, limit, cursor")]
#[case("/stream?after=12", "`after`: `12` is not a version: <epoch>-<seq>")]
#[case("/stream?limit=1", "`limit`: unknown parameter")]
#[case("/workloads/prod/shop/Deployment/web/history?range=1y", "`range`: `1y` is none of 1h, 6h, 24h, 7d")]
#[case("/workloads/prod/shop/Deployment/web?x=", "`x`: unknown parameter; this route takes none")]
#[case("/overview?x", "`x`: unknown parameter; this route takes none")]
#[tokio::test]
async fn a_bad_query_is_a_400_that_names_the_parameter(#[case] path: &str, #[case] message: &str) {
    let site = World::shop().await.serve().await;
    let answer = site.get(&format!("/api/v1{path}"), &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    let error = &answer.json()["error"];
    assert_eq!(error["code"], "bad_parameter");
    assert!(error["message"].as_str().unwrap().contains(message), "{error}");
    assert!(error["hint"].is_string());
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// What is outside the namespace filter and what is not there at all can't be told apart.
#[rstest]
#[case(
    "/workloads/prod/kube-system/Deployment/coredns",
    "/workloads/prod/nowhere/Deployment/coredns",
    "workload_not_found"
)]
#[case(
    "/workloads/prod/kube-system/Deployment/coredns/events",
    "/workloads/prod/shop/Deployment/gone/events",
    "workload_not_found"
)]
#[case(
    "/workloads/prod/kube-system/Deployment/coredns/history",
    "/workloads/prod/shop/Job/web/history",
    "workload_not_found"
)]
#[case("/pods/prod/kube-system/etcd", "/pods/prod/shop/gone", "pod_not_found")]
#[case("/pods/prod/kube-system/etcd/events", "/pods/dev/shop/db-0/events", "pod_not_found")]
#[case("/workloads?namespace=kube-system", "/workloads?namespace=shop,nowhere", "namespace_not_found")]
#[case("/pods?namespace=kube-system", "/pods?namespace=nowhere", "namespace_not_found")]
#[case("/events?namespace=kube-system", "/events?namespace=nowhere", "namespace_not_found")]
#[case("/stream?namespace=kube-system", "/stream?namespace=nowhere", "namespace_not_found")]
#[case(
    "/pods?workload=prod/kube-system/Deployment/coredns",
    "/pods?workload=prod/shop/Deployment/x",
    "workload_not_found"
)]
#[tokio::test]
async fn excluded_and_unknown_things_are_404_alike(
    #[case] excluded: &str,
    #[case] unknown: &str,
    #[case] code: &str,
) {
    let site = World::shop().await.serve().await;
    let mut hints = Vec::new();
    for path in [excluded, unknown] {
        let answer = site.get(&format!("/api/v1{path}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text());
        let error = answer.json()["error"].clone();
        assert_eq!(error["code"], code, "{path}");
        hints.push(error["hint"].clone());
    }
    assert_eq!(hints[0], hints[1]);
}

#[tokio::test]
async fn nothing_of_an_excluded_namespace_is_anywhere() {
    let site = World::shop().await.serve().await;
    for path in ["/workloads", "/pods", "/events", "/namespaces", "/overview"] {
        let text = site.get(&format!("/api/v1{path}"), &[]).await.text();
        for name in ["kube-system", "coredns", "etcd"] {
            assert!(!text.contains(name), "{path} tells of {name}");
        }
    }
    assert!(!site.get("/metrics", &[]).await.text().contains("coredns"));
}

#[tokio::test]
async fn before_namespaces_are_known_any_that_the_filter_admits_may_exist() {
    let site = World::new(Scope::Block(Vec::new())).serve().await;
    assert_eq!(site.get("/api/v1/workloads?namespace=shop", &[]).await.status, StatusCode::OK);
    assert_eq!(site.get("/api/v1/workloads?namespace=kube-system", &[]).await.status, StatusCode::NOT_FOUND);
}

#[rstest]
#[case("/api/v1/nothing", "route_not_found")]
#[case("/api/v1", "route_not_found")]
#[case("/api/v2/workloads", "route_not_found")]
#[case("/api", "route_not_found")]
#[case("/api/v1/workloads/", "route_not_found")]
#[case("/api/v1/workloads/prod/shop/Deployment", "route_not_found")]
#[case("/api/v1/workloads/prod/shop/Deployment/web/nothing", "route_not_found")]
#[case("/nothing", "route_not_found")]
#[case("/assets/../Cargo.toml", "route_not_found")]
#[case("/api/v1/workloads/prod/shop/Deployment/web%2Fx", "workload_not_found")]
#[tokio::test]
async fn paths_that_nobody_serves_are_404(#[case] path: &str, #[case] code: &str) {
    let site = World::shop().await.serve().await;
    let answer = site.get(path, &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
    assert_eq!(answer.json()["error"]["code"], code);
}

#[tokio::test]
async fn a_path_that_is_no_text_is_a_400() {
    let site = World::shop().await.serve().await;
    let answer = site.get("/api/v1/pods/prod/shop/%ff", &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["error"]["code"], "bad_path");
}

#[rstest]
#[case("POST", "/api/v1/workloads")]
#[case("PUT", "/api/v1/workloads/prod/shop/Deployment/web")]
#[case("DELETE", "/api/v1/workloads/prod/shop/Deployment/web")]
#[case("PATCH", "/api/v1/stream")]
#[case("OPTIONS", "/api/v1/workloads")]
#[case("POST", "/")]
#[case("TRACE", "/metrics")]
#[tokio::test]
async fn whatever_is_no_reading_is_a_405(#[case] method: &str, #[case] path: &str) {
    let site = World::shop().await.serve().await;
    let answer = site.ask(method, path, &[("origin", "http://localhost")]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), "GET, HEAD");
    assert_eq!(answer.json()["error"]["code"], "method_not_allowed");
    let foreign = site.ask(method, path, &[("origin", "https://evil.example")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(foreign.json()["error"]["code"], "foreign_origin");
    assert_eq!(foreign.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn another_host_is_a_421_on_every_route() {
    let site = World::shop().await.serve().await;
    for path in ["/", "/metrics", "/api/v1/workloads", "/api/v1/stream", "/api/v1/health", "/nothing"] {
        let answer = site.get(path, &[("host", "evil.example:8080")]).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "misdirected");
        assert!(error["message"].as_str().unwrap().contains("evil.example"), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("MAINTENANT_BASE_URL"), "{error}");
    }
    for host in ["localhost", "127.0.0.1:80", "[::1]:1", "status.example.org"] {
        let answer = site.get("/api/v1/ready", &[("host", host)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{host}");
    }
    let absolute = site.get("http://evil.example/api/v1/ready", &[]).await;
    assert_eq!(absolute.status, StatusCode::MISDIRECTED_REQUEST, "the URI counts for more than the header");
}

/// As in a pod, where `kubectl port-forward` comes over loopback.
#[tokio::test]
async fn over_loopback_another_host_is_a_421_wherever_it_is_bound() {
    let site = World::shop().await.serve_everywhere().await;
    let answer = site.get("/api/v1/overview", &[("host", "evil.example:8080")]).await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    for host in ["localhost:8080", "127.0.0.1:8080", "status.example.org"] {
        let answer = site.get("/api/v1/overview", &[("host", host)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused() {
    let site = World::shop().await.serve().await;
    let long = format!("/api/v1/workloads?q={}", "x".repeat(17_000));
    let answer = site.get(&long, &[]).await;
    assert_eq!(answer.status, StatusCode::URI_TOO_LONG);
    assert_eq!(answer.json()["error"]["code"], "uri_too_long");
    let many: Vec<String> = (0..200).map(|n| format!("x-{n}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (&**name, "1")).collect();
    let answer = site.get("/api/v1/workloads", &many).await;
    assert_eq!(answer.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}
