//! `CronJobs`: Jobs on a schedule.

use super::{
    Action, ControlPlane, Target, controller, count,
    event::{Report, Source},
    job::{ended_as, is_finished},
    owner_reference,
};
use crate::{Resource, clock::seconds, workload::with_job_defaults};
use jiff::Timestamp;
use serde_json::{Value, json};

impl ControlPlane {
    /// Waits for the next time of the schedule.
    pub(super) fn next_cron_tick(&mut self, target: &Target) {
        let Some(cron_job) = self.read(target) else { return };
        let schedule = cron_job["spec"]["schedule"].as_str().unwrap_or_default();
        match next_time(schedule, self.now) {
            Some(at) => self.queue_at(at, Action::CronTick(target.clone())),
            None => {
                tracing::error!(schedule, name = target.name, "a schedule that the simulator does not run");
            }
        }
    }

    /// The time of the schedule has come.
    pub(super) fn cron_tick(&mut self, target: &Target) {
        self.next_cron_tick(target);
        self.start_run(target, self.now);
    }

    /// Starts the run of that time, unless one is under way.
    fn start_run(&mut self, target: &Target, scheduled: Timestamp) {
        let Some(mut cron_job) = self.read(target) else { return };
        let jobs = self.owned(Resource::Jobs, &cron_job);
        if cron_job["spec"]["suspend"] == true || jobs.iter().any(|job| !is_finished(job)) {
            return;
        }
        let name = format!("{}-{}", target.name, scheduled.as_second() / 60);
        let mut job = json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "namespace": target.namespace,
                "name": name,
                "annotations": {"batch.kubernetes.io/cronjob-scheduled-timestamp": seconds(scheduled)},
                "ownerReferences": [owner_reference(Resource::CronJobs, &cron_job)],
                "creationTimestamp": seconds(self.now),
            },
            "spec": with_job_defaults(cron_job["spec"]["jobTemplate"]["spec"].clone()),
        });
        self.label_job(&mut job);
        let job = self.write(job);
        self.sync_soon(Target::of(Resource::Jobs, &job));
        cron_job["status"]["lastScheduleTime"] = seconds(scheduled).into();
        cron_job["status"]["active"] = json!([reference(&job)]);
        let cron_job = self.write(cron_job);
        self.report_cron(&cron_job, "SuccessfulCreate", format!("Created job {name}"));
    }

    /// A Job has changed: when it is over its `CronJob` notes that and removes the Jobs it need not keep.
    pub(super) fn job_changed(&mut self, job: &Value) {
        let Some(end) = ended_as(job) else { return };
        let namespace = job["metadata"]["namespace"].as_str().unwrap_or_default();
        let owner = controller(job)["name"].as_str().unwrap_or_default();
        let target = Target::new(Resource::CronJobs, namespace, owner);
        let Some(mut cron_job) = self.read(&target) else { return };
        if let Some(status) = cron_job["status"].as_object_mut() {
            status.remove("active");
            if end == "Complete" {
                status.insert("lastSuccessfulTime".to_owned(), job["status"]["completionTime"].clone());
            }
        }
        let cron_job = self.write(cron_job);
        let name = job["metadata"]["name"].as_str().unwrap_or_default();
        self.report_cron(
            &cron_job,
            "SawCompletedJob",
            format!("Saw completed job: {name}, condition: {end}"),
        );
        for (end, limit) in [("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")]
        {
            let mut jobs = self.owned(Resource::Jobs, &cron_job);
            jobs.retain(|job| ended_as(job) == Some(end));
            jobs.sort_by_key(|job| job["metadata"]["creationTimestamp"].as_str().map(str::to_owned));
            let keep = usize::try_from(count(&cron_job["spec"][limit])).unwrap_or(0);
            let surplus = jobs.len().saturating_sub(keep);
            for old in &jobs[..surplus] {
                let old = old["metadata"]["name"].as_str().unwrap_or_default();
                // It was listed just now, so it is there.
                let _ = self.cluster.delete_with_dependents(Resource::Jobs, namespace, old);
                self.report_cron(&cron_job, "SuccessfulDelete", format!("Deleted job {old}"));
            }
        }
        self.make_up_for_run(&target, &cron_job);
    }

    /// A run whose time came while the one before was under way starts when that is over.
    fn make_up_for_run(&mut self, target: &Target, cron_job: &Value) {
        let schedule = cron_job["spec"]["schedule"].as_str().unwrap_or_default();
        let last = cron_job["status"]["lastScheduleTime"].as_str().and_then(|time| time.parse().ok());
        let mut due: Option<Timestamp> = None;
        while let Some(next) = due.or(last).and_then(|after| next_time(schedule, after))
            && next <= self.now
        {
            due = Some(next);
        }
        if let Some(scheduled) = due {
            self.start_run(target, scheduled);
        }
    }

    fn report_cron(&mut self, cron_job: &Value, reason: &'static str, message: String) {
        self.report(&Report {
            about: cron_job,
            resource: Resource::CronJobs,
            container: None,
            source: Source::Controller("cronjob-controller"),
            warning: false,
            reason,
            message,
        });
    }
}

fn reference(job: &Value) -> Value {
    let metadata = &job["metadata"];
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "resourceVersion": metadata["resourceVersion"],
    })
}

/// The next time of a schedule after `now`, in UTC: every N minutes, at a minute of every hour, or once a day.
fn next_time(schedule: &str, now: Timestamp) -> Option<Timestamp> {
    const DAY_MINUTES: i64 = 24 * 60;
    let fields: Vec<_> = schedule.split(' ').collect();
    let [minute, hour, "*", "*", "*"] = fields.as_slice() else { return None };
    let (period, offset) = match (minute.strip_prefix("*/"), *hour) {
        (Some(every), "*") => (every.parse().ok().filter(|every| *every > 0)?, 0),
        (None, "*") => (60, minute.parse::<i64>().ok()?),
        (None, hour) => (DAY_MINUTES, hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?),
        (Some(_), _) => return None,
    };
    let now_minutes = now.as_second().div_euclid(60);
    let next = (now_minutes - offset).div_euclid(period) * period + offset + period;
    Timestamp::from_second(next * 60).ok()
}

#[cfg(test)]
mod tests {
    use super::next_time;
    use jiff::Timestamp;

    #[test]
    fn schedules_are_followed() {
        let check = |schedule: &str, now: &str, expected: Option<&str>| {
            let now: Timestamp = now.parse().unwrap();
            let next = next_time(schedule, now).map(|time| time.to_string());
            assert_eq!(next.as_deref(), expected, "{schedule} after {now}");
        };
        check("*/5 * * * *", "2026-11-21T08:03:10Z", Some("2026-11-21T08:05:00Z"));
        check("*/5 * * * *", "2026-11-21T08:05:00Z", Some("2026-11-21T08:10:00Z"));
        check("17 * * * *", "2026-11-21T08:03:10Z", Some("2026-11-21T08:17:00Z"));
        check("17 * * * *", "2026-11-21T08:18:00Z", Some("2026-11-21T09:17:00Z"));
        check("30 2 * * *", "2026-11-21T08:18:00Z", Some("2026-11-22T02:30:00Z"));
        check("30 2 * * 1", "2026-11-21T08:18:00Z", None);
        check("*/0 * * * *", "2026-11-21T08:18:00Z", None);
        check("", "2026-11-21T08:18:00Z", None);
    }
}
