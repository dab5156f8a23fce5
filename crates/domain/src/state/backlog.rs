//! What sources tell of the time in which they were lost: half of it heard, a workload may look as it never was.
use crate::id::WorkloadId;
use crate::source::SourceId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The workloads that are to be judged when a source has caught up.
#[derive(Debug, Default)]
pub(super) struct Backlog(BTreeMap<SourceId, BTreeSet<Arc<WorkloadId>>>);

impl Backlog {
    /// Keeps workloads of which that source has told something.
    pub(super) fn defer(&mut self, source: SourceId, workloads: &mut BTreeSet<Arc<WorkloadId>>) {
        if !workloads.is_empty() {
            self.0.entry(source).or_default().append(workloads);
        }
    }

    /// Hands over those that waited for that source.
    pub(super) fn take(&mut self, source: &SourceId) -> BTreeSet<Arc<WorkloadId>> {
        self.0.remove(source).unwrap_or_default()
    }

    /// Whether a source is still telling what has become of that workload.
    pub(super) fn holds(&self, workload: &WorkloadId) -> bool {
        self.0.values().any(|workloads| workloads.contains(workload))
    }
}
