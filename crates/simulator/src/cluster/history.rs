//! The changes that a watch can still be resumed from.

use super::Object;
use crate::Resource;
use std::{collections::VecDeque, sync::Arc};

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Added,
    /// It differs from before.
    Modified,
    /// It is gone.
    Deleted,
}

/// One change, at its resourceVersion.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its resourceVersion.
    pub revision: u64,
    /// The resource of the object.
    pub resource: Resource,
    /// What happened to it.
    pub what: What,
    /// The object after the change; for a deletion as it last was.
    pub object: Arc<Object>,
    /// The object before the change, by which a selector decides whether it enters or leaves.
    pub(crate) previous: Option<Arc<Object>>,
}

/// A bounded ring of changes, oldest first. When it is full the oldest is forgotten, and a watch from before it
/// is answered 410.
#[derive(Debug)]
pub(crate) struct History {
    changes: VecDeque<Change>,
    capacity: usize,
    /// Watches can be resumed from this resourceVersion or a later one.
    oldest: u64,
}

impl History {
    pub(crate) fn new(capacity: usize, oldest: u64) -> Self {
        Self { changes: VecDeque::new(), capacity: capacity.max(1), oldest }
    }

    pub(crate) fn push(&mut self, change: Change) {
        while self.changes.len() >= self.capacity {
            if let Some(forgotten) = self.changes.pop_front() {
                self.oldest = forgotten.revision;
            }
        }
        self.changes.push_back(change);
    }

    pub(crate) fn forget(&mut self, up_to: u64) {
        self.changes.clear();
        self.oldest = up_to;
    }

    pub(crate) fn oldest(&self) -> u64 {
        self.oldest
    }

    /// The changes after `revision`, of all resources.
    pub(crate) fn after(&self, revision: u64) -> impl Iterator<Item = &Change> {
        let from = self.changes.partition_point(|change| change.revision <= revision);
        self.changes.range(from..)
    }
}
