//! What maintenant does all day, without its tasks and its wires.

use crate::interner::Interner;
use crate::item;
use crate::wire::Format;
use domain::change::Change;
use domain::id::{Uid, WorkloadId};
use domain::memory::Memory;
use domain::observation::{Fact, Observation};
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use domain::state::State;
use domain::text::Text;
use domain::time::Time;
use jiff::Timestamp;
use simulator::{Cluster, What};
use std::collections::BTreeMap;

const CLUSTER: &str = "quiet";

/// The sources, in the order in which they are read.
pub(super) const SOURCES: [Resource; 11] = [
    Resource::Namespaces,
    Resource::Pods,
    Resource::Deployments,
    Resource::ReplicaSets,
    Resource::StatefulSets,
    Resource::DaemonSets,
    Resource::Events,
    Resource::Jobs,
    Resource::CronJobs,
    Resource::Nodes,
    Resource::PersistentVolumeClaims,
];

/// The state, and what is stored of it.
pub(super) struct Monitor {
    pub(super) state: State,
    pub(super) changes: u64,
    memories: BTreeMap<WorkloadId, Memory>,
    interner: Interner,
    name: Text,
}

impl Monitor {
    /// Starts with what is stored, and reads all that there is.
    pub(super) fn start(stored: BTreeMap<WorkloadId, Memory>, cluster: &Cluster, now: Timestamp) -> Self {
        let name = Text::from(CLUSTER);
        let state = State::new(std::slice::from_ref(&name), Scope::All);
        let mut monitor = Self { state, changes: 0, memories: stored, interner: Interner::new(), name };
        let restored = monitor.memories.clone().into_iter().collect();
        monitor.apply(Observation::Restored(restored), now);
        for resource in SOURCES {
            monitor.tell(Fact::Linked(source(resource), Link::Connecting), now);
        }
        for resource in SOURCES {
            monitor.list(resource, cluster, now);
        }
        monitor
    }

    /// What a restart finds: memories as they are after they were written and read.
    pub(super) fn stored(&self) -> BTreeMap<WorkloadId, Memory> {
        let restore = |memory: &Memory| {
            let text = serde_json::to_string(memory).expect("a memory can be written");
            serde_json::from_str(&text).expect("a memory can be read")
        };
        self.memories.iter().map(|(id, memory)| (id.clone(), restore(memory))).collect()
    }

    /// Reads a resource anew.
    pub(super) fn list(&mut self, resource: Resource, cluster: &Cluster, now: Timestamp) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut uids = Vec::new();
        let (_, objects) = cluster.snapshot(simulated(resource), None);
        for object in objects {
            let (uid, fact) = self.read(resource, object.json());
            uids.push(uid);
            changes.extend(self.tell(fact, now));
        }
        changes.extend(self.tell(Fact::Listed(source(resource), uids), now));
        changes.extend(self.tell(Fact::Linked(source(resource), Link::Live), now));
        changes
    }

    /// Takes in a change that a watch has brought.
    pub(super) fn follow(
        &mut self,
        resource: Resource,
        change: &simulator::Change,
        now: Timestamp,
    ) -> Vec<Change> {
        let (uid, applied) = self.read(resource, change.object.json());
        let fact = if change.what == What::Deleted { Fact::Deleted(source(resource), uid) } else { applied };
        self.tell(fact, now)
    }

    pub(super) fn link(&mut self, resource: Resource, link: Link, now: Timestamp) -> Vec<Change> {
        self.tell(Fact::Linked(source(resource), link), now)
    }

    /// Lets time pass, where that makes a difference.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Change> {
        self.apply(Observation::Due, now)
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let due = self.state.next_due()?;
        Some(Timestamp::from_millisecond(due.as_millis()).unwrap_or(Timestamp::MAX))
    }

    fn read(&mut self, resource: Resource, json: &str) -> (Uid, Fact) {
        let read = item::read(resource, Format::Json, json.as_bytes(), &Scope::All, &mut self.interner);
        let item = read.unwrap_or_else(|error| panic!("{error}: {json}"));
        (item.uid, Fact::Applied(item.object.expect("nothing is out of scope")))
    }

    fn tell(&mut self, fact: Fact, now: Timestamp) -> Vec<Change> {
        self.apply(Observation::Cluster { cluster: self.name.clone(), fact }, now)
    }

    fn apply(&mut self, observation: Observation, now: Timestamp) -> Vec<Change> {
        self.changes += 1;
        let changes = self.state.apply(observation, time(now));
        for change in &changes {
            match change {
                Change::Remembered(id, Some(memory)) => {
                    self.memories.insert((**id).clone(), (**memory).clone());
                }
                Change::Remembered(id, None) => {
                    self.memories.remove(id);
                }
                _ => {}
            }
        }
        changes
    }
}

pub(super) fn time(at: Timestamp) -> Time {
    Time::from_millis(at.as_millisecond())
}

/// The resource as a source names it; `None` of one that nobody reads.
pub(super) fn domain_resource(resource: simulator::Resource) -> Option<Resource> {
    SOURCES.into_iter().find(|source| simulated(*source) == resource)
}

fn simulated(resource: Resource) -> simulator::Resource {
    match resource {
        Resource::Namespaces => simulator::Resource::Namespaces,
        Resource::Pods => simulator::Resource::Pods,
        Resource::Deployments => simulator::Resource::Deployments,
        Resource::ReplicaSets => simulator::Resource::ReplicaSets,
        Resource::StatefulSets => simulator::Resource::StatefulSets,
        Resource::DaemonSets => simulator::Resource::DaemonSets,
        Resource::Events => simulator::Resource::Events,
        Resource::Jobs => simulator::Resource::Jobs,
        Resource::CronJobs => simulator::Resource::CronJobs,
        Resource::Nodes => simulator::Resource::Nodes,
        Resource::PersistentVolumeClaims => simulator::Resource::PersistentVolumeClaims,
        Resource::PodMetrics => simulator::Resource::PodMetrics,
    }
}

fn source(resource: Resource) -> SourceId {
    SourceId { resource, namespace: None }
}
