//! One process at a time: an advisory lock that goes with its holder, however that ends.
use crate::error::StoreError;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The longest text that is read from a lock file: a process id and its end of line.
const PID_BYTES: u64 = 16;

/// Held for as long as this lives. It is a lock of the kernel on a file beside the database (`flock`): SQLite's own
/// locks on the database itself would be lost by opening and closing it once more. The file stays when the lock is
/// gone, since removing it would let two processes hold one each.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a database.
    pub(crate) fn take(database: &Path) -> Result<Self, StoreError> {
        let path = lock_path(database);
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = match opened {
            Ok(file) => file,
            Err(reason) if refuses_writing(&reason) => {
                return Err(StoreError::NotWritable { path: database.to_owned(), reason });
            }
            Err(source) => return Err(StoreError::Io { doing: "opening the lock", path, source }),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse { path: database.to_owned(), pid: read_pid(&mut file) });
            }
            Err(TryLockError::Error(source)) => {
                return Err(StoreError::Io { doing: "locking", path, source });
            }
        }
        // For the message that the next one gets; on a full disk that message lacks the number, and that is all.
        if let Err(error) = write_pid(&mut file) {
            tracing::debug!(path = %path.display(), %error, "the lock is held, but does not tell by whom");
        }
        Ok(Self { _file: file })
    }
}

/// Whether the system says that nothing may be written there.
pub(crate) fn refuses_writing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(PID_BYTES).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
