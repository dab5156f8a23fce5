//! What the operating system says of this process, under the names that Prometheus' own clients use.
use super::family::{Family, FamilyKind};
use domain::time::Time;

/// Memory and start; memory only where there is a `/proc`.
pub(super) fn families(started: Time) -> Vec<Family> {
    let started = started.as_millis() as f64 / 1000.0;
    let start = Family::single(
        "process_start_time_seconds",
        "Start of the process, in seconds since 1970",
        FamilyKind::Gauge,
        started,
    );
    let resident =
        std::fs::read_to_string("/proc/self/status").ok().and_then(|status| resident_bytes(&status));
    let memory = resident.map(|bytes| {
        Family::single(
            "process_resident_memory_bytes",
            "Memory of the process that is in RAM",
            FamilyKind::Gauge,
            bytes as f64,
        )
    });
    std::iter::once(start).chain(memory).collect()
}

/// `VmRSS` of `/proc/self/status`, which is in KiB whatever the page size (proc(5)).
fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_from_proc() {
        let status = "Name:\tmaintenant\nVmHWM:\t   20000 kB\nVmRSS:\t   14336 kB\nThreads:\t4\n";
        assert_eq!(resident_bytes(status), Some(14 * 1024 * 1024));
        assert_eq!(resident_bytes("Name:\tx\n"), None);
    }
}
