//! Lists, watches, and going on where they ended.

use crate::inventory::Inventory;
use crate::objects::{access, delete_pod, one_of_each, pod, put, simulator};
use domain::observation::Object;
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use kubernetes::Encoding;
use rstest::rstest;
use serde_json::json;
use simulator::{Cut, Failure, Fill, Resource as Simulated, Verb};
use std::time::Duration;

const PODS: SourceId = SourceId { resource: Resource::Pods, namespace: None };

/// Every kind that is watched in a namespace.
const NAMESPACED: [Resource; 9] = [
    Resource::Pods,
    Resource::Deployments,
    Resource::ReplicaSets,
    Resource::StatefulSets,
    Resource::DaemonSets,
    Resource::Events,
    Resource::Jobs,
    Resource::CronJobs,
    Resource::PersistentVolumeClaims,
];

#[rstest]
#[tokio::test]
async fn what_there_is_and_what_changes_is_told(
    #[values(Encoding::Protobuf, Encoding::Json)] encoding: Encoding,
    #[values(true, false)] streaming: bool,
) {
    let simulator = simulator().await;
    simulator.set_streaming_lists(streaming);
    let cluster = simulator.cluster();
    one_of_each(cluster, "shop", "before");
    put(cluster, json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}}));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, encoding);
    inventory.until_settled().await;
    for resource in NAMESPACED {
        let names = inventory.names(resource);
        assert!(names.iter().any(|name| name.starts_with("shop/before")), "{resource:?}: {names:?}");
    }
    assert!(inventory.names(Resource::Nodes).contains("node-1"));
    assert!(inventory.names(Resource::Namespaces).contains("shop"));

    one_of_each(cluster, "shop", "after");
    inventory
        .until("one more of each", |inventory| {
            NAMESPACED
                .iter()
                .all(|kind| inventory.names(*kind).iter().any(|name| name.starts_with("shop/after")))
        })
        .await;

    cluster
        .patch(
            Simulated::Pods,
            "shop",
            "before",
            &json!({"status": {"phase": "Failed", "reason": "Evicted"}}),
        )
        .expect("the pod is there");
    delete_pod(cluster, "shop", "after");
    inventory
        .until("one pod evicted and one gone", |inventory| {
            let evicted = |object: &Object| matches!(object, Object::Pod(pod) if pod.reason().map(AsRef::as_ref) == Some("Evicted"));
            inventory.names(Resource::Pods).len() == 1 && inventory.objects.values().any(evicted)
        })
        .await;
    assert_eq!(inventory.lists[&PODS], 1);
    inventory.stop().await;
}

#[tokio::test]
async fn nothing_but_watches_in_steady_state() {
    let simulator = simulator().await;
    one_of_each(simulator.cluster(), "shop", "web");
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    inventory.until("the cluster is described", |inventory| !inventory.descriptions.is_empty()).await;
    let before = simulator.activity();
    for number in 0..100 {
        put(simulator.cluster(), pod("shop", &format!("web-{number}")));
        simulator.send_bookmarks();
    }
    inventory.until("all pods", |inventory| inventory.names(Resource::Pods).len() == 101).await;
    let after = simulator.activity();
    assert_eq!(after, before);
    for resource in [Simulated::Pods, Simulated::Events, Simulated::Nodes, Simulated::CronJobs] {
        assert_eq!(after.open_watches(resource), 1, "{resource:?}");
    }
    inventory.stop().await;
}

#[tokio::test]
async fn after_a_large_list_the_watch_goes_on_over_another_connection() {
    let simulator = simulator().await;
    Fill { namespaces: 3, workloads: 20, replicas: 60 }.run(simulator.cluster(), 7).expect("it fits");
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    let other = simulator.activity_when(|now| now.requests(Verb::Watch, Simulated::Pods) == 2);
    tokio::time::timeout(Duration::from_secs(20), other).await.expect("it goes on over another");
    put(simulator.cluster(), pod("shop", "web"));
    inventory.until("what comes later", |inventory| inventory.names(Resource::Pods).len() == 1_201).await;
    let asked = |resource| simulator.activity().requests(Verb::Watch, resource);
    assert_eq!((asked(Simulated::Pods), asked(Simulated::Deployments)), (2, 1));
    assert_eq!(inventory.lists[&PODS], 1);
    assert!(!inventory.links[&PODS].iter().any(|link| matches!(link, Link::Lost { .. })));
    inventory.stop().await;
}

#[rstest]
#[case(Encoding::Protobuf)]
#[case(Encoding::Json)]
#[tokio::test]
async fn a_watch_that_ends_in_order_goes_on_at_once(#[case] encoding: Encoding) {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, encoding);
    inventory.until_settled().await;
    for number in 0..3 {
        put(simulator.cluster(), pod("shop", &format!("web-{number}")));
        inventory.until("the pod", |inventory| inventory.names(Resource::Pods).len() == number + 2).await;
        let watches = simulator.activity().requests(Verb::Watch, Simulated::Pods);
        simulator.faults().cut_watches(Cut::Clean, Some(Simulated::Pods));
        let next = simulator.activity_when(|now| now.requests(Verb::Watch, Simulated::Pods) > watches);
        tokio::time::timeout(Duration::from_secs(20), next).await.expect("it goes on");
    }
    delete_pod(simulator.cluster(), "shop", "web");
    inventory.until("the pod is gone", |inventory| inventory.names(Resource::Pods).len() == 3).await;
    assert_eq!(inventory.lists[&PODS], 1);
    assert_eq!(simulator.activity().requests(Verb::List, Simulated::Pods), 0);
    let lost = |link: &Link| matches!(link, Link::Lost { .. });
    assert!(!inventory.links[&PODS].iter().any(lost), "{:?}", inventory.links[&PODS]);
    inventory.stop().await;
}

#[rstest]
#[tokio::test]
async fn history_that_is_gone_is_listed_again_in_one_piece(
    #[values(Encoding::Protobuf, Encoding::Json)] encoding: Encoding,
    #[values(true, false)] streaming: bool,
) {
    let simulator = simulator().await;
    simulator.set_streaming_lists(streaming);
    let fill = Fill { namespaces: 3, workloads: 20, replicas: 60 };
    fill.run(simulator.cluster(), 7).expect("it fits");
    let mut inventory = Inventory::start(access(&simulator), Scope::All, encoding);
    inventory.until_settled().await;
    let count = inventory.names(Resource::Pods).len();
    assert_eq!(count, 1_200);
    // Refused or not, the first one asked for a streaming list; after so many the watch goes on over another connection.
    let follows = simulator.activity_when(|now| {
        now.requests(Verb::Watch, Simulated::Pods) == 2 && now.open_watches(Simulated::Pods) == 1
    });
    tokio::time::timeout(Duration::from_secs(20), follows).await.expect("it goes on");
    let gone = inventory.names(Resource::Pods).into_iter().step_by(3).collect::<Vec<_>>();
    simulator
        .faults()
        .while_away(simulator.cluster(), |cluster| {
            for path in &gone {
                let (namespace, name) = path.split_once('/').expect("it is a path");
                delete_pod(cluster, namespace, name);
            }
        })
        .await;
    let mut seen = Vec::new();
    let told = inventory.links[&PODS].len();
    inventory
        .until("a second list", |inventory| {
            seen.push(inventory.names(Resource::Pods).len());
            inventory.lists[&PODS] == 2
        })
        .await;
    let since = &inventory.links[&PODS][told..];
    assert!(since.iter().any(|link| matches!(link, Link::Lost { .. })), "{since:?}");
    assert!(!since.contains(&Link::Live), "what was known before the list was taken for current: {since:?}");
    assert_eq!(inventory.names(Resource::Pods).len(), count - gone.len());
    // Nothing was missing before the list was complete.
    seen.pop();
    assert!(seen.iter().all(|seen| *seen == count), "{seen:?}");
    inventory.until_settled().await;
    inventory.stop().await;
}

#[tokio::test]
async fn a_410_instead_of_a_watch_is_answered_with_a_list() {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    let scope = simulator::Scope::Of(Verb::Watch, Simulated::Pods);
    simulator.faults().fail_next(1, Failure::Status(410), scope);
    simulator.faults().cut_watches(Cut::Clean, Some(Simulated::Pods));
    inventory.until("a second list", |inventory| inventory.lists[&PODS] == 2).await;
    inventory.stop().await;
}

#[tokio::test]
async fn a_list_that_is_cut_short_twice_is_read_in_pages() {
    let simulator = simulator().await;
    let fill = Fill { namespaces: 3, workloads: 10, replicas: 60 };
    fill.run(simulator.cluster(), 7).expect("it fits");
    let scope = simulator::Scope::Of(Verb::Watch, Simulated::Pods);
    simulator.faults().corrupt_next(2, simulator::Corruption::Truncated, scope);
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until("the list", |inventory| inventory.lists.contains_key(&PODS)).await;
    assert_eq!(inventory.names(Resource::Pods).len(), 600);
    assert_eq!(simulator.activity().requests(Verb::List, Simulated::Pods), 2);
    assert_eq!(simulator.activity().requests(Verb::List, Simulated::Deployments), 0);
    inventory.stop().await;
}

#[tokio::test]
async fn a_server_without_streaming_lists_is_read_in_pages_without_a_word() {
    let simulator = simulator().await;
    simulator.set_streaming_lists(false);
    let fill = Fill { namespaces: 3, workloads: 10, replicas: 120 };
    fill.run(simulator.cluster(), 7).expect("it fits");
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    assert_eq!(inventory.names(Resource::Pods).len(), 1_200);
    assert_eq!(simulator.activity().requests(Verb::List, Simulated::Pods), 3);
    for (id, links) in &inventory.links {
        assert!(!links.iter().any(|link| matches!(link, Link::Lost { .. })), "{id:?}: {links:?}");
    }
    inventory.stop().await;
}
