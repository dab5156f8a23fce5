//! What happens to single pods of a workload that is well: a probe that fails for a moment, an eviction.

use super::{
    Action, ControlPlane, PodRef, Target, count,
    event::{Report, Source},
    pod::{self, main_container},
    set_condition,
};
use crate::{Resource, clock::seconds};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;

impl ControlPlane {
    /// A readiness probe fails until that time has passed.
    pub(super) fn blip(&mut self, target: &Target, time: SignedDuration) {
        let Some(pod) = self.any_serving(target) else { return };
        let mut found = (*pod).clone();
        let message = "Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned();
        self.report_unhealthy(&found, message);
        found["status"]["containerStatuses"][0]["ready"] = false.into();
        let restarts = count(&found["status"]["containerStatuses"][0]["restartCount"]);
        let reference = PodRef::of(&found);
        self.update_pod(found);
        self.queue_in(time, Action::BecomeReady(reference, restarts));
    }

    /// A kubelet whose node is short of memory ends a pod, and what is left of it says so.
    pub(super) fn evict_one(&mut self, target: &Target) {
        let Some(pod) = self.any_serving(target) else { return };
        let mut evicted = (*pod).clone();
        let container = main_container(&evicted)["name"].as_str().unwrap_or_default().to_owned();
        let message = format!(
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 96Mi. Container {container} was using 90Mi, request is 64Mi, has larger consumption of memory. "
        );
        self.evictions += 1;
        let node = evicted["spec"]["nodeName"].as_str().unwrap_or_default().to_owned();
        self.report(&Report {
            about: &evicted,
            resource: Resource::Pods,
            container: None,
            source: Source::Kubelet(&node),
            warning: true,
            reason: "Evicted",
            message: message.clone(),
        });
        let now = self.now;
        let status = &mut evicted["status"]["containerStatuses"][0];
        status["state"] = json!({"terminated": {
            "exitCode": 143,
            "reason": "Error",
            "startedAt": status["state"]["running"]["startedAt"],
            "finishedAt": seconds(now),
            "containerID": status["containerID"],
        }});
        status["ready"] = false.into();
        status["started"] = false.into();
        evicted["status"]["phase"] = "Failed".into();
        evicted["status"]["reason"] = "Evicted".into();
        evicted["status"]["message"] = message.as_str().into();
        let conditions = &mut evicted["status"]["conditions"];
        let mut set = |kind: &str, holds: &str, reason: &str, message: &str| {
            let mut condition =
                json!({"type": kind, "status": holds, "reason": reason, "lastProbeTime": null});
            if !message.is_empty() {
                condition["message"] = message.into();
            }
            set_condition(conditions, condition, now);
        };
        set("DisruptionTarget", "True", "TerminationByKubelet", &message);
        set("Ready", "False", "PodFailed", "");
        set("ContainersReady", "False", "PodFailed", "");
        let evicted = self.write(evicted);
        self.note_left(&evicted);
        self.sync_owner(&evicted);
    }

    /// A pod of the workload that serves.
    fn any_serving(&mut self, target: &Target) -> Option<Arc<Value>> {
        let mut pods = self.pods_of(target);
        pods.retain(|pod| pod::is_active(pod) && pod::is_ready(pod));
        (!pods.is_empty()).then(|| pods.swap_remove(self.random.usize(..pods.len())))
    }

    fn report_unhealthy(&mut self, pod: &Value, message: String) {
        let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
        self.report(&Report {
            about: pod,
            resource: Resource::Pods,
            container: main_container(pod)["name"].as_str(),
            source: Source::Kubelet(node),
            warning: true,
            reason: "Unhealthy",
            message,
        });
    }
}
