//! The simulated cluster of `maintenant demo`.
use crate::arguments::DemoLoad;
use anyhow::Context;
use simulator::{Demo, Fill, Simulator};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How things go unless asked otherwise.
const SEED: u64 = 1;
/// Pods of each workload of a load.
const REPLICAS: u32 = 5;
/// Workloads of a load in one namespace.
const WORKLOADS_PER_NAMESPACE: u32 = 50;

/// A simulated cluster in which things happen.
pub(super) struct Simulated {
    simulator: Simulator,
    stop: CancellationToken,
    course: Option<JoinHandle<()>>,
}

/// Starts it: the story of a shop, or a load of so many workloads and changes.
pub(super) async fn start(load: DemoLoad) -> anyhow::Result<Simulated> {
    let seed = load.seed.unwrap_or(SEED);
    let simulator = Simulator::builder()
        .seed(seed)
        .start()
        .await
        .context("the simulated cluster could not be started")?;
    let stop = CancellationToken::new();
    let ending = stop.clone();
    let course = match load.workloads {
        None => {
            let demo = Demo::prepare(simulator.cluster(), seed)
                .context("the simulated cluster could not be filled")?;
            Some(tokio::spawn(demo.run(ending)))
        }
        Some(workloads) => {
            let namespaces = workloads.div_ceil(WORKLOADS_PER_NAMESPACE).max(1);
            let fill = Fill { namespaces, workloads, replicas: REPLICAS };
            let churn =
                fill.run(simulator.cluster(), seed).context("the simulated cluster could not be filled")?;
            load.changes_per_second.map(|rate| {
                tokio::spawn(async move {
                    if let Err(error) = churn.run(rate, ending).await {
                        tracing::error!(%error, "nothing changes any more in the simulated cluster");
                    }
                })
            })
        }
    };
    Ok(Simulated { simulator, stop, course })
}

impl Simulated {
    /// Where its API is.
    pub(super) fn url(&self) -> String {
        self.simulator.url()
    }

    /// Ends it.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        if let Some(course) = self.course {
            // It can only have panicked, which ends the process by itself.
            let _ = course.await;
        }
        self.simulator.stop().await;
    }
}
