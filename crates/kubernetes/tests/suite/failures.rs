//! What goes wrong, what is said of it, and how it is mended.

use crate::inventory::Inventory;
use crate::objects::{access, pass, pod, put, simulator};
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use kubernetes::{Access, Encoding};
use rstest::rstest;
use simulator::{Corruption, Cut, Failure, Resource as Simulated, Simulator, Verb};
use std::time::Duration;

const PODS: SourceId = SourceId { resource: Resource::Pods, namespace: None };

fn was_lost(inventory: &Inventory, reason: &str) -> bool {
    let links = inventory.links.get(&PODS).map(Vec::as_slice).unwrap_or_default();
    links.iter().any(|link| matches!(link, Link::Lost { reason: said } if said.contains(reason)))
}

#[rstest]
#[case(Failure::Status(500), "the API server answers 500")]
#[case(Failure::Status(503), "the API server answers 503")]
#[case(Failure::Status(504), "the API server answers 504")]
#[case(Failure::ProxyPage(502), "the API server answers 502")]
#[case(Failure::ProxyPage(200), "the answer can't be read: its content type is `text/html`")]
#[case(Failure::TooManyRequests { retry_after_seconds: 1 }, "busy and asks to wait (429)")]
#[tokio::test]
async fn an_error_is_said_and_outlived(#[case] failure: Failure, #[case] reason: &str) {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    simulator.faults().fail_next(2, failure, simulator::Scope::Resource(Simulated::Pods));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory
        .until("it is live", |inventory| inventory.link(Resource::Pods, None) == Some(&Link::Live))
        .await;
    assert!(was_lost(&inventory, reason), "{:?}", inventory.links[&PODS]);
    assert_eq!(inventory.names(Resource::Pods).len(), 1);
    inventory.stop().await;
}

/// Whoever asks for more than five minutes, by mistake or on purpose, does not blind us for longer.
#[rstest]
#[case(40, 40)]
#[case(86_400, 300)]
#[tokio::test]
async fn a_server_that_asks_to_wait_is_left_alone_so_long(#[case] asked: u32, #[case] left_alone: u64) {
    let simulator = simulator().await;
    let busy = Failure::TooManyRequests { retry_after_seconds: asked };
    simulator.faults().fail_next(1, busy, simulator::Scope::Resource(Simulated::Pods));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until("it is said", |inventory| was_lost(inventory, "429")).await;
    // A question that is under way while time passes gets no answer, and the next that does wakes everybody.
    inventory
        .until("the others have their answers", |inventory| {
            let mut others = inventory.last_links().into_iter().filter(|(id, _)| **id != PODS);
            others.all(|(_, link)| matches!(link, Link::Live | Link::Absent { .. }))
        })
        .await;
    pass(Duration::from_secs(left_alone - 1)).await;
    inventory.read_what_is_there().await;
    assert_eq!(simulator.activity().requests(Verb::Watch, Simulated::Pods), 1);
    pass(Duration::from_secs(2)).await;
    inventory
        .until("it is live", |inventory| inventory.link(Resource::Pods, None) == Some(&Link::Live))
        .await;
    inventory.stop().await;
}

#[rstest]
#[tokio::test]
async fn rubbish_is_said_and_listed_anew(
    #[values(Encoding::Protobuf, Encoding::Json)] encoding: Encoding,
    #[values(true, false)] streaming: bool,
    #[values(Corruption::Truncated, Corruption::Garbled, Corruption::Endless)] corruption: Corruption,
) {
    let simulator = simulator().await;
    simulator.set_streaming_lists(streaming);
    put(simulator.cluster(), pod("shop", "web"));
    let verb = if streaming { Verb::Watch } else { Verb::List };
    simulator.faults().corrupt_next(1, corruption, simulator::Scope::Of(verb, Simulated::Pods));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, encoding);
    inventory
        .until("it is live", |inventory| inventory.link(Resource::Pods, None) == Some(&Link::Live))
        .await;
    assert!(was_lost(&inventory, "the answer can't be read"), "{:?}", inventory.links[&PODS]);
    assert_eq!(inventory.names(Resource::Pods).len(), 1);
    // The same in the middle of a watch.
    simulator.faults().corrupt_next(1, corruption, simulator::Scope::Of(Verb::Watch, Simulated::Pods));
    simulator.faults().cut_watches(Cut::Clean, Some(Simulated::Pods));
    let watches = simulator.activity().requests(Verb::Watch, Simulated::Pods);
    simulator.activity_when(|now| now.requests(Verb::Watch, Simulated::Pods) > watches).await;
    put(simulator.cluster(), pod("shop", "other"));
    inventory.until("a second list", |inventory| inventory.lists[&PODS] == 2).await;
    assert_eq!(inventory.names(Resource::Pods).len(), 2);
    inventory.stop().await;
}

/// Nothing that answers in the API server's place makes us believe that all is gone.
#[rstest]
#[case(r#"{"status":"UP"}"#, "it has no `items`")]
#[case(r#"{"kind":"PodList","metadata":{},"items":[]}"#, "it has no resourceVersion")]
#[tokio::test]
async fn what_is_no_list_deletes_nothing(#[case] body: &'static str, #[case] reason: &str) {
    let simulator = simulator().await;
    simulator.set_streaming_lists(false);
    put(simulator.cluster(), pod("shop", "web"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    simulator.faults().fail_next(1, Failure::Status(410), simulator::Scope::Of(Verb::Watch, Simulated::Pods));
    simulator.faults().fail_next(
        1,
        Failure::OtherJson(body),
        simulator::Scope::Of(Verb::List, Simulated::Pods),
    );
    simulator.faults().cut_watches(Cut::Clean, Some(Simulated::Pods));
    inventory.until("it is said", |inventory| was_lost(inventory, reason)).await;
    assert_eq!((inventory.names(Resource::Pods).len(), inventory.lists[&PODS]), (1, 1));
    inventory.until("a second list", |inventory| inventory.lists[&PODS] == 2).await;
    assert_eq!(inventory.names(Resource::Pods).len(), 1);
    inventory.stop().await;
}

/// What the server asks for holds, whatever others hear of it in the meantime.
#[tokio::test]
async fn a_wait_that_was_asked_for_is_not_cut_short_by_others() {
    let simulator = simulator().await;
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    let busy = Failure::TooManyRequests { retry_after_seconds: 40 };
    simulator.faults().fail_next(1, busy, simulator::Scope::Of(Verb::Watch, Simulated::Pods));
    simulator.faults().cut_watches(Cut::Clean, Some(Simulated::Pods));
    inventory.until("it is said", |inventory| was_lost(inventory, "429")).await;
    let watches = simulator.activity().requests(Verb::Watch, Simulated::Pods);
    // The others lose the server and find it again.
    let of_deployments = |inventory: &Inventory| inventory.link(Resource::Deployments, None).cloned();
    simulator.faults().refuse_connections().await;
    simulator.faults().drop_connections().await;
    inventory
        .until("the others are lost", |inventory| {
            matches!(of_deployments(inventory), Some(Link::Lost { reason }) if reason.contains("refused"))
        })
        .await;
    simulator.faults().accept_connections().await;
    inventory.until("the others are live", |inventory| of_deployments(inventory) == Some(Link::Live)).await;
    pass(Duration::from_secs(2)).await;
    inventory.read_what_is_there().await;
    assert_eq!(simulator.activity().requests(Verb::Watch, Simulated::Pods), watches);
    pass(Duration::from_secs(40)).await;
    inventory
        .until("it is live", |inventory| inventory.link(Resource::Pods, None) == Some(&Link::Live))
        .await;
    inventory.stop().await;
}

#[tokio::test]
async fn nobody_there_is_said_and_waited_for() {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    simulator.faults().refuse_connections().await;
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    let reason = format!("connection refused ({})", simulator.address());
    inventory.until("it is said", |inventory| was_lost(inventory, &reason)).await;
    assert_eq!(inventory.links[&PODS][0], Link::Connecting);
    assert!(inventory.descriptions.is_empty());
    simulator.faults().accept_connections().await;
    inventory.until_settled().await;
    inventory.until("the cluster is described", |inventory| !inventory.descriptions.is_empty()).await;
    inventory.stop().await;
}

#[tokio::test]
async fn a_server_that_accepts_and_never_answers_is_said_within_seconds() {
    let simulator = simulator().await;
    simulator.faults().freeze();
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until("requests wait", |inventory| inventory.links.contains_key(&PODS)).await;
    simulator.activity_when(|now| now.connections() > 0).await;
    pass(Duration::from_secs(4)).await;
    inventory.until("it is said", |inventory| was_lost(inventory, "has said nothing for 4 s")).await;
    // The answer was only late.
    simulator.faults().thaw();
    inventory.until_settled().await;
    assert_eq!(simulator.activity().requests(Verb::Watch, Simulated::Pods), 1);
    inventory.stop().await;
}

#[tokio::test]
async fn a_server_that_falls_silent_is_asked_and_then_said_to_be() {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    simulator.faults().freeze();
    pass(Duration::from_secs(74)).await;
    inventory.read_what_is_there().await;
    assert!(!was_lost(&inventory, "nothing"), "{:?}", inventory.links[&PODS]);
    pass(Duration::from_secs(2)).await;
    inventory.read_what_is_there().await;
    pass(Duration::from_secs(4)).await;
    inventory.until("it is said", |inventory| was_lost(inventory, "has said nothing for 4 s")).await;
    simulator.faults().thaw();
    put(simulator.cluster(), pod("shop", "other"));
    inventory.until("it goes on", |inventory| inventory.names(Resource::Pods).len() == 2).await;
    inventory.stop().await;
}

#[tokio::test]
async fn signs_of_life_are_passed_on_but_not_each() {
    let simulator = simulator().await;
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    for number in 0..50 {
        put(simulator.cluster(), pod("shop", &format!("web-{number}")));
    }
    inventory.until("all pods", |inventory| inventory.names(Resource::Pods).len() == 50).await;
    assert_eq!(inventory.links[&PODS], [Link::Connecting, Link::Live]);
    pass(Duration::from_secs(11)).await;
    simulator.send_bookmarks();
    inventory.until("a bookmark counts", |inventory| inventory.links[&PODS].len() == 3).await;
    assert_eq!(inventory.links[&PODS][2], Link::Live);
    inventory.stop().await;
}

#[tokio::test]
async fn a_cluster_is_described_each_time_it_is_reached() {
    let simulator = simulator().await;
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until("a description", |inventory| inventory.descriptions.len() == 1).await;
    let description = inventory.descriptions[0].clone();
    let uid = simulator.cluster().read(Simulated::Namespaces, "", "kube-system").expect("it is there");
    assert_eq!(description.uid.map(|uid| uid.to_string()).as_deref(), uid["metadata"]["uid"].as_str());
    assert!(description.version.as_deref().is_some_and(|version| version.starts_with("v1.")));
    assert_eq!(*description.server, simulator.address().to_string());
    simulator.faults().refuse_connections().await;
    simulator.faults().drop_connections().await;
    inventory.until("it is lost", |inventory| was_lost(inventory, "refused")).await;
    simulator.faults().accept_connections().await;
    inventory.until("a second description", |inventory| inventory.descriptions.len() == 2).await;
    inventory.stop().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_anybody() {
    let simulator = simulator().await;
    simulator::Fill { namespaces: 1, workloads: 1, replicas: 500 }
        .run(simulator.cluster(), 7)
        .expect("it fits");
    // Nobody reads: the collector waits for room.
    let inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    simulator.activity_when(|now| now.open_watches(Simulated::Pods) == 1).await;
    inventory.stop().await;
    // Nobody answers.
    simulator.faults().freeze();
    let inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    simulator.activity_when(|now| now.connections() > 5).await;
    inventory.stop().await;
}

#[rstest]
#[case("http://127.0.0.1:1", "connection refused (127.0.0.1:1)")]
#[case("http://cluster.invalid:6443", "the name of cluster.invalid:6443 can't be resolved")]
#[case("https://SIMULATOR", "TLS failed")]
#[case("not an address", "`not an address` is no address")]
#[tokio::test]
async fn an_address_of_no_use_is_named(#[case] url: &str, #[case] reason: &str) {
    let simulator: Simulator = simulator().await;
    let url = url.replace("SIMULATOR", &simulator.address().to_string());
    let mut inventory = Inventory::start(Access::Url { url, token: None }, Scope::All, Encoding::Protobuf);
    inventory.until("it is said", |inventory| was_lost(inventory, reason)).await;
    inventory.stop().await;
}

/// Apart from each other by no more than it takes to ask: without that each waits for its own turn, up to half a minute.
#[tokio::test]
async fn what_answers_one_source_is_asked_by_all() {
    let simulator = simulator().await;
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    simulator.faults().refuse_connections().await;
    simulator.faults().drop_connections().await;
    inventory
        .until("all is lost", |inventory| {
            inventory.last_links().values().all(|link| matches!(link, Link::Lost { .. }))
        })
        .await;
    let sources = inventory.links.len() as u64;
    for _ in 0..8 {
        let goal = refused(&inventory) + sources;
        pass(Duration::from_secs(30)).await;
        // Each has tried in vain, so that its next wait is longer.
        let tries = async {
            while refused(&inventory) < goal {
                inventory.read_what_is_there().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), tries).await.expect("each tries again");
    }
    simulator.faults().accept_connections().await;
    let live = |link: &&Link| **link == Link::Live;
    inventory.until("one is back", |inventory| inventory.last_links().values().any(live)).await;
    // What pods use is asked for every half minute anyway, and nobody is woken for it.
    let others = inventory.until("all are back", |inventory| {
        let mut links = inventory.last_links().into_iter();
        links.all(|(id, link)| id.resource == Resource::PodMetrics || *link == Link::Live)
    });
    tokio::time::timeout(Duration::from_secs(8), others).await.expect("they follow at once");
    inventory.stop().await;
}

/// How many requests have had no answer.
fn refused(inventory: &Inventory) -> u64 {
    let requests = inventory.telemetry.requests().into_iter();
    requests.filter(|(request, _)| request.code == 0).map(|(_, count)| count).sum()
}
