//! Lists filter, sort, search and page as they are asked to.
use crate::testbed::objects::{controller, put};
use crate::testbed::{World, shop};
use domain::id::Kind;
use domain::scope::Scope;
use flate2::read::GzDecoder;
use http::StatusCode;
use rstest::rstest;
use serde_json::Value;
use std::io::Read;

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[rstest]
#[case("", "api alone checkout nightly agent db web idle")]
#[case("order=desc", "idle alone checkout nightly agent db web api")]
#[case("sort=name", "agent alone api checkout db idle nightly web")]
#[case("sort=name&order=desc", "web nightly idle db checkout api alone agent")]
#[case("sort=kind", "nightly agent api idle web alone checkout db")]
#[case("sort=namespace", "alone checkout nightly agent api db idle web")]
#[case("sort=restarts&order=desc&limit=1", "api")]
#[case("namespace=billing&sort=name", "alone checkout nightly")]
#[case("namespace=billing,empty&sort=name", "alone checkout nightly")]
#[case("namespace=empty", "")]
#[case("cluster=prod&sort=name&limit=2", "agent alone")]
#[case("kind=CronJob,Rollout.argoproj.io&sort=name", "checkout nightly")]
#[case("kind=Rollout.other.io", "")]
#[case("kind=Rollout", "checkout")]
#[case("kind=Rollout,CronJob&sort=name", "checkout nightly")]
#[case("kind=NobodyHasThis", "")]
#[case("health=suspended", "idle")]
#[case("health=suspended,failed&sort=name", "api idle")]
#[case("q=STORE", "web")]
#[case("q=api%3A1.9", "api")]
#[case("q=nightly+billing", "nightly")]
#[case("q=nightly+shop", "")]
#[case("namespace=shop&kind=Deployment&health=healthy&q=web&sort=name&order=asc&limit=5", "web")]
#[tokio::test]
async fn workloads_are_those_asked_for(#[case] query: &str, #[case] expected: &str) {
    let site = World::shop().await.serve().await;
    let list = site.json(&format!("/api/v1/workloads?{query}")).await;
    assert_eq!(names(&list), expected.split_whitespace().collect::<Vec<_>>());
}

#[rstest]
#[case("sort=name&limit=3", "agent-x alone api-x-a")]
#[case("workload=prod/shop/Deployment/web", "web-new-a web-new-b web-new-c web-old-a")]
#[case("workload=prod/billing/Rollout.argoproj.io/checkout", "checkout-x-a")]
#[case("namespace=billing&q=alone", "alone")]
#[case("sort=restarts&order=desc&limit=1", "api-x-a")]
#[case("node=node-9", "")]
#[case("node=node-1&q=API:1.9", "api-x-a")]
#[tokio::test]
async fn pods_are_those_asked_for(#[case] query: &str, #[case] expected: &str) {
    let site = World::shop().await.serve().await;
    let list = site.json(&format!("/api/v1/pods?{query}")).await;
    assert_eq!(names(&list), expected.split_whitespace().collect::<Vec<_>>());
}

#[tokio::test]
async fn pods_filtered_by_health_are_in_that_health() {
    let site = World::shop().await.serve().await;
    let all = site.json("/api/v1/pods").await;
    let healthy: Vec<&Value> =
        all["items"].as_array().unwrap().iter().filter(|pod| pod["health"] == "healthy").collect();
    assert!(!healthy.is_empty() && healthy.len() < all["items"].as_array().unwrap().len(), "{all}");
    let list = site.json("/api/v1/pods?health=healthy").await;
    assert_eq!(list["items"].as_array().unwrap().iter().collect::<Vec<_>>(), healthy);
}

#[rstest]
#[case("/api/v1/events", "BackOff Pulled SuccessfulCreate")]
#[case("/api/v1/events?type=Normal", "Pulled")]
#[case("/api/v1/events?namespace=billing", "")]
#[case("/api/v1/events?q=backoff+api-x", "BackOff")]
#[case("/api/v1/workloads/prod/shop/Deployment/api/events", "BackOff Pulled SuccessfulCreate")]
#[case("/api/v1/workloads/prod/shop/Deployment/api/events?type=Warning&limit=1", "BackOff")]
#[case("/api/v1/workloads/prod/shop/Deployment/web/events", "")]
#[case("/api/v1/pods/prod/shop/api-x-a/events", "BackOff Pulled")]
#[tokio::test]
async fn events_come_newest_first(#[case] path: &str, #[case] expected: &str) {
    let site = World::shop().await.serve().await;
    let list = site.json(path).await;
    let items = list["items"].as_array().unwrap();
    let reasons: Vec<&str> = items.iter().map(|event| event["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, expected.split_whitespace().collect::<Vec<_>>());
    for event in items {
        assert_eq!(event["workload"], "prod/shop/Deployment/api", "{event}");
    }
}

#[tokio::test]
async fn namespaces_have_their_counts() {
    let site = World::shop().await.serve().await;
    let list = site.json("/api/v1/namespaces").await;
    assert_eq!(names(&list), ["billing", "empty", "shop"], "the excluded one is not there");
    assert_eq!(list["items"][2]["counts"]["total"], 5);
    assert_eq!(list["items"][2]["counts"]["suspended"], 1);
    assert_eq!(list["items"][1]["counts"]["total"], 0);
    assert_eq!(list["items"][1]["created_at"], "2026-11-18T11:06:40Z");
}

#[tokio::test]
async fn pages_follow_each_other_while_the_cluster_changes() {
    let site = World::shop().await.serve().await;
    let first = site.json("/api/v1/workloads?sort=name&limit=3").await;
    assert_eq!((names(&first), &first["total"]), (vec!["agent", "alone", "api"], &Value::from(8)));
    // What was seen goes, and something comes before it: the next page is still the next.
    site.world
        .tell([
            crate::testbed::objects::deleted(domain::source::Resource::Deployments, 20),
            put(controller(Kind::Deployment, 500, "shop", "aaa", 0)),
        ])
        .await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = site.json(&format!("/api/v1/workloads?sort=name&limit=3&cursor={cursor}")).await;
    assert_eq!(names(&second), ["checkout", "db", "idle"]);
    let cursor = second["next_cursor"].as_str().unwrap();
    let last = site.json(&format!("/api/v1/workloads?sort=name&limit=3&cursor={cursor}")).await;
    assert_eq!((names(&last), &last["next_cursor"]), (vec!["nightly", "web"], &Value::Null));
    let answer = site.get(&format!("/api/v1/workloads?sort=kind&limit=3&cursor={cursor}"), &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("`cursor`: it belongs to another list"), "{}", answer.text());
}

#[tokio::test]
async fn an_answer_that_a_client_has_is_not_sent_again_until_it_differs() {
    let site = World::shop().await.serve().await;
    for path in [
        "/api/v1/workloads?limit=2",
        "/api/v1/overview",
        "/api/v1/namespaces",
        "/api/v1/pods",
        "/api/v1/events",
        "/api/v1/workloads/prod/shop/Deployment/web",
        "/api/v1/pods/prod/shop/db-0",
    ] {
        let first = site.get(path, &[]).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with("W/\""), "{path}: {etag}");
        assert_eq!(first.header("cache-control"), "no-cache", "{path}");
        let again = site.get(path, &[("if-none-match", &etag)]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        assert_eq!(again.header("etag"), etag, "{path}");
        site.world.tell([put(shop::web_deployment(3))]).await;
        let after = site.get(path, &[("if-none-match", &etag)]).await;
        assert_eq!(after.status, StatusCode::OK, "{path}: the version has moved on");
    }
    let tag = |path: &'static str| {
        let site = &site;
        async move { site.get(path, &[]).await.header("etag").to_owned() }
    };
    assert_ne!(tag("/api/v1/workloads?limit=1").await, tag("/api/v1/workloads?limit=2").await);
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_take_it() {
    let site = World::shop().await.serve().await;
    let plain = site.get("/api/v1/workloads", &[]).await;
    assert!(plain.body.len() > 1024);
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "accept-encoding"));
    let packed = site.get("/api/v1/workloads", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!((packed.header("content-encoding"), packed.header("vary")), ("gzip", "accept-encoding"));
    assert!(packed.body.len() < plain.body.len());
    let mut text = String::new();
    GzDecoder::new(&*packed.body).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text());
    let small = site.get("/api/v1/ready", &[("accept-encoding", "gzip")]).await;
    assert_eq!(small.header("content-encoding"), "", "below 1 KiB there is nothing to gain");
}

#[tokio::test]
async fn ten_thousand_rows_at_once_are_for_those_who_take_gzip() {
    let world = World::listed(Scope::All).await;
    world
        .tell((0..2500).map(|n| put(controller(Kind::Deployment, n + 1, "shop", &format!("w{n}"), 0))))
        .await;
    let site = world.serve().await;
    let refused = site.get("/api/v1/workloads?limit=10000", &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text().contains("from 1 to 1000, or to 10000 with"), "{}", refused.text());
    let answer = site.get("/api/v1/workloads?limit=10000", &[("accept-encoding", "gzip")]).await;
    let mut text = String::new();
    GzDecoder::new(&*answer.body).read_to_string(&mut text).unwrap();
    let list: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((list["items"].as_array().unwrap().len(), &list["total"]), (2500, &Value::from(2500)));
    assert_eq!(list["next_cursor"], Value::Null);
}
