//! What is really so: each workload as its own objects tell it to somebody who sees them all at once.

mod life;
mod sign;

pub(super) use life::{Life, Phase, SLACK};
pub(super) use sign::Sign;

use super::reader::News;
use domain::controller::Controller;
use domain::id::{Kind, Uid};
use domain::node::Node;
use domain::observation::{Fact, Object};
use domain::pod::Pod;
use domain::source::Resource;
use domain::text::Text;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A workload by namespace and name: no two of different kinds share one.
pub(super) type Key = (Text, Text);

/// The objects of the cluster, and what they come to.
#[derive(Debug, Default)]
pub(super) struct Truth {
    lives: BTreeMap<Key, Life>,
    /// Of what makes pods for a workload, which workload.
    makers: BTreeMap<Uid, Key>,
    pods: BTreeMap<Uid, (Key, Arc<Pod>)>,
    nodes: BTreeMap<Text, Arc<Node>>,
}

impl Truth {
    /// Takes in what happens, and says which workloads it changes.
    pub(super) fn see(&mut self, news: &[News], now: Timestamp) -> BTreeSet<Key> {
        let mut all = BTreeSet::new();
        for (resource, fact) in news {
            let mut touched = BTreeSet::new();
            match fact {
                Fact::Applied(Object::Pod(pod)) => self.put_pod(pod, now, &mut touched),
                Fact::Applied(Object::Controller(controller)) => {
                    self.put_controller(controller, now, &mut touched);
                }
                Fact::Applied(Object::Node(node)) => self.put_node(node, &mut touched),
                Fact::Deleted(_, uid) => self.forget(*resource, *uid, now, &mut touched),
                _ => {}
            }
            for key in &touched {
                self.look(key, now);
            }
            all.append(&mut touched);
        }
        all
    }

    fn look(&mut self, key: &Key, now: Timestamp) {
        let Some(life) = self.lives.get_mut(key) else { return };
        life.touched = now;
        let pods = life.pods.iter().filter_map(|uid| self.pods.get(uid));
        let pods: Vec<&Pod> = pods.map(|(_, pod)| &**pod).collect();
        life.course.look(&life.controller, &pods, &self.nodes, now);
    }

    pub(super) fn life(&self, key: &Key) -> Option<&Life> {
        self.lives.get(key)
    }

    pub(super) fn life_mut(&mut self, key: &Key) -> Option<&mut Life> {
        self.lives.get_mut(key)
    }

    pub(super) fn lives(&self) -> impl Iterator<Item = (&Key, &Life)> {
        self.lives.iter()
    }

    fn put_pod(&mut self, pod: &Arc<Pod>, now: Timestamp, touched: &mut BTreeSet<Key>) {
        let Some(owner) = &pod.owner else { return };
        let own = || (pod.namespace.clone(), owner.name.clone());
        let key = self.makers.get(&owner.uid).cloned().unwrap_or_else(own);
        let before = self.pods.insert(pod.uid, (key.clone(), pod.clone()));
        let goes = pod.deleting.is_some() && before.is_some_and(|(_, before)| before.deleting.is_none());
        let node = pod.node.as_ref().and_then(|name| self.nodes.get(name));
        if let Some(life) = self.lives.get_mut(&key) {
            life.pods.insert(pod.uid);
            if goes && node.is_none_or(|node| node.unschedulable) {
                life.drained = Some(now);
            }
        }
        touched.insert(key);
    }

    fn put_controller(&mut self, controller: &Arc<Controller>, now: Timestamp, touched: &mut BTreeSet<Key>) {
        let root = controller.owner.as_ref().map_or(&controller.name, |owner| &owner.name);
        let key = (controller.namespace.clone(), root.clone());
        self.makers.insert(controller.uid, key.clone());
        if controller.owner.is_none() {
            let life = self.lives.entry(key.clone()).or_insert_with(|| Life::new(controller.clone(), now));
            life.controller = controller.clone();
        }
        touched.insert(key);
    }

    fn put_node(&mut self, node: &Arc<Node>, touched: &mut BTreeSet<Key>) {
        self.nodes.insert(node.name.clone(), node.clone());
        self.touch_users(&node.name, touched);
    }

    fn touch_users(&self, node: &Text, touched: &mut BTreeSet<Key>) {
        let users = self
            .pods
            .values()
            .filter(|(_, pod)| pod.node.as_ref() == Some(node) || pod.intended_node() == Some(node));
        touched.extend(users.map(|(key, _)| key.clone()));
    }

    fn forget(&mut self, resource: Resource, uid: Uid, now: Timestamp, touched: &mut BTreeSet<Key>) {
        if resource == Resource::Nodes {
            let name = self.nodes.values().find(|node| node.uid == uid).map(|node| node.name.clone());
            if let Some(name) = name {
                self.nodes.remove(&name);
                self.touch_users(&name, touched);
            }
        } else if let Some((key, _)) = self.pods.remove(&uid) {
            if let Some(life) = self.lives.get_mut(&key) {
                life.pods.remove(&uid);
            }
            touched.insert(key);
        } else if let Some(key) = self.makers.remove(&uid) {
            if let Some(life) = self.lives.get_mut(&key).filter(|life| life.controller.uid == uid) {
                life.gone = Some(now);
            }
            touched.insert(key);
        }
    }
}

/// Whether a workload of that kind can't be judged without that source.
pub(super) fn needs(kind: &Kind, resource: Resource) -> bool {
    match resource {
        Resource::Pods => true,
        Resource::Deployments | Resource::ReplicaSets => *kind == Kind::Deployment,
        Resource::StatefulSets => *kind == Kind::StatefulSet,
        Resource::DaemonSets => *kind == Kind::DaemonSet,
        Resource::Jobs => *kind == Kind::Job,
        Resource::CronJobs => *kind == Kind::CronJob,
        _ => false,
    }
}
