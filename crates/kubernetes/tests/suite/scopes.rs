//! Which namespaces are read.

use crate::inventory::Inventory;
use crate::objects::{access, allow, block, one_of_each, pass, pod, put, simulator};
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use kubernetes::Encoding;
use rstest::rstest;
use simulator::{Failure, Resource as Simulated, Rule};
use std::time::Duration;

#[rstest]
#[case(Scope::All, &["kube-system", "shop", "shop-2", "ci"])]
#[case(block(&[]), &["shop", "shop-2", "ci"])]
#[case(block(&["ci"]), &["shop", "shop-2"])]
#[case(block(&["shop*"]), &["ci"])]
#[case(block(&["ci", "*-2"]), &["shop"])]
#[case(allow(&["shop"]), &["shop"])]
#[case(allow(&["shop", "ci"]), &["shop", "ci"])]
#[case(allow(&["shop*"]), &["shop", "shop-2"])]
#[case(allow(&["*-2", "ci"]), &["shop-2", "ci"])]
#[tokio::test]
async fn only_what_is_in_the_filter_is_told(#[case] scope: Scope, #[case] expected: &[&str]) {
    let simulator = simulator().await;
    let all = ["kube-system", "shop", "shop-2", "ci"];
    for namespace in all {
        one_of_each(simulator.cluster(), namespace, "web");
    }
    let mut inventory = Inventory::start(access(&simulator), scope, Encoding::Protobuf);
    inventory
        .until("all that is expected", |inventory| {
            expected.iter().all(|namespace| {
                inventory.names(Resource::PersistentVolumeClaims).contains(&format!("{namespace}/web"))
            })
        })
        .await;
    inventory.until_settled().await;
    // Also of what changes.
    for namespace in all {
        one_of_each(simulator.cluster(), namespace, "api");
        simulator.cluster().delete(Simulated::Pods, namespace, "web").expect("it is there");
    }
    inventory
        .until("the changes", |inventory| {
            let pods = inventory.names(Resource::Pods);
            pods.len() == expected.len() && pods.iter().all(|pod| pod.ends_with("/api"))
        })
        .await;
    for ((resource, _), object) in &inventory.objects {
        let text = format!("{object:?}");
        let foreign = all.iter().filter(|namespace| !expected.contains(namespace));
        for namespace in foreign {
            assert!(!text.contains(&format!("\"{namespace}\"")), "{resource:?}: {text}");
        }
    }
    inventory.stop().await;
}

#[tokio::test]
async fn namespaced_roles_suffice_for_an_allowlist() {
    let simulator = simulator().await;
    one_of_each(simulator.cluster(), "shop", "web");
    one_of_each(simulator.cluster(), "ci", "web");
    let read = ["get", "list", "watch"];
    simulator.set_access(simulator::Access::Only(vec![
        Rule::namespaced("shop", &read, "", &["namespaces", "pods", "events"]),
        Rule::namespaced("shop", &read, "apps", &["*"]),
    ]));
    let mut inventory = Inventory::start(access(&simulator), allow(&["shop"]), Encoding::Protobuf);
    inventory.until_settled().await;
    let required = [Resource::Pods, Resource::Deployments, Resource::ReplicaSets, Resource::Events];
    for resource in [&[Resource::Namespaces][..], &required].concat() {
        assert_eq!(inventory.link(resource, Some("shop")), Some(&Link::Live), "{resource:?}");
        assert_eq!(inventory.names(resource).len(), 1, "{resource:?}");
    }
    let link = inventory.link(Resource::Nodes, None);
    assert!(matches!(link, Some(Link::Forbidden { .. })), "{link:?}");
    inventory.stop().await;
}

/// Nothing tells of its coming and going where only the namespace itself may be read.
#[tokio::test]
async fn a_namespace_that_was_chosen_by_its_name_comes_and_goes() {
    let simulator = simulator().await;
    one_of_each(simulator.cluster(), "shop", "web");
    let mut inventory = Inventory::start(access(&simulator), allow(&["later"]), Encoding::Protobuf);
    inventory.until_settled().await;
    assert_eq!(inventory.link(Resource::Namespaces, Some("later")), Some(&Link::Live));
    assert!(inventory.names(Resource::Namespaces).is_empty());

    one_of_each(simulator.cluster(), "later", "web");
    pass(Duration::from_secs(31)).await;
    inventory.until("it is there", |inventory| inventory.names(Resource::Namespaces).len() == 1).await;

    simulator.cluster().delete_with_dependents(Simulated::Namespaces, "", "later").expect("it is there");
    pass(Duration::from_secs(31)).await;
    inventory.until("it is gone", |inventory| inventory.names(Resource::Namespaces).is_empty()).await;
    inventory.stop().await;
}

/// What answers 404 in the API server's place knows nothing of namespaces.
#[tokio::test]
async fn a_404_of_something_else_is_no_absence() {
    let simulator = simulator().await;
    one_of_each(simulator.cluster(), "shop", "web");
    let mut inventory = Inventory::start(access(&simulator), allow(&["shop"]), Encoding::Protobuf);
    inventory.until("shop", |inventory| inventory.names(Resource::Namespaces).len() == 1).await;
    let namespaces = simulator::Scope::Resource(Simulated::Namespaces);
    simulator.faults().fail_next(1, Failure::ProxyPage(404), namespaces);
    pass(Duration::from_secs(31)).await;
    inventory
        .until("it is lost", |inventory| {
            let id = SourceId { resource: Resource::Namespaces, namespace: Some("shop".into()) };
            inventory.links[&id].iter().any(|link| matches!(link, Link::Lost { .. }))
        })
        .await;
    assert_eq!(inventory.names(Resource::Namespaces).len(), 1);
    inventory.stop().await;
}

#[tokio::test]
async fn namespaces_that_come_to_match_a_pattern_join_and_leave() {
    let simulator = simulator().await;
    one_of_each(simulator.cluster(), "team-a", "web");
    let scope = allow(&["team-*", "shop"]);
    let mut inventory = Inventory::start(access(&simulator), scope, Encoding::Protobuf);
    inventory.until("team-a", |inventory| inventory.names(Resource::Pods).contains("team-a/web")).await;
    // A name without a pattern is watched whether it is there or not.
    inventory
        .until("shop", |inventory| inventory.link(Resource::Pods, Some("shop")) == Some(&Link::Live))
        .await;

    one_of_each(simulator.cluster(), "team-b", "web");
    one_of_each(simulator.cluster(), "others", "web");
    put(simulator.cluster(), pod("shop", "web"));
    inventory
        .until("team-b and shop", |inventory| {
            let pods = inventory.names(Resource::Pods);
            pods.contains("team-b/web") && pods.contains("shop/web")
        })
        .await;

    simulator.cluster().delete_with_dependents(Simulated::Namespaces, "", "team-a").expect("it is there");
    inventory
        .until("team-a is closed", |inventory| {
            let mut of_a = inventory.links.iter().filter(|(id, _)| id.namespace.as_deref() == Some("team-a"));
            of_a.all(|(_, links)| links.last() == Some(&Link::Closed))
        })
        .await;
    assert_eq!(inventory.names(Resource::Pods).len(), 2);
    assert_eq!(
        simulator.activity_when(|now| now.open_watches(Simulated::Pods) == 2).await.refused_methods(),
        0
    );

    // It comes back under its name.
    one_of_each(simulator.cluster(), "team-a", "new");
    inventory.until("team-a again", |inventory| inventory.names(Resource::Pods).contains("team-a/new")).await;
    assert!(!inventory.names(Resource::Pods).iter().any(|name| name.starts_with("others")));
    inventory.stop().await;
}

#[tokio::test]
async fn a_pattern_without_the_right_to_namespaces_is_said() {
    let simulator = simulator().await;
    one_of_each(simulator.cluster(), "team-a", "web");
    one_of_each(simulator.cluster(), "shop", "web");
    let read = ["get", "list", "watch"];
    simulator.set_access(simulator::Access::Only(vec![Rule::namespaced("shop", &read, "*", &["*"])]));
    let mut inventory = Inventory::start(access(&simulator), allow(&["team-*", "shop"]), Encoding::Protobuf);
    inventory.until_settled().await;
    assert_eq!(inventory.names(Resource::Pods).len(), 1);
    let Some(Link::Forbidden { reason }) = inventory.link(Resource::Namespaces, None) else {
        panic!("{:?}", inventory.last_links());
    };
    assert!(reason.contains("cannot watch resource \"namespaces\""), "{reason}");
    inventory.stop().await;
}
