//! The server: how its parts are wired, started, and ended in order.
use crate::arguments::DemoLoad;
use crate::detection::{Detected, Target};
use crate::license::LicenseKey;
use crate::plan::Plan;
use crate::settings::{Origin, Settings};
use crate::{logging, memory_limit, now};
use anyhow::Context as _;
use domain::license::Held;
use domain::time::Time;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

mod announce;
mod clusters;
mod collecting;
mod demo;
mod keeping;
mod licensing;
mod pressure;
mod process;
mod watching;

use announce::announce;
use clusters::Clusters;
use keeping::{HistoryFile, Kept};
use licensing::Licensing;
use watching::Watching;

/// Threads that answer requests: the work is done elsewhere.
const THREADS: usize = 2;

/// Serves what is planned, until a signal comes. Answers the exit code.
pub(crate) fn serve(plan: Plan) -> anyhow::Result<u8> {
    let Plan { settings, detected, clusters } = plan;
    logging::start(&settings);
    to_the_end(run(&settings, detected, Clusters::real(clusters), Keep::Settings))
}

/// Serves the embedded simulated cluster, until a signal comes.
pub(crate) fn demo(settings: &Settings, load: DemoLoad) -> anyhow::Result<u8> {
    logging::start(settings);
    to_the_end(async {
        let simulated = demo::start(load).await?;
        let detected = Detected {
            target: Target::Kubeconfig(Vec::new()),
            rule: "this is the demo: a simulated cluster inside maintenant".into(),
        };
        let keep = kept_by_demo(settings.db_origin);
        if keep == Keep::Briefly && settings.db_origin == Origin::Environment {
            tracing::warn!(
                "MAINTENANT_DB is not heeded by the demo, whose history is gone when it ends; --db names a file that keeps it"
            );
        }
        let code = run(settings, detected, Clusters::simulated(settings, &simulated.url()), keep).await;
        simulated.stop().await;
        code
    })
}

/// Where history goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// Into the file of the settings
    Settings,
    /// Into a file that is gone when the process ends
    Briefly,
}

/// The variable names the history of what is really watched: simulated workloads have no place in it.
const fn kept_by_demo(db_origin: Origin) -> Keep {
    match db_origin {
        Origin::Flag => Keep::Settings,
        Origin::Environment | Origin::Default => Keep::Briefly,
    }
}

/// Runs a server to its end, and waits for nothing that outlasts it: a read of the history may hang on its disk.
fn to_the_end(server: impl Future<Output = anyhow::Result<u8>>) -> anyhow::Result<u8> {
    // Whoever opens a TLS connection first needs the provider to be there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    let runtime = runtime.context("the runtime could not be started")?;
    let code = runtime.block_on(server);
    runtime.shutdown_background();
    code
}

async fn run(settings: &Settings, detected: Detected, clusters: Clusters, keep: Keep) -> anyhow::Result<u8> {
    let signals = process::Signals::new()?;
    let listener = TcpListener::bind(settings.addr)
        .await
        .with_context(|| format!("{} can't be listened on; --addr chooses another", settings.addr))?;
    let clock: engine::Clock = Arc::new(|| Time::from_millis(now().as_millisecond()));
    let brief =
        (keep == Keep::Briefly).then(tempfile::tempdir).transpose().context("no temporary directory")?;
    let path = brief
        .as_ref()
        .map_or_else(|| settings.db.clone(), |directory| directory.path().join("maintenant.db"));
    let started = clock();
    let memory_limit = memory_limit::read();
    let mut kept = Kept::open(HistoryFile { path, clock: clock.clone() }).await;
    announce(settings, &detected, listener.local_addr()?);
    let listener = Some(listener.into_std()?);
    let license = Arc::new(settings.license_key.as_ref().map_or(Held::Nothing, LicenseKey::held));
    let stop = CancellationToken::new();
    let licensing = tokio::spawn(Licensing::new(license.clone(), clock.clone()).run(stop.clone()));
    let mut watching =
        Watching { settings, detected, clusters, license, clock, started, memory_limit, signals, listener };
    while let Some(found) = watching.run(kept).await? {
        tracing::info!("the history can be opened now: starting over with it");
        kept = found;
    }
    stop.cancel();
    licensing.await.context("the licence could not be followed")?;
    Ok(0)
}
