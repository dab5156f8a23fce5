//! The objects of the Kubernetes API, cut down to the fields that are used.
//!
//! One declaration reads both encodings: the tags are those of the API's own `.proto` files (which have not changed
//! since they were first published), the names those of its JSON. What is not named here is skipped unread.

pub(crate) mod apps;
pub(crate) mod batch;
pub(crate) mod condition;
pub(crate) mod core;
pub(crate) mod meta;
pub(crate) mod metrics;
pub(crate) mod pod;
pub(crate) mod quantity;
pub(crate) mod status;
pub(crate) mod time;
