//! A small cluster to judge: builders for pods, controllers and events.
use domain::claim::Claim;
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::controller::{Controller, Strategy};
use domain::event::Event;
use domain::id::{Kind, Owner, Uid, WorkloadId};
use domain::judgement::{Facts, Judgement, Surroundings, judge};
use domain::last_words::LastWords;
use domain::memory::Memory;
use domain::node::Node;
use domain::pod::{
    Container, ContainerSpec, ContainerState, Phase, Pod, PodSpec, Resources, RestartPolicy, Role,
    Termination,
};
use domain::time::Time;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The beginning of every test.
pub(crate) const START: Time = Time::from_millis(1_800_000_000_000);

/// So many seconds after the beginning.
pub(crate) fn at(secs: u64) -> Time {
    START + Duration::from_secs(secs)
}

/// Everything that is known of one workload.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) id: WorkloadId,
    pub(crate) controller: Option<Controller>,
    pub(crate) children: Vec<Controller>,
    pub(crate) pods: Vec<Pod>,
    pub(crate) around: Around,
}

/// What is known beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    pub(crate) events: BTreeMap<Uid, Vec<Arc<Event>>>,
    pub(crate) last_words: Vec<LastWords>,
    pub(crate) nodes: Option<Vec<Node>>,
    pub(crate) claims: Option<Vec<Claim>>,
    pub(crate) most_free: Option<Compute>,
    pub(crate) sees_jobs: bool,
    pub(crate) terminating: bool,
    pub(crate) unseen: Option<(Time, Time)>,
}

impl World {
    pub(crate) fn new(kind: Kind, name: &str) -> Self {
        let id = WorkloadId { cluster: "test".into(), namespace: "shop".into(), kind, name: name.into() };
        Self { id, controller: None, children: Vec::new(), pods: Vec::new(), around: Around::default() }
    }

    pub(crate) fn judge(&self, memory: &Memory, now: Time) -> Judgement {
        let mut pods: Vec<&Pod> = self.pods.iter().collect();
        pods.sort_by_key(|pod| (pod.created, pod.uid));
        self.judge_pods(&pods, memory, now)
    }

    pub(crate) fn judge_pods(&self, pods: &[&Pod], memory: &Memory, now: Time) -> Judgement {
        let mut children: Vec<&Controller> = self.children.iter().collect();
        children.sort_by_key(|child| std::cmp::Reverse((child.created, child.uid)));
        let facts = Facts {
            id: &self.id,
            controller: self.controller.as_ref(),
            children: &children,
            pods,
            surroundings: &self.around,
        };
        judge(&facts, memory, now)
    }
}

impl Surroundings for Around {
    fn events(&self, object: Uid) -> &[Arc<Event>] {
        self.events.get(&object).map_or(&[], Vec::as_slice)
    }

    fn unseen(&self) -> Option<(Time, Time)> {
        self.unseen
    }

    fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().flatten().find(|node| &*node.name == name)
    }

    fn nodes_are_current(&self) -> bool {
        self.nodes.is_some()
    }

    fn most_free(&self) -> Option<Compute> {
        self.most_free
    }

    fn claim(&self, name: &str) -> Option<&Claim> {
        self.claims.iter().flatten().find(|claim| &*claim.name == name)
    }

    fn last_words(&self, pod: Uid, container: &str) -> Option<&LastWords> {
        self.last_words.iter().find(|said| said.pod == pod && &*said.container == container)
    }

    fn sees_jobs(&self) -> bool {
        self.sees_jobs
    }

    fn namespace_is_terminating(&self) -> bool {
        self.terminating
    }
}

/// An identity for a name.
pub(crate) fn uid(name: &str) -> Uid {
    Uid::parse(name)
}

pub(crate) fn condition(kind: &str, status: Tristate, reason: Option<&str>, since: Time) -> Condition {
    Condition { kind: kind.into(), status, reason: reason.map(Into::into), message: None, since: Some(since) }
}

pub(crate) fn container_spec(name: &str, image: &str, role: Role) -> ContainerSpec {
    ContainerSpec {
        name: name.into(),
        image: image.into(),
        role,
        resources: Resources::default(),
        startup_probe: None,
        readiness_probe: None,
        liveness_probe: false,
    }
}

pub(crate) fn pod_spec(containers: Vec<ContainerSpec>) -> PodSpec {
    PodSpec {
        containers: containers.into(),
        restart_policy: RestartPolicy::Always,
        readiness_gates: Box::default(),
        scheduling_gates: Box::default(),
        requests: Compute::default(),
        memory_limit_bytes: None,
        termination_grace: Duration::from_secs(30),
    }
}

/// A pod that a kubelet has just taken.
pub(crate) fn pod(name: &str, spec: Arc<PodSpec>, now: Time) -> Pod {
    let containers = spec.containers.iter().map(|_| waiting("ContainerCreating", None)).collect();
    Pod {
        uid: uid(name),
        namespace: "shop".into(),
        name: name.into(),
        owner: None,
        node: Some("n1".into()),
        revision: None,
        phase: Phase::Pending,
        created: now,
        deleting: None,
        started: Some(now),
        conditions: [condition("Ready", Tristate::False, Some("ContainersNotReady"), now)].into(),
        spec,
        containers,
        claims: Box::default(),
        ip: None,
        uncommon: None,
    }
}

pub(crate) fn waiting(reason: &str, message: Option<&str>) -> Container {
    let state = ContainerState::Waiting { reason: Some(reason.into()), message: message.map(Into::into) };
    Container { state, ready: false, restarts: 0, last: None }
}

pub(crate) fn ended(exit_code: i32, reason: &str, started: Option<Time>, finished: Time) -> Termination {
    Termination {
        exit_code,
        signal: None,
        reason: Some(reason.into()),
        message: None,
        gist: None,
        started,
        finished: Some(finished),
    }
}

pub(crate) fn controller(kind: Kind, name: &str, desired: u32, now: Time) -> Controller {
    Controller {
        kind,
        uid: uid(name),
        namespace: "shop".into(),
        name: name.into(),
        owner: None,
        created: now,
        deleting: None,
        generation: 1,
        observed_generation: 1,
        desired,
        current: 0,
        updated: 0,
        ready: 0,
        available: 0,
        misscheduled: 0,
        template: None,
        revision: None,
        revision_number: None,
        paused: false,
        is_parallel: false,
        strategy: Strategy::RollingUpdate { partition: 0 },
        progressed: None,
        progress_deadline: None,
        min_ready: Duration::ZERO,
        conditions: Box::default(),
        claim_templates: Box::default(),
        annotations: Box::default(),
        job: None,
        cron: None,
    }
}

pub(crate) fn owner(kind: Kind, name: &str) -> Arc<Owner> {
    Arc::new(Owner { kind, name: name.into(), uid: uid(name) })
}

/// A node that has been there for days.
pub(crate) fn node(name: &str, ready: bool, unschedulable: bool) -> Node {
    let status = if ready { Tristate::True } else { Tristate::False };
    let created = START - Duration::from_hours(100);
    Node {
        uid: uid(name),
        name: name.into(),
        created,
        unschedulable,
        conditions: [condition("Ready", status, None, created)].into(),
        allocatable: Compute::default(),
    }
}

/// An event about an object, in its first and only occurrence.
pub(crate) fn event(object: &str, container: Option<&str>, reason: &str, message: &str, now: Time) -> Event {
    Event {
        uid: uid(&format!("{object} {reason} {message} {}", now.as_millis())),
        namespace: "shop".into(),
        kind: "Pod".into(),
        name: object.into(),
        object: uid(object),
        container: container.map(Into::into),
        warning: true,
        reason: reason.into(),
        message: message.into(),
        source: None,
        count: 1,
        first: now,
        last: now,
    }
}
