//! What the operating system says of this process, under the names that Prometheus' own clients use.
use super::family::{Family, FamilyKind};
use crate::memory;
use domain::time::Time;

/// Memory, its limit, and the start; memory only where there is a `/proc`, its limit only where there is one.
pub(super) fn families(started: Time, memory_limit: Option<u64>) -> Vec<Family> {
    let started = started.as_millis() as f64 / 1000.0;
    let start = Family::single(
        "process_start_time_seconds",
        "Start of the process, in seconds since 1970",
        FamilyKind::Gauge,
        started,
    );
    let memory = memory::resident_bytes().map(|bytes| {
        Family::single(
            "process_resident_memory_bytes",
            "Memory of the process that is in RAM",
            FamilyKind::Gauge,
            bytes as f64,
        )
    });
    let limit = memory_limit.map(|bytes| {
        Family::single(
            "maintenant_memory_limit_bytes",
            "Memory that the process may hold: the limit of its container",
            FamilyKind::Gauge,
            bytes as f64,
        )
    });
    std::iter::once(start).chain(memory).chain(limit).collect()
}
