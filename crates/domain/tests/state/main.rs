//! What a user sees of the state: which workloads there are, which pods are theirs, and when nothing is known.
#![expect(clippy::unwrap_used, reason = "a test that finds nothing has failed")]
mod bed;
mod grouping;
mod interruptions;
mod objects;
mod properties;
mod records;
mod room;
mod sight;
mod sources;
mod touches;
