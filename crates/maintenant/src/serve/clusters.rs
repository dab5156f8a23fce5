//! The clusters that are watched, and how they show themselves.
use super::collecting::Collecting;
use crate::settings::Settings;
use api::ClusterLink;
use domain::observation::Observation;
use domain::source::{Resource, SourceState};
use domain::state::Cluster;
use domain::text::Text;
use engine::Handle;
use kubernetes::{Access, ClusterConfig, Collector, Config, Encoding, Telemetry};
use std::sync::Arc;
use tokio::sync::mpsc;

/// The name of the simulated cluster.
const SIMULATED_CLUSTER: &str = "demo";

/// Tells how each cluster is reached.
type Links = Arc<dyn Fn() -> Vec<ClusterLink> + Send + Sync>;

/// What is watched.
pub(super) struct Clusters {
    configs: Vec<ClusterConfig>,
    runtime: &'static str,
}

impl Clusters {
    /// Those that are really there.
    pub(super) const fn real(configs: Vec<ClusterConfig>) -> Self {
        Self { configs, runtime: "kubernetes" }
    }

    /// The simulated one, at that address.
    pub(super) fn simulated(settings: &Settings, url: &str) -> Self {
        let name = settings.cluster.clone().unwrap_or_else(|| SIMULATED_CLUSTER.into());
        let access = Access::Url { url: url.to_owned(), token: None };
        Self { configs: vec![ClusterConfig { name, access }], runtime: "simulated" }
    }

    pub(super) fn names(&self) -> Vec<Text> {
        self.configs.iter().map(|config| config.name.clone()).collect()
    }

    pub(super) const fn runtime(&self) -> &'static str {
        self.runtime
    }

    pub(super) fn collecting(
        &self,
        settings: &Settings,
        observations: mpsc::Sender<Observation>,
    ) -> Collecting {
        let telemetry = Arc::new(Telemetry::default());
        let config = Config {
            clusters: self.configs.clone(),
            scope: settings.scope.clone(),
            encoding: Encoding::default(),
        };
        Collecting::new(Collector::new(config, observations, telemetry.clone()), telemetry)
    }
}

/// How each cluster is reached, as the state knows it when asked.
pub(super) fn links(handle: Handle) -> Links {
    Arc::new(move || handle.snapshot().view.clusters().map(link).collect())
}

fn link(cluster: &Cluster) -> ClusterLink {
    ClusterLink {
        name: cluster.name().clone(),
        server: cluster.description().map(|description| description.server.clone()),
        error: unreachable_because(cluster),
    }
}

/// Why a cluster can't be reached: what its required sources say, when none of them is answered.
fn unreachable_because(cluster: &Cluster) -> Option<Text> {
    let mut reason = None;
    for (id, source) in cluster.sources() {
        let reached =
            matches!(source.state, SourceState::Synced | SourceState::Forbidden | SourceState::Absent);
        if id.resource.is_required() && reached {
            return None;
        }
        if reason.is_none() || id.resource == Resource::Pods {
            reason = source.reason.clone().or(reason);
        }
    }
    reason
}
