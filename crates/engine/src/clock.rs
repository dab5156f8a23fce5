//! What time it is, for a state that must not see it go back.
use domain::time::Time;
use std::sync::Arc;
use tokio::time::Instant;

/// Tells the time. The engine takes care that the state never sees it go back.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// The clock, made to go forward only. After it has been put back, time passes at half its speed until the clock has
/// caught up: so deadlines still come, and the error vanishes.
pub(crate) struct Forward {
    clock: Clock,
    last: Time,
    read_at: Instant,
}

impl Forward {
    pub(crate) fn new(clock: Clock) -> Self {
        let last = clock();
        Self { clock, last, read_at: Instant::now() }
    }

    pub(crate) fn now(&mut self) -> Time {
        let read_at = Instant::now();
        let passed = read_at.saturating_duration_since(self.read_at) / 2;
        let now = (self.clock)().max(self.last + passed);
        // Less than a millisecond does not show in `now`, and must not be lost by asking often.
        if now > self.last {
            self.last = now;
            self.read_at = read_at;
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::time::Duration;

    /// What the clock says, and what the state hears, in milliseconds, with 100 ms between two readings.
    #[rstest]
    #[case::forward(&[1000, 1100, 1200], &[1000, 1100, 1200])]
    #[case::after_a_sleep(&[1000, 90_000, 90_100], &[1000, 90_000, 90_100])]
    #[case::put_back(&[1000, 900, 1000, 1100, 1200], &[1000, 1050, 1100, 1150, 1200])]
    #[case::put_back_far(&[1000, 0, 100, 200], &[1000, 1050, 1100, 1150])]
    #[tokio::test(start_paused = true)]
    async fn time_goes_forward(#[case] clock: &[i64], #[case] heard: &[i64]) {
        let says = Arc::new(AtomicI64::new(clock[0]));
        let reading = says.clone();
        let mut forward = Forward::new(Arc::new(move || Time::from_millis(reading.load(Ordering::Relaxed))));
        let mut times = vec![forward.now().as_millis()];
        for millis in &clock[1..] {
            tokio::time::advance(Duration::from_millis(100)).await;
            says.store(*millis, Ordering::Relaxed);
            times.push(forward.now().as_millis());
        }
        assert_eq!(times, heard);
    }
}
