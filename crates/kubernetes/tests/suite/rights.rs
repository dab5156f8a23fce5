//! What may be read, and what may not be any more.

use crate::inventory::Inventory;
use crate::objects::{access, pass, pod, put, simulator};
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use kubernetes::{Access, Encoding};
use rstest::rstest;
use serde_json::json;
use simulator::{Cut, Failure, Resource as Simulated, Rule, Simulator, Verb};
use std::path::Path;
use std::time::Duration;

const PODS: SourceId = SourceId { resource: Resource::Pods, namespace: None };
const READ: [&str; 3] = ["get", "list", "watch"];

/// What the default role grants.
fn defaults() -> Vec<Rule> {
    vec![
        Rule::cluster(&READ, "", &["pods", "pods/log", "services", "namespaces", "events"]),
        Rule::cluster(&READ, "apps", &["deployments", "statefulsets", "daemonsets", "replicasets"]),
        Rule::cluster(&["get", "list"], "metrics.k8s.io", &["pods"]),
    ]
}

fn only(rules: Vec<Rule>) -> simulator::Access {
    simulator::Access::Only(rules)
}

#[tokio::test]
async fn the_default_role_suffices_and_what_is_missing_is_said() {
    let simulator = simulator().await;
    simulator.set_access(only(defaults()));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    for (id, link) in inventory.last_links() {
        let granted =
            id.resource.is_required() || matches!(id.resource, Resource::Events | Resource::PodMetrics);
        if granted {
            assert_eq!(link, &Link::Live, "{id:?}");
        } else {
            let Link::Forbidden { reason } = link else { panic!("{id:?}: {link:?}") };
            let words = format!("cannot watch resource \"{}\"", id.resource.plural());
            assert!(reason.contains("simulated-user") && reason.contains(&words), "{reason}");
        }
    }
    inventory.stop().await;
}

#[tokio::test]
async fn a_right_is_tried_once_a_minute_and_used_when_it_comes() {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    simulator.set_access(only(vec![]));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    let tries = |simulator: &Simulator| simulator.activity().requests(Verb::Watch, Simulated::Pods);
    assert_eq!(tries(&simulator), 1);
    pass(Duration::from_secs(59)).await;
    inventory.read_what_is_there().await;
    assert_eq!(tries(&simulator), 1);
    pass(Duration::from_secs(2)).await;
    simulator.activity_when(|now| now.requests(Verb::Watch, Simulated::Pods) == 2).await;
    inventory.read_what_is_there().await;
    simulator.set_access(simulator::Access::Everything);
    pass(Duration::from_secs(61)).await;
    inventory
        .until("it is live", |inventory| inventory.link(Resource::Pods, None) == Some(&Link::Live))
        .await;
    assert_eq!(inventory.names(Resource::Pods).len(), 1);
    inventory.stop().await;
}

#[tokio::test]
async fn a_refusal_in_passing_is_not_taken_for_the_loss_of_a_right() {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    // An API server that has just started knows no roles yet.
    let scope = simulator::Scope::Of(Verb::Watch, Simulated::Pods);
    simulator.faults().fail_next(3, Failure::Status(403), scope);
    simulator.faults().cut_watches(Cut::Clean, Some(Simulated::Pods));
    put(simulator.cluster(), pod("shop", "other"));
    inventory.until("it goes on", |inventory| inventory.names(Resource::Pods).len() == 2).await;
    let links = &inventory.links[&PODS];
    assert!(links.iter().any(|link| matches!(link, Link::Lost { .. })), "{links:?}");
    assert!(!links.iter().any(|link| matches!(link, Link::Forbidden { .. })), "{links:?}");
    assert_eq!(inventory.lists[&PODS], 1);
    inventory.stop().await;
}

#[tokio::test]
async fn a_right_that_is_taken_away_and_given_back() {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    put(simulator.cluster(), pod("shop", "gone"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    simulator.set_access(only(defaults().split_off(1)));
    // A watch that runs goes on: rights are asked for at its beginning.
    put(simulator.cluster(), pod("shop", "other"));
    inventory.until("the change", |inventory| inventory.names(Resource::Pods).len() == 3).await;
    simulator.faults().cut_watches(Cut::Clean, Some(Simulated::Pods));
    inventory
        .until("it is said", |inventory| {
            matches!(inventory.link(Resource::Pods, None), Some(Link::Forbidden { reason }) if reason.contains("pods is forbidden"))
        })
        .await;
    crate::objects::delete_pod(simulator.cluster(), "shop", "gone");
    simulator.set_access(simulator::Access::Everything);
    pass(Duration::from_secs(61)).await;
    inventory
        .until("it is live", |inventory| inventory.link(Resource::Pods, None) == Some(&Link::Live))
        .await;
    assert_eq!(inventory.lists[&PODS], 2);
    assert_eq!(inventory.names(Resource::Pods).len(), 2);
    inventory.stop().await;
}

/// A kubeconfig whose token is in a file.
fn kubeconfig(directory: &Path, simulator: &Simulator) -> Access {
    let token = directory.join("token");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{{name: x, context: {{cluster: x, user: x}}}}]\n\
         clusters: [{{name: x, cluster: {{server: '{}'}}}}]\nusers: [{{name: x, user: {{tokenFile: '{}'}}}}]\n",
        simulator.url(),
        token.display()
    );
    let path = directory.join("config");
    std::fs::write(&path, text).expect("the directory can be written");
    Access::Kubeconfig { paths: vec![path], context: None }
}

#[rstest]
#[case(Encoding::Protobuf)]
#[case(Encoding::Json)]
#[tokio::test]
async fn a_token_that_rotates_is_read_anew(#[case] encoding: Encoding) {
    let directory = tempfile::tempdir().expect("there is a directory for temporary files");
    let token = directory.path().join("token");
    std::fs::write(&token, "first-secret\n").expect("the directory can be written");
    let simulator = Simulator::builder().token("first-secret").start().await.expect("a port is free");
    let mut inventory = Inventory::start(kubeconfig(directory.path(), &simulator), Scope::All, encoding);
    inventory.until_settled().await;

    simulator.set_token(Some("second-secret"));
    simulator.faults().cut_watches(Cut::Clean, None);
    inventory
        .until("it is said", |inventory| {
            let refused =
                |link: &Link| *link == Link::Lost { reason: "the token is not accepted (401)".into() };
            inventory.links[&PODS].iter().any(refused)
        })
        .await;
    std::fs::write(&token, "second-secret\n").expect("the directory can be written");
    inventory.until_settled().await;
    assert_eq!(inventory.lists[&PODS], 1, "a refused token is no reason to list again");

    // The file is gone: the token that was read last is as good as it was.
    std::fs::remove_file(&token).expect("it is there");
    simulator.faults().cut_watches(Cut::Clean, Some(Simulated::Pods));
    put(simulator.cluster(), pod("shop", "web"));
    inventory.until("it goes on", |inventory| inventory.names(Resource::Pods).len() == 1).await;
    let said = format!("{:?} {:?}", inventory.links, inventory.descriptions);
    assert!(!said.contains("secret"), "{said}");
    inventory.stop().await;
}

/// A kubeconfig whose token comes from a plug-in: this shell script.
fn with_plug_in(directory: &Path, simulator: &Simulator, script: &str) -> Access {
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{{name: x, context: {{cluster: x, user: x}}}}]\n\
         clusters: [{{name: x, cluster: {{server: '{}'}}}}]\nusers: [{{name: x, user: {{exec: {{\
         apiVersion: client.authentication.k8s.io/v1, command: sh, args: ['{}']}}}}}}]\n",
        simulator.url(),
        directory.join("plug-in").display()
    );
    let path = directory.join("config");
    std::fs::write(&path, text).expect("the directory can be written");
    std::fs::write(directory.join("plug-in"), script).expect("the directory can be written");
    Access::Kubeconfig { paths: vec![path], context: None }
}

fn credential(token: &str) -> String {
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": token},
    });
    format!("echo '{credential}'")
}

#[tokio::test]
async fn a_plug_ins_token_is_used_and_asked_for_again_when_it_is_refused() {
    let directory = tempfile::tempdir().expect("there is a directory for temporary files");
    let simulator = Simulator::builder().token("first-secret").start().await.expect("a port is free");
    let access = with_plug_in(directory.path(), &simulator, &credential("first-secret"));
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    with_plug_in(directory.path(), &simulator, &credential("second-secret"));
    simulator.set_token(Some("second-secret"));
    simulator.faults().cut_watches(Cut::Clean, None);
    put(simulator.cluster(), pod("shop", "web"));
    inventory.until("it goes on", |inventory| inventory.names(Resource::Pods).len() == 1).await;
    inventory.until_settled().await;
    assert!(!format!("{:?}", inventory.links).contains("secret"));
    inventory.stop().await;
}

#[rstest]
#[case(
    "echo a-secret; echo 'please log in' >&2; exit 3",
    "the credential plug-in failed (exit status: 3): please log in"
)]
#[case("echo '{a-secret'", "the credential plug-in answered what is not an ExecCredential")]
#[tokio::test]
async fn a_plug_in_that_fails_is_said(#[case] script: &str, #[case] expected: &str) {
    let directory = tempfile::tempdir().expect("there is a directory for temporary files");
    let simulator = simulator().await;
    let access = with_plug_in(directory.path(), &simulator, script);
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Protobuf);
    inventory
        .until("it is said", |inventory| {
            let links = inventory.links.get(&PODS).map(Vec::as_slice).unwrap_or_default();
            links.contains(&Link::Lost { reason: expected.into() })
        })
        .await;
    assert!(!format!("{:?}", inventory.links).contains("a-secret"));
    inventory.stop().await;
}

#[tokio::test]
async fn an_api_server_without_pods_is_taken_for_something_else_in_its_place() {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    simulator.faults().fail_next(1, Failure::Status(404), simulator::Scope::Resource(Simulated::Pods));
    simulator.faults().cut_watches(Cut::Clean, Some(Simulated::Pods));
    inventory
        .until("it is said", |inventory| {
            inventory.links[&PODS]
                .iter()
                .any(|link| matches!(link, Link::Lost { reason } if reason.contains("404")))
        })
        .await;
    inventory
        .until("it is back", |inventory| inventory.link(Resource::Pods, None) == Some(&Link::Live))
        .await;
    assert_eq!(inventory.names(Resource::Pods).len(), 1);
    inventory.stop().await;
}

#[tokio::test]
async fn what_an_api_server_does_not_have_is_asked_for_again() {
    let simulator = simulator().await;
    simulator.faults().fail_next(1, Failure::Status(404), simulator::Scope::Resource(Simulated::CronJobs));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    let absent = Link::Absent { reason: "the API server has no cronjobs".into() };
    assert_eq!(inventory.link(Resource::CronJobs, None), Some(&absent));
    pass(Duration::from_secs(61)).await;
    inventory
        .until("it is live", |inventory| inventory.link(Resource::CronJobs, None) == Some(&Link::Live))
        .await;
    inventory.stop().await;
}

#[tokio::test]
async fn a_token_file_that_is_not_there_is_said_and_waited_for() {
    let directory = tempfile::tempdir().expect("there is a directory for temporary files");
    let simulator = Simulator::builder().token("secret").start().await.expect("a port is free");
    let mut inventory =
        Inventory::start(kubeconfig(directory.path(), &simulator), Scope::All, Encoding::Protobuf);
    inventory
        .until("it is said", |inventory| {
            let links = inventory.links.get(&PODS).map(Vec::as_slice).unwrap_or_default();
            links
                .iter()
                .any(|link| matches!(link, Link::Lost { reason } if reason.contains("the token file")))
        })
        .await;
    std::fs::write(directory.path().join("token"), "secret").expect("the directory can be written");
    inventory.until_settled().await;
    inventory.stop().await;
}
