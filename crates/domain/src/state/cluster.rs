//! What is known of one cluster, as readers see it.
use super::event_log::ByObject;
use super::tally::Tally;
use crate::claim::Claim;
use crate::controller::Controller;
use crate::event::Event;
use crate::health::Health;
use crate::id::{Kind, Uid, WorkloadId};
use crate::judgement::{Judgement, PodJudgement, Surroundings, judge_pod};
use crate::namespace::Namespace;
use crate::node::Node;
use crate::observation::Description;
use crate::pod::Pod;
use crate::source::{self, Resource, Source, SourceId, SourceState};
use crate::text::Text;
use crate::time::Time;
use crate::workload::Row;
use imbl::OrdMap;
use std::sync::Arc;

/// All that is known of one cluster at one moment. Cloning shares everything.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(super) name: Text,
    pub(super) description: Option<Arc<Description>>,
    pub(super) ready: bool,
    pub(super) sources: OrdMap<SourceId, Source>,
    pub(super) namespaces: OrdMap<Text, NamespaceEntry>,
    pub(super) pods: OrdMap<Uid, Member>,
    pub(super) controllers: OrdMap<Uid, Arc<Controller>>,
    pub(super) workloads: OrdMap<Arc<WorkloadId>, Arc<Workload>>,
    pub(super) events: ByObject,
    pub(super) nodes: OrdMap<Text, Arc<Node>>,
    pub(super) claims: OrdMap<(Text, Text), Arc<Claim>>,
}

/// A namespace and what runs in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceEntry {
    /// Its name
    pub name: Text,
    /// The object; `None` where namespaces may not be read
    pub namespace: Option<Arc<Namespace>>,
    /// Its workloads by status
    pub tally: Tally,
}

/// A pod and where it belongs.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) pod: Arc<Pod>,
    pub(super) workload: Option<Arc<WorkloadId>>,
    pub(super) usage: Option<PodUsage>,
}

/// What a pod uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodUsage {
    /// In thousandths of a core
    pub cpu_millicores: u64,
    /// The working set
    pub memory_bytes: u64,
}

/// A workload: its row, and what the row was made from.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Which one
    pub id: Arc<WorkloadId>,
    /// What everybody sees; `None` while the sources that it needs are being read for the first time
    pub row: Option<Arc<Row>>,
    /// What was said of it when its sources could last be trusted
    pub judgement: Option<Arc<Judgement>>,
    /// Its object, where there is one and it may be read
    pub controller: Option<Uid>,
    /// A Deployment's ReplicaSets, a `CronJob`'s Jobs
    pub children: Arc<[Uid]>,
    /// Its pods
    pub pods: Arc<[Uid]>,
}

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
    pub(super) fn new(name: Text) -> Self {
        Self {
            name,
            description: None,
            ready: false,
            sources: OrdMap::new(),
            namespaces: OrdMap::new(),
            pods: OrdMap::new(),
            controllers: OrdMap::new(),
            workloads: OrdMap::new(),
            events: ByObject::new(),
            nodes: OrdMap::new(),
            claims: OrdMap::new(),
        }
    }

    /// Its name in the configuration.
    #[must_use]
    pub const fn name(&self) -> &Text {
        &self.name
    }

    /// What it says of itself, once it has answered.
    #[must_use]
    pub fn description(&self) -> Option<&Description> {
        self.description.as_deref()
    }

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

    /// Every source and how it stands.
    pub fn sources(&self) -> impl Iterator<Item = (&SourceId, &Source)> {
        self.sources.iter()
    }

    /// The source that tells of that resource in that namespace.
    #[must_use]
    pub fn source_of(&self, resource: Resource, namespace: &Text) -> Option<&Source> {
        self.sources
            .get(&SourceId { resource, namespace: None })
            .or_else(|| self.sources.get(&SourceId { resource, namespace: Some(namespace.clone()) }))
    }

    /// Its namespaces, by name.
    pub fn namespaces(&self) -> impl Iterator<Item = &NamespaceEntry> {
        self.namespaces.values()
    }

    /// One namespace.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<&NamespaceEntry> {
        self.namespaces.get(name)
    }

    /// Its workloads by status.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut sum = Tally::default();
        for entry in self.namespaces.values() {
            sum.add(&entry.tally);
        }
        sum
    }

    /// The worst of its workloads, and no better than unknown where something can't be seen.
    #[must_use]
    pub fn health(&self) -> Health {
        worst(&self.tally(), self.is_incomplete())
    }

    /// Whether pods may not be read, or have not answered for long, somewhere in it: what runs there is not counted.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.sources.iter().any(|(id, source)| hides_pods(id, source))
    }

    /// The worst of the workloads of a namespace, and no better than unknown where they can't be seen.
    #[must_use]
    pub fn namespace_health(&self, entry: &NamespaceEntry) -> Health {
        worst(&entry.tally, self.is_namespace_incomplete(&entry.name))
    }

    /// Whether pods of that namespace may not be read, or have not answered for long.
    #[must_use]
    pub fn is_namespace_incomplete(&self, name: &str) -> bool {
        self.sources.iter().any(|(id, source)| {
            hides_pods(id, source) && id.namespace.as_ref().is_none_or(|namespace| **namespace == *name)
        })
    }

    /// The row of each workload, by id.
    pub fn rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.workloads.values().filter_map(|workload| workload.row.as_ref())
    }

    /// Each workload, by id.
    pub fn workloads(&self) -> impl Iterator<Item = &Arc<Workload>> {
        self.workloads.values()
    }

    /// One workload.
    #[must_use]
    pub fn workload(&self, id: &WorkloadId) -> Option<&Workload> {
        self.workloads.get(id).map(AsRef::as_ref)
    }

    /// Its pods, in no order that means anything.
    pub fn pods(&self) -> impl Iterator<Item = &Arc<Pod>> {
        self.pods.values().map(|member| &member.pod)
    }

    /// One pod, by its identity.
    #[must_use]
    pub fn pod_by_uid(&self, uid: Uid) -> Option<&Arc<Pod>> {
        self.pods.get(&uid).map(|member| &member.pod)
    }

    /// One pod, by its name: the newest where an old one is not gone yet.
    #[must_use]
    pub fn pod(&self, namespace: &str, name: &str) -> Option<&Arc<Pod>> {
        let named = self.pods().filter(|pod| &*pod.name == name && &*pod.namespace == namespace);
        named.max_by_key(|pod| pod.created)
    }

    /// The workload that a pod belongs to.
    #[must_use]
    pub fn workload_of_pod(&self, uid: Uid) -> Option<&Arc<WorkloadId>> {
        self.pods.get(&uid)?.workload.as_ref()
    }

    /// What a pod uses, where that is known.
    #[must_use]
    pub fn usage(&self, uid: Uid) -> Option<PodUsage> {
        self.pods.get(&uid)?.usage
    }

    /// What is to be said of one pod by itself.
    #[must_use]
    pub fn judge_pod(&self, pod: &Pod, now: Time) -> PodJudgement {
        judge_pod(pod, &self.around(&pod.namespace), now)
    }

    /// A controller, by its identity.
    #[must_use]
    pub fn controller(&self, uid: Uid) -> Option<&Arc<Controller>> {
        self.controllers.get(&uid)
    }

    /// One node.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Arc<Node>> {
        self.nodes.get(name)
    }

    /// Its nodes, by name; none where they may not be read.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.nodes.values()
    }

    /// One PersistentVolumeClaim.
    #[must_use]
    pub fn claim(&self, namespace: &Text, name: &Text) -> Option<&Arc<Claim>> {
        self.claims.get(&(namespace.clone(), name.clone()))
    }

    /// The events that are kept, grouped by the object that they are about.
    pub fn events(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.events.values().flat_map(|list| list.iter())
    }

    /// The events that are kept about one object, oldest first.
    #[must_use]
    pub fn events_of(&self, object: Uid) -> &[Arc<Event>] {
        self.events.get(&object).map_or(&[], AsRef::as_ref)
    }

    /// Whether that resource is read, now or a moment ago, in that namespace.
    #[must_use]
    pub fn sees(&self, resource: Resource, namespace: &Text) -> bool {
        self.source_of(resource, namespace).is_some_and(|source| {
            source.listed && !matches!(source.state, SourceState::Forbidden | SourceState::Absent)
        })
    }

    pub(super) fn around<'a>(&'a self, namespace: &'a Text) -> Around<'a> {
        Around { cluster: self, namespace }
    }

    /// Whether all that could tell of that workload has been read: then it is gone if nothing does.
    pub(super) fn knows_all(&self, id: &WorkloadId) -> bool {
        let told = |resource| self.source_of(resource, &id.namespace).is_some_and(has_answered);
        let is_run = matches!(id.kind, Kind::Job | Kind::CronJob);
        matches!(self.trust(&id.kind, &id.namespace), Trust::Known)
            && (!is_run || (told(Resource::Jobs) && told(Resource::CronJobs)))
    }

    /// Whether the row of a workload outlives all that tells of it: that of a Job, where only pods tell of Jobs.
    pub(super) fn may_linger(&self, id: &WorkloadId) -> bool {
        id.kind == Kind::Job && !self.sees(Resource::Jobs, &id.namespace)
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
        if *kind == Kind::Job || *kind == Kind::CronJob {
            let resource = if *kind == Kind::Job { Resource::Jobs } else { Resource::CronJobs };
            let source = self.source_of(resource, namespace);
            if let Some(source) = source.filter(|source| source.state == SourceState::Stale) {
                return Trust::Stale(resource, source);
            }
        }
        forbidden.map_or(Trust::Known, |(resource, source)| Trust::Forbidden(resource, source))
    }
}

fn hides_pods(id: &SourceId, source: &Source) -> bool {
    id.resource == Resource::Pods && matches!(source.state, SourceState::Forbidden | SourceState::Stale)
}

fn worst(tally: &Tally, is_incomplete: bool) -> Health {
    if is_incomplete { tally.worst().min(Health::Unknown) } else { tally.worst() }
}

/// Whether the source has been listed once, or been refused.
pub(super) fn has_answered(source: &Source) -> bool {
    source.listed || matches!(source.state, SourceState::Forbidden | SourceState::Absent)
}

/// The cluster around the workloads of one namespace.
pub(super) struct Around<'a> {
    cluster: &'a Cluster,
    namespace: &'a Text,
}

impl Surroundings for Around<'_> {
    fn events(&self, object: Uid) -> &[Arc<Event>] {
        self.cluster.events_of(object)
    }

    fn node(&self, name: &str) -> Option<&Node> {
        self.cluster.node(name).map(AsRef::as_ref)
    }

    fn claim(&self, name: &str) -> Option<&Claim> {
        self.cluster.claim(self.namespace, &name.into()).map(AsRef::as_ref)
    }

    fn sees_jobs(&self) -> bool {
        self.cluster.sees(Resource::Jobs, self.namespace)
    }

    fn namespace_is_terminating(&self) -> bool {
        let entry = self.cluster.namespace(self.namespace);
        entry.and_then(|entry| entry.namespace.as_ref()).is_some_and(|namespace| namespace.terminating)
    }
}
