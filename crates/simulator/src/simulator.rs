//! Start, stop and settings.

use crate::{
    Access, Activity, Clock, Cluster, Error, Faults,
    access::Gate,
    activity::Meter,
    server::{Listener, Server},
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Whether there is a metrics-server behind `metrics.k8s.io`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricsApi {
    /// There is, and it has figures.
    #[default]
    Serving,
    /// The API is not registered: 404.
    NotInstalled,
    /// It is registered and does not answer: 503.
    Unavailable,
}

/// A running API server. When it is dropped it stops at once; [`Simulator::stop`] stops it in order.
#[derive(Debug)]
pub struct Simulator {
    server: Arc<Server>,
    address: SocketAddr,
    stop: CancellationToken,
    listener: Option<JoinHandle<()>>,
}

/// Settings of a simulator that is about to start.
#[derive(Clone, Debug)]
pub struct Builder {
    address: SocketAddr,
    seed: u64,
    clock: Clock,
    token: Option<String>,
    user: String,
    access: Access,
    history: usize,
    bookmark_interval: Duration,
    streaming_lists: bool,
    metrics: MetricsApi,
}

impl Simulator {
    /// The default: a free port of 127.0.0.1, no token, every right, seed 1, the system's clock, 1,000 changes
    /// of history, a bookmark a minute, streaming lists, a metrics-server.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            seed: 1,
            clock: Clock::system(),
            token: None,
            user: "simulated-user".to_owned(),
            access: Access::Everything,
            history: 1_000,
            bookmark_interval: Duration::from_mins(1),
            streaming_lists: true,
            metrics: MetricsApi::default(),
        }
    }

    /// Where the API is, without a path: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The objects it serves.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.server.cluster
    }

    /// What can be broken.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.server.faults
    }

    /// The counters as they are now.
    #[must_use]
    pub fn activity(&self) -> Activity {
        self.server.meter.snapshot()
    }

    /// Waits until the counters meet a condition, and returns them.
    pub async fn activity_when(&self, condition: impl FnMut(&Activity) -> bool) -> Activity {
        self.server.meter.when(condition).await
    }

    /// Changes the bearer token asked for; `None` lets everyone in. Answers under way are not ended.
    pub fn set_token(&self, token: Option<&str>) {
        self.server.gate.set_token(token.map(str::to_owned));
    }

    /// Changes the rights. As on the real server, watches that are open go on until they end.
    pub fn set_access(&self, access: Access) {
        self.server.gate.set_access(access);
    }

    /// Turns streaming lists (`sendInitialEvents`) on or off; off, they are answered 422 as by a 1.33 server.
    pub fn set_streaming_lists(&self, allowed: bool) {
        self.server.streaming_lists.store(allowed, Ordering::Relaxed);
    }

    /// Changes what is behind `metrics.k8s.io`.
    pub fn set_metrics(&self, metrics: MetricsApi) {
        *self.server.metrics.lock().unwrap_or_else(PoisonError::into_inner) = metrics;
    }

    /// Sends a bookmark now on every watch that allows bookmarks.
    pub fn send_bookmarks(&self) {
        self.server.bookmarks.send_modify(|count| *count += 1);
    }

    /// Ends open streams, closes connections once their answers are out (after a second at most), and returns when
    /// nothing of it runs any more.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Some(listener) = self.listener.take()
            && let Err(error) = listener.await
        {
            tracing::error!(%error, "the simulator's listener failed");
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(listener) = self.listener.take() {
            listener.abort();
        }
    }
}

impl Builder {
    /// Listens on this address; port 0 is a free port.
    #[must_use]
    pub fn address(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// Everything random comes from this.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The time of the cluster.
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Asks every request for this bearer token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// The name of the user in refusals.
    #[must_use]
    pub fn user(self, user: &str) -> Self {
        Self { user: user.to_owned(), ..self }
    }

    /// What the user may do.
    #[must_use]
    pub fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// How many changes a watch can be resumed over.
    #[must_use]
    pub fn history(self, changes: usize) -> Self {
        Self { history: changes, ..self }
    }

    /// How often a watch gets a bookmark by itself; [`Simulator::send_bookmarks`] sends them at will.
    #[must_use]
    pub fn bookmark_interval(self, interval: Duration) -> Self {
        Self { bookmark_interval: interval, ..self }
    }

    /// See [`Simulator::set_streaming_lists`].
    #[must_use]
    pub fn streaming_lists(self, allowed: bool) -> Self {
        Self { streaming_lists: allowed, ..self }
    }

    /// See [`Simulator::set_metrics`].
    #[must_use]
    pub fn metrics(self, metrics: MetricsApi) -> Self {
        Self { metrics, ..self }
    }

    /// Listens, and serves from a task of the runtime that this is called on. There is one object at first, the
    /// namespace `kube-system`, by whose uid clients know the cluster.
    #[expect(clippy::unused_async, reason = "it needs a runtime, which an async function says")]
    pub async fn start(self) -> Result<Simulator, Error> {
        let cluster = Cluster::new(self.seed, self.clock, self.history);
        cluster.create_namespace("kube-system")?;
        let stop = CancellationToken::new();
        let server = Arc::new(Server {
            cluster,
            faults: Faults::new(stop.clone()),
            gate: Gate::new(self.user, self.token, self.access),
            meter: Meter::new(),
            metrics: Mutex::new(self.metrics),
            streaming_lists: self.streaming_lists.into(),
            bookmark_interval: self.bookmark_interval,
            bookmarks: watch::Sender::new(0),
            stop: stop.clone(),
        });
        let listener = Listener::bind(Arc::clone(&server), self.address)?;
        let address = listener.address();
        let listener = tokio::spawn(listener.run(stop.clone()));
        Ok(Simulator { server, address, stop, listener: Some(listener) })
    }
}
