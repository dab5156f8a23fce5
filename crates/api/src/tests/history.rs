//! History over a real store: what was recorded, when nothing was known, and what is so now.
use crate::testbed::objects::{controller, deleted, owner, pod, put};
use crate::testbed::{NOW, World, listed_sources};
use domain::controller::Controller;
use domain::id::Kind;
use domain::observation::Observation;
use domain::port::{History, StorageState};
use domain::scope::Scope;
use domain::source::Resource;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use store::{Options, Store};

const HOUR: Duration = Duration::from_hours(1);
const PATH: &str = "/api/v1/workloads/prod/shop/Deployment/web/history";

/// Waits until what was recorded is on disk.
async fn written(store: &Store) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while store.storage().queued > 0 {
            tokio::task::yield_now().await;
        }
    });
    waited.await.expect("the records were not written in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statuses_follow_each_other_up_to_now() {
    let directory = tempfile::tempdir().unwrap();
    let opened = Store::open(&directory.path().join("h.db"), Options::new(Arc::new(|| NOW))).unwrap();
    let store = Arc::new(opened.store);
    let world = World::recorded(Scope::All, store.clone());
    world.tell(listed_sources()).await;
    let running = [
        put(controller(Kind::Deployment, 1, "shop", "web", 1)),
        put(Controller {
            owner: owner(Kind::Deployment, "web", 1),
            ..controller(Kind::ReplicaSet, 2, "shop", "web-x", 1)
        }),
        put(pod(3, "shop", "web-x-a", owner(Kind::ReplicaSet, "web-x", 2))),
    ];
    world.tell(running).await;
    world.pass(HOUR);
    world.tell([Observation::Due]).await;
    world
        .tell([
            put(controller(Kind::Deployment, 1, "shop", "web", 0)),
            put(controller(Kind::ReplicaSet, 2, "shop", "web-x", 0)),
            deleted(Resource::Pods, 3),
        ])
        .await;
    world.pass(HOUR * 2);
    written(&store).await;
    assert_eq!(store.storage().state, StorageState::Ok);
    let site = world.serve_with(store, |_| {}).await;
    let history = site.json(PATH).await;
    assert_eq!(history["id"], "prod/shop/Deployment/web");
    assert_eq!(
        (&history["from"], &history["to"]),
        (&json!("2026-11-20T06:00:00Z"), &json!("2026-11-21T06:00:00Z"))
    );
    let intervals = history["intervals"].as_array().unwrap();
    let last = intervals.last().unwrap();
    assert_eq!((&last["health"], &last["to"]), (&json!("suspended"), &history["to"]));
    // The engine's clock goes on by milliseconds where the test's stands still.
    let entered = last["from"].as_str().unwrap();
    assert!(entered.starts_with("2026-11-21T04:00:00"), "{history}");
    assert_eq!(intervals[intervals.len() - 2]["to"], entered, "one ends where the next begins");
    assert_eq!((&history["storage"], &history["available"]["percent"]), (&json!("ok"), &json!(100.0)));
    let short = site.json(&format!("{PATH}?range=1h")).await;
    assert_eq!(short["from"], "2026-11-21T05:00:00Z");
    assert_eq!(short["intervals"].as_array().unwrap().len(), 1);
    assert_eq!(short["available"]["percent"], Value::Null, "nothing was asked for in that hour");
}

#[tokio::test]
async fn without_history_the_present_is_all_there_is() {
    let site = World::shop().await.serve().await;
    let history = site.json(PATH).await;
    assert_eq!(history["storage"], "off");
    let intervals = history["intervals"].as_array().unwrap();
    assert_eq!(intervals.len(), 1, "{history}");
    assert_eq!(intervals[0]["to"], history["to"]);
    assert_eq!(history["gaps"][0]["why"], "history is not kept");
}
