//! Nodes: they join and leave, are cordoned, and come and go with their kubelets.

mod autoscaler;
mod drain;
mod manifest;
mod reboot;

pub(super) use autoscaler::Autoscaler;
pub(super) use drain::Purpose;

use super::{
    Action, ControlPlane, Target,
    event::{Report, Source},
    set_condition,
};
use crate::{Error, Resource, clock::seconds};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Pods that a node takes.
const MOST_PODS: usize = 110;
/// How long the nodes of a cluster have been there that is new to the simulator.
const AGE: SignedDuration = SignedDuration::from_hours(42 * 24);

/// What scheduler and controllers know of a node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    is_ready: bool,
    is_cordoned: bool,
    /// On its way out: not even DaemonSets put pods on it.
    is_leaving: bool,
    /// Pods that are placed on it and not over, by namespace and name.
    pods: BTreeSet<(String, String)>,
    /// What its kubelet will do when it is back; `None` while it runs.
    stopped: Option<Vec<Action>>,
}

impl Node {
    fn takes_pods(&self) -> bool {
        self.is_ready && !self.is_cordoned && self.pods.len() < MOST_PODS
    }
}

impl ControlPlane {
    /// Adds a node that is ready.
    pub fn add_node(&mut self, name: &str) -> Result<(), Error> {
        let joined = self.now.saturating_sub(AGE).unwrap_or(self.now);
        self.register_node(name, joined, true)
    }

    /// Keeps new pods off a node, or lets them come again.
    pub fn cordon_at(&mut self, at: jiff::Timestamp, node: &str, cordoned: bool) {
        self.queue_at(at, Action::Cordon(node.to_owned(), cordoned));
    }

    pub(super) fn register_node(
        &mut self,
        name: &str,
        joined: jiff::Timestamp,
        is_ready: bool,
    ) -> Result<(), Error> {
        let mut manifest = manifest::manifest(name, self.nodes_added, joined, self.now);
        if !is_ready {
            set_ready(
                &mut manifest,
                "False",
                "KubeletNotReady",
                "container runtime network not ready",
                self.now,
            );
        }
        self.cluster.apply(manifest)?;
        self.nodes_added += 1;
        self.nodes.push(Node {
            name: name.to_owned(),
            is_ready,
            is_cordoned: false,
            is_leaving: false,
            pods: BTreeSet::new(),
            stopped: (!is_ready).then(Vec::new),
        });
        self.sync_daemon_sets();
        Ok(())
    }

    pub(super) fn cordon(&mut self, name: &str, cordoned: bool) {
        let Some(node) = self.node_mut(name) else { return };
        node.is_cordoned = cordoned;
        self.edit_node(name, |object| {
            if cordoned {
                object["spec"]["unschedulable"] = true.into();
            } else if let Some(spec) = object["spec"].as_object_mut() {
                spec.remove("unschedulable");
            }
            set_taint(object, "node.kubernetes.io/unschedulable", "NoSchedule", cordoned);
        });
        let reason = if cordoned { "NodeNotSchedulable" } else { "NodeSchedulable" };
        self.report_node(name, Source::Kubelet(name), reason, format!("Node {name} status is now: {reason}"));
        if !cordoned {
            self.schedule_waiting();
        }
    }

    /// The kubelet is ready for pods.
    pub(super) fn node_ready(&mut self, name: &str) {
        let now = self.now;
        let Some(node) = self.node_mut(name) else { return };
        node.is_ready = true;
        let deferred = node.stopped.take().unwrap_or_default();
        self.edit_node(name, |object| {
            set_ready(object, "True", "KubeletReady", "kubelet is posting ready status", now);
            for key in ["not-ready", "unreachable"] {
                for effect in ["NoSchedule", "NoExecute"] {
                    set_taint(object, &format!("node.kubernetes.io/{key}"), effect, false);
                }
            }
        });
        self.report_node(
            name,
            Source::Kubelet(name),
            "NodeReady",
            format!("Node {name} status is now: NodeReady"),
        );
        for action in deferred {
            let delay = self.between_millis(200, 1_500);
            self.queue_in(delay, action);
        }
        self.schedule_waiting();
        self.sync_daemon_sets();
    }

    /// The node is gone, and with it the pods that were on it.
    pub(super) fn remove_node(&mut self, name: &str) {
        let Some(place) = self.nodes.iter().position(|node| node.name == name) else { return };
        let node = self.nodes.remove(place);
        // It was registered once and is deleted once.
        let _ = self.cluster.delete(Resource::Nodes, "", name);
        for (namespace, name) in node.pods {
            let target = Target::new(Resource::Pods, &namespace, &name);
            if let Some(pod) = self.peek(&target) {
                self.remove(&super::PodRef::of(&pod));
            }
        }
        self.sync_daemon_sets();
    }

    pub(super) fn node_names(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.name.clone()).collect()
    }

    /// Whether pods of DaemonSets are put on a node: they stay through cordons and outages.
    pub(super) fn takes_daemons(&self, name: &str) -> bool {
        self.nodes.iter().any(|node| node.name == name && !node.is_leaving)
    }

    /// The node of the next pod; `None` where none takes one.
    pub(super) fn next_node(&self) -> Option<&str> {
        let open: Vec<&Node> = self.nodes.iter().filter(|node| node.takes_pods()).collect();
        let place = (self.addresses_given as usize).checked_rem(open.len())?;
        Some(&open[place].name)
    }

    pub(super) fn note_placed(&mut self, node: &str, pod: &Target) {
        if let Some(node) = self.node_mut(node) {
            node.pods.insert((pod.namespace.clone(), pod.name.clone()));
        }
    }

    /// A pod is over or gone: there is room for another.
    pub(super) fn note_left(&mut self, pod: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let key = (text(&pod["metadata"]["namespace"]), text(&pod["metadata"]["name"]));
        let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
        if self.node_mut(node).is_some_and(|node| node.pods.remove(&key)) {
            self.schedule_waiting();
        }
    }

    /// Keeps what a kubelet that does not run would have done until it is back.
    pub(super) fn defer(&mut self, pod: &super::PodRef, action: Action) -> Option<Action> {
        if self.nodes.iter().all(|node| node.stopped.is_none()) {
            return Some(action);
        }
        let on = self.live(pod).and_then(|pod| pod["spec"]["nodeName"].as_str().map(str::to_owned));
        let stopped = on.and_then(|name| self.node_mut(&name)).and_then(|node| node.stopped.as_mut());
        match stopped {
            Some(deferred) => {
                deferred.push(action);
                None
            }
            None => Some(action),
        }
    }

    fn schedule_waiting(&mut self) {
        for pod in std::mem::take(&mut self.unschedulable) {
            let delay = self.between_millis(5, 400);
            self.queue_in(delay, Action::Schedule(pod));
        }
    }

    fn sync_daemon_sets(&mut self) {
        for set in self.cluster.list(Resource::DaemonSets, None) {
            self.sync_soon(Target::of(Resource::DaemonSets, &set));
        }
    }

    fn node_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.nodes.iter_mut().find(|node| node.name == name)
    }

    fn edit_node(&self, name: &str, change: impl FnOnce(&mut Value)) {
        self.edit(&Target::new(Resource::Nodes, "", name), change);
    }

    fn report_node(&mut self, name: &str, source: Source, reason: &'static str, message: String) {
        let Some(about) = self.peek(&Target::new(Resource::Nodes, "", name)) else { return };
        let resource = Resource::Nodes;
        self.report(&Report {
            about: &about,
            resource,
            container: None,
            source,
            warning: false,
            reason,
            message,
        });
    }
}

fn set_ready(node: &mut Value, status: &str, reason: &str, message: &str, now: jiff::Timestamp) {
    let condition = json!({
        "type": "Ready",
        "status": status,
        "reason": reason,
        "message": message,
        "lastHeartbeatTime": seconds(now),
    });
    set_condition(&mut node["status"]["conditions"], condition, now);
}

fn set_taint(node: &mut Value, key: &str, effect: &str, holds: bool) {
    let mut taints = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
    taints.retain(|taint| taint["key"] != key || taint["effect"] != effect);
    if holds {
        taints.push(json!({"key": key, "effect": effect}));
    }
    if !taints.is_empty() {
        node["spec"]["taints"] = taints.into();
    } else if let Some(spec) = node["spec"].as_object_mut() {
        spec.remove("taints");
    }
}
