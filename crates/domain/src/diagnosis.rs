//! Why a workload is as it is: one sentence, its evidence, and what to do next.
use crate::text::Text;
use crate::time::Time;

mod code;
mod guide;

pub use code::Code;
pub use guide::Guide;

/// The most specific live cause of a workload's or a pod's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Which of the published causes
    pub code: Code,
    /// One sentence for a person: the object, the fact, the effect on service
    pub summary: Text,
    /// What it rests on
    pub evidence: Vec<Evidence>,
    /// When the cause began
    pub since: Time,
    /// What to do, where that is known
    pub next_step: Option<Text>,
}

/// One fact that a diagnosis rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What told it
    pub kind: EvidenceKind,
    /// When it was so, by the API's own time
    pub at: Option<Time>,
    /// Whom it is about: `Pod/shop/web-1`
    pub object: Text,
    /// The fact
    pub text: Text,
}

/// What told a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceKind {
    /// A pod's status
    Pod,
    /// A container's state
    Container,
    /// A Kubernetes Event
    Event,
    /// A condition of an object
    Condition,
    /// A line of a log
    Log,
    /// The workload's own status
    Workload,
    /// A node
    Node,
    /// A PersistentVolumeClaim
    Claim,
}

impl EvidenceKind {
    /// As the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pod => "pod",
            Self::Container => "container",
            Self::Event => "event",
            Self::Condition => "condition",
            Self::Log => "log",
            Self::Workload => "workload",
            Self::Node => "node",
            Self::Claim => "claim",
        }
    }
}
