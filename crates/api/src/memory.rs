//! How much memory the process holds.

/// Memory of this process that is in RAM, in bytes; `None` where there is no `/proc`.
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    resident(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// `VmRSS` of `/proc/self/status`, which is in KiB whatever the page size (proc(5)).
fn resident(status: &str) -> Option<u64> {
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
        assert_eq!(resident(status), Some(14 * 1024 * 1024));
        assert_eq!(resident("Name:\tx\n"), None);
    }
}
