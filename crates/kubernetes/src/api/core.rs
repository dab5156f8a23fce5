//! `core/v1` but pods: namespaces, events, nodes, claims.

use super::condition::ProbedCondition;
use super::meta::{ObjectMeta, entries};
use super::pod::Amount;
use super::time::Time;
use prost::Message;
use serde::Deserialize;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Namespace {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<NamespaceStatus>,
}

#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NamespaceStatus {
    #[prost(string, tag = "1")]
    pub(crate) phase: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "`eventTime` is its name in the API")]
pub(crate) struct Event {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) involved_object: Option<ObjectReference>,
    #[prost(string, tag = "3")]
    pub(crate) reason: String,
    #[prost(string, tag = "4")]
    pub(crate) message: String,
    #[prost(message, optional, tag = "5")]
    pub(crate) source: Option<EventSource>,
    #[prost(message, optional, tag = "6")]
    pub(crate) first_timestamp: Option<Time>,
    #[prost(message, optional, tag = "7")]
    pub(crate) last_timestamp: Option<Time>,
    #[prost(int32, tag = "8")]
    pub(crate) count: i32,
    #[prost(string, tag = "9")]
    pub(crate) r#type: String,
    #[prost(message, optional, tag = "10")]
    pub(crate) event_time: Option<Time>,
    #[prost(message, optional, tag = "11")]
    pub(crate) series: Option<EventSeries>,
    #[prost(string, tag = "14")]
    pub(crate) reporting_component: String,
}

#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ObjectReference {
    #[prost(string, tag = "1")]
    pub(crate) kind: String,
    #[prost(string, tag = "2")]
    pub(crate) namespace: String,
    #[prost(string, tag = "3")]
    pub(crate) name: String,
    #[prost(string, tag = "4")]
    pub(crate) uid: String,
    #[prost(string, tag = "7")]
    pub(crate) field_path: String,
}

#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EventSource {
    #[prost(string, tag = "1")]
    pub(crate) component: String,
}

#[derive(Clone, Copy, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct EventSeries {
    #[prost(int32, tag = "1")]
    pub(crate) count: i32,
    #[prost(message, optional, tag = "2")]
    pub(crate) last_observed_time: Option<Time>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Node {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<NodeSpec>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<NodeStatus>,
}

#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeSpec {
    #[prost(bool, tag = "4")]
    pub(crate) unschedulable: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeStatus {
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "entries")]
    pub(crate) allocatable: Vec<Amount>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) conditions: Vec<ProbedCondition>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeClaim {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub(crate) spec: Option<ClaimSpec>,
    #[prost(message, optional, tag = "3")]
    pub(crate) status: Option<ClaimStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ClaimSpec {
    #[prost(message, optional, tag = "2")]
    pub(crate) resources: Option<super::pod::ResourceRequirements>,
    #[prost(string, tag = "5")]
    pub(crate) storage_class_name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ClaimStatus {
    #[prost(string, tag = "1")]
    pub(crate) phase: String,
    #[prost(message, repeated, tag = "3")]
    #[serde(deserialize_with = "entries")]
    pub(crate) capacity: Vec<Amount>,
}
