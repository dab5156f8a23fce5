//! The objects of the simulated cluster and what happened to them.

mod history;
mod logs;
mod object;
mod pages;
mod state;

pub use history::{Change, What};
pub(crate) use logs::{LogLine, LogQuery};
pub use object::Object;
pub(crate) use object::{merge, name_suffix, uid};
pub(crate) use pages::{Page, PageQuery};

use crate::{Climb, Clock, Error, Resource};
use jiff::Timestamp;
use serde_json::Value;
use state::State;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// A handle on the objects of one simulator; clones are the same cluster. All calls are short and may be made from
/// any thread; watches see each change as soon as the call returns.
#[derive(Clone, Debug)]
pub struct Cluster {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    seed: u64,
    state: Mutex<State>,
    /// The newest resourceVersion. Holds one value; each watch reads the changes themselves from the history, at its
    /// own pace.
    head: watch::Sender<u64>,
}

/// Where a changed object came from, for the answer to a watch that has fallen behind the history.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Forgotten {
    pub(crate) oldest: u64,
}

impl Cluster {
    /// An empty cluster that no server serves, for whoever reads its objects and changes here; it remembers that many
    /// changes.
    #[must_use]
    pub fn new(seed: u64, clock: Clock, history_capacity: usize) -> Self {
        let state = State::new(seed, history_capacity);
        Self { inner: Arc::new(Inner { clock, seed, state: Mutex::new(state), head: watch::Sender::new(1) }) }
    }

    /// Creates the object, or replaces what is there under its name, and returns it as the server now has it.
    ///
    /// The server's own fields are filled in as the real one does: `uid`, `creationTimestamp` (both taken from the
    /// object when it is new and has them), `resourceVersion`, `generation` (counted up when the specification
    /// changes), a name after `generateName`. A namespace that does not exist is created. Nothing happens when
    /// nothing changes.
    pub fn apply(&self, object: Value) -> Result<Value, Error> {
        let (resource, object) = self.put(object)?;
        Ok(object.value_with_kind(resource))
    }

    /// The same for controllers, which look at what they wrote: parsed once and held so.
    pub(crate) fn write(&self, object: Value) -> Result<Arc<Value>, Error> {
        let (resource, object) = self.put(object)?;
        let written = self.peek(resource, &object.namespace, &object.name);
        Ok(written.unwrap_or_else(|| Arc::new(object.value_with_kind(resource))))
    }

    /// The same for whoever does not look at it.
    pub(crate) fn put(&self, object: Value) -> Result<(Resource, Arc<Object>), Error> {
        let (resource, draft) = object::Draft::check(object)?;
        let now = self.now();
        let mut state = self.lock();
        if resource.is_namespaced() {
            state.ensure_namespace(&draft.namespace, now)?;
        }
        let object = state.apply(resource, draft, now)?;
        self.publish(state);
        Ok((resource, object))
    }

    /// Applies a JSON merge patch (RFC 7386) to an object and returns it as the server now has it.
    pub fn patch(
        &self,
        resource: Resource,
        namespace: &str,
        name: &str,
        patch: &Value,
    ) -> Result<Value, Error> {
        let now = self.now();
        let mut state = self.lock();
        let mut value = state.find(resource, namespace, name)?.value_with_kind(resource);
        object::merge(&mut value, patch);
        let (patched_resource, draft) = object::Draft::check(value)?;
        if patched_resource != resource || *draft.namespace != *namespace || *draft.name != *name {
            return Err(Error::Invalid("a patch may not change kind, namespace or name".to_owned()));
        }
        let object = state.apply(resource, draft, now)?;
        let patched = object.value_with_kind(resource);
        self.publish(state);
        Ok(patched)
    }

    /// Removes one object; what it owns stays.
    pub fn delete(&self, resource: Resource, namespace: &str, name: &str) -> Result<(), Error> {
        let mut state = self.lock();
        state.delete(resource, namespace, name)?;
        self.publish(state);
        Ok(())
    }

    /// Removes an object and everything that names it as its owner, directly or through others, as the garbage
    /// collector would; deleting a namespace removes what is in it.
    pub fn delete_with_dependents(
        &self,
        resource: Resource,
        namespace: &str,
        name: &str,
    ) -> Result<(), Error> {
        let mut state = self.lock();
        let uid = state.delete(resource, namespace, name)?.uid.clone();
        let mut doomed = match resource {
            Resource::Namespaces => state.all_in_namespace(name),
            _ => state.owned_by(&uid),
        };
        while let Some((resource, (namespace, name))) = doomed.pop() {
            if let Ok(object) = state.delete(resource, &namespace, &name) {
                doomed.extend(state.owned_by(&object.uid));
            }
        }
        self.publish(state);
        Ok(())
    }

    /// The object with its `kind` and `apiVersion`.
    #[must_use]
    pub fn read(&self, resource: Resource, namespace: &str, name: &str) -> Option<Value> {
        Some(self.find(resource, namespace, name)?.value_with_kind(resource))
    }

    /// The objects of a resource, in one namespace or in all.
    #[must_use]
    pub fn list(&self, resource: Resource, namespace: Option<&str>) -> Vec<Value> {
        let (_, objects) = self.snapshot(resource, namespace);
        objects.iter().map(|object| object.value_with_kind(resource)).collect()
    }

    /// How many objects of a resource there are.
    #[must_use]
    pub fn count(&self, resource: Resource) -> usize {
        self.lock().objects.get(&resource).map_or(0, BTreeMap::len)
    }

    /// The newest resourceVersion.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.lock().revision
    }

    /// Forgets all changes and all snapshots of paged lists, as compaction does: watches that resume and continue
    /// tokens from before are answered 410. Watches that are open go on.
    pub fn expire_window(&self) {
        let mut state = self.lock();
        state.revision += 1;
        let revision = state.revision;
        state.history.forget(revision);
        state.pages.forget();
        self.publish(state);
    }

    /// Goes back to an older resourceVersion and forgets all changes, as an etcd restored from a backup does: clients
    /// hold resourceVersions from the future. The objects stay.
    pub fn rewind(&self, revision: u64) {
        let mut state = self.lock();
        state.revision = state.revision.min(revision.max(1));
        let revision = state.revision;
        state.history.forget(revision);
        state.pages.forget();
        self.publish(state);
    }

    /// Appends a line to the log of a container. The last 1,000 lines are kept.
    pub fn log(&self, namespace: &str, pod: &str, container: &str, line: &str) {
        let now = self.now();
        self.log_at(namespace, pod, container, line, now);
    }

    /// The same with the time of the line.
    pub fn log_at(&self, namespace: &str, pod: &str, container: &str, line: &str, at: Timestamp) {
        let mut state = self.lock();
        state.logs.append(namespace, pod, container, line, at);
        self.publish(state);
    }

    /// Begins a new log for a container that is started again; what was written so far becomes the previous log.
    pub fn rotate_log(&self, namespace: &str, pod: &str, container: &str) {
        self.lock().logs.rotate(namespace, pod, container);
    }

    /// Lets the memory of a pod's containers climb, for `metrics.k8s.io`; `None` is the usual range again.
    pub fn set_climb(&self, namespace: &str, pod: &str, climb: Option<Climb>) {
        let key = (namespace.into(), pod.into());
        let climbs = &mut self.lock().climbs;
        match climb {
            Some(climb) => climbs.insert(key, climb),
            None => climbs.remove(&key),
        };
    }

    /// Creates a namespace, with the label and finalizer that the server gives it.
    pub fn create_namespace(&self, name: &str) -> Result<(), Error> {
        let now = self.now();
        let mut state = self.lock();
        state.ensure_namespace(name, now)?;
        self.publish(state);
        Ok(())
    }

    pub(crate) fn climb(&self, namespace: &str, pod: &str) -> Option<Climb> {
        self.lock().climbs.get(&(namespace.into(), pod.into())).copied()
    }

    pub(crate) fn seed(&self) -> u64 {
        self.inner.seed
    }

    pub(crate) fn clock(&self) -> Clock {
        self.inner.clock.clone()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The object with its `kind` and `apiVersion`, parsed once and held so.
    pub(crate) fn peek(&self, resource: Resource, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.lock().read(resource, namespace, name)
    }

    /// The objects of a resource that name a uid as their owner, parsed once and held so.
    pub(crate) fn owned(&self, resource: Resource, uid: &str) -> Vec<Arc<Value>> {
        let mut state = self.lock();
        let keys = state.owned_by(uid);
        let of_resource = keys.iter().filter(|(owned, _)| *owned == resource);
        of_resource
            .filter_map(|(resource, (namespace, name))| state.read(*resource, namespace, name))
            .collect()
    }

    pub(crate) fn head(&self) -> watch::Receiver<u64> {
        self.inner.head.subscribe()
    }

    pub(crate) fn find(&self, resource: Resource, namespace: &str, name: &str) -> Option<Arc<Object>> {
        self.lock().find(resource, namespace, name).ok().map(Arc::clone)
    }

    /// The objects as they are now, with the resourceVersion that a watch can go on from.
    #[must_use]
    pub fn snapshot(&self, resource: Resource, namespace: Option<&str>) -> (u64, Vec<Arc<Object>>) {
        let state = self.lock();
        (state.revision, state.snapshot(resource, namespace))
    }

    pub(crate) fn page(&self, resource: Resource, query: &PageQuery) -> Result<Page, crate::status::Status> {
        let mut state = self.lock();
        let State { pages, objects, revision, .. } = &mut *state;
        let current =
            || objects.get(&resource).map(|all| all.values().cloned().collect()).unwrap_or_default();
        pages.read(resource, query, *revision, current)
    }

    /// All changes after `revision`, oldest first; `None` where the oldest of them is forgotten.
    #[must_use]
    pub fn changes_after(&self, revision: u64) -> Option<Vec<Change>> {
        let state = self.lock();
        (revision >= state.history.oldest()).then(|| state.history.after(revision).cloned().collect())
    }

    /// Changes of a resource after `revision`, at most `limit`, and the resourceVersion up to which they are complete.
    pub(crate) fn changes(
        &self,
        resource: Resource,
        revision: u64,
        limit: usize,
    ) -> Result<(u64, Vec<Change>), Forgotten> {
        let state = self.lock();
        if revision < state.history.oldest() {
            return Err(Forgotten { oldest: state.history.oldest() });
        }
        let of_resource = state.history.after(revision).filter(|change| change.resource == resource);
        let changes: Vec<_> = of_resource.take(limit).cloned().collect();
        let complete = match changes.last() {
            Some(last) if changes.len() == limit => last.revision,
            _ => state.revision.max(revision),
        };
        Ok((complete, changes))
    }

    pub(crate) fn read_log(&self, query: &LogQuery) -> Result<Vec<LogLine>, crate::status::Status> {
        let now = self.now();
        let state = self.lock();
        let Ok(pod) = state.find(Resource::Pods, &query.namespace, &query.pod) else {
            return Err(crate::status::Status::not_found(Resource::Pods, &query.pod));
        };
        state.logs.read(query, &pod.value(), now)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A thread that panicked while it held the lock has left whole objects behind: each step is one insertion.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the watches what the newest resourceVersion is, and lets others in.
    fn publish(&self, state: MutexGuard<'_, State>) {
        let revision = state.revision;
        drop(state);
        self.inner.head.send_replace(revision);
    }
}
