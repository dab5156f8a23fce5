//! The file: whether it can be used, and connections to it.
use crate::error::{StoreError, Trouble};
use crate::lock::{Lock, refuses_writing};
use crate::schema;
use crate::volume;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rustix::fs::Access;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement waits for another connection's lock before it fails: somebody may look into the file, or make a
/// backup of it, with the tools of SQLite.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Pages that a connection keeps in memory, in KiB: the data read is small and the system caches the file anyway.
const CACHE_KIB: i32 = 512;
/// What is left of the `-wal` file after a checkpoint, at most.
const WAL_BYTES: i64 = 4 << 20;

/// The file, opened for writing or, where that is refused, for reading.
pub(crate) struct Opened {
    /// Where it is, links resolved
    pub(crate) path: PathBuf,
    /// How to read it
    pub(crate) mode: ReadMode,
    /// The connection and the lock of the only writer; `None` where the file may only be read
    pub(crate) writing: Option<(Connection, Lock)>,
}

/// How a connection for reading is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadMode {
    /// Beside a writer
    Shared,
    /// Nobody can write, so that no locks are needed: a file in a directory that may not be written to has no place
    /// for the memory that connections share.
    Immutable,
}

/// Opens the file, makes it where there is none, and brings it up to date.
pub(crate) fn open(path: &Path) -> Result<Opened, StoreError> {
    let path = resolve(path)?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    let found = volume::network_file_system(directory);
    let found = found.map_err(|source| io_error("looking at the volume of", directory, source))?;
    if let Some(kind) = found {
        return Err(StoreError::NetworkFileSystem { path, kind });
    }
    let exists = path.exists();
    match take_for_writing(&path, directory) {
        Ok(lock) => {
            let connection = open_for_writing(&path)?;
            Ok(Opened { path, mode: ReadMode::Shared, writing: Some((connection, lock)) })
        }
        Err(StoreError::NotWritable { .. }) if exists => open_read_only(path),
        Err(error) => Err(error),
    }
}

/// Opens one more connection, for reading.
pub(crate) fn open_reader(path: &Path, mode: ReadMode) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match mode {
        ReadMode::Shared => Connection::open_with_flags(path, flags),
        ReadMode::Immutable => {
            Connection::open_with_flags(immutable_uri(path), flags | OpenFlags::SQLITE_OPEN_URI)
        }
    };
    let connection = connection.and_then(|connection| {
        settle(&connection)?;
        Ok(connection)
    });
    connection.map_err(|error| explain(path, "opening the history to read", error))
}

/// Turns an error of SQLite into the sentence that fits.
pub(crate) fn explain(path: &Path, doing: &'static str, source: rusqlite::Error) -> StoreError {
    match Trouble::of(&source) {
        Trouble::Damaged => StoreError::Damaged { path: path.to_owned(), detail: source.to_string() },
        _ => StoreError::Sqlite { doing, source },
    }
}

/// How many bytes the file takes, `-wal` included.
pub(crate) fn size(path: &Path) -> io::Result<u64> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let beside = fs::metadata(wal).map_or(0, |metadata| metadata.len());
    Ok(fs::metadata(path)?.len() + beside)
}

fn resolve(path: &Path) -> Result<PathBuf, StoreError> {
    match fs::canonicalize(path) {
        Ok(path) if path.is_file() => return Ok(path),
        Ok(path) => return Err(StoreError::NotAFile(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(io_error("looking for", path, source)),
    }
    let Some(name) = path.file_name() else { return Err(StoreError::NotAFile(path.to_owned())) };
    let directory = match path.parent() {
        Some(directory) if directory.as_os_str().is_empty() => Path::new("."),
        Some(directory) => directory,
        None => Path::new("/"),
    };
    match fs::canonicalize(directory) {
        Ok(directory) => Ok(directory.join(name)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(StoreError::DirectoryMissing(directory.to_owned()))
        }
        Err(source) => Err(io_error("looking for", directory, source)),
    }
}

/// Takes the lock and makes the file where there is none; [`StoreError::NotWritable`] when the system refuses that.
fn take_for_writing(path: &Path, directory: &Path) -> Result<Lock, StoreError> {
    let refused = |reason| StoreError::NotWritable { path: path.to_owned(), reason };
    // SQLite keeps files beside this one.
    rustix::fs::access(directory, Access::WRITE_OK).map_err(|error| refused(error.into()))?;
    let lock = Lock::take(path)?;
    match File::options().append(true).create(true).open(path) {
        Ok(_) => Ok(lock),
        Err(error) if refuses_writing(&error) => Err(refused(error)),
        Err(source) => Err(io_error("opening", path, source)),
    }
}

fn open_for_writing(path: &Path) -> Result<Connection, StoreError> {
    let explained = |error| explain(path, "opening the history", error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(explained)?;
    settle(&connection).map_err(explained)?;
    let version = check(&connection, path)?;
    if version == 0 {
        // Neither can be changed once there are tables.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(explained)?;
    }
    let log: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(explained)?;
    if log != "wal" {
        let reason =
            io::Error::other("the file system has no shared memory, which SQLite's write-ahead log needs");
        return Err(StoreError::NotWritable { path: path.to_owned(), reason });
    }
    if version == 0 {
        connection.pragma_update(None, "application_id", schema::APPLICATION_ID).map_err(explained)?;
    }
    schema::migrate(&mut connection).map_err(explained)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(explained)?;
    connection.pragma_update(None, "journal_size_limit", WAL_BYTES).map_err(explained)?;
    Ok(connection)
}

fn open_read_only(path: PathBuf) -> Result<Opened, StoreError> {
    // Without a place for the memory that connections share, SQLite says one or the other.
    let no_place = |error: &rusqlite::Error| {
        matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
    };
    let (mode, found) = match try_mode(&path, ReadMode::Shared) {
        Err(StoreError::Sqlite { source, .. }) if no_place(&source) => try_mode(&path, ReadMode::Immutable)?,
        tried => tried?,
    };
    if found < schema::VERSION {
        return Err(StoreError::OlderReadOnly { path, found, known: schema::VERSION });
    }
    Ok(Opened { path, mode, writing: None })
}

fn try_mode(path: &Path, mode: ReadMode) -> Result<(ReadMode, u32), StoreError> {
    let connection = open_reader(path, mode)?;
    Ok((mode, check(&connection, path)?))
}

/// What every connection has set.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)
}

/// Finds out whether the file is ours and whole; answers its version.
fn check(connection: &Connection, path: &Path) -> Result<u32, StoreError> {
    let explained = |error| explain(path, "reading the history", error);
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i32>(0)).map_err(explained);
    let version = schema::version(connection).map_err(explained)?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    if number("PRAGMA application_id")? != schema::APPLICATION_ID && (tables > 0 || version > 0) {
        return Err(StoreError::OfAnotherProgram(path.to_owned()));
    }
    if version > schema::VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known: schema::VERSION });
    }
    let found: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(explained)?;
    if found == "ok" {
        return Ok(version);
    }
    Err(StoreError::Damaged { path: path.to_owned(), detail: found })
}

/// The path as a URI, by RFC 3986: SQLite knows no other way to say that a file does not change.
fn immutable_uri(path: &Path) -> String {
    use std::fmt::Write;
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            other => write!(uri, "%{other:02X}").expect("a String takes everything"),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

fn io_error(doing: &'static str, path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { doing, path: path.to_owned(), source }
}
