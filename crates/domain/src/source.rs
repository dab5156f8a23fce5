//! Where facts come from, and how far each source can be trusted right now.
use crate::diagnosis::Code;
use crate::id::Kind;
use crate::text::Text;
use crate::time::Time;
use std::time::Duration;

/// How long a lost connection may last before what the source told counts as stale.
pub const STALE_AFTER: Duration = Duration::from_mins(1);

/// A kind of object that is read from a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// `v1 namespaces`
    Namespaces,
    /// `v1 pods`
    Pods,
    /// `apps/v1 deployments`
    Deployments,
    /// `apps/v1 replicasets`
    ReplicaSets,
    /// `apps/v1 statefulsets`
    StatefulSets,
    /// `apps/v1 daemonsets`
    DaemonSets,
    /// `v1 events`
    Events,
    /// `batch/v1 jobs`
    Jobs,
    /// `batch/v1 cronjobs`
    CronJobs,
    /// `v1 nodes`
    Nodes,
    /// `v1 persistentvolumeclaims`
    PersistentVolumeClaims,
    /// `metrics.k8s.io/v1beta1 pods`
    PodMetrics,
}

impl Resource {
    /// All of them, required ones first.
    pub const ALL: [Self; 12] = [
        Self::Namespaces,
        Self::Pods,
        Self::Deployments,
        Self::ReplicaSets,
        Self::StatefulSets,
        Self::DaemonSets,
        Self::Events,
        Self::Jobs,
        Self::CronJobs,
        Self::Nodes,
        Self::PersistentVolumeClaims,
        Self::PodMetrics,
    ];

    /// Whether health can't be judged without it. The others add evidence.
    #[must_use]
    pub const fn is_required(self) -> bool {
        matches!(
            self,
            Self::Namespaces
                | Self::Pods
                | Self::Deployments
                | Self::ReplicaSets
                | Self::StatefulSets
                | Self::DaemonSets
        )
    }

    /// Whether workloads may go unseen without it: required, save for the namespaces, which only say where to look.
    #[must_use]
    pub const fn tells_of_workloads(self) -> bool {
        self.is_required() && !matches!(self, Self::Namespaces)
    }

    /// Whether it exists once per cluster rather than once per namespace.
    #[must_use]
    pub const fn is_cluster_scoped(self) -> bool {
        matches!(self, Self::Namespaces | Self::Nodes)
    }

    /// The name in a source's path: `kubernetes/<cluster>/<this>`. Metrics are apart from the pods they speak of.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PodMetrics => "podmetrics",
            other => other.plural(),
        }
    }

    /// The resource's name in the API and in a rule.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Pods | Self::PodMetrics => "pods",
            Self::Deployments => "deployments",
            Self::ReplicaSets => "replicasets",
            Self::StatefulSets => "statefulsets",
            Self::DaemonSets => "daemonsets",
            Self::Events => "events",
            Self::Jobs => "jobs",
            Self::CronJobs => "cronjobs",
            Self::Nodes => "nodes",
            Self::PersistentVolumeClaims => "persistentvolumeclaims",
        }
    }

    /// The API group, empty for core.
    #[must_use]
    pub const fn group(self) -> &'static str {
        match self {
            Self::Deployments | Self::ReplicaSets | Self::StatefulSets | Self::DaemonSets => "apps",
            Self::Jobs | Self::CronJobs => "batch",
            Self::PodMetrics => "metrics.k8s.io",
            _ => "",
        }
    }

    /// What is lost without it, as a sentence for a person.
    #[must_use]
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Namespaces => "Which namespaces there are, and patterns in the namespace filter.",
            Self::Pods => "The health of every workload.",
            Self::Deployments => "Deployments: what is asked for, and rollouts.",
            Self::ReplicaSets => "Which Deployment a pod belongs to, and why pods are refused.",
            Self::StatefulSets => "StatefulSets: what is asked for, and rollouts.",
            Self::DaemonSets => "DaemonSets: what is asked for, and rollouts.",
            Self::Events => "Reasons: probe messages, scheduling, image pulls, refused pods.",
            Self::Jobs => "Confirmed completion and failure of Jobs; without it pods tell.",
            Self::CronJobs => "CronJobs: schedules, missed and suspended runs.",
            Self::Nodes => "Node readiness and coverage of DaemonSets.",
            Self::PersistentVolumeClaims => "Why a claim is pending, and the size of volumes.",
            Self::PodMetrics => "CPU and memory in use.",
        }
    }

    /// The RBAC rule that grants it, as YAML for a Role or `ClusterRole`.
    #[must_use]
    pub fn rule(self) -> String {
        let verbs = if matches!(self, Self::PodMetrics) { "get, list" } else { "get, list, watch" };
        format!("- apiGroups: [\"{}\"]\n  resources: [{}]\n  verbs: [{verbs}]\n", self.group(), self.plural())
    }
}

/// The resources without which nothing can be said of a workload of that kind.
#[must_use]
pub const fn needed(kind: &Kind) -> &'static [Resource] {
    match kind {
        Kind::Deployment => &[Resource::Pods, Resource::Deployments, Resource::ReplicaSets],
        Kind::StatefulSet => &[Resource::Pods, Resource::StatefulSets],
        Kind::DaemonSet => &[Resource::Pods, Resource::DaemonSets],
        Kind::ReplicaSet => &[Resource::Pods, Resource::ReplicaSets],
        Kind::Job | Kind::CronJob | Kind::Pod | Kind::Foreign { .. } => &[Resource::Pods],
    }
}

/// The resource whose objects are of that kind; `None` of those that are not watched.
#[must_use]
pub const fn resource_of(kind: &Kind) -> Option<Resource> {
    match kind {
        Kind::Deployment => Some(Resource::Deployments),
        Kind::ReplicaSet => Some(Resource::ReplicaSets),
        Kind::StatefulSet => Some(Resource::StatefulSets),
        Kind::DaemonSet => Some(Resource::DaemonSets),
        Kind::Job => Some(Resource::Jobs),
        Kind::CronJob => Some(Resource::CronJobs),
        Kind::Pod => Some(Resource::Pods),
        Kind::Foreign { .. } => None,
    }
}

/// One stream of facts: a resource of a cluster, in one namespace or in all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId {
    /// What it tells of
    pub resource: Resource,
    /// The namespace that it is confined to; `None` for the whole cluster
    pub namespace: Option<Text>,
}

/// What a source says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// It is being tried for the first time, or is listing.
    Connecting,
    /// It answers, and what it told is current. Said again with every sign of life.
    Live,
    /// It does not answer, or not well.
    Lost {
        /// What happened, for a person
        reason: Text,
    },
    /// The API server says that we may not read it.
    Forbidden {
        /// The server's words
        reason: Text,
    },
    /// The API server does not have it.
    Absent {
        /// What that means, for a person: "metrics-server is not installed"
        reason: Text,
    },
    /// It is not read any more: its namespace left the filter or is gone. What it told is forgotten.
    Closed,
}

/// The state of a source, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceState {
    /// Not answered yet
    Connecting,
    /// Listed, and followed since
    Synced,
    /// The connection is lost since less than [`STALE_AFTER`]
    Degraded,
    /// The connection is lost for longer, or it was found while all else is read and has failed for as long without ever
    /// being listed: nothing that depends on it is known
    Stale,
    /// It may not be read
    Forbidden,
    /// It is not there
    Absent,
}

impl SourceState {
    /// As the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Synced => "synced",
            Self::Degraded => "degraded",
            Self::Stale => "stale",
            Self::Forbidden => "forbidden",
            Self::Absent => "absent",
        }
    }
}

/// A source and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// How it stands
    pub state: SourceState,
    /// Why, where there is something to say; while it is synced, that not all of its objects can be read
    pub reason: Option<Text>,
    /// When it came into this state; while it has never been listed, when that failed for the first time
    pub since: Time,
    /// The last time that it told anything, a bookmark included
    pub heard: Option<Time>,
    /// Whether a complete list has ever been read: only then may what is missing count as gone
    pub listed: bool,
    /// How many of its objects can't be read
    pub unreadable: u32,
    /// From when on it was lost last, and when it was back; `None` there while it is not
    pub away: Option<(Time, Option<Time>)>,
}

impl Source {
    /// What is wrong with it, if it is the source of that resource. `None` while nothing is, and while it may still mend by
    /// itself.
    #[must_use]
    pub const fn code(&self, resource: Resource) -> Option<Code> {
        match (self.state, resource) {
            (SourceState::Stale, _) => Some(Code::Stale),
            (SourceState::Forbidden, _) => Some(Code::Forbidden),
            (SourceState::Absent, Resource::PodMetrics) => Some(Code::MetricsAbsent),
            _ => None,
        }
    }
}
