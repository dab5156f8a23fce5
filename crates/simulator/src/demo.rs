//! The cluster of a shop that never sleeps, for `maintenant demo`.

mod script;
mod shop;

use crate::{Clock, Cluster, ControlPlane, Error};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the story is before it begins again, with newer versions.
const CYCLE: SignedDuration = SignedDuration::from_mins(15);
/// The longest sleep: a clock that is moved by hand is noticed after this.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A shop's cluster in which things happen: at first it is mostly healthy, and has been for days; then a bad rollout, an
/// OOM loop, a claim without a volume, a missing Secret, a failing `CronJob`, and healthy rollouts between them, unfold and
/// are mended.
#[derive(Debug)]
pub struct Demo {
    plane: ControlPlane,
    clock: Clock,
    start: Timestamp,
    /// How often the story has begun.
    cycles: u32,
}

impl Demo {
    /// Fills the cluster with what there is at the clock's present time.
    pub fn prepare(cluster: &Cluster, seed: u64) -> Result<Self, Error> {
        let clock = cluster.clock();
        let start = clock.now();
        let mut plane = ControlPlane::new(cluster.clone(), seed, shop::beginning(start));
        shop::build(&mut plane, start)?;
        plane.run_until(start);
        Ok(Self { plane, clock, start, cycles: 0 })
    }

    /// Lets everything happen that is due up to `time`; the same seed and start give the same objects, whatever the
    /// steps.
    pub fn advance_to(&mut self, time: Timestamp) {
        loop {
            let begin = self.next_cycle();
            if begin > time {
                break;
            }
            self.plane.run_until(begin);
            script::tell(&mut self.plane, begin, self.cycles);
            self.cycles += 1;
        }
        self.plane.run_until(time);
    }

    /// Task `demo`: follows the clock until the token is cancelled.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            self.advance_to(self.clock.now());
            let due = self.plane.next_due().unwrap_or(Timestamp::MAX).min(self.next_cycle());
            let wait = Duration::try_from(due.duration_since(self.clock.now())).unwrap_or_default();
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait.min(LONGEST_SLEEP)) => {}
            }
        }
    }

    fn next_cycle(&self) -> Timestamp {
        self.start + CYCLE * i32::try_from(self.cycles).unwrap_or(i32::MAX)
    }
}
