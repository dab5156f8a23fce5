//! What the commands do that ask a running server, or nobody.
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod license;
mod sources;
pub(crate) mod status;
mod urgency;
mod words;
