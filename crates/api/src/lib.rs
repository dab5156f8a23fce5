//! What a person or a program reads: REST, the event stream, metrics, and the web page.
//!
//! Everything here only reads. An answer is made from one snapshot of the engine, so that its parts agree and carry
//! one version; what is outside the namespace filter is not in the snapshot, and so is nowhere. Requests are untrusted:
//! they are bounded in size, number and time, and read strictly.

mod app;
mod assets;
mod context;
mod diagnoses;
mod error;
mod etag;
mod facts;
mod guard;
mod history;
mod memory;
mod metrics;
mod openapi;
mod query;
mod routes;
mod server;
mod stream;
mod views;

#[cfg(test)]
mod testbed;
#[cfg(test)]
mod tests;

pub use context::{About, ClusterLink, Context, Family, FamilyKind, Sample};
pub use memory::resident_bytes;
pub use server::{GRACE, Server};

/// The page of the docs about the published codes, in their order: what each means, how to see for oneself, how to mend it.
#[must_use]
pub fn diagnoses_document() -> String {
    diagnoses::text()
}

/// The OpenAPI document of `/api/v1`, as the code has it; the server shows the one that is pinned in `openapi.json`.
#[must_use]
pub fn openapi_document() -> String {
    openapi::text(routes::all().1)
}
