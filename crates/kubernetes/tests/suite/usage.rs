//! CPU and memory in use.

use crate::inventory::Inventory;
use crate::objects::{access, block, pass, pod, put, simulator};
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use kubernetes::Encoding;
use rstest::rstest;
use simulator::{MetricsApi, Resource as Simulated, Verb};
use std::time::Duration;

const USAGE: SourceId = SourceId { resource: Resource::PodMetrics, namespace: None };

#[tokio::test]
async fn usage_is_read_every_half_minute() {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    put(simulator.cluster(), pod("kube-system", "dns"));
    let mut inventory = Inventory::start(access(&simulator), block(&[]), Encoding::Protobuf);
    inventory.until("a measurement", |inventory| inventory.usages.contains_key(&USAGE)).await;
    let usages = &inventory.usages[&USAGE];
    assert_eq!(usages.len(), 1, "kube-system is not our business: {usages:?}");
    assert_eq!((&*usages[0].namespace, &*usages[0].pod), ("shop", "web"));
    assert!(usages[0].cpu_millicores > 0 && usages[0].memory_bytes > 1 << 20, "{usages:?}");
    inventory.until_settled().await;

    let asked = || simulator.activity().requests(Verb::List, Simulated::PodMetrics);
    assert_eq!(asked(), 1);
    pass(Duration::from_secs(15)).await;
    inventory.read_what_is_there().await;
    assert_eq!(asked(), 1);
    put(simulator.cluster(), pod("shop", "api"));
    pass(Duration::from_secs(16)).await;
    inventory.until("the next", |inventory| inventory.usages[&USAGE].len() == 2).await;
    assert_eq!(asked(), 2);
    inventory.stop().await;
}

#[rstest]
#[case(MetricsApi::NotInstalled, Link::Absent { reason: "metrics-server is not installed".into() })]
#[case(MetricsApi::Unavailable, Link::Lost { reason: "metrics-server does not answer (503)".into() })]
#[tokio::test]
async fn why_there_is_no_usage_is_said(#[case] api: MetricsApi, #[case] expected: Link) {
    let simulator = simulator().await;
    simulator.set_metrics(api);
    put(simulator.cluster(), pod("shop", "web"));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    inventory
        .until("it is said", |inventory| {
            inventory.links.get(&USAGE).and_then(|links| links.last()) == Some(&expected)
        })
        .await;
    simulator.set_metrics(MetricsApi::Serving);
    // Not all at once: a connection that is left alone for longer is closed. And more than once: a request that is under
    // way while time is made to pass is taken for one without an answer.
    for _ in 0..60 {
        if inventory.link(Resource::PodMetrics, None) == Some(&Link::Live) {
            break;
        }
        pass(Duration::from_secs(15)).await;
        inventory.read_what_is_there().await;
    }
    inventory.until("a measurement", |inventory| inventory.usages.contains_key(&USAGE)).await;
    assert_eq!(inventory.link(Resource::PodMetrics, None), Some(&Link::Live));
    inventory.stop().await;
}
