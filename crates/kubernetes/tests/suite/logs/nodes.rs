//! Nodes whose kubelets hang.

use super::{After, SOON, asked, crashed, ended, lines, watching};
use crate::objects::{pass, put, simulator};
use serde_json::Value;
use simulator::{Cluster, Resource as Simulated, Simulator, Verb};
use std::time::{Duration, Instant};

/// A kubelet is given up after that long, and is left alone for half a minute.
const LIMIT: Duration = Duration::from_secs(5);
const MOST_OF_REST: Duration = Duration::from_secs(20);
const LEFT_OF_REST: Duration = Duration::from_secs(11);

fn on(node: &str, mut pod: Value) -> Value {
    pod["spec"]["nodeName"] = node.into();
    pod
}

/// A container on that node ends and has written `the words`.
fn crash_on(cluster: &Cluster, node: &str, name: &str) {
    cluster.log_at("shop", name, "main", "the words", ended(1));
    put(cluster, on(node, crashed(name, 1, After::Stands)));
}

async fn until_asked(simulator: &Simulator, times: u64) {
    simulator.activity_when(|now| now.requests(Verb::Log, Simulated::Pods) == times).await;
}

#[tokio::test]
async fn a_node_that_hangs_holds_up_no_other_however_many_of_its_pods_crash() {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    simulator.faults().silence_node("hung");
    for number in 0..20 {
        crash_on(simulator.cluster(), "hung", &format!("ill-{number}"));
    }
    until_asked(&simulator, 1).await;
    let before = Instant::now();
    for number in 0..4 {
        crash_on(simulator.cluster(), "well", &format!("web-{number}"));
    }
    inventory.until("the words", |inventory| inventory.said.len() == 4).await;
    assert!(before.elapsed() < SOON, "{:?}", before.elapsed());
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![Some("the words"); 4], 1 + 4));

    // It has its chance again.
    simulator.faults().clear();
    pass(LIMIT).await;
    inventory.read_what_is_there().await;
    pass(MOST_OF_REST).await;
    inventory.read_what_is_there().await;
    assert_eq!(asked(&simulator), 1 + 4, "not again at once");
    pass(LEFT_OF_REST).await;
    inventory.until("its words", |inventory| inventory.said.len() == 8).await;
    assert_eq!(lines(&inventory), [Some("the words"); 8]);
    inventory.stop().await;
}

#[tokio::test]
async fn as_many_as_can_be_asked_at_once_hold_up_the_others_for_a_moment() {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    let hung = ["n1", "n2", "n3", "n4"];
    for node in hung {
        simulator.faults().silence_node(node);
        (0..5).for_each(|number| crash_on(simulator.cluster(), node, &format!("{node}-{number}")));
    }
    until_asked(&simulator, 4).await;
    crash_on(simulator.cluster(), "well", "web");
    pass(LIMIT).await;
    let before = Instant::now();
    inventory.until("the words", |inventory| !inventory.said.is_empty()).await;
    assert!(before.elapsed() < SOON, "{:?}", before.elapsed());
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![Some("the words")], 4 + 1));
    inventory.stop().await;
}

/// It gives back what it was taken for as soon as it has answered, so one node alone is no slower than many.
#[tokio::test]
async fn a_node_that_answers_is_asked_as_often_as_several() {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    let before = Instant::now();
    for number in 0..8 {
        crash_on(simulator.cluster(), "n1", &format!("web-{number}"));
    }
    inventory.until("the words", |inventory| inventory.said.len() == 8).await;
    assert!(before.elapsed() < SOON, "{:?}", before.elapsed());
    inventory.stop().await;
}
