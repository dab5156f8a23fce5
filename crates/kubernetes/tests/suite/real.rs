//! Against the real API server.

use crate::inventory::Inventory;
use crate::objects::allow;
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use kubernetes::{Access, Encoding};
use lab::{Cluster, Rights, Rule, Viewer};
use serde_json::json;
use std::path::Path;

fn access(kubeconfig: &Path) -> Access {
    Access::Kubeconfig { paths: vec![kubeconfig.to_owned()], context: None }
}

fn of(viewer: &Viewer<'_>) -> Access {
    access(viewer.kubeconfig())
}

fn pods_of(namespace: &str) -> SourceId {
    SourceId { resource: Resource::Pods, namespace: Some(namespace.into()) }
}

/// A pod that nobody schedules.
fn pod(namespace: &str, name: &str) -> String {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {
            "schedulerName": "nobody",
            "containers": [{"name": "main", "image": "registry.example/web:1"}],
        },
    })
    .to_string()
}

fn namespaced() -> Vec<Rule> {
    vec![
        Rule::watch("", &["namespaces", "pods", "events"]),
        Rule::watch("apps", &["deployments", "statefulsets", "daemonsets", "replicasets"]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn namespaced_roles_suffice_for_an_allowlist() {
    let cluster = Cluster::shared();
    let (shop, other) = (cluster.namespace("shop"), cluster.namespace("other"));
    cluster.apply(&pod(&shop, "mine"));
    cluster.apply(&pod(&other, "theirs"));
    let rules = namespaced();
    let viewer = cluster.viewer(&[Rights::In(&shop, &rules)]);
    let mut inventory = Inventory::start(of(&viewer), allow(&[&shop]), Encoding::Protobuf);
    inventory.until_settled().await;
    assert_eq!(inventory.names(Resource::Pods).into_iter().collect::<Vec<_>>(), [format!("{shop}/mine")]);
    for (id, link) in inventory.last_links() {
        if !id.resource.is_required() {
            continue;
        }
        assert_eq!((link, id.namespace.as_deref()), (&Link::Live, Some(&*shop)), "{id:?}");
    }
    assert_eq!(inventory.link(Resource::Namespaces, Some(&shop)), Some(&Link::Live));
    assert_eq!(
        inventory.names(Resource::Namespaces).into_iter().collect::<Vec<_>>(),
        std::slice::from_ref(&shop)
    );
    cluster.apply(&pod(&shop, "later"));
    inventory.until("a second pod", |inventory| inventory.names(Resource::Pods).len() == 2).await;
    inventory.stop().await;
}

/// Every request that was made is in the server's own log.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_but_to_read_and_each_watch_once() {
    let cluster = Cluster::shared();
    let rules = Rule::defaults();
    let viewer = cluster.viewer(&[Rights::Everywhere(&rules)]);
    let namespace = cluster.namespace("audit");
    let mut inventory = Inventory::start(of(&viewer), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    inventory.until("the cluster is described", |inventory| !inventory.descriptions.is_empty()).await;
    let description = inventory.descriptions[0].clone();
    assert!(description.version.is_some() && description.uid.is_some(), "{description:?}");
    for number in 0..20 {
        cluster.apply(&pod(&namespace, &format!("web-{number}")));
    }
    let path = format!("{namespace}/web-19");
    inventory.until("the pods", |inventory| inventory.names(Resource::Pods).contains(&path)).await;
    inventory.stop().await;
    let user = viewer.user();
    let ours: Vec<_> = cluster.audit().into_iter().filter(|entry| entry.user == user).collect();
    for entry in &ours {
        assert!(matches!(&*entry.verb, "get" | "list" | "watch"), "{entry:?}");
        assert!(entry.user_agent.starts_with("maintenant/"), "{entry:?}");
    }
    for resource in
        ["pods", "deployments", "replicasets", "statefulsets", "daemonsets", "namespaces", "events"]
    {
        let begun = |verb: &str| {
            let of_resource =
                ours.iter().filter(|entry| entry.resource == resource && entry.group != "metrics.k8s.io");
            let begun = of_resource.filter(|entry| entry.verb == verb && entry.stage != "ResponseComplete");
            begun.count()
        };
        assert_eq!((begun("watch"), begun("list")), (1, 0), "{resource}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_that_dies_and_comes_back_is_taken_up_where_it_was() {
    let cluster = Cluster::start();
    let namespace = cluster.namespace("shop");
    cluster.apply(&pod(&namespace, "before"));
    let mut inventory =
        Inventory::start(access(&cluster.kubeconfig()), allow(&[&namespace]), Encoding::Protobuf);
    inventory.until_settled().await;
    cluster.kill_apiserver();
    let address = cluster.url().replace("https://", "");
    let refused = format!("connection refused ({address})");
    let pods = pods_of(&namespace);
    inventory
        .until("it is said", |inventory| {
            inventory.links[&pods].iter().any(|link| *link == Link::Lost { reason: refused.as_str().into() })
        })
        .await;
    assert_eq!(inventory.names(Resource::Pods).len(), 1, "what was known is kept");
    cluster.start_apiserver();
    cluster.apply(&pod(&namespace, "after"));
    cluster.delete(&namespace, "pod", "before");
    inventory
        .until("the changes", |inventory| {
            inventory.names(Resource::Pods).into_iter().eq([format!("{namespace}/after")])
        })
        .await;
    inventory.until_settled().await;
    inventory.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_taken_away_and_given_back() {
    let cluster = Cluster::start();
    let namespace = cluster.namespace("shop");
    cluster.apply(&pod(&namespace, "web"));
    let all = namespaced();
    let less = [Rule::watch("", &["events"]), all[1].clone()];
    let mut viewer = cluster.viewer(&[Rights::In(&namespace, &all)]);
    let mut inventory = Inventory::start(of(&viewer), allow(&[&namespace]), Encoding::Protobuf);
    inventory.until_settled().await;
    assert_eq!(inventory.link(Resource::Pods, Some(&namespace)), Some(&Link::Live));
    viewer.grant(&[Rights::In(&namespace, &less)]);
    // A watch that runs goes on; the next one is refused.
    cluster.kill_apiserver();
    cluster.start_apiserver();
    let pods = pods_of(&namespace);
    inventory
        .until("it is said", |inventory| {
            let refused = inventory.links[&pods].last();
            matches!(refused, Some(Link::Forbidden { reason }) if reason.contains("pods is forbidden"))
        })
        .await;
    cluster.apply(&pod(&namespace, "other"));
    viewer.grant(&[Rights::In(&namespace, &all)]);
    inventory
        .until("it is live", |inventory| {
            inventory.link(Resource::Pods, Some(&namespace)) == Some(&Link::Live)
        })
        .await;
    assert_eq!(inventory.names(Resource::Pods).len(), 2);
    assert_eq!(inventory.link(Resource::Deployments, Some(&namespace)), Some(&Link::Live));
    inventory.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_is_said() {
    let cluster = Cluster::shared();
    let directory = tempfile::tempdir().expect("there is a directory for temporary files");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{{name: x, context: {{cluster: x, user: x}}}}]\n\
         clusters: [{{name: x, cluster: {{server: '{}'}}}}]\nusers: [{{name: x, user: {{token: hush-hush}}}}]\n",
        cluster.url()
    );
    let path = directory.path().join("config");
    std::fs::write(&path, text).expect("the directory can be written");
    let mut inventory = Inventory::start(access(&path), Scope::All, Encoding::Protobuf);
    let reason = "the certificate is not trusted: it is signed by an unknown authority";
    inventory
        .until("it is said", |inventory| {
            let pods = SourceId { resource: Resource::Pods, namespace: None };
            let links = inventory.links.get(&pods).map(Vec::as_slice).unwrap_or_default();
            links.iter().any(|link| *link == Link::Lost { reason: reason.into() })
        })
        .await;
    inventory.stop().await;
}
