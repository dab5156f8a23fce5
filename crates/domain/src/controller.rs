//! What keeps pods running: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs.
use crate::condition::{self, Condition};
use crate::id::{Kind, Owner, Uid};
use crate::pod::PodSpec;
use crate::text::Text;
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// The facts of a controller, of whichever kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    /// Which of the built-in kinds
    pub kind: Kind,
    /// `metadata.uid`
    pub uid: Uid,
    /// `metadata.namespace`
    pub namespace: Text,
    /// `metadata.name`
    pub name: Text,
    /// The owner reference with `controller: true`
    pub owner: Option<Arc<Owner>>,
    /// `metadata.creationTimestamp`
    pub created: Time,
    /// `metadata.deletionTimestamp`
    pub deleting: Option<Time>,
    /// `metadata.generation`: counts changes of what is asked for
    pub generation: i64,
    /// `status.observedGeneration`: the last of them that the controller has seen
    pub observed_generation: i64,
    /// How many pods should run: `spec.replicas`, `status.desiredNumberScheduled`, a Job's `spec.parallelism`
    pub desired: u32,
    /// How many there are: `status.replicas`, `status.currentNumberScheduled`, a Job's `status.active`
    pub current: u32,
    /// Of the newest revision: `status.updatedReplicas`, `status.updatedNumberScheduled`
    pub updated: u32,
    /// `status.readyReplicas`, `status.numberReady`, a Job's `status.ready`
    pub ready: u32,
    /// `status.availableReplicas`, `status.numberAvailable`
    pub available: u32,
    /// `status.numberMisscheduled` of a DaemonSet
    pub misscheduled: u32,
    /// What its pods are made from, shared by equal templates (a Deployment and its newest ReplicaSet).
    /// `None` for a ReplicaSet that is scaled to zero: of those there are many, and only their names matter.
    pub template: Option<Arc<PodSpec>>,
    /// The name of the newest revision, as [`crate::pod::Pod::revision`] has it where the object tells: a ReplicaSet's
    /// `pod-template-hash`, a StatefulSet's `status.updateRevision`, a DaemonSet's template generation.
    pub revision: Option<Text>,
    /// The revision's number for a person: annotation `deployment.kubernetes.io/revision`
    pub revision_number: Option<Text>,
    /// `spec.paused` of a Deployment, `spec.suspend` of a Job or CronJob
    pub paused: bool,
    /// `spec.podManagementPolicy: Parallel`: a StatefulSet makes no pod wait for the one before it, but in rollouts
    pub is_parallel: bool,
    /// `spec.strategy` or `spec.updateStrategy`
    pub strategy: Strategy,
    /// `lastUpdateTime` of a Deployment's condition `Progressing` while that is `True`: when progress was last made. While
    /// it is not, that is the time at which its controller gave up, or somebody paused it.
    pub progressed: Option<Time>,
    /// `spec.progressDeadlineSeconds` of a Deployment
    pub progress_deadline: Option<Duration>,
    /// `spec.minReadySeconds`
    pub min_ready: Duration,
    /// `status.conditions`
    pub conditions: Box<[Condition]>,
    /// `spec.volumeClaimTemplates[].metadata.name`
    pub claim_templates: Box<[Text]>,
    /// Annotations whose names start with `maintenant.`, of the object and of its pod template, sorted by name
    pub annotations: Box<[(Text, Text)]>,
    /// What only a Job has
    pub job: Option<Box<Job>>,
    /// What only a CronJob has
    pub cron: Option<Box<Cron>>,
}

/// How pods of an old revision make way for new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Step by step; ordinals below `partition` keep the old revision (StatefulSet).
    RollingUpdate {
        /// `rollingUpdate.partition`, 0 elsewhere
        partition: u32,
    },
    /// The same, of a StatefulSet whose ordinals do not start at 0.
    RollingUpdateFrom {
        /// `spec.ordinals.start`
        start: u32,
        /// `rollingUpdate.partition`: as many of the lowest ordinals keep the old revision
        partition: u32,
    },
    /// All old ones first
    Recreate,
    /// When somebody deletes them
    OnDelete,
}

/// `spec` and `status` of a Job, as far as they matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// `spec.completions`
    pub completions: Option<u32>,
    /// `spec.backoffLimit`
    pub backoff_limit: Option<u32>,
    /// `spec.activeDeadlineSeconds`
    pub active_deadline: Option<Duration>,
    /// `status.active`
    pub active: u32,
    /// `status.succeeded`
    pub succeeded: u32,
    /// `status.failed`
    pub failed: u32,
    /// `status.startTime`
    pub started: Option<Time>,
    /// `status.completionTime`
    pub completed: Option<Time>,
    /// `status.failedIndexes`
    pub failed_indexes: Option<Text>,
}

/// `spec` and `status` of a CronJob, as far as they matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    /// `spec.schedule`
    pub schedule: Text,
    /// `spec.timeZone`
    pub time_zone: Option<Text>,
    /// `spec.startingDeadlineSeconds`
    pub starting_deadline: Option<Duration>,
    /// Number of `status.active`
    pub active: u32,
    /// `status.lastScheduleTime`
    pub last_schedule: Option<Time>,
    /// `status.lastSuccessfulTime`
    pub last_success: Option<Time>,
}

impl Strategy {
    /// How many of a StatefulSet's pods keep the old revision; 0 elsewhere.
    #[must_use]
    pub const fn partition(self) -> u32 {
        match self {
            Self::RollingUpdate { partition } | Self::RollingUpdateFrom { partition, .. } => partition,
            Self::Recreate | Self::OnDelete => 0,
        }
    }

    /// The ordinal of a StatefulSet's first pod.
    #[must_use]
    pub const fn first_ordinal(self) -> u32 {
        match self {
            Self::RollingUpdateFrom { start, .. } => start,
            _ => 0,
        }
    }

    /// Whether the pod of that ordinal is one of those.
    #[must_use]
    pub const fn keeps(self, ordinal: u32) -> bool {
        match self {
            Self::RollingUpdateFrom { start, partition } => ordinal < start.saturating_add(partition),
            _ => ordinal < self.partition(),
        }
    }
}

impl Controller {
    /// The condition of that type, if the object carries it.
    #[must_use]
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.conditions, kind)
    }
}
