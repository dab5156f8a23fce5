//! What a workload is, whether it is healthy, since when, and why not.
//!
//! Everything here is pure: no clock, no I/O, no Kubernetes type. Sources hand in [`observation::Observation`]s and
//! the time; [`state::State::apply`] answers with [`change::Change`]s. Reading is done on a clone of the state,
//! which costs nothing: all of it is shared.

pub mod change;
pub mod claim;
pub mod compute;
pub mod condition;
pub mod controller;
pub mod diagnosis;
pub mod event;
pub mod health;
pub mod id;
pub mod judgement;
pub mod last_words;
pub mod license;
pub mod memory;
pub mod namespace;
pub mod node;
pub mod observation;
pub mod pod;
pub mod port;
pub mod scope;
pub mod source;
pub mod state;
pub mod text;
pub mod time;
pub mod workload;
