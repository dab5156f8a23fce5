//! Conditions: the same fields in every kind, under different tags.

use super::time::Time;
use prost::Message;
use serde::Deserialize;

/// Of a Pod, a Node or a Job.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ProbedCondition {
    #[prost(string, tag = "1")]
    pub(crate) r#type: String,
    #[prost(string, tag = "2")]
    pub(crate) status: String,
    #[prost(message, optional, tag = "4")]
    pub(crate) last_transition_time: Option<Time>,
    #[prost(string, tag = "5")]
    pub(crate) reason: String,
    #[prost(string, tag = "6")]
    pub(crate) message: String,
}

/// Of a ReplicaSet, a StatefulSet or a DaemonSet; the others are turned into it.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SetCondition {
    #[prost(string, tag = "1")]
    pub(crate) r#type: String,
    #[prost(string, tag = "2")]
    pub(crate) status: String,
    #[prost(message, optional, tag = "3")]
    pub(crate) last_transition_time: Option<Time>,
    #[prost(string, tag = "4")]
    pub(crate) reason: String,
    #[prost(string, tag = "5")]
    pub(crate) message: String,
}

/// Of a Deployment, the only one that says when progress was made.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct DeploymentCondition {
    #[prost(string, tag = "1")]
    pub(crate) r#type: String,
    #[prost(string, tag = "2")]
    pub(crate) status: String,
    #[prost(string, tag = "4")]
    pub(crate) reason: String,
    #[prost(string, tag = "5")]
    pub(crate) message: String,
    #[prost(message, optional, tag = "6")]
    pub(crate) last_update_time: Option<Time>,
    #[prost(message, optional, tag = "7")]
    pub(crate) last_transition_time: Option<Time>,
}

impl From<ProbedCondition> for SetCondition {
    fn from(condition: ProbedCondition) -> Self {
        let ProbedCondition { r#type, status, last_transition_time, reason, message } = condition;
        Self { r#type, status, last_transition_time, reason, message }
    }
}

/// What it has more is of the Deployment, not of the condition.
impl From<DeploymentCondition> for SetCondition {
    fn from(condition: DeploymentCondition) -> Self {
        let DeploymentCondition { r#type, status, last_transition_time, reason, message, .. } = condition;
        Self { r#type, status, last_transition_time, reason, message }
    }
}
