//! All sources of one cluster, and which of them there are.

use crate::config::{ClusterConfig, Encoding};
use crate::connection::Connection;
use crate::description::Describer;
use crate::endpoint::Endpoint;
use crate::interner::Interner;
use crate::logs::{self, Crashes, LogReader};
use crate::presence::Presence;
use crate::report::Report;
use crate::source::{PARALLEL_LISTS, Soundings, Source, Surroundings};
use crate::telemetry::Telemetry;
use crate::usage::UsagePoll;
use domain::observation::Observation;
use domain::scope::Scope;
use domain::source::{Resource, SourceId};
use domain::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// One cluster. Task `<cluster>`.
#[derive(Debug)]
pub(crate) struct Cluster {
    around: Surroundings,
    observations: mpsc::Sender<Observation>,
    /// Sources and all; they end when they are told to, or with the process.
    tasks: JoinSet<()>,
    /// The namespaces that are watched one by one.
    namespaces: BTreeMap<Text, Watched>,
}

/// A namespace that is watched by itself.
#[derive(Debug)]
struct Watched {
    /// Cancelled when the namespace leaves the filter or is gone.
    leave: CancellationToken,
    sources: TaskTracker,
}

impl Cluster {
    pub(crate) fn new(
        config: ClusterConfig,
        encoding: Encoding,
        scope: Arc<Scope>,
        interner: Arc<Mutex<Interner>>,
        telemetry: Arc<Telemetry>,
        observations: mpsc::Sender<Observation>,
    ) -> Self {
        let ClusterConfig { name, access } = config;
        let connection = Arc::new(Connection::new(access, encoding, telemetry.clone()));
        let lists = Arc::new(Semaphore::new(PARALLEL_LISTS as usize));
        let soundings = Arc::new(Soundings::new());
        let evidence = Arc::new(Semaphore::new(1));
        let crashes = Arc::new(Crashes::default());
        let around = Surroundings {
            cluster: name,
            connection,
            scope,
            interner,
            telemetry,
            lists,
            evidence,
            soundings,
            crashes,
        };
        Self { around, observations, tasks: JoinSet::new(), namespaces: BTreeMap::new() }
    }

    /// Watches until `stop`, and returns when all sources have ended.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let (cluster, connection) = (self.around.cluster.clone(), self.around.connection.clone());
        let describer = Describer::new(cluster, connection, self.observations.clone());
        self.tasks.spawn(describer.run(stop.clone()));
        for _ in 0..logs::READERS {
            let reader = LogReader::new(&self.around, self.observations.clone());
            self.tasks.spawn(reader.run(stop.clone()));
        }
        let mut names = self.start_sources(&stop);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                // Nobody listens any more; what is left of the tasks is dropped.
                () = self.observations.closed() => return,
                Some(ended) = self.tasks.join_next() => propagate(ended),
                Ok(()) = names.changed() => {
                    let names = names.borrow_and_update().clone();
                    self.choose(names.unwrap_or_default(), &stop).await;
                }
            }
        }
        while let Some(ended) = self.tasks.join_next().await {
            propagate(ended);
        }
    }

    /// Starts what is known to be needed; returns where the names of namespaces are told, if they are needed.
    fn start_sources(&mut self, stop: &CancellationToken) -> watch::Receiver<Option<BTreeSet<Text>>> {
        let (told, names) = watch::channel(None);
        let scope = self.around.scope.clone();
        if !matches!(*scope, Scope::Allow(_)) {
            for resource in Resource::ALL {
                self.start(resource, None, &Watched::lasting(), stop, None);
            }
            return names;
        }
        let chosen: BTreeSet<&Text> = scope.chosen().collect();
        for &name in &chosen {
            self.namespaces.insert(name.clone(), Watched::lasting());
        }
        if scope.needs_discovery() {
            self.start(Resource::Namespaces, None, &Watched::lasting(), stop, Some(told));
        }
        for resource in Resource::ALL {
            match resource {
                Resource::Nodes => self.start(resource, None, &Watched::lasting(), stop, None),
                Resource::Namespaces if scope.needs_discovery() => {}
                _ => {
                    for name in &chosen {
                        self.start_in(name, resource, stop);
                    }
                }
            }
        }
        names
    }

    /// Watches those of `existing` that are in the filter, and no other.
    async fn choose(&mut self, existing: BTreeSet<Text>, stop: &CancellationToken) {
        let scope = self.around.scope.clone();
        if !matches!(*scope, Scope::Allow(_)) {
            return;
        }
        let chosen: BTreeSet<&Text> = scope.chosen().collect();
        let gone: Vec<Text> = self
            .namespaces
            .keys()
            .filter(|name| !chosen.contains(name) && !existing.contains(*name))
            .cloned()
            .collect();
        for name in gone {
            let Some(watched) = self.namespaces.remove(&name) else { continue };
            watched.leave.cancel();
            watched.sources.close();
            // What the sources said last must be said before anybody begins anew under this name.
            watched.sources.wait().await;
        }
        let new: Vec<Text> = existing
            .into_iter()
            .filter(|name| scope.admits(name) && !self.namespaces.contains_key(name))
            .collect();
        for name in &new {
            self.namespaces.insert(name.clone(), Watched::lasting());
        }
        for resource in Resource::ALL.into_iter().filter(|resource| !resource.is_cluster_scoped()) {
            for name in &new {
                self.start_in(name, resource, stop);
            }
        }
    }

    fn start_in(&mut self, namespace: &Text, resource: Resource, stop: &CancellationToken) {
        if let Some(watched) = self.namespaces.get(namespace) {
            let watched = Watched { leave: watched.leave.clone(), sources: watched.sources.clone() };
            self.start(resource, Some(namespace.clone()), &watched, stop, None);
        }
    }

    fn start(
        &mut self,
        resource: Resource,
        namespace: Option<Text>,
        watched: &Watched,
        stop: &CancellationToken,
        names: Option<watch::Sender<Option<BTreeSet<Text>>>>,
    ) {
        let id = SourceId { resource, namespace: namespace.clone() };
        let endpoint = Endpoint::new(id.clone(), &self.around.scope);
        let report = Report::new(self.around.cluster.clone(), id, self.observations.clone());
        let around = self.around.clone();
        let (leave, stop) = (watched.leave.clone(), stop.clone());
        match (resource, namespace) {
            (Resource::PodMetrics, _) => {
                let poll = UsagePoll::new(around, endpoint, report);
                self.tasks.spawn(watched.sources.track_future(poll.run(leave, stop)));
            }
            (Resource::Namespaces, Some(name)) => {
                let presence = Presence::new(around, endpoint, name, report);
                self.tasks.spawn(watched.sources.track_future(presence.run(leave, stop)));
            }
            _ => {
                let source = Source::new(around, endpoint, report, names);
                self.tasks.spawn(watched.sources.track_future(source.run(leave, stop)));
            }
        }
    }
}

impl Watched {
    /// Watched until the end, as long as nobody says otherwise.
    fn lasting() -> Self {
        Self { leave: CancellationToken::new(), sources: TaskTracker::new() }
    }
}

/// A task that panics ends the process: a half-alive monitor is worse than a restart.
fn propagate(ended: Result<(), tokio::task::JoinError>) {
    if let Err(failed) = ended
        && let Ok(panic) = failed.try_into_panic()
    {
        std::panic::resume_unwind(panic);
    }
}
