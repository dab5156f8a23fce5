//! The event stream over a real connection: it begins, goes on, and is come back to.
use crate::testbed::objects::{controller, deleted, put};
use crate::testbed::{World, shop};
use domain::id::Kind;
use domain::scope::Scope;
use domain::source::Resource;
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_list_and_the_changes_after_it_make_the_present() {
    let site = World::shop().await.serve().await;
    let list = site.json("/api/v1/workloads").await;
    let version = list["version"].as_str().unwrap();
    site.world.tell([put(shop::web_deployment(4))]).await;
    let mut events = site.stream(&format!("/api/v1/stream?after={version}"), &[]).await;
    let missed = events.next().await;
    assert_eq!((missed.name.as_str(), missed.names()), ("change", vec!["web"]));
    assert_eq!(missed.data["upserted"][0]["desired"], 4);
    assert_eq!(missed.data["version"], json!(missed.id));
    site.world.tell([deleted(Resource::Deployments, 30)]).await;
    let change = events.next().await;
    assert_eq!(change.removed(), ["prod/shop/Deployment/idle"]);
    let overview = &change.data["overview"];
    assert_eq!((&overview["counts"]["total"], &overview["sources"]), (&json!(7), &json!(null)));
    let namespaces = overview["namespaces"].as_array().unwrap();
    assert_eq!((namespaces.len(), &namespaces[0]["name"]), (1, &json!("shop")), "only what changed");
}

#[tokio::test]
async fn a_browser_that_comes_back_is_given_what_it_missed() {
    let site = World::shop().await.serve().await;
    let mut events = site.stream("/api/v1/stream", &[]).await;
    let (names, version) = events.snapshot().await;
    assert_eq!(names.len(), 8);
    drop(events);
    site.world.tell([put(controller(Kind::Deployment, 500, "billing", "new", 0))]).await;
    // `after` is from when the page was opened; the id is newer.
    let path = "/api/v1/stream?after=0-0";
    let mut events = site.stream(path, &[("last-event-id", &version)]).await;
    let missed = events.next().await;
    assert_eq!((missed.name.as_str(), missed.names()), ("change", vec!["new"]));
    // Nothing missed, nothing sent: the next event is the next change.
    let version = missed.id.unwrap();
    let mut events = site.stream(path, &[("last-event-id", &version)]).await;
    site.world.tell([put(shop::web_deployment(5))]).await;
    assert_eq!(events.next().await.names(), ["web"]);
}

#[tokio::test]
async fn what_can_t_be_replayed_begins_with_a_snapshot() {
    let site = World::shop().await.serve().await;
    for (path, headers) in [
        ("/api/v1/stream", vec![]),
        ("/api/v1/stream?after=1-1", vec![]),
        ("/api/v1/stream", vec![("last-event-id", "1-1")]),
        ("/api/v1/stream", vec![("last-event-id", "no version")]),
    ] {
        let mut events = site.stream(path, &headers).await;
        assert_eq!(events.snapshot().await.0.len(), 8, "{path} {headers:?}");
    }
}

#[tokio::test]
async fn who_missed_too_much_is_given_a_snapshot() {
    let many = |replicas| {
        (0..1100).map(move |n| put(controller(Kind::Deployment, n + 1, "shop", &format!("w{n}"), replicas)))
    };
    let world = World::listed(Scope::All).await;
    world.tell(many(0)).await;
    let site = world.serve().await;
    let version = site.json("/api/v1/overview").await["version"].as_str().unwrap().to_owned();
    site.world.tell(many(1)).await;
    let mut events = site.stream(&format!("/api/v1/stream?after={version}"), &[]).await;
    assert_eq!(events.snapshot().await.0.len(), 1100);
}

#[tokio::test]
async fn snapshots_come_in_parts_of_two_hundred() {
    let world = World::listed(Scope::All).await;
    world.tell((0..450).map(|n| put(controller(Kind::Deployment, n + 1, "shop", &format!("w{n}"), 0)))).await;
    let site = world.serve().await;
    let mut events = site.stream("/api/v1/stream", &[]).await;
    for (number, rows) in [(1, 200), (2, 200), (3, 50)] {
        let part = events.next().await;
        assert_eq!((part.name.as_str(), &part.data["part"]), ("snapshot", &json!(number)));
        assert_eq!((part.names().len(), &part.data["last"]), (rows, &json!(number == 3)));
        assert_eq!(
            part.id, None,
            "half a snapshot is nothing to come back from, nor is one without its overview"
        );
    }
    let overview = events.next().await;
    assert_eq!(overview.id.as_deref(), overview.data["version"].as_str());
    let overview = overview.data;
    assert_eq!(overview["overview"]["counts"]["total"], 450);
    assert!(overview["overview"]["sources"].is_array());
    let mut nothing = site.stream("/api/v1/stream?health=failed", &[]).await;
    assert_eq!(nothing.snapshot().await.0, [""; 0], "one part, empty and last");
}

#[tokio::test]
async fn a_row_that_leaves_the_filter_is_removed_and_others_are_never_spoken_of() {
    let site = World::shop().await.serve().await;
    let mut events = site.stream("/api/v1/stream?health=suspended&namespace=shop", &[]).await;
    let (names, version) = events.snapshot().await;
    assert_eq!(names, ["idle"]);
    site.world.tell([put(controller(Kind::Deployment, 30, "shop", "idle", 1))]).await;
    assert_eq!(events.next().await.removed(), ["prod/shop/Deployment/idle"]);
    site.world.tell([put(controller(Kind::Deployment, 31, "shop", "other", 0))]).await;
    let change = events.next().await;
    assert_eq!((change.names(), change.removed()), (vec!["other"], vec![]));
    // A row that was never in the filter changes, and one outside of the namespace enters the status.
    site.world
        .tell([put(controller(Kind::Deployment, 500, "billing", "new", 0)), put(shop::web_deployment(7))])
        .await;
    let change = events.next().await;
    assert_eq!((change.names(), change.removed()), (Vec::new(), vec![]), "only the counts have changed");
    assert_eq!(change.data["overview"]["counts"]["total"], 10);
    // Who comes back is told that it left, though nobody remembers who was in.
    let path = format!("/api/v1/stream?health=suspended&namespace=shop&after={version}");
    let missed = site.stream(&path, &[]).await.next().await;
    assert_eq!(missed.names(), ["other"]);
    assert!(missed.removed().contains(&"prod/shop/Deployment/idle"), "{missed:?}");
    assert!(!missed.removed().iter().any(|id| id.contains("billing")), "{missed:?}");
}

#[tokio::test]
async fn streams_are_counted_and_forgotten() {
    let site = World::shop().await.serve().await;
    let shown = |text: String, line: &str| text.lines().any(|shown| shown == line);
    let mut streams = Vec::new();
    for path in ["/api/v1/stream", "/api/v1/stream", "/api/v1/stream?q=web"] {
        let mut events = site.stream(path, &[]).await;
        events.snapshot().await;
        streams.push(events);
    }
    let text = site.get("/metrics", &[]).await.text();
    assert!(shown(text.clone(), "maintenant_streams 3.0"), "{text}");
    assert!(shown(text, "maintenant_stream_filters 2.0"), "equal filters share a hub");
    drop(streams);
    let waited = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        loop {
            let text = site.get("/metrics", &[]).await.text();
            if shown(text.clone(), "maintenant_streams 0.0") && shown(text, "maintenant_stream_filters 0.0") {
                return;
            }
        }
    });
    waited.await.expect("streams whose readers have gone stay");
}

#[tokio::test]
async fn a_stream_is_not_compressed_nor_stored() {
    let site = World::shop().await.serve().await;
    let answer = site.ask("HEAD", "/api/v1/stream", &[("accept-encoding", "gzip")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert_eq!(answer.header("cache-control"), "no-store, no-transform");
    assert_eq!((answer.header("content-encoding"), answer.header("x-accel-buffering")), ("", "no"));
}
