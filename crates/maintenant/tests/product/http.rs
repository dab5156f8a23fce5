//! HTTP as browsers, scripts and attackers speak it.

use lab::{Reply, Server};
use simulator::Simulator;

use crate::rows::wait_health;
use crate::simulated::{NAMESPACE, deploy, running, start};

async fn server() -> (Simulator, Server) {
    let (simulator, program) = start(Simulator::builder()).await;
    for number in 0..20 {
        deploy(&simulator, &format!("web-{number:02}"), &[running()]);
    }
    let server = program.serve();
    server.wait_ready();
    for number in 0..20 {
        wait_health(&server, [NAMESPACE, "Deployment", &format!("web-{number:02}")], "healthy");
    }
    (simulator, server)
}

/// An error in JSON with that status and code, a message and the headers of every answer.
#[track_caller]
fn assert_error(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    let error = &reply.json()["error"];
    assert_eq!(error["code"], code, "{error}");
    assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
    assert_secure(reply);
}

#[track_caller]
fn assert_secure(reply: &Reply) {
    let policy = reply.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{reply:?}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
    for name in ["server", "access-control-allow-origin", "set-cookie"] {
        assert_eq!(reply.header(name), None, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_loopback_it_answers_to_no_name_but_its_own() {
    let (_simulator, server) = server().await;
    let port = server.address().port();
    for host in
        ["evil.example", &format!("evil.example:{port}"), "127.0.0.1.evil.example", "localhost.evil.example"]
    {
        for path in ["/", "/api/v1/workloads", "/metrics", "/api/v1/stream"] {
            assert_error(&server.request("GET", path, &[("host", host)]), 421, "misdirected");
        }
    }
    for host in [&format!("localhost:{port}"), "localhost", "127.0.0.1", &format!("[::1]:{port}")] {
        assert_eq!(server.request("GET", "/api/v1/workloads", &[("host", host)]).status, 200, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_not_allowed_or_not_understood_is_refused_in_json() {
    let (_simulator, server) = server().await;
    for path in ["/api/v1/nothing", "/api/v2/workloads", "/api", "/.git/config", "/../../etc/passwd"] {
        assert_error(&server.get(path), 404, "route_not_found");
    }
    assert_error(&server.get("/api/v1/workloads/lab/shop/Deployment/nothing"), 404, "workload_not_found");
    assert_error(&server.get("/api/v1/pods/lab/shop/nothing"), 404, "pod_not_found");
    assert_error(&server.get("/api/v1/workloads?namespace=nothing"), 404, "namespace_not_found");
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let reply = server.request(method, "/api/v1/workloads", &[]);
        assert_error(&reply, 405, "method_not_allowed");
        assert_eq!(reply.header("allow"), Some("GET, HEAD"));
    }
    for (query, named) in [
        ("colour=red", "colour"),
        ("health=fine", "health"),
        ("limit=0", "limit"),
        ("limit=ten", "limit"),
        ("sort=age", "sort"),
        ("order=up", "order"),
        ("cursor=nonsense", "cursor"),
        ("limit=0&sort=age", "sort"),
    ] {
        let reply = server.get(&format!("/api/v1/workloads?{query}"));
        assert_error(&reply, 400, "bad_parameter");
        let message = reply.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(named), "{query}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers() {
    let (_simulator, server) = server().await;
    for path in [
        "/",
        "/workloads",
        "/metrics",
        "/api/v1/health",
        "/api/v1/ready",
        "/api/v1/openapi.json",
        "/api/v1/overview",
    ] {
        let reply = server.get(path);
        assert_eq!(reply.status, 200, "GET {path}: {}", reply.text());
        assert_secure(&reply);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_an_answer_already_is_told_so() {
    let (simulator, server) = server().await;
    let path = "/api/v1/workloads?sort=name";
    let first = server.get(path);
    let tag = first.header("etag").expect("a list has a tag").to_owned();
    let again = server.request("GET", path, &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other = server.request("GET", "/api/v1/workloads?sort=kind", &[("if-none-match", &tag)]);
    assert_eq!(other.status, 200, "another question has another answer");

    deploy(&simulator, "new", &[running()]);
    wait_health(&server, [NAMESPACE, "Deployment", "new"], "healthy");
    let changed = server.request("GET", path, &[("if-none-match", &tag)]);
    assert_eq!((changed.status, changed.json()["total"].as_u64()), (200, Some(21)));
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_compressed_for_those_who_want_it() {
    let (_simulator, server) = server().await;
    let plain = server.get("/api/v1/workloads");
    assert_eq!(plain.header("content-encoding"), None);
    let packed = server.request("GET", "/api/v1/workloads", &[("accept-encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(packed.body[..2], [0x1f, 0x8b], "the mark of gzip (RFC 1952)");
    assert!(packed.body.len() < plain.body.len() / 2, "{} against {}", packed.body.len(), plain.body.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_page_by_page_without_gap_or_repetition() {
    let (_simulator, server) = server().await;
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get_json(&format!("/api/v1/workloads?sort=name&limit=7{cursor}"));
        assert_eq!(page["total"], 20);
        names.extend(
            page["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let expected: Vec<_> = (0..20).map(|number| format!("web-{number:02}")).collect();
    assert_eq!(names, expected);
    let found = server.get_json("/api/v1/workloads?q=web-07");
    assert_eq!((found["total"].as_u64(), found["items"][0]["name"].as_str()), (Some(1), Some("web-07")));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_prometheus_of_each_workload() {
    let (_simulator, server) = server().await;
    let reply = server.get("/metrics");
    let kind = reply.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("text/plain") || kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = reply.text();
    let of_one: Vec<_> = text.lines().filter(|line| line.contains("name=\"web-07\"")).collect();
    let is_healthy = |line: &&str| {
        line.starts_with("maintenant_workload_health{")
            && line.contains("health=\"healthy\"")
            && value(line) == Some(1.0)
    };
    assert_eq!(of_one.iter().filter(|line| is_healthy(line)).count(), 1, "{of_one:?}");
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        assert!(line.starts_with("maintenant_") || line.starts_with("process_"), "{line}");
        assert!(value(line).is_some(), "{line}");
    }
}

/// The value of a sample, which is the last word of its line.
fn value(line: &str) -> Option<f64> {
    line.rsplit(' ').next()?.parse().ok()
}
