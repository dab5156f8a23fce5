//! `StatefulSets`: pods by ordinal, one after the other, each with its claims.

use super::{
    ControlPlane, Target, count,
    event::{Report, Source},
    pod::{self, NewPod},
    template_hash,
};
use crate::Resource;
use serde_json::{Value, json};

impl ControlPlane {
    pub(super) fn sync_stateful_set(&mut self, target: &Target) {
        let Some(mut set) = self.read(target) else { return };
        let update = format!("{}-{}", target.name, template_hash(&set["spec"]["template"]));
        let mut pods = self.owned(Resource::Pods, &set);
        pods.sort_by_key(ordinal);
        let replicas = count(&set["spec"]["replicas"]);
        self.step(&set, &pods, replicas, &update);

        let pods = self.owned(Resource::Pods, &set);
        let ready = pods.iter().filter(|pod| pod::is_ready(pod) && pod::is_active(pod)).count();
        let updated = pods.iter().filter(|pod| has_revision(pod, &update)).count();
        let before = set["status"].take();
        let current = before["currentRevision"].as_str().unwrap_or(&update).to_owned();
        let is_complete =
            updated == pods.len() && ready == pods.len() && count(&set["spec"]["replicas"]) == updated as i64;
        let current = if is_complete { update.clone() } else { current };
        let of_current = pods.iter().filter(|pod| has_revision(pod, &current)).count();
        let mut status = json!({
            "observedGeneration": set["metadata"]["generation"],
            "replicas": pods.len(),
            "availableReplicas": ready,
            "collisionCount": 0,
            "currentRevision": current,
            "updateRevision": update,
        });
        for (name, number) in
            [("readyReplicas", ready), ("currentReplicas", of_current), ("updatedReplicas", updated)]
        {
            if number > 0 {
                status[name] = number.into();
            }
        }
        set["status"] = status;
        self.write(set);
    }

    /// The one thing that may be done now: the next pod, one pod less, or the next pod of the new revision.
    fn step(&mut self, set: &Value, pods: &[Value], replicas: i64, update: &str) {
        for number in 0..replicas {
            match pods.iter().find(|pod| ordinal(pod) == number) {
                None => return self.create_ordinal(set, number, update),
                Some(pod) if !pod::is_active(pod) || !pod::is_ready(pod) => return,
                Some(_) => {}
            }
        }
        let surplus = pods.iter().rfind(|pod| ordinal(pod) >= replicas);
        let outdated = pods.iter().rfind(|pod| !has_revision(pod, update));
        if let Some(pod) = surplus.or(outdated).filter(|pod| pod::is_active(pod)) {
            self.delete_pod(pod);
            self.report_ordinal(
                set,
                "SuccessfulDelete",
                "delete",
                pod["metadata"]["name"].as_str().unwrap_or_default(),
            );
        }
    }

    fn create_ordinal(&mut self, set: &Value, number: i64, revision: &str) {
        let set_name = set["metadata"]["name"].as_str().unwrap_or_default();
        let name = format!("{set_name}-{number}");
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
            template: &set["spec"]["template"],
            name: Some(name.clone()),
            labels: json!({
                "apps.kubernetes.io/pod-index": number.to_string(),
                "controller-revision-hash": revision,
                "statefulset.kubernetes.io/pod-name": name,
            }),
            claims,
            node: None,
        });
        self.report_ordinal(set, "SuccessfulCreate", "Create", &name);
    }

    fn report_ordinal(&mut self, set: &Value, reason: &'static str, verb: &str, pod: &str) {
        let set_name = set["metadata"]["name"].as_str().unwrap_or_default();
        self.report(&Report {
            about: set,
            resource: Resource::StatefulSets,
            container: None,
            source: Source::Controller("statefulset-controller"),
            warning: false,
            reason,
            message: format!("{verb} Pod {pod} in StatefulSet {set_name} successful"),
        });
    }
}

fn ordinal(pod: &Value) -> i64 {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    name.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(i64::MAX)
}

fn has_revision(pod: &Value, revision: &str) -> bool {
    pod["metadata"]["labels"]["controller-revision-hash"] == *revision
}
