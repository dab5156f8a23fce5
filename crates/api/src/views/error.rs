//! The one shape of every refusal.
use serde::Serialize;
use utoipa::ToSchema;

/// A refusal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct ErrorView {
    /// What went wrong
    pub(crate) error: FaultView,
}

/// What went wrong, for a program and for a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fault)]
pub(crate) struct FaultView {
    /// For programs: one of a published set, it does not change
    #[schema(example = "workload_not_found")]
    pub(crate) code: &'static str,
    /// For a person: what happened, naming every parameter at fault and what is allowed
    pub(crate) message: String,
    /// What to do about it
    pub(crate) hint: Option<&'static str>,
}
