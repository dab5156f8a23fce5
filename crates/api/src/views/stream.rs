//! What the event stream carries.
use super::overview::{NamespaceCountsView, WholeView};
use super::source::SourceView;
use super::time::Timestamp;
use super::workload::WorkloadView;
use domain::id::WorkloadId;
use serde::{Serialize, Serializer};
use std::sync::Arc;
use utoipa::ToSchema;

/// `event: snapshot`: one part of all that is asked for. It replaces what the client has, once the last part has come
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SnapshotPart)]
pub(crate) struct SnapshotPartView<'a> {
    pub(crate) version: String,
    /// From 1
    pub(crate) part: usize,
    pub(crate) last: bool,
    /// At most 200
    pub(crate) workloads: Vec<WorkloadView<'a>>,
}

/// `event: change`, with the version as its id. A change of more than 1,000 workloads comes in several, of which only
/// the last has an id and goes on to a new version
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub(crate) struct ChangeView<'a> {
    /// The state that the stream goes on from, with `after`, once this is taken in
    pub(crate) version: String,
    /// When the last of it was published
    pub(crate) at: Timestamp,
    /// New, or different, or come into the filter
    pub(crate) upserted: Vec<WorkloadView<'a>>,
    /// Ids of those gone, or out of the filter. A client need not know them all
    #[schema(value_type = Vec<String>)]
    pub(crate) removed: Vec<IdText>,
    /// Ids of workloads of which something changed that their row does not show: re-read the detail if it is open
    #[schema(value_type = Vec<String>)]
    pub(crate) touched: Vec<IdText>,
    pub(crate) overview: OverviewChangeView,
}

/// How everything stands after a change, whatever the filter
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OverviewChange)]
pub(crate) struct OverviewChangeView {
    #[serde(flatten)]
    pub(crate) whole: WholeView,
    /// Only those that changed; one whose total is 0 may be gone
    pub(crate) namespaces: Vec<NamespaceCountsView>,
    /// Null when they are as before
    pub(crate) sources: Option<Vec<SourceView>>,
}

/// An id, written without building its text first
#[derive(Clone, Debug)]
pub(crate) struct IdText(pub(crate) Arc<WorkloadId>);

impl Serialize for IdText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
