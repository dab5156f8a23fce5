//! Objects as a cluster would tell of them, with what a test does not name left ordinary.
use super::CLUSTER;
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::controller::{Controller, Strategy};
use domain::event::Event;
use domain::id::{Kind, Owner, Uid};
use domain::namespace::Namespace;
use domain::observation::{Fact, Object, Observation};
use domain::pod::{
    Container, ContainerSpec, ContainerState, Phase, Pod, PodSpec, Resources, RestartPolicy, Role,
};
use domain::source::{Link, Resource, SourceId};
use domain::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// When every object was made: days before the test begins.
pub(crate) const MADE: Time = Time::from_secs(1_795_000_000);

pub(crate) fn observation(fact: Fact) -> Observation {
    Observation::Cluster { cluster: CLUSTER.into(), fact }
}

pub(crate) fn linked(resource: Resource, link: Link) -> Observation {
    observation(Fact::Linked(source(resource), link))
}

pub(crate) fn listed(resource: Resource, uids: impl IntoIterator<Item = u128>) -> Observation {
    observation(Fact::Listed(source(resource), uids.into_iter().map(Uid::new).collect()))
}

pub(crate) fn deleted(resource: Resource, uid: u128) -> Observation {
    observation(Fact::Deleted(source(resource), Uid::new(uid)))
}

pub(crate) fn put(object: impl Into<Put>) -> Observation {
    observation(Fact::Applied(object.into().0))
}

/// An object of whichever kind.
pub(crate) struct Put(pub(crate) Object);

impl From<Pod> for Put {
    fn from(pod: Pod) -> Self {
        Self(Object::Pod(Arc::new(pod)))
    }
}

impl From<Controller> for Put {
    fn from(controller: Controller) -> Self {
        Self(Object::Controller(Arc::new(controller)))
    }
}

impl From<Event> for Put {
    fn from(event: Event) -> Self {
        Self(Object::Event(Arc::new(event)))
    }
}

pub(crate) fn source(resource: Resource) -> SourceId {
    SourceId { resource, namespace: None }
}

pub(crate) fn namespace(uid: u128, name: &str) -> Observation {
    let namespace = Namespace { uid: Uid::new(uid), name: name.into(), created: MADE, terminating: false };
    observation(Fact::Applied(Object::Namespace(Arc::new(namespace))))
}

#[expect(clippy::unnecessary_wraps, reason = "it is put into fields that may be empty")]
pub(crate) fn owner(kind: Kind, name: &str, uid: u128) -> Option<Arc<Owner>> {
    Some(Arc::new(Owner { kind, name: name.into(), uid: Uid::new(uid) }))
}

pub(crate) fn spec(image: &str) -> Arc<PodSpec> {
    let resources = Resources {
        cpu_request_millicores: Some(250),
        memory_limit_bytes: Some(64 << 20),
        ..Resources::default()
    };
    Arc::new(PodSpec {
        containers: Box::new([ContainerSpec {
            name: "app".into(),
            image: image.into(),
            role: Role::Main,
            resources,
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

/// A pod that has been ready since shortly after it was made.
pub(crate) fn pod(uid: u128, namespace: &str, name: &str, owner: Option<Arc<Owner>>) -> Pod {
    Pod {
        uid: Uid::new(uid),
        namespace: namespace.into(),
        name: name.into(),
        owner,
        node: Some("node-1".into()),
        revision: None,
        phase: Phase::Running,
        created: MADE,
        deleting: None,
        started: Some(MADE),
        conditions: Box::new([condition("Ready", Tristate::True)]),
        spec: spec("registry.example/web:1"),
        containers: Box::new([Container {
            state: ContainerState::Running { since: Some(MADE) },
            ready: true,
            restarts: 0,
            last: None,
        }]),
        claims: Box::new([]),
        ip: Some([10, 1, 0, 7].into()),
        uncommon: None,
    }
}

pub(crate) fn condition(kind: &str, status: Tristate) -> Condition {
    Condition {
        kind: kind.into(),
        status,
        reason: None,
        message: None,
        since: Some(MADE + Duration::from_secs(5)),
    }
}

/// A controller whose wish is fulfilled by so many pods.
pub(crate) fn controller(kind: Kind, uid: u128, namespace: &str, name: &str, pods: u32) -> Controller {
    Controller {
        kind,
        uid: Uid::new(uid),
        namespace: namespace.into(),
        name: name.into(),
        owner: None,
        created: MADE,
        deleting: None,
        generation: 1,
        observed_generation: 1,
        desired: pods,
        current: pods,
        updated: pods,
        ready: pods,
        available: pods,
        misscheduled: 0,
        template: Some(spec("registry.example/web:1")),
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
    }
}

/// An event about a pod or another object.
pub(crate) fn event(uid: u128, about: (&str, &str, &str, u128), reason: &str, last: Time) -> Event {
    let (namespace, kind, name, object) = about;
    Event {
        uid: Uid::new(uid),
        namespace: namespace.into(),
        kind: kind.into(),
        name: name.into(),
        object: Uid::new(object),
        container: None,
        warning: reason != "Pulled",
        reason: reason.into(),
        message: format!("{reason} happened to {name}").as_str().into(),
        source: Some("kubelet".into()),
        count: 3,
        first: last - Duration::from_mins(1),
        last,
    }
}
