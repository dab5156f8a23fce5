//! A pod and its containers.
use super::event::EventView;
use super::health::{HealthView, ReasonView};
use super::time::Timestamp;
use crate::facts::PodFacts;
use domain::id::Uid;
use domain::pod::{Container, ContainerSpec, ContainerState, Role, Termination};
use domain::text::Text;
use serde::{Serialize, Serializer};
use std::net::IpAddr;
use utoipa::ToSchema;

/// One running copy of a workload
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pod)]
pub(crate) struct PodView<'a> {
    cluster: &'a str,
    namespace: &'a str,
    name: &'a str,
    #[schema(value_type = String)]
    #[serde(serialize_with = "uid_as_text")]
    uid: Uid,
    /// Id of the workload that it belongs to
    workload: Option<String>,
    node: Option<&'a str>,
    /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`
    phase: &'static str,
    health: HealthView,
    reason: Option<ReasonView>,
    ready: bool,
    /// Restarts of all its containers
    restarts: u32,
    /// Its number in a StatefulSet
    ordinal: Option<u32>,
    /// Which revision of its workload it is of
    revision: Option<&'a str>,
    /// Whether that is the newest revision
    current: bool,
    #[schema(value_type = Option<String>)]
    ip: Option<IpAddr>,
    created_at: Timestamp,
    /// When a kubelet took it
    started_at: Option<Timestamp>,
    /// When its grace period ends or ended; null while nobody deletes it
    deleting_since: Option<Timestamp>,
    /// Names of the PersistentVolumeClaims that it uses
    #[schema(value_type = Vec<String>)]
    claims: &'a [Text],
    /// CPU in use, in thousandths of a core; null where it is not measured
    cpu_millicores: Option<u64>,
    /// Memory in use (working set)
    memory_bytes: Option<u64>,
    containers: Vec<ContainerView<'a>>,
}

/// A pod, with the events about it
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PodDetail)]
pub(crate) struct PodDetailView<'a> {
    #[serde(flatten)]
    pub(crate) pod: PodView<'a>,
    /// The state that this shows, `<epoch>-<seq>`
    pub(crate) version: String,
    /// When that state was published
    pub(crate) as_of: Timestamp,
    /// Newest first
    pub(crate) events: Vec<EventView<'a>>,
}

/// One container of a pod
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Container)]
struct ContainerView<'a> {
    name: &'a str,
    /// `main`, `init`, `sidecar`, `ephemeral`
    role: &'static str,
    image: &'a str,
    /// `waiting`, `running`, `terminated`, `unknown` (the kubelet has not reported on it)
    state: &'static str,
    /// Kubernetes' word for it: `CrashLoopBackOff`, `OOMKilled` …
    reason: Option<&'a str>,
    message: Option<&'a str>,
    ready: bool,
    restarts: u32,
    /// Null unless terminated
    exit_code: Option<i32>,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    /// How the run before this one ended
    last_exit: Option<ExitView<'a>>,
    memory_limit_bytes: Option<u64>,
    cpu_limit_millicores: Option<u64>,
}

/// How one run of a container ended
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Exit)]
struct ExitView<'a> {
    exit_code: i32,
    signal: Option<i32>,
    reason: Option<&'a str>,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
}

impl<'a> From<&PodFacts<'a>> for PodView<'a> {
    fn from(facts: &PodFacts<'a>) -> Self {
        let pod = facts.pod;
        let judgement = facts.judge();
        let usage = facts.usage();
        Self {
            cluster: facts.cluster.name(),
            namespace: &pod.namespace,
            name: &pod.name,
            uid: pod.uid,
            workload: facts.workload().map(ToString::to_string),
            node: pod.node.as_deref(),
            phase: pod.phase.as_str(),
            health: judgement.health.into(),
            reason: judgement.diagnosis.as_ref().map(Into::into),
            ready: pod.is_ready(),
            restarts: pod.restarts(),
            ordinal: facts.ordinal(),
            revision: pod.revision.as_deref(),
            current: facts.is_current(),
            ip: pod.ip,
            created_at: pod.created.into(),
            started_at: pod.started.map(Into::into),
            deleting_since: pod.deleting.map(Into::into),
            claims: &pod.claims,
            cpu_millicores: usage.map(|usage| usage.cpu_millicores),
            memory_bytes: usage.map(|usage| usage.memory_bytes),
            containers: pod.each_container().map(|(spec, state)| ContainerView::of(spec, state)).collect(),
        }
    }
}

impl<'a> ContainerView<'a> {
    fn of(spec: &'a ContainerSpec, container: &'a Container) -> Self {
        let mut view = Self {
            name: &spec.name,
            role: match spec.role {
                Role::Init => "init",
                Role::Sidecar => "sidecar",
                Role::Main => "main",
                Role::Ephemeral => "ephemeral",
            },
            image: &spec.image,
            state: "unknown",
            reason: None,
            message: None,
            ready: container.ready,
            restarts: container.restarts,
            exit_code: None,
            started_at: None,
            finished_at: None,
            last_exit: container.last.as_deref().map(Into::into),
            memory_limit_bytes: spec.resources.memory_limit_bytes,
            cpu_limit_millicores: spec.resources.cpu_limit_millicores,
        };
        match &container.state {
            ContainerState::Unreported => {}
            ContainerState::Waiting { reason, message } => {
                view.state = "waiting";
                view.reason = reason.as_deref();
                view.message = message.as_deref();
            }
            ContainerState::Running { since } => {
                view.state = "running";
                view.started_at = since.map(Into::into);
            }
            ContainerState::Terminated(end) => {
                view.state = "terminated";
                view.reason = end.reason.as_deref();
                view.message = end.message.as_deref();
                view.exit_code = Some(end.exit_code);
                view.started_at = end.started.map(Into::into);
                view.finished_at = end.finished.map(Into::into);
            }
        }
        view
    }
}

impl<'a> From<&'a Termination> for ExitView<'a> {
    fn from(end: &'a Termination) -> Self {
        Self {
            exit_code: end.exit_code,
            signal: end.signal,
            reason: end.reason.as_deref(),
            started_at: end.started.map(Into::into),
            finished_at: end.finished.map(Into::into),
        }
    }
}

pub(super) fn uid_as_text<S: Serializer>(uid: &Uid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(uid)
}
