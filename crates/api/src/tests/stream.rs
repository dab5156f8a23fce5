//! The event stream where time matters: here it passes when the test says so.
use crate::error::ApiError;
use crate::query::Parameters;
use crate::query::filter::WorkloadFilter;
use crate::server::Cutter;
use crate::stream::{MOST_FILTERS, MOST_ROWS, MOST_STREAMS, Streams};
use crate::testbed::client::Events;
use crate::testbed::objects::{controller, put};
use crate::testbed::{World, shop};
use domain::id::Kind;
use domain::scope::Scope;
use http::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, advance};
use tokio_util::sync::CancellationToken;

fn streams(world: &World) -> Arc<Streams> {
    Arc::new(Streams::new(world.handle.clone(), CancellationToken::new(), MOST_ROWS))
}

fn filter(world: &World, query: &str) -> WorkloadFilter {
    let mut parameters = Parameters::read(Some(query), &["health", "namespace", "q"]);
    let filter = WorkloadFilter::read(&mut parameters, &world.handle.snapshot().view);
    parameters.finish().unwrap();
    filter
}

fn scaled(replicas: u32) -> [domain::observation::Observation; 1] {
    [put(shop::web_deployment(replicas))]
}

#[tokio::test(start_paused = true)]
async fn the_first_change_goes_at_once_and_those_that_follow_go_together() {
    let world = World::shop().await;
    let mut events = Events::of(streams(&world).open(filter(&world, ""), None, None).unwrap());
    events.snapshot().await;
    advance(Duration::from_secs(1)).await;
    let began = Instant::now();
    world.tell(scaled(4)).await;
    let first = events.next().await;
    assert_eq!(first.data["upserted"][0]["desired"], 4);
    assert!(began.elapsed() < Duration::from_millis(50), "{:?}", began.elapsed());
    world.tell(scaled(5)).await;
    world.tell([put(controller(Kind::Deployment, 500, "shop", "new", 0))]).await;
    world.tell(scaled(6)).await;
    let second = events.next().await;
    assert_eq!(second.names(), ["new", "web"]);
    assert_eq!(second.data["upserted"][1]["desired"], 6, "the last word only");
    let took = began.elapsed();
    assert!((Duration::from_millis(100)..Duration::from_millis(150)).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn who_comes_while_changes_are_gathered_is_not_told_what_it_has() {
    let world = World::shop().await;
    let streams = streams(&world);
    let mut first = Events::of(streams.open(filter(&world, ""), None, None).unwrap());
    first.snapshot().await;
    world.tell(scaled(4)).await;
    first.next().await;
    world.tell(scaled(5)).await;
    let listed = world.handle.snapshot().version;
    let mut second = Events::of(streams.open(filter(&world, ""), Some(listed), None).unwrap());
    assert_eq!(first.next().await.data["upserted"][0]["desired"], 5);
    world.tell([put(controller(Kind::Deployment, 500, "shop", "new", 0))]).await;
    assert_eq!(second.next().await.names(), ["new"]);
}

#[tokio::test(start_paused = true)]
async fn a_comment_comes_every_fifteen_seconds() {
    let world = World::shop().await;
    let mut events = Events::of(streams(&world).open(filter(&world, ""), None, None).unwrap());
    assert_eq!(
        events.next_or_comment().await.unwrap().name,
        "",
        "one at once, so that the client is connected"
    );
    events.snapshot().await;
    let began = Instant::now();
    for count in 1..=3 {
        assert_eq!(events.next_or_comment().await.unwrap().name, "");
        assert_eq!(began.elapsed().as_secs(), count * 15);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_falls_behind_is_given_a_snapshot() {
    let world = World::shop().await;
    let streams = streams(&world);
    let mut slow = Events::of(streams.open(filter(&world, ""), None, None).unwrap());
    let mut quick = Events::of(streams.open(filter(&world, ""), None, None).unwrap());
    slow.snapshot().await;
    quick.snapshot().await;
    for replicas in 10..80 {
        world.tell(scaled(replicas)).await;
        let change = quick.next().await;
        assert_eq!(change.data["upserted"][0]["desired"], replicas, "nobody waits for the slow one");
    }
    let mut changes = 0;
    let part = loop {
        let event = slow.next().await;
        if event.name == "snapshot" {
            break event;
        }
        changes += 1;
    };
    assert!(changes < 10, "{changes} changes were kept for it");
    let web = part.data["workloads"].as_array().unwrap().iter().find(|row| row["name"] == "web").unwrap();
    assert_eq!(web["desired"], 79);
    let overview = slow.next().await;
    assert_eq!(overview.data["version"], part.data["version"]);
    world.tell(scaled(80)).await;
    assert_eq!(slow.next().await.data["upserted"][0]["desired"], 80, "and then it goes on");
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_does_not_read_is_cut_off() {
    let world = World::listed(Scope::All).await;
    world
        .tell((0..2000).map(|n| put(controller(Kind::Deployment, n + 1, "shop", &format!("w{n}"), 0))))
        .await;
    let streams = streams(&world);
    let cut = CancellationToken::new();
    let body = streams.open(filter(&world, ""), None, Some(Cutter::of(cut.clone()))).unwrap();
    let began = Instant::now();
    cut.cancelled().await;
    assert_eq!(began.elapsed().as_secs(), 30);
    drop(body);
}

#[tokio::test(start_paused = true)]
async fn streams_and_filters_are_bounded() {
    let world = World::shop().await;
    let streams = streams(&world);
    let mut open = Vec::new();
    for number in 0..MOST_FILTERS {
        open.push(streams.open(filter(&world, &format!("q=w{number}")), None, None).unwrap());
    }
    let refused = streams.open(filter(&world, "q=other"), None, None).unwrap_err();
    assert!(matches!(refused, ApiError::TooManyFilters(_)), "{refused}");
    while open.len() < MOST_STREAMS {
        open.push(streams.open(filter(&world, "q=w1"), None, None).unwrap());
    }
    let refused = axum::response::IntoResponse::into_response(
        streams.open(filter(&world, "q=w1"), None, None).unwrap_err(),
    );
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "5");
    drop(open);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(streams.open(filter(&world, "q=other"), None, None).is_ok(), "places are free again");
}

#[tokio::test(start_paused = true)]
async fn every_task_ends_when_the_server_does() {
    let world = World::shop().await;
    let closing = CancellationToken::new();
    let streams = Arc::new(Streams::new(world.handle.clone(), closing.clone(), MOST_ROWS));
    let mut events = Events::of(streams.open(filter(&world, ""), None, None).unwrap());
    events.snapshot().await;
    closing.cancel();
    streams.drained().await;
    assert_eq!(events.next_or_comment().await, None);
}
