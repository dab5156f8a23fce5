//! Which namespaces are read.

use crate::inventory::Inventory;
use crate::objects::{access, allow, block, one_of_each, pod, put, simulator};
use domain::scope::Scope;
use domain::source::{Link, Resource};
use kubernetes::Encoding;
use rstest::rstest;
use simulator::{Resource as Simulated, Rule};

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
        Rule::namespaced("shop", &read, "", &["pods", "events"]),
        Rule::namespaced("shop", &read, "apps", &["*"]),
    ]));
    let mut inventory = Inventory::start(access(&simulator), allow(&["shop"]), Encoding::Protobuf);
    inventory.until_settled().await;
    for resource in [Resource::Pods, Resource::Deployments, Resource::ReplicaSets, Resource::Events] {
        assert_eq!(inventory.link(resource, Some("shop")), Some(&Link::Live), "{resource:?}");
        assert_eq!(inventory.names(resource).len(), 1, "{resource:?}");
    }
    for (resource, namespace) in [(Resource::Namespaces, Some("shop")), (Resource::Nodes, None)] {
        let link = inventory.link(resource, namespace);
        assert!(matches!(link, Some(Link::Forbidden { .. })), "{resource:?}: {link:?}");
    }
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
