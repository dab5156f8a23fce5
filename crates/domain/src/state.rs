//! All that is known, and the only way to change it.
//!
//! [`State`] has one owner. Readers get a [`View`]: the same persistent maps, as they were at that moment.
use crate::change::Change;
use crate::id::WorkloadId;
use crate::observation::Observation;
use crate::scope::Scope;
use crate::text::Text;
use crate::time::Time;
use std::sync::Arc;

mod backlog;
mod cluster;
mod event_log;
mod lineage;
mod live;
mod overlay;
mod room;
mod sight;
mod tally;
mod timetable;

pub use cluster::{Cluster, NamespaceEntry, PodUsage, Workload};
pub use tally::Tally;

use live::Live;

/// What is known of all clusters, and what it follows from.
#[derive(Debug)]
pub struct State {
    scope: Arc<Scope>,
    clusters: Vec<Live>,
}

/// What was known at one moment. Cloning and keeping it costs next to nothing, and holds up nobody.
#[derive(Clone, Debug)]
pub struct View {
    scope: Arc<Scope>,
    clusters: Vec<Cluster>,
}

impl State {
    /// Nothing is known yet of clusters of these names, and nothing will ever be of namespaces outside the scope.
    #[must_use]
    pub fn new(clusters: &[Text], scope: Scope) -> Self {
        let scope = Arc::new(scope);
        let clusters = clusters.iter().map(|name| Live::new(name.clone(), scope.clone())).collect();
        Self { scope, clusters }
    }

    /// Takes in one observation. `now` never goes back from one call to the next.
    ///
    /// An observation of a cluster that was not named at the start is dropped.
    pub fn apply(&mut self, observation: Observation, now: Time) -> Vec<Change> {
        match observation {
            Observation::Cluster { cluster, fact } => match self.live(&cluster) {
                Some(at) => self.clusters[at].apply(fact, now),
                None => Vec::new(),
            },
            Observation::Restored(memories) => {
                for (id, memory) in memories {
                    if let Some(at) = self.live(&id.cluster) {
                        self.clusters[at].restored.insert(id, memory);
                    }
                }
                Vec::new()
            }
            Observation::Due => self.clusters.iter_mut().flat_map(|live| live.due(now)).collect(),
        }
    }

    /// When [`Observation::Due`] is to be applied, if nothing else happens.
    #[must_use]
    pub fn next_due(&self) -> Option<Time> {
        self.clusters.iter().filter_map(|live| live.timetable.next()).min()
    }

    /// What is known now.
    #[must_use]
    pub fn view(&self) -> View {
        View {
            scope: self.scope.clone(),
            clusters: self.clusters.iter().map(|live| live.cluster.clone()).collect(),
        }
    }

    fn live(&self, cluster: &str) -> Option<usize> {
        self.clusters.iter().position(|live| &**live.cluster.name() == cluster)
    }
}

impl View {
    /// The clusters, in the order of the configuration.
    pub fn clusters(&self) -> impl Iterator<Item = &Cluster> {
        self.clusters.iter()
    }

    /// One cluster.
    #[must_use]
    pub fn cluster(&self, name: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| &**cluster.name() == name)
    }

    /// One workload, of whichever cluster.
    #[must_use]
    pub fn workload(&self, id: &WorkloadId) -> Option<&Workload> {
        self.cluster(&id.cluster)?.workload(id)
    }

    /// Which namespaces are watched.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}
