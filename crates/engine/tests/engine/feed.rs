//! Batches: what is in them, when they come, and what becomes of those who do not read them.
use crate::bed::{Bed, applied, deleted, id, linked, listed, lost, pod, rows};
use domain::observation::{Fact, Object};
use domain::source::{Link, Resource};
use engine::{Batch, Lagged, Version};
use rstest::rstest;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A batch as `+name restarts` and `-name`.
fn told(batch: &Batch) -> Vec<String> {
    let upserted = batch.upserted.iter().map(|row| format!("+{} {}", row.id.name, row.restarts));
    let removed = batch.removed.iter().map(|id| format!("-{}", id.name));
    upserted.chain(removed).collect()
}

/// What is told at once, after pods 1 and 2 are there with no restart.
#[rstest]
#[case::new(vec![applied(3, 0)], &["+pod-3 0"])]
#[case::the_last_of_several(vec![applied(1, 1), applied(2, 5), applied(1, 2)], &["+pod-1 2", "+pod-2 5"])]
#[case::gone(vec![deleted(1)], &["-pod-1"])]
#[case::changed_then_gone(vec![applied(1, 1), deleted(1)], &["-pod-1"])]
#[case::gone_then_there_again(vec![deleted(1), applied(1, 4)], &["+pod-1 4"])]
#[case::came_and_went(vec![applied(3, 0), deleted(3)], &["-pod-3"])]
#[case::a_relist(vec![applied(3, 0), listed(Resource::Pods, [2, 3])], &["+pod-3 0", "-pod-1"])]
#[tokio::test(start_paused = true)]
async fn what_happens_at_once_is_told_once(#[case] facts: Vec<Fact>, #[case] expected: &[&str]) {
    let bed = Bed::started().await;
    bed.tell(applied(1, 0)).await;
    bed.tell(applied(2, 0)).await;
    bed.settle().await;
    let mut subscription = bed.handle.subscribe();
    for fact in facts {
        bed.tell(fact).await;
    }
    let batch = subscription.recv().await.unwrap();
    assert_eq!(told(&batch), expected);
    assert_eq!(batch.version, bed.snapshot().version);
    bed.settle().await;
    assert_eq!(subscription.try_recv().unwrap().map(|batch| told(&batch)), None);
}

#[tokio::test(start_paused = true)]
async fn the_first_change_goes_at_once_and_the_next_ones_together() {
    let bed = Bed::started().await;
    let mut subscription = bed.handle.subscribe();
    let began = Instant::now();
    bed.tell(applied(1, 0)).await;
    assert_eq!(told(&subscription.recv().await.unwrap()), ["+pod-1 0"]);
    assert_eq!(began.elapsed(), Duration::ZERO, "the first change has waited");
    for uid in 2..=100 {
        bed.tell(applied(uid, 0)).await;
        tokio::task::yield_now().await;
    }
    let batch = subscription.recv().await.unwrap();
    assert_eq!(batch.upserted.len(), 99, "they came one by one");
    assert!(began.elapsed() <= Duration::from_millis(50), "they waited {:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_no_row_shows_is_told_as_a_touch() {
    let bed = Bed::started().await;
    bed.tell(applied(1, 0)).await;
    bed.tell(applied(2, 0)).await;
    bed.settle().await;
    let mut subscription = bed.handle.subscribe();
    for uid in [1, 2] {
        let mut moved = pod(uid, 0);
        moved.ip = Some([10, 0, 0, 9].into());
        bed.tell(Fact::Applied(Object::Pod(Arc::new(moved)))).await;
    }
    // What a row shows in the end needs no touch beside it.
    bed.tell(applied(2, 1)).await;
    let batch = subscription.recv().await.unwrap();
    let touched: Vec<_> = batch.touched.iter().map(|id| &*id.name).collect();
    assert_eq!((touched, told(&batch)), (vec!["pod-1"], vec!["+pod-2 1".to_owned()]));
    let address = bed.snapshot().view.cluster("prod").unwrap().pod("shop", "pod-1").unwrap().ip;
    assert_eq!(address, Some([10, 0, 0, 9].into()), "a page that reads it now has it");
}

#[tokio::test(start_paused = true)]
async fn sources_and_clusters_are_news_too() {
    let bed = Bed::started().await;
    let mut subscription = bed.handle.subscribe();
    bed.tell(lost()).await;
    let batch = subscription.recv().await.unwrap();
    assert!(batch.sources && !batch.clusters && batch.rows() == 0);
    bed.tell(linked(Link::Live)).await;
    assert!(subscription.recv().await.unwrap().sources);
}

#[tokio::test(start_paused = true)]
async fn one_who_does_not_read_lags_and_goes_on_from_a_snapshot() {
    let bed = Bed::started().await;
    bed.tell(applied(1, 0)).await;
    bed.settle().await;
    let (first, mut idle) = bed.handle.follow();
    let mut eager = bed.handle.subscribe();
    for restarts in 1..=1_100 {
        bed.tell(applied(1, restarts)).await;
        assert_eq!(told(&eager.recv().await.unwrap()), [format!("+pod-1 {restarts}")]);
    }
    assert!(bed.handle.replay(first.version).is_none(), "more changes than rows are kept");
    assert_eq!(idle.recv().await.unwrap_err(), Lagged);
    let gauges = bed.handle.gauges();
    assert_eq!((gauges.subscribers, gauges.lagged_total), (2, 1));
    assert!(gauges.ring_rows <= 1_024, "{} rows are kept", gauges.ring_rows);
    bed.tell(applied(1, 2_000)).await;
    assert_eq!(told(&idle.recv().await.unwrap()), ["+pod-1 2000"], "after lagging it goes on from now");
    drop((idle, eager));
    assert_eq!(bed.handle.gauges().subscribers, 0);
}

#[tokio::test(start_paused = true)]
async fn only_versions_that_were_given_out_are_replayed() {
    let bed = Bed::started().await;
    let now = bed.snapshot().version;
    assert!(bed.handle.replay(now).is_some());
    assert!(bed.handle.replay(Version { seq: now.seq + 1, ..now }).is_none(), "of the future");
    assert!(bed.handle.replay(Version { epoch: now.epoch + 1, ..now }).is_none(), "of another process");
}

#[tokio::test(start_paused = true)]
async fn the_end_leaves_the_last_word() {
    let bed = Bed::started().await;
    bed.tell(applied(1, 0)).await;
    tokio::task::yield_now().await;
    bed.tell(applied(2, 0)).await;
    tokio::task::yield_now().await;
    assert_eq!(bed.waiting(), 1, "the second has not been taken yet");
    let handle = bed.end().await;
    let last = rows(&handle.snapshot());
    assert!(last.contains_key(&id("pod-1")) && last.contains_key(&id("pod-2")));
}

#[tokio::test(start_paused = true)]
async fn what_follows_at_once_is_taken_together_and_soon() {
    let bed = Bed::started().await;
    bed.tell(applied(1, 0)).await;
    tokio::task::yield_now().await;
    assert_eq!(bed.waiting(), 0, "after a silence the first is taken at once");
    for uid in 2..=100 {
        bed.tell(applied(uid, 0)).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(bed.waiting(), 99);
    tokio::time::sleep(Duration::from_millis(4)).await;
    assert_eq!(bed.waiting(), 0);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let much = async {
        for uid in 101..=1200 {
            bed.tell(applied(uid, 0)).await;
        }
    };
    tokio::task::unconstrained(much).await;
    tokio::task::yield_now().await;
    assert!(bed.waiting() < 100, "much is taken without waiting for more: {}", bed.waiting());
}

#[tokio::test(start_paused = true)]
async fn the_gauges_say_what_there_is() {
    let bed = Bed::started().await;
    let before = bed.handle.gauges();
    bed.tell(applied(1, 0)).await;
    bed.tell(applied(2, 0)).await;
    bed.settle().await;
    let gauges = bed.handle.gauges();
    assert_eq!((gauges.workloads, gauges.pods), (2, 2));
    assert_eq!(gauges.applied_total - before.applied_total, 3);
    assert_eq!((gauges.batches_total - before.batches_total, gauges.rows_total), (1, 2));
    assert_eq!((gauges.queue_depth, gauges.queue_age), (0, Duration::ZERO));
    assert!(gauges.publications_total > before.publications_total);
}
