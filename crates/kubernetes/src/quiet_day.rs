//! Days on which everything is in order: a cluster lives through what clusters live through every day, and nothing of it
//! may look like trouble.
//!
//! Controllers and kubelets are the simulator's, in virtual time; each change of an object is read by this crate, on its way
//! for a moment, and applied to the domain's state. What is said then is held against what somebody sees who looks at all
//! objects at once. `QUIET_DAY_SEED=7` lives through one day alone, `QUIET_DAY_SEEDS=20` through that many.

mod absence;
mod chronicle;
mod churn;
mod count;
mod day;
mod episode;
mod feed;
mod fleet;
mod monitor;
mod oracle;
mod reader;
mod trial;
mod truth;

use count::Count;
use day::Day;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many days are lived through by whoever does not ask for more, as `make test` does: it lives through 500.
const SEEDS: u64 = 12;

#[expect(
    clippy::disallowed_methods,
    reason = "whoever looks for the reason of one bad day asks for that day"
)]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn a_quiet_day_stays_quiet() {
    let seeds = match setting("QUIET_DAY_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..setting("QUIET_DAY_SEEDS").unwrap_or(SEEDS),
    };
    let days = seeds.end - seeds.start;
    let next = AtomicU64::new(seeds.start);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let sums: Vec<Count> = std::thread::scope(|scope| {
        let work = || {
            let mut sum = Count::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    return sum;
                }
                sum.add(&Day::new(seed).live());
            }
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        // A day that is not quiet ends its thread, and with it the test.
        let days = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        days.map(|sum| sum.expect("a day that is not quiet")).collect()
    });
    let mut sum = Count::default();
    for count in sums {
        sum.add(&count);
    }
    sum.assert_lively(days);
}
