//! `StatefulSets`: pods by ordinal, each with its claims; one after the other, or all at once.

use super::{
    Action, ControlPlane, Target, count,
    event::{Report, Source},
    pod::{self, NewPod},
    template_hash,
};
use crate::Resource;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;

/// The revisions of a set, by name.
struct Revisions {
    /// That of pods below the partition.
    current: String,
    /// That of all others.
    update: String,
}

impl ControlPlane {
    pub(super) fn sync_stateful_set(&mut self, target: &Target) {
        let Some(set) = self.peek(target) else { return };
        let update = format!("{}-{}", target.name, template_hash(&set["spec"]["template"]));
        let current = set["status"]["currentRevision"].as_str().unwrap_or(&update).to_owned();
        let key = |revision: &str| (target.namespace.clone(), revision.to_owned());
        self.templates.entry(key(&update)).or_insert_with(|| set["spec"]["template"].clone());
        let revisions = Revisions { current, update };
        let mut pods = self.owned(Resource::Pods, &set);
        pods.sort_by_key(|pod| ordinal(pod));
        let least = SignedDuration::from_secs(count(&set["spec"]["minReadySeconds"]));
        let is_available = |pod: &Value, now| pod::is_available(pod, least, now);
        self.step(&set, &pods, &revisions, |pod, now| pod::is_active(pod) && is_available(pod, now));

        let pods = self.owned(Resource::Pods, &set);
        let ready = pods.iter().filter(|pod| pod::is_ready(pod)).count();
        let available = pods.iter().filter(|pod| is_available(pod, self.now)).count();
        if available < ready {
            self.queue_in(least, Action::Sync(target.clone()));
        }
        let of = |revision: &str| {
            let counted = pods.iter().filter(|pod| pod::is_active(pod) && has_revision(pod, revision));
            counted.count()
        };
        let updated = of(&revisions.update);
        let is_complete =
            updated == pods.len() && ready == pods.len() && count(&set["spec"]["replicas"]) == updated as i64;
        let current = if is_complete { &revisions.update } else { &revisions.current };
        let mut status = json!({
            "observedGeneration": set["metadata"]["generation"],
            "replicas": pods.len(),
            "availableReplicas": available,
            "collisionCount": 0,
            "currentRevision": current,
            "updateRevision": revisions.update,
        });
        for (name, number) in
            [("readyReplicas", ready), ("currentReplicas", of(current)), ("updatedReplicas", updated)]
        {
            if number > 0 {
                status[name] = number.into();
            }
        }
        if set["status"] != status {
            let mut set = (*set).clone();
            set["status"] = status;
            self.write(set);
        }
        if is_complete && revisions.current != revisions.update {
            self.templates.remove(&key(&revisions.current));
        }
    }

    /// What may be done now: in order, the next pod, one pod less, or the next pod of the new revision; in parallel all
    /// that is missing and all that is too much.
    fn step(
        &mut self,
        set: &Value,
        pods: &[Arc<Value>],
        revisions: &Revisions,
        serves: impl Fn(&Value, jiff::Timestamp) -> bool,
    ) {
        let is_ordered = set["spec"]["podManagementPolicy"] != "Parallel";
        let replicas = count(&set["spec"]["replicas"]);
        for number in 0..replicas {
            let pod = pods.iter().find(|pod| ordinal(pod) == number);
            match pod {
                None => self.create_ordinal(set, number, revisions),
                Some(pod) if pod::is_over(pod) => self.replace_failed(set, pod),
                Some(_) => {}
            }
            if is_ordered && !pod.is_some_and(|pod| serves(pod, self.now)) {
                return;
            }
        }
        for pod in pods.iter().rev().filter(|pod| ordinal(pod) >= replicas) {
            if pod::is_active(pod) {
                self.delete_ordinal(set, pod);
            }
            if is_ordered {
                return;
            }
        }
        if set["spec"]["updateStrategy"]["type"] == "OnDelete" {
            return;
        }
        for pod in pods.iter().rev() {
            let number = ordinal(pod);
            if number >= replicas || number < partition(set) {
                continue;
            }
            if pod::is_active(pod) && !has_revision(pod, &revisions.update) {
                return self.delete_ordinal(set, pod);
            }
            if !serves(pod, self.now) {
                return;
            }
        }
    }

    fn create_ordinal(&mut self, set: &Value, number: i64, revisions: &Revisions) {
        let set_name = set["metadata"]["name"].as_str().unwrap_or_default();
        let namespace = set["metadata"]["namespace"].as_str().unwrap_or_default();
        let name = format!("{set_name}-{number}");
        let revision = if number < partition(set) { &revisions.current } else { &revisions.update };
        let template = self.templates.get(&(namespace.to_owned(), revision.clone())).cloned();
        let template = template.unwrap_or_else(|| set["spec"]["template"].clone());
        let templates = set["spec"]["volumeClaimTemplates"].as_array();
        let mut claims = Vec::new();
        for template in templates.into_iter().flatten() {
            let volume = template["metadata"]["name"].as_str().unwrap_or_default();
            let claim = format!("{volume}-{name}");
            self.ensure_claim(&claim, set, template);
            claims.push((volume.to_owned(), claim));
        }
        self.create_pod(&NewPod {
            owner_resource: Resource::StatefulSets,
            owner: set,
            template: &template,
            name: Some(name.clone()),
            labels: json!({
                "apps.kubernetes.io/pod-index": number.to_string(),
                "controller-revision-hash": revision,
                "statefulset.kubernetes.io/pod-name": name,
            }),
            claims,
            node: None,
        });
        let message = format!("create Pod {name} in StatefulSet {set_name} successful");
        self.report_ordinal(set, false, "SuccessfulCreate", message);
    }

    fn delete_ordinal(&mut self, set: &Value, pod: &Value) {
        self.delete_pod(pod);
        let set_name = set["metadata"]["name"].as_str().unwrap_or_default();
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        let message = format!("delete Pod {name} in StatefulSet {set_name} successful");
        self.report_ordinal(set, false, "SuccessfulDelete", message);
    }

    /// A pod that was evicted or failed stands in the way of the next of its name.
    fn replace_failed(&mut self, set: &Value, pod: &Value) {
        if !pod["metadata"]["deletionTimestamp"].is_null() {
            return;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (namespace, name) = (text(&set["metadata"]["namespace"]), text(&set["metadata"]["name"]));
        let pod_name = text(&pod["metadata"]["name"]);
        let message = format!("StatefulSet {namespace}/{name} is recreating failed Pod {pod_name}");
        self.report_ordinal(set, true, "RecreatingFailedPod", message);
        self.delete_ordinal(set, pod);
    }

    fn report_ordinal(&mut self, set: &Value, warning: bool, reason: &'static str, message: String) {
        self.report(&Report {
            about: set,
            resource: Resource::StatefulSets,
            container: None,
            source: Source::Controller("statefulset-controller"),
            warning,
            reason,
            message,
        });
    }
}

fn partition(set: &Value) -> i64 {
    count(&set["spec"]["updateStrategy"]["rollingUpdate"]["partition"])
}

fn ordinal(pod: &Value) -> i64 {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    name.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(i64::MAX)
}

fn has_revision(pod: &Value, revision: &str) -> bool {
    pod["metadata"]["labels"]["controller-revision-hash"] == *revision
}
