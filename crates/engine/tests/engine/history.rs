//! What outlives the engine, through a history on disk.
use crate::bed::{Bed, NOW, applied, deleted, id, linked, lost, pod};
use domain::condition::Tristate;
use domain::health::Health;
use domain::id::Uid;
use domain::observation::{Description, Fact, Object};
use domain::pod::ContainerState;
use domain::port::{History, StorageState};
use domain::source::Link;
use domain::time::Time;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{Opened, Options, Store};

fn open(path: &Path, at: Time) -> Opened {
    Store::open(path, Options::new(Arc::new(move || at))).expect("nobody else has it")
}

/// A pod whose container can't be started, by its name.
fn broken(uid: u128) -> Fact {
    let mut pod = pod(uid, 0);
    pod.conditions[0].status = Tristate::False;
    pod.containers[0].ready = false;
    pod.containers[0].state =
        ContainerState::Waiting { reason: Some("InvalidImageName".into()), message: None };
    Fact::Applied(Object::Pod(Arc::new(pod)))
}

fn close(store: &Store) {
    store.close(Duration::from_mins(1)).expect("there is room");
}

#[tokio::test(start_paused = true)]
async fn statuses_are_taken_down_in_order_and_since_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.db");
    let Opened { store, restored } = open(&path, NOW);
    assert!(restored.is_empty());
    let store = Arc::new(store);
    let bed = Bed::new(store.clone(), restored);
    bed.list_nothing().await;
    for fact in [applied(1, 0), applied(2, 0), broken(1), deleted(2), lost()] {
        bed.tell(fact).await;
    }
    bed.settle().await;
    let before = bed.row("pod-1").unwrap();
    bed.end().await;
    close(&store);
    drop(store);

    let later = NOW + Duration::from_mins(10);
    let Opened { store, restored } = open(&path, later);
    let far = later + Duration::from_hours(1);
    let healths = |name: &str| {
        let intervals = store.intervals(&id(name), Time::from_secs(0), far).unwrap();
        intervals.iter().map(|interval| interval.health).collect::<Vec<Health>>()
    };
    assert_eq!(healths("pod-1"), [Health::Healthy, before.health]);
    assert_eq!(healths("pod-2"), [Health::Healthy]);
    let last = store.intervals(&id("pod-1"), Time::from_secs(0), far).unwrap().pop().unwrap();
    assert_eq!(last.from, before.since);
    assert_eq!(last.code.as_deref(), before.diagnosis.as_ref().map(|diagnosis| diagnosis.code.as_str()));
    assert_eq!(restored.iter().map(|(id, _)| &*id.name).collect::<Vec<_>>(), ["pod-1"]);

    let bed = Bed::new(Arc::new(store), restored);
    bed.tell(broken(1)).await;
    bed.list_only([1]).await;
    bed.settle().await;
    let after = bed.row("pod-1").unwrap();
    assert_eq!((after.health, after.since), (before.health, before.since));
}

#[tokio::test(start_paused = true)]
async fn gaps_and_other_clusters_are_taken_down() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&directory.path().join("history.db"), NOW).store);
    let bed = Bed::new(store.clone(), Vec::new());
    bed.list_nothing().await;
    bed.tell(linked(Link::Forbidden { reason: "no right to list pods".into() })).await;
    for uid in [1, 2] {
        let uid = Some(Uid::new(uid));
        bed.tell(Fact::Described(Description { server: "https://a".into(), version: None, uid })).await;
        bed.settle().await;
        while store.storage().queued > 0 {
            tokio::task::yield_now().await;
        }
    }
    let gaps = store.gaps(&id("any"), NOW, NOW + Duration::from_hours(1)).unwrap();
    let why: Vec<&str> = gaps.iter().map(|gap| &*gap.why).collect();
    assert_eq!(why, ["pods may not be read: no right to list pods"]);
    let message = store.storage().message.unwrap();
    assert!(message.contains("Another cluster than before answers as prod"), "{message}");
    bed.tell(linked(Link::Closed)).await;
    bed.settle().await;
    while store.storage().queued > 0 {
        tokio::task::yield_now().await;
    }
    let gaps = store.gaps(&id("any"), NOW, NOW + Duration::from_hours(1)).unwrap();
    assert!(
        gaps[0].to < NOW + Duration::from_hours(1),
        "a source that is not read any more is missed for ever"
    );
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_stands_still_does_not_hold_up_the_live_view() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.db");
    let store = Arc::new(open(&path, NOW).store);
    let bed = Bed::new(store.clone(), Vec::new());
    bed.list_nothing().await;
    bed.settle().await;
    while store.storage().queued > 0 {
        tokio::task::yield_now().await;
    }
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut subscription = bed.handle.subscribe();
    for uid in 1..=500 {
        bed.tell(applied(uid, 0)).await;
    }
    let mut seen = 0;
    while seen < 500 {
        seen += subscription.recv().await.unwrap().upserted.len();
    }
    // Nothing has been written since: the lock is still held.
    assert!(store.storage().queued >= 500);
    drop(other);
    close(&store);
    assert_eq!(store.storage().queued, 0);
    assert_ne!(store.storage().state, StorageState::Full);
}
