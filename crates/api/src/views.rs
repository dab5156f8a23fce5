//! The JSON of `/api/v1`, apart from the domain's types: field for field what a client may rely on.
//!
//! Absent is null and never left out, so every property of every schema is required (see [`crate::openapi`]).
//! Views borrow from the snapshot they show; nothing is copied to be written.

pub(crate) mod cluster;
pub(crate) mod detail;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod license;
pub(crate) mod list;
pub(crate) mod overview;
pub(crate) mod pod;
pub(crate) mod server;
pub(crate) mod source;
pub(crate) mod stream;
pub(crate) mod time;
pub(crate) mod workload;
