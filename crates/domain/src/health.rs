//! The six statuses of a workload.
use std::fmt;
use std::str::FromStr;

/// The status of a workload or of a pod, ordered by how bad it is: the worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It does not serve: nothing is available and nothing is on the way that could still succeed; or a Job has failed.
    Failed,
    /// It serves, less than asked; or something is broken that will not mend by waiting.
    Degraded,
    /// A rollout, scale-up, start or replacement is under way, within its deadline and without a lasting fault.
    Progressing,
    /// The source of its kind or of its pods is stale or may not be read.
    Unknown,
    /// What was asked for is what runs, at the generation that was asked for.
    Healthy,
    /// Nothing is asked for.
    Suspended,
}

impl Health {
    /// All of them, the worst first.
    pub const ALL: [Self; 6] =
        [Self::Failed, Self::Degraded, Self::Progressing, Self::Unknown, Self::Healthy, Self::Suspended];

    /// As the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Degraded => "degraded",
            Self::Progressing => "progressing",
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Suspended => "suspended",
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Health {
    type Err = UnknownHealth;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|health| health.as_str() == text).ok_or(UnknownHealth)
    }
}

/// The text is none of the six statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownHealth;

impl fmt::Display for UnknownHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a health is one of failed, degraded, progressing, unknown, healthy, suspended")
    }
}

impl std::error::Error for UnknownHealth {}
