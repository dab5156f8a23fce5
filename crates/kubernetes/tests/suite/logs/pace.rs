//! How fast logs are asked for when much crashes at once.

use super::{After, asked, crashed, watching};
use crate::objects::{delete_pod, pass, put, simulator};
use rstest::rstest;
use simulator::Simulator;
use std::time::Duration;

const PODS: u64 = 1_000;
/// How many logs are asked for in a second, at the most.
const PER_SECOND: u64 = 8;
/// Those who ask may all ask at once after a rest.
const AT_ONCE: u64 = 4;

fn crash_all(simulator: &Simulator) {
    for number in 0..PODS {
        put(simulator.cluster(), crashed(&format!("web-{number}"), 1, After::BacksOff));
    }
}

#[tokio::test]
async fn a_cluster_in_flames_is_asked_for_eight_logs_a_second() {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    crash_all(&simulator);
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    for share in 1..=5 {
        inventory.until("a fifth more", |inventory| inventory.said.len() as u64 >= share * PODS / 5).await;
        let most = PER_SECOND * (began.elapsed().as_secs() + 1) + AT_ONCE;
        assert!(asked(&simulator) <= most, "{} in {:?}", asked(&simulator), began.elapsed());
    }
    let slowest = Duration::from_secs(2 * 2 * PODS / PER_SECOND);
    assert!(began.elapsed() < slowest, "it takes {:?}", began.elapsed());
    inventory.stop().await;
}

/// Whether they go one by one, or while nobody looked.
#[rstest]
#[case::told(false)]
#[case::found_out(true)]
#[tokio::test]
async fn pods_that_are_gone_are_not_asked_about(#[case] while_away: bool) {
    let simulator = simulator().await;
    let cluster = simulator.cluster();
    let mut inventory = watching(&simulator).await;
    crash_all(&simulator);
    inventory.until("some words", |inventory| inventory.said.len() >= 4).await;
    let names =
        |inventory: &crate::inventory::Inventory| inventory.names(domain::source::Resource::Pods).len();
    inventory.until("all are seen", |inventory| names(inventory) as u64 == PODS).await;
    let take_away = || (0..PODS).for_each(|number| delete_pod(cluster, "shop", &format!("web-{number}")));
    if while_away {
        simulator.faults().while_away(cluster, |_| take_away()).await;
    } else {
        take_away();
    }
    inventory.until("all are gone", |inventory| names(inventory) == 0).await;
    let before = asked(&simulator);
    for _ in 0..60 {
        pass(Duration::from_secs(1)).await;
        inventory.read_what_is_there().await;
    }
    assert!(asked(&simulator) <= before + AT_ONCE, "{} after {before}", asked(&simulator));
    inventory.stop().await;
}
