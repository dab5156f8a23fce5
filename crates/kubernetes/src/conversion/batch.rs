//! `batch/v1`: Jobs and CronJobs.

use super::controller::controller;
use super::pod::template;
use super::{Convert, condition, count, seconds};
use crate::api;
use crate::api::meta::ObjectMeta;
use crate::api::time;
use crate::interner::Interner;
use domain::controller::{Controller, Cron, Job};
use domain::id::Kind;
use domain::observation::Object;
use std::sync::Arc;

impl Convert for api::batch::Job {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let base = controller(Kind::Job, &metadata, spec.template.as_ref(), interner);
        Object::Controller(Arc::new(Controller {
            desired: count(spec.parallelism.unwrap_or(1)),
            current: count(status.active),
            ready: count(status.ready),
            template: template(spec.template.as_ref(), interner),
            paused: spec.suspend,
            conditions: status.conditions.into_iter().map(|telling| condition(telling, interner)).collect(),
            job: Some(Box::new(Job {
                completions: spec.completions.map(count),
                backoff_limit: spec.backoff_limit.map(count),
                active_deadline: spec.active_deadline_seconds.map(seconds),
                active: count(status.active),
                succeeded: count(status.succeeded),
                failed: count(status.failed),
                started: time::known(status.start_time),
                completed: time::known(status.completion_time),
                failed_indexes: interner.optional(&status.failed_indexes),
            })),
            ..base
        }))
    }
}

impl Convert for api::batch::CronJob {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let pods = spec.job_template.and_then(|job| job.spec).and_then(|job| job.template);
        let base = controller(Kind::CronJob, &metadata, pods.as_ref(), interner);
        Object::Controller(Arc::new(Controller {
            template: template(pods.as_ref(), interner),
            paused: spec.suspend,
            cron: Some(Box::new(Cron {
                schedule: interner.text(&spec.schedule),
                time_zone: interner.optional(&spec.time_zone),
                starting_deadline: spec.starting_deadline_seconds.map(seconds),
                active: status.active.len() as u32,
                last_schedule: time::known(status.last_schedule_time),
                last_success: time::known(status.last_successful_time),
            })),
            ..base
        }))
    }
}
