//! What the tests stand on: a real engine that is told of a small cluster, and a real server on a loopback socket.
use crate::context::{About, ClusterLink, Context};
use crate::metrics::family::{Family, FamilyKind};
use crate::server::{Limits, Server};
use domain::license::Held;
use domain::observation::{Description, Fact, Observation};
use domain::port::{History, Journal};
use domain::scope::Scope;
use domain::source::{Link, Resource};
use domain::state::State;
use domain::time::Time;
use engine::{Clock, Engine, Handle};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use store::NoHistory;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) mod client;
pub(crate) mod objects;
pub(crate) mod shop;

pub(crate) const CLUSTER: &str = "prod";
/// What time it is when a test begins.
pub(crate) const NOW: Time = Time::from_secs(1_795_230_000);
/// What servers grant where it does not matter.
const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

const LIMITS: Limits = Limits { connections: 64, write_patience: Duration::from_secs(30) };

/// A state that is told what happens.
pub(crate) struct World {
    pub(crate) handle: Handle,
    observations: mpsc::Sender<Observation>,
    clock: Arc<AtomicI64>,
    told: AtomicU64,
    _stop: DropGuard,
}

impl World {
    /// Nothing is known yet.
    pub(crate) fn new(scope: Scope) -> Self {
        Self::recorded(scope, Arc::new(no_history()))
    }

    /// Nothing is known yet, and what happens is taken down.
    pub(crate) fn recorded(scope: Scope, journal: Arc<dyn Journal>) -> Self {
        Self::of(&[CLUSTER], scope, journal)
    }

    /// Nothing is known yet of several clusters; [`CLUSTER`] must be one of them.
    pub(crate) fn of(clusters: &[&str], scope: Scope, journal: Arc<dyn Journal>) -> Self {
        let clusters: Vec<_> = clusters.iter().map(|name| (*name).into()).collect();
        let clock = Arc::new(AtomicI64::new(NOW.as_millis()));
        let (observations, receiver) = mpsc::channel(4096);
        let state = State::new(&clusters, scope);
        let (engine, handle) = Engine::new(state, Vec::new(), receiver, journal, reading(&clock));
        let stop = CancellationToken::new();
        tokio::spawn(engine.run(stop.clone()));
        Self { handle, observations, clock, told: AtomicU64::new(0), _stop: stop.drop_guard() }
    }

    /// A cluster whose required sources have been listed, empty.
    pub(crate) async fn listed(scope: Scope) -> Self {
        let world = Self::new(scope);
        world.tell(listed_sources()).await;
        world
    }

    /// The shop of [`shop::observations`].
    pub(crate) async fn shop() -> Self {
        let world = Self::new(Scope::Block(Vec::new()));
        world.tell(shop::observations()).await;
        world.tell(listed_shop()).await;
        world
    }

    /// What time it is.
    pub(crate) fn clock(&self) -> Clock {
        reading(&self.clock)
    }

    /// Makes it later.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.fetch_add(time.as_millis() as i64, Ordering::Relaxed);
    }

    /// Tells what happens, and waits until readers see it.
    pub(crate) async fn tell(&self, observations: impl IntoIterator<Item = Observation>) {
        let mark = format!("v1.36.{}", self.told.fetch_add(1, Ordering::Relaxed));
        let (snapshot, mut feed) = self.handle.follow();
        drop(snapshot);
        for observation in observations {
            self.observations.send(observation).await.unwrap();
        }
        let description = Description {
            server: "https://10.0.0.1:6443".into(),
            version: Some(mark.as_str().into()),
            uid: None,
        };
        self.observations.send(objects::observation(Fact::Described(description))).await.unwrap();
        loop {
            let snapshot = self.handle.snapshot();
            let description = snapshot.view.cluster(CLUSTER).unwrap().description();
            if description.is_some_and(|description| description.version.as_deref() == Some(&*mark)) {
                return;
            }
            // Falling behind is no matter: the snapshot is looked at anyway.
            let _ = feed.recv().await;
        }
    }

    /// A server of it on a loopback socket.
    pub(crate) async fn serve(self) -> Site {
        self.serve_with(Arc::new(no_history()), |_| {}).await
    }

    /// A server of it that grants its clients that much.
    pub(crate) async fn serve_within(self, limits: Limits) -> Site {
        self.start(LOOPBACK, Arc::new(no_history()), |_| {}, limits).await
    }

    /// A server of it on every address of this machine.
    pub(crate) async fn serve_everywhere(self) -> Site {
        self.start(Ipv4Addr::UNSPECIFIED, Arc::new(no_history()), |_| {}, LIMITS).await
    }

    /// A server of it, with that history, and with what the test makes different.
    pub(crate) async fn serve_with(
        self,
        history: Arc<dyn History>,
        differ: impl FnOnce(&mut Context),
    ) -> Site {
        self.start(LOOPBACK, history, differ, LIMITS).await
    }

    async fn start(
        self,
        bound: Ipv4Addr,
        history: Arc<dyn History>,
        differ: impl FnOnce(&mut Context),
        limits: Limits,
    ) -> Site {
        let listener = TcpListener::bind((bound, 0)).await.unwrap();
        let mut context = Context {
            handle: self.handle.clone(),
            history,
            clock: self.clock(),
            about: About {
                version: "0.1.0".into(),
                started: NOW,
                runtime: "kubernetes".into(),
                rule: "KUBECONFIG is set.".into(),
                memory_limit: Some(256 << 20),
            },
            links: Arc::new(|| {
                vec![ClusterLink {
                    name: CLUSTER.into(),
                    server: None,
                    error: Some("connection refused".into()),
                }]
            }),
            metrics: vec![Arc::new(|| {
                vec![Family::single("api_requests", "Requests to API servers", FamilyKind::Counter, 7.0)]
            })],
            base_url: Some("https://status.example.org/".parse().unwrap()),
            license: Arc::new(Held::Nothing),
        };
        differ(&mut context);
        let server = Server::limited(listener, context, limits).unwrap();
        // Where a client on this machine finds it.
        let address = SocketAddr::from((LOOPBACK, server.address().port()));
        let stop = CancellationToken::new();
        let running = tokio::spawn(server.run(stop.clone()));
        Site { world: self, address, stop, running }
    }
}

/// A server that runs.
pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    pub(crate) running: JoinHandle<()>,
}

/// Each required source, and events: listed, and empty.
pub(crate) fn listed_sources() -> Vec<Observation> {
    let mut observations = Vec::new();
    for resource in Resource::ALL {
        if resource.is_required() || resource == Resource::Events {
            observations.push(objects::linked(resource, Link::Live));
            observations.push(objects::listed(resource, []));
        }
    }
    observations
}

fn listed_shop() -> Vec<Observation> {
    let mut observations = Vec::new();
    for resource in Resource::ALL {
        if resource == Resource::PodMetrics {
            observations.push(objects::linked(
                resource,
                Link::Absent { reason: "metrics-server is not installed".into() },
            ));
        } else {
            observations.push(objects::linked(resource, Link::Live));
            observations.push(objects::listed(resource, shop::uids(resource)));
        }
    }
    observations
}

fn reading(clock: &Arc<AtomicI64>) -> Clock {
    let clock = clock.clone();
    Arc::new(move || Time::from_millis(clock.load(Ordering::Relaxed)))
}

pub(crate) fn no_history() -> NoHistory {
    NoHistory::new(None, "This test keeps no history.")
}
