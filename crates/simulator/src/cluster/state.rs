//! The objects, behind the lock.

use super::{Change, Object, What, history::History, logs::Logs, object, pages::Pages};
use crate::{Climb, Error, Resource};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Namespace and name.
pub(super) type Key = (Box<str>, Box<str>);

#[derive(Debug)]
pub(super) struct State {
    /// By namespace and name, which is the order in which the real server lists.
    pub(super) objects: BTreeMap<Resource, BTreeMap<Key, Arc<Object>>>,
    /// Those that controllers look at again and again, as they parse; with `kind` and `apiVersion`.
    parsed: BTreeMap<Resource, BTreeMap<Key, Arc<Value>>>,
    /// Whether controllers look at this cluster: then what is written is looked at soon.
    pub(super) holds_parsed: bool,
    /// What names a uid as its owner.
    dependents: BTreeMap<Box<str>, BTreeSet<(Resource, Key)>>,
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
            parsed: BTreeMap::new(),
            holds_parsed: false,
            dependents: BTreeMap::new(),
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
        let previous = self.objects.get(&resource).and_then(|objects| objects.get(&key)).cloned();
        let before = previous.as_ref().map(|object| self.parse(resource, &key, object));
        let next = self.revision + 1;
        let made = draft.finish(resource, before.as_deref(), next, now, &mut self.random);
        let Some((object, value)) = made else {
            return Ok(previous.expect("only an object that is there can be unchanged"));
        };
        let object = Arc::new(object);
        let what = if previous.is_some() { What::Modified } else { What::Added };
        if let Some(previous) = &previous {
            self.note_owners(resource, &key, previous, false);
        }
        self.note_owners(resource, &key, &object, true);
        // Events are written by many and looked at by nobody.
        if self.holds_parsed && resource != Resource::Events {
            self.parsed.entry(resource).or_default().insert(key.clone(), Arc::new(value));
        } else if let Some(parsed) = self.parsed.get_mut(&resource).and_then(|parsed| parsed.get_mut(&key)) {
            *parsed = Arc::new(value);
        }
        self.objects.entry(resource).or_default().insert(key, Arc::clone(&object));
        self.revision = next;
        self.history.push(Change { revision: next, resource, what, object: Arc::clone(&object), previous });
        Ok(object)
    }

    /// An object as it parses, and remains parsed from now on.
    pub(super) fn read(&mut self, resource: Resource, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let key: Key = (namespace.into(), name.into());
        self.holds_parsed = true;
        let parsed = self.parsed.entry(resource).or_default();
        if let Some(value) = parsed.get(&key) {
            return Some(Arc::clone(value));
        }
        let value = Arc::new(self.objects.get(&resource)?.get(&key)?.value_with_kind(resource));
        parsed.insert(key, Arc::clone(&value));
        Some(value)
    }

    fn parse(&self, resource: Resource, key: &Key, object: &Object) -> Arc<Value> {
        let parsed = self.parsed.get(&resource).and_then(|parsed| parsed.get(key));
        parsed.cloned().unwrap_or_else(|| Arc::new(object.value_with_kind(resource)))
    }

    fn note_owners(&mut self, resource: Resource, key: &Key, object: &Object, owned: bool) {
        for owner in &object.owners {
            let dependents = self.dependents.entry(owner.clone()).or_default();
            if owned {
                dependents.insert((resource, key.clone()));
            } else {
                dependents.remove(&(resource, key.clone()));
                if dependents.is_empty() {
                    self.dependents.remove(owner);
                }
            }
        }
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
        if let Some(parsed) = self.parsed.get_mut(&resource) {
            parsed.remove(&key);
        }
        self.note_owners(resource, &key, &previous, false);
        if resource == Resource::Pods {
            self.logs.forget(namespace, name);
            self.climbs.remove(&key);
        }
        self.revision += 1;
        let change = Change {
            revision: self.revision,
            resource,
            what: What::Deleted,
            object: Arc::clone(&previous),
            previous: Some(Arc::clone(&previous)),
        };
        self.history.push(change);
        Ok(previous)
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

    /// What names a uid as its owner, in the order of resources and names.
    pub(super) fn owned_by(&self, uid: &str) -> Vec<(Resource, Key)> {
        self.dependents.get(uid).into_iter().flatten().cloned().collect()
    }

    pub(super) fn all_in_namespace(&self, namespace: &str) -> Vec<(Resource, Key)> {
        self.keys_where(|object| *object.namespace == *namespace)
    }

    fn keys_where(&self, wanted: impl Fn(&Object) -> bool) -> Vec<(Resource, Key)> {
        let all = self.objects.iter().flat_map(|(r, objects)| objects.values().map(move |o| (*r, o)));
        all.filter(|(_, object)| wanted(object))
            .map(|(resource, object)| (resource, (object.namespace.clone(), object.name.clone())))
            .collect()
    }
}
