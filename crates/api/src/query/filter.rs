//! Which items of a list are asked for.
use super::Parameters;
use super::phrase::Phrase;
use crate::error::{ApiError, excerpt};
use domain::health::Health;
use domain::id::Kind;
use domain::source::Resource;
use domain::state::{Cluster, View};
use domain::workload::Row;

/// The longest kind and the longest API group: a label and a name of DNS.
const LONGEST_KIND: usize = 63;
const LONGEST_GROUP: usize = 253;

/// In which clusters and namespaces; an empty list stands for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    clusters: Vec<String>,
    namespaces: Vec<String>,
}

/// Which statuses; none stands for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Healths(u8);

/// Which workloads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct WorkloadFilter {
    place: Place,
    kinds: Vec<Kind>,
    healths: Healths,
    phrase: Phrase,
}

impl Place {
    /// From parameters `cluster` and `namespace`. Clusters are configured, so an unknown one is a fault.
    pub(crate) fn read(parameters: &mut Parameters, view: &View) -> Self {
        let clusters = parameters.list("cluster");
        for cluster in clusters.iter().filter(|cluster| view.cluster(cluster).is_none()) {
            let known: Vec<&str> = view.clusters().map(|cluster| &**cluster.name()).collect();
            parameters.fault("cluster", format!("`{}` is none of {}", excerpt(cluster), known.join(", ")));
        }
        Self { clusters, namespaces: parameters.list("namespace") }
    }

    /// Refuses namespaces that do not exist for a client: those outside the scope, and those that no cluster asked
    /// for has. Where a cluster's namespaces are not known yet or may not be read, it may well have them.
    pub(crate) fn check(&self, view: &View) -> Result<(), ApiError> {
        let exists = |name: &str| {
            view.scope().admits(name)
                && view.clusters().filter(|cluster| self.has_cluster(cluster.name())).any(|cluster| {
                    cluster.namespace(name).is_some() || !cluster.sees(Resource::Namespaces, &name.into())
                })
        };
        match self.namespaces.iter().find(|name| !exists(name)) {
            Some(name) => Err(ApiError::NamespaceNotFound(name.clone())),
            None => Ok(()),
        }
    }

    /// Whether the cluster is asked for.
    pub(crate) fn has_cluster(&self, cluster: &str) -> bool {
        self.clusters.is_empty() || self.clusters.iter().any(|name| name == cluster)
    }

    /// Whether the namespace is asked for.
    pub(crate) fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.is_empty() || self.namespaces.iter().any(|name| name == namespace)
    }

    /// The clusters that are asked for.
    pub(crate) fn clusters<'a>(&'a self, view: &'a View) -> impl Iterator<Item = &'a Cluster> {
        view.clusters().filter(|cluster| self.has_cluster(cluster.name()))
    }
}

impl Healths {
    /// From parameter `health`.
    pub(crate) fn read(parameters: &mut Parameters) -> Self {
        let mut mask = 0;
        for word in parameters.list("health") {
            match word.parse::<Health>() {
                Ok(health) => mask |= 1 << health as u8,
                Err(_) => parameters.fault(
                    "health",
                    format!("`{}` is none of {}", excerpt(&word), Health::ALL.map(Health::as_str).join(", ")),
                ),
            }
        }
        Self(mask)
    }

    /// Whether the status is asked for.
    pub(crate) const fn has(self, health: Health) -> bool {
        self.is_any() || self.0 & (1 << health as u8) != 0
    }

    /// Whether all are asked for.
    pub(crate) const fn is_any(self) -> bool {
        self.0 == 0
    }
}

impl WorkloadFilter {
    /// From parameters `cluster`, `namespace`, `kind`, `health` and `q`.
    pub(crate) fn read(parameters: &mut Parameters, view: &View) -> Self {
        Self {
            place: Place::read(parameters, view),
            kinds: kinds(parameters),
            healths: Healths::read(parameters),
            phrase: Phrase::read(parameters),
        }
    }

    /// Where.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }

    /// The rows that are asked for, by id.
    pub(crate) fn rows<'a>(&'a self, view: &'a View) -> impl Iterator<Item = &'a std::sync::Arc<Row>> {
        self.place.clusters(view).flat_map(Cluster::rows).filter(|row| self.matches(row))
    }

    /// Whether the row is asked for.
    pub(crate) fn matches(&self, row: &Row) -> bool {
        self.may_match(&row.id) && self.healths.has(row.health) && self.has_phrase(row)
    }

    /// Whether a workload of that id can ever be asked for: an id does not change, all else may.
    pub(crate) fn may_match(&self, id: &domain::id::WorkloadId) -> bool {
        self.place.has_cluster(&id.cluster)
            && self.place.has_namespace(&id.namespace)
            && (self.kinds.is_empty() || self.kinds.iter().any(|asked| admits(asked, &id.kind)))
    }

    /// Whether the id alone decides, so that a workload never leaves the filter nor enters it.
    pub(crate) fn is_by_id_only(&self) -> bool {
        self.healths.is_any() && self.phrase.is_empty()
    }

    fn has_phrase(&self, row: &Row) -> bool {
        let reason = row.diagnosis.as_deref();
        self.phrase.is_in(
            &[&*row.id.name, &*row.id.namespace]
                .into_iter()
                .chain(row.group.as_deref())
                .chain(row.images.iter().map(|image| &**image))
                .chain(reason.map(|reason| reason.code.as_str()))
                .chain(reason.map(|reason| &*reason.summary)),
        )
    }
}

/// From parameter `kind`.
fn kinds(parameters: &mut Parameters) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for word in parameters.list("kind") {
        if is_kind(&word) {
            let Ok(kind) = word.parse();
            kinds.push(kind);
        } else {
            parameters.fault(
                "kind",
                format!(
                    "`{}` is not a kind: Deployment, say, or with its group Rollout.argoproj.io; kinds begin with a capital letter",
                    excerpt(&word)
                ),
            );
        }
    }
    kinds
}

/// Whether it may be a kind. Without a group it begins with a capital letter, as the API conventions want it, so that
/// `deployment` is not taken for a kind that nobody has.
fn is_kind(word: &str) -> bool {
    let (kind, group) = word.split_once('.').map_or((word, None), |(kind, group)| (kind, Some(group)));
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_label(kind)
        && kind.len() <= LONGEST_KIND
        && match group {
            Some(group) => group.len() <= LONGEST_GROUP && group.split('.').all(is_label),
            None => kind.starts_with(|c: char| c.is_ascii_uppercase()),
        }
}

/// Whether a kind is the one asked for. A foreign one asked for without its group is that of every group: `Rollout` is
/// what the field `kind` shows.
fn admits(asked: &Kind, kind: &Kind) -> bool {
    asked == kind || (asked.api_group() == Some("") && asked.name() == kind.name())
}
