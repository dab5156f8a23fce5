//! The server: how its parts are wired, started, and ended in order.
use crate::arguments::DemoLoad;
use crate::detection::{Detected, Machine, Target};
use crate::settings::{Faults, Settings};
use crate::{logging, now};
use anyhow::Context as _;
use domain::port::{History, Journal};
use domain::state::State;
use domain::time::Time;
use engine::Engine;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{NoHistory, Store, StoreError};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

mod clusters;
mod collecting;
mod demo;
mod process;

use clusters::Clusters;

/// Observations that may wait for the engine. A full channel slows the reading of the API server.
const QUEUE: usize = 1024;
/// How long everything may take to end after a signal.
const PATIENCE: Duration = Duration::from_secs(5);
/// What of that is kept for the history: what waits to be written.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long the process before this one may take to let go of the history.
const HANDOVER: Duration = Duration::from_secs(3);
/// Threads that answer requests: the work is done elsewhere.
const THREADS: usize = 2;

/// Serves what the settings name, until a signal comes. Answers the exit code.
pub(crate) fn serve(settings: &Settings) -> anyhow::Result<u8> {
    let detected = Machine::here().detect(settings);
    if detected.target == Target::Docker {
        return Err(Faults(vec![format!(
            "the Docker runtime is not in this version ({}): set KUBECONFIG, or try `maintenant demo`",
            detected.rule
        )])
        .into());
    }
    logging::start(settings);
    let clusters = Clusters::of(settings, &detected)?;
    to_the_end(run(settings, detected, clusters, Keep::Settings))
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
        let keep = if settings.db_is_chosen { Keep::Settings } else { Keep::Briefly };
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
    let file = brief
        .as_ref()
        .map_or_else(|| settings.db.clone(), |directory| directory.path().join("maintenant.db"));
    let kept = history(&file, &clock).await;

    let (sender, receiver) = mpsc::channel(QUEUE);
    let state = State::new(&clusters.names(), settings.scope.clone());
    let (engine, handle) = Engine::new(state, kept.restored, receiver, kept.journal, clock.clone());
    let runtime = clusters.runtime();
    let collecting = clusters.collecting(settings, sender);
    let context = api::Context {
        handle: handle.clone(),
        history: kept.history,
        about: api::About {
            version: env!("CARGO_PKG_VERSION").into(),
            started: clock(),
            runtime: runtime.into(),
            rule: detected.rule.as_str().into(),
        },
        links: clusters::links(handle),
        metrics: vec![collecting.figures()],
        base_url: settings
            .base_url
            .as_ref()
            .map(|url| url.parse())
            .transpose()
            .context("MAINTENANT_BASE_URL")?,
        clock,
    };
    let server = api::Server::new(listener, context).context("the server could not be started")?;
    announce(settings, &detected, server.address());

    // In this order they end: nobody is answered by what has already gone.
    let stop = [(); 3].map(|()| CancellationToken::new());
    let mut serving = tokio::spawn(server.run(stop[0].clone()));
    let mut collecting = tokio::spawn(collecting.start(stop[1].clone())?);
    let mut applying = tokio::spawn(engine.run(stop[2].clone()));
    tokio::select! {
        signal = signals.next() => tracing::info!(signal, "ending in order; a second signal ends it at once"),
        ended = &mut serving => unexpected("the server", ended)?,
        ended = &mut collecting => unexpected("the collector", ended)?,
        ended = &mut applying => unexpected("the engine", ended)?,
    }
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let ending = async {
        for (stop, task) in stop.iter().zip([serving, collecting, applying]) {
            stop.cancel();
            task.await?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        ended = ending => ended.context("a task broke while ending")?,
        () = tokio::time::sleep_until(deadline - LAST_WORDS) => tracing::warn!("not everything ended within {} s", PATIENCE.as_secs()),
        _ = signals.next() => tracing::warn!("ended at once"),
    }
    if let Some(store) = kept.store {
        tokio::task::spawn_blocking(move || {
            store.close(deadline.saturating_duration_since(tokio::time::Instant::now()))
        })
        .await?
        .context("the history could not be closed")?;
    }
    Ok(0)
}

fn unexpected(what: &str, ended: Result<(), tokio::task::JoinError>) -> anyhow::Result<()> {
    ended.with_context(|| format!("{what} broke"))?;
    anyhow::bail!("{what} ended by itself")
}

/// Where records go and come from.
struct Kept {
    journal: Arc<dyn Journal>,
    history: Arc<dyn History>,
    restored: Vec<(domain::id::WorkloadId, domain::memory::Memory)>,
    store: Option<Arc<Store>>,
}

/// Opens the history. Whatever is wrong with the file, monitoring goes on without it, and the page says why: a monitor
/// that refuses to start over its history is no help to anybody. The file is not touched then.
async fn history(file: &Path, clock: &engine::Clock) -> Kept {
    let deadline = tokio::time::Instant::now() + HANDOVER;
    loop {
        match Store::open(file, store::Options::new(clock.clone())) {
            Ok(opened) => {
                let store = Arc::new(opened.store);
                return Kept {
                    journal: store.clone(),
                    history: store.clone(),
                    restored: opened.restored,
                    store: Some(store),
                };
            }
            // The process before this one may be about to end.
            Err(StoreError::InUse { .. }) if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(HANDOVER / 10).await;
            }
            Err(error) => {
                tracing::error!(%error, "monitoring goes on without history");
                let none = Arc::new(NoHistory::new(Some(file), &error.to_string()));
                return Kept { journal: none.clone(), history: none, restored: Vec::new(), store: None };
            }
        }
    }
}

fn announce(settings: &Settings, detected: &Detected, address: std::net::SocketAddr) {
    if let Some(excluded) = &settings.ignored_exclusions {
        tracing::warn!(
            excluded,
            "MAINTENANT_K8S_NAMESPACES is set, so MAINTENANT_K8S_EXCLUDE_NAMESPACES is ignored"
        );
    }
    tracing::info!(rule = detected.rule, "watching Kubernetes");
    if !is_loopback(address) && detected.target != Target::InCluster {
        tracing::warn!(%address, "there is no sign-in: whoever reaches this address sees what is watched");
    }
    tracing::info!("the page is at {}", settings.base_url.clone().unwrap_or_else(|| page_url(address)));
}

/// Whether only this machine reaches it, as IPv4 written as IPv6 too.
const fn is_loopback(address: std::net::SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

fn page_url(address: std::net::SocketAddr) -> String {
    let host = match address.ip().to_canonical() {
        ip if ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    format!("http://{host}:{}", address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reaches_the_page_and_where_is_told_of_every_way_to_write_an_address() {
        for (address, loopback, url) in [
            ("127.0.0.1:80", true, "http://127.0.0.1:80"),
            ("[::1]:80", true, "http://[::1]:80"),
            ("[::ffff:127.0.0.1]:80", true, "http://127.0.0.1:80"),
            ("0.0.0.0:80", false, "http://localhost:80"),
            ("[::]:80", false, "http://localhost:80"),
            ("[::ffff:0.0.0.0]:80", false, "http://localhost:80"),
            ("[::ffff:10.0.0.1]:80", false, "http://10.0.0.1:80"),
            ("[fd00::1]:80", false, "http://[fd00::1]:80"),
        ] {
            let address = address.parse().unwrap();
            assert_eq!((is_loopback(address), page_url(address).as_str()), (loopback, url), "{address}");
        }
    }
}
