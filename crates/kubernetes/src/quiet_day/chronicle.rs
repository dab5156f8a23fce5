//! What was said lately of each workload, for whoever reads of a day that was not quiet.

use domain::id::WorkloadId;
use domain::workload::Row;
use jiff::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::sync::Arc;

/// Rows that are kept of one workload.
const LATEST: usize = 12;

/// The latest rows of each workload.
#[derive(Debug, Default)]
pub(super) struct Chronicle {
    rows: BTreeMap<Arc<WorkloadId>, VecDeque<(Timestamp, Arc<Row>)>>,
}

impl Chronicle {
    pub(super) fn note(&mut self, row: &Arc<Row>, now: Timestamp) {
        let rows = self.rows.entry(row.id.clone()).or_default();
        rows.push_back((now, row.clone()));
        if rows.len() > LATEST {
            rows.pop_front();
        }
    }

    /// One line for each row.
    pub(super) fn tell(&self, id: &WorkloadId) -> String {
        let mut told = String::new();
        for (at, row) in self.rows.get(id).into_iter().flatten() {
            writeln!(told, "  {at}  {}", line(row)).expect("text can be written");
        }
        told
    }
}

/// A row as a person would note it.
pub(super) fn line(row: &Row) -> String {
    let number = |number: Option<u32>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    let (code, summary) = match &row.diagnosis {
        Some(diagnosis) => (diagnosis.code.as_str(), &*diagnosis.summary),
        None => ("", ""),
    };
    format!(
        "{} since {:?}, {} ready, {} updated, {} available of {}: {code} {summary}",
        row.health,
        row.since,
        number(row.ready),
        number(row.updated),
        number(row.available),
        number(row.desired)
    )
}
