//! What is lost, and what is only silent: what is known stays, and goes on where it was.

use crate::inventory::Inventory;
use crate::objects::{access, delete_pod, pass, pod, put, simulator};
use domain::scope::{Pattern, Scope};
use domain::source::{Link, Resource, SourceId};
use kubernetes::Encoding;
use simulator::{Cut, Resource as Simulated, Simulator, Verb};
use std::time::Duration;

const PODS: SourceId = SourceId { resource: Resource::Pods, namespace: None };

#[tokio::test]
async fn a_connection_that_breaks_is_said_and_goes_on_where_it_was() {
    let simulator = simulator().await;
    for number in 0..10 {
        put(simulator.cluster(), pod("shop", &format!("web-{number}")));
    }
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    // The change that comes last before the cut is one that the watch goes on from.
    delete_pod(simulator.cluster(), "shop", "web-0");
    inventory.until("one is gone", |inventory| inventory.names(Resource::Pods).len() == 9).await;
    simulator.faults().cut_watches(Cut::Abrupt, None);
    inventory
        .until("it is said", |inventory| {
            inventory.links[&PODS]
                .iter()
                .any(|link| matches!(link, Link::Lost { reason } if reason.contains("broke")))
        })
        .await;
    delete_pod(simulator.cluster(), "shop", "web-1");
    put(simulator.cluster(), pod("shop", "web-new"));
    inventory
        .until("the changes since", |inventory| {
            let names = inventory.names(Resource::Pods);
            names.contains("shop/web-new") && !names.contains("shop/web-1")
        })
        .await;
    inventory
        .until("it is live", |inventory| inventory.link(Resource::Pods, None) == Some(&Link::Live))
        .await;
    assert_eq!(inventory.lists[&PODS], 1);
    inventory.stop().await;
}

/// What is known counts as current again when all that was missed has been told, not when the server has answered.
#[tokio::test]
async fn after_a_loss_it_is_live_when_all_that_was_missed_has_been_told() {
    let simulator = silent_simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    lose(&simulator, &mut inventory).await;
    for number in 0..50 {
        put(simulator.cluster(), pod("shop", &format!("web-{number}")));
    }
    simulator.faults().accept_connections().await;
    inventory
        .until("it is live", |inventory| inventory.link(Resource::Pods, None) == Some(&Link::Live))
        .await;
    assert_eq!(inventory.names(Resource::Pods).len(), 51);
    assert_eq!(inventory.lists[&PODS], 1);

    // One question told that nothing is missing; from then on it is as quiet as ever.
    let told = inventory.links[&PODS].len();
    pass(Duration::from_mins(1)).await;
    simulator.send_bookmarks();
    inventory.until("a bookmark", |inventory| inventory.links[&PODS].len() > told).await;
    assert_eq!(simulator.activity().requests(Verb::List, Simulated::Pods), 1);
    inventory.stop().await;
}

#[tokio::test]
async fn where_something_always_happens_it_is_live_soon_after_a_loss() {
    let simulator = simulator().await;
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    lose(&simulator, &mut inventory).await;
    simulator.faults().accept_connections().await;
    // Never as long as it takes to be sure that nothing is missing.
    for number in 0..60 {
        put(simulator.cluster(), pod("shop", &format!("web-{number}")));
        inventory.until("the pod", |inventory| inventory.names(Resource::Pods).len() == number + 1).await;
        pass(Duration::from_millis(100)).await;
    }
    assert_eq!(inventory.link(Resource::Pods, None), Some(&Link::Live));
    assert_eq!(simulator.activity().requests(Verb::List, Simulated::Pods), 0);
    inventory.stop().await;
}

/// Makes the server unreachable, and waits until that is said.
async fn lose(simulator: &Simulator, inventory: &mut Inventory) {
    simulator.faults().refuse_connections().await;
    simulator.faults().drop_connections().await;
    inventory
        .until("it is lost", |inventory| {
            matches!(inventory.link(Resource::Pods, None), Some(Link::Lost { .. }))
        })
        .await;
}

#[tokio::test]
async fn a_server_that_was_restored_from_a_backup_is_listed_anew() {
    // The real server sends no bookmarks to a watch from the future.
    let simulator = silent_simulator().await;
    let start = simulator.cluster().revision();
    for number in 0..10 {
        put(simulator.cluster(), pod("shop", &format!("web-{number}")));
    }
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    simulator.faults().refuse_connections().await;
    simulator.faults().drop_connections().await;
    delete_pod(simulator.cluster(), "shop", "web-0");
    simulator.cluster().rewind(start);
    simulator.faults().accept_connections().await;
    // A watch from the future is silent.
    inventory.until("a second list", |inventory| inventory.lists[&PODS] == 2).await;
    let backup =
        |link: &Link| matches!(link, Link::Lost { reason } if reason.contains("restored from a backup"));
    assert!(inventory.links[&PODS].iter().any(backup), "{:?}", inventory.links[&PODS]);
    assert_eq!(inventory.names(Resource::Pods).len(), 9);
    inventory.stop().await;
}

#[tokio::test]
async fn where_nothing_changes_silence_is_no_loss() {
    // The real server sends no bookmarks before its cache of the resource has moved on.
    let simulator = silent_simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    let asked = |verb| simulator.activity().requests(verb, Simulated::Pods);
    let told = inventory.links[&PODS].len();
    pass(Duration::from_secs(70)).await;
    simulator.send_bookmarks();
    inventory.until("a bookmark", |inventory| inventory.links[&PODS].len() > told).await;
    assert_eq!((asked(Verb::Watch), asked(Verb::List)), (1, 0), "so long nothing is asked");
    let told = inventory.links[&PODS].len();
    pass(Duration::from_secs(76)).await;
    inventory.until("a sign of life", |inventory| inventory.links[&PODS].len() > told).await;
    assert_eq!((asked(Verb::Watch), asked(Verb::List)), (1, 1), "one question, and the watch goes on");
    pass(Duration::from_secs(76)).await;
    let anew = simulator.activity_when(|now| now.requests(Verb::Watch, Simulated::Pods) == 2);
    tokio::time::timeout(Duration::from_secs(20), anew).await.expect("it is taken up anew");
    put(simulator.cluster(), pod("shop", "other"));
    inventory.until("it goes on", |inventory| inventory.names(Resource::Pods).len() == 2).await;
    assert_eq!(asked(Verb::List), 1);
    assert_eq!(inventory.lists[&PODS], 1, "what is known is not listed again");
    assert_eq!(inventory.links[&PODS][1..], vec![Link::Live; inventory.links[&PODS].len() - 1]);
    inventory.stop().await;
}

#[tokio::test]
async fn one_question_serves_all_namespaces() {
    let (simulator, mut inventory) = three_silent_namespaces().await;
    assert_eq!(simulator.activity().requests(Verb::Watch, Simulated::Pods), 3);
    pass(Duration::from_secs(76)).await;
    let told_again = |inventory: &Inventory| {
        let of_pods = inventory.links.iter().filter(|(id, _)| id.resource == Resource::Pods);
        of_pods.filter(|(_, links)| links.len() > 2).count() == 3
    };
    inventory.until("signs of life", told_again).await;
    assert_eq!(simulator.activity().requests(Verb::List, Simulated::Pods), 1);
    // The watches are taken up anew, and when they are silent as well an answer of so long ago tells nothing.
    inventory.read_what_is_there().await;
    pass(Duration::from_secs(76)).await;
    let anew = simulator.activity_when(|now| {
        now.requests(Verb::Watch, Simulated::Pods) == 6 && now.open_watches(Simulated::Pods) == 3
    });
    tokio::time::timeout(Duration::from_secs(20), anew).await.expect("they are taken up anew");
    inventory.read_what_is_there().await;
    pass(Duration::from_secs(76)).await;
    let asked = simulator.activity_when(|now| now.requests(Verb::List, Simulated::Pods) > 1);
    tokio::time::timeout(Duration::from_secs(20), asked).await.expect("it is asked again");
    inventory.stop().await;
}

/// A server that hangs is said to be lost in all namespaces within seconds, though one asks for all of them.
#[tokio::test]
async fn a_server_that_hangs_is_lost_in_all_namespaces_at_once() {
    let (simulator, mut inventory) = three_silent_namespaces().await;
    simulator.faults().freeze();
    pass(Duration::from_secs(76)).await;
    simulator.activity_when(|now| now.held_requests() > 0).await;
    pass(Duration::from_secs(5)).await;
    let lost = |inventory: &Inventory| {
        let mut of_pods = inventory.last_links().into_iter().filter(|(id, _)| id.resource == Resource::Pods);
        of_pods.all(|(_, link)| matches!(link, Link::Lost { .. }))
    };
    let soon = Duration::from_secs(10);
    tokio::time::timeout(soon, inventory.until("all are lost", lost)).await.expect("each is told");
    simulator.faults().thaw();
    inventory.stop().await;
}

/// What was heard before a loss says nothing of the server that answers after it.
#[tokio::test]
async fn an_answer_from_before_a_loss_does_not_count_after_it() {
    let (simulator, mut inventory) = three_silent_namespaces().await;
    let before = simulator.cluster().revision();
    put(simulator.cluster(), pod("one", "other"));
    inventory.until("the pod", |inventory| inventory.names(Resource::Pods).len() == 4).await;
    pass(Duration::from_secs(76)).await;
    let sounded = simulator.activity_when(|now| now.requests(Verb::List, Simulated::Pods) == 1);
    tokio::time::timeout(Duration::from_secs(20), sounded).await.expect("one asks for all");
    inventory.read_what_is_there().await;
    simulator.faults().refuse_connections().await;
    simulator.faults().drop_connections().await;
    delete_pod(simulator.cluster(), "one", "other");
    simulator.cluster().rewind(before);
    simulator.faults().accept_connections().await;
    // Before the next question of its own.
    let soon = Duration::from_secs(20);
    let mended =
        inventory.until("the backup's state", |inventory| inventory.names(Resource::Pods).len() == 3);
    tokio::time::timeout(soon, mended).await.expect("it asks anew");
    inventory.stop().await;
}

/// One that never sends a bookmark.
async fn silent_simulator() -> Simulator {
    let never = Duration::from_hours(1);
    Simulator::builder().bookmark_interval(never).start().await.expect("a port is free")
}

/// A pod in each of three namespaces that are watched one by one, where no bookmark ever comes.
async fn three_silent_namespaces() -> (Simulator, Inventory) {
    let simulator = silent_simulator().await;
    let names = ["one", "two", "three"];
    for name in names {
        put(simulator.cluster(), pod(name, "web"));
    }
    let patterns = names.map(|name| Pattern::parse(name).expect("it is a name"));
    let scope = Scope::Allow(patterns.into());
    let mut inventory = Inventory::start(access(&simulator), scope, Encoding::Protobuf);
    inventory.until_settled().await;
    (simulator, inventory)
}
