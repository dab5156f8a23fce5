//! The way of changes from the cluster to the monitor: each source in its own order, none at the same pace.

use super::monitor::domain_resource;
use domain::source::Resource;
use jiff::{SignedDuration, Timestamp};
use simulator::{Change, Cluster};
use std::collections::BTreeMap;

/// The longest that a change is on its way, in milliseconds.
const SLOWEST_MILLIS: i64 = 90;

/// Changes on their way.
#[derive(Debug)]
pub(super) struct Feed {
    cluster: Cluster,
    seen: u64,
    on_the_way: BTreeMap<(Timestamp, u64), (Resource, Change)>,
    /// When the last change of a source arrives: the next one comes after it.
    last: BTreeMap<Resource, Timestamp>,
    random: fastrand::Rng,
}

impl Feed {
    pub(super) fn new(cluster: Cluster, seed: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { seen: cluster.revision(), cluster, on_the_way: BTreeMap::new(), last: BTreeMap::new(), random }
    }

    /// Sends what has happened in the cluster on its way.
    pub(super) fn send(&mut self, now: Timestamp) {
        if self.cluster.revision() == self.seen {
            return;
        }
        let changes = self.cluster.changes_after(self.seen).expect("looked at before anything is forgotten");
        for change in changes {
            self.seen = change.revision;
            let Some(resource) = domain_resource(change.resource) else { continue };
            let delay = SignedDuration::from_millis(self.random.i64(1..SLOWEST_MILLIS));
            let last = self.last.entry(resource).or_insert(now);
            *last = (now + delay).max(*last);
            self.on_the_way.insert((*last, change.revision), (resource, change));
        }
    }

    /// When the next change arrives.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.on_the_way.first_key_value().map(|((at, _), _)| *at)
    }

    /// All that a source still has on its way.
    pub(super) fn take_all(&mut self, resource: Resource) -> Vec<Change> {
        let taken = self.on_the_way.extract_if(.., |_, (of, _)| *of == resource);
        taken.map(|(_, (_, change))| change).collect()
    }

    /// The next change that has arrived.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<(Resource, Change)> {
        let first = self.on_the_way.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
