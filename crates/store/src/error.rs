//! What can go wrong with the file.
use std::io;
use std::path::PathBuf;

/// Why the history can't be opened, or not written to right now.
///
/// None of these is a reason to stop monitoring: go on with [`crate::NoHistory`], show the message, and where
/// [`StoreError::is_retryable`] says so open the file again after a while, as the binary does. What is remembered in it
/// must reach the state before any fact. The store itself never deletes or replaces a file that it can't read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory of the file does not exist. Make it, or name another file.
    #[error("the directory {} for the history does not exist; make it, or set MAINTENANT_DB to a file elsewhere", .0.display())]
    DirectoryMissing(PathBuf),

    /// The path is a directory or something else that is no file.
    #[error("{} is not a file; set MAINTENANT_DB to the path of a file", .0.display())]
    NotAFile(PathBuf),

    /// There is no file yet and none can be made.
    #[error("the history {} can't be created: {reason}; make its directory writable, or set MAINTENANT_DB to a file elsewhere", .path.display())]
    NotWritable {
        /// The file
        path: PathBuf,
        /// The system's words
        reason: io::Error,
    },

    /// Another process has the file. It is free as soon as that one has ended, however it ends.
    #[error("the history {} is in use by another maintenant{}; stop that one, or give this one a file of its own with MAINTENANT_DB", .path.display(), pid_in_words(*.pid))]
    InUse {
        /// The file
        path: PathBuf,
        /// The other process, if it can be told
        pid: Option<u32>,
    },

    /// A newer maintenant has written the file. Run that one, or use another file.
    #[error("the history {} was written by a newer maintenant (its format is {found}, this one knows up to {known}); run that version again, or set MAINTENANT_DB to another file", .path.display())]
    Newer {
        /// The file
        path: PathBuf,
        /// The version of its format
        found: u32,
        /// The newest version that we know
        known: u32,
    },

    /// The file is of an older version and can't be brought up to date, because it may only be read.
    #[error("the history {} is of an older maintenant (its format is {found}, this one uses {known}) and can't be brought up to date because it may only be read; make it writable", .path.display())]
    OlderReadOnly {
        /// The file
        path: PathBuf,
        /// The version of its format
        found: u32,
        /// The version that is needed
        known: u32,
    },

    /// The file is a database of another program. Use another file.
    #[error("{} is the database of another program, not a history of maintenant; set MAINTENANT_DB to another file", .0.display())]
    OfAnotherProgram(PathBuf),

    /// The file is no database, or a damaged one. A person must move it away; what is intact can be had with
    /// `sqlite3 FILE .recover`.
    #[error("the history {} is damaged: {detail}; move it away together with its -wal and -shm, and start again", .path.display())]
    Damaged {
        /// The file
        path: PathBuf,
        /// What SQLite found
        detail: String,
    },

    /// The file is on a network file system, where SQLite's locks and shared memory can't be relied on.
    #[error("the history {} is on a network file system ({kind}), where it would be damaged sooner or later; set MAINTENANT_DB to a file on a local disk or a block volume", .path.display())]
    NetworkFileSystem {
        /// The file
        path: PathBuf,
        /// Which one, as a person calls it
        kind: &'static str,
    },

    /// The operating system refused something.
    #[error("{doing} {}: {source}", .path.display())]
    Io {
        /// What was being done
        doing: &'static str,
        /// To which file
        path: PathBuf,
        /// The system's words
        source: io::Error,
    },

    /// SQLite refused something: [`StoreError::is_retryable`] tells a lack of room or a lock from the rest.
    #[error("{doing}: {source}")]
    Sqlite {
        /// What was being done
        doing: &'static str,
        /// SQLite's words
        #[source]
        source: rusqlite::Error,
    },

    /// The last records could not be written in the time given. They are lost.
    #[error("{0} records of history could not be written before the end")]
    Unwritten(u64),
}

impl StoreError {
    /// Whether the same may succeed later without anybody changing the configuration.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::InUse { .. } | Self::Io { .. } => true,
            Self::Sqlite { source, .. } => {
                matches!(Trouble::of(source), Trouble::Busy | Trouble::Full | Trouble::Other)
            }
            _ => false,
        }
    }
}

/// What a failure of SQLite means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Another connection holds a lock.
    Busy,
    /// There is no room, on the disk or in the budget.
    Full,
    /// The file may only be read.
    ReadOnly,
    /// What is read makes no sense.
    Damaged,
    /// Anything else, errors of the disk among them
    Other,
}

impl Trouble {
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            _ => Self::Other,
        }
    }
}

fn pid_in_words(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}
