//! What a small cluster has: a workload of each kind in whatever state, with what belongs to it.
use crate::bed::NOW;
use crate::objects::*;
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::controller::Controller;
use domain::event::Event;
use domain::id::{Kind, Uid};
use domain::namespace::Namespace;
use domain::node::Node;
use domain::observation::{Fact, Object, Observation};
use domain::pod::{Container, ContainerState, Phase, Pod, PodSpec, Termination};
use domain::source::{Link, Resource};
use domain::time::Time;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The objects of a cluster, by resource.
#[derive(Clone, Debug, Default)]
pub(super) struct Inventory {
    objects: BTreeMap<Resource, Vec<(u128, Object)>>,
    /// Whether Jobs and CronJobs may be read.
    reads_jobs: bool,
}

/// A workload in the making.
#[derive(Clone, Debug)]
struct Sketch {
    kind: Kind,
    counts: [u32; 4],
    is_observed: bool,
    is_paused: bool,
    progressing: Option<&'static str>,
    pods: Vec<PodSketch>,
}

#[derive(Clone, Debug)]
struct PodSketch {
    state: &'static str,
    /// Before now
    age_secs: u64,
    is_old: bool,
    is_leaving: bool,
    event: Option<&'static str>,
}

impl Inventory {
    /// What each source says to list what it has.
    pub(super) fn lists(&self) -> Vec<Vec<Observation>> {
        Resource::ALL.into_iter().map(|resource| self.list(resource)).collect()
    }

    /// That all of a resource was told.
    pub(super) fn listed(&self, resource: Resource) -> Observation {
        listed(resource, self.objects.get(&resource).into_iter().flatten().map(|(uid, _)| *uid))
    }

    fn list(&self, resource: Resource) -> Vec<Observation> {
        let is_run = matches!(resource, Resource::Jobs | Resource::CronJobs);
        if resource == Resource::PodMetrics || (is_run && !self.reads_jobs) {
            return vec![linked(resource, Link::Forbidden { reason: "forbidden".into() })];
        }
        let objects = self.objects.get(&resource).into_iter().flatten();
        let told = objects.map(|(_, object)| observation(Fact::Applied(object.clone())));
        told.chain([self.listed(resource), linked(resource, Link::Live)]).collect()
    }

    fn add(&mut self, resource: Resource, uid: u128, object: Object) {
        self.objects.entry(resource).or_default().push((uid, object));
    }

    fn add_workload(&mut self, number: u128, sketch: &Sketch) {
        let first = (number + 1) * 100;
        let name = format!("w{number}");
        let kind = sketch.kind.clone();
        let mut pod_owner = Some(owner(kind.clone(), &name, first));
        let resource = match kind {
            Kind::Deployment => Some(Resource::Deployments),
            Kind::StatefulSet => Some(Resource::StatefulSets),
            Kind::DaemonSet => Some(Resource::DaemonSets),
            Kind::Job => Some(Resource::Jobs),
            _ => None,
        };
        if kind == Kind::Deployment {
            let set = format!("{name}-r1");
            let child = Controller {
                owner: pod_owner.clone(),
                revision: Some("r1".into()),
                ..controller(Kind::ReplicaSet, first + 1, &set, sketch.counts[0])
            };
            self.add(Resource::ReplicaSets, first + 1, Object::Controller(Arc::new(child)));
            pod_owner = Some(owner(Kind::ReplicaSet, &set, first + 1));
        }
        match resource {
            Some(resource) => {
                let object = Object::Controller(Arc::new(sketch.controller(first, &name)));
                self.add(resource, first, object);
            }
            None => pod_owner = None,
        }
        for (place, pod) in sketch.pods.iter().enumerate() {
            let uid = first + 10 + place as u128;
            let made = pod.pod(uid, &format!("{name}-{place}"), pod_owner.clone());
            if let Some(reason) = pod.event {
                let about = event(uid + 50, &made, reason, NOW - Duration::from_secs(pod.age_secs / 2));
                self.add(Resource::Events, uid + 50, Object::Event(Arc::new(about)));
            }
            self.add(Resource::Pods, uid, Object::Pod(Arc::new(made)));
        }
    }
}

impl Sketch {
    fn controller(&self, uid: u128, name: &str) -> Controller {
        let [desired, updated, ready, available] = self.counts;
        let conditions = self.progressing.map(|reason| {
            let status = if reason == "ProgressDeadlineExceeded" { Tristate::False } else { Tristate::True };
            told("Progressing", status, Some(reason), MADE)
        });
        Controller {
            desired,
            updated,
            ready,
            available,
            observed_generation: i64::from(self.is_observed),
            paused: self.is_paused,
            revision: Some("r1".into()),
            conditions: conditions.into_iter().collect(),
            ..controller(self.kind.clone(), uid, name, desired)
        }
    }
}

impl PodSketch {
    fn pod(&self, uid: u128, name: &str, owner: Option<Arc<domain::id::Owner>>) -> Pod {
        let made = NOW - Duration::from_secs(self.age_secs);
        let end = |exit_code| {
            Box::new(Termination {
                exit_code,
                signal: None,
                reason: None,
                message: None,
                gist: None,
                started: Some(made),
                finished: Some(made + Duration::from_secs(self.age_secs / 3)),
            })
        };
        let (phase, state) = match self.state {
            "succeeded" => (Phase::Succeeded, ContainerState::Terminated(end(0))),
            "failed" => (Phase::Failed, ContainerState::Terminated(end(1))),
            "ended" => (Phase::Running, ContainerState::Terminated(end(1))),
            "pending" | "unplaced" => (Phase::Pending, ContainerState::Unreported),
            "pulling" => (
                Phase::Pending,
                ContainerState::Waiting { reason: Some("ImagePullBackOff".into()), message: None },
            ),
            _ => (Phase::Running, ContainerState::Running { since: Some(made) }),
        };
        let is_ready = self.state == "ready";
        let is_placed = self.state != "unplaced";
        let status = if is_ready { Tristate::True } else { Tristate::False };
        let condition = if is_placed {
            told("Ready", status, None, made)
        } else {
            let words = Some("0/1 nodes are available: 1 Insufficient cpu.".into());
            Condition { message: words, ..told("PodScheduled", Tristate::False, Some("Unschedulable"), made) }
        };
        let cpu_millicores = if is_placed { 300 } else { 64_000 };
        let requests = Compute { cpu_millicores, memory_bytes: 1 << 20 };
        Pod {
            revision: Some(if self.is_old { "r0" } else { "r1" }.into()),
            phase,
            created: made,
            started: Some(made),
            deleting: self.is_leaving.then(|| NOW + Duration::from_secs(20)),
            conditions: Box::new([condition]),
            node: is_placed.then(|| "node-1".into()),
            spec: Arc::new(PodSpec { requests, ..(*spec("web:1")).clone() }),
            containers: Box::new([Container {
                state,
                ready: is_ready,
                restarts: u32::from(self.is_old),
                last: None,
            }]),
            ..pod(uid, name, owner)
        }
    }
}

pub(super) fn an_inventory() -> impl Strategy<Value = Inventory> {
    (vec(a_sketch(), 1..5), any::<bool>(), option::of(any::<[bool; 2]>())).prop_map(
        |(sketches, reads_jobs, node)| {
            let mut inventory = Inventory { reads_jobs, ..Inventory::default() };
            for (number, sketch) in sketches.iter().enumerate() {
                inventory.add_workload(number as u128, sketch);
            }
            let shop = Namespace { uid: Uid::new(1), name: "shop".into(), created: MADE, terminating: false };
            inventory.add(Resource::Namespaces, 1, Object::Namespace(Arc::new(shop)));
            if let Some([is_ready, unschedulable]) = node {
                let status = if is_ready { Tristate::True } else { Tristate::Unknown };
                let node = Node {
                    uid: Uid::new(2),
                    name: "node-1".into(),
                    created: MADE,
                    unschedulable,
                    conditions: Box::new([told("Ready", status, None, NOW - Duration::from_secs(90))]),
                    allocatable: Compute { cpu_millicores: 4000, memory_bytes: 8 << 30 },
                };
                inventory.add(Resource::Nodes, 2, Object::Node(Arc::new(node)));
            }
            inventory
        },
    )
}

fn a_sketch() -> impl Strategy<Value = Sketch> {
    let kinds = [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Job, Kind::Pod];
    let reasons = ["NewReplicaSetAvailable", "ReplicaSetUpdated", "ProgressDeadlineExceeded"];
    let counts = prop_oneof![
        Just([1; 4]),
        Just([2; 4]),
        any::<[u8; 4]>().prop_map(|counts| { counts.map(|count| u32::from(count % 4)) })
    ];
    (
        prop::sample::select(kinds.to_vec()),
        counts,
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.1),
        option::of(prop::sample::select(reasons.to_vec())),
        vec(a_pod(), 0..4),
    )
        .prop_map(|(kind, counts, is_observed, is_paused, progressing, pods)| {
            let pods = if kind == Kind::Pod { pods.into_iter().take(1).collect() } else { pods };
            Sketch { kind, counts, is_observed, is_paused, progressing, pods }
        })
}

fn a_pod() -> impl Strategy<Value = PodSketch> {
    let states = [
        "ready",
        "ready",
        "ready",
        "unready",
        "ended",
        "pulling",
        "unplaced",
        "pending",
        "succeeded",
        "failed",
    ];
    let events = ["Unhealthy", "BackOff", "FailedScheduling", "Evicted", "Killing"];
    (
        prop::sample::select(states.to_vec()),
        prop_oneof![1..200_u64, 600..80_000_u64],
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.1),
        option::weighted(0.4, prop::sample::select(events.to_vec())),
    )
        .prop_map(|(state, age_secs, is_old, is_leaving, event)| PodSketch {
            state,
            age_secs,
            is_old,
            is_leaving,
            event,
        })
}

fn told(kind: &str, status: Tristate, reason: Option<&str>, since: Time) -> Condition {
    Condition { kind: kind.into(), status, reason: reason.map(Into::into), message: None, since: Some(since) }
}

fn event(uid: u128, pod: &Pod, reason: &str, at: Time) -> Event {
    Event {
        uid: Uid::new(uid),
        namespace: pod.namespace.clone(),
        kind: "Pod".into(),
        name: pod.name.clone(),
        object: pod.uid,
        container: Some("app".into()),
        warning: true,
        reason: reason.into(),
        message: format!("{reason} in app").into(),
        source: Some("kubelet".into()),
        count: 1,
        first: at,
        last: at,
    }
}
