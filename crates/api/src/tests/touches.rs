//! What a row does not show is told by id, to those whose filter admits the workload.
use crate::query::Parameters;
use crate::query::filter::WorkloadFilter;
use crate::stream::{MOST_ROWS, Streams};
use crate::testbed::client::Events;
use crate::testbed::objects::{controller, event, put};
use crate::testbed::{NOW, World, shop};
use domain::id::Kind;
use domain::observation::Observation;
use engine::Version;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const WEB: &str = "prod/shop/Deployment/web";

/// An event about a pod of Deployment `web`, which its row does not show.
fn pulled(uid: u128) -> Observation {
    put(event(uid, ("shop", "Pod", "web-new-a", 12), "Pulled", NOW))
}

fn streams(world: &World, most_rows: usize) -> Arc<Streams> {
    Arc::new(Streams::new(world.handle.clone(), CancellationToken::new(), most_rows))
}

fn open(world: &World, streams: &Arc<Streams>, query: &str, after: Option<Version>) -> Events {
    let mut parameters = Parameters::read(Some(query), &["health", "namespace", "kind", "q"]);
    let filter = WorkloadFilter::read(&mut parameters, &world.handle.snapshot().view);
    parameters.finish().unwrap();
    Events::of(streams.open(filter, after, None).unwrap())
}

/// Each filter, and whether it has `web` in it.
const FILTERS: [(&str, bool); 8] = [
    ("", true),
    ("namespace=shop", true),
    ("kind=Deployment", true),
    ("health=healthy", true),
    ("q=storefront", true),
    ("namespace=billing", false),
    ("health=suspended", false),
    ("health=healthy&q=db", false),
];

#[tokio::test(start_paused = true)]
async fn an_event_about_a_pod_touches_its_workload_where_the_filter_admits_it() {
    let world = World::shop().await;
    let streams = streams(&world, MOST_ROWS);
    let mut readers: Vec<_> =
        FILTERS.iter().map(|(query, admits)| (query, admits, open(&world, &streams, query, None))).collect();
    for (_, _, events) in &mut readers {
        events.snapshot().await;
    }
    world.tell([pulled(700)]).await;
    for (query, admits, events) in &mut readers {
        if **admits {
            let change = events.next().await;
            assert_eq!(change.touched(), [WEB], "{query}");
            assert_eq!((change.names(), change.removed()), (vec![], vec![]), "{query}");
        }
    }
    // A namespace's counts are for all: what the others are told next is that, and nothing before it.
    world.tell([put(controller(Kind::Job, 500, "billing", "new", 0))]).await;
    for (query, _, events) in &mut readers {
        let change = events.next().await;
        assert_eq!(
            (change.touched(), &change.data["overview"]["counts"]["total"]),
            (vec![], &9.into()),
            "{query}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_workload_whose_row_is_told_is_not_touched_besides() {
    let world = World::shop().await;
    let mut events = open(&world, &streams(&world, MOST_ROWS), "", None);
    events.snapshot().await;
    for (number, after) in [(10, false), (20, true)] {
        world.tell([put(controller(Kind::Deployment, 500, "shop", "new", number))]).await;
        assert_eq!(events.next().await.names(), ["new"]);
        // Both fall into the time in which changes are gathered, in two batches.
        if !after {
            world.tell([pulled(700)]).await;
        }
        world.tell([put(shop::web_deployment(number))]).await;
        if after {
            world.tell([pulled(701)]).await;
        }
        let change = events.next().await;
        assert_eq!((change.names(), change.touched()), (vec!["web"], vec![]), "{after}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_is_told_what_was_touched_meanwhile() {
    let world = World::shop().await;
    let version = world.handle.snapshot().version;
    world.tell([pulled(700)]).await;
    let plenty = streams(&world, MOST_ROWS);
    // Nobody knows who was in a filter by status when the reader left: it need not know every id.
    for query in ["", "kind=Deployment", "health=suspended"] {
        let change = open(&world, &plenty, query, Some(version)).next().await;
        assert_eq!((change.name.as_str(), change.touched()), ("change", vec![WEB]), "{query}");
    }
    let change = open(&world, &plenty, "namespace=billing", Some(version)).next().await;
    assert_eq!(change.touched(), Vec::<&str>::new());
    world.tell([put(event(701, ("shop", "Pod", "db-0", 41), "Pulled", NOW))]).await;
    let mut events = open(&world, &streams(&world, 1), "", Some(version));
    assert_eq!(events.next().await.name, "snapshot", "two are more than one");
}
