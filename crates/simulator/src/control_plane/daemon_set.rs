//! `DaemonSets`: a pod on every node.

use super::{
    ControlPlane, Target, count,
    event::{Report, Source},
    pod::{self, NewPod},
    template_hash,
};
use crate::Resource;
use serde_json::{Value, json};

impl ControlPlane {
    pub(super) fn sync_daemon_set(&mut self, target: &Target) {
        let Some(mut set) = self.read(target) else { return };
        let hash = template_hash(&set["spec"]["template"]);
        let pods = self.owned(Resource::Pods, &set);
        let on = |node: &str| pods.iter().find(|pod| wanted_node(pod) == Some(node));
        for node in self.nodes.clone() {
            if on(&node).is_none() {
                self.create_daemon(&set, &hash, &node);
            }
        }
        let is_updated = |pod: &Value| pod["metadata"]["labels"]["controller-revision-hash"] == *hash;
        let serving: Vec<_> = pods.iter().filter(|pod| pod::is_active(pod) && pod::is_ready(pod)).collect();
        // One at a time: the next goes when all the others serve.
        if serving.len() == self.nodes.len()
            && let Some(outdated) = serving.iter().find(|pod| !is_updated(pod))
        {
            self.delete_pod(outdated);
        }
        let active: Vec<_> = pods.iter().filter(|pod| pod::is_active(pod)).collect();
        let updated = active.iter().filter(|pod| is_updated(pod)).count();
        let mut status = json!({
            "observedGeneration": set["metadata"]["generation"],
            "desiredNumberScheduled": self.nodes.len(),
            "currentNumberScheduled": active.len(),
            "numberMisscheduled": 0,
            "numberReady": serving.len(),
        });
        let missing = self.nodes.len().saturating_sub(serving.len());
        for (name, number) in [
            ("updatedNumberScheduled", updated),
            ("numberAvailable", serving.len()),
            ("numberUnavailable", missing),
        ] {
            if number > 0 {
                status[name] = number.into();
            }
        }
        set["status"] = status;
        self.write(set);
    }

    fn create_daemon(&mut self, set: &Value, hash: &str, node: &str) {
        let pod = self.create_pod(&NewPod {
            owner_resource: Resource::DaemonSets,
            owner: set,
            template: &set["spec"]["template"],
            name: None,
            labels: json!({
                "controller-revision-hash": hash,
                "pod-template-generation": count(&set["metadata"]["generation"]).to_string(),
            }),
            claims: Vec::new(),
            node: Some(node),
        });
        self.report(&Report {
            about: set,
            resource: Resource::DaemonSets,
            container: None,
            source: Source::Controller("daemonset-controller"),
            warning: false,
            reason: "SuccessfulCreate",
            message: format!("Created pod: {}", pod["metadata"]["name"].as_str().unwrap_or_default()),
        });
    }
}

/// The node that a DaemonSet's pod is for, also before it is scheduled.
fn wanted_node(pod: &Value) -> Option<&str> {
    let terms =
        "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms";
    pod.pointer(&format!("{terms}/0/matchFields/0/values/0")).and_then(Value::as_str)
}
