//! Containers that write nothing, and logs in which nothing of their run is found.

use super::{After, LOGS, asked, crash, crashed, ended, lines, watching};
use crate::objects::{pass, put, simulator};
use rstest::rstest;
use serde_json::json;
use simulator::{Failure, Resource as Simulated, Verb};
use std::time::Duration;

/// That there is nothing is an answer too.
#[rstest]
#[case::it_stands(After::Stands)]
#[case::it_backs_off(After::BacksOff)]
#[tokio::test]
async fn a_crash_without_a_word_is_asked_about_once(#[case] after: After) {
    let simulator = simulator().await;
    let cluster = simulator.cluster();
    let mut inventory = watching(&simulator).await;
    for run in 1..=3 {
        cluster.rotate_log("shop", "web", "main");
        put(cluster, crashed("web", run, after));
        inventory.until("an answer", |inventory| inventory.said.len() as u32 == run).await;
    }
    pass(Duration::from_mins(10)).await;
    inventory.read_what_is_there().await;
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![None; 3], 3));
    inventory.stop().await;
}

/// A container is started again at once the first time, and what it then has is an empty log.
#[tokio::test]
async fn the_empty_log_of_the_next_run_is_not_taken_for_that_of_the_crash() {
    let simulator = simulator().await;
    let cluster = simulator.cluster();
    let mut inventory = watching(&simulator).await;
    simulator.faults().fail_next(1, Failure::Text(b""), LOGS);
    crash(cluster, "web", 1, After::Stands, "the words");
    simulator.activity_when(|now| now.requests(Verb::Log, Simulated::Pods) == 1).await;
    cluster.rotate_log("shop", "web", "main");
    let mut again = crashed("web", 1, After::BacksOff);
    again["status"]["containerStatuses"][0]["state"] =
        json!({"running": {"startedAt": ended(1).to_string()}});
    put(cluster, again);
    inventory.until("an answer", |inventory| !inventory.said.is_empty()).await;
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![Some("the words")], 2));
    inventory.stop().await;
}

/// The container had been started again before the question came.
#[tokio::test]
async fn where_the_lines_are_of_the_next_run_the_other_log_is_asked_for() {
    let simulator = simulator().await;
    let cluster = simulator.cluster();
    let mut inventory = watching(&simulator).await;
    cluster.log_at("shop", "web", "main", "the words", ended(1));
    cluster.rotate_log("shop", "web", "main");
    cluster.log_at("shop", "web", "main", "of the next run", ended(2));
    put(cluster, crashed("web", 1, After::Stands));
    inventory.until("an answer", |inventory| !inventory.said.is_empty()).await;
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![Some("the words")], 2));
    inventory.stop().await;
}

#[tokio::test]
async fn what_was_answered_is_not_asked_for_again_when_the_other_log_can_not_be_had() {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    simulator.faults().fail_next(1, Failure::Status(400), LOGS);
    simulator.faults().fail_next(9, Failure::Status(500), LOGS);
    put(simulator.cluster(), crashed("web", 1, After::BacksOff));
    for requests in 1..=4 {
        simulator.activity_when(|now| now.requests(Verb::Log, Simulated::Pods) == requests).await;
        inventory.read_what_is_there().await;
        pass(Duration::from_secs(6)).await;
    }
    pass(Duration::from_mins(10)).await;
    inventory.read_what_is_there().await;
    assert_eq!((inventory.said.len(), asked(&simulator)), (0, 4));
    inventory.stop().await;
}
