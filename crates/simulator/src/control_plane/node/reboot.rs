//! A machine that starts anew: its kubelet is silent, its node is lost if that takes long, and all containers on it end.

use super::{ControlPlane, set_ready, set_taint};
use crate::{
    Resource,
    clock::seconds,
    control_plane::{
        Action, PodRef,
        event::{Report, Source},
        pod::{self, main_container},
        set_condition,
    },
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Exit code of a container whose end nobody saw.
const UNSEEN: i64 = 255;

impl ControlPlane {
    /// Starts the machine of a node anew at a time to come, with all that runs on it; it is away that long.
    pub fn reboot_at(&mut self, at: Timestamp, node: &str, down: SignedDuration) {
        self.queue_at(at, Action::StopKubelet(node.to_owned(), down));
    }

    pub(in crate::control_plane) fn stop_kubelet(&mut self, name: &str, down: SignedDuration) {
        let Some(node) = self.node_mut(name).filter(|node| node.stopped.is_none()) else { return };
        node.stopped = Some(Vec::new());
        self.reboots += 1;
        // The lease of a node is renewed every ten seconds and good for fifty.
        let lost = self.between_millis(40_000, 50_000);
        self.queue_in(lost, Action::LoseNode(name.to_owned()));
        self.queue_in(down, Action::StartKubelet(name.to_owned()));
    }

    /// Nothing has been heard of the kubelet for too long.
    pub(in crate::control_plane) fn lose_node(&mut self, name: &str) {
        let now = self.now;
        let Some(node) = self.node_mut(name).filter(|node| node.stopped.is_some() && node.is_ready) else {
            return;
        };
        node.is_ready = false;
        self.edit_node(name, |node| {
            set_ready(node, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", now);
            for effect in ["NoSchedule", "NoExecute"] {
                set_taint(node, "node.kubernetes.io/unreachable", effect, true);
            }
        });
        let source = Source::Controller("node-controller");
        self.report_node(name, source, "NodeNotReady", format!("Node {name} status is now: NodeNotReady"));
        for pod in self.pods_on(name) {
            let mut lost = (*pod).clone();
            let ready = json!({"type": "Ready", "status": "False", "lastProbeTime": null});
            set_condition(&mut lost["status"]["conditions"], ready, now);
            let lost = self.write(lost);
            self.report(&Report {
                about: &lost,
                resource: Resource::Pods,
                container: None,
                source: Source::Controller("node-controller"),
                warning: true,
                reason: "NodeNotReady",
                message: "Node is not ready".to_owned(),
            });
            self.sync_owner(&lost);
        }
    }

    /// The machine is up again: nothing that ran on it does.
    pub(in crate::control_plane) fn start_kubelet(&mut self, name: &str) {
        if self.node_mut(name).is_none_or(|node| node.stopped.is_none()) {
            return;
        }
        let pods = self.pods_on(name);
        self.node_ready(name);
        self.report_node(name, Source::Kubelet(name), "Rebooted", format!("Node {name} has been rebooted"));
        for pod in pods {
            if pod["status"]["containerStatuses"][0]["state"]["running"].is_null() || !pod::is_active(&pod) {
                continue;
            }
            let mut found = (*pod).clone();
            let restarts = self.end_unseen(&mut found);
            let starts_again = found["spec"]["restartPolicy"] != "Never";
            let reference = PodRef::of(&found);
            self.update_pod(found);
            if starts_again {
                let delay = self.between_millis(800, 5_000);
                self.queue_in(delay, Action::Restart(reference, restarts));
            }
        }
    }

    fn end_unseen(&mut self, pod: &mut Value) -> i64 {
        let now = seconds(self.now);
        let message = "Pod sandbox changed, it will be killed and re-created.".to_owned();
        let node = pod["spec"]["nodeName"].as_str().unwrap_or_default().to_owned();
        self.report(&Report {
            about: pod,
            resource: Resource::Pods,
            container: main_container(pod)["name"].as_str(),
            source: Source::Kubelet(&node),
            warning: false,
            reason: "SandboxChanged",
            message,
        });
        let status = &mut pod["status"]["containerStatuses"][0];
        status["state"] = json!({"terminated": {
            "exitCode": UNSEEN,
            "reason": "Unknown",
            "startedAt": status["state"]["running"]["startedAt"],
            "finishedAt": now,
            "containerID": status["containerID"],
        }});
        status["ready"] = false.into();
        status["started"] = false.into();
        crate::control_plane::count(&status["restartCount"])
    }
}
