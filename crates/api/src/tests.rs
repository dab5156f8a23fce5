//! What a client notices, each over a real connection but where time is made to pass.

mod connections;
mod convergence;
mod detail;
mod document;
mod history;
mod large_changes;
mod license;
mod lists;
mod metrics;
mod names;
mod page;
mod refusals;
mod server;
mod stream;
mod streaming;
mod touches;
