//! Objects as a cluster would tell of them, with what a case does not name left ordinary.
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::controller::{Controller, Strategy};
use domain::id::{Kind, Owner, Uid};
use domain::observation::{Fact, Object, Observation};
use domain::pod::{
    Container, ContainerSpec, ContainerState, Phase, Pod, PodSpec, Resources, RestartPolicy, Role,
};
use domain::source::{Link, Resource, SourceId};
use domain::time::Time;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const CLUSTER: &str = "test";
/// When every object was made: long before the test begins.
pub(crate) const MADE: Time = Time::from_secs(1_000_000);

pub(crate) fn observation(fact: Fact) -> Observation {
    Observation::Cluster { cluster: CLUSTER.into(), fact }
}

pub(crate) fn applied(object: Object) -> Observation {
    observation(Fact::Applied(object))
}

pub(crate) fn source(resource: Resource) -> SourceId {
    SourceId { resource, namespace: None }
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

pub(crate) fn owner(kind: Kind, name: &str, uid: u128) -> Arc<Owner> {
    Arc::new(Owner { kind, name: name.into(), uid: Uid::new(uid) })
}

pub(crate) fn spec(image: &str) -> Arc<PodSpec> {
    Arc::new(PodSpec {
        containers: Box::new([ContainerSpec {
            name: "app".into(),
            image: image.into(),
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

/// A pod that has been ready since shortly after it was made.
pub(crate) fn pod(uid: u128, name: &str, owner: Option<Arc<Owner>>) -> Pod {
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
        name: name.into(),
        owner,
        node: Some("node-1".into()),
        revision: None,
        phase: Phase::Running,
        created: MADE,
        deleting: None,
        started: Some(MADE),
        conditions: Box::new([ready]),
        spec: spec("web:1"),
        containers: Box::new([Container {
            state: ContainerState::Running { since: Some(MADE) },
            ready: true,
            restarts: 0,
            last: None,
        }]),
        claims: Box::new([]),
        ip: None,
        uncommon: None,
    }
}

/// A controller whose wish is fulfilled by so many pods.
pub(crate) fn controller(kind: Kind, uid: u128, name: &str, pods: u32) -> Controller {
    Controller {
        kind,
        uid: Uid::new(uid),
        namespace: "shop".into(),
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
        template: Some(spec("web:1")),
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

pub(crate) fn put_pod(pod: Pod) -> Observation {
    applied(Object::Pod(Arc::new(pod)))
}

pub(crate) fn put(controller: Controller) -> Observation {
    applied(Object::Controller(Arc::new(controller)))
}
