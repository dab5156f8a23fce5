//! The one shape of every list.
use super::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = List)]
pub(crate) struct ListView<T> {
    /// What is on this page, in the order asked for
    pub(crate) items: Vec<T>,
    /// How many there are on all pages
    pub(crate) total: usize,
    /// Give it as `cursor`, with the same filter and sort, for the next page; null on the last
    pub(crate) next_cursor: Option<String>,
    /// The state that this shows, `<epoch>-<seq>`: the stream goes on from it with `after`
    pub(crate) version: String,
    /// When that state was published
    pub(crate) as_of: Timestamp,
}
