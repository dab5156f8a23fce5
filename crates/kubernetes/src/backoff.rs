//! How long to wait before asking again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// Exponential waits with full jitter: a thousand clients that lost the same server do not come back at once.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure: anything up to 0.5 s, 1 s, 2 s … 30 s.
    pub(crate) fn next_wait(&mut self) -> Duration {
        let ceiling = FIRST.saturating_mul(1 << self.failures.min(8)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        ceiling.mul_f64(fastrand::f64())
    }

    /// It went well: the next failure is the first.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    pub(crate) fn is_fresh(&self) -> bool {
        self.failures == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_cap_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::default();
        for ceiling_millis in [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000] {
            let wait = backoff.next_wait();
            assert!(wait <= Duration::from_millis(ceiling_millis), "{wait:?} of {ceiling_millis}");
        }
        backoff.reset();
        assert!(backoff.is_fresh() && backoff.next_wait() <= FIRST);
    }

    #[test]
    fn waits_are_spread_over_their_whole_range() {
        let waits: Vec<_> = (0..1000).map(|_| Backoff { failures: 9 }.next_wait()).collect();
        assert!(waits.iter().any(|wait| *wait < LONGEST / 4), "none is short");
        assert!(waits.iter().any(|wait| *wait > LONGEST / 4 * 3), "none is long");
    }
}
