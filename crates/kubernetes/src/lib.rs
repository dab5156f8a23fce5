//! Kubernetes API objects become observations: the only crate that knows how to speak to an API server.
//!
//! A [`Collector`] follows every resource of every cluster that it may read, each with one watch, and tells what it
//! sees as [`domain::observation::Observation`]s. All its requests are GET. What can't be read is said and tried again;
//! nothing it meets ends it but its own end.

mod api;
mod backoff;
mod cause;
mod cluster;
mod collector;
mod config;
mod connection;
mod conversion;
mod description;
mod endpoint;
mod error;
mod interner;
mod item;
mod kubeconfig;
mod logs;
mod presence;
#[cfg(test)]
mod quiet_day;
#[cfg(test)]
mod recordings;
mod report;
mod secrets;
mod source;
mod telemetry;
mod usage;
mod visible_text;
mod wire;

pub use collector::Collector;
pub use config::{Access, ClusterConfig, Config, Encoding};
pub use connection::WITHHELD_FROM_PLUG_INS;
pub use error::{Error, Refusal};
pub use kubeconfig::{cluster_name, discover};
pub use telemetry::{Request, Telemetry, Traffic, Verb};
pub use wire::Malformed;
