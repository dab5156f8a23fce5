//! Draining a node, as `kubectl drain` and a cluster autoscaler do: pods are evicted as far as budgets allow.

use super::{ControlPlane, set_taint};
use crate::{
    Resource,
    control_plane::{Action, Target, controller, count, pod},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// How long whoever drains waits before he asks again for what a budget refused.
const RETRY: SignedDuration = SignedDuration::from_secs(5);

/// What a node is drained for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::control_plane) enum Purpose {
    /// It takes pods again after that time.
    Maintenance(SignedDuration),
    /// Its machine starts anew, which takes that time; then it takes pods again.
    Reboot(SignedDuration),
    /// It is not needed any more.
    Removal,
}

impl ControlPlane {
    /// Drains a node at a time to come, and lets pods come again that long after it is empty.
    pub fn drain_at(&mut self, at: Timestamp, node: &str, rest: SignedDuration) {
        self.queue_at(at, Action::Drain(node.to_owned(), Purpose::Maintenance(rest)));
    }

    /// Drains a node at a time to come, and starts its machine anew, which takes that long.
    pub fn drain_and_reboot_at(&mut self, at: Timestamp, node: &str, down: SignedDuration) {
        self.queue_at(at, Action::Drain(node.to_owned(), Purpose::Reboot(down)));
    }

    /// Lets evictions take at most one pod of a workload at a time, as a `PodDisruptionBudget` with `maxUnavailable: 1`.
    pub fn protect(&mut self, namespace: &str, name: &str) {
        self.budgets.insert((namespace.to_owned(), name.to_owned()));
    }

    pub(in crate::control_plane) fn drain(&mut self, name: &str, purpose: Purpose) {
        let Some(node) = self.node_mut(name) else { return };
        if !node.is_cordoned {
            node.is_leaving = purpose == Purpose::Removal;
            let is_leaving = node.is_leaving;
            self.cordon(name, true);
            if is_leaving {
                self.edit_node(name, |node| {
                    set_taint(node, "ToBeDeletedByClusterAutoscaler", "NoSchedule", true);
                });
                self.sync_daemon_sets();
            }
        }
        let mut is_empty = true;
        for pod in self.pods_on(name) {
            if pod::is_over(&pod) || controller(&pod)["kind"] == "DaemonSet" {
                continue;
            }
            is_empty = false;
            if pod::is_active(&pod) && self.may_evict(&pod) {
                self.evict(&pod);
            }
        }
        if !is_empty {
            return self.queue_in(RETRY, Action::Drain(name.to_owned(), purpose));
        }
        match purpose {
            Purpose::Maintenance(rest) => self.queue_in(rest, Action::Cordon(name.to_owned(), false)),
            Purpose::Reboot(down) => {
                self.stop_kubelet(name, down);
                let later = down + SignedDuration::from_secs(20);
                self.queue_in(later, Action::Cordon(name.to_owned(), false));
            }
            Purpose::Removal => self.remove_node(name),
        }
    }

    pub(super) fn pods_on(&self, name: &str) -> Vec<Arc<Value>> {
        let node = self.nodes.iter().find(|node| node.name == name);
        let pods = node.into_iter().flat_map(|node| &node.pods);
        pods.filter_map(|(namespace, name)| self.peek(&Target::new(Resource::Pods, namespace, name)))
            .collect()
    }

    /// The eviction API: the pod is told why it ends, and ends as if it were deleted.
    fn evict(&mut self, pod: &Value) {
        let mut pod = pod.clone();
        let condition = json!({
            "type": "DisruptionTarget",
            "status": "True",
            "reason": "EvictionByEvictionAPI",
            "message": "Eviction API: evicting",
            "lastProbeTime": null,
        });
        crate::control_plane::set_condition(&mut pod["status"]["conditions"], condition, self.now);
        let pod = self.write(pod);
        self.evictions += 1;
        self.delete_pod(&pod);
    }

    /// Whether a pod's budget, if it has one, allows that it goes.
    fn may_evict(&self, pod: &Value) -> bool {
        let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
        let name = pod["metadata"]["labels"]["app.kubernetes.io/name"].as_str().unwrap_or_default();
        if !self.budgets.contains(&(namespace.to_owned(), name.to_owned())) || !pod::is_ready(pod) {
            return true;
        }
        let workloads = [Resource::Deployments, Resource::StatefulSets];
        let mut workloads = workloads.iter().map(|resource| Target::new(*resource, namespace, name));
        let Some((target, workload)) =
            workloads.find_map(|target| self.peek(&target).map(|workload| (target, workload)))
        else {
            return true;
        };
        let serves = |pod: &Arc<Value>| pod::is_active(pod) && pod::is_ready(pod);
        let serving = self.pods_of(&target).into_iter().filter(serves).count() as i64;
        serving >= count(&workload["spec"]["replicas"])
    }
}
