//! What sources tell the engine.
use crate::claim::Claim;
use crate::controller::Controller;
use crate::event::Event;
use crate::id::{Uid, WorkloadId};
use crate::last_words::LastWords;
use crate::memory::Memory;
use crate::namespace::Namespace;
use crate::node::Node;
use crate::pod::Pod;
use crate::source::{self, Link, Resource, SourceId};
use crate::text::Text;
use std::sync::Arc;

/// One thing that happened, to be applied to the state in order of arrival.
#[derive(Clone, Debug)]
pub enum Observation {
    /// A fact about one cluster.
    Cluster {
        /// The cluster's name in the configuration
        cluster: Text,
        /// What is to be known of it
        fact: Fact,
    },
    /// What was remembered before our restart; comes first, before any fact.
    Restored(Vec<(WorkloadId, Memory)>),
    /// Time has passed: [`crate::state::State::next_due`] is reached.
    Due,
}

/// What is to be known of a cluster.
#[derive(Clone, Debug)]
pub enum Fact {
    /// The object is so, new or changed.
    Applied(Object),
    /// The object is gone.
    Deleted(SourceId, Uid),
    /// A complete list has been handed over, each item as [`Fact::Applied`]: what the source told before and is not in
    /// here is gone. This is the only way in which a relist removes anything.
    Listed(SourceId, Vec<Uid>),
    /// So many of the source's objects can't be read right now, known before or not; said when the number changes.
    Unreadable(SourceId, u32),
    /// How the source stands.
    Linked(SourceId, Link),
    /// CPU and memory in use, of all pods of the source.
    Measured(SourceId, Vec<Usage>),
    /// What a container wrote last before it ended.
    Said(LastWords),
    /// What the cluster is, learned when it answered.
    Described(Description),
}

impl Fact {
    /// The resource of which it tells, and the namespace, where there is one. `None` where it tells of a source itself, or
    /// of what is not watched.
    pub(crate) fn teller(&self) -> Option<(Resource, Option<&Text>)> {
        match self {
            Self::Applied(object) => object.teller(),
            Self::Deleted(source, _) | Self::Listed(source, _) => {
                Some((source.resource, source.namespace.as_ref()))
            }
            Self::Unreadable(..)
            | Self::Linked(..)
            | Self::Measured(..)
            | Self::Said(_)
            | Self::Described(_) => None,
        }
    }
}

/// An object, of any kind that is watched.
#[derive(Clone, Debug)]
pub enum Object {
    /// `v1 Namespace`
    Namespace(Arc<Namespace>),
    /// `v1 Pod`
    Pod(Arc<Pod>),
    /// `apps/v1` and `batch/v1` controllers
    Controller(Arc<Controller>),
    /// `v1 Event`
    Event(Arc<Event>),
    /// `v1 Node`
    Node(Arc<Node>),
    /// `v1 PersistentVolumeClaim`
    Claim(Arc<Claim>),
}

impl Object {
    fn teller(&self) -> Option<(Resource, Option<&Text>)> {
        Some(match self {
            Self::Namespace(namespace) => (Resource::Namespaces, Some(&namespace.name)),
            Self::Pod(pod) => (Resource::Pods, Some(&pod.namespace)),
            Self::Controller(controller) => {
                (source::resource_of(&controller.kind)?, Some(&controller.namespace))
            }
            Self::Event(event) => (Resource::Events, Some(&event.namespace)),
            Self::Node(_) => (Resource::Nodes, None),
            Self::Claim(claim) => (Resource::PersistentVolumeClaims, Some(&claim.namespace)),
        })
    }
}

/// What one pod uses (`metrics.k8s.io/v1beta1 PodMetrics`), summed over its containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// `metadata.namespace`
    pub namespace: Text,
    /// `metadata.name`
    pub pod: Text,
    /// In thousandths of a core
    pub cpu_millicores: u64,
    /// The working set
    pub memory_bytes: u64,
}

/// What a cluster says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The API server's address, without credentials
    pub server: Text,
    /// `gitVersion` of `/version`; `None` while it could not be read
    pub version: Option<Text>,
    /// `metadata.uid` of namespace `kube-system`, by which a cluster is told from another; `None` if it may not be read
    pub uid: Option<Uid>,
}
