//! Watches all clusters of a configuration.

use crate::cluster::Cluster;
use crate::config::Config;
use crate::error::Error;
use crate::interner::Interner;
use crate::telemetry::Telemetry;
use domain::observation::Observation;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Name resolution and credential plug-ins run aside; more of them at once would only wait for each other.
const BLOCKING_THREADS: usize = 4;
const BLOCKING_KEEP_ALIVE: Duration = Duration::from_secs(10);

/// Turns the objects of clusters into observations, for as long as it runs. It never gives up: what can't be reached is
/// tried again, and said.
#[derive(Debug)]
pub struct Collector {
    config: Config,
    /// To the engine. Its bound is the engine's; when it is full reading waits, so that a slow engine slows the API
    /// server and nothing is dropped. The collector ends when it is closed.
    observations: mpsc::Sender<Observation>,
    telemetry: Arc<Telemetry>,
}

impl Collector {
    /// A collector that tells what it observes to `observations` and counts in `telemetry`.
    #[must_use]
    pub fn new(config: Config, observations: mpsc::Sender<Observation>, telemetry: Arc<Telemetry>) -> Self {
        Self { config, observations, telemetry }
    }

    /// Watches until `stop`, on the runtime that this is called on.
    pub async fn run(self, stop: CancellationToken) {
        let scope = Arc::new(self.config.scope);
        let interner = Arc::new(Mutex::new(Interner::new()));
        let mut clusters = JoinSet::new();
        for config in self.config.clusters {
            let cluster = Cluster::new(
                config,
                self.config.encoding,
                scope.clone(),
                interner.clone(),
                self.telemetry.clone(),
                self.observations.clone(),
            );
            clusters.spawn(cluster.run(stop.clone()));
        }
        drop(self.observations);
        while let Some(ended) = clusters.join_next().await {
            if let Err(failed) = ended
                && let Ok(panic) = failed.try_into_panic()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }

    /// Watches until `stop`, on a thread of its own, called `kubernetes`: a runtime with many threads takes twice the
    /// processor time for the same work. Joining the thread waits for the end.
    pub fn spawn(self, stop: CancellationToken) -> Result<std::thread::JoinHandle<()>, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_keep_alive(BLOCKING_KEEP_ALIVE)
            .thread_name("kubernetes-aside")
            .build()
            .map_err(Error::Thread)?;
        let thread = std::thread::Builder::new().name("kubernetes".to_owned());
        let watch = move || {
            runtime.block_on(self.run(stop));
            // A plug-in may still run; nobody waits for what it says.
            runtime.shutdown_background();
        };
        thread.spawn(watch).map_err(Error::Thread)
    }
}
