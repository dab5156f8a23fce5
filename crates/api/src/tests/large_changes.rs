//! Changes of thousands of workloads at once, as when an API server goes away: no event is large, and nothing is lost.
use crate::query::filter::WorkloadFilter;
use crate::stream::{MOST_ROWS, Streams};
use crate::testbed::World;
use crate::testbed::client::{Event, Events};
use crate::testbed::objects::{controller, put};
use domain::id::Kind;
use domain::observation::Observation;
use domain::scope::Scope;
use engine::Version;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const WORKLOADS: u128 = 4000;

fn scaled(replicas: u32) -> impl Iterator<Item = Observation> {
    (0..WORKLOADS).map(move |n| put(controller(Kind::Deployment, n + 1, "shop", &format!("w{n}"), replicas)))
}

async fn world() -> World {
    let world = World::listed(Scope::All).await;
    world.tell(scaled(0)).await;
    world
}

fn streams(world: &World, most_rows: usize) -> Arc<Streams> {
    Arc::new(Streams::new(world.handle.clone(), CancellationToken::new(), most_rows))
}

fn open(streams: &Arc<Streams>, after: Option<&str>) -> Events {
    let after = after.map(|version| version.parse::<Version>().unwrap());
    Events::of(streams.open(WorkloadFilter::default(), after, None).unwrap())
}

/// How many workloads an event tells of.
fn size(event: &Event) -> usize {
    event.names().len() + event.removed().len() + event.touched().len()
}

#[tokio::test(start_paused = true)]
async fn a_change_of_thousands_comes_in_parts_of_which_the_last_is_a_place_to_go_on_from() {
    let world = world().await;
    let streams = streams(&world, MOST_ROWS);
    let mut events = open(&streams, None);
    let mut version = events.snapshot().await.1;
    world.tell(scaled(1)).await;
    let (mut seen, mut parts) = (BTreeSet::new(), 0);
    while seen.len() < WORKLOADS as usize {
        let change = events.next().await;
        assert!(
            change.name == "change" && size(&change) <= MOST_ROWS,
            "{} of {}",
            change.name,
            size(&change)
        );
        seen.extend(change.names().into_iter().map(ToOwned::to_owned));
        let told = change.data["version"].as_str().unwrap().to_owned();
        let overview = &change.data["overview"];
        if let Some(id) = change.id {
            assert_eq!(id, told);
            version = id;
        } else {
            parts += 1;
            assert_eq!(told, version, "a part is no new version");
            assert_eq!(
                (overview["namespaces"].as_array().unwrap().len(), &overview["sources"]),
                (0, &().into())
            );
        }
    }
    assert!(parts >= 2, "{parts}");
    let mut events = open(&streams, Some(&version));
    world.tell([put(controller(Kind::Deployment, 5000, "shop", "new", 0))]).await;
    assert_eq!(events.next().await.names(), ["new"], "the last part is whole");
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_between_the_parts_is_told_all_of_it_when_it_comes_back() {
    let world = world().await;
    let streams = streams(&world, MOST_ROWS);
    let mut events = open(&streams, None);
    events.snapshot().await;
    world.tell(scaled(1)).await;
    let version = loop {
        let change = events.next().await;
        if change.id.is_none() {
            break change.data["version"].as_str().unwrap().to_owned();
        }
    };
    drop(events);
    let mut events = open(&streams, Some(&version));
    let mut rows = Vec::new();
    loop {
        let part = events.next().await;
        assert_eq!(part.name, "snapshot", "that much is told with a snapshot");
        rows.extend(part.data["workloads"].as_array().unwrap().clone());
        if part.data["last"] == true {
            break;
        }
    }
    assert_eq!(rows.len(), WORKLOADS as usize);
    assert!(rows.iter().all(|row| row["desired"] == 1));
}

#[tokio::test(start_paused = true)]
async fn a_change_of_more_than_readers_could_follow_is_told_with_a_snapshot() {
    let world = world().await;
    let streams = streams(&world, 10);
    let mut events = open(&streams, None);
    events.snapshot().await;
    world.tell(scaled(1)).await;
    let mut changes = 0;
    let event = loop {
        let event = events.next().await;
        if event.name == "snapshot" {
            break event;
        }
        assert!(size(&event) <= 10);
        changes += 1;
    };
    assert_eq!(event.data["workloads"][0]["desired"], 1);
    assert!(changes <= 16, "{changes} events came first");
    let families = streams.families();
    let made = families.iter().find(|family| family.name == "stream_changes").unwrap().samples[0].value;
    assert!(made <= 16.0, "{made} events were made for nobody");
}
