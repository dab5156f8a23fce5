//! What is known of one cluster, as readers see it.
use super::event_log::ByObject;
use super::room::Room;
use super::tally::Tally;
use crate::claim::Claim;
use crate::compute::Compute;
use crate::controller::Controller;
use crate::event::Event;
use crate::health::Health;
use crate::id::{Uid, WorkloadId};
use crate::judgement::{Judgement, Membership, PodJudgement, Surroundings, judge_pod};
use crate::last_words::LastWords;
use crate::namespace::Namespace;
use crate::node::Node;
use crate::observation::Description;
use crate::pod::Pod;
use crate::scope::Scope;
use crate::source::{Resource, Source, SourceId, SourceState};
use crate::text::Text;
use crate::time::Time;
use crate::workload::Row;
use imbl::OrdMap;
use std::sync::Arc;

/// All that is known of one cluster at one moment. Cloning shares everything.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(super) name: Text,
    /// What of it is watched
    pub(super) scope: Arc<Scope>,
    pub(super) description: Option<Arc<Description>>,
    pub(super) ready: bool,
    pub(super) sources: OrdMap<SourceId, Source>,
    pub(super) namespaces: OrdMap<Text, NamespaceEntry>,
    pub(super) pods: OrdMap<Uid, Member>,
    /// What the containers of pods wrote before they ended, the latest end of each
    pub(super) last_words: OrdMap<Uid, Arc<[LastWords]>>,
    /// What each pod uses, where somebody measures
    pub(super) usage: OrdMap<Uid, PodUsage>,
    pub(super) controllers: OrdMap<Uid, Arc<Controller>>,
    pub(super) workloads: OrdMap<Arc<WorkloadId>, Arc<Workload>>,
    pub(super) events: ByObject,
    pub(super) nodes: OrdMap<Text, Arc<Node>>,
    pub(super) room: Room,
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

impl Cluster {
    pub(super) fn new(name: Text, scope: Arc<Scope>) -> Self {
        Self {
            name,
            scope,
            description: None,
            ready: false,
            sources: OrdMap::new(),
            namespaces: OrdMap::new(),
            pods: OrdMap::new(),
            last_words: OrdMap::new(),
            usage: OrdMap::new(),
            controllers: OrdMap::new(),
            workloads: OrdMap::new(),
            events: ByObject::new(),
            nodes: OrdMap::new(),
            room: Room::default(),
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

    /// Every source and how it stands.
    pub fn sources(&self) -> impl Iterator<Item = (&SourceId, &Source)> {
        self.sources.iter()
    }

    /// The source that tells of that resource in that namespace.
    #[must_use]
    pub fn source_of(&self, resource: Resource, namespace: &Text) -> Option<&Source> {
        self.teller(resource, Some(namespace)).map(|(_, source)| source)
    }

    /// The same with its identity; without a namespace, the source of all of them.
    pub(super) fn teller(
        &self,
        resource: Resource,
        namespace: Option<&Text>,
    ) -> Option<(&SourceId, &Source)> {
        let of_all = self.sources.get_key_value(&SourceId { resource, namespace: None });
        of_all.or_else(|| {
            self.sources.get_key_value(&SourceId { resource, namespace: Some(namespace?.clone()) })
        })
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

    /// The worst of the workloads of a namespace, and no better than unknown where they can't be seen.
    #[must_use]
    pub fn namespace_health(&self, entry: &NamespaceEntry) -> Health {
        entry.tally.health(self.is_namespace_incomplete(&entry.name))
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
        self.usage.get(&uid).copied()
    }

    /// What is to be said of one pod by itself.
    #[must_use]
    pub fn judge_pod(&self, pod: &Pod, now: Time) -> PodJudgement {
        let around = self.around(&pod.namespace);
        let Some(workload) = self.workload_of_pod(pod.uid).and_then(|id| self.workload(id)) else {
            return judge_pod(pod, Membership::default(), &around, now);
        };
        let membership = Membership {
            controller: workload.controller.and_then(|uid| self.controller(uid)).map(AsRef::as_ref),
            memory: workload.judgement.as_ref().map(|judgement| &judgement.memory),
        };
        // What could not be heard of its workload could not be of its pod either.
        let now = self.silent_since(&workload.id).map_or(now, |since| since.min(now));
        judge_pod(pod, membership, &around, now)
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

    pub(super) fn around<'a>(&'a self, namespace: &'a Text) -> Around<'a> {
        Around { cluster: self, namespace }
    }
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

    fn unseen(&self) -> Option<(Time, Time)> {
        let (from, until) = self.cluster.source_of(Resource::Pods, self.namespace)?.away?;
        Some((from, until?))
    }

    fn node(&self, name: &str) -> Option<&Node> {
        self.cluster.node(name).map(AsRef::as_ref)
    }

    fn nodes_are_current(&self) -> bool {
        let source = self.cluster.source_of(Resource::Nodes, self.namespace);
        source.is_some_and(|source| !matches!(source.state, SourceState::Degraded | SourceState::Stale))
    }

    fn most_free(&self) -> Option<Compute> {
        self.cluster.most_free()
    }

    fn claim(&self, name: &str) -> Option<&Claim> {
        self.cluster.claim(self.namespace, &name.into()).map(AsRef::as_ref)
    }

    fn last_words(&self, pod: Uid, container: &str) -> Option<&LastWords> {
        self.cluster.last_words.get(&pod)?.iter().find(|said| &*said.container == container)
    }

    fn sees_jobs(&self) -> bool {
        self.cluster.sees(Resource::Jobs, self.namespace)
    }

    fn namespace_is_terminating(&self) -> bool {
        let entry = self.cluster.namespace(self.namespace);
        entry.and_then(|entry| entry.namespace.as_ref()).is_some_and(|namespace| namespace.terminating)
    }
}
