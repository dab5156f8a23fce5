//! A word in the log before the kernel ends the process for want of memory, which says nothing.
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// How often the process is weighed.
const INTERVAL: Duration = Duration::from_secs(10);

/// Which share of the limit is worth a word, in percent, and below which it would be again.
const HIGH: u64 = 90;
const RELIEVED: u64 = 80;

/// Warns each time that memory comes near the limit.
pub(super) async fn watch(limit: Option<u64>) -> Infallible {
    let Some(limit) = limit else { return std::future::pending().await };
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut gauge = Gauge { limit, is_high: false };
    loop {
        ticks.tick().await;
        if let Some(resident) = api::resident_bytes()
            && gauge.rises(resident)
        {
            tracing::warn!(
                resident_bytes = resident,
                limit_bytes = limit,
                "memory is near its limit, at which the kernel ends the process: raise the limit (resources.limits.memory \
                 of the chart), or watch fewer namespaces"
            );
        }
    }
}

/// Whether what is weighed was high before.
struct Gauge {
    limit: u64,
    is_high: bool,
}

impl Gauge {
    /// Whether it is high now and was not before.
    fn rises(&mut self, resident: u64) -> bool {
        let percent = resident.saturating_mul(100) / self.limit.max(1);
        let was_high = self.is_high;
        self.is_high = percent >= if was_high { RELIEVED } else { HIGH };
        self.is_high && !was_high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_once_until_there_is_relief() {
        let mut gauge = Gauge { limit: 1000, is_high: false };
        let said: Vec<bool> =
            [100, 899, 900, 950, 850, 910, 799, 890, 900].map(|resident| gauge.rises(resident)).into();
        assert_eq!(said, [false, false, true, false, false, false, false, false, true]);
    }
}
