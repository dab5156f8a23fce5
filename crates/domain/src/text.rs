//! Strings that are shared: most names of a cluster repeat thousands of times.

/// A string from outside, shared and never changed. Sources hand out one allocation for equal strings.
///
/// One pointer wide, where `Arc<str>` is two: a pod has a dozen of them.
pub type Text = arcstr::ArcStr;
