//! How many connections there may be, and how patient the server is with them.
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::time::Duration;

/// The most connections at a time, whatever the operating system allows. Further ones wait in the kernel's queue.
const MOST_CONNECTIONS: usize = 2048;
/// Files that stay for all else: requests to API servers, the history, the runtime's own.
const RESERVED_FILES: u64 = 256;
/// How long a client may take nothing of what is being sent to it.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);

/// What the server grants its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How many connections may be open at a time
    pub(crate) connections: usize,
    /// How long a client may take nothing of what is being sent to it
    pub(crate) write_patience: Duration,
}

impl Limits {
    /// As many connections as this process may open files for. Its soft limit is raised as far as they need: it is
    /// often 1024, for programs that can't handle more, and the hard limit is the one that somebody has chosen.
    pub(super) fn of_process() -> Self {
        let files = raise_open_files(MOST_CONNECTIONS as u64 + RESERVED_FILES);
        let connections = connections(files);
        if connections < MOST_CONNECTIONS {
            tracing::warn!(
                files,
                connections,
                "few files may be open, so few connections are taken; raise the hard limit (ulimit -Hn, LimitNOFILE=)"
            );
        }
        Self { connections, write_patience: WRITE_PATIENCE }
    }
}

/// Raises the soft limit of open files to that number, or as far as the hard limit allows. Answers what holds then;
/// `None`: nothing had to be raised.
fn raise_open_files(wanted: u64) -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current.filter(|current| *current < wanted)?;
    let raised = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let is_raised = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit }).is_ok();
    Some(if is_raised { raised } else { current })
}

/// How many connections fit into that many files; where these are very few, connections get half of them.
fn connections(files: Option<u64>) -> usize {
    let left = files.map(|files| files - RESERVED_FILES.min(files / 2));
    left.and_then(|left| usize::try_from(left).ok()).unwrap_or(MOST_CONNECTIONS).clamp(1, MOST_CONNECTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, 2048)]
    #[case(Some(1_048_576), 2048)]
    #[case(Some(2304), 2048)]
    #[case(Some(2303), 2047)]
    #[case(Some(1024), 768)]
    #[case(Some(100), 50)]
    #[case(Some(1), 1)]
    #[case(Some(0), 1)]
    fn connections_leave_files_for_all_else(#[case] files: Option<u64>, #[case] expected: usize) {
        assert_eq!(connections(files), expected);
    }

    #[test]
    fn the_soft_limit_is_raised_as_far_as_needed_and_never_lowered() {
        let before = getrlimit(Resource::Nofile);
        // One file less, so that there is room to raise it whatever the machine allows.
        let most = before.maximum.unwrap_or(4096).min(4096);
        setrlimit(Resource::Nofile, Rlimit { current: Some(most - 1), ..before }).unwrap();
        assert_eq!(raise_open_files(1), None);
        assert_eq!(getrlimit(Resource::Nofile).current, Some(most - 1));
        let beyond = before.maximum.map(|maximum| maximum + 1);
        assert_eq!(raise_open_files(most), Some(most));
        assert_eq!(getrlimit(Resource::Nofile), Rlimit { current: Some(most), ..before });
        if let Some(beyond) = beyond {
            assert_eq!(raise_open_files(beyond), before.maximum, "the hard limit holds");
        }
    }
}
