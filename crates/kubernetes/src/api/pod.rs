//! `core/v1` Pod and pod template.

use super::condition::ProbedCondition;
use super::meta::{ObjectMeta, entries};
use super::quantity::Quantity;
use super::time::Time;
use prost::Message;
use serde::Deserialize;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Pod {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<PodSpec>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<PodStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodTemplate {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<PodSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PodSpec {
    #[prost(message, repeated, tag = "1")]
    pub(crate) volumes: Vec<Volume>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) containers: Vec<Container>,
    #[prost(string, tag = "3")]
    pub(crate) restart_policy: String,
    #[prost(int64, optional, tag = "4")]
    pub(crate) termination_grace_period_seconds: Option<i64>,
    #[prost(string, tag = "10")]
    pub(crate) node_name: String,
    #[prost(message, optional, tag = "18")]
    pub(crate) affinity: Option<Affinity>,
    #[prost(message, repeated, tag = "20")]
    pub(crate) init_containers: Vec<Container>,
    #[prost(message, repeated, tag = "28")]
    pub(crate) readiness_gates: Vec<ReadinessGate>,
    #[prost(message, repeated, tag = "32")]
    #[serde(deserialize_with = "entries")]
    pub(crate) overhead: Vec<Amount>,
    #[prost(message, repeated, tag = "34")]
    pub(crate) ephemeral_containers: Vec<EphemeralContainer>,
    #[prost(message, repeated, tag = "38")]
    pub(crate) scheduling_gates: Vec<SchedulingGate>,
    #[prost(message, optional, tag = "40")]
    pub(crate) resources: Option<ResourceRequirements>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Container {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) image: String,
    #[prost(message, optional, tag = "8")]
    pub(crate) resources: Option<ResourceRequirements>,
    #[prost(message, optional, tag = "10")]
    pub(crate) liveness_probe: Option<Probe>,
    #[prost(message, optional, tag = "11")]
    pub(crate) readiness_probe: Option<Probe>,
    #[prost(message, optional, tag = "22")]
    pub(crate) startup_probe: Option<Probe>,
    #[prost(string, tag = "24")]
    pub(crate) restart_policy: String,
}

/// In protobuf the container is a message of its own inside, in JSON its fields stand beside the others.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(from = "Container")]
pub(crate) struct EphemeralContainer {
    #[prost(message, optional, tag = "1")]
    pub(crate) container: Option<Container>,
}

#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Probe {
    #[prost(int32, tag = "2")]
    pub(crate) initial_delay_seconds: i32,
    #[prost(int32, optional, tag = "4")]
    pub(crate) period_seconds: Option<i32>,
    #[prost(int32, optional, tag = "6")]
    pub(crate) failure_threshold: Option<i32>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ResourceRequirements {
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "entries")]
    pub(crate) limits: Vec<Amount>,
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "entries")]
    pub(crate) requests: Vec<Amount>,
}

/// One entry of a `ResourceList`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Amount {
    #[prost(string, tag = "1")]
    pub(crate) key: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) value: Option<Quantity>,
}

/// In protobuf the source is a message of its own inside, in JSON its fields stand beside the name.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(from = "FlatVolume")]
pub(crate) struct Volume {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) source: Option<VolumeSource>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct VolumeSource {
    #[prost(message, optional, tag = "10")]
    pub(crate) persistent_volume_claim: Option<ClaimReference>,
    #[prost(message, optional, tag = "29")]
    pub(crate) ephemeral: Option<EphemeralVolume>,
}

#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ClaimReference {
    #[prost(string, tag = "1")]
    pub(crate) claim_name: String,
}

/// A claim made for this pod alone, named after it; nothing inside is of interest.
#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EphemeralVolume {}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct FlatVolume {
    name: String,
    persistent_volume_claim: Option<ClaimReference>,
    ephemeral: Option<EphemeralVolume>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Affinity {
    #[prost(message, optional, tag = "1")]
    pub(crate) node_affinity: Option<NodeAffinity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeAffinity {
    #[prost(message, optional, tag = "1")]
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    pub(crate) required: Option<NodeSelector>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct NodeSelector {
    #[prost(message, repeated, tag = "1")]
    pub(crate) node_selector_terms: Vec<NodeSelectorTerm>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct NodeSelectorTerm {
    #[prost(message, repeated, tag = "2")]
    pub(crate) match_fields: Vec<NodeSelectorRequirement>,
}

#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeSelectorRequirement {
    #[prost(string, tag = "1")]
    pub(crate) key: String,
    #[prost(string, tag = "2")]
    pub(crate) operator: String,
    #[prost(string, repeated, tag = "3")]
    pub(crate) values: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ReadinessGate {
    #[prost(string, tag = "1")]
    pub(crate) condition_type: String,
}

#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct SchedulingGate {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PodStatus {
    #[prost(string, tag = "1")]
    pub(crate) phase: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) conditions: Vec<ProbedCondition>,
    #[prost(string, tag = "3")]
    pub(crate) message: String,
    #[prost(string, tag = "4")]
    pub(crate) reason: String,
    #[prost(string, tag = "6")]
    #[serde(rename = "podIP")]
    pub(crate) pod_ip: String,
    #[prost(message, optional, tag = "7")]
    pub(crate) start_time: Option<Time>,
    #[prost(message, repeated, tag = "8")]
    pub(crate) container_statuses: Vec<ContainerStatus>,
    #[prost(message, repeated, tag = "10")]
    pub(crate) init_container_statuses: Vec<ContainerStatus>,
    #[prost(string, tag = "11")]
    pub(crate) nominated_node_name: String,
    #[prost(message, repeated, tag = "13")]
    pub(crate) ephemeral_container_statuses: Vec<ContainerStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ContainerStatus {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) state: Option<ContainerState>,
    #[prost(message, optional, tag = "3")]
    pub(crate) last_state: Option<ContainerState>,
    #[prost(bool, tag = "4")]
    pub(crate) ready: bool,
    #[prost(int32, tag = "5")]
    pub(crate) restart_count: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ContainerState {
    #[prost(message, optional, tag = "1")]
    pub(crate) waiting: Option<Waiting>,
    #[prost(message, optional, tag = "2")]
    pub(crate) running: Option<Running>,
    #[prost(message, optional, tag = "3")]
    pub(crate) terminated: Option<Terminated>,
}

#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Waiting {
    #[prost(string, tag = "1")]
    pub(crate) reason: String,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
}

#[derive(Clone, Copy, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Running {
    #[prost(message, optional, tag = "1")]
    pub(crate) started_at: Option<Time>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Terminated {
    #[prost(int32, tag = "1")]
    pub(crate) exit_code: i32,
    #[prost(int32, tag = "2")]
    pub(crate) signal: i32,
    #[prost(string, tag = "3")]
    pub(crate) reason: String,
    #[prost(string, tag = "4")]
    pub(crate) message: String,
    #[prost(message, optional, tag = "5")]
    pub(crate) started_at: Option<Time>,
    #[prost(message, optional, tag = "6")]
    pub(crate) finished_at: Option<Time>,
}

impl From<Container> for EphemeralContainer {
    fn from(container: Container) -> Self {
        Self { container: Some(container) }
    }
}

impl From<(String, Quantity)> for Amount {
    fn from((key, value): (String, Quantity)) -> Self {
        Self { key, value: Some(value) }
    }
}

impl From<FlatVolume> for Volume {
    fn from(flat: FlatVolume) -> Self {
        let FlatVolume { name, persistent_volume_claim, ephemeral } = flat;
        Self { name, source: Some(VolumeSource { persistent_volume_claim, ephemeral }) }
    }
}
