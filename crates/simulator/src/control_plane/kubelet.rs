//! What happens to containers: started, ready, ended, backed off, started again.

use super::{
    Action, Behaviour, ControlPlane, PodRef, count,
    event::{Report, Source},
    pod::{container_status, main_container},
};
use crate::{Climb, Resource, clock::seconds};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A container that has run this long starts its back-off anew.
const FORGIVEN_AFTER: SignedDuration = SignedDuration::from_mins(10);
const LONGEST_BACK_OFF_SECONDS: i64 = 300;
const OUT_OF_MEMORY: i64 = 137;

impl ControlPlane {
    /// Starts the container of a pod for the first time, or finds out why it cannot.
    pub(super) fn start(&mut self, pod: &PodRef) {
        let Some(mut found) = self.wanted(pod) else { return };
        self.report_container(&found, false, "Pulled", pulled(&found));
        if let Some(secret) = self.missing_secret(&found) {
            let message = format!("secret \"{secret}\" not found");
            self.report_container(&found, true, "Failed", format!("Error: {message}"));
            let mut status = container_status(main_container(&found), 0);
            status["state"] =
                json!({"waiting": {"reason": "CreateContainerConfigError", "message": message}});
            found["status"]["containerStatuses"][0] = status;
            self.update_pod(found);
            let delay = self.between_millis(10_000, 16_000);
            return self.queue_in(delay, Action::Start(pod.clone()));
        }
        found["status"]["containerStatuses"][0] = container_status(main_container(&found), salt(pod, 0));
        self.run_container(pod, found);
    }

    /// Starts the container again after its end.
    pub(super) fn restart(&mut self, pod: &PodRef, restarts: i64) {
        let Some(mut found) = self.wanted(pod).filter(|found| restart_count(found) == restarts) else {
            return;
        };
        self.report_container(&found, false, "Pulled", pulled(&found));
        let container = main_container(&found).clone();
        let mut status = container_status(&container, salt(pod, restarts + 1));
        let before = &found["status"]["containerStatuses"][0];
        status["lastState"] = if before["state"]["terminated"].is_null() {
            before["lastState"].clone()
        } else {
            before["state"].clone()
        };
        status["restartCount"] = (restarts + 1).into();
        found["status"]["containerStatuses"][0] = status;
        self.cluster.rotate_log(&pod.namespace, &pod.name, container["name"].as_str().unwrap_or_default());
        self.run_container(pod, found);
    }

    pub(super) fn become_ready(&mut self, pod: &PodRef, restarts: i64) {
        let Some(mut found) = self.wanted(pod).filter(|found| restart_count(found) == restarts) else {
            return;
        };
        let status = &mut found["status"]["containerStatuses"][0];
        if status["state"]["running"].is_null() {
            return;
        }
        status["ready"] = true.into();
        self.update_pod(found);
    }

    /// The container ends by itself.
    pub(super) fn end(&mut self, pod: &PodRef, restarts: i64) {
        let Some(mut found) = self.wanted(pod).filter(|found| restart_count(found) == restarts) else {
            return;
        };
        let (exit_code, reason) = match self.behaviour(&found) {
            Behaviour::Serves { .. } => return,
            Behaviour::Completes { .. } => (0, "Completed"),
            Behaviour::RunsOutOfMemory { .. } => (OUT_OF_MEMORY, "OOMKilled"),
            Behaviour::Crashes { exit_code, log, .. } => {
                let name = main_container(&found)["name"].as_str().unwrap_or_default();
                for line in log {
                    self.cluster.log_at(&pod.namespace, &pod.name, name, &line, self.now);
                }
                (exit_code.into(), "Error")
            }
        };
        let status = &mut found["status"]["containerStatuses"][0];
        let started: Timestamp = time(&status["state"]["running"]["startedAt"]).unwrap_or(self.now);
        status["state"] = json!({"terminated": {
            "exitCode": exit_code,
            "reason": reason,
            "startedAt": seconds(started),
            "finishedAt": seconds(self.now),
            "containerID": status["containerID"],
        }});
        status["ready"] = false.into();
        status["started"] = false.into();
        let starts_again = found["spec"]["restartPolicy"] == "Always";
        self.update_pod(found);
        if !starts_again {
            return;
        }
        if restarts == 0 || self.now.duration_since(started) >= FORGIVEN_AFTER {
            let delay = self.between_millis(700, 1_400);
            return self.queue_in(delay, Action::Restart(pod.clone(), restarts));
        }
        let wait = back_off_seconds(restarts);
        // For a while the container stays terminated in the API, before it is said to wait.
        let delay = self.between_millis(2_000, (wait * 600).min(14_000));
        self.queue_in(delay, Action::BackOff(pod.clone(), restarts));
        self.queue_in(SignedDuration::from_secs(wait), Action::Restart(pod.clone(), restarts));
    }

    /// The kubelet says that it waits before it starts the container again.
    pub(super) fn back_off(&mut self, pod: &PodRef, restarts: i64) {
        let Some(mut found) = self.wanted(pod).filter(|found| restart_count(found) == restarts) else {
            return;
        };
        let name = main_container(&found)["name"].as_str().unwrap_or_default().to_owned();
        let full_name = format!("{}_{}({})", pod.name, pod.namespace, pod.uid);
        let wait = spoken(back_off_seconds(restarts));
        let status = &mut found["status"]["containerStatuses"][0];
        if status["state"]["terminated"].is_null() {
            return;
        }
        status["lastState"] = status["state"].take();
        status["state"] = json!({"waiting": {
            "reason": "CrashLoopBackOff",
            "message": format!("back-off {wait} restarting failed container={name} pod={full_name}"),
        }});
        let message = format!("Back-off restarting failed container {name} in pod {full_name}");
        self.report_container(&found, true, "BackOff", message);
        self.update_pod(found);
    }

    fn run_container(&mut self, pod: &PodRef, mut found: Value) {
        self.report_container(&found, false, "Created", "Container created".to_owned());
        self.report_container(&found, false, "Started", "Container started".to_owned());
        let has_probe = !main_container(&found)["readinessProbe"].is_null();
        let restarts = restart_count(&found);
        let status = &mut found["status"]["containerStatuses"][0];
        status["state"] = json!({"running": {"startedAt": seconds(self.now)}});
        status["started"] = true.into();
        status["ready"] = (!has_probe).into();
        let behaviour = self.behaviour(&found);
        let (ready_after, runs_for) = match &behaviour {
            Behaviour::Serves { ready_after } => (Some(*ready_after), None),
            Behaviour::Crashes { runs_for, .. } | Behaviour::Completes { runs_for } => {
                (None, Some(*runs_for))
            }
            Behaviour::RunsOutOfMemory { runs_for } => (Some(SignedDuration::from_secs(4)), Some(*runs_for)),
        };
        let climbs = matches!(behaviour, Behaviour::RunsOutOfMemory { .. });
        let climb = runs_for.filter(|_| climbs).map(|time| Climb { from: self.now, to: self.now + time });
        self.cluster.set_climb(&pod.namespace, &pod.name, climb);
        self.update_pod(found);
        if let Some(after) = ready_after.filter(|_| has_probe) {
            self.queue_in(after, Action::BecomeReady(pod.clone(), restarts));
        }
        if let Some(after) = runs_for {
            self.queue_in(after, Action::End(pod.clone(), restarts));
        }
    }

    /// What the container of a pod does: as was said of its image, else what is usual.
    fn behaviour(&mut self, pod: &Value) -> Behaviour {
        let image = main_container(pod)["image"].as_str().unwrap_or_default();
        if let Some(behaviour) = self.behaviours.get(image) {
            return behaviour.clone();
        }
        if pod["spec"]["restartPolicy"] == "Always" {
            Behaviour::Serves { ready_after: self.between_millis(2_500, 8_000) }
        } else {
            Behaviour::Completes { runs_for: self.between_millis(6_000, 45_000) }
        }
    }

    fn missing_secret(&self, pod: &Value) -> Option<String> {
        let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
        let variables = main_container(pod)["env"].as_array();
        let mut secrets = variables
            .into_iter()
            .flatten()
            .filter_map(|variable| variable["valueFrom"]["secretKeyRef"]["name"].as_str());
        let missing =
            |name: &&str| self.missing_secrets.contains(&(namespace.to_owned(), (*name).to_owned()));
        secrets.find(missing).map(str::to_owned)
    }

    fn report_container(&mut self, pod: &Value, warning: bool, reason: &'static str, message: String) {
        self.report(&Report {
            about: pod,
            resource: Resource::Pods,
            container: main_container(pod)["name"].as_str(),
            source: Source::Kubelet(pod["spec"]["nodeName"].as_str().unwrap_or_default()),
            warning,
            reason,
            message,
        });
    }
}

fn pulled(pod: &Value) -> String {
    let image = main_container(pod)["image"].as_str().unwrap_or_default();
    format!("Container image \"{image}\" already present on machine and can be accessed by the pod")
}

fn restart_count(pod: &Value) -> i64 {
    count(&pod["status"]["containerStatuses"][0]["restartCount"])
}

/// Tells the containers of a pod apart, one for each start.
fn salt(pod: &PodRef, restarts: i64) -> u128 {
    let bits = pod.uid.bytes().fold(1_u128, |hash, byte| hash.wrapping_mul(131).wrapping_add(byte.into()));
    bits.wrapping_add(restarts.unsigned_abs().into()).max(1)
}

fn back_off_seconds(restarts: i64) -> i64 {
    10_i64.checked_shl(u32::try_from(restarts - 1).unwrap_or(0)).map_or(LONGEST_BACK_OFF_SECONDS, |wait| {
        if (10..LONGEST_BACK_OFF_SECONDS).contains(&wait) { wait } else { LONGEST_BACK_OFF_SECONDS }
    })
}

/// A duration as Go prints it.
fn spoken(seconds: i64) -> String {
    if seconds < 60 { format!("{seconds}s") } else { format!("{}m{}s", seconds / 60, seconds % 60) }
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::{back_off_seconds, spoken};

    #[test]
    fn the_back_off_doubles_up_to_five_minutes() {
        let waits: Vec<_> = (1..9).map(|restarts| spoken(back_off_seconds(restarts))).collect();
        assert_eq!(waits, ["10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s", "5m0s"]);
        assert_eq!(back_off_seconds(90), 300);
    }
}
