//! Two monitors side by side: what one says that lost sight for a while is what the other says that never did.

use super::chronicle::line;
use super::monitor::Monitor;
use super::oracle::Oracle;
use super::reader::{News, Reader};
use domain::change::Change;
use domain::id::WorkloadId;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The one that loses nothing.
pub(super) struct Trial {
    witness: Monitor,
    /// The workloads whose status changed meanwhile, for either.
    changed: BTreeSet<Arc<WorkloadId>>,
}

impl Trial {
    pub(super) fn new(witness: Monitor) -> Self {
        Self { witness, changed: BTreeSet::new() }
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.witness.next()
    }

    pub(super) fn advance(&mut self, news: &[News], reader: &mut Reader, now: Timestamp) {
        let changes = self.witness.advance(news, reader, now);
        self.note(&changes);
    }

    /// Notes the workloads whose status changes.
    pub(super) fn note(&mut self, changes: &[Change]) {
        for change in changes {
            if let Change::Transition(transition) = change {
                self.changed.insert(transition.id.clone());
            }
        }
    }

    /// Whether both know the same.
    pub(super) fn is_over(&self, monitor: &Monitor) -> bool {
        monitor.is_settled() && self.witness.is_settled()
    }

    /// Compares what both say.
    pub(super) fn end(self, monitor: &Monitor, oracle: &Oracle, now: Timestamp) {
        let (after, without) = (monitor.rows(), self.witness.rows());
        assert!(
            after.keys().eq(without.keys()),
            "at {now} the workloads are others than without the absence"
        );
        for (id, row) in &after {
            let other = &without[id];
            let is_same = if self.changed.contains(id) {
                row.health == other.health
            } else {
                (row.health, row.since, &row.diagnosis) == (other.health, other.since, &other.diagnosis)
            };
            if !is_same {
                let (said, instead) = (line(row), line(other));
                oracle.complain(id, now, &format!("after an absence: {said}\n  without it: {instead}"));
            }
        }
    }
}
