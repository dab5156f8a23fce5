//! Time passes without anything being told.
use crate::bed::{Bed, applied, lost};
use domain::health::Health;
use std::time::Duration;

/// One pod, whose source has just been lost.
async fn losing() -> Bed {
    let bed = Bed::started().await;
    bed.tell(applied(1, 0)).await;
    bed.tell(lost()).await;
    bed.settle().await;
    bed
}

fn health(bed: &Bed) -> Health {
    bed.row("pod-1").expect("it was told").health
}

#[tokio::test(start_paused = true)]
async fn what_is_due_happens_when_it_is_due_and_not_before() {
    let bed = losing().await;
    let mut subscription = bed.handle.subscribe();
    tokio::time::sleep(Duration::from_secs(59)).await;
    assert_ne!(health(&bed), Health::Unknown);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(health(&bed), Health::Unknown);
    let batch = subscription.recv().await.unwrap();
    assert_eq!(batch.upserted[0].health, Health::Unknown);
    assert_eq!(batch.at, batch.upserted[0].since, "it is told as it becomes so");
}

/// Timers stand still while the machine sleeps; the clock does not.
#[tokio::test(start_paused = true)]
async fn after_a_sleep_of_the_machine_what_is_due_is_not_waited_for_again() {
    let bed = losing().await;
    bed.put_clock_forward(Duration::from_hours(2));
    tokio::time::sleep(Duration::from_secs(16)).await;
    assert_eq!(health(&bed), Health::Unknown);
}

#[tokio::test(start_paused = true)]
async fn a_steady_state_is_left_alone() {
    let bed = Bed::started().await;
    bed.tell(applied(1, 0)).await;
    bed.settle().await;
    let before = (bed.snapshot().version, bed.handle.gauges().applied_total);
    tokio::time::sleep(Duration::from_hours(24)).await;
    assert_eq!((bed.snapshot().version, bed.handle.gauges().applied_total), before);
}
