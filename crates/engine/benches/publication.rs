//! What one change costs between the channel of the sources and a reader: `cargo bench -p engine`.
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::controller::{Controller, Strategy};
use domain::id::{Kind, Owner, Uid};
use domain::observation::{Fact, Object, Observation};
use domain::pod::{
    Container, ContainerSpec, ContainerState, Phase, Pod, PodSpec, Resources, RestartPolicy, Role,
};
use domain::scope::Scope;
use domain::source::{Resource, SourceId};
use domain::state::State;
use domain::text::Text;
use domain::time::Time;
use engine::{Engine, Handle};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::NoHistory;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const WORKLOADS: u32 = 10_000;
const PODS: u32 = 5;
const CHANGES: u32 = 20_000;
const MADE: Time = Time::from_secs(1_700_000_000);
const NOW: Time = Time::from_secs(1_800_000_000);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime of one thread asks for nothing");
    runtime.block_on(measure());
}

#[expect(clippy::print_stdout, reason = "the figures are the output")]
async fn measure() {
    let (observations, receiver) = mpsc::channel(1_024);
    let journal = Arc::new(NoHistory::new(None, "a benchmark"));
    let clock = {
        let began = Instant::now();
        Arc::new(move || NOW + began.elapsed())
    };
    let state = State::new(&["bench".into()], Scope::All);
    let (engine, handle) = Engine::new(state, Vec::new(), receiver, journal, clock);
    let cancelled = CancellationToken::new();
    let task = tokio::spawn(engine.run(cancelled.clone()));

    let began = Instant::now();
    for workload in 0..WORKLOADS {
        send(&observations, Fact::Applied(Object::Controller(stateful_set(workload)))).await;
    }
    for workload in 0..WORKLOADS {
        for ordinal in 0..PODS {
            send(&observations, Fact::Applied(Object::Pod(pod(workload, ordinal, 0)))).await;
        }
    }
    for resource in Resource::ALL.into_iter().filter(|resource| resource.is_required()) {
        let uids = match resource {
            Resource::StatefulSets => (0..WORKLOADS).map(set_uid).collect(),
            Resource::Pods => {
                (0..WORKLOADS).flat_map(|workload| (0..PODS).map(move |o| pod_uid(workload, o))).collect()
            }
            _ => Vec::new(),
        };
        send(&observations, Fact::Listed(source(resource), uids)).await;
    }
    settled(&handle, u64::from(WORKLOADS * (PODS + 1)) + 6).await;
    let listing = began.elapsed();
    let after_listing = handle.gauges();
    assert_eq!(after_listing.workloads, WORKLOADS as usize);

    let began = Instant::now();
    for change in 0..CHANGES {
        let workload = change.wrapping_mul(7_919) % WORKLOADS;
        send(&observations, Fact::Applied(Object::Pod(pod(workload, change % PODS, change + 1)))).await;
    }
    settled(&handle, after_listing.applied_total + u64::from(CHANGES)).await;
    let changing = began.elapsed();
    let after = handle.gauges();

    let each = |total: Duration, count: u64| total.as_secs_f64() * 1e6 / count as f64;
    println!("workloads {WORKLOADS}, pods {}", after.pods);
    println!("first listing: {listing:.0?}, {:.1} µs an object", each(listing, after_listing.applied_total));
    println!(
        "changes of one pod: {:.1} µs each, apply alone {:.1} µs; {} publications",
        each(changing, u64::from(CHANGES)),
        each(after.apply_time_total.saturating_sub(after_listing.apply_time_total), u64::from(CHANGES)),
        after.publications_total - after_listing.publications_total,
    );
    alone(&observations, &handle).await;
    cancelled.cancel();
    task.await.expect("the engine does not panic");
}

/// Changes one after the other, each waited for: what a reader sees of a quiet cluster.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
async fn alone(observations: &mpsc::Sender<Observation>, handle: &Handle) {
    let mut subscription = handle.subscribe();
    let mut delays = Vec::new();
    for change in 0..100 {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let began = Instant::now();
        send(observations, Fact::Applied(Object::Pod(pod(change, 0, CHANGES + change + 1)))).await;
        subscription.recv().await.expect("one that waits does not lag");
        delays.push(began.elapsed());
    }
    delays.sort_unstable();
    println!("a change alone, to its batch: p50 {:.0?}, p99 {:.0?}", delays[50], delays[99]);
}

async fn send(observations: &mpsc::Sender<Observation>, fact: Fact) {
    let observation = Observation::Cluster { cluster: "bench".into(), fact };
    observations.send(observation).await.expect("the engine is running");
}

async fn settled(handle: &Handle, applied: u64) {
    while handle.gauges().applied_total < applied {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn source(resource: Resource) -> SourceId {
    SourceId { resource, namespace: None }
}

fn set_uid(workload: u32) -> Uid {
    Uid::new(u128::from(workload) + 1)
}

fn pod_uid(workload: u32, ordinal: u32) -> Uid {
    Uid::new((u128::from(workload) << 32) + (1 << 64) + u128::from(ordinal))
}

fn namespace(workload: u32) -> Text {
    format!("team-{}", workload % 100).into()
}

fn stateful_set(workload: u32) -> Arc<Controller> {
    Arc::new(Controller {
        kind: Kind::StatefulSet,
        uid: set_uid(workload),
        namespace: namespace(workload),
        name: format!("set-{workload}").into(),
        owner: None,
        created: MADE,
        deleting: None,
        generation: 1,
        observed_generation: 1,
        desired: PODS,
        current: PODS,
        updated: PODS,
        ready: PODS,
        available: PODS,
        misscheduled: 0,
        template: Some(spec()),
        revision: None,
        revision_number: None,
        paused: false,
        is_parallel: false,
        strategy: Strategy::RollingUpdate { partition: 0 },
        progressed: None,
        progress_deadline: None,
        min_ready: Duration::ZERO,
        conditions: Box::new([]),
        claim_templates: Box::new([]),
        annotations: Box::new([]),
        job: None,
        cron: None,
    })
}

fn pod(workload: u32, ordinal: u32, restarts: u32) -> Arc<Pod> {
    let ready = Condition {
        kind: "Ready".into(),
        status: Tristate::True,
        reason: None,
        message: None,
        since: Some(MADE),
    };
    let name = format!("set-{workload}");
    Arc::new(Pod {
        uid: pod_uid(workload, ordinal),
        namespace: namespace(workload),
        owner: Some(Arc::new(Owner {
            kind: Kind::StatefulSet,
            name: name.as_str().into(),
            uid: set_uid(workload),
        })),
        name: format!("{name}-{ordinal}").into(),
        node: Some("node-1".into()),
        revision: None,
        phase: Phase::Running,
        created: MADE,
        deleting: None,
        started: Some(MADE),
        conditions: Box::new([ready]),
        spec: spec(),
        containers: Box::new([Container {
            state: ContainerState::Running { since: Some(MADE) },
            ready: true,
            restarts,
            last: None,
        }]),
        claims: Box::new([]),
        ip: None,
        uncommon: None,
    })
}

fn spec() -> Arc<PodSpec> {
    Arc::new(PodSpec {
        containers: Box::new([ContainerSpec {
            name: "app".into(),
            image: "registry.example.com/app:1".into(),
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
    })
}
