//! All parts at work on one history, from their start to their end in order.
use super::clusters::{self, Clusters};
use super::keeping::Kept;
use super::pressure;
use super::process::Signals;
use crate::detection::Detected;
use crate::settings::Settings;
use anyhow::Context as _;
use domain::license::Held;
use domain::state::State;
use domain::time::Time;
use engine::Engine;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinError};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Observations that may wait for the engine. A full channel slows the reading of the API server.
const QUEUE: usize = 1024;
/// How long everything may take to end after a signal.
const PATIENCE: Duration = Duration::from_secs(5);
/// What of that is kept for the history: what waits to be written.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What is watched and served, whichever history there is.
pub(super) struct Watching<'a> {
    pub(super) settings: &'a Settings,
    pub(super) detected: Detected,
    pub(super) clusters: Clusters,
    pub(super) license: Arc<Held>,
    pub(super) clock: engine::Clock,
    pub(super) started: Time,
    /// What the process may hold, in bytes
    pub(super) memory_limit: Option<u64>,
    pub(super) signals: Signals,
    /// Stays open from one run to the next, so that whoever asks in between waits for a moment instead of being refused.
    /// `None` once the process is ending.
    pub(super) listener: Option<std::net::TcpListener>,
}

impl Watching<'_> {
    /// Watches and serves until a signal comes (`None`), or until a history can be opened that could not be before. That
    /// is handed back, to start over with: what it remembers must be there before the first judgement.
    pub(super) async fn run(&mut self, kept: Kept) -> anyhow::Result<Option<Kept>> {
        let Kept { journal, history, restored, store, awaited } = kept;
        let (sender, receiver) = mpsc::channel(QUEUE);
        let state = State::new(&self.clusters.names(), self.settings.scope.clone());
        let (engine, handle) = Engine::new(state, restored, receiver, journal, self.clock.clone());
        let collecting = self.clusters.collecting(self.settings, sender);
        let base_url = self.settings.base_url.as_ref().map(|url| url.parse()).transpose();
        let context = api::Context {
            handle: handle.clone(),
            history,
            about: api::About {
                version: env!("CARGO_PKG_VERSION").into(),
                started: self.started,
                memory_limit: self.memory_limit,
                runtime: self.clusters.runtime().into(),
                rule: self.detected.rule.as_str().into(),
            },
            links: clusters::links(handle),
            metrics: vec![collecting.figures()],
            base_url: base_url.context("MAINTENANT_BASE_URL")?,
            license: self.license.clone(),
            clock: self.clock.clone(),
        };
        let server =
            api::Server::new(self.listener()?, context).context("the server could not be started")?;

        // In this order they end: nobody is answered by what has already gone.
        let stop = [(); 3].map(|()| CancellationToken::new());
        let mut serving = tokio::spawn(server.run(stop[0].clone()));
        let mut collecting = tokio::spawn(collecting.start(stop[1].clone())?);
        let mut applying = tokio::spawn(engine.run(stop[2].clone()));
        let opened = async {
            match awaited {
                Some(awaited) => awaited.opened().await,
                None => std::future::pending().await,
            }
        };
        let mut found = None;
        tokio::select! {
            signal = self.signals.next() => {
                tracing::info!(signal, "ending in order; a second signal ends it at once");
                self.listener = None;
            }
            kept = opened => found = Some(kept),
            never = pressure::watch(self.memory_limit) => match never {},
            ended = &mut serving => unexpected("the server", ended)?,
            ended = &mut collecting => unexpected("the collector", ended)?,
            ended = &mut applying => unexpected("the engine", ended)?,
        }
        let deadline = Instant::now() + PATIENCE;
        let parts = [serving.abort_handle(), collecting.abort_handle(), applying.abort_handle()];
        let mut ending = std::pin::pin!(async {
            for (stop, task) in stop.iter().zip([serving, collecting, applying]) {
                stop.cancel();
                task.await?;
            }
            anyhow::Ok(())
        });
        loop {
            tokio::select! {
                ended = &mut ending => ended.context("a task broke while ending")?,
                () = sleep_until(deadline - LAST_WORDS) => {
                    tracing::warn!("not everything ended within {} s", PATIENCE.as_secs());
                }
                signal = self.signals.next() => {
                    // The first one may come while all starts over.
                    if self.listener.take().is_some() {
                        tracing::info!(signal, "ending in order; a second signal ends it at once");
                        continue;
                    }
                    tracing::warn!("ended at once");
                }
            }
            break;
        }
        // What has not ended must not go on beside what starts over.
        parts.iter().for_each(AbortHandle::abort);
        let unused = if self.listener.is_none() { found.take().and_then(|kept| kept.store) } else { None };
        for store in [store, unused].into_iter().flatten() {
            let patience = deadline.saturating_duration_since(Instant::now());
            tokio::task::spawn_blocking(move || store.close(patience))
                .await?
                .context("the history could not be closed")?;
        }
        Ok(found)
    }

    fn listener(&self) -> anyhow::Result<TcpListener> {
        let listener = self.listener.as_ref().context("the process is ending")?;
        listener.try_clone().and_then(TcpListener::from_std).context("the socket can't be listened on again")
    }
}

fn unexpected(what: &str, ended: Result<(), JoinError>) -> anyhow::Result<()> {
    ended.with_context(|| format!("{what} broke"))?;
    anyhow::bail!("{what} ended by itself")
}
