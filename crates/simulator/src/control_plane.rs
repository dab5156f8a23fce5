//! Controllers, scheduler and kubelets in small: they do to the objects what the real ones do, at the times of a
//! timeline instead of the wall clock.
//!
//! Time moves only in [`ControlPlane::run_until`]: each action happens at the time it is due, so the same
//! seed and the same calls give the same bytes however late or often it is called.

mod cron_job;
mod daemon_set;
mod deployment;
mod disruption;
mod event;
mod job;
mod kubelet;
mod node;
mod ownership;
mod pod;
mod replica_set;
mod scheduler;
mod stateful_set;
mod timeline;

pub(crate) use pod::running_pod;
pub(crate) use replica_set::status as replica_set_status;

use crate::{Cluster, Error, Resource, Workload, clock::seconds};
use event::Events;
use jiff::{SignedDuration, Timestamp};
use node::{Autoscaler, Node, Purpose};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use timeline::Action;

/// What a container of an image does once it is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// It is ready after a while and stays so.
    Serves {
        /// From its start to its first good readiness probe.
        ready_after: SignedDuration,
    },
    /// It ends with an error, again and again.
    Crashes {
        /// From its start to its end.
        runs_for: SignedDuration,
        /// Its exit code.
        exit_code: i32,
        /// What it says before it ends.
        log: Vec<String>,
    },
    /// It is ready, uses more and more memory and is killed at its limit, again and again.
    RunsOutOfMemory {
        /// From its start to its end.
        runs_for: SignedDuration,
    },
    /// It does its work and ends: for Jobs.
    Completes {
        /// From its start to its end.
        runs_for: SignedDuration,
    },
}

/// The controllers of one cluster. Whoever holds it moves its time on.
#[derive(Debug)]
pub struct ControlPlane {
    cluster: Cluster,
    now: Timestamp,
    /// What is to happen, in order; the number keeps the order of what is due at one time.
    queue: BTreeMap<(Timestamp, u64), Action>,
    queued: u64,
    random: fastrand::Rng,
    behaviours: BTreeMap<String, Behaviour>,
    /// Secrets that containers ask for and that do not exist.
    missing_secrets: BTreeSet<(String, String)>,
    /// Storage classes that provide nothing at the moment, with what the provisioner says.
    broken_classes: BTreeMap<String, String>,
    nodes: Vec<Node>,
    nodes_added: usize,
    autoscaler: Option<Autoscaler>,
    /// Pods that no node takes.
    unschedulable: BTreeSet<Target>,
    /// Workloads of which evictions take one pod at a time, by namespace and name.
    budgets: BTreeSet<(String, String)>,
    /// Templates of the revisions of StatefulSets, by namespace and revision.
    templates: BTreeMap<(String, String), Value>,
    /// What a controller is to look at already.
    to_sync: BTreeSet<Target>,
    addresses_given: u32,
    evictions: u32,
    reboots: u32,
    events: Events,
}

/// An object by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    resource: Resource,
    namespace: String,
    name: String,
}

/// A pod by name and uid: another pod of the same name is another.
#[derive(Clone, Debug)]
struct PodRef {
    namespace: String,
    name: String,
    uid: String,
}

impl ControlPlane {
    /// Controllers for a cluster whose time is `start`. There are no nodes yet, so pods stay pending.
    #[must_use]
    pub fn new(cluster: Cluster, seed: u64, start: Timestamp) -> Self {
        Self {
            cluster,
            now: start,
            queue: BTreeMap::new(),
            queued: 0,
            // The cluster may have the same seed; the uids that each of the two draws must differ.
            random: fastrand::Rng::with_seed(!seed),
            behaviours: BTreeMap::new(),
            missing_secrets: BTreeSet::new(),
            broken_classes: BTreeMap::new(),
            nodes: Vec::new(),
            nodes_added: 0,
            autoscaler: None,
            unschedulable: BTreeSet::new(),
            budgets: BTreeSet::new(),
            templates: BTreeMap::new(),
            to_sync: BTreeSet::new(),
            addresses_given: 0,
            evictions: 0,
            reboots: 0,
            events: Events::default(),
        }
    }

    /// The time that it has reached.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// When the next thing happens.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.queue.first_key_value().map(|((due, _), _)| *due)
    }

    /// Lets everything happen that is due up to `time`.
    pub fn run_until(&mut self, time: Timestamp) {
        while let Some(entry) = self.queue.first_entry() {
            if entry.key().0 > time {
                break;
            }
            let ((due, _), action) = entry.remove_entry();
            self.now = self.now.max(due);
            self.act(action);
        }
        self.now = self.now.max(time);
    }

    /// The same, counted from now.
    pub fn run_for(&mut self, time: SignedDuration) {
        self.run_until(self.now.saturating_add(time).unwrap_or(Timestamp::MAX));
    }

    /// Creates a workload now, with its Service.
    pub fn create(&mut self, workload: &Workload) -> Result<(), Error> {
        let mut manifest = workload.manifest();
        manifest["metadata"]["creationTimestamp"] = seconds(self.now).into();
        self.install(workload, manifest)
    }

    /// Creates a workload at a time to come, with an age: `created` is what its `creationTimestamp` says.
    pub fn create_at(&mut self, at: Timestamp, workload: Workload, created: Timestamp) {
        self.queue_at(at, Action::Create(Box::new(workload), created));
    }

    /// Gives the main container of a workload another image at a time to come: a rollout.
    pub fn set_image_at(
        &mut self,
        at: Timestamp,
        resource: Resource,
        namespace: &str,
        name: &str,
        image: &str,
    ) {
        self.queue_at(at, Action::SetImage(Target::new(resource, namespace, name), image.to_owned()));
    }

    /// Changes the number of replicas at a time to come.
    pub fn scale_at(
        &mut self,
        at: Timestamp,
        resource: Resource,
        namespace: &str,
        name: &str,
        replicas: u32,
    ) {
        self.queue_at(at, Action::Scale(Target::new(resource, namespace, name), replicas));
    }

    /// Says what containers of an image do, from their next start. Other images serve, in Jobs complete.
    pub fn set_behaviour(&mut self, image: &str, behaviour: Behaviour) {
        self.behaviours.insert(image.to_owned(), behaviour);
    }

    /// The same at a time to come.
    pub fn set_behaviour_at(&mut self, at: Timestamp, image: &str, behaviour: Behaviour) {
        self.queue_at(at, Action::Behave(image.to_owned(), behaviour));
    }

    /// A Secret is missing or there again from a time to come: while it is missing, containers that take a variable
    /// from it cannot be created.
    pub fn set_secret_at(&mut self, at: Timestamp, namespace: &str, name: &str, exists: bool) {
        self.queue_at(at, Action::SetSecret(namespace.to_owned(), name.to_owned(), exists));
    }

    /// Applies a JSON merge patch (RFC 7386) to an object at a time to come.
    pub fn patch_at(&mut self, at: Timestamp, resource: Resource, namespace: &str, name: &str, patch: Value) {
        self.queue_at(at, Action::Patch(Target::new(resource, namespace, name), patch));
    }

    /// Lets a pod of a workload be unready for that long, at a time to come.
    pub fn blip_at(
        &mut self,
        at: Timestamp,
        resource: Resource,
        namespace: &str,
        name: &str,
        time: SignedDuration,
    ) {
        self.queue_at(at, Action::Blip(Target::new(resource, namespace, name), time));
    }

    /// Lets a kubelet evict a pod of a workload at a time to come, because its node is short of memory.
    pub fn evict_at(&mut self, at: Timestamp, resource: Resource, namespace: &str, name: &str) {
        self.queue_at(at, Action::EvictOne(Target::new(resource, namespace, name)));
    }

    /// How many pods were evicted so far, and how many machines were started anew.
    #[must_use]
    pub fn disruptions(&self) -> (u32, u32) {
        (self.evictions, self.reboots)
    }

    /// Deletes an object and what it owns at a time to come.
    pub fn delete_at(&mut self, at: Timestamp, resource: Resource, namespace: &str, name: &str) {
        self.queue_at(at, Action::Delete(Target::new(resource, namespace, name)));
    }

    /// A storage class stops providing volumes at a time to come, with what its provisioner says, or provides again.
    pub fn break_storage_class_at(&mut self, at: Timestamp, name: &str, why: Option<&str>) {
        self.queue_at(at, Action::ClassBreaks(name.to_owned(), why.map(str::to_owned)));
    }

    fn install(&mut self, workload: &Workload, manifest: Value) -> Result<(), Error> {
        let created = manifest["metadata"]["creationTimestamp"].clone();
        let mut manifest = manifest;
        if workload.resource() == Resource::Jobs {
            self.label_job(&mut manifest);
        }
        self.cluster.apply(manifest)?;
        if let Some(mut service) = workload.service() {
            service["metadata"]["creationTimestamp"] = created;
            self.cluster.apply(service)?;
        }
        let target = Target::new(workload.resource(), workload.namespace(), workload.name());
        if target.resource == Resource::CronJobs {
            self.next_cron_tick(&target);
        } else {
            self.sync_soon(target);
        }
        Ok(())
    }

    fn set_image(&mut self, target: &Target, image: &str) {
        self.edit(target, |object| {
            object["spec"]["template"]["spec"]["containers"][0]["image"] = image.into();
        });
        self.sync_soon(target.clone());
    }

    /// A duration between the two, in milliseconds.
    fn between_millis(&mut self, shortest: i64, longest: i64) -> SignedDuration {
        SignedDuration::from_millis(self.random.i64(shortest..=longest))
    }

    fn new_uid(&mut self) -> String {
        crate::cluster::uid(&mut self.random)
    }

    fn read(&self, target: &Target) -> Option<Value> {
        self.peek(target).map(|object| (*object).clone())
    }

    /// The object, to be looked at only.
    fn peek(&self, target: &Target) -> Option<Arc<Value>> {
        self.cluster.peek(target.resource, &target.namespace, &target.name)
    }

    /// Reads an object, changes it and writes it back; nothing happens when it is not there.
    fn edit(&self, target: &Target, change: impl FnOnce(&mut Value)) {
        if let Some(mut object) = self.read(target) {
            change(&mut object);
            self.write(object);
        }
    }

    fn write(&self, object: Value) -> Arc<Value> {
        self.cluster.write(object).expect("an object made from a valid workload is valid")
    }

    /// The objects of a resource that name the owner as their controller.
    fn owned(&self, resource: Resource, owner: &Value) -> Vec<Arc<Value>> {
        let uid = &owner["metadata"]["uid"];
        let mut objects = self.cluster.owned(resource, uid.as_str().unwrap_or_default());
        objects.retain(|object| controller(object)["uid"] == *uid);
        objects
    }
}

impl Target {
    fn new(resource: Resource, namespace: &str, name: &str) -> Self {
        Self { resource, namespace: namespace.to_owned(), name: name.to_owned() }
    }

    fn of(resource: Resource, object: &Value) -> Self {
        let text = |key: &str| object["metadata"][key].as_str().unwrap_or_default();
        Self::new(resource, text("namespace"), text("name"))
    }
}

impl PodRef {
    fn of(pod: &Value) -> Self {
        let text = |key: &str| pod["metadata"][key].as_str().unwrap_or_default().to_owned();
        Self { namespace: text("namespace"), name: text("name"), uid: text("uid") }
    }

    fn target(&self) -> Target {
        Target::new(Resource::Pods, &self.namespace, &self.name)
    }
}

/// The owner reference of an object's controller; null when it has none.
fn controller(object: &Value) -> &Value {
    let owners = object["metadata"]["ownerReferences"].as_array();
    owners.into_iter().flatten().find(|owner| owner["controller"] == true).unwrap_or(&Value::Null)
}

fn owner_reference(resource: Resource, owner: &Value) -> Value {
    json!({
        "apiVersion": resource.api_version(),
        "kind": resource.kind(),
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

/// The hash by which the controllers name revisions of a template: of the letters and digits that theirs have.
fn template_hash(template: &Value) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let text = template.to_string();
    let hash =
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let digits = hash.to_string();
    digits.bytes().map(|digit| char::from(LETTERS[usize::from(digit) % LETTERS.len()])).collect()
}

fn count(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// Sets a condition by its type; the time of the transition changes only with the status.
fn set_condition(conditions: &mut Value, mut condition: Value, now: Timestamp) {
    if !conditions.is_array() {
        *conditions = json!([]);
    }
    condition["lastTransitionTime"] = seconds(now).into();
    let list = conditions.as_array_mut().expect("made an array above");
    let Some(old) = list.iter_mut().find(|old| old["type"] == condition["type"]) else {
        list.push(condition);
        return;
    };
    if old["status"] == condition["status"] {
        condition["lastTransitionTime"] = old["lastTransitionTime"].take();
    }
    *old = condition;
}
