//! One object of a list or a watch becomes a fact.

use crate::api::meta::PartialObject;
use crate::api::{apps, batch, core, pod};
use crate::conversion::Convert;
use crate::interner::Interner;
use crate::wire::{Format, Malformed};
use domain::id::Uid;
use domain::observation::Object;
use domain::scope::Scope;
use domain::source::Resource;

/// An object that was read.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) uid: Uid,
    pub(crate) resource_version: String,
    /// `None` for an object outside the scope, which is none of our business.
    pub(crate) object: Option<Object>,
}

/// What is left of an object that is gone, or of a bookmark.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) uid: Uid,
    pub(crate) resource_version: String,
    pub(crate) is_admitted: bool,
    /// Whether this is the bookmark behind the initial events of a streaming list.
    pub(crate) ends_initial_events: bool,
}

/// Reads an object of a resource that is watched.
pub(crate) fn read(
    resource: Resource,
    format: Format,
    bytes: &[u8],
    scope: &Scope,
    interner: &mut Interner,
) -> Result<Item, Malformed> {
    let read_kind = match resource {
        Resource::Namespaces => read_kind::<core::Namespace>,
        Resource::Pods => read_kind::<pod::Pod>,
        Resource::Deployments => read_kind::<apps::Deployment>,
        Resource::ReplicaSets => read_kind::<apps::ReplicaSet>,
        Resource::StatefulSets => read_kind::<apps::StatefulSet>,
        Resource::DaemonSets => read_kind::<apps::DaemonSet>,
        Resource::Events => read_kind::<core::Event>,
        Resource::Jobs => read_kind::<batch::Job>,
        Resource::CronJobs => read_kind::<batch::CronJob>,
        Resource::Nodes => read_kind::<core::Node>,
        Resource::PersistentVolumeClaims => read_kind::<core::PersistentVolumeClaim>,
        Resource::PodMetrics => unreachable!("usage is not watched: it is asked for again and again"),
    };
    read_kind(resource, format, bytes, scope, interner)
}

/// Reads the metadata of an object, whichever its kind.
pub(crate) fn trace(
    resource: Resource,
    format: Format,
    bytes: &[u8],
    scope: &Scope,
) -> Result<Trace, Malformed> {
    let metadata = format.decode::<PartialObject>(bytes)?.metadata.unwrap_or_default();
    Ok(Trace {
        uid: Uid::parse(&metadata.uid),
        is_admitted: admits(resource, scope, &metadata.namespace, &metadata.name),
        ends_initial_events: metadata.annotation("k8s.io/initial-events-end") == Some("true"),
        resource_version: metadata.resource_version,
    })
}

fn read_kind<T: Convert>(
    resource: Resource,
    format: Format,
    bytes: &[u8],
    scope: &Scope,
    interner: &mut Interner,
) -> Result<Item, Malformed> {
    let mut object = format.decode::<T>(bytes)?;
    let mut metadata = object.take_metadata();
    let resource_version = std::mem::take(&mut metadata.resource_version);
    let uid = Uid::parse(&metadata.uid);
    let admitted = admits(resource, scope, &metadata.namespace, &metadata.name);
    let object = admitted.then(|| object.convert(metadata, interner));
    Ok(Item { uid, resource_version, object })
}

fn admits(resource: Resource, scope: &Scope, namespace: &str, name: &str) -> bool {
    match resource {
        Resource::Nodes => true,
        Resource::Namespaces => scope.admits(name),
        _ => scope.admits(namespace),
    }
}
