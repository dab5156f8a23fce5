//! Batches of the engine on their way to be one event.
use crate::query::filter::WorkloadFilter;
use domain::id::WorkloadId;
use domain::text::Text;
use domain::time::Time;
use domain::workload::Row;
use engine::{Batch, Version};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Who is in the filter, as far as that must be known to say who leaves it.
#[derive(Debug)]
pub(super) enum Members {
    /// The filter is by id only: whoever is in it stays in it until it is gone.
    Constant,
    /// Those who are in it.
    Tracked(HashSet<Arc<WorkloadId>>),
    /// Nobody knows who was in it when the reader left: all who may have been and are not are said to be out of it.
    Unknown,
}

/// What has changed since the last event.
#[derive(Debug)]
pub(super) struct Pending {
    filter: Arc<WorkloadFilter>,
    members: Members,
    /// The version and time of the last batch, once there is one.
    pub(super) reached: Option<(Version, Time)>,
    /// The last row of each that changed, `None` for those gone or out of the filter.
    rows: BTreeMap<Arc<WorkloadId>, Option<Arc<Row>>>,
    namespaces: BTreeSet<(Text, Text)>,
    sources: bool,
}

/// What an event is made of.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) rows: BTreeMap<Arc<WorkloadId>, Option<Arc<Row>>>,
    pub(super) namespaces: BTreeSet<(Text, Text)>,
    pub(super) sources: bool,
}

impl Members {
    /// Those of the rows that are in the filter.
    pub(super) fn among<'a>(filter: &WorkloadFilter, rows: impl Iterator<Item = &'a Arc<Row>>) -> Self {
        if filter.is_by_id_only() {
            return Self::Constant;
        }
        Self::Tracked(rows.filter(|row| filter.matches(row)).map(|row| row.id.clone()).collect())
    }

    fn enter(&mut self, id: &Arc<WorkloadId>) {
        if let Self::Tracked(ids) = self {
            ids.insert(id.clone());
        }
    }

    /// Whether its leaving is to be told.
    fn leave(&mut self, id: &Arc<WorkloadId>) -> bool {
        match self {
            Self::Constant | Self::Unknown => true,
            Self::Tracked(ids) => ids.remove(id),
        }
    }
}

impl Pending {
    /// Nothing yet, for readers of that filter.
    pub(super) const fn new(filter: Arc<WorkloadFilter>, members: Members) -> Self {
        Self {
            filter,
            members,
            reached: None,
            rows: BTreeMap::new(),
            namespaces: BTreeSet::new(),
            sources: false,
        }
    }

    /// Adds a batch. Batches come in their order, and each is looked at by itself: a row that enters the filter with
    /// one and leaves it with the next is told to be out, for readers whose snapshot fell in between.
    pub(super) fn add(&mut self, batch: &Batch) {
        for row in &batch.upserted {
            if self.filter.matches(row) {
                self.members.enter(&row.id);
                self.rows.insert(row.id.clone(), Some(row.clone()));
            } else if self.filter.may_match(&row.id) && self.members.leave(&row.id) {
                self.rows.insert(row.id.clone(), None);
            }
        }
        for id in &batch.removed {
            if self.filter.may_match(id) && self.members.leave(id) {
                self.rows.insert(id.clone(), None);
            }
        }
        self.namespaces.extend(batch.namespaces.iter().cloned());
        self.sources |= batch.sources;
        self.reached = Some((batch.version, batch.at));
    }

    /// How many rows have changed.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Takes what there is, and begins anew.
    pub(super) fn take(&mut self) -> Taken {
        self.reached = None;
        Taken {
            rows: std::mem::take(&mut self.rows),
            namespaces: std::mem::take(&mut self.namespaces),
            sources: std::mem::take(&mut self.sources),
        }
    }
}
