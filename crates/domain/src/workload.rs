//! A workload as everybody sees it: one row.
use crate::diagnosis::Diagnosis;
use crate::health::Health;
use crate::id::WorkloadId;
use crate::text::Text;
use crate::time::Time;
use std::sync::Arc;

/// The published state of one workload: immutable, shared by every reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which one
    pub id: Arc<WorkloadId>,
    /// Annotation `maintenant.group`
    pub group: Option<Text>,
    /// The status shown: [`Health::Unknown`] while its source is stale
    pub health: Health,
    /// When the status shown was entered
    pub since: Time,
    /// What was last known, while the source is stale
    pub last_known: Option<LastKnown>,
    /// Why it is so, where there is something to say
    pub diagnosis: Option<Arc<Diagnosis>>,
    /// Pods asked for; `None` where nobody says
    pub desired: Option<u32>,
    /// Pods that are ready
    pub ready: Option<u32>,
    /// Pods of the newest revision
    pub updated: Option<u32>,
    /// Pods that have been ready for `minReadySeconds`
    pub available: Option<u32>,
    /// Pods that there are, finished ones included
    pub pods: u32,
    /// Restarts of all containers of its pods
    pub restarts: u32,
    /// Images asked for, without repetition
    pub images: Arc<[Text]>,
    /// CPU in use over all pods, in thousandths of a core; `None` where not one pod is measured
    pub cpu_millicores: Option<u64>,
    /// Memory in use over all pods (working set)
    pub memory_bytes: Option<u64>,
    /// When the object was made
    pub created: Option<Time>,
    /// Whether it is left out of the worst of its namespace and cluster (a node away, an old failed Job)
    pub set_aside: bool,
}

/// What was known before the source went stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastKnown {
    /// The status then
    pub health: Health,
    /// When that status was entered
    pub since: Time,
    /// The last fact that the source told
    pub at: Time,
}
