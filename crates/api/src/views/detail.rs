//! The whole of one workload.
use super::health::{DiagnosisView, HealthView};
use super::pod::PodView;
use super::time::Timestamp;
use super::workload::WorkloadView;
use domain::condition::Condition;
use domain::judgement::{Judgement, Rollout, RolloutState};
use domain::pod::{ContainerSpec, Role};
use domain::text::Text;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

mod claims;
mod coverage;
mod runs;

pub(crate) use claims::claims;
pub(crate) use coverage::coverage;
pub(crate) use runs::runs;

/// A workload with all that is known of it
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkloadDetail)]
pub(crate) struct WorkloadDetailView<'a> {
    #[serde(flatten)]
    pub(crate) workload: WorkloadView<'a>,
    /// The state that this shows, `<epoch>-<seq>`
    pub(crate) version: String,
    /// When that state was published
    pub(crate) as_of: Timestamp,
    /// Why it is so, with what that rests on
    pub(crate) diagnosis: Option<DiagnosisView<'a>>,
    /// The rollout that is open, paused or done
    pub(crate) rollout: Option<RolloutView<'a>>,
    /// Of the newest revision first
    pub(crate) pods: Vec<PodView<'a>>,
    /// The PersistentVolumeClaims of its pods
    pub(crate) claims: Vec<ClaimView<'a>>,
    /// The nodes that a DaemonSet runs on; null for other kinds
    pub(crate) nodes: Option<Vec<NodeCoverageView>>,
    /// The runs of a CronJob, newest first; null for other kinds
    pub(crate) runs: Option<Vec<RunView>>,
    /// What each container asks for, and may use
    pub(crate) resources: Vec<ResourcesView<'a>>,
    /// `status.conditions` of its object
    pub(crate) conditions: Vec<ConditionView<'a>>,
    /// Annotations whose names start with `maintenant.`
    pub(crate) annotations: BTreeMap<&'a str, &'a str>,
}

/// How far a change of what is asked for has come
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rollout)]
pub(crate) struct RolloutView<'a> {
    state: RolloutStateView,
    /// The newest revision, for a person
    revision: Option<&'a str>,
    /// The revision that it replaces, while it does
    previous_revision: Option<&'a str>,
    desired: Option<u32>,
    updated: Option<u32>,
    ready: Option<u32>,
    available: Option<u32>,
    /// Containers whose image it changes
    images: Vec<ImageChangeView<'a>>,
    started_at: Option<Timestamp>,
    /// When it counts as stuck, unless it moves before
    deadline_at: Option<Timestamp>,
    /// One sentence: "2 of 3 updated"
    summary: &'a str,
}

/// How a rollout stands
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RolloutState)]
pub(crate) enum RolloutStateView {
    /// What was asked for runs
    Complete,
    /// New pods are being made
    Progressing,
    /// Replicas are being added or taken away, the template is the same
    Scaling,
    /// Somebody stopped it (`spec.paused`)
    Paused,
    /// Pods of the previous revision wait for somebody to delete them (`OnDelete`)
    Waiting,
    /// Its deadline has passed, or a pod of it has a lasting fault
    Stuck,
}

/// A container whose image a rollout changes
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImageChange)]
struct ImageChangeView<'a> {
    container: &'a str,
    /// Null when the container is new, or the image before is not known
    from: Option<&'a str>,
    to: &'a str,
}

/// A PersistentVolumeClaim
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Claim)]
pub(crate) struct ClaimView<'a> {
    #[schema(value_type = String)]
    name: Text,
    /// The pod that uses it
    pod: Option<&'a str>,
    /// That pod's number in a StatefulSet
    ordinal: Option<u32>,
    /// `Pending`, `Bound`, `Lost`; `Missing` when there is no such claim; null when claims may not be read
    phase: Option<&'a str>,
    capacity_bytes: Option<u64>,
    storage_class: Option<&'a str>,
}

/// How a DaemonSet stands on one node
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NodeCoverage)]
pub(crate) struct NodeCoverageView {
    #[schema(value_type = String)]
    name: Text,
    /// Whether the node is; null when nodes may not be read
    ready: Option<bool>,
    #[schema(value_type = Option<String>)]
    pod: Option<Text>,
    health: HealthView,
    #[schema(value_type = Option<String>)]
    reason: Option<Text>,
}

/// One run of a CronJob
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Run)]
pub(crate) struct RunView {
    /// Of the Job
    #[schema(value_type = String)]
    name: Text,
    health: HealthView,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    /// How many pods of it are known
    pods: usize,
    #[schema(value_type = Option<String>)]
    reason: Option<Text>,
}

/// Requests and limits of one container; null where nothing is asked for
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContainerResources)]
pub(crate) struct ResourcesView<'a> {
    container: &'a str,
    cpu_request_millicores: Option<u64>,
    cpu_limit_millicores: Option<u64>,
    memory_request_bytes: Option<u64>,
    memory_limit_bytes: Option<u64>,
}

/// One of the conditions that an object's controller reports
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Condition)]
pub(crate) struct ConditionView<'a> {
    r#type: &'a str,
    /// `True`, `False`, `Unknown`
    status: &'static str,
    reason: Option<&'a str>,
    message: Option<&'a str>,
    /// When it came into this status
    since: Option<Timestamp>,
}

impl From<RolloutState> for RolloutStateView {
    fn from(state: RolloutState) -> Self {
        match state {
            RolloutState::Complete => Self::Complete,
            RolloutState::Progressing => Self::Progressing,
            RolloutState::Scaling => Self::Scaling,
            RolloutState::Paused => Self::Paused,
            RolloutState::Waiting => Self::Waiting,
            RolloutState::Stuck => Self::Stuck,
        }
    }
}

impl<'a> RolloutView<'a> {
    /// The rollout that a judgement tells of, with its numbers.
    pub(crate) fn of(judgement: &'a Judgement) -> Option<Self> {
        let rollout: &Rollout = judgement.rollout.as_ref()?;
        Some(Self {
            state: rollout.state.into(),
            revision: rollout.revision.as_deref(),
            previous_revision: rollout.previous.as_deref(),
            desired: judgement.desired,
            updated: judgement.updated,
            ready: judgement.ready,
            available: judgement.available,
            images: rollout
                .images
                .iter()
                .map(|image| ImageChangeView {
                    container: &image.container,
                    from: image.from.as_deref(),
                    to: &image.to,
                })
                .collect(),
            started_at: rollout.started.map(Into::into),
            deadline_at: rollout.deadline.map(Into::into),
            summary: &rollout.summary,
        })
    }
}

impl<'a> ResourcesView<'a> {
    /// Of each container of a template, those for debugging aside.
    pub(crate) fn all(containers: &'a [ContainerSpec]) -> Vec<Self> {
        let meant = containers.iter().filter(|spec| spec.role != Role::Ephemeral);
        meant
            .map(|spec| Self {
                container: &spec.name,
                cpu_request_millicores: spec.resources.cpu_request_millicores,
                cpu_limit_millicores: spec.resources.cpu_limit_millicores,
                memory_request_bytes: spec.resources.memory_request_bytes,
                memory_limit_bytes: spec.resources.memory_limit_bytes,
            })
            .collect()
    }
}

impl<'a> From<&'a Condition> for ConditionView<'a> {
    fn from(condition: &'a Condition) -> Self {
        Self {
            r#type: &condition.kind,
            status: condition.status.as_str(),
            reason: condition.reason.as_deref(),
            message: condition.message.as_deref(),
            since: condition.since.map(Into::into),
        }
    }
}
