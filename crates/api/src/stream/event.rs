//! Server-sent events, as bytes (WHATWG HTML §9.2).
use crate::views::overview::{NamespaceCountsView, WholeView};
use crate::views::source::SourceView;
use crate::views::stream::{ChangeView, IdText, OverviewChangeView, SnapshotPartView};
use crate::views::workload::WorkloadView;
use bytes::Bytes;
use domain::id::WorkloadId;
use domain::time::Time;
use domain::workload::Row;
use engine::{Snapshot, Version};
use serde::Serialize;
use std::sync::Arc;

/// A comment: it keeps what is between us and the reader from closing a silent connection.
pub(super) const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// A change, as an event for all readers of a filter.
pub(super) struct Change<'a> {
    pub(super) version: Version,
    pub(super) at: Time,
    pub(super) upserted: Vec<&'a Row>,
    pub(super) removed: Vec<Arc<WorkloadId>>,
    pub(super) whole: WholeView,
    pub(super) namespaces: Vec<NamespaceCountsView>,
    pub(super) sources: Option<Vec<SourceView>>,
}

impl Change<'_> {
    /// The event.
    pub(super) fn to_event(&self) -> Bytes {
        let view = ChangeView {
            version: self.version.to_string(),
            at: self.at.into(),
            upserted: self.upserted.iter().map(|row| WorkloadView::from(*row)).collect(),
            removed: self.removed.iter().cloned().map(IdText).collect(),
            overview: OverviewChangeView {
                whole: self.whole,
                namespaces: self.namespaces.clone(),
                sources: self.sources.clone(),
            },
        };
        event("change", Some(self.version), &view)
    }

    /// How everything stands: what a reader needs beside the rows of a snapshot.
    pub(super) fn overview_of(snapshot: &Snapshot) -> Self {
        Self {
            version: snapshot.version,
            at: snapshot.as_of,
            upserted: Vec::new(),
            removed: Vec::new(),
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
    // Only the last part makes the snapshot whole: a reader that comes back before has nothing to go on from.
    event("snapshot", last.then_some(version), &view)
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
