//! ReplicaSets: as many pods as are wanted.

use super::{
    Action, ControlPlane, Target, count,
    event::{Report, Source},
    pod::{self, NewPod},
};
use crate::Resource;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;

impl ControlPlane {
    pub(super) fn sync_replica_set(&mut self, target: &Target) {
        let Some(set) = self.peek(target) else { return };
        let mut active = self.owned(Resource::Pods, &set);
        active.retain(|pod| pod::is_active(pod));
        let wanted = usize::try_from(count(&set["spec"]["replicas"])).unwrap_or(0);
        // Those that are not ready go first, then the youngest.
        let worth = |pod: &Arc<Value>| {
            (pod::is_ready(pod), std::cmp::Reverse(pod["status"]["startTime"].as_str().map(str::to_owned)))
        };
        active.sort_by_cached_key(worth);
        let surplus = active.len().saturating_sub(wanted);
        for pod in active.drain(..surplus) {
            self.delete_pod(&pod);
            self.report_pod(&set, "SuccessfulDelete", "Deleted pod", &pod);
        }
        while active.len() < wanted {
            let pod = self.create_pod(&NewPod {
                owner_resource: Resource::ReplicaSets,
                owner: &set,
                template: &set["spec"]["template"],
                name: None,
                labels: json!({}),
                claims: Vec::new(),
                node: None,
            });
            self.report_pod(&set, "SuccessfulCreate", "Created pod", &pod);
            active.push(pod);
        }
        let ready = active.iter().filter(|pod| pod::is_ready(pod)).count();
        let least = SignedDuration::from_secs(count(&set["spec"]["minReadySeconds"]));
        let available = active.iter().filter(|pod| pod::is_available(pod, least, self.now)).count();
        if available < ready {
            self.queue_in(least, Action::Sync(target.clone()));
        }
        let status = status(active.len(), ready, available, &set["metadata"]["generation"]);
        if set["status"] == status {
            return;
        }
        let mut set = (*set).clone();
        set["status"] = status;
        let set = self.write(set);
        self.sync_owner(&set);
    }

    fn report_pod(&mut self, set: &Value, reason: &'static str, what: &str, pod: &Value) {
        self.report(&Report {
            about: set,
            resource: Resource::ReplicaSets,
            container: None,
            source: Source::Controller("replicaset-controller"),
            warning: false,
            reason,
            message: format!("{what}: {}", pod["metadata"]["name"].as_str().unwrap_or_default()),
        });
    }
}

/// The status of a `ReplicaSet`; numbers that are zero are left out, as the API leaves them out.
pub(crate) fn status(replicas: usize, ready: usize, available: usize, generation: &Value) -> Value {
    let mut status =
        json!({"replicas": replicas, "observedGeneration": generation, "terminatingReplicas": 0});
    for (name, number) in
        [("fullyLabeledReplicas", replicas), ("readyReplicas", ready), ("availableReplicas", available)]
    {
        if number > 0 {
            status[name] = number.into();
        }
    }
    status
}
