//! Names as long as Kubernetes lets them be.
use crate::testbed::objects::{MADE, event, listed, namespace, owner, pod, put};
use crate::testbed::{CLUSTER, World, listed_sources, no_history};
use domain::id::Kind;
use domain::observation::Observation;
use domain::pod::Pod;
use domain::scope::Scope;
use domain::source::Resource;
use rstest::rstest;
use serde_json::Value;
use std::sync::Arc;

const ITEMS: u128 = 5;

/// A name of that many letters that ends with a number.
fn long(length: usize, number: u128) -> String {
    format!("{:x<width$}{number}", "", width = length - 1)
}

/// In a cluster, namespaces, kinds and nodes of the longest names: pods of as many workloads, and events about them.
async fn world() -> World {
    let cluster = long(63, 0);
    let world = World::of(&[CLUSTER, &cluster], Scope::All, Arc::new(no_history()));
    let mut all = Vec::new();
    for n in 0..ITEMS {
        let kind = Kind::Foreign { group: long(253, n).into(), kind: long(63, 0).into() };
        let (space, name) = (long(63, n), long(253, n));
        all.push(namespace(n + 1, &space));
        all.push(put(Pod {
            node: Some(long(253, n).into()),
            ..pod(100 + n, &space, &name, owner(kind, &name, 200 + n))
        }));
        all.push(put(event(300 + n, (&space, "Pod", &name, 100 + n), "Pulled", MADE)));
    }
    all.extend(listed_sources().into_iter().filter(|told| {
        !matches!(told, Observation::Cluster { fact: domain::observation::Fact::Listed(..), .. })
    }));
    all.push(listed(Resource::Namespaces, 1..=ITEMS));
    all.push(listed(Resource::Pods, 100..100 + ITEMS));
    all.push(listed(Resource::Events, 300..300 + ITEMS));
    let rest = Resource::ALL.into_iter().filter(|resource| {
        resource.is_required() && !matches!(resource, Resource::Namespaces | Resource::Pods)
    });
    all.extend(rest.map(|resource| listed(resource, [])));
    let there = |told| match told {
        Observation::Cluster { fact, .. } => Observation::Cluster { cluster: cluster.as_str().into(), fact },
        other => other,
    };
    world.tell(all.into_iter().map(there)).await;
    world
}

#[rstest]
#[case("/api/v1/workloads")]
#[case("/api/v1/pods")]
#[case("/api/v1/events")]
#[case("/api/v1/namespaces")]
#[tokio::test]
async fn lists_of_the_longest_names_can_be_paged_through_in_every_order(#[case] path: &str) {
    let site = world().await.serve().await;
    // The refusal of a sort that there is not names those that there are.
    let refusal = site.get(&format!("{path}?sort=none"), &[]).await.text();
    let sorts = refusal.split_once(" is none of ").and_then(|(_, rest)| rest.split_once('"'));
    let sorts: Vec<String> = match sorts {
        Some((sorts, _)) => sorts.split(", ").map(|sort| format!("&sort={sort}")).collect(),
        None => vec![String::new()],
    };
    assert_eq!(sorts.len() > 1, refusal.contains("is none of"), "{refusal}");
    for sort in sorts {
        for order in ["&order=asc", "&order=desc"] {
            let order = if sort.is_empty() { "" } else { order };
            let whole = site.json(&format!("{path}?limit=100{sort}{order}")).await;
            assert_eq!(whole["items"].as_array().unwrap().len(), ITEMS as usize, "{whole}");
            let mut paged = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = site.json(&format!("{path}?limit=2{sort}{order}&cursor={cursor}")).await;
                paged.extend(page["items"].as_array().unwrap().clone());
                let Value::String(next) = &page["next_cursor"] else { break };
                cursor.clone_from(next);
            }
            assert_eq!(Value::Array(paged), whole["items"], "{path}{sort}{order}");
        }
    }
}
