//! The writing side of one cluster: facts come in, changes go out.
use super::backlog::Backlog;
use super::cluster::Cluster;
use super::event_log::EventLog;
use super::lineage::Lineage;
use super::timetable::{Appointment, Timetable};
use crate::change::{Change, Transition};
use crate::health::Health;
use crate::id::{Uid, WorkloadId};
use crate::memory::Memory;
use crate::observation::Fact;
use crate::scope::Scope;
use crate::text::Text;
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

mod links;
mod membership;
mod objects;
mod settling;

/// How long a pod waits for an owner that it names and that has not been seen, before it is shown under that name.
const ORPHAN_PATIENCE: Duration = Duration::from_secs(10);
/// How long the row of a Job stays after its last pod, where only pods tell of Jobs.
const JOB_LINGER: Duration = Duration::from_hours(24);

/// How long what is said of the room on nodes may be behind, so that not each pod that comes or goes is a reason to judge
/// all those that find none.
const ROOM_DELAY: Duration = Duration::from_secs(5);

/// How long, after all that is required has answered, what adds evidence may take to answer too before the first
/// judgements are taken for good.
const FIRST_LOOK: Duration = Duration::from_secs(5);

/// One cluster and what is needed to keep it up to date.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) cluster: Cluster,
    pub(super) timetable: Timetable,
    pub(super) restored: BTreeMap<WorkloadId, Memory>,
    lineage: Lineage,
    log: EventLog,
    /// Whether judgements are still first looks: shown, but neither recorded nor built upon, because events and Jobs may
    /// tell more about the past than what has been read so far
    first_look: bool,
    /// The workloads whose judgement is a first look
    first_looks: BTreeSet<Arc<WorkloadId>>,
    /// The workload of each controller: its own, or that of the controller that owns it
    roots: BTreeMap<Uid, Arc<WorkloadId>>,
    /// The workloads with a pod that no node has room for
    cramped: BTreeSet<Arc<WorkloadId>>,
    /// The workloads that were to be judged while a source that they need was lost
    held: BTreeSet<Arc<WorkloadId>>,
    /// Those of which a source that was lost has told something since, and may have more to tell
    backlog: Backlog,
    /// Rows without pods that stay for a while, and until when
    lingering: BTreeMap<Arc<WorkloadId>, Time>,
}

/// What one observation brings about, before it is settled.
struct Effects {
    now: Time,
    dirty: BTreeSet<Arc<WorkloadId>>,
    /// Whether a row that stays equal is no news at all: only time has passed, or use has moved a little.
    is_quiet: bool,
    changes: Vec<Change>,
}

impl Effects {
    fn new(now: Time) -> Self {
        Self { now, dirty: BTreeSet::new(), is_quiet: false, changes: Vec::new() }
    }

    /// Records that a workload is gone, and that nothing of it is to be remembered.
    fn end(&mut self, id: Arc<WorkloadId>, from: Option<Health>) {
        self.changes.push(Change::Transition(Transition::end(id.clone(), from, self.now)));
        self.changes.push(Change::Remembered(id, None));
    }
}

impl Live {
    pub(super) fn new(name: Text, scope: Arc<Scope>) -> Self {
        Self {
            cluster: Cluster::new(name, scope),
            timetable: Timetable::default(),
            restored: BTreeMap::new(),
            lineage: Lineage::default(),
            log: EventLog::default(),
            first_look: true,
            first_looks: BTreeSet::new(),
            roots: BTreeMap::new(),
            cramped: BTreeSet::new(),
            held: BTreeSet::new(),
            backlog: Backlog::default(),
            lingering: BTreeMap::new(),
        }
    }

    pub(super) fn apply(&mut self, fact: Fact, now: Time) -> Vec<Change> {
        // What time alone has changed up to now comes before what is new.
        let changes =
            if self.timetable.next().is_some_and(|due| due <= now) { self.due(now) } else { Vec::new() };
        let is_quiet = matches!(fact, Fact::Measured(..));
        let mut effects = Effects { is_quiet, changes, ..Effects::new(now) };
        let lost = self.cluster.lost_teller(&fact);
        match fact {
            Fact::Applied(object) => self.put(object, &mut effects),
            Fact::Deleted(source, uid) => self.forget(source.resource, uid, &mut effects),
            Fact::Listed(source, uids) => self.listed(&source, &uids, &mut effects),
            Fact::Unreadable(source, count) => self.note_unreadable(&source, count, &mut effects),
            Fact::Linked(source, link) => self.link(source, link, &mut effects),
            Fact::Measured(source, usages) => self.measured(&source, usages, &mut effects),
            Fact::Said(words) => self.put_last_words(words, &mut effects),
            Fact::Described(description) => {
                if self.cluster.description.as_deref() != Some(&description) {
                    self.cluster.description = Some(Arc::new(description));
                    effects.changes.push(Change::Cluster(self.cluster.name.clone()));
                }
            }
        }
        if let Some(lost) = lost.filter(|id| self.cluster.is_lost(id)) {
            self.backlog.defer(lost, &mut effects.dirty);
        }
        self.finish(effects)
    }

    pub(super) fn due(&mut self, now: Time) -> Vec<Change> {
        let mut effects = Effects { is_quiet: true, ..Effects::new(now) };
        while let Some(appointment) = self.timetable.take(now) {
            match appointment {
                Appointment::Source(id) => self.grow_stale(&id, &mut effects),
                Appointment::Orphan(uid) => self.place_orphan(uid, &mut effects),
                Appointment::SecondLook => self.look_again(&mut effects),
                Appointment::Room => effects.dirty.extend(self.cramped.iter().cloned()),
                Appointment::Workload(id) => {
                    effects.dirty.insert(id);
                }
            }
        }
        self.finish(effects)
    }

    fn finish(&mut self, mut effects: Effects) -> Vec<Change> {
        let may_be_ready =
            |change: &Change| matches!(change, Change::Source { .. } | Change::Namespace { .. });
        if !self.cluster.ready && effects.changes.iter().any(may_be_ready) {
            self.become_ready(&mut effects);
        }
        if self.first_look && self.cluster.ready && self.has_evidence() {
            self.look_again(&mut effects);
        }
        for id in std::mem::take(&mut effects.dirty) {
            self.settle(&id, &mut effects);
        }
        effects.changes
    }
}
