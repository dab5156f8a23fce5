//! What happens to one workload, or to all, for a while, and what may be said of it meanwhile.

use domain::diagnosis::Code;
use jiff::Timestamp;

/// Something that happens from one time to another; some minutes after its end all is as it should be.
#[derive(Clone, Debug)]
pub(super) struct Episode {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) what: What,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Its pods are replaced by those of a new revision.
    Rollout,
    /// Somebody holds the rollout.
    Pause,
    /// Pods of the old revision stay until somebody deletes them.
    OnDelete,
    /// More or fewer pods are wanted.
    Scale { from: u32, to: u32 },
    /// One of its pods is evicted or deleted, and replaced.
    Loss,
    /// One of its pods is not ready for less than thirty seconds.
    Blip,
    /// Runs of a Job or `CronJob`.
    Runs,
    /// It asks for nothing.
    Suspension,
    /// A node is drained, and its pods run elsewhere.
    Drain,
    /// A machine starts anew.
    Reboot,
    /// Nodes join and leave.
    Autoscaling,
    /// The API server cannot be reached.
    Outage,
}

impl What {
    /// Whether it explains a diagnosis of that code with that sentence.
    pub(super) fn explains(self, code: Code, summary: &str) -> bool {
        // Whatever makes a new pod is told of by its start.
        let starts = match code {
            Code::Starting => tells_of_missing(summary),
            other => other == Code::ReadinessFailing,
        };
        match self {
            Self::Rollout => starts || code == Code::RollingOut,
            Self::Pause => code == Code::RolloutPaused,
            Self::OnDelete => starts || code == Code::RolloutOnDelete,
            Self::Scale { from, to } if code == Code::Scaling => {
                summary == format!("Scaling {from} → {to}.") || (to == 0 && summary == "Scaling to zero.")
            }
            Self::Scale { .. } | Self::Blip | Self::Drain => starts,
            Self::Loss => starts || code == Code::Evicted,
            Self::Runs => starts || matches!(code, Code::JobRunning | Code::CrashLoop),
            Self::Suspension => false,
            // A pod that is deleted while its kubelet is away goes when that is back.
            Self::Reboot => {
                starts || matches!(code, Code::NodeLost | Code::CrashLoop | Code::StuckTerminating)
            }
            Self::Autoscaling => {
                starts || matches!(code, Code::UnschedulableResources | Code::NodeLost | Code::Misscheduled)
            }
            Self::Outage => code == Code::Stale,
        }
    }
}

/// Whether "2 of 3 pods are ready." says that something is missing.
fn tells_of_missing(summary: &str) -> bool {
    let mut words = summary.split(' ');
    let mut number = || words.find_map(|word| word.parse::<u32>().ok());
    match (number(), number()) {
        (Some(ready), Some(desired)) => ready < desired,
        _ => true,
    }
}
