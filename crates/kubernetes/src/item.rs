//! One object of a list or a watch becomes a fact.

use crate::api::meta::{IdentifiedObject, PartialObject};
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
    let metadata = match format.decode::<PartialObject>(bytes) {
        Ok(object) => object.metadata.unwrap_or_default(),
        Err(malformed) => return identify(resource, format, bytes, scope).ok_or(malformed),
    };
    Ok(Trace {
        uid: Uid::parse(&metadata.uid),
        is_admitted: admits(resource, scope, &metadata.namespace, &metadata.name),
        ends_initial_events: metadata.annotation("k8s.io/initial-events-end") == Some("true"),
        resource_version: metadata.resource_version,
    })
}

/// What is left of an object of which not everything can be read; `None` where not even that can.
pub(crate) fn identify(resource: Resource, format: Format, bytes: &[u8], scope: &Scope) -> Option<Trace> {
    let identity = format.decode::<IdentifiedObject>(bytes).ok()?.metadata?;
    (!identity.uid.is_empty() && !identity.resource_version.is_empty()).then(|| Trace {
        uid: Uid::parse(&identity.uid),
        is_admitted: admits(resource, scope, &identity.namespace, &identity.name),
        ends_initial_events: false,
        resource_version: identity.resource_version,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::meta::{ObjectMeta, Pair};
    use prost::Message;

    /// The API server does not look into what is written in protobuf: an annotation may hold any bytes.
    #[test]
    fn an_object_with_bytes_that_are_no_text_can_still_be_told_from_others() {
        let metadata = ObjectMeta {
            name: "web".into(),
            namespace: "shop".into(),
            uid: "1".into(),
            resource_version: "7".into(),
            annotations: vec![Pair { key: "note".into(), value: "text".into() }],
            ..ObjectMeta::default()
        };
        let object = PartialObject { metadata: Some(metadata) };
        let mut bytes = object.encode_to_vec();
        let at = bytes.windows(4).position(|window| window == b"text").unwrap();
        bytes[at] = 0xff;
        assert!(Format::Protobuf.decode::<PartialObject>(&bytes).is_err());
        let trace = trace(Resource::Pods, Format::Protobuf, &bytes, &Scope::All).unwrap();
        assert_eq!((trace.uid, &*trace.resource_version, trace.is_admitted), (Uid::parse("1"), "7", true));
        let mut interner = Interner::new();
        assert!(read(Resource::Pods, Format::Protobuf, &bytes, &Scope::All, &mut interner).is_err());
    }
}
