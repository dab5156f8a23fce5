//! The disk under the file.
use std::io;
use std::path::Path;

/// File systems of other machines, by `f_type` of `statfs(2)`. Those that may be either (FUSE, 9P, which containers on
/// a desktop use for local disks) are not among them.
const NETWORK: [(u64, &str); 9] = [
    (0x6969, "NFS"),
    (0xFF53_4D42, "CIFS"),
    (0x517B, "SMB"),
    (0xFE53_4D42, "SMB2"),
    (0x00C3_6400, "CephFS"),
    (0x5346_414F, "AFS"),
    (0x6B41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0BD0_0BD0, "Lustre"),
];

/// What the file system of a directory is called, if it is one of another machine.
#[cfg(target_os = "linux")]
pub(crate) fn network_file_system(directory: &Path) -> io::Result<Option<&'static str>> {
    // The magic numbers have 32 bits; some platforms hand them out sign-extended.
    let found = rustix::fs::statfs(directory)?.f_type as u64 & 0xFFFF_FFFF;
    Ok(name_of(found))
}

/// Elsewhere file systems have no such numbers: none is recognised.
#[cfg(not(target_os = "linux"))]
pub(crate) fn network_file_system(_directory: &Path) -> io::Result<Option<&'static str>> {
    Ok(None)
}

/// How many bytes an ordinary user may still write to the volume of a directory.
pub(crate) fn free_bytes(directory: &Path) -> io::Result<u64> {
    let volume = rustix::fs::statvfs(directory)?;
    Ok(volume.f_bavail.saturating_mul(volume.f_frsize))
}

fn name_of(magic: u64) -> Option<&'static str> {
    NETWORK.iter().find(|(number, _)| *number == magic).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::nfs(0x6969, Some("NFS"))]
    #[case::cifs(0xFF53_4D42, Some("CIFS"))]
    #[case::ceph(0x00C3_6400, Some("CephFS"))]
    #[case::ext4(0xEF53, None)]
    #[case::xfs(0x5846_5342, None)]
    #[case::overlay(0x794C_7630, None)]
    #[case::fuse_may_be_local(0x6573_5546, None)]
    fn file_systems_of_other_machines_are_told_by_their_number(
        #[case] magic: u64,
        #[case] name: Option<&str>,
    ) {
        assert_eq!(name_of(magic), name);
    }
}
