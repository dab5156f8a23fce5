//! What maintenant does all day, without its tasks and its wires.

use super::feed::Feed;
use super::reader::{News, Reader};
use domain::change::Change;
use domain::id::WorkloadId;
use domain::memory::Memory;
use domain::observation::{Fact, Observation};
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use domain::state::State;
use domain::text::Text;
use domain::time::Time;
use domain::workload::Row;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// The state, what is stored of it, and what tells it.
pub(super) struct Monitor {
    pub(super) changes: u64,
    pub(super) feed: Feed,
    state: State,
    memories: BTreeMap<WorkloadId, Memory>,
    name: Text,
}

impl Monitor {
    /// Starts with what is stored.
    pub(super) fn start(stored: BTreeMap<WorkloadId, Memory>, feed: Feed, now: Timestamp) -> Self {
        let name = Text::from(CLUSTER);
        let state = State::new(std::slice::from_ref(&name), Scope::All);
        let mut monitor = Self { changes: 0, feed, state, memories: stored, name };
        let restored = monitor.memories.clone().into_iter().collect();
        monitor.apply(Observation::Restored(restored), now);
        for resource in SOURCES {
            monitor.tell(Fact::Linked(source(resource), Link::Connecting), now);
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

    /// Takes in what arrives up to now, and lets time pass where that makes a difference.
    pub(super) fn advance(&mut self, news: &[News], reader: &mut Reader, now: Timestamp) -> Vec<Change> {
        self.feed.send(news, reader, now);
        let mut changes = Vec::new();
        while let Some(fact) = self.feed.take(now) {
            changes.extend(self.tell(fact, now));
        }
        if self.state.next_due().is_some_and(|due| due <= time(now)) {
            changes.extend(self.apply(Observation::Due, now));
        }
        changes
    }

    /// When there is something to do.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let due = self.state.next_due();
        let due = due.map(|due| Timestamp::from_millisecond(due.as_millis()).unwrap_or(Timestamp::MAX));
        due.into_iter().chain(self.feed.next()).min()
    }

    /// Whether it knows all that there is to be known now.
    pub(super) fn is_settled(&self) -> bool {
        let view = self.state.view();
        self.feed.is_calm() && view.clusters().all(domain::state::Cluster::is_ready)
    }

    /// What is said of each workload, by its id.
    pub(super) fn rows(&self) -> BTreeMap<Arc<WorkloadId>, Arc<Row>> {
        let view = self.state.view();
        let rows = view.clusters().flat_map(domain::state::Cluster::rows);
        rows.map(|row| (row.id.clone(), row.clone())).collect()
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

pub(super) fn simulated(resource: Resource) -> simulator::Resource {
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

pub(super) fn source(resource: Resource) -> SourceId {
    SourceId { resource, namespace: None }
}
