//! How the history's storage stands.
use super::family::{Family, FamilyKind, Sample};
use domain::port::Storage;

/// Its state as a label, as for the health of workloads; its size where there is a file.
pub(super) fn families(storage: &Storage) -> Vec<Family> {
    let state = Family {
        name: "storage_state",
        help: "How the history's storage stands, as a label; the value is 1",
        kind: FamilyKind::Gauge,
        samples: vec![Sample { labels: vec![("state", storage.state.as_str().to_owned())], value: 1.0 }],
    };
    let bytes = storage.bytes.map(|bytes| {
        Family::single("storage_bytes", "Size of the history's file", FamilyKind::Gauge, bytes as f64)
    });
    let queued = Family::single(
        "storage_queued_records",
        "Records that wait for the disk",
        FamilyKind::Gauge,
        storage.queued as f64,
    );
    let dropped = Family::single(
        "storage_dropped_records",
        "Records coalesced or lost because the disk did not keep up",
        FamilyKind::Counter,
        storage.dropped as f64,
    );
    std::iter::once(state).chain(bytes).chain([queued, dropped]).collect()
}
