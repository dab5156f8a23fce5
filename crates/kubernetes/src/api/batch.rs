//! `batch/v1`.

use super::condition::ProbedCondition;
use super::meta::ObjectMeta;
use super::pod::PodTemplate;
use super::time::Time;
use prost::Message;
use serde::Deserialize;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Job {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<JobSpec>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<JobStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct JobSpec {
    #[prost(int32, optional, tag = "1")]
    pub(crate) parallelism: Option<i32>,
    #[prost(int32, optional, tag = "2")]
    pub(crate) completions: Option<i32>,
    #[prost(int64, optional, tag = "3")]
    pub(crate) active_deadline_seconds: Option<i64>,
    #[prost(message, optional, tag = "6")]
    pub(crate) template: Option<PodTemplate>,
    #[prost(int32, optional, tag = "7")]
    pub(crate) backoff_limit: Option<i32>,
    #[prost(bool, tag = "10")]
    pub(crate) suspend: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct JobStatus {
    #[prost(message, repeated, tag = "1")]
    pub(crate) conditions: Vec<ProbedCondition>,
    #[prost(message, optional, tag = "2")]
    pub(crate) start_time: Option<Time>,
    #[prost(message, optional, tag = "3")]
    pub(crate) completion_time: Option<Time>,
    #[prost(int32, tag = "4")]
    pub(crate) active: i32,
    #[prost(int32, tag = "5")]
    pub(crate) succeeded: i32,
    #[prost(int32, tag = "6")]
    pub(crate) failed: i32,
    #[prost(int32, tag = "9")]
    pub(crate) ready: i32,
    #[prost(string, tag = "10")]
    pub(crate) failed_indexes: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CronJob {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<CronJobSpec>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<CronJobStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CronJobSpec {
    #[prost(string, tag = "1")]
    pub(crate) schedule: String,
    #[prost(int64, optional, tag = "2")]
    pub(crate) starting_deadline_seconds: Option<i64>,
    #[prost(bool, tag = "4")]
    pub(crate) suspend: bool,
    #[prost(message, optional, tag = "5")]
    pub(crate) job_template: Option<JobTemplate>,
    #[prost(string, tag = "8")]
    pub(crate) time_zone: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct JobTemplate {
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<JobSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CronJobStatus {
    #[prost(message, repeated, tag = "1")]
    pub(crate) active: Vec<ActiveJob>,
    #[prost(message, optional, tag = "4")]
    pub(crate) last_schedule_time: Option<Time>,
    #[prost(message, optional, tag = "5")]
    pub(crate) last_successful_time: Option<Time>,
}

/// A reference to a running Job; only how many there are is of interest.
#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ActiveJob {}
