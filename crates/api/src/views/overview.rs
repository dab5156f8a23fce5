//! Counts: of everything, by cluster, namespace and kind.
use super::cluster::ClusterView;
use super::health::{CountsView, HealthView};
use super::source::SourceView;
use super::time::Timestamp;
use domain::health::Health;
use domain::id::Kind;
use domain::state::{Cluster, NamespaceEntry, Tally, View};
use domain::text::Text;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How everything stands
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Overview)]
pub(crate) struct OverviewView {
    /// The state that this shows, `<epoch>-<seq>`
    pub(crate) version: String,
    /// When that state was published
    pub(crate) as_of: Timestamp,
    #[serde(flatten)]
    pub(crate) whole: WholeView,
    pub(crate) clusters: Vec<ClusterView>,
    pub(crate) namespaces: Vec<NamespaceCountsView>,
    /// By kind; kinds of different API groups are apart
    pub(crate) kinds: Vec<KindCountsView>,
    pub(crate) sources: Vec<SourceView>,
    /// Open incidents
    pub(crate) incidents: Vec<IncidentView>,
}

/// All clusters together
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Whole)]
pub(crate) struct WholeView {
    /// The worst status, save what does not count for it: old failed Jobs, nodes away
    health: HealthView,
    counts: CountsView,
    /// Pods of all workloads
    pods: u32,
    /// Whether workloads may be there, in some namespace, that can't be seen: these are not in the counts
    incomplete: bool,
    /// Whether each required source has been read once, or has been refused
    ready: bool,
}

/// A namespace, by the status of what runs in it
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NamespaceCounts)]
pub(crate) struct NamespaceCountsView {
    #[schema(value_type = String)]
    cluster: Text,
    #[schema(value_type = String)]
    name: Text,
    health: HealthView,
    counts: CountsView,
    pods: u32,
    /// Whether workloads may be there that can't be seen: these are not in the counts
    incomplete: bool,
    /// Whether it is being deleted, and all that is in it
    terminating: bool,
}

/// A kind, by the status of its workloads
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KindCounts)]
pub(crate) struct KindCountsView {
    /// As ids have it, and as parameter `kind` takes it: `Rollout.argoproj.io`
    #[schema(example = "Deployment")]
    kind: String,
    counts: CountsView,
}

/// An open incident. There are none in this version
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Incident)]
pub(crate) struct IncidentView {}

impl WholeView {
    /// All clusters of the view.
    pub(crate) fn of(view: &View) -> Self {
        let (mut tally, mut worst, mut incomplete) = (Tally::default(), None, false);
        for cluster in view.clusters() {
            let (of_cluster, hides) = (cluster.tally(), cluster.is_incomplete());
            let health = of_cluster.health(hides);
            worst = Some(worst.map_or(health, |worst: Health| worst.min(health)));
            incomplete |= hides;
            tally.add(&of_cluster);
        }
        Self {
            health: worst.unwrap_or(Health::Healthy).into(),
            counts: (&tally).into(),
            pods: tally.pods,
            incomplete,
            ready: view.clusters().all(Cluster::is_ready),
        }
    }
}

impl NamespaceCountsView {
    /// All namespaces of the view.
    pub(crate) fn all(view: &View) -> Vec<Self> {
        let of_cluster = |cluster: &Cluster| {
            cluster.namespaces().map(|entry| Self::of(cluster, entry)).collect::<Vec<_>>()
        };
        view.clusters().flat_map(of_cluster).collect()
    }

    /// One namespace; a namespace that is gone has nothing in it.
    pub(crate) fn one(view: &View, cluster: &Text, name: &Text) -> Self {
        let found = view.cluster(cluster).and_then(|cluster| Some((cluster, cluster.namespace(name)?)));
        found.map_or_else(
            || Self {
                cluster: cluster.clone(),
                name: name.clone(),
                health: Health::Healthy.into(),
                counts: (&Tally::default()).into(),
                pods: 0,
                incomplete: false,
                terminating: false,
            },
            |(cluster, entry)| Self::of(cluster, entry),
        )
    }

    fn of(cluster: &Cluster, entry: &NamespaceEntry) -> Self {
        let incomplete = cluster.is_namespace_incomplete(&entry.name);
        Self {
            cluster: cluster.name().clone(),
            name: entry.name.clone(),
            health: entry.tally.health(incomplete).into(),
            counts: (&entry.tally).into(),
            pods: entry.tally.pods,
            incomplete,
            terminating: entry.namespace.as_ref().is_some_and(|namespace| namespace.terminating),
        }
    }
}

impl KindCountsView {
    /// All kinds of the view, by name.
    pub(crate) fn all(view: &View) -> Vec<Self> {
        let mut by_kind: BTreeMap<&Kind, Tally> = BTreeMap::new();
        for row in view.clusters().flat_map(Cluster::rows) {
            by_kind.entry(&row.id.kind).or_default().by_health[row.health as usize] += 1;
        }
        let view = |(kind, tally): (&Kind, Tally)| Self { kind: kind.to_string(), counts: (&tally).into() };
        let mut kinds: Vec<Self> = by_kind.into_iter().map(view).collect();
        kinds.sort_unstable_by(|a, b| a.kind.cmp(&b.kind));
        kinds
    }
}
