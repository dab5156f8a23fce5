//! Logs that can't be had.

use super::{After, LOGS, asked, crash, crashed, lines, watching};
use crate::objects::{pass, put, simulator};
use domain::last_words::LogTail;
use rstest::rstest;
use simulator::{Access, Failure, Resource as Simulated, Rule, Verb};
use std::time::Duration;

/// As many as may ask before the first of them has its answer.
const READERS: u64 = 4;

/// The default role without `pods/log`.
fn without_logs() -> Access {
    let read = ["get", "list", "watch"];
    Access::Only(vec![
        Rule::cluster(&read, "", &["pods", "namespaces", "events", "nodes", "persistentvolumeclaims"]),
        Rule::cluster(&read, "apps", &["*"]),
        Rule::cluster(&read, "batch", &["*"]),
        Rule::cluster(&read, "metrics.k8s.io", &["pods"]),
    ])
}

#[tokio::test]
async fn logs_that_may_not_be_read_are_said_to_be_and_asked_for_once_a_minute() {
    let simulator = simulator().await;
    simulator.set_access(without_logs());
    let cluster = simulator.cluster();
    let mut inventory = watching(&simulator).await;
    for number in 0..20 {
        put(cluster, crashed(&format!("web-{number}"), 1, After::Stands));
    }
    inventory.until("all are said", |inventory| inventory.said.len() == 20).await;
    for said in &inventory.said {
        let LogTail::Forbidden { reason } = &said.log else { panic!("{said:?}") };
        assert!(reason.contains(r#"cannot get resource "pods/log""#), "{reason}");
    }
    let before = asked(&simulator);
    assert!((1..=READERS).contains(&before), "{before}");

    pass(Duration::from_secs(50)).await;
    for run in 2..10 {
        put(cluster, crashed("web-0", run, After::Stands));
        inventory.until("it is said", |inventory| inventory.said.len() as u32 == 19 + run).await;
    }
    assert_eq!(asked(&simulator), before, "nobody asks again within the minute");

    simulator.set_access(Access::Everything);
    pass(Duration::from_secs(11)).await;
    crash(cluster, "web-0", 10, After::Stands, "the words");
    inventory.until("the words", |inventory| inventory.said.len() == 29).await;
    assert_eq!((lines(&inventory)[28], asked(&simulator)), (Some("the words"), before + 1));
    inventory.stop().await;
}

/// What will be refused again is not asked for again.
#[rstest]
#[case::it_is_gone(404)]
#[case::it_is_no_longer_there(410)]
#[case::nobody_may_ask_so(405)]
#[tokio::test]
async fn a_log_that_is_not_there_is_asked_for_once(#[case] code: u16) {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    simulator.faults().fail_next(1, Failure::Status(code), LOGS);
    put(simulator.cluster(), crashed("web", 1, After::Stands));
    inventory.until("that there is none", |inventory| !inventory.said.is_empty()).await;
    pass(Duration::from_mins(1)).await;
    inventory.read_what_is_there().await;
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![None], 1));
    inventory.stop().await;
}

#[rstest]
#[case::broken(Failure::Status(500))]
#[case::busy(Failure::TooManyRequests { retry_after_seconds: 1 })]
#[case::a_proxy(Failure::ProxyPage(502))]
#[tokio::test]
async fn a_log_that_can_not_be_had_is_tried_three_times(#[case] failure: Failure) {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    simulator.faults().fail_next(9, failure, LOGS);
    put(simulator.cluster(), crashed("web", 1, After::Stands));
    for tries in 1..=3 {
        simulator.activity_when(|now| now.requests(Verb::Log, Simulated::Pods) == tries).await;
        inventory.read_what_is_there().await;
        pass(Duration::from_secs(4)).await;
        inventory.read_what_is_there().await;
        assert_eq!(asked(&simulator), tries, "not again at once");
        pass(Duration::from_secs(2)).await;
    }
    pass(Duration::from_mins(10)).await;
    inventory.read_what_is_there().await;
    assert_eq!((inventory.said.len(), asked(&simulator)), (0, 3));

    // The next end is another matter.
    simulator.faults().clear();
    crash(simulator.cluster(), "web", 2, After::Stands, "the words");
    inventory.until("the words", |inventory| !inventory.said.is_empty()).await;
    assert_eq!(lines(&inventory), [Some("the words")]);
    inventory.stop().await;
}

#[tokio::test]
async fn a_server_that_asks_for_a_longer_wait_gets_it() {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    simulator.faults().fail_next(1, Failure::TooManyRequests { retry_after_seconds: 60 }, LOGS);
    crash(simulator.cluster(), "web", 1, After::Stands, "the words");
    simulator.activity_when(|now| now.requests(Verb::Log, Simulated::Pods) == 1).await;
    inventory.read_what_is_there().await;
    pass(Duration::from_secs(58)).await;
    inventory.read_what_is_there().await;
    assert_eq!(asked(&simulator), 1);
    pass(Duration::from_secs(3)).await;
    inventory.until("the words", |inventory| !inventory.said.is_empty()).await;
    assert_eq!((lines(&inventory), asked(&simulator)), (vec![Some("the words")], 2));
    inventory.stop().await;
}

#[tokio::test]
async fn a_log_that_is_to_be_tried_again_holds_up_no_other() {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    simulator.faults().fail_next(8, Failure::Status(500), LOGS);
    for number in 0..8 {
        put(simulator.cluster(), crashed(&format!("ill-{number}"), 1, After::Stands));
    }
    simulator.activity_when(|now| now.requests(Verb::Log, Simulated::Pods) == 8).await;
    let before = std::time::Instant::now();
    crash(simulator.cluster(), "web", 1, After::Stands, "the words");
    inventory.until("the words", |inventory| lines(inventory).contains(&Some("the words"))).await;
    assert!(before.elapsed() < super::SOON, "{:?}", before.elapsed());
    inventory.stop().await;
}

#[tokio::test]
async fn a_kubelet_that_does_not_answer_holds_up_itself_alone() {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    simulator.faults().fail_next(1, Failure::Silence, LOGS);
    put(simulator.cluster(), crashed("silent", 1, After::Stands));
    simulator.activity_when(|now| now.requests(Verb::Log, Simulated::Pods) == 1).await;
    let before = std::time::Instant::now();
    for number in 0..6 {
        crash(simulator.cluster(), &format!("web-{number}"), 1, After::Stands, "the words");
    }
    inventory.until("the words", |inventory| inventory.said.len() == 6).await;
    assert!(before.elapsed() < super::SOON, "{:?}", before.elapsed());
    assert_eq!(lines(&inventory), [Some("the words"); 6]);
    let stopping = std::time::Instant::now();
    inventory.stop().await;
    assert!(stopping.elapsed() < super::SOON, "the end waits for nobody: {:?}", stopping.elapsed());
}
