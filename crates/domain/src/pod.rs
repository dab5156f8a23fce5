//! One running copy of a workload.
use crate::compute::Compute;
use crate::condition::{self, Condition, Tristate};
use crate::id::{Owner, Uid};
use crate::text::Text;
use crate::time::Time;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The facts of a pod that a judgement or a screen needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// `metadata.uid`
    pub uid: Uid,
    /// `metadata.namespace`
    pub namespace: Text,
    /// `metadata.name`
    pub name: Text,
    /// The owner reference with `controller: true`. A mirror pod's `Node` owner is left out: it is a bare pod.
    pub owner: Option<Arc<Owner>>,
    /// `spec.nodeName`, once scheduled
    pub node: Option<Text>,
    /// Which revision of its workload it is of: label `pod-template-generation` under a DaemonSet, else
    /// `pod-template-hash`, else `controller-revision-hash`.
    pub revision: Option<Text>,
    /// `status.phase`
    pub phase: Phase,
    /// `metadata.creationTimestamp`
    pub created: Time,
    /// `metadata.deletionTimestamp`: when its grace period ends or ended
    pub deleting: Option<Time>,
    /// `status.startTime`: when a kubelet took it
    pub started: Option<Time>,
    /// Condition `Ready` always when it is there; of the others those that are not `True` (and `DisruptionTarget`
    /// when it is), so that a healthy pod carries one.
    pub conditions: Box<[Condition]>,
    /// What was asked for, shared by all pods of one template.
    pub spec: Arc<PodSpec>,
    /// The state of each container, in the order of `spec.containers`.
    pub containers: Box<[Container]>,
    /// Names of the PersistentVolumeClaims that its volumes use
    pub claims: Box<[Text]>,
    /// `status.podIP`
    pub ip: Option<IpAddr>,
    /// What few pods have, as [`Uncommon::boxed`] makes it; the methods of the same names read it.
    pub uncommon: Option<Box<Uncommon>>,
}

/// What few pods have. It is kept apart so that all others need no room for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uncommon {
    /// `status.reason`: `Evicted`, `NodeLost`, `UnexpectedAdmissionError` …
    pub reason: Option<Text>,
    /// `status.message`
    pub message: Option<Text>,
    /// The node that a DaemonSet's pending pod is meant for (`matchFields` on `metadata.name`)
    pub intended_node: Option<Text>,
    /// `status.nominatedNodeName`: preemption is making room there
    pub nominated_node: Option<Text>,
    /// `metadata.finalizers`: who may hold up its deletion
    pub finalizers: Vec<Text>,
}

impl Uncommon {
    /// As a pod carries it: nothing needs no room, and equals nothing.
    #[must_use]
    pub fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

/// `status.phase`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Not all containers have started yet.
    Pending,
    /// At least one container runs, starts or restarts.
    Running,
    /// All containers ended well and will not be restarted.
    Succeeded,
    /// All containers ended, at least one of them badly.
    Failed,
    /// The node does not answer.
    Unknown,
}

impl Phase {
    /// As Kubernetes writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
        }
    }
}

/// What a pod's template asks for, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PodSpec {
    /// Init containers and sidecars first, then the main ones, then ephemeral ones
    pub containers: Box<[ContainerSpec]>,
    /// `spec.restartPolicy`
    pub restart_policy: RestartPolicy,
    /// `spec.readinessGates[].conditionType`
    pub readiness_gates: Box<[Text]>,
    /// `spec.schedulingGates[].name`
    pub scheduling_gates: Box<[Text]>,
    /// What the scheduler keeps free for one of its pods: the requests of what runs side by side, or of an init container
    /// where that asks for more, or `spec.resources.requests` in their place; and `spec.overhead`
    pub requests: Compute,
    /// `spec.resources.limits.memory`: of all containers together
    pub memory_limit_bytes: Option<u64>,
    /// `spec.terminationGracePeriodSeconds`
    pub termination_grace: Duration,
}

/// `spec.restartPolicy`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RestartPolicy {
    /// Whatever its exit code
    Always,
    /// After a bad end only
    OnFailure,
    /// Never
    Never,
}

/// What one container is meant to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerSpec {
    /// `name`
    pub name: Text,
    /// `image`, as it was asked for
    pub image: Text,
    /// When it runs
    pub role: Role,
    /// `resources`
    pub resources: Resources,
    /// How long its startup probe allows (`initialDelaySeconds + failureThreshold × periodSeconds`)
    pub startup_probe: Option<Duration>,
    /// The same for its readiness probe
    pub readiness_probe: Option<Duration>,
    /// Whether it has a liveness probe
    pub liveness_probe: bool,
}

/// When a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Before the main containers, to its end
    Init,
    /// An init container with `restartPolicy: Always`: beside the main containers
    Sidecar,
    /// For the whole life of the pod
    Main,
    /// Added for debugging; shown and not judged
    Ephemeral,
}

/// Requests and limits of one container; `None` where nothing was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Resources {
    /// `requests.cpu`, in thousandths of a core
    pub cpu_request_millicores: Option<u64>,
    /// `limits.cpu`, in thousandths of a core
    pub cpu_limit_millicores: Option<u64>,
    /// `requests.memory`
    pub memory_request_bytes: Option<u64>,
    /// `limits.memory`
    pub memory_limit_bytes: Option<u64>,
}

/// The state of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// `state`
    pub state: ContainerState,
    /// `ready`
    pub ready: bool,
    /// `restartCount`
    pub restarts: u32,
    /// `lastState.terminated`: how the run before this one ended
    pub last: Option<Box<Termination>>,
}

/// `containerStatuses[].state`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// The kubelet has not reported on it yet.
    Unreported,
    /// It is not running, and may come to.
    Waiting {
        /// `ContainerCreating`, `CrashLoopBackOff`, `ImagePullBackOff` …
        reason: Option<Text>,
        /// For a person
        message: Option<Text>,
    },
    /// It runs.
    Running {
        /// `startedAt`
        since: Option<Time>,
    },
    /// It has ended.
    Terminated(Box<Termination>),
}

/// How one run of a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Termination {
    /// `exitCode`
    pub exit_code: i32,
    /// `signal`, where the runtime reports one
    pub signal: Option<i32>,
    /// `Completed`, `Error`, `OOMKilled`, `ContainerCannotRun`, `StartError` …
    pub reason: Option<Text>,
    /// The runtime's words, or the end of the termination log
    pub message: Option<Text>,
    /// What of the message says why the run ended: on one line, cut where it grew too long
    pub gist: Option<Text>,
    /// `startedAt`; absent when the run never started (the kubelet writes 1970 then)
    pub started: Option<Time>,
    /// `finishedAt`
    pub finished: Option<Time>,
}

impl Container {
    /// The end of the latest run that has ended.
    #[must_use]
    pub fn latest_end(&self) -> Option<&Termination> {
        match &self.state {
            ContainerState::Terminated(end) => Some(end),
            _ => self.last.as_deref(),
        }
    }
}

impl Termination {
    /// Whether the run ended badly.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.exit_code != 0 || self.is_oom() || self.reason.as_deref() == Some("StartError")
    }

    /// Whether the run was ended for its use of memory.
    #[must_use]
    pub fn is_oom(&self) -> bool {
        self.reason.as_deref() == Some("OOMKilled")
    }
}

/// A container's end that was not to be.
#[derive(Clone, Copy, Debug)]
pub struct Crash<'a> {
    /// Which container
    pub container: &'a Text,
    /// How it ended
    pub end: &'a Termination,
    /// Whether the container stands as that run has left it
    pub is_over: bool,
    /// Whether a later run has begun
    pub runs_again: bool,
}

impl Pod {
    /// Whether condition `Ready` is `True`.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(|ready| ready.status == Tristate::True)
    }

    /// `status.reason`: `Evicted`, `NodeLost`, `UnexpectedAdmissionError` …
    #[must_use]
    pub fn reason(&self) -> Option<&Text> {
        self.uncommon.as_ref()?.reason.as_ref()
    }

    /// `status.message`
    #[must_use]
    pub fn message(&self) -> Option<&Text> {
        self.uncommon.as_ref()?.message.as_ref()
    }

    /// The node that a DaemonSet's pending pod is meant for.
    #[must_use]
    pub fn intended_node(&self) -> Option<&Text> {
        self.uncommon.as_ref()?.intended_node.as_ref()
    }

    /// `status.nominatedNodeName`: preemption is making room there.
    #[must_use]
    pub fn nominated_node(&self) -> Option<&Text> {
        self.uncommon.as_ref()?.nominated_node.as_ref()
    }

    /// `metadata.finalizers`: who may hold up its deletion.
    #[must_use]
    pub fn finalizers(&self) -> &[Text] {
        self.uncommon.as_ref().map_or(&[], |uncommon| &uncommon.finalizers)
    }

    /// The latest end of each container that has ended and was not to: what somebody will ask the log about. Ends with
    /// exit code 0 count where the container must run on.
    pub fn crashes(&self) -> impl Iterator<Item = Crash<'_>> {
        let judged = self.each_container().filter(|(spec, _)| spec.role != Role::Ephemeral);
        judged.filter(|_| self.deleting.is_none()).filter_map(|(spec, container)| {
            let end = container.latest_end()?;
            let is_over = matches!(container.state, ContainerState::Terminated(_));
            let runs_again = matches!(container.state, ContainerState::Running { .. });
            let was_not_to_be = end.is_bad() || (self.must_run(spec) && !self.is_finished());
            was_not_to_be.then_some(Crash { container: &spec.name, end, is_over, runs_again })
        })
    }

    /// Whether a container that ends with exit code 0 has to be started again.
    #[must_use]
    pub fn must_run(&self, spec: &ContainerSpec) -> bool {
        match spec.role {
            Role::Sidecar => true,
            Role::Main => self.spec.restart_policy == RestartPolicy::Always,
            Role::Init | Role::Ephemeral => false,
        }
    }

    /// The condition of that type, if the pod carries it.
    #[must_use]
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.conditions, kind)
    }

    /// Each container's specification beside its state.
    pub fn each_container(&self) -> impl Iterator<Item = (&ContainerSpec, &Container)> {
        self.spec.containers.iter().zip(&self.containers)
    }

    /// Restarts of all its containers, ephemeral ones aside.
    #[must_use]
    pub fn restarts(&self) -> u32 {
        self.each_container()
            .filter(|(spec, _)| spec.role != Role::Ephemeral)
            .fold(0, |sum, (_, container)| sum.saturating_add(container.restarts))
    }

    /// The number behind the last hyphen of a StatefulSet pod's name.
    #[must_use]
    pub fn ordinal(&self) -> Option<u32> {
        let number = self.name.rsplit_once('-')?.1;
        number.parse().ok()
    }

    /// The node on which it takes up what it asks for, terminating or not.
    #[must_use]
    pub fn occupies(&self) -> Option<&Text> {
        self.node.as_ref().filter(|_| !self.is_finished())
    }

    /// Whether it is over: Succeeded or Failed.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(self.phase, Phase::Succeeded | Phase::Failed)
    }
}
