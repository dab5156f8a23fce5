//! A Kubernetes API server small enough to embed.
//!
//! It speaks the read half of the real protocol over HTTP on loopback: list, watch, get, logs and pod metrics, in
//! JSON and protobuf. Tests, the demo and benchmarks put objects into its [`Cluster`] and break its
//! [`Faults`] on demand; a client cannot tell the difference but by what it may not do: every verb other than
//! `GET` is refused and counted.
//!
//! Everything random comes from a seed and every time from a [`Clock`], so that the same seed and the same times
//! give the same bytes.

mod access;
mod activity;
mod clock;
mod cluster;
mod control_plane;
mod demo;
mod error;
mod faults;
mod load;
mod request;
mod resource;
mod selector;
mod server;
mod simulator;
mod status;
mod usage;
mod wire;
mod workload;

pub use access::{Access, Rule};
pub use activity::{Activity, Verb};
pub use clock::Clock;
pub use cluster::{Change, Cluster, Object, What};
pub use control_plane::{Behaviour, ControlPlane};
pub use demo::Demo;
pub use error::Error;
pub use faults::{Corruption, Cut, Failure, Faults, Pace, Scope};
pub use load::{Churn, Fill};
pub use resource::Resource;
pub use simulator::{Builder, MetricsApi, Simulator};
pub use usage::Climb;
pub use workload::Workload;
