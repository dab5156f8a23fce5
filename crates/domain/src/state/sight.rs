//! How far a cluster can be seen: which sources have answered, and what is hidden where one does not.
use super::cluster::{Cluster, NamespaceEntry};
use crate::id::{Kind, WorkloadId};
use crate::observation::Fact;
use crate::source::{self, Resource, Source, SourceId, SourceState};
use crate::text::Text;
use crate::time::Time;

/// How far what is known of a workload can be trusted.
pub(super) enum Trust<'a> {
    /// A source that it needs is being read for the first time.
    Reading,
    /// All that it needs is current.
    Known,
    /// A source that it needs has not answered for a while.
    Stale(Resource, &'a Source),
    /// A source that it needs may not be read.
    Forbidden(Resource, &'a Source),
}

impl Cluster {
    /// Whether each required source has been listed once, or been refused.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.ready
    }

    /// The required sources that have not answered yet, among them those of namespaces that are just being found.
    #[must_use]
    pub fn waiting_for(&self) -> Vec<SourceId> {
        let mut waiting: Vec<SourceId> = self
            .sources
            .iter()
            .filter(|(id, source)| id.resource.is_required() && !has_answered(source))
            .map(|(id, _)| id.clone())
            .collect();
        let found = self.namespaces.values().filter(|entry| entry.namespace.is_some());
        for entry in found.filter(|entry| self.source_of(Resource::Pods, &entry.name).is_none()) {
            waiting.push(SourceId { resource: Resource::Pods, namespace: Some(entry.name.clone()) });
        }
        // Whoever is to find namespaces and may not, has found none yet.
        let discovers = !self.sources.keys().any(|id| id.resource == Resource::Pods);
        let unread =
            self.sources.iter().filter(|(id, source)| id.resource == Resource::Namespaces && !source.listed);
        waiting
            .extend(unread.filter(|(_, source)| discovers && has_answered(source)).map(|(id, _)| id.clone()));
        waiting
    }

    /// Whether workloads, or namespaces with what is in them, may be there that can't be seen: a required source may not be
    /// read, not in all its objects, has not answered for long, or, where a namespace was found while we watch, has not been read yet.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        let discovers = self.scope.needs_discovery();
        self.sources.iter().any(|(id, source)| {
            let tells = id.resource.tells_of_workloads()
                || (discovers && id.resource == Resource::Namespaces && id.namespace.is_none());
            tells && self.is_hidden(source)
        }) || self.absent(None).next().is_some()
            || self.finds_nothing()
    }

    /// The namespaces that were chosen by their names and are not there, as far as that is known: perhaps somebody meant
    /// another. Of one source, or of all.
    fn absent<'a>(&'a self, source: Option<&'a SourceId>) -> impl Iterator<Item = &'a Text> {
        self.scope.chosen().filter(move |name| {
            let of_source = source.is_none_or(|id| id.namespace.as_ref().is_none_or(|only| only == *name));
            of_source && self.is_missed(name)
        })
    }

    /// Whether that namespace was chosen by its name and is not there, as far as that is known.
    fn is_absent(&self, name: &Text) -> bool {
        self.is_missed(name) && self.scope.chosen().any(|chosen| chosen == name)
    }

    /// Whether that namespace is known not to be there.
    fn is_missed(&self, name: &Text) -> bool {
        self.ready && self.sees(Resource::Namespaces, name) && !self.namespace(name).is_some_and(is_there)
    }

    /// Whether no namespace matches what was chosen, as far as that is known.
    fn finds_nothing(&self) -> bool {
        let all = SourceId { resource: Resource::Namespaces, namespace: None };
        self.ready
            && self.scope.needs_discovery()
            && self.sources.get(&all).is_some_and(|source| source.listed && !self.is_hidden(source))
            && !self.namespaces.values().any(is_there)
    }

    /// What a source of namespaces has to say of those that were looked for and are not there.
    pub(super) fn missing(&self, id: &SourceId) -> Option<Text> {
        if id.resource != Resource::Namespaces {
            return None;
        }
        let names: Vec<&str> = self.absent(Some(id)).map(AsRef::as_ref).collect();
        match &names[..] {
            [] if id.namespace.is_none() && self.finds_nothing() => {
                Some("no namespace matches the filter".into())
            }
            [] => None,
            [name] => Some(format!("there is no namespace {name}").into()),
            names => Some(format!("there are no namespaces {}", names.join(", ")).into()),
        }
    }

    /// Whether workloads of that namespace may be there that can't be seen.
    #[must_use]
    pub fn is_namespace_incomplete(&self, name: &Text) -> bool {
        self.is_absent(name)
            || telling()
                .any(|resource| self.source_of(resource, name).is_some_and(|source| self.is_hidden(source)))
    }

    /// Whether a namespace that was chosen by its name has to be shown because it can't be seen.
    pub(super) fn hides_in(&self, namespace: &Text) -> bool {
        let is_hidden = telling().any(|resource| {
            let id = SourceId { resource, namespace: Some(namespace.clone()) };
            self.sources.get(&id).is_some_and(|source| self.is_hidden(source))
        });
        is_hidden || self.is_absent(namespace)
    }

    /// Whether what a source tells of can't be seen. Before all is ready the rest is not counted either.
    pub(super) fn is_hidden(&self, source: &Source) -> bool {
        let is_out = matches!(source.state, SourceState::Forbidden | SourceState::Stale);
        is_out || source.unreadable > 0 || (self.ready && !source.listed)
    }

    /// Whether that resource is read, now or a moment ago, in that namespace.
    #[must_use]
    pub fn sees(&self, resource: Resource, namespace: &Text) -> bool {
        self.source_of(resource, namespace).is_some_and(|source| {
            source.listed && !matches!(source.state, SourceState::Forbidden | SourceState::Absent)
        })
    }

    /// Whether all that could tell of that workload has been read: then it is gone if nothing does.
    pub(super) fn knows_all(&self, id: &WorkloadId) -> bool {
        let told = |resource| self.source_of(resource, &id.namespace).is_some_and(has_answered);
        let is_run = matches!(id.kind, Kind::Job | Kind::CronJob);
        matches!(self.trust(&id.kind, &id.namespace), Trust::Known)
            && (!is_run || (told(Resource::Jobs) && told(Resource::CronJobs)))
    }

    /// Whether the row of a workload outlives all that tells of it: that of a Job, where only pods tell of Jobs. A
    /// namespace of which nobody asks for Jobs any more is gone, and they with it.
    pub(super) fn may_linger(&self, id: &WorkloadId) -> bool {
        let jobs = self.source_of(Resource::Jobs, &id.namespace);
        id.kind == Kind::Job && jobs.is_some() && !self.sees(Resource::Jobs, &id.namespace)
    }

    pub(super) fn trust(&self, kind: &Kind, namespace: &Text) -> Trust<'_> {
        let mut forbidden = None;
        for resource in source::needed(kind) {
            let Some(source) = self.source_of(*resource, namespace) else { return Trust::Reading };
            match source.state {
                SourceState::Stale => return Trust::Stale(*resource, source),
                SourceState::Forbidden => {
                    forbidden.get_or_insert((*resource, source));
                }
                _ if !source.listed => return Trust::Reading,
                _ => {}
            }
        }
        if let Some(resource) = told_by(kind) {
            let source = self.source_of(resource, namespace);
            match source {
                Some(source) if source.state == SourceState::Stale => return Trust::Stale(resource, source),
                // It is about to say more than the pods can.
                Some(source) if !has_answered(source) && source.reason.is_none() => return Trust::Reading,
                _ => {}
            }
        }
        forbidden.map_or(Trust::Known, |(resource, source)| Trust::Forbidden(resource, source))
    }
}

impl Cluster {
    /// The source that tells such a fact, where it is lost and not yet stale.
    pub(super) fn lost_teller(&self, fact: &Fact) -> Option<SourceId> {
        let (resource, namespace) = fact.teller()?;
        let (id, _) = self.teller(resource, namespace).filter(|(_, source)| is_lost(source))?;
        Some(id.clone())
    }

    /// Whether that source is lost and not yet stale.
    pub(super) fn is_lost(&self, id: &SourceId) -> bool {
        self.sources.get(id).is_some_and(is_lost)
    }

    /// Since when a source that a workload needs does not answer, whether it is stale by now or not.
    pub(super) fn silent_since(&self, id: &WorkloadId) -> Option<Time> {
        let needed = source::needed(&id.kind).iter().copied().chain(told_by(&id.kind));
        let sources = needed.filter_map(|resource| self.source_of(resource, &id.namespace));
        let silent =
            sources.filter(|source| matches!(source.state, SourceState::Degraded | SourceState::Stale));
        silent.map(|source| source.away.map_or(source.since, |(from, _)| from)).min()
    }
}

fn is_lost(source: &Source) -> bool {
    source.state == SourceState::Degraded
}

/// Whether somebody has told of the namespace or of anything in it.
fn is_there(entry: &NamespaceEntry) -> bool {
    entry.namespace.is_some() || entry.tally.total() > 0
}

/// What tells of a kind where it may be read, and may be done without.
const fn told_by(kind: &Kind) -> Option<Resource> {
    match kind {
        Kind::Job | Kind::CronJob => source::resource_of(kind),
        _ => None,
    }
}

/// What workloads may go unseen without.
fn telling() -> impl Iterator<Item = Resource> {
    Resource::ALL.into_iter().filter(|resource| resource.tells_of_workloads())
}

/// Whether the source has been listed once, or been refused.
pub(super) fn has_answered(source: &Source) -> bool {
    source.listed || matches!(source.state, SourceState::Forbidden | SourceState::Absent)
}
