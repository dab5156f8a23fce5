//! What came of applying an observation.
use crate::health::Health;
use crate::id::WorkloadId;
use crate::memory::Memory;
use crate::source::SourceId;
use crate::text::Text;
use crate::time::Time;
use crate::workload::Row;
use std::sync::Arc;

/// One consequence of an observation, for whoever publishes, records or notifies.
#[derive(Clone, Debug)]
pub enum Change {
    /// The workload's row is new or differs.
    Upserted(Arc<Row>),
    /// The workload is gone.
    Removed(Arc<WorkloadId>),
    /// A fact about the workload changed (an event, an address, a waiting pod's reason), and its row did not.
    Touched(Arc<WorkloadId>),
    /// The workload's status changed, for history. Staleness makes none: see [`Change::Source`].
    Transition(Transition),
    /// What must survive our restart has changed. `None`: nothing is to be remembered any more.
    Remembered(Arc<WorkloadId>, Option<Arc<Memory>>),
    /// A source changed its state.
    Source {
        /// The cluster it reads from
        cluster: Text,
        /// Which source
        id: SourceId,
        /// From when on
        at: Time,
    },
    /// A namespace appeared, changed or went.
    Namespace {
        /// Its cluster
        cluster: Text,
        /// Its name
        name: Text,
    },
    /// A cluster said what it is.
    Cluster(Text),
}

/// A workload entered a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Which workload
    pub id: Arc<WorkloadId>,
    /// The status before; `None` at first sight, and when the workload was gone in between
    pub from: Option<Health>,
    /// The status entered; `None` when the workload is gone
    pub to: Option<Health>,
    /// When it was entered: at first sight the API's own time for it
    pub at: Time,
    /// The code of the diagnosis, where there is one
    pub code: Option<&'static str>,
    /// Its sentence
    pub summary: Option<Text>,
}

impl Transition {
    /// The workload is gone.
    #[must_use]
    pub fn end(id: Arc<WorkloadId>, from: Option<Health>, at: Time) -> Self {
        Self { id, from, to: None, at, code: None, summary: None }
    }
}
