//! Server-sent events, as bytes (WHATWG HTML §9.2).
use super::pending::Entry;
use crate::views::overview::{NamespaceCountsView, WholeView};
use crate::views::source::SourceView;
use crate::views::stream::{ChangeView, IdText, OverviewChangeView, SnapshotPartView};
use crate::views::workload::WorkloadView;
use bytes::Bytes;
use domain::time::Time;
use domain::workload::Row;
use engine::{Snapshot, Version};
use serde::Serialize;
use std::sync::Arc;

/// A comment: it keeps what is between us and the reader from closing a silent connection.
pub(super) const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// A change, as an event for all readers of a filter.
pub(super) struct Change<'a> {
    /// The version that a reader can go on from once it has this: of several events that make one change, only the
    /// last takes it further.
    pub(super) version: Version,
    pub(super) at: Time,
    pub(super) entries: &'a [Entry<'a>],
    /// Whether it makes the change whole: then the version is its id.
    pub(super) last: bool,
    pub(super) whole: WholeView,
    pub(super) namespaces: Vec<NamespaceCountsView>,
    pub(super) sources: Option<Vec<SourceView>>,
}

impl Change<'_> {
    /// The event.
    pub(super) fn to_event(&self) -> Bytes {
        let mut view = ChangeView {
            version: self.version.to_string(),
            at: self.at.into(),
            upserted: Vec::new(),
            removed: Vec::new(),
            touched: Vec::new(),
            overview: OverviewChangeView {
                whole: self.whole,
                namespaces: self.namespaces.clone(),
                sources: self.sources.clone(),
            },
        };
        for entry in self.entries {
            match *entry {
                Entry::Upserted(row) => view.upserted.push(row.into()),
                Entry::Removed(id) => view.removed.push(IdText(id.clone())),
                Entry::Touched(id) => view.touched.push(IdText(id.clone())),
            }
        }
        event("change", self.last.then_some(self.version), &view)
    }

    /// How everything stands: what a reader needs beside the rows of a snapshot.
    pub(super) fn overview_of(snapshot: &Snapshot) -> Self {
        Self {
            version: snapshot.version,
            at: snapshot.as_of,
            entries: &[],
            last: true,
            whole: WholeView::of(&snapshot.view),
            namespaces: NamespaceCountsView::all(&snapshot.view),
            sources: Some(SourceView::all(&snapshot.view)),
        }
    }
}

/// One part of a snapshot. `number` counts from 1.
pub(super) fn snapshot_part(version: Version, number: usize, last: bool, rows: &[Arc<Row>]) -> Bytes {
    let view = SnapshotPartView {
        version: version.to_string(),
        part: number,
        last,
        workloads: rows.iter().map(|row| WorkloadView::from(&**row)).collect(),
    };
    // Without an id: a reader that comes back before the overview that follows has nothing to go on from.
    event("snapshot", None, &view)
}

fn event(name: &str, id: Option<Version>, data: &impl Serialize) -> Bytes {
    let id = id.map(|version| format!("id: {version}\n")).unwrap_or_default();
    let mut text = format!("event: {name}\n{id}data: ").into_bytes();
    // JSON without line breaks is one line of data.
    serde_json::to_writer(&mut text, data)
        .expect("views are made of texts and numbers, which always serialise");
    text.extend_from_slice(b"\n\n");
    text.into()
}
