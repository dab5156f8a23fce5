//! What tests stand on: a real Kubernetes control plane on loopback ([`Cluster`]), and the product's own binary run
//! against it ([`Program`], [`Server`]).
//!
//! For tests and benchmarks only; nothing depends on it otherwise. The control plane is that of `hack/cluster`, which
//! compiles it the first time.
//!
//! A set-up that fails is a failed test: what cannot be done panics, and says what was seen last. Everything here
//! blocks; a test on tokio uses `#[tokio::test(flavor = "multi_thread")]`, so that the product's tasks go on meanwhile.
#![allow(clippy::missing_panics_doc)] // said above, for all of them

mod capture;
mod cluster;
mod program;
mod server;
mod wait;

pub use cluster::Cluster;
pub use cluster::audit::AuditEntry;
pub use cluster::viewer::{Rights, Rule, Viewer};
pub use program::{Exit, Program, Running};
pub use server::Server;
pub use server::events::{Event, Events};
pub use server::reply::Reply;
pub use wait::until;
