//! The initial events of a streaming list come in no order: where to go on from is said at their end only.

use crate::inventory::Inventory;
use crate::objects::pass;
use crate::script::Script;
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use kubernetes::{Access, Encoding};
use serde_json::{Value, json};
use std::time::Duration;

const PODS: SourceId = SourceId { resource: Resource::Pods, namespace: None };

fn frame(kind: &str, name: &str, resource_version: u32) -> String {
    let metadata = json!({"namespace": "shop", "name": name, "uid": name, "resourceVersion": resource_version.to_string()});
    format!("{}\n", json!({"type": kind, "object": {"metadata": metadata}}))
}

fn bookmark(resource_version: u32, annotations: &Value) -> String {
    let metadata = json!({"resourceVersion": resource_version.to_string(), "annotations": annotations});
    format!("{}\n", json!({"type": "BOOKMARK", "object": {"metadata": metadata}}))
}

fn end(resource_version: u32) -> String {
    bookmark(resource_version, &json!({"k8s.io/initial-events-end": "true"}))
}

/// Plays the answers, until `condition` holds; returns what is left of the pods, and what was asked.
async fn play(
    answers: Vec<Vec<String>>,
    what: &str,
    condition: impl FnMut(&Inventory) -> bool,
) -> (Vec<String>, Vec<String>) {
    let script = Script::play(answers).await;
    let access = Access::Url { url: format!("http://{}", script.address), token: None };
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Protobuf);
    inventory.until(what, condition).await;
    let names = inventory.names(Resource::Pods).into_iter().collect();
    inventory.stop().await;
    (names, script.asked())
}

#[tokio::test]
async fn the_list_ends_with_the_bookmark_that_says_so() {
    let initial = vec![
        frame("ADDED", "a", 50),
        frame("ADDED", "b", 10),
        // Neither the end nor a place to go on from.
        bookmark(60, &json!({})),
        frame("ADDED", "c", 20),
        // Changes that happened meanwhile.
        frame("DELETED", "b", 61),
        frame("MODIFIED", "a", 62),
        end(70),
    ];
    let then = [
        vec![frame("ADDED", "d", 80)],
        vec![frame("ADDED", "e", 90), frame("DELETED", "c", 91)],
        vec![bookmark(95, &json!({}))],
        vec![frame("ADDED", "f", 100)],
        vec![],
    ];
    let answers = [vec![initial], then.to_vec()].concat();
    let (names, asked) =
        play(answers, "the last", |inventory| inventory.names(Resource::Pods).contains("shop/f")).await;
    assert_eq!(names, ["shop/a", "shop/d", "shop/e", "shop/f"]);
    assert!(
        asked[0].contains("sendInitialEvents=true") && !asked[0].contains("resourceVersion="),
        "{asked:?}"
    );
    for (asked, resource_version) in asked[1..].iter().zip([70, 80, 91, 95, 100]) {
        assert!(asked.contains(&format!("resourceVersion={resource_version}&")), "{asked}");
    }
}

#[tokio::test]
async fn what_was_deleted_while_listing_is_not_in_the_list() {
    let mut listed = Vec::new();
    let initial = vec![frame("ADDED", "a", 50), frame("ADDED", "b", 10), frame("DELETED", "b", 61), end(70)];
    let (names, _) = play(vec![initial], "the list", |inventory| {
        listed = inventory.last_list.clone();
        inventory.lists.contains_key(&PODS)
    })
    .await;
    assert_eq!(names, ["shop/a"]);
    assert_eq!(listed.len(), 1, "{listed:?}");
}

#[tokio::test]
async fn a_list_that_is_cut_before_its_end_begins_anew() {
    let cut = vec![frame("ADDED", "a", 50), frame("ADDED", "gone", 10), bookmark(60, &json!({}))];
    let whole = vec![frame("ADDED", "a", 50), frame("ADDED", "b", 55), end(70)];
    let (names, asked) =
        play(vec![cut, whole], "the list", |inventory| inventory.lists.contains_key(&PODS)).await;
    assert_eq!(names, ["shop/a", "shop/b"]);
    for asked in &asked {
        assert!(asked.contains("sendInitialEvents=true") && !asked.contains("resourceVersion="), "{asked}");
    }
}

/// Numbers that no container can reach: whatever wrote them, the other pods are read on.
#[tokio::test]
async fn an_object_that_can_not_be_read_is_left_out_and_the_others_are_told() {
    let bad = |name: &str, resource_version: u32| {
        let metadata = json!({"namespace": "shop", "name": name, "uid": name, "resourceVersion": resource_version.to_string()});
        let status = json!({"containerStatuses": [{"restartCount": 1e99}]});
        format!("{}\n", json!({"type": "ADDED", "object": {"metadata": metadata, "status": status}}))
    };
    let script = Script::play([
        vec![frame("ADDED", "a", 50), bad("bad", 51), frame("ADDED", "b", 52), end(70)],
        vec![frame("ADDED", "c", 71), bad("worse", 72)],
        vec![frame("ADDED", "d", 73)],
        vec![frame("MODIFIED", "bad", 74)],
        vec![frame("DELETED", "worse", 75)],
        vec![],
    ])
    .await;
    let access = Access::Url { url: format!("http://{}", script.address), token: None };
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Protobuf);
    inventory.until("all that can be read", |inventory| inventory.names(Resource::Pods).len() == 4).await;
    assert_eq!(inventory.unreadable[&PODS], 2, "so many are not seen");
    assert_eq!(
        inventory.names(Resource::Pods).into_iter().collect::<Vec<_>>(),
        ["shop/a", "shop/b", "shop/c", "shop/d"]
    );
    assert_eq!(inventory.lists[&PODS], 1, "it is no reason to list again");
    assert_eq!(inventory.last_list.len(), 3, "it is there, and stays as it was known");
    let asked = script.asked();
    assert!(asked[2].contains("resourceVersion=72&"), "it is not asked for again: {asked:?}");
    let traffic = inventory.telemetry.traffic();
    let pods = traffic.iter().find(|traffic| traffic.resource == Resource::Pods).expect("each has its own");
    assert_eq!(pods.unreadable, 2);
    inventory.until("one can be read again", |inventory| inventory.unreadable[&PODS] == 1).await;
    inventory.until("the other is gone", |inventory| inventory.unreadable[&PODS] == 0).await;
    assert!(inventory.names(Resource::Pods).contains("shop/bad"));
    inventory.stop().await;
}

/// An error within a watch may ask to wait too, and is heard for no longer than five minutes.
#[tokio::test]
async fn a_watch_that_asks_to_wait_is_left_alone_so_long() {
    let status =
        json!({"kind": "Status", "code": 429, "message": "later", "details": {"retryAfterSeconds": 86_400}});
    let script = Script::play([
        vec![frame("ADDED", "a", 50), end(70)],
        vec![format!("{}\n", json!({"type": "ERROR", "object": status}))],
        vec![frame("ADDED", "b", 80)],
        vec![],
    ])
    .await;
    let access = Access::Url { url: format!("http://{}", script.address), token: None };
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Protobuf);
    let lost = |link: &Link| matches!(link, Link::Lost { reason } if reason.contains("429"));
    inventory
        .until("it is said", |inventory| {
            inventory.links.get(&PODS).is_some_and(|links| links.iter().any(lost))
        })
        .await;
    pass(Duration::from_secs(299)).await;
    inventory.read_what_is_there().await;
    assert_eq!(script.asked().len(), 2);
    pass(Duration::from_secs(2)).await;
    inventory.until("it goes on", |inventory| inventory.names(Resource::Pods).len() == 2).await;
    inventory.stop().await;
}
