//! A small cluster with one of everything.
use super::NOW;
use super::objects::{MADE, condition, controller, event, namespace, observation, owner, pod, put, spec};
use domain::claim::Claim;
use domain::compute::Compute;
use domain::condition::Tristate;
use domain::controller::Controller;
use domain::id::{Kind, Uid};
use domain::node::Node;
use domain::observation::{Fact, Object, Observation};
use domain::pod::{Container, ContainerState, Phase, Pod, Termination};
use domain::source::Resource;
use std::sync::Arc;
use std::time::Duration;

/// In namespace `shop`: Deployments `web` (3 pods, and 1 of an old revision that goes), `idle` (none asked for) and
/// `api` (its pod crashes), StatefulSet `db` (2 pods with claims), DaemonSet `agent`; in `billing`: CronJob `nightly`
/// (2 runs), a bare pod, and a Rollout of Argo. In `kube-system`: a Deployment that nobody may see.
pub(crate) fn observations() -> Vec<Observation> {
    let mut all = vec![
        namespace(1, "shop"),
        namespace(2, "billing"),
        namespace(3, "kube-system"),
        namespace(4, "empty"),
    ];
    all.extend(web());
    all.extend(api());
    all.extend(db());
    all.extend(billing());
    all.push(put(controller(Kind::Deployment, 30, "shop", "idle", 0)));
    all.push(put(controller(Kind::DaemonSet, 60, "shop", "agent", 1)));
    all.push(put(pod(61, "shop", "agent-x", owner(Kind::DaemonSet, "agent", 60))));
    all.push(put(controller(Kind::Deployment, 90, "kube-system", "coredns", 0)));
    all.push(put(pod(91, "kube-system", "etcd", None)));
    all.push(put(event(92, ("kube-system", "Pod", "etcd", 91), "Killing", NOW)));
    all
}

/// The identities of all objects of a resource.
pub(crate) fn uids(resource: Resource) -> Vec<u128> {
    match resource {
        Resource::Namespaces => vec![1, 2, 3, 4],
        Resource::Pods => vec![12, 13, 14, 15, 22, 41, 42, 61, 73, 74, 80, 82, 91],
        Resource::Deployments => vec![10, 20, 30, 90],
        Resource::ReplicaSets => vec![11, 16, 21, 81],
        Resource::StatefulSets => vec![40],
        Resource::DaemonSets => vec![60],
        Resource::Events => vec![23, 24, 25, 92],
        Resource::Jobs => vec![71, 72],
        Resource::CronJobs => vec![70],
        Resource::Nodes => vec![100],
        Resource::PersistentVolumeClaims => vec![43],
        Resource::PodMetrics => vec![],
    }
}

/// Deployment `web` of so many replicas.
pub(crate) fn web_deployment(replicas: u32) -> Controller {
    Controller {
        annotations: Box::new([("maintenant.group".into(), "storefront".into())]),
        conditions: Box::new([condition("Available", Tristate::True)]),
        ..controller(Kind::Deployment, 10, "shop", "web", replicas)
    }
}

fn web() -> Vec<Observation> {
    let set = |uid, name: &str, revision: &str, number: &str, pods| Controller {
        owner: owner(Kind::Deployment, "web", 10),
        revision: Some(revision.into()),
        revision_number: Some(number.into()),
        ..controller(Kind::ReplicaSet, uid, "shop", name, pods)
    };
    let of = |uid, name: &str, set: &str, set_uid, revision: &str| Pod {
        revision: Some(revision.into()),
        ..pod(uid, "shop", name, owner(Kind::ReplicaSet, set, set_uid))
    };
    let old = set(16, "web-old", "old", "1", 0);
    let mut observations = vec![
        put(web_deployment(3)),
        put(Controller { created: MADE + Duration::from_mins(1), ..set(11, "web-new", "new", "2", 3) }),
        put(Controller { template: Some(spec("registry.example/web:0")), ..old }),
        put(Pod {
            deleting: Some(NOW + Duration::from_secs(30)),
            ..of(15, "web-old-a", "web-old", 16, "old")
        }),
    ];
    for (uid, name) in [(12, "web-new-a"), (13, "web-new-b"), (14, "web-new-c")] {
        observations.push(put(of(uid, name, "web-new", 11, "new")));
    }
    observations
}

fn api() -> Vec<Observation> {
    let crashed = Termination {
        exit_code: 1,
        signal: None,
        reason: Some("Error".into()),
        message: None,
        gist: None,
        started: Some(NOW - Duration::from_secs(70)),
        finished: Some(NOW - Duration::from_mins(1)),
    };
    let crashing = Pod {
        conditions: Box::new([condition("Ready", Tristate::False)]),
        containers: Box::new([Container {
            state: ContainerState::Waiting {
                reason: Some("CrashLoopBackOff".into()),
                message: Some("back-off 40s restarting failed container".into()),
            },
            ready: false,
            restarts: 4,
            last: Some(Box::new(crashed)),
        }]),
        spec: spec("registry.example/API:1.9"),
        ..pod(22, "shop", "api-x-a", owner(Kind::ReplicaSet, "api-x", 21))
    };
    let deployment = Controller {
        ready: 0,
        available: 0,
        template: Some(spec("registry.example/API:1.9")),
        ..controller(Kind::Deployment, 20, "shop", "api", 1)
    };
    vec![
        put(deployment),
        put(Controller {
            owner: owner(Kind::Deployment, "api", 20),
            ..controller(Kind::ReplicaSet, 21, "shop", "api-x", 1)
        }),
        put(crashing),
        put(event(23, ("shop", "Pod", "api-x-a", 22), "BackOff", NOW - Duration::from_secs(5))),
        put(event(24, ("shop", "ReplicaSet", "api-x", 21), "SuccessfulCreate", NOW - Duration::from_mins(5))),
        put(event(25, ("shop", "Pod", "api-x-a", 22), "Pulled", NOW - Duration::from_secs(65))),
    ]
}

fn db() -> Vec<Observation> {
    let of = |uid, name: &str, claim: &str| Pod {
        claims: Box::new([claim.into()]),
        ..pod(uid, "shop", name, owner(Kind::StatefulSet, "db", 40))
    };
    let claim = Claim {
        uid: Uid::new(43),
        namespace: "shop".into(),
        name: "data-db-0".into(),
        created: MADE,
        phase: "Bound".into(),
        capacity_bytes: Some(1 << 30),
        storage_class: Some("fast".into()),
    };
    let node = Node {
        uid: Uid::new(100),
        name: "node-1".into(),
        created: MADE,
        unschedulable: false,
        conditions: Box::new([condition("Ready", Tristate::True)]),
        allocatable: Compute { cpu_millicores: 4000, memory_bytes: 8 << 30 },
    };
    vec![
        put(Controller {
            claim_templates: Box::new(["data".into()]),
            ..controller(Kind::StatefulSet, 40, "shop", "db", 2)
        }),
        put(of(41, "db-0", "data-db-0")),
        put(of(42, "db-1", "data-db-1")),
        observation(Fact::Applied(Object::Claim(Arc::new(claim)))),
        observation(Fact::Applied(Object::Node(Arc::new(node)))),
    ]
}

fn billing() -> Vec<Observation> {
    let job = |uid, name: &str, ended: &str, created| Controller {
        owner: owner(Kind::CronJob, "nightly", 70),
        created,
        conditions: Box::new([condition(ended, Tristate::True)]),
        ..controller(Kind::Job, uid, "billing", name, 1)
    };
    let of = |uid, job: &str, job_uid, phase| Pod {
        phase,
        conditions: Box::new([condition("Ready", Tristate::False)]),
        ..pod(uid, "billing", &format!("{job}-x"), owner(Kind::Job, job, job_uid))
    };
    let rollout = Kind::Foreign { group: "argoproj.io".into(), kind: "Rollout".into() };
    vec![
        put(controller(Kind::CronJob, 70, "billing", "nightly", 0)),
        put(job(71, "nightly-1", "Failed", MADE)),
        put(job(72, "nightly-2", "Complete", MADE + Duration::from_hours(1))),
        put(of(73, "nightly-1", 71, Phase::Failed)),
        put(of(74, "nightly-2", 72, Phase::Succeeded)),
        put(pod(80, "billing", "alone", None)),
        put(Controller {
            owner: owner(rollout, "checkout", 89),
            ..controller(Kind::ReplicaSet, 81, "billing", "checkout-x", 1)
        }),
        put(pod(82, "billing", "checkout-x-a", owner(Kind::ReplicaSet, "checkout-x", 81))),
    ]
}
