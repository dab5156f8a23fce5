//! The objects, behind the lock.

use super::{Change, Object, What, history::History, logs::Logs, object, pages::Pages};
use crate::{Climb, Error, Resource};
use jiff::Timestamp;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

/// Namespace and name.
pub(super) type Key = (Box<str>, Box<str>);

#[derive(Debug)]
pub(super) struct State {
    /// By namespace and name, which is the order in which the real server lists.
    pub(super) objects: BTreeMap<Resource, BTreeMap<Key, Arc<Object>>>,
    pub(super) history: History,
    pub(super) pages: Pages,
    pub(super) logs: Logs,
    pub(super) revision: u64,
    pub(super) random: fastrand::Rng,
    /// Pods whose memory is not in the usual range.
    pub(super) climbs: BTreeMap<Key, Climb>,
}

impl State {
    pub(super) fn new(seed: u64, history_capacity: usize) -> Self {
        Self {
            objects: BTreeMap::new(),
            history: History::new(history_capacity, 1),
            pages: Pages::default(),
            logs: Logs::new(seed),
            revision: 1,
            random: fastrand::Rng::with_seed(seed),
            climbs: BTreeMap::new(),
        }
    }

    pub(super) fn find(
        &self,
        resource: Resource,
        namespace: &str,
        name: &str,
    ) -> Result<&Arc<Object>, Error> {
        let key = (namespace.into(), name.into());
        self.objects.get(&resource).and_then(|objects| objects.get(&key)).ok_or_else(|| Error::NotFound {
            resource,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        })
    }

    pub(super) fn snapshot(&self, resource: Resource, namespace: Option<&str>) -> Vec<Arc<Object>> {
        let Some(objects) = self.objects.get(&resource) else { return Vec::new() };
        let wanted = |object: &&Arc<Object>| namespace.is_none_or(|n| *object.namespace == *n);
        objects.values().filter(wanted).cloned().collect()
    }

    pub(super) fn apply(
        &mut self,
        resource: Resource,
        draft: object::Draft,
        now: Timestamp,
    ) -> Result<Arc<Object>, Error> {
        let mut draft = draft;
        if draft.name.is_empty() {
            draft.generate_name(&mut self.random)?;
        }
        let key: Key = (draft.namespace.clone(), draft.name.clone());
        let objects = self.objects.entry(resource).or_default();
        let previous = objects.get(&key).cloned();
        let next = self.revision + 1;
        let made = draft.finish(resource, previous.as_deref(), next, now, &mut self.random);
        let Some(object) = made else {
            return Ok(previous.expect("only an object that is there can be unchanged"));
        };
        let object = Arc::new(object);
        objects.insert(key, Arc::clone(&object));
        self.revision = next;
        let what = if previous.is_some() { What::Modified } else { What::Added };
        self.history.push(Change { revision: next, resource, what, object: Arc::clone(&object), previous });
        Ok(object)
    }

    pub(super) fn delete(
        &mut self,
        resource: Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Arc<Object>, Error> {
        let previous = Arc::clone(self.find(resource, namespace, name)?);
        let key = (namespace.into(), name.into());
        if let Some(objects) = self.objects.get_mut(&resource) {
            objects.remove(&key);
        }
        if resource == Resource::Pods {
            self.logs.forget(namespace, name);
            self.climbs.remove(&key);
        }
        self.revision += 1;
        let object = Arc::new(previous.at_revision(self.revision));
        let change = Change {
            revision: self.revision,
            resource,
            what: What::Deleted,
            object: Arc::clone(&object),
            previous: Some(previous),
        };
        self.history.push(change);
        Ok(object)
    }

    pub(super) fn ensure_namespace(&mut self, name: &str, now: Timestamp) -> Result<(), Error> {
        if self.find(Resource::Namespaces, "", name).is_ok() {
            return Ok(());
        }
        let (_, draft) = object::Draft::check(json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }))?;
        self.apply(Resource::Namespaces, draft, now).map(drop)
    }

    pub(super) fn owned_by(&self, uid: &str) -> Vec<(Resource, Box<str>, Box<str>)> {
        let owned = |object: &Object| {
            // A look at the text spares the parsing of nearly all objects.
            object.json().contains(uid)
                && object.value()["metadata"]["ownerReferences"]
                    .as_array()
                    .is_some_and(|owners| owners.iter().any(|owner| owner["uid"] == uid))
        };
        self.keys_where(owned)
    }

    pub(super) fn all_in_namespace(&self, namespace: &str) -> Vec<(Resource, Box<str>, Box<str>)> {
        self.keys_where(|object| *object.namespace == *namespace)
    }

    pub(super) fn keys_where(&self, wanted: impl Fn(&Object) -> bool) -> Vec<(Resource, Box<str>, Box<str>)> {
        let all = self.objects.iter().flat_map(|(r, objects)| objects.values().map(move |o| (*r, o)));
        all.filter(|(_, object)| wanted(object))
            .map(|(resource, object)| (resource, object.namespace.clone(), object.name.clone()))
            .collect()
    }
}
