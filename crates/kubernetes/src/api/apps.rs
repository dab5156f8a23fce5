//! `apps/v1`.

use super::condition::{DeploymentCondition, SetCondition};
use super::core::PersistentVolumeClaim;
use super::meta::ObjectMeta;
use super::pod::PodTemplate;
use prost::Message;
use serde::Deserialize;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Deployment {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<DeploymentSpec>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<DeploymentStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct DeploymentSpec {
    #[prost(int32, optional, tag = "1")]
    pub(crate) replicas: Option<i32>,
    #[prost(message, optional, tag = "3")]
    pub(crate) template: Option<PodTemplate>,
    #[prost(message, optional, tag = "4")]
    pub(crate) strategy: Option<UpdateStrategy>,
    #[prost(int32, tag = "5")]
    pub(crate) min_ready_seconds: i32,
    #[prost(bool, tag = "7")]
    pub(crate) paused: bool,
    #[prost(int32, optional, tag = "9")]
    pub(crate) progress_deadline_seconds: Option<i32>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct DeploymentStatus {
    #[prost(int64, tag = "1")]
    pub(crate) observed_generation: i64,
    #[prost(int32, tag = "2")]
    pub(crate) replicas: i32,
    #[prost(int32, tag = "3")]
    pub(crate) updated_replicas: i32,
    #[prost(int32, tag = "4")]
    pub(crate) available_replicas: i32,
    #[prost(message, repeated, tag = "6")]
    pub(crate) conditions: Vec<DeploymentCondition>,
    #[prost(int32, tag = "7")]
    pub(crate) ready_replicas: i32,
}

/// `DeploymentStrategy`, `StatefulSetUpdateStrategy` and `DaemonSetUpdateStrategy` begin alike.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct UpdateStrategy {
    #[prost(string, tag = "1")]
    pub(crate) r#type: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ReplicaSet {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<ReplicaSetSpec>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<ReplicaSetStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ReplicaSetSpec {
    #[prost(int32, optional, tag = "1")]
    pub(crate) replicas: Option<i32>,
    #[prost(message, optional, tag = "3")]
    pub(crate) template: Option<PodTemplate>,
    #[prost(int32, tag = "4")]
    pub(crate) min_ready_seconds: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ReplicaSetStatus {
    #[prost(int32, tag = "1")]
    pub(crate) replicas: i32,
    #[prost(int64, tag = "3")]
    pub(crate) observed_generation: i64,
    #[prost(int32, tag = "4")]
    pub(crate) ready_replicas: i32,
    #[prost(int32, tag = "5")]
    pub(crate) available_replicas: i32,
    #[prost(message, repeated, tag = "6")]
    pub(crate) conditions: Vec<SetCondition>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct StatefulSet {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<StatefulSetSpec>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<StatefulSetStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct StatefulSetSpec {
    #[prost(int32, optional, tag = "1")]
    pub(crate) replicas: Option<i32>,
    #[prost(message, optional, tag = "3")]
    pub(crate) template: Option<PodTemplate>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) volume_claim_templates: Vec<PersistentVolumeClaim>,
    #[prost(string, tag = "6")]
    pub(crate) pod_management_policy: String,
    #[prost(message, optional, tag = "7")]
    pub(crate) update_strategy: Option<StatefulSetUpdateStrategy>,
    #[prost(int32, tag = "9")]
    pub(crate) min_ready_seconds: i32,
    #[prost(message, optional, tag = "11")]
    pub(crate) ordinals: Option<StatefulSetOrdinals>,
}

#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct StatefulSetOrdinals {
    #[prost(int32, tag = "1")]
    pub(crate) start: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct StatefulSetUpdateStrategy {
    #[prost(string, tag = "1")]
    pub(crate) r#type: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) rolling_update: Option<RollingUpdateStatefulSet>,
}

#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct RollingUpdateStatefulSet {
    #[prost(int32, tag = "1")]
    pub(crate) partition: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct StatefulSetStatus {
    #[prost(int64, tag = "1")]
    pub(crate) observed_generation: i64,
    #[prost(int32, tag = "2")]
    pub(crate) replicas: i32,
    #[prost(int32, tag = "3")]
    pub(crate) ready_replicas: i32,
    #[prost(int32, tag = "5")]
    pub(crate) updated_replicas: i32,
    #[prost(string, tag = "7")]
    pub(crate) update_revision: String,
    #[prost(message, repeated, tag = "10")]
    pub(crate) conditions: Vec<SetCondition>,
    #[prost(int32, tag = "11")]
    pub(crate) available_replicas: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DaemonSet {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<DaemonSetSpec>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<DaemonSetStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct DaemonSetSpec {
    #[prost(message, optional, tag = "2")]
    pub(crate) template: Option<PodTemplate>,
    #[prost(message, optional, tag = "3")]
    pub(crate) update_strategy: Option<UpdateStrategy>,
    #[prost(int32, tag = "4")]
    pub(crate) min_ready_seconds: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct DaemonSetStatus {
    #[prost(int32, tag = "1")]
    pub(crate) current_number_scheduled: i32,
    #[prost(int32, tag = "2")]
    pub(crate) number_misscheduled: i32,
    #[prost(int32, tag = "3")]
    pub(crate) desired_number_scheduled: i32,
    #[prost(int32, tag = "4")]
    pub(crate) number_ready: i32,
    #[prost(int64, tag = "5")]
    pub(crate) observed_generation: i64,
    #[prost(int32, tag = "6")]
    pub(crate) updated_number_scheduled: i32,
    #[prost(int32, tag = "7")]
    pub(crate) number_available: i32,
    #[prost(message, repeated, tag = "10")]
    pub(crate) conditions: Vec<SetCondition>,
}
