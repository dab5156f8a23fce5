//! A list, and the changes after exactly that list, are the list of now: whatever happens in between.
use crate::bed::{Bed, applied, deleted, linked, listed, lost, rows};
use domain::id::WorkloadId;
use domain::source::{Link, Resource};
use domain::workload::Row;
use engine::{Batch, Version};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone, Debug)]
enum Step {
    Put(u128, u32),
    Delete(u128),
    Relist(Vec<u128>),
    Lose,
    Regain,
    /// So many milliseconds pass: less or more than between two publications, more than until a source is stale.
    Pass(u64),
    /// Somebody lists.
    List,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..6_u128, 0..3_u32).prop_map(|(uid, restarts)| Step::Put(uid, restarts)),
        2 => (1..6_u128).prop_map(Step::Delete),
        1 => vec(1..6_u128, 0..5).prop_map(Step::Relist),
        1 => Just(Step::Lose),
        1 => Just(Step::Regain),
        4 => prop_oneof![Just(1), Just(30), Just(61_000)].prop_map(Step::Pass),
        3 => Just(Step::List),
    ]
}

type Rows = BTreeMap<WorkloadId, Arc<Row>>;

fn follow(rows: &mut Rows, batch: &Batch) {
    for row in &batch.upserted {
        rows.insert((*row.id).clone(), row.clone());
    }
    for id in &batch.removed {
        rows.remove(&**id);
    }
}

async fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let bed = Bed::started().await;
    let (snapshot, mut subscription) = bed.handle.follow();
    let mut live = (snapshot.version, rows(&snapshot));
    let mut lists: Vec<(Version, Rows)> = vec![live.clone()];
    for step in steps {
        match step {
            Step::Put(uid, restarts) => bed.tell(applied(uid, restarts)).await,
            Step::Delete(uid) => bed.tell(deleted(uid)).await,
            Step::Relist(uids) => bed.tell(listed(Resource::Pods, uids)).await,
            Step::Lose => bed.tell(lost()).await,
            Step::Regain => bed.tell(linked(Link::Live)).await,
            Step::Pass(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
            Step::List => {
                let snapshot = bed.snapshot();
                lists.push((snapshot.version, rows(&snapshot)));
            }
        }
        while let Some(batch) = subscription.try_recv().expect("far fewer than are kept") {
            prop_assert!(batch.version > live.0, "versions go up");
            live.0 = batch.version;
            follow(&mut live.1, &batch);
        }
    }
    bed.settle().await;
    while let Some(batch) = subscription.try_recv().expect("far fewer than are kept") {
        follow(&mut live.1, &batch);
    }
    let now = rows(&bed.snapshot());
    prop_assert_eq!(&live.1, &now, "the one who followed has it otherwise");
    for (version, mut rows) in lists {
        let (batches, mut after) = bed.handle.replay(version).expect("far fewer than are kept");
        for batch in &batches {
            follow(&mut rows, batch);
        }
        prop_assert_eq!(&rows, &now, "the list of {} and what came after it", version);
        prop_assert!(after.try_recv().expect("it is at the end").is_none(), "a change is told twice");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    #[test]
    fn a_list_and_what_came_after_it_are_the_list_of_now(steps in vec(step(), 0..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(run(steps))?;
    }
}
