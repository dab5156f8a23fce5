//! What observations amount to: the simplest reader that keeps to their contract.

use domain::id::Uid;
use domain::last_words::LastWords;
use domain::observation::{Description, Fact, Object, Observation, Usage};
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use kubernetes::{Access, ClusterConfig, Collector, Config, Encoding, Telemetry};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Long enough for whatever is retried once a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// A collector that runs, and all that it has told.
pub(crate) struct Inventory {
    observations: mpsc::Receiver<Observation>,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) objects: BTreeMap<(Resource, Uid), Object>,
    /// Every link told, in order
    pub(crate) links: BTreeMap<SourceId, Vec<Link>>,
    /// How many objects each source can't read
    pub(crate) unreadable: BTreeMap<SourceId, u32>,
    pub(crate) usages: BTreeMap<SourceId, Vec<Usage>>,
    pub(crate) descriptions: Vec<Description>,
    pub(crate) said: Vec<LastWords>,
    /// How often each source has told a complete list
    pub(crate) lists: BTreeMap<SourceId, u32>,
    /// What was in the list that was told last
    pub(crate) last_list: Vec<Uid>,
    pub(crate) stop: CancellationToken,
    collector: Option<JoinHandle<()>>,
}

impl Inventory {
    /// Watches one cluster, called `c`.
    pub(crate) fn start(access: Access, scope: Scope, encoding: Encoding) -> Self {
        // Small, so that every test lives with a reader that is slower than the server.
        let (sender, observations) = mpsc::channel(16);
        let telemetry = Arc::new(Telemetry::default());
        let clusters = vec![ClusterConfig { name: "c".into(), access }];
        let config = Config { clusters, scope, encoding };
        let stop = CancellationToken::new();
        let collector = Collector::new(config, sender, telemetry.clone());
        let collector = Some(tokio::spawn(collector.run(stop.clone())));
        Self {
            observations,
            telemetry,
            objects: BTreeMap::new(),
            links: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            usages: BTreeMap::new(),
            descriptions: Vec::new(),
            said: Vec::new(),
            lists: BTreeMap::new(),
            last_list: Vec::new(),
            stop,
            collector,
        }
    }

    /// Reads observations until `condition` holds.
    pub(crate) async fn until(&mut self, what: &str, mut condition: impl FnMut(&Self) -> bool) {
        let read = async {
            while !condition(self) {
                let observation = self.observations.recv().await;
                self.take(observation.expect("the collector runs"));
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, read).await.is_ok();
        assert!(in_time, "not in time: {what}\nlinks: {:#?}\n{}", self.last_links(), self.dump());
    }

    /// Reads until every source is live, or has been refused for good.
    pub(crate) async fn until_settled(&mut self) {
        self.until("every source has answered", |inventory| {
            !inventory.links.is_empty()
                && inventory.last_links().values().all(|link| {
                    matches!(link, Link::Live | Link::Forbidden { .. } | Link::Absent { .. } | Link::Closed)
                })
        })
        .await;
    }

    /// Reads what is told already, and what follows from it without anything else happening.
    pub(crate) async fn read_what_is_there(&mut self) {
        let mut quiet = 0;
        while quiet < 100 {
            match self.observations.try_recv() {
                Ok(observation) => {
                    self.take(observation);
                    quiet = 0;
                }
                Err(_) => quiet += 1,
            }
            tokio::task::yield_now().await;
        }
    }

    /// How each source stands.
    pub(crate) fn last_links(&self) -> BTreeMap<&SourceId, &Link> {
        self.links.iter().filter_map(|(id, links)| Some((id, links.last()?))).collect()
    }

    /// How that source stands.
    pub(crate) fn link(&self, resource: Resource, namespace: Option<&str>) -> Option<&Link> {
        let id = SourceId { resource, namespace: namespace.map(Into::into) };
        self.links.get(&id)?.last()
    }

    /// The names of the objects that a resource has.
    pub(crate) fn names(&self, resource: Resource) -> BTreeSet<String> {
        let of_resource = self.objects.iter().filter(|((of, _), _)| *of == resource);
        of_resource.map(|(_, object)| path(object)).collect()
    }

    /// All objects as they are now, one in a line.
    pub(crate) fn dump(&self) -> String {
        let mut lines: Vec<String> = self
            .objects
            .iter()
            .map(|((resource, _), object)| format!("{} {} {object:?}\n", resource.name(), path(object)))
            .collect();
        lines.sort();
        lines.concat()
    }

    /// Stops the collector, which must end in order.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let collector = self.collector.take().expect("it is stopped once");
        // A collector that waits for room to tell something must end too.
        self.observations.close();
        collector.await.expect("the collector does not panic");
    }

    fn take(&mut self, observation: Observation) {
        let Observation::Cluster { cluster, fact } = observation else { panic!("{observation:?}") };
        assert_eq!(&*cluster, "c");
        match fact {
            Fact::Applied(object) => {
                self.objects.insert(key(&object), object);
            }
            Fact::Deleted(id, uid) => {
                self.objects.remove(&(id.resource, uid));
            }
            Fact::Listed(id, uids) => {
                let listed: BTreeSet<Uid> = uids.iter().copied().collect();
                self.last_list = uids;
                self.objects.retain(|key, object| !told_by(&id, *key, object) || listed.contains(&key.1));
                *self.lists.entry(id).or_default() += 1;
            }
            Fact::Unreadable(id, count) => {
                self.unreadable.insert(id, count);
            }
            Fact::Linked(id, link) => {
                if link == Link::Closed {
                    self.objects.retain(|key, object| !told_by(&id, *key, object));
                }
                self.links.entry(id).or_default().push(link);
            }
            Fact::Measured(id, usages) => {
                self.usages.insert(id, usages);
            }
            Fact::Said(words) => self.said.push(words),
            Fact::Described(description) => self.descriptions.push(description),
        }
    }
}

fn told_by(id: &SourceId, (resource, _): (Resource, Uid), object: &Object) -> bool {
    let namespace = match object {
        Object::Namespace(namespace) => &namespace.name,
        Object::Pod(pod) => &pod.namespace,
        Object::Controller(controller) => &controller.namespace,
        Object::Event(event) => &event.namespace,
        Object::Claim(claim) => &claim.namespace,
        Object::Node(node) => &node.name,
    };
    resource == id.resource && id.namespace.as_ref().is_none_or(|only| only == namespace)
}

fn key(object: &Object) -> (Resource, Uid) {
    use domain::id::Kind;
    match object {
        Object::Namespace(namespace) => (Resource::Namespaces, namespace.uid),
        Object::Pod(pod) => (Resource::Pods, pod.uid),
        Object::Event(event) => (Resource::Events, event.uid),
        Object::Node(node) => (Resource::Nodes, node.uid),
        Object::Claim(claim) => (Resource::PersistentVolumeClaims, claim.uid),
        Object::Controller(controller) => {
            let resource = match &controller.kind {
                Kind::Deployment => Resource::Deployments,
                Kind::ReplicaSet => Resource::ReplicaSets,
                Kind::StatefulSet => Resource::StatefulSets,
                Kind::DaemonSet => Resource::DaemonSets,
                Kind::Job => Resource::Jobs,
                Kind::CronJob => Resource::CronJobs,
                other => panic!("{other} is not watched"),
            };
            (resource, controller.uid)
        }
    }
}

/// `namespace/name`
fn path(object: &Object) -> String {
    match object {
        Object::Namespace(namespace) => namespace.name.to_string(),
        Object::Node(node) => node.name.to_string(),
        Object::Pod(pod) => format!("{}/{}", pod.namespace, pod.name),
        Object::Controller(controller) => format!("{}/{}", controller.namespace, controller.name),
        Object::Event(event) => format!("{}/{}/{}", event.namespace, event.name, event.reason),
        Object::Claim(claim) => format!("{}/{}", claim.namespace, claim.name),
    }
}
