//! A running engine over one cluster of bare pods, and a clock that goes with the timers.
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::id::{Uid, WorkloadId};
use domain::memory::Memory;
use domain::observation::{Fact, Object, Observation};
use domain::pod::{
    Container, ContainerSpec, ContainerState, Phase, Pod, PodSpec, Resources, RestartPolicy, Role,
};
use domain::port::Journal;
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use domain::state::State;
use domain::time::Time;
use domain::workload::Row;
use engine::{Clock, Engine, Handle, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::NoHistory;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) const CLUSTER: &str = "prod";
/// When the test begins, and long after every object was made.
pub(crate) const NOW: Time = Time::from_secs(2_000_000);
const MADE: Time = Time::from_secs(1_000_000);

pub(crate) struct Bed {
    pub(crate) handle: Handle,
    observations: mpsc::Sender<Observation>,
    /// By how much the clock has been put forward, in milliseconds
    put_forward: Arc<AtomicI64>,
    cancelled: CancellationToken,
    task: JoinHandle<()>,
}

impl Bed {
    /// A cluster whose sources are all read, with nothing in it, and no history.
    pub(crate) async fn started() -> Self {
        let bed = Self::new(Arc::new(NoHistory::new(None, "a test")), Vec::new());
        bed.list_nothing().await;
        bed.settle().await;
        bed
    }

    pub(crate) fn new(journal: Arc<dyn Journal>, restored: Vec<(WorkloadId, Memory)>) -> Self {
        let put_forward = Arc::new(AtomicI64::new(0));
        let clock: Clock = {
            let (began, put_forward) = (Instant::now(), put_forward.clone());
            Arc::new(move || {
                let read = NOW + began.elapsed();
                Time::from_millis(read.as_millis() + put_forward.load(Ordering::Relaxed))
            })
        };
        let (observations, receiver) = mpsc::channel(10_000);
        let state = State::new(&[CLUSTER.into()], Scope::All);
        let (engine, handle) = Engine::new(state, restored, receiver, journal, clock);
        let cancelled = CancellationToken::new();
        let task = tokio::spawn(engine.run(cancelled.clone()));
        Self { handle, observations, put_forward, cancelled, task }
    }

    /// Each source has been read, and there is nothing.
    pub(crate) async fn list_nothing(&self) {
        self.list_only([]).await;
    }

    /// Each source has been read, and there is nothing but these pods.
    pub(crate) async fn list_only(&self, pods: impl IntoIterator<Item = u128>) {
        for resource in Resource::ALL {
            if resource != Resource::Pods {
                self.tell(listed(resource, [])).await;
            }
        }
        self.tell(listed(Resource::Pods, pods)).await;
    }

    pub(crate) async fn tell(&self, fact: Fact) {
        let observation = Observation::Cluster { cluster: CLUSTER.into(), fact };
        self.observations.send(observation).await.expect("the engine is running");
    }

    /// Waits until all that was told is published.
    pub(crate) async fn settle(&self) {
        self.tell(Fact::Linked(source(Resource::Events), Link::Connecting)).await;
        let applied = loop {
            if self.waiting() == 0 {
                break self.handle.gauges().applied_total;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        assert!(applied > 0);
        // Longer than between two publications.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// How much of what was told waits to be taken.
    pub(crate) fn waiting(&self) -> usize {
        self.observations.max_capacity() - self.observations.capacity()
    }

    pub(crate) fn put_clock_forward(&self, by: Duration) {
        self.put_forward.fetch_add(i64::try_from(by.as_millis()).expect("some hours"), Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.handle.snapshot()
    }

    pub(crate) fn row(&self, name: &str) -> Option<Arc<Row>> {
        rows(&self.snapshot()).remove(&id(name))
    }

    /// Ends the engine.
    pub(crate) async fn end(self) -> Handle {
        self.cancelled.cancel();
        self.task.await.expect("the engine does not panic");
        self.handle
    }
}

pub(crate) fn rows(snapshot: &Snapshot) -> BTreeMap<WorkloadId, Arc<Row>> {
    let cluster = snapshot.view.cluster(CLUSTER).expect("it was named at the start");
    cluster.rows().map(|row| ((*row.id).clone(), row.clone())).collect()
}

/// The id of a bare pod.
pub(crate) fn id(name: &str) -> WorkloadId {
    format!("{CLUSTER}/shop/Pod/{name}").parse().expect("four names")
}

pub(crate) fn source(resource: Resource) -> SourceId {
    SourceId { resource, namespace: None }
}

pub(crate) fn listed(resource: Resource, uids: impl IntoIterator<Item = u128>) -> Fact {
    Fact::Listed(source(resource), uids.into_iter().map(Uid::new).collect())
}

pub(crate) fn linked(link: Link) -> Fact {
    Fact::Linked(source(Resource::Pods), link)
}

pub(crate) fn lost() -> Fact {
    linked(Link::Lost { reason: "connection refused".into() })
}

pub(crate) fn deleted(uid: u128) -> Fact {
    Fact::Deleted(source(Resource::Pods), Uid::new(uid))
}

/// A pod `pod-<uid>` that has been ready for long, with so many restarts behind it.
pub(crate) fn applied(uid: u128, restarts: u32) -> Fact {
    Fact::Applied(Object::Pod(Arc::new(pod(uid, restarts))))
}

pub(crate) fn pod(uid: u128, restarts: u32) -> Pod {
    let ready = Condition {
        kind: "Ready".into(),
        status: Tristate::True,
        reason: None,
        message: None,
        since: Some(MADE + Duration::from_secs(5)),
    };
    Pod {
        uid: Uid::new(uid),
        namespace: "shop".into(),
        name: format!("pod-{uid}").into(),
        owner: None,
        node: Some("node-1".into()),
        revision: None,
        phase: Phase::Running,
        created: MADE,
        deleting: None,
        started: Some(MADE),
        conditions: Box::new([ready]),
        spec: Arc::new(PodSpec {
            containers: Box::new([ContainerSpec {
                name: "app".into(),
                image: "web:1".into(),
                role: Role::Main,
                resources: Resources::default(),
                startup_probe: None,
                readiness_probe: None,
                liveness_probe: false,
            }]),
            restart_policy: RestartPolicy::Always,
            readiness_gates: Box::new([]),
            scheduling_gates: Box::new([]),
            requests: Compute::default(),
            memory_limit_bytes: None,
            termination_grace: Duration::from_secs(30),
        }),
        containers: Box::new([Container {
            state: ContainerState::Running { since: Some(MADE) },
            ready: true,
            restarts,
            last: None,
        }]),
        claims: Box::new([]),
        ip: None,
        uncommon: None,
    }
}
