//! The resources that the simulator serves.

/// A resource of the API, by its plural name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the resource of that name")]
pub enum Resource {
    Namespaces,
    Pods,
    Events,
    Services,
    Nodes,
    PersistentVolumeClaims,
    Deployments,
    ReplicaSets,
    StatefulSets,
    DaemonSets,
    Jobs,
    CronJobs,
    /// `pods` of `metrics.k8s.io`: made up at each request, never stored.
    PodMetrics,
}

impl Resource {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Namespaces,
        Self::Pods,
        Self::Events,
        Self::Services,
        Self::Nodes,
        Self::PersistentVolumeClaims,
        Self::Deployments,
        Self::ReplicaSets,
        Self::StatefulSets,
        Self::DaemonSets,
        Self::Jobs,
        Self::CronJobs,
        Self::PodMetrics,
    ];

    /// The API group; empty for the core group.
    #[must_use]
    pub fn group(self) -> &'static str {
        self.row().0
    }

    /// The version within the group.
    #[must_use]
    pub fn version(self) -> &'static str {
        if self == Self::PodMetrics { "v1beta1" } else { "v1" }
    }

    /// The plural name, as in a path.
    #[must_use]
    pub fn plural(self) -> &'static str {
        self.row().1
    }

    /// The kind, as in an object.
    #[must_use]
    pub fn kind(self) -> &'static str {
        self.row().2
    }

    /// Whether its objects live in namespaces.
    #[must_use]
    pub fn is_namespaced(self) -> bool {
        !matches!(self, Self::Namespaces | Self::Nodes)
    }

    /// Group and version as in an object's `apiVersion`.
    #[must_use]
    pub fn api_version(self) -> String {
        match self.group() {
            "" => self.version().to_owned(),
            group => format!("{group}/{}", self.version()),
        }
    }

    /// The resource served under these path segments.
    pub(crate) fn find(group: &str, version: &str, plural: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.group() == group && r.version() == version && r.plural() == plural)
    }

    /// The resource of an object's `apiVersion` and `kind`, where it can be stored.
    pub(crate) fn of_kind(api_version: &str, kind: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .filter(|r| *r != Self::PodMetrics)
            .find(|r| r.kind() == kind && r.api_version() == api_version)
    }

    /// Whether the server counts changes of the specification in `metadata.generation`.
    pub(crate) fn has_generation(self) -> bool {
        matches!(self, Self::Pods) || matches!(self.group(), "apps" | "batch")
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Namespaces => ("", "namespaces", "Namespace"),
            Self::Pods => ("", "pods", "Pod"),
            Self::Events => ("", "events", "Event"),
            Self::Services => ("", "services", "Service"),
            Self::Nodes => ("", "nodes", "Node"),
            Self::PersistentVolumeClaims => ("", "persistentvolumeclaims", "PersistentVolumeClaim"),
            Self::Deployments => ("apps", "deployments", "Deployment"),
            Self::ReplicaSets => ("apps", "replicasets", "ReplicaSet"),
            Self::StatefulSets => ("apps", "statefulsets", "StatefulSet"),
            Self::DaemonSets => ("apps", "daemonsets", "DaemonSet"),
            Self::Jobs => ("batch", "jobs", "Job"),
            Self::CronJobs => ("batch", "cronjobs", "CronJob"),
            Self::PodMetrics => ("metrics.k8s.io", "pods", "PodMetrics"),
        }
    }
}
