//! What a Deployment says of itself: its numbers, and the conditions that tell of its rollout.

use super::{Bounds, Sets, available, ready, replicas};
use crate::{
    Resource,
    clock::seconds,
    control_plane::{Action, ControlPlane, Target, count, set_condition},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Numbers of a Deployment's pods.
#[derive(Clone, Copy, Debug, Default)]
struct Numbers {
    desired: i64,
    replicas: i64,
    updated: i64,
    available: i64,
}

impl ControlPlane {
    /// Says once that a Deployment was paused or resumed.
    pub(super) fn note_pause(&mut self, mut deployment: Value) -> Value {
        let told = condition(&deployment["status"], "Progressing")["reason"].as_str().unwrap_or_default();
        let (reason, message) = match (deployment["spec"]["paused"] == true, told) {
            (true, told) if !matches!(told, "DeploymentPaused" | "ProgressDeadlineExceeded") => {
                ("DeploymentPaused", "Deployment is paused")
            }
            (false, "DeploymentPaused") => ("DeploymentResumed", "Deployment is resumed"),
            _ => return deployment,
        };
        self.set_progressing(&mut deployment["status"], "Unknown", reason, message);
        (*self.write(deployment)).clone()
    }

    /// Says that a set was made for a new template; the generation counts as observed with the next status.
    pub(super) fn note_new_set(&mut self, mut deployment: Value, set: &Value) -> Value {
        let name = set["metadata"]["name"].as_str().unwrap_or_default();
        let message = format!("Created new replica set \"{name}\"");
        deployment["metadata"]["annotations"][super::REVISION] =
            set["metadata"]["annotations"][super::REVISION].clone();
        self.set_progressing(&mut deployment["status"], "True", "NewReplicaSetCreated", &message);
        (*self.write(deployment)).clone()
    }

    /// Writes the status. `rolls`: whether the rollout is looked at too, which a mere change of replicas does not.
    pub(super) fn write_status(&mut self, mut deployment: Value, sets: &Sets, rolls: bool) {
        let Bounds { desired, unavailable, .. } = Bounds::of(&deployment);
        let numbers = Numbers {
            desired,
            replicas: sets.sum(replicas),
            updated: sets.current.as_ref().map_or(0, |set| replicas(set)),
            available: sets.sum(available),
        };
        let before = deployment["status"].take();
        let mut status = json!({"terminatingReplicas": 0, "conditions": before["conditions"]});
        status["observedGeneration"] = deployment["metadata"]["generation"].clone();
        for (name, number) in [
            ("replicas", numbers.replicas),
            ("updatedReplicas", numbers.updated),
            ("readyReplicas", sets.sum(ready)),
            ("availableReplicas", numbers.available),
            ("unavailableReplicas", numbers.replicas.max(numbers.desired) - numbers.available),
        ] {
            if number > 0 {
                status[name] = number.into();
            }
        }
        if let Some(current) = sets.current.as_ref().filter(|_| rolls) {
            let name = current["metadata"]["name"].as_str().unwrap_or_default();
            self.judge_progress(&deployment, (&before, &mut status), numbers, name);
        }
        let holds = numbers.available >= numbers.desired - unavailable;
        let (word, reason, message) = if holds {
            ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        } else {
            ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
        };
        if condition(&before, "Available")["reason"] != reason {
            let available = json!({
                "type": "Available", "status": word, "reason": reason, "message": message,
                "lastUpdateTime": seconds(self.now),
            });
            set_condition(&mut status["conditions"], available, self.now);
        }
        deployment["status"] = status;
        self.write(deployment);
    }

    fn judge_progress(
        &mut self,
        deployment: &Value,
        (before, status): (&Value, &mut Value),
        numbers: Numbers,
        set: &str,
    ) {
        let last = condition(before, "Progressing");
        let told = last["reason"].as_str().unwrap_or_default();
        // Pods that break after the rollout was complete do not open it again.
        if told == "NewReplicaSetAvailable" && numbers.replicas == numbers.updated {
            return;
        }
        if numbers.updated == numbers.replicas
            && numbers.updated == numbers.desired
            && numbers.available >= numbers.desired
        {
            let message = format!("ReplicaSet \"{set}\" has successfully progressed.");
            return self.set_progressing(status, "True", "NewReplicaSetAvailable", &message);
        }
        let rises = ["updatedReplicas", "readyReplicas", "availableReplicas"];
        let moved = rises.iter().any(|name| count(&status[name]) > count(&before[name]))
            || numbers.replicas - numbers.updated
                < count(&before["replicas"]) - count(&before["updatedReplicas"]);
        let deadline = SignedDuration::from_secs(count(&deployment["spec"]["progressDeadlineSeconds"]));
        if moved {
            let message = format!("ReplicaSet \"{set}\" is progressing.");
            self.set_progressing(status, "True", "ReplicaSetUpdated", &message);
            let look_again = deadline + SignedDuration::from_secs(1);
            return self.queue_in(look_again, Action::Sync(Target::of(Resource::Deployments, deployment)));
        }
        let since: Option<Timestamp> = last["lastUpdateTime"].as_str().and_then(|time| time.parse().ok());
        let is_late = since.is_some_and(|since| self.now.duration_since(since) > deadline);
        if is_late && !matches!(told, "ProgressDeadlineExceeded" | "DeploymentPaused") {
            let message = format!("ReplicaSet \"{set}\" has timed out progressing.");
            self.set_progressing(status, "False", "ProgressDeadlineExceeded", &message);
        }
    }

    fn set_progressing(&self, status: &mut Value, word: &str, reason: &str, message: &str) {
        let condition = json!({
            "type": "Progressing",
            "status": word,
            "reason": reason,
            "message": message,
            "lastUpdateTime": seconds(self.now),
        });
        set_condition(&mut status["conditions"], condition, self.now);
    }
}

fn condition<'a>(status: &'a Value, kind: &str) -> &'a Value {
    let conditions = status["conditions"].as_array();
    conditions.into_iter().flatten().find(|condition| condition["type"] == kind).unwrap_or(&Value::Null)
}
