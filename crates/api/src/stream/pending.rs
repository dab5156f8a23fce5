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
    /// Those of whom something else changed, and not the row.
    touched: BTreeSet<Arc<WorkloadId>>,
    namespaces: BTreeSet<(Text, Text)>,
    sources: bool,
}

/// What events are made of.
#[derive(Debug, Default)]
pub(super) struct Taken {
    rows: BTreeMap<Arc<WorkloadId>, Option<Arc<Row>>>,
    touched: BTreeSet<Arc<WorkloadId>>,
    pub(super) namespaces: BTreeSet<(Text, Text)>,
    pub(super) sources: bool,
}

/// What is told of one workload.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry<'a> {
    /// Its row is new or differs.
    Upserted(&'a Row),
    /// It is gone, or out of the filter.
    Removed(&'a Arc<WorkloadId>),
    /// Something that its row does not show changed.
    Touched(&'a Arc<WorkloadId>),
}

impl Taken {
    /// What there is to tell of workloads, of each one thing.
    pub(super) fn entries(&self) -> Vec<Entry<'_>> {
        let rows = self.rows.iter().map(|(id, row)| match row {
            Some(row) => Entry::Upserted(row),
            None => Entry::Removed(id),
        });
        rows.chain(self.touched.iter().map(Entry::Touched)).collect()
    }
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

    /// Whether it is in the filter, or may be; its id is one that the filter admits.
    fn may_have(&self, id: &Arc<WorkloadId>) -> bool {
        match self {
            Self::Constant | Self::Unknown => true,
            Self::Tracked(ids) => ids.contains(id),
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
            touched: BTreeSet::new(),
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
                self.set(&row.id, Some(row.clone()));
            } else if self.filter.may_match(&row.id) && self.members.leave(&row.id) {
                self.set(&row.id, None);
            }
        }
        for id in &batch.removed {
            if self.filter.may_match(id) && self.members.leave(id) {
                self.set(id, None);
            }
        }
        for id in &batch.touched {
            let is_told = self.rows.contains_key(id);
            if !is_told && self.filter.may_match(id) && self.members.may_have(id) {
                self.touched.insert(id.clone());
            }
        }
        self.namespaces.extend(batch.namespaces.iter().cloned());
        self.sources |= batch.sources;
        self.reached = Some((batch.version, batch.at));
    }

    /// A row says all there is to say of its workload.
    fn set(&mut self, id: &Arc<WorkloadId>, row: Option<Arc<Row>>) {
        self.touched.remove(id);
        self.rows.insert(id.clone(), row);
    }

    /// Of how many workloads something has changed.
    pub(super) fn len(&self) -> usize {
        self.rows.len() + self.touched.len()
    }

    /// Takes what there is, and begins anew.
    pub(super) fn take(&mut self) -> Taken {
        self.reached = None;
        Taken {
            rows: std::mem::take(&mut self.rows),
            touched: std::mem::take(&mut self.touched),
            namespaces: std::mem::take(&mut self.namespaces),
            sources: std::mem::take(&mut self.sources),
        }
    }
}
