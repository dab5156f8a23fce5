//! What changed from one publication to the next.
use crate::version::Version;
use domain::change::Change;
use domain::id::WorkloadId;
use domain::text::Text;
use domain::time::Time;
use domain::workload::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All that changed between a snapshot and the one before it, so that applying it to the one gives the other. What
/// changed several times in between is in it once.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The version of the snapshot that it leads to
    pub version: Version,
    /// When the last of it happened
    pub at: Time,
    /// Rows that are new or differ, by id
    pub upserted: Vec<Arc<Row>>,
    /// Workloads that are gone, by id, and in `upserted` no more. One that came and went in between is here too.
    pub removed: Vec<Arc<WorkloadId>>,
    /// Workloads of which something else changed, by id, and in neither of the above
    pub touched: Vec<Arc<WorkloadId>>,
    /// Namespaces that appeared, changed or went, or whose counts did: cluster and name
    pub namespaces: Vec<(Text, Text)>,
    /// Whether a source entered another state
    pub sources: bool,
    /// Whether a cluster became ready or said something else of itself
    pub clusters: bool,
}

impl Batch {
    /// How many rows and ids it carries.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.upserted.len() + self.removed.len() + self.touched.len()
    }
}

/// A batch in the making.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The last word on each workload; `None`: it is gone
    rows: BTreeMap<Arc<WorkloadId>, Option<Arc<Row>>>,
    touched: BTreeSet<Arc<WorkloadId>>,
    namespaces: BTreeSet<(Text, Text)>,
    sources: bool,
    clusters: bool,
}

impl Draft {
    /// Adds what a reader can see of a change.
    pub(crate) fn add(&mut self, change: Change) {
        match change {
            Change::Upserted(row) => {
                self.rows.insert(row.id.clone(), Some(row));
            }
            Change::Removed(id) => {
                self.rows.insert(id, None);
            }
            Change::Touched(id) => {
                self.touched.insert(id);
            }
            Change::Namespace { cluster, name } => {
                self.namespaces.insert((cluster, name));
            }
            Change::Source { .. } => self.sources = true,
            Change::Cluster(_) => self.clusters = true,
            Change::Transition(_) | Change::Remembered(..) => {}
        }
    }

    /// The batch, and an empty draft in its place; `None` when there is nothing in it.
    pub(crate) fn finish(&mut self, version: Version, at: Time) -> Option<Batch> {
        let draft = std::mem::take(self);
        let untouched = draft.rows.is_empty() && draft.touched.is_empty() && draft.namespaces.is_empty();
        if untouched && !draft.sources && !draft.clusters {
            return None;
        }
        let touched = draft.touched.into_iter().filter(|id| !draft.rows.contains_key(id)).collect();
        let (mut upserted, mut removed) = (Vec::new(), Vec::new());
        for (id, row) in draft.rows {
            match row {
                Some(row) => upserted.push(row),
                None => removed.push(id),
            }
        }
        let namespaces = draft.namespaces.into_iter().collect();
        let (sources, clusters) = (draft.sources, draft.clusters);
        Some(Batch { version, at, upserted, removed, touched, namespaces, sources, clusters })
    }
}
