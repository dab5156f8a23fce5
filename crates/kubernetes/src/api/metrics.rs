//! `metrics.k8s.io/v1beta1`, which is served as JSON only.

use super::meta::{ObjectMeta, entries};
use super::pod::Amount;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PodMetrics {
    pub(crate) metadata: ObjectMeta,
    pub(crate) containers: Vec<ContainerMetrics>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ContainerMetrics {
    #[serde(deserialize_with = "entries")]
    pub(crate) usage: Vec<Amount>,
}
