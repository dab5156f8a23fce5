//! The licence in the log: how it stands at the start, and each time that it comes to stand otherwise.
use domain::license::{Held, Standing};
use engine::Clock;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The longest wait before the time is looked at again: the machine may have slept, and its clock may be set.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Tells how the licence stands.
pub(super) struct Licensing {
    license: Arc<Held>,
    clock: Clock,
}

impl Licensing {
    pub(super) fn new(license: Arc<Held>, clock: Clock) -> Self {
        Self { license, clock }
    }

    /// Tells it once for each state that is entered, until it is stopped.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut told = None;
        loop {
            let now = (self.clock)();
            let standing = self.license.standing(now);
            if told.replace(standing.state) != Some(standing.state) {
                tell(&standing);
            }
            let wait = standing.changes_at.map_or(LONGEST_WAIT, |at| at.since(now).min(LONGEST_WAIT));
            if timeout(wait, stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }
}

fn tell(standing: &Standing<'_>) {
    match (&standing.notice, standing.license) {
        (Some(notice), _) => tracing::warn!(state = standing.state.as_str(), "{notice}"),
        (None, Some(license)) => {
            tracing::info!(licensee = %license.licensee, "the Enterprise licence is in force");
        }
        // Community without a key is nothing to speak of.
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::license::{Edition, Fault, License};
    use domain::time::Time;
    use std::io::Write;
    use std::sync::Mutex;
    use tokio::time::{Instant, sleep};
    use tracing::instrument::WithSubscriber as _;

    const BEGAN: Time = Time::from_secs(1_795_219_200);
    const DAY: Duration = Duration::from_hours(24);

    /// Log lines, each with how long after the start it was written.
    #[derive(Clone)]
    struct Lines(Instant, Arc<Mutex<Vec<(Duration, String)>>>);

    impl Write for Lines {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            let text = String::from_utf8_lossy(line).into_owned();
            self.1.lock().unwrap().push((self.0.elapsed(), text));
            Ok(line.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is logged in a hundred days.
    async fn told(held: Held) -> Vec<(Duration, String)> {
        let lines = Lines(Instant::now(), Arc::default());
        let (began, written) = (lines.0, lines.1.clone());
        let clock: Clock = Arc::new(move || BEGAN + began.elapsed());
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || lines.clone()).finish();
        let stop = CancellationToken::new();
        let task =
            tokio::spawn(Licensing::new(Arc::new(held), clock).run(stop.clone()).with_subscriber(subscriber));
        sleep(DAY * 100).await;
        stop.cancel();
        task.await.unwrap();
        let lines = written.lock().unwrap();
        lines.clone()
    }

    #[tokio::test(start_paused = true)]
    async fn each_state_is_told_once_and_when_it_is_entered() {
        let second = Duration::from_secs(1);
        let license = License {
            licensee: "ACME".into(),
            edition: Edition::Enterprise,
            features: Vec::new(),
            issued: BEGAN + DAY + second * 90,
            expires: BEGAN + DAY * 3 - second,
        };
        let told = told(Held::Genuine(license)).await;
        let expected = [
            (Duration::ZERO, "WARN", "begins on 2026-11-22"),
            (DAY + second * 90, "INFO", "in force"),
            (DAY * 3, "WARN", "for 30 more days of grace"),
            (DAY * 33, "WARN", "grace are over"),
        ];
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for ((at, line), (due, level, text)) in told.iter().zip(expected) {
            assert!(line.contains(level) && line.contains(text), "`{text}` is not in {line}");
            // A timer of the runtime has whole milliseconds.
            assert!(*at >= due && *at < due + second, "{line} after {at:?}, due after {due:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_is_of_no_use_is_told_once_and_the_lack_of_one_never() {
        let told_of_damage = told(Held::Unusable(Fault::Damaged)).await;
        assert_eq!(told_of_damage.len(), 1, "{told_of_damage:?}");
        assert!(told_of_damage[0].1.contains("WARN") && told_of_damage[0].1.contains("copy it again"));
        assert!(told(Held::Nothing).await.is_empty());
    }
}
