//! Where facts come from, and how far each source can be trusted.
use super::health::GuideView;
use super::time::Timestamp;
use domain::diagnosis::Code;
use domain::source::{Resource, Source, SourceId, SourceState};
use domain::state::{Cluster, View};
use domain::text::Text;
use domain::time::Time;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// How many different things are said of a source that is read; the others are counted.
const REASONS: usize = 3;

/// A resource that is read from a cluster
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Source)]
pub(crate) struct SourceView {
    #[schema(example = "kubernetes/prod/pods")]
    name: String,
    #[schema(value_type = String)]
    cluster: Text,
    resource: &'static str,
    /// Whether health can't be judged without it
    required: bool,
    /// `connecting`, `synced`, `degraded`, `stale`, `forbidden`, `absent`; of several namespaces the worst
    state: &'static str,
    #[schema(value_type = Option<String>)]
    reason: Option<Text>,
    /// The code of what is wrong with it, as a diagnosis has one
    #[schema(example = "metrics_absent")]
    code: Option<&'static str>,
    /// What the code means
    guide: Option<GuideView>,
    /// The RBAC rule to add, as YAML, where it may not be read
    rule: Option<String>,
    /// The last time that it told anything
    last_event_at: Option<Timestamp>,
    /// With an allowlist, how each namespace stands, where not all is well
    namespaces: Option<Vec<NamespaceSourceView>>,
    /// What is lost without it
    used_for: &'static str,
}

/// How a source stands in one namespace
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NamespaceSource)]
struct NamespaceSourceView {
    #[schema(value_type = String)]
    name: Text,
    state: &'static str,
    #[schema(value_type = Option<String>)]
    reason: Option<Text>,
}

impl SourceView {
    /// The sources of all clusters: one per resource, whatever the number of namespaces it is read in.
    pub(crate) fn all(view: &View) -> Vec<Self> {
        view.clusters().flat_map(Self::of_cluster).collect()
    }

    fn of_cluster(cluster: &Cluster) -> Vec<Self> {
        let mut by_resource: BTreeMap<Resource, Vec<(&SourceId, &Source)>> = BTreeMap::new();
        for (id, source) in cluster.sources() {
            by_resource.entry(id.resource).or_default().push((id, source));
        }
        by_resource.into_iter().map(|(resource, parts)| Self::of(cluster.name(), resource, &parts)).collect()
    }

    fn of(cluster: &Text, resource: Resource, parts: &[(&SourceId, &Source)]) -> Self {
        let worst = parts.iter().map(|(_, source)| *source).max_by_key(|source| gravity(source));
        let state = worst.map_or(SourceState::Connecting, |source| source.state);
        let code = worst.and_then(|source| source.code(resource));
        let heard: Option<Time> = parts.iter().filter_map(|(_, source)| source.heard).max();
        // With a list of plain names nothing has to be found: the Namespace objects only add to what is known.
        let is_found_by_name =
            resource == Resource::Namespaces && parts.iter().all(|(id, _)| id.namespace.is_some());
        let parts_of_namespaces: Vec<_> = parts.iter().filter_map(namespace_part).collect();
        Self {
            name: source_name(cluster, resource),
            cluster: cluster.clone(),
            resource: resource.name(),
            required: resource.is_required() && !is_found_by_name,
            state: state.as_str(),
            reason: worst.and_then(|worst| match worst.state {
                SourceState::Synced => reasons(parts),
                _ => worst.reason.clone(),
            }),
            code: code.map(Code::as_str),
            guide: code.map(|code| code.guide().into()),
            rule: parts
                .iter()
                .any(|(_, source)| source.state == SourceState::Forbidden)
                .then(|| resource.rule()),
            last_event_at: heard.map(Into::into),
            namespaces: (!parts_of_namespaces.is_empty() && worst.is_some_and(is_troubled))
                .then_some(parts_of_namespaces),
            used_for: resource.purpose(),
        }
    }
}

/// A source's name: `kubernetes/<cluster>/<resource>`.
pub(crate) fn source_name(cluster: &str, resource: Resource) -> String {
    format!("kubernetes/{cluster}/{}", resource.name())
}

fn namespace_part((id, source): &(&SourceId, &Source)) -> Option<NamespaceSourceView> {
    let name = id.namespace.clone()?;
    Some(NamespaceSourceView { name, state: source.state.as_str(), reason: source.reason.clone() })
}

/// Whether there is something to say of a source.
const fn is_troubled(source: &Source) -> bool {
    !matches!(source.state, SourceState::Synced) || source.reason.is_some()
}

/// What parts that are read have to say all the same, each thing once.
fn reasons(parts: &[(&SourceId, &Source)]) -> Option<Text> {
    let told: BTreeSet<&str> = parts.iter().filter_map(|(_, source)| source.reason.as_deref()).collect();
    let rest = told.len().saturating_sub(REASONS);
    let mut words = told.into_iter().take(REASONS).collect::<Vec<_>>().join("; ");
    if rest > 0 {
        words = format!("{words}; and {rest} more");
    }
    (!words.is_empty()).then(|| words.into())
}

/// How much a source deserves to be seen among several: by its state, then by whether there is something to say.
const fn gravity(source: &Source) -> (u8, bool) {
    let state = match source.state {
        SourceState::Synced => 0,
        SourceState::Absent => 1,
        SourceState::Connecting => 2,
        SourceState::Degraded => 3,
        SourceState::Forbidden => 4,
        SourceState::Stale => 5,
    };
    (state, source.reason.is_some())
}
