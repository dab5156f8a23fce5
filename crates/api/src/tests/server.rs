//! What the server says of itself, what every answer carries, and how it ends.
use crate::server::GRACE;
use crate::testbed::objects::{linked, listed, namespace, observation, owner, pod, put};
use crate::testbed::{World, listed_sources};
use domain::id::{Kind, Uid};
use domain::observation::Fact;
use domain::scope::{Pattern, Scope};
use domain::source::{Link, Resource, SourceId};
use http::StatusCode;
use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("server", ""),
];

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let site = World::shop().await.serve().await;
    let etag = site.get("/api/v1/overview", &[]).await.header("etag").to_owned();
    let asked = [
        ("GET", "/", vec![], 200),
        ("HEAD", "/", vec![], 200),
        ("GET", "/metrics", vec![], 200),
        ("GET", "/api/v1/workloads", vec![("accept-encoding", "gzip")], 200),
        ("HEAD", "/api/v1/stream", vec![], 200),
        ("GET", "/api/v1/overview", vec![("if-none-match", &etag)], 304),
        ("GET", "/api/v1/workloads?x=1", vec![], 400),
        ("GET", "/nothing", vec![], 404),
        ("DELETE", "/api/v1/workloads", vec![], 405),
        ("GET", "/", vec![("host", "evil.example")], 421),
    ];
    for (method, path, headers, status) in asked {
        let answer = site.ask(method, path, &headers).await;
        assert_eq!(answer.status, status, "{method} {path}");
        for (name, value) in HEADERS {
            assert_eq!(answer.header(name), value, "{method} {path}: {name}");
        }
        assert!(answer.header("date").ends_with(" GMT"), "{method} {path}: {}", answer.header("date"));
        assert!(answer.header("permissions-policy").contains("camera=()"), "{method} {path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{method} {path}");
    }
}

/// The page learns the server's time from it, from answers that tell nothing new as well.
#[tokio::test]
async fn the_date_of_an_answer_is_when_it_was_made() {
    let site = World::shop().await.serve().await;
    let path = "/api/v1/overview";
    let etag = site.get(path, &[]).await.header("etag").to_owned();
    let ask = async || {
        let answer = site.get(path, &[("if-none-match", &etag)]).await;
        assert_eq!(answer.status, StatusCode::NOT_MODIFIED);
        let date = DateTimeParser::new().parse_timestamp(answer.header("date")).unwrap();
        (date, now())
    };
    let (first, _) = ask().await;
    let later = timeout(Duration::from_secs(20), async {
        loop {
            let (date, now) = ask().await;
            assert!((0..=1).contains(&(now.as_second() - date.as_second())), "{date} is not {now}");
            if date != first {
                return date;
            }
        }
    });
    assert!(later.await.expect("the date stands still") > first);
}

#[expect(
    clippy::disallowed_methods,
    reason = "it is compared with the time of the machine, which hyper tells"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

#[tokio::test]
async fn a_head_is_a_get_without_its_body() {
    let site = World::shop().await.serve().await;
    let (get, head) =
        (site.get("/api/v1/overview", &[]).await, site.ask("HEAD", "/api/v1/overview", &[]).await);
    assert_eq!(head.status, StatusCode::OK);
    assert_eq!((head.header("content-length"), head.body.len()), (get.header("content-length"), 0));
}

#[tokio::test]
async fn health_is_ok_from_the_first_moment_and_says_what_is_known() {
    let scope = Scope::Block(vec![Pattern::parse("dev-*").unwrap()]);
    let site = World::new(scope).serve().await;
    let health = site.json("/api/v1/health").await;
    assert_eq!((&health["status"], &health["version"]), (&json!("ok"), &json!("0.1.0")));
    assert_eq!(health["started_at"], "2026-11-21T03:00:00Z");
    assert_eq!(health["runtime"], json!({"name": "kubernetes", "rule": "KUBECONFIG is set."}));
    assert_eq!(
        health["namespaces"],
        json!({"mode": "block", "names": ["dev-*", "kube-public", "kube-system"]})
    );
    assert_eq!(health["storage"]["state"], "off");
    assert_eq!(health["memory"]["limit_bytes"], 256 << 20);
    assert!(health["memory"]["resident_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 20), "{health}");
    assert_eq!(health["clusters"], json!([{"name": "prod", "server": null, "error": "connection refused"}]));
    site.world.tell(listed_sources()).await;
    let health = site.json("/api/v1/health").await;
    assert_eq!(health["clusters"][0]["server"], "https://10.0.0.1:6443", "as the cluster itself says");
    let pods =
        health["sources"].as_array().unwrap().iter().find(|source| source["resource"] == "pods").unwrap();
    assert_eq!(
        (&pods["name"], &pods["state"], &pods["required"], &pods["rule"]),
        (&json!("kubernetes/prod/pods"), &json!("synced"), &json!(true), &Value::Null)
    );
}

#[tokio::test]
async fn it_is_ready_once_each_required_source_has_answered() {
    let site = World::new(Scope::All).serve().await;
    assert_eq!(site.get("/api/v1/ready", &[]).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let required = Resource::ALL.into_iter().filter(|resource| resource.is_required());
    site.world.tell(required.clone().map(|resource| linked(resource, Link::Connecting))).await;
    for resource in required.filter(|resource| *resource != Resource::Namespaces) {
        site.world.tell([linked(resource, Link::Live), listed(resource, [])]).await;
    }
    let answer = site.get("/api/v1/ready", &[]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
    let waiting = answer.json();
    assert_eq!(
        (&waiting["ready"], &waiting["waiting_for"]),
        (&json!(false), &json!(["kubernetes/prod/namespaces"]))
    );
    assert!(waiting["reason"].as_str().unwrap().contains("kubernetes/prod/namespaces"), "{waiting}");
    site.world.tell([linked(Resource::Namespaces, Link::Forbidden { reason: "no".into() })]).await;
    let answer = site.get("/api/v1/ready", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "being refused is an answer: {}", answer.text());
    assert_eq!(answer.json(), json!({"ready": true, "waiting_for": [], "reason": null}));
}

#[tokio::test]
async fn the_overview_adds_up() {
    let site = World::shop().await.serve().await;
    let overview = site.json("/api/v1/overview").await;
    assert_eq!((&overview["ready"], &overview["counts"]["total"]), (&json!(true), &json!(8)));
    let total = |list: &Value| -> u64 {
        list.as_array().unwrap().iter().map(|item| item["counts"]["total"].as_u64().unwrap()).sum()
    };
    for list in ["clusters", "namespaces", "kinds"] {
        assert_eq!(total(&overview[list]), 8, "{list}");
    }
    assert_eq!(overview["clusters"][0]["nodes"], 1);
    assert_eq!(overview["health"], "failed", "{overview}");
    assert_eq!(overview["incidents"], json!([]));
}

/// A StatefulSet without pods would be nowhere else.
#[tokio::test]
async fn what_may_be_there_unseen_is_no_good_news() {
    let site = World::new(Scope::All).serve().await;
    site.world.tell(listed_sources()).await;
    site.world.tell([put(pod(601, "billing", "alone", None))]).await;
    let told = async || {
        let overview = site.json("/api/v1/overview").await;
        let of = |part: &Value| (part["health"].clone(), part["incomplete"].clone());
        (of(&overview), of(&overview["namespaces"][0]))
    };
    let whole = (json!("healthy"), json!(false));
    assert_eq!(told().await, (whole.clone(), whole));
    let forbidden = Link::Forbidden { reason: "no".into() };
    site.world.tell([linked(Resource::StatefulSets, forbidden)]).await;
    let in_part = (json!("unknown"), json!(true));
    assert_eq!(told().await, (in_part.clone(), in_part));
}

/// Of several namespaces the one with objects that can't be read is named, though each of them answers.
#[tokio::test]
async fn objects_that_can_not_be_read_are_counted_at_their_source() {
    let scope = ["billing", "shop"].map(|name| Pattern::parse(name).unwrap());
    let site = World::new(Scope::Allow(scope.into())).serve().await;
    let of = |name: &str| SourceId { resource: Resource::Pods, namespace: Some(name.into()) };
    site.world.tell(["billing", "shop"].map(|name| observation(Fact::Listed(of(name), vec![])))).await;
    let pods = async || site.json("/api/v1/health").await["sources"][0].clone();
    let before = pods().await;
    assert_eq!((&before["state"], &before["namespaces"]), (&json!("synced"), &Value::Null));
    site.world.tell([observation(Fact::Unreadable(of("billing"), 2))]).await;
    let pods = pods().await;
    let reason = json!("2 objects can't be read");
    assert_eq!((&pods["state"], &pods["reason"]), (&json!("synced"), &reason));
    let billing = json!({"name": "billing", "state": "synced", "reason": reason});
    assert!(pods["namespaces"].as_array().unwrap().contains(&billing), "{pods}");
    assert_eq!(site.json("/api/v1/overview").await["incomplete"], json!(true));
}

/// Namespaces that were chosen and are not there are named, whatever their place among the others.
#[tokio::test]
async fn namespaces_that_are_not_there_are_named() {
    let names = ["aaa", "bbb", "ccc", "ddd", "shop"];
    let scope = names.map(|name| Pattern::parse(name).unwrap());
    let site = World::new(Scope::Allow(scope.into())).serve().await;
    site.world.tell([namespace(1, "shop")]).await;
    for resource in Resource::ALL.iter().filter(|resource| resource.is_required()) {
        let listed = names.map(|name| {
            let is_there = *resource == Resource::Namespaces && name == "shop";
            let uids = if is_there { vec![Uid::new(1)] } else { Vec::new() };
            observation(Fact::Listed(SourceId { resource: *resource, namespace: Some(name.into()) }, uids))
        });
        site.world.tell(listed).await;
    }
    let health = site.json("/api/v1/health").await;
    let source =
        health["sources"].as_array().unwrap().iter().find(|it| it["resource"] == "namespaces").unwrap();
    let reason =
        "there is no namespace aaa; there is no namespace bbb; there is no namespace ccc; and 1 more";
    assert_eq!((&source["state"], &source["reason"]), (&json!("synced"), &json!(reason)));
}

#[tokio::test]
async fn kinds_of_one_name_and_different_groups_are_counted_apart() {
    let world = World::shop().await;
    let foreign = |group: &str| Kind::Foreign { group: group.into(), kind: "CronJob".into() };
    world
        .tell([
            put(pod(601, "billing", "a-x", owner(foreign("batch.volcano.sh"), "a", 600))),
            put(pod(603, "billing", "b-x", owner(foreign("example.org"), "b", 602))),
            put(pod(605, "billing", "c-x", owner(foreign("example.org"), "c", 604))),
        ])
        .await;
    let site = world.serve().await;
    let overview = site.json("/api/v1/overview").await;
    let kinds: Vec<(&str, u64)> = overview["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| (kind["kind"].as_str().unwrap(), kind["counts"]["total"].as_u64().unwrap()))
        .collect();
    let jobs: Vec<_> = kinds.iter().copied().filter(|(kind, _)| kind.starts_with("CronJob")).collect();
    assert_eq!(jobs, [("CronJob", 1), ("CronJob.batch.volcano.sh", 1), ("CronJob.example.org", 2)]);
    for (kind, count) in kinds {
        let list = site.json(&format!("/api/v1/workloads?kind={kind}")).await;
        assert_eq!(list["total"], count, "{kind} is what a list takes");
    }
}

#[tokio::test]
async fn it_ends_at_once_with_streams_open() {
    let site = World::shop().await.serve().await;
    let mut streams = Vec::new();
    for path in ["/api/v1/stream", "/api/v1/stream?health=failed"] {
        let mut events = site.stream(path, &[]).await;
        events.snapshot().await;
        streams.push(events);
    }
    site.stop.cancel();
    // Well below the time after which connections would be cut off: the streams end by themselves.
    timeout(GRACE / 2, site.running).await.expect("it did not end").unwrap();
    for mut events in streams {
        assert_eq!(events.next_or_comment().await, None, "the stream has an end");
    }
    assert!(tokio::net::TcpStream::connect(site.address).await.is_err(), "nobody listens any more");
}
