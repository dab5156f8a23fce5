//! Jobs: pods until enough of them have succeeded.

use super::{
    ControlPlane, Target, count,
    event::{Report, Source},
    pod::{self, NewPod},
    set_condition,
};
use crate::{Resource, clock::seconds};
use jiff::SignedDuration;
use serde_json::{Value, json};

impl ControlPlane {
    /// Gives a Job the labels by which it knows its pods. They name its uid, so it has one from here on.
    pub(super) fn label_job(&mut self, job: &mut Value) {
        let uid = self.new_uid();
        let name = job["metadata"]["name"].clone();
        let labels = json!({
            "batch.kubernetes.io/controller-uid": uid,
            "batch.kubernetes.io/job-name": name,
            "controller-uid": uid,
            "job-name": name,
        });
        for labelled in ["/metadata", "/spec/template/metadata"] {
            if let Some(metadata) = job.pointer_mut(labelled) {
                for (key, value) in labels.as_object().into_iter().flatten() {
                    metadata["labels"][key] = value.clone();
                }
            }
        }
        job["metadata"]["uid"] = uid.as_str().into();
        job["spec"]["selector"] = json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}});
    }

    pub(super) fn sync_job(&mut self, target: &Target) {
        let Some(mut job) = self.read(target) else { return };
        if is_finished(&job) {
            return;
        }
        let pods = self.owned(Resource::Pods, &job);
        let in_phase = |phase: &str| pods.iter().filter(|pod| pod["status"]["phase"] == phase).count() as i64;
        let (succeeded, failed) = (in_phase("Succeeded"), in_phase("Failed"));
        let active: Vec<_> = pods.iter().filter(|pod| pod::is_active(pod)).collect();
        let ready = active.iter().filter(|pod| pod::is_ready(pod)).count();
        let mut running = active.len() as i64;
        let is_complete = succeeded >= count(&job["spec"]["completions"]);
        let has_failed = failed > count(&job["spec"]["backoffLimit"]);
        if !is_complete && !has_failed && running == 0 {
            // After a failure the next attempt waits, twice as long each time.
            let wait = SignedDuration::from_secs(10 << failed.clamp(1, 5).saturating_sub(1));
            let due = pods.iter().filter_map(|pod| finished_at(pod)).max().map(|last| last + wait);
            if let Some(due) = due.filter(|due| *due > self.now) {
                self.queue_at(due, super::Action::Sync(target.clone()));
            } else {
                self.create_job_pod(&job);
                running = 1;
            }
        }
        let started = match &job["status"]["startTime"] {
            Value::Null => Value::from(seconds(self.now)),
            time => time.clone(),
        };
        let mut status =
            json!({"startTime": started, "ready": ready, "terminating": 0, "uncountedTerminatedPods": {}});
        for (name, number) in [("active", running), ("succeeded", succeeded), ("failed", failed)] {
            if number > 0 {
                status[name] = number.into();
            }
        }
        if is_complete {
            status["completionTime"] = seconds(self.now).into();
            self.finish(&job, &mut status, "SuccessCriteriaMet", "Complete", "CompletionsReached");
        } else if has_failed {
            self.finish(&job, &mut status, "FailureTarget", "Failed", "BackoffLimitExceeded");
        }
        job["status"] = status;
        let job = self.write(job);
        self.job_changed(&job);
    }

    fn create_job_pod(&mut self, job: &Value) {
        let pod = self.create_pod(&NewPod {
            owner_resource: Resource::Jobs,
            owner: job,
            template: &job["spec"]["template"],
            name: None,
            labels: json!({}),
            claims: Vec::new(),
            node: None,
        });
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        self.report_job(job, false, "SuccessfulCreate", format!("Created pod: {name}"));
    }

    fn finish(&mut self, job: &Value, status: &mut Value, target: &str, end: &str, reason: &str) {
        let is_complete = end == "Complete";
        let message = if is_complete {
            "Reached expected number of succeeded pods"
        } else {
            "Job has reached the specified backoff limit"
        };
        for kind in [target, end] {
            let condition = json!({
                "type": kind,
                "status": "True",
                "reason": reason,
                "message": message,
                "lastProbeTime": seconds(self.now),
            });
            set_condition(&mut status["conditions"], condition, self.now);
        }
        if is_complete {
            self.report_job(job, false, "Completed", "Job completed".to_owned());
        } else {
            self.report_job(job, true, "BackoffLimitExceeded", message.to_owned());
        }
    }

    fn report_job(&mut self, job: &Value, warning: bool, reason: &'static str, message: String) {
        self.report(&Report {
            about: job,
            resource: Resource::Jobs,
            container: None,
            source: Source::Controller("job-controller"),
            warning,
            reason,
            message,
        });
    }
}

/// Whether a Job is over: `Complete` or `Failed`.
pub(super) fn is_finished(job: &Value) -> bool {
    ended_as(job).is_some()
}

pub(super) fn ended_as(job: &Value) -> Option<&str> {
    let conditions = job["status"]["conditions"].as_array();
    let mut kinds =
        conditions.into_iter().flatten().filter(|c| c["status"] == "True").filter_map(|c| c["type"].as_str());
    kinds.find(|kind| matches!(*kind, "Complete" | "Failed"))
}

fn finished_at(pod: &Value) -> Option<jiff::Timestamp> {
    let time = &pod["status"]["containerStatuses"][0]["state"]["terminated"]["finishedAt"];
    time.as_str().and_then(|text| text.parse().ok())
}
