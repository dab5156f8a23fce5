//! Two minutes in which the API server cannot be reached, and the return.

use super::feed::Feed;
use super::monitor::{Monitor, SOURCES};
use super::oracle::{Oracle, rows};
use domain::change::Change;
use domain::id::WorkloadId;
use domain::source::{Link, Resource};
use jiff::{SignedDuration, Timestamp};
use simulator::Cluster;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) const LENGTH: SignedDuration = SignedDuration::from_mins(2);

/// One of them: when each source is lost, and when and how it comes back.
pub(super) struct Outage {
    steps: BTreeMap<(Timestamp, Resource), Step>,
    /// What each source has missed, while it is lost.
    missed: BTreeMap<Resource, Vec<simulator::Change>>,
    witness: Option<Witness>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Lose,
    /// The watch goes on where it was.
    Resume,
    /// All is listed anew.
    Relist,
}

/// A monitor that loses nothing: what it says at the end, the other has to say again.
struct Witness {
    monitor: Monitor,
    /// The workloads whose status changed meanwhile.
    changed: BTreeSet<Arc<WorkloadId>>,
}

impl Outage {
    pub(super) fn new(at: Timestamp, random: &mut fastrand::Rng) -> Self {
        let mut steps = BTreeMap::new();
        let back = if random.bool() { Step::Relist } else { Step::Resume };
        for source in SOURCES {
            let millis = SignedDuration::from_millis;
            steps.insert((at + millis(random.i64(0..4_000)), source), Step::Lose);
            steps.insert((at + LENGTH + millis(random.i64(0..6_000)), source), back);
        }
        Self { steps, missed: BTreeMap::new(), witness: None }
    }

    /// When it begins; `None` once it has.
    pub(super) fn begins(&self) -> Option<Timestamp> {
        let first = self.steps.first_key_value().map(|((at, _), _)| *at);
        first.filter(|_| self.witness.is_none())
    }

    pub(super) fn begin(&mut self, monitor: &Monitor, cluster: &Cluster, now: Timestamp) {
        let monitor = Monitor::start(monitor.stored(), cluster, now);
        self.witness = Some(Witness { monitor, changed: BTreeSet::new() });
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        let step = self.steps.first_key_value().map(|((at, _), _)| *at);
        let due = self.witness.as_ref().and_then(|witness| witness.monitor.next_due());
        step.into_iter().chain(due).min()
    }

    /// Keeps a change from a source that is lost.
    pub(super) fn keep(
        &mut self,
        resource: Resource,
        change: simulator::Change,
        now: Timestamp,
    ) -> Option<simulator::Change> {
        self.witness.iter_mut().for_each(|witness| witness.follow(resource, &change, now));
        match self.missed.get_mut(&resource) {
            Some(missed) => {
                missed.push(change);
                None
            }
            None => Some(change),
        }
    }

    /// Does what is due, and says what came of it.
    pub(super) fn advance(
        &mut self,
        monitor: &mut Monitor,
        cluster: &Cluster,
        feed: &mut Feed,
        now: Timestamp,
    ) -> Vec<Change> {
        if let Some(witness) = &mut self.witness
            && witness.monitor.next_due().is_some_and(|due| due <= now)
        {
            let changes = witness.monitor.due(now);
            witness.note(&changes);
        }
        let mut changes = Vec::new();
        while let Some(first) = self.steps.first_entry().filter(|first| first.key().0 <= now) {
            let ((_, resource), step) = first.remove_entry();
            if step == Step::Lose {
                self.missed.insert(resource, Vec::new());
                let reason = "connection refused".into();
                changes.extend(monitor.link(resource, Link::Lost { reason }, now));
                continue;
            }
            let missed = self.missed.remove(&resource).unwrap_or_default();
            if step == Step::Relist {
                // What is on its way is in the list.
                for change in feed.take_all(resource) {
                    self.witness.iter_mut().for_each(|witness| witness.follow(resource, &change, now));
                }
                changes.extend(monitor.list(resource, cluster, now));
                continue;
            }
            for change in missed {
                changes.extend(monitor.follow(resource, &change, now));
            }
            changes.extend(monitor.link(resource, Link::Live, now));
        }
        changes
    }

    pub(super) fn is_over(&self) -> bool {
        self.steps.is_empty()
    }

    /// Compares what is said after the return with what is said by whoever was never away, once both know the same.
    pub(super) fn end(self, monitor: &Monitor, oracle: &Oracle, now: Timestamp) {
        let Some(witness) = self.witness else { return };
        let (after, without) = (rows(&monitor.state), rows(&witness.monitor.state));
        assert!(after.keys().eq(without.keys()), "after an outage the workloads are others");
        for (id, row) in &after {
            let other = &without[id];
            let is_same = if witness.changed.contains(id) {
                row.health == other.health
            } else {
                (row.health, row.since, &row.diagnosis) == (other.health, other.since, &other.diagnosis)
            };
            if !is_same {
                let (said, instead) = (super::chronicle::line(row), super::chronicle::line(other));
                oracle.complain(id, now, &format!("after an outage: {said}\n  without it: {instead}"));
            }
        }
    }
}

impl Witness {
    fn follow(&mut self, resource: Resource, change: &simulator::Change, now: Timestamp) {
        let changes = self.monitor.follow(resource, change, now);
        self.note(&changes);
    }

    fn note(&mut self, changes: &[Change]) {
        for change in changes {
            if let Change::Transition(transition) = change {
                self.changed.insert(transition.id.clone());
            }
        }
    }
}
