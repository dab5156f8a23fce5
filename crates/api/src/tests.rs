//! What a client notices, each over a real connection but where time is made to pass.

mod convergence;
mod detail;
mod document;
mod history;
mod lists;
mod metrics;
mod page;
mod refusals;
mod server;
mod stream;
mod streaming;
