//! `DaemonSets`: a pod on every node.

use super::{
    Action, ControlPlane, Target, count,
    deployment::share,
    event::{Report, Source},
    pod::{self, NewPod},
    template_hash,
};
use crate::Resource;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;

impl ControlPlane {
    pub(super) fn sync_daemon_set(&mut self, target: &Target) {
        let Some(set) = self.peek(target) else { return };
        let hash = template_hash(&set["spec"]["template"]);
        let pods = self.owned(Resource::Pods, &set);
        let (meant, others): (Vec<String>, Vec<String>) =
            self.node_names().into_iter().partition(|node| self.takes_daemons(node));
        let on = |node: &str| pods.iter().find(|pod| wanted_node(pod) == Some(node));
        for node in &meant {
            match on(node) {
                None => self.create_daemon(&set, &hash, node),
                Some(pod) if pod::is_over(pod) => self.replace_failed_daemon(&set, pod),
                Some(_) => {}
            }
        }
        let least = SignedDuration::from_secs(count(&set["spec"]["minReadySeconds"]));
        let now = self.now;
        let serves = |pod: &Value| pod::is_active(pod) && pod::is_available(pod, least, now);
        let is_updated = |pod: &Value| pod["metadata"]["labels"]["controller-revision-hash"] == *hash;
        let rolling = &set["spec"]["updateStrategy"]["rollingUpdate"];
        let unavailable = share(&rolling["maxUnavailable"], meant.len() as i64, f64::ceil).max(1);
        let scheduled: Vec<&Arc<Value>> = meant.iter().filter_map(|node| on(node)).collect();
        let missing = meant.len() - scheduled.iter().filter(|pod| serves(pod)).count();
        let mut room = usize::try_from(unavailable).unwrap_or(1).saturating_sub(missing);
        for pod in scheduled.iter().filter(|pod| pod::is_active(pod) && !is_updated(pod)) {
            if !serves(pod) {
                self.delete_pod(pod);
            } else if room > 0 {
                room -= 1;
                self.delete_pod(pod);
            }
        }
        let ready = scheduled.iter().filter(|pod| pod::is_ready(pod)).count();
        let available = scheduled.iter().filter(|pod| pod::is_available(pod, least, now)).count();
        if available < ready {
            self.queue_in(least, Action::Sync(target.clone()));
        }
        let mut status = json!({
            "observedGeneration": set["metadata"]["generation"],
            "desiredNumberScheduled": meant.len(),
            "currentNumberScheduled": scheduled.len(),
            "numberMisscheduled": others.iter().filter(|node| on(node).is_some()).count(),
            "numberReady": ready,
        });
        for (name, number) in [
            ("updatedNumberScheduled", scheduled.iter().filter(|pod| is_updated(pod)).count()),
            ("numberAvailable", available),
            ("numberUnavailable", meant.len() - available),
        ] {
            if number > 0 {
                status[name] = number.into();
            }
        }
        if set["status"] != status {
            let mut set = (*set).clone();
            set["status"] = status;
            self.write(set);
        }
    }

    fn create_daemon(&mut self, set: &Value, hash: &str, node: &str) {
        let pod = self.create_pod(&NewPod {
            owner_resource: Resource::DaemonSets,
            owner: set,
            template: &set["spec"]["template"],
            name: None,
            labels: json!({
                "controller-revision-hash": hash,
                "pod-template-generation":
                    set["metadata"]["annotations"]["deprecated.daemonset.template.generation"],
            }),
            claims: Vec::new(),
            node: Some(node),
        });
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        self.report_daemon(set, false, "SuccessfulCreate", format!("Created pod: {name}"));
    }

    fn replace_failed_daemon(&mut self, set: &Value, pod: &Value) {
        if !pod["metadata"]["deletionTimestamp"].is_null() {
            return;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = format!("{}/{}", text(&pod["metadata"]["namespace"]), text(&pod["metadata"]["name"]));
        let node = text(&pod["spec"]["nodeName"]);
        let message = format!("Found failed daemon pod {name} on node {node}, will try to kill it");
        self.report_daemon(set, true, "FailedDaemonPod", message);
        self.delete_pod(pod);
    }

    fn report_daemon(&mut self, set: &Value, warning: bool, reason: &'static str, message: String) {
        self.report(&Report {
            about: set,
            resource: Resource::DaemonSets,
            container: None,
            source: Source::Controller("daemonset-controller"),
            warning,
            reason,
            message,
        });
    }
}

/// The node that a DaemonSet's pod is for, also before it is scheduled.
fn wanted_node(pod: &Value) -> Option<&str> {
    let terms =
        "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms";
    pod.pointer(&format!("{terms}/0/matchFields/0/values/0")).and_then(Value::as_str)
}
