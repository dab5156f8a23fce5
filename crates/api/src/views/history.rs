//! In which statuses a workload was, and when nothing was known of it.
use super::health::{HealthView, ReasonView};
use super::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The statuses of a workload over a span
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = History)]
pub(crate) struct HistoryView {
    pub(crate) id: String,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// Oldest first
    pub(crate) intervals: Vec<IntervalView>,
    /// When nothing was known, oldest first; they may overlap
    pub(crate) gaps: Vec<GapView>,
    pub(crate) available: AvailableView,
    /// How the storage stands: `ok`, `off`, `read_only`, `full`, `failing`
    pub(crate) storage: &'static str,
    /// The state that the last interval is of, `<epoch>-<seq>`
    pub(crate) version: String,
}

/// A workload was in one status from then to then
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Interval)]
pub(crate) struct IntervalView {
    pub(crate) health: HealthView,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// Why, at its beginning
    pub(crate) reason: Option<ReasonView>,
}

/// Nothing was known from then to then
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Gap)]
pub(crate) struct GapView {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// For a person
    #[schema(value_type = String)]
    pub(crate) why: domain::text::Text,
}

/// For how much of the time a workload served
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Available)]
pub(crate) struct AvailableView {
    /// Of the time in which it was known and something was asked for, the share in which it was not `failed`; null
    /// where there is no such time
    pub(crate) percent: Option<f64>,
}
