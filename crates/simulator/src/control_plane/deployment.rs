//! Deployments: rolling updates over `ReplicaSets`, and the conditions that tell of them.

use super::{
    Action, ControlPlane, Target, count,
    event::{Report, Source},
    owner_reference, set_condition, template_hash,
};
use crate::{Resource, clock::seconds};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const REVISION: &str = "deployment.kubernetes.io/revision";

/// Numbers of a Deployment's pods.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    desired: i64,
    replicas: i64,
    updated: i64,
    ready: i64,
}

impl ControlPlane {
    pub(super) fn sync_deployment(&mut self, target: &Target) {
        let Some(mut deployment) = self.read(target) else { return };
        let template = deployment["spec"]["template"].clone();
        let hash = template_hash(&template);
        let mut sets = self.owned(Resource::ReplicaSets, &deployment);
        let newest = sets.iter().map(revision).max().unwrap_or(0);
        let position = sets.iter().position(|set| set["metadata"]["labels"]["pod-template-hash"] == *hash);
        let position = position.unwrap_or_else(|| {
            sets.push(self.create_replica_set(&deployment, &hash, newest + 1));
            sets.len() - 1
        });
        let mut current = sets.swap_remove(position);
        if revision(&current) < newest {
            // A rollback: the old set is the newest again.
            current["metadata"]["annotations"][REVISION] = (newest + 1).to_string().into();
            current = self.write(current);
        }
        deployment["metadata"]["annotations"][REVISION] = revision(&current).to_string().into();
        self.roll(&deployment, &mut current, &mut sets);
        self.forget_old_sets(&deployment, &sets);
        self.write_status(deployment, &current, &sets);
    }

    fn create_replica_set(&mut self, deployment: &Value, hash: &str, revision: i64) -> Value {
        let metadata = &deployment["metadata"];
        let mut template = deployment["spec"]["template"].clone();
        template["metadata"]["labels"]["pod-template-hash"] = hash.into();
        let mut selector = deployment["spec"]["selector"].clone();
        selector["matchLabels"]["pod-template-hash"] = hash.into();
        let (desired, surge, _) = bounds(deployment);
        self.write(json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "namespace": metadata["namespace"],
                "name": format!("{}-{hash}", metadata["name"].as_str().unwrap_or_default()),
                "labels": template["metadata"]["labels"],
                "annotations": {
                    REVISION: revision.to_string(),
                    "deployment.kubernetes.io/desired-replicas": desired.to_string(),
                    "deployment.kubernetes.io/max-replicas": (desired + surge).to_string(),
                },
                "ownerReferences": [owner_reference(Resource::Deployments, deployment)],
                "creationTimestamp": seconds(self.now),
            },
            "spec": {"replicas": 0, "selector": selector, "template": template},
            "status": {"replicas": 0, "terminatingReplicas": 0},
        }))
    }

    /// One step of a rolling update: the new set grows as far as the surge allows, the old ones shrink as far as
    /// enough pods stay available, those that are broken first.
    fn roll(&mut self, deployment: &Value, current: &mut Value, old: &mut [Value]) {
        let (desired, surge, unavailable) = bounds(deployment);
        let total = wanted(current) + old.iter().map(wanted).sum::<i64>();
        let room = desired + surge - total;
        let grown = (wanted(current) + room.max(0)).min(desired);
        if wanted(current) != grown && (grown > wanted(current) || wanted(current) > desired) {
            self.scale_set(deployment, current, grown);
        }
        if old.iter().map(wanted).sum::<i64>() == 0 {
            return;
        }
        let least = desired - unavailable;
        let total = wanted(current) + old.iter().map(wanted).sum::<i64>();
        let mut broken = total - least - (wanted(current) - available(current));
        for set in old.iter_mut() {
            let cut = (wanted(set) - available(set)).min(broken);
            if cut > 0 {
                broken -= cut;
                self.scale_set(deployment, set, wanted(set) - cut);
            }
        }
        let mut spare = available(current) + old.iter().map(available).sum::<i64>() - least;
        for set in old.iter_mut() {
            let cut = wanted(set).min(spare);
            if cut > 0 {
                spare -= cut;
                self.scale_set(deployment, set, wanted(set) - cut);
            }
        }
    }

    fn scale_set(&mut self, deployment: &Value, set: &mut Value, replicas: i64) {
        let before = wanted(set);
        set["spec"]["replicas"] = replicas.into();
        *set = self.write(set.take());
        self.sync_soon(Target::of(Resource::ReplicaSets, set));
        let direction = if replicas > before { "up" } else { "down" };
        let name = set["metadata"]["name"].as_str().unwrap_or_default();
        self.report(&Report {
            about: deployment,
            resource: Resource::Deployments,
            container: None,
            source: Source::Controller("deployment-controller"),
            warning: false,
            reason: "ScalingReplicaSet",
            message: format!("Scaled {direction} replica set {name} from {before} to {replicas}"),
        });
    }

    fn forget_old_sets(&mut self, deployment: &Value, old: &[Value]) {
        let mut empty: Vec<_> = old.iter().filter(|set| wanted(set) == 0 && replicas(set) == 0).collect();
        empty.sort_by_key(|set| revision(set));
        let limit = usize::try_from(count(&deployment["spec"]["revisionHistoryLimit"])).unwrap_or(0);
        let surplus = empty.len().saturating_sub(limit);
        for set in &empty[..surplus] {
            let target = Target::of(Resource::ReplicaSets, set);
            // It was listed just now, so it is there.
            let _ = self.cluster.delete(target.resource, &target.namespace, &target.name);
        }
    }

    fn write_status(&mut self, mut deployment: Value, current: &Value, old: &[Value]) {
        let (desired, _, unavailable) = bounds(&deployment);
        let tally = Tally {
            desired,
            replicas: replicas(current) + old.iter().map(replicas).sum::<i64>(),
            updated: replicas(current),
            ready: available(current) + old.iter().map(available).sum::<i64>(),
        };
        let before = deployment["status"].take();
        let mut status = json!({"terminatingReplicas": 0, "conditions": before["conditions"]});
        status["observedGeneration"] = deployment["metadata"]["generation"].clone();
        for (name, number) in [
            ("replicas", tally.replicas),
            ("updatedReplicas", tally.updated),
            ("readyReplicas", tally.ready),
            ("availableReplicas", tally.ready),
            ("unavailableReplicas", tally.replicas.max(tally.desired) - tally.ready),
        ] {
            if number > 0 {
                status[name] = number.into();
            }
        }
        let moved = ["updatedReplicas", "readyReplicas", "availableReplicas"]
            .iter()
            .any(|name| count(&status[name]) > count(&before[name]))
            || tally.replicas - tally.updated
                < count(&before["replicas"]) - count(&before["updatedReplicas"]);
        let deadline = SignedDuration::from_secs(count(&deployment["spec"]["progressDeadlineSeconds"]));
        let name = current["metadata"]["name"].as_str().unwrap_or_default();
        if let Some((holds, reason, message)) = self.progress(&before, tally, name, moved, deadline) {
            self.set_deployment_condition(&mut status, "Progressing", holds, reason, &message);
            if reason == "ReplicaSetUpdated" {
                let look_again = deadline + SignedDuration::from_secs(1);
                self.queue_in(look_again, Action::Sync(Target::of(Resource::Deployments, &deployment)));
            }
        }
        let available = tally.ready >= tally.desired - unavailable;
        let (reason, message) = if available {
            ("MinimumReplicasAvailable", "Deployment has minimum availability.")
        } else {
            ("MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
        };
        if condition(&before, "Available")["reason"] != reason {
            self.set_deployment_condition(&mut status, "Available", available, reason, message);
        }
        deployment["status"] = status;
        self.write(deployment);
    }

    /// What the condition `Progressing` is to say, where it is to change.
    fn progress(
        &self,
        before: &Value,
        tally: Tally,
        set: &str,
        moved: bool,
        deadline: SignedDuration,
    ) -> Option<(bool, &'static str, String)> {
        let last = condition(before, "Progressing");
        let is_updated = tally.updated == tally.replicas && tally.updated == tally.desired;
        if is_updated && tally.ready >= tally.desired {
            let message = format!("ReplicaSet \"{set}\" has successfully progressed.");
            let said = last["reason"] == "NewReplicaSetAvailable" && last["message"] == *message;
            return (!said).then_some((true, "NewReplicaSetAvailable", message));
        }
        // Pods that break after the rollout was complete do not open it again.
        if last["reason"] == "NewReplicaSetAvailable" && tally.replicas == tally.updated {
            return None;
        }
        let since: Option<Timestamp> = last["lastUpdateTime"].as_str().and_then(|time| time.parse().ok());
        let message = format!("ReplicaSet \"{set}\" is progressing.");
        if moved || !matches!(last["reason"].as_str(), Some("ReplicaSetUpdated" | "ProgressDeadlineExceeded"))
        {
            return Some((true, "ReplicaSetUpdated", message));
        }
        let is_late = since.is_some_and(|since| self.now.duration_since(since) > deadline);
        let message = format!("ReplicaSet \"{set}\" has timed out progressing.");
        (is_late && last["reason"] == "ReplicaSetUpdated").then_some((
            false,
            "ProgressDeadlineExceeded",
            message,
        ))
    }

    fn set_deployment_condition(
        &self,
        status: &mut Value,
        kind: &str,
        holds: bool,
        reason: &str,
        message: &str,
    ) {
        let condition = json!({
            "type": kind,
            "status": if holds { "True" } else { "False" },
            "reason": reason,
            "message": message,
            "lastUpdateTime": seconds(self.now),
        });
        set_condition(&mut status["conditions"], condition, self.now);
    }
}

/// Replicas wanted, how many more there may be, how many may be missing.
fn bounds(deployment: &Value) -> (i64, i64, i64) {
    let desired = count(&deployment["spec"]["replicas"]);
    let rolling = &deployment["spec"]["strategy"]["rollingUpdate"];
    let share = |value: &Value, rounding: fn(f64) -> f64| match value
        .as_str()
        .and_then(|text| text.strip_suffix('%'))
    {
        Some(percent) => rounding(desired as f64 * percent.parse::<f64>().unwrap_or(0.0) / 100.0) as i64,
        None => count(value),
    };
    let (surge, unavailable) =
        (share(&rolling["maxSurge"], f64::ceil), share(&rolling["maxUnavailable"], f64::floor));
    (desired, surge, if surge == 0 { unavailable.max(1) } else { unavailable })
}

fn condition<'a>(status: &'a Value, kind: &str) -> &'a Value {
    let conditions = status["conditions"].as_array();
    conditions.into_iter().flatten().find(|condition| condition["type"] == kind).unwrap_or(&Value::Null)
}

fn revision(set: &Value) -> i64 {
    set["metadata"]["annotations"][REVISION].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn wanted(set: &Value) -> i64 {
    count(&set["spec"]["replicas"])
}

fn replicas(set: &Value) -> i64 {
    count(&set["status"]["replicas"])
}

fn available(set: &Value) -> i64 {
    count(&set["status"]["availableReplicas"])
}
