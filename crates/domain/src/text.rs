//! Strings that are shared: most names of a cluster repeat thousands of times.
use std::sync::Arc;

/// A string from outside, shared and never changed. Sources hand out one allocation for equal strings.
pub type Text = Arc<str>;
