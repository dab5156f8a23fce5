//! How the API server is asked.

use crate::inventory::Inventory;
use crate::objects::{access, one_of_each, simulator};
use crate::wiretap::Wiretap;
use domain::scope::Scope;
use domain::source::{Resource, SourceId};
use kubernetes::{Access, Encoding, Request, Verb};
use rstest::rstest;
use simulator::{Cut, Fill, MetricsApi, Pace, Resource as Simulated};
use std::time::Duration;

fn header<'a>(request: &'a str, name: &str) -> &'a str {
    let of_name = |line: &&str| line.to_ascii_lowercase().starts_with(&format!("{name}:"));
    let line = request.lines().find(of_name).unwrap_or_default();
    line.split_once(": ").map_or("", |(_, value)| value)
}

/// `0.0.0.0` leads to this machine too, but is not called a loopback address.
#[rstest]
#[case("127.0.0.1", "identity", false)]
#[case("localhost", "identity", false)]
#[case("0.0.0.0", "gzip", true)]
#[tokio::test]
async fn near_by_lists_stream_and_from_afar_they_are_compressed_pages(
    #[case] host: &str,
    #[case] list_encoding: &str,
    #[case] pages: bool,
) {
    let simulator = simulator().await;
    Fill { namespaces: 2, workloads: 20, replicas: 60 }.run(simulator.cluster(), 7).expect("it fits");
    let tap = Wiretap::before(simulator.address()).await;
    let url = format!("http://{host}:{}", tap.address.port());
    let mut inventory = Inventory::start(Access::Url { url, token: None }, Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    inventory.until("the cluster is described", |inventory| !inventory.descriptions.is_empty()).await;
    assert_eq!(inventory.names(Resource::Pods).len(), 1_200);
    let requests = tap.requests();
    for request in &requests {
        assert!(request.starts_with("GET /"), "{request}");
        assert!(header(request, "user-agent").starts_with("maintenant/"), "{request}");
        let line = request.lines().next().unwrap_or_default();
        let (is_watch, is_list) = (line.contains("watch=true"), line.contains("limit=500"));
        if is_watch {
            assert_eq!(header(request, "accept-encoding"), "identity", "{request}");
            assert!(
                header(request, "accept").starts_with("application/vnd.kubernetes.protobuf;stream=watch")
            );
            assert!(line.contains("allowWatchBookmarks=true"), "{line}");
            let goes_on = line.contains("resourceVersion=");
            assert_eq!(line.contains("sendInitialEvents=true"), !pages && !goes_on, "{line}");
            let seconds = line.split("timeoutSeconds=").nth(1).and_then(|rest| rest.split([' ', '&']).next());
            let seconds: u32 = seconds.and_then(|text| text.parse().ok()).expect("each watch has an end");
            assert!((300..600).contains(&seconds), "{line}");
        }
        if is_list {
            assert_eq!(header(request, "accept-encoding"), list_encoding, "{request}");
            assert!(header(request, "accept").starts_with("application/vnd.kubernetes.protobuf,"));
        }
    }
    let lists = requests.iter().filter(|request| request.contains("limit=500")).count();
    assert_eq!(lists > 0, pages, "{requests:#?}");
    inventory.stop().await;
}

#[tokio::test]
async fn json_is_all_that_is_asked_for_where_nothing_else_is_wanted() {
    let simulator = simulator().await;
    one_of_each(simulator.cluster(), "shop", "web");
    let tap = Wiretap::before(simulator.address()).await;
    let access = Access::Url { url: format!("http://{}", tap.address), token: None };
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Json);
    inventory.until_settled().await;
    for request in tap.requests() {
        assert_eq!(header(&request, "accept"), "application/json", "{request}");
    }
    inventory.stop().await;
}

#[tokio::test]
async fn what_is_required_is_listed_before_what_is_not() {
    let simulator = simulator().await;
    let tap = Wiretap::before(simulator.address()).await;
    let access = Access::Url { url: format!("http://{}", tap.address), token: None };
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    let requests = tap.requests();
    let position = |plural: &str| {
        let path = format!("/{plural}?");
        requests.iter().position(|request| request.lines().next().is_some_and(|line| line.contains(&path)))
    };
    let required = ["namespaces", "pods", "deployments", "replicasets", "statefulsets", "daemonsets"];
    let last_required = required.map(position).into_iter().max();
    let optional = ["jobs", "cronjobs", "nodes", "persistentvolumeclaims"];
    for plural in optional {
        assert!(last_required < Some(position(plural)), "{plural} before {required:?}: {requests:#?}");
    }
    inventory.stop().await;
}

#[tokio::test]
async fn what_adds_evidence_is_not_asked_for_while_what_is_required_is_on_its_way() {
    let simulator = simulator().await;
    Fill { namespaces: 2, workloads: 20, replicas: 60 }.run(simulator.cluster(), 7).expect("it fits");
    simulator.faults().slow_bodies(Some(Pace { piece_bytes: 64 << 10, pause: Duration::from_millis(20) }));
    let mut inventory = Inventory::start(access(&simulator), Scope::All, Encoding::Protobuf);
    let asked = |resource| simulator.activity().requests(simulator::Verb::Watch, resource);
    let pods = SourceId { resource: Resource::Pods, namespace: None };
    inventory
        .until("all pods are listed", |inventory| {
            let listed = inventory.lists.contains_key(&pods);
            assert!(listed || asked(Simulated::Events) == 0, "events compete with pods");
            listed
        })
        .await;
    simulator.faults().slow_bodies(None);
    inventory.until_settled().await;
    assert!(asked(Simulated::Events) > 0);
    inventory.stop().await;
}

#[tokio::test]
async fn what_is_done_is_counted() {
    let simulator = simulator().await;
    one_of_each(simulator.cluster(), "shop", "web");
    simulator.set_metrics(MetricsApi::NotInstalled);
    let access = Access::Url { url: simulator.url(), token: None };
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    inventory.until("the cluster is described", |inventory| !inventory.descriptions.is_empty()).await;
    let telemetry = inventory.telemetry.clone();
    let requested = |verb, resource, code| {
        let request = Request { verb, resource, code };
        telemetry.requests().into_iter().find(|(found, _)| *found == request).map_or(0, |(_, count)| count)
    };
    assert_eq!(requested(Verb::Get, None, 200), 1);
    assert_eq!(requested(Verb::Watch, Some(Resource::Pods), 200), 1);
    assert_eq!(requested(Verb::List, Some(Resource::PodMetrics), 404), 1);
    let pods = || telemetry.traffic().into_iter().find(|traffic| traffic.resource == Resource::Pods);
    let before = pods().expect("each resource is counted");
    assert!(before.bytes > 0 && before.silent_for.is_some(), "{before:?}");
    assert_eq!((before.objects, before.watch_restarts), (1, 0));

    simulator.faults().cut_watches(Cut::Clean, Some(simulator::Resource::Pods));
    simulator.activity_when(|now| now.requests(simulator::Verb::Watch, simulator::Resource::Pods) == 2).await;
    crate::objects::put(simulator.cluster(), crate::objects::pod("shop", "other"));
    inventory.until("the other pod", |inventory| inventory.names(Resource::Pods).len() == 2).await;
    let after = pods().expect("each resource is counted");
    assert!(after.bytes > before.bytes, "{after:?}");
    assert_eq!((after.objects, after.watch_restarts), (2, 1));
    assert_eq!(requested(Verb::Watch, Some(Resource::Pods), 200), 2);
    inventory.stop().await;
}
