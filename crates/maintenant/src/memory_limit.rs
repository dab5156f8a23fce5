//! How much memory the process may hold: the limit of its container, which is the process's own budget.
//!
//! Read from the kernel's control groups: `memory.max` of version 2, `memory.limit_in_bytes` of version 1
//! (Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of Linux). A limit of any group above counts too.
use std::path::{Path, PathBuf};

/// Version 1 writes a number near this where there is no limit.
const UNLIMITED: u64 = 1 << 60;

/// The limit of this process in bytes; `None` where there is none or none can be read.
pub(crate) fn read() -> Option<u64> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    limit(&groups, Path::new("/sys/fs/cgroup"))
}

/// The smallest limit on the way up from the groups that `/proc/self/cgroup` names. In a container the group's own
/// directory may be mounted at the root, under which its name is not to be found.
fn limit(groups: &str, root: &Path) -> Option<u64> {
    let found = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, group) = (parts.next()?, parts.next()?, parts.next()?);
        let (mount, file) = match controllers {
            "" => (root.to_owned(), "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                (root.join("memory"), "memory.limit_in_bytes")
            }
            _ => return None,
        };
        above(&mount, group).filter_map(|directory| limit_in(&directory.join(file))).min()
    });
    found.min()
}

/// The directory of the group and all above it, down to the mount's own.
fn above(mount: &Path, group: &str) -> impl Iterator<Item = PathBuf> {
    let group = Path::new(group).strip_prefix("/").unwrap_or(Path::new(group)).to_owned();
    // What leaves the mount is none of ours.
    let is_inside = group.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let group = if is_inside { group } else { PathBuf::new() };
    let directories: Vec<_> = group.ancestors().map(|part| mount.join(part)).collect();
    directories.into_iter()
}

fn limit_in(file: &Path) -> Option<u64> {
    let bytes = std::fs::read_to_string(file).ok()?.trim().parse().ok()?;
    (bytes < UNLIMITED).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::version_2("0::/", &[("memory.max", "268435456\n")], Some(256 << 20))]
    #[case::without_a_limit("0::/", &[("memory.max", "max\n")], None)]
    #[case::of_a_group_above(
        "0::/kubepods/pod1/app",
        &[("kubepods/memory.max", "max"), ("kubepods/pod1/memory.max", "1000"), ("kubepods/pod1/app/memory.max", "2000")],
        Some(1000)
    )]
    #[case::its_own_group_mounted_at_the_root("0::/../../pod1", &[("memory.max", "1000")], Some(1000))]
    #[case::version_1(
        "9:memory:/kubepods/pod1\n1:cpu,cpuacct:/kubepods/pod1\n0::/",
        &[("memory/memory.limit_in_bytes", "9223372036854771712"), ("memory/kubepods/pod1/memory.limit_in_bytes", "1000")],
        Some(1000)
    )]
    #[case::version_1_mounted_at_the_root(
        "9:memory:/docker/abc",
        &[("memory/memory.limit_in_bytes", "1000")],
        Some(1000)
    )]
    #[case::version_1_without_a_limit("9:memory:/", &[("memory/memory.limit_in_bytes", "9223372036854771712")], None)]
    #[case::no_groups("", &[], None)]
    #[case::nonsense("0::", &[("memory.max", "many")], None)]
    fn the_smallest_limit_on_the_way_up_counts(
        #[case] groups: &str,
        #[case] files: &[(&str, &str)],
        #[case] expected: Option<u64>,
    ) {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        assert_eq!(limit(groups, root.path()), expected);
    }
}
