//! The one shape of every list.
use super::time::Timestamp;
use crate::query::page::Page;
use engine::Snapshot;
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

impl<T> ListView<T> {
    /// A page of what `snapshot` holds, each item as `view` shows it.
    pub(crate) fn of<S>(page: Page<S>, snapshot: &Snapshot, view: impl FnMut(S) -> T) -> Self {
        Self {
            items: page.items.into_iter().map(view).collect(),
            total: page.total,
            next_cursor: page.next,
            version: snapshot.version.to_string(),
            as_of: snapshot.as_of.into(),
        }
    }
}
