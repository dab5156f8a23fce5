//! What it costs to take in one change and judge what it touches, beside 10,000 workloads: `cargo bench -p domain`.
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::event::Event;
use domain::id::{Kind, Uid};
use domain::node::Node;
use domain::observation::{Fact, Object, Observation};
use domain::pod::{Container, ContainerState, Phase, Pod, PodSpec, Termination};
use domain::scope::Scope;
use domain::source::{Link, Resource};
use domain::state::State;
use domain::time::Time;
use objects::{CLUSTER, MADE, controller, linked, listed, observation, owner, pod, put_pod, spec};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[path = "../tests/state/objects.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod objects;

const WORKLOADS: u128 = 10_000;
const PODS: u128 = 5;
const NODES: u128 = 500;
const CHANGES: u128 = 20_000;
const NOW: Time = Time::from_secs(2_000_000);

fn main() {
    let mut state = filled();
    measure(&mut state, "a pod of a healthy workload changes", |n| {
        let healthy = member(n % WORKLOADS, n % PODS);
        // The address is shown and judged by nobody.
        put_pod(Pod { ip: Some(std::net::Ipv4Addr::from(n as u32).into()), ..healthy })
    });
    measure(&mut state, "a container ends and is started again", |n| {
        put_pod(crashed(member(n % 100, n % PODS), (n / 100) as u32 + 1))
    });
    measure(&mut state, "an event about a pod", |n| {
        let about = member(n % WORKLOADS, n % PODS);
        observation(Fact::Applied(Object::Event(Arc::new(Event {
            uid: Uid::new((3 << 64) + n),
            namespace: about.namespace,
            kind: "Pod".into(),
            name: about.name,
            object: about.uid,
            container: Some("app".into()),
            warning: true,
            reason: "Unhealthy".into(),
            message: "Readiness probe failed: HTTP probe failed with statuscode: 503".into(),
            source: Some("kubelet".into()),
            count: 1,
            first: NOW,
            last: NOW,
        }))))
    });
    measure(&mut state, "a pod finds no room on any of 500 nodes", |n| {
        let unplaced = member(WORKLOADS - 1 - n % 100, n % PODS);
        put_pod(unscheduled(unplaced, n))
    });
}

#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn measure(state: &mut State, what: &str, change: impl Fn(u128) -> Observation) {
    let mut taken: Vec<Duration> = Vec::new();
    let mut judged = 0;
    for n in 0..CHANGES {
        let observation = change(n);
        let began = Instant::now();
        let changes = state.apply(observation, NOW + Duration::from_millis(n as u64));
        taken.push(began.elapsed());
        judged += changes.len();
    }
    let mean = taken.iter().sum::<Duration>().as_secs_f64() * 1e6 / taken.len() as f64;
    taken.sort_unstable();
    let percentile = |percent: usize| taken[taken.len() * percent / 100].as_secs_f64() * 1e6;
    println!(
        "{what}: {mean:.1} µs a change (p50 {:.1}, p99 {:.1}), {:.2} changes told of each",
        percentile(50),
        percentile(99),
        judged as f64 / CHANGES as f64
    );
}

fn filled() -> State {
    let mut state = State::new(&[CLUSTER.into()], Scope::All);
    for resource in Resource::ALL {
        state.apply(linked(resource, Link::Connecting), NOW);
    }
    for resource in [Resource::Jobs, Resource::CronJobs] {
        state.apply(linked(resource, Link::Forbidden { reason: "forbidden".into() }), NOW);
    }
    for number in 0..NODES {
        state.apply(observation(Fact::Applied(Object::Node(Arc::new(node(number))))), NOW);
    }
    for workload in 0..WORKLOADS {
        let set = controller(Kind::StatefulSet, set_uid(workload), &set_name(workload), PODS as u32);
        state.apply(observation(Fact::Applied(Object::Controller(Arc::new(set)))), NOW);
        for ordinal in 0..PODS {
            state.apply(put_pod(member(workload, ordinal)), NOW);
        }
    }
    for resource in Resource::ALL.into_iter().filter(|resource| *resource != Resource::PodMetrics) {
        let uids: Vec<u128> = match resource {
            Resource::StatefulSets => (0..WORKLOADS).map(set_uid).collect(),
            Resource::Pods => {
                (0..WORKLOADS).flat_map(|set| (0..PODS).map(move |pod| pod_uid(set, pod))).collect()
            }
            Resource::Nodes => (0..NODES).map(node_uid).collect(),
            Resource::Jobs | Resource::CronJobs => continue,
            _ => Vec::new(),
        };
        state.apply(listed(resource, uids), NOW);
    }
    assert_eq!(state.view().cluster(CLUSTER).map(|cluster| cluster.rows().count()), Some(WORKLOADS as usize));
    state
}

const fn set_uid(workload: u128) -> u128 {
    1 + workload
}

const fn pod_uid(workload: u128, ordinal: u128) -> u128 {
    (1 << 64) + (workload << 16) + ordinal
}

const fn node_uid(number: u128) -> u128 {
    (2 << 64) + number
}

fn set_name(workload: u128) -> String {
    format!("set-{workload}")
}

/// A pod that does well.
fn member(workload: u128, ordinal: u128) -> Pod {
    let name = set_name(workload);
    let owner = owner(Kind::StatefulSet, &name, set_uid(workload));
    let node = format!("node-{}", (workload * PODS + ordinal) % NODES);
    let spec = Arc::new(PodSpec {
        requests: Compute { cpu_millicores: 20, memory_bytes: 32 << 20 },
        ..(*spec("web:1")).clone()
    });
    let pod = pod(pod_uid(workload, ordinal), &format!("{name}-{ordinal}"), Some(owner));
    Pod { node: Some(node.as_str().into()), spec, ..pod }
}

fn crashed(pod: Pod, restarts: u32) -> Pod {
    let end = Termination {
        exit_code: 1,
        signal: None,
        reason: Some("Error".into()),
        message: None,
        gist: None,
        started: Some(NOW),
        finished: Some(NOW + Duration::from_secs(u64::from(restarts))),
    };
    let waiting = ContainerState::Waiting { reason: Some("CrashLoopBackOff".into()), message: None };
    let container = Container { state: waiting, ready: false, restarts, last: Some(Box::new(end)) };
    let unready = Condition { status: Tristate::False, since: Some(NOW), ..pod.conditions[0].clone() };
    Pod { conditions: Box::new([unready]), containers: Box::new([container]), ..pod }
}

/// A pod of which the scheduler says anew why no node takes it.
fn unscheduled(pod: Pod, number: u128) -> Pod {
    let open = NODES - number % 7;
    let told = Condition {
        kind: "PodScheduled".into(),
        status: Tristate::False,
        reason: Some("Unschedulable".into()),
        message: Some(format!("0/{NODES} nodes are available: {open} Insufficient cpu.").into()),
        since: Some(NOW),
    };
    let requests = Compute { cpu_millicores: 64_000, memory_bytes: 1 << 30 };
    let spec = Arc::new(PodSpec { requests, ..(*pod.spec).clone() });
    Pod { node: None, phase: Phase::Pending, started: None, conditions: Box::new([told]), spec, ..pod }
}

fn node(number: u128) -> Node {
    let ready = Condition {
        kind: "Ready".into(),
        status: Tristate::True,
        reason: None,
        message: None,
        since: Some(MADE),
    };
    Node {
        uid: Uid::new(node_uid(number)),
        name: format!("node-{number}").as_str().into(),
        created: MADE,
        unschedulable: false,
        conditions: Box::new([ready]),
        allocatable: Compute { cpu_millicores: 4000, memory_bytes: 8 << 30 },
    }
}
