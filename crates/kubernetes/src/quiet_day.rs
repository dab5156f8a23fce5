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
use std::any::Any;
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

/// What one thread lived through, and what was wrong with the days that were not quiet.
#[derive(Default)]
struct Lived {
    count: Count,
    bad: Vec<String>,
}

/// What a day that was not quiet says of itself.
fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
}

/// Lives through the days that are left until there is none, or one was not quiet, here or in another thread.
fn live(next: &AtomicU64, end: u64) -> Lived {
    let mut lived = Lived::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return lived;
        }
        match std::panic::catch_unwind(|| Day::new(seed).live()) {
            Ok(count) => lived.count.add(&count),
            Err(panic) => {
                next.store(end, Ordering::Relaxed);
                lived.bad.push(words_of(&*panic));
            }
        }
    }
}

#[test]
fn a_quiet_day_stays_quiet() -> Result<(), String> {
    let seeds = match setting("QUIET_DAY_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..setting("QUIET_DAY_SEEDS").unwrap_or(SEEDS),
    };
    let next = AtomicU64::new(seeds.start);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let lived: Vec<Lived> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(|| live(&next, seeds.end))).collect();
        let ended = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended.map(|lived| lived.expect("each day is caught")).collect()
    });
    let mut sum = Count::default();
    let mut bad = Vec::new();
    for one in lived {
        sum.add(&one.count);
        bad.extend(one.bad);
    }
    // An error is said last and alone; a panic's words would be lost above its backtrace.
    if !bad.is_empty() {
        return Err(bad.join("; "));
    }
    sum.assert_lively(seeds.end - seeds.start);
    Ok(())
}
