//! History in a SQLite file: which status each workload was in, what a judgement must remember, and when nothing was
//! known.
//!
//! # What is kept, and when
//!
//! A record that [`History::storage`] no longer counts as queued is in the file: killing the process at any moment loses
//! none of those, and neither does a power cut, as long as the disk keeps its word about what it has written. A power cut
//! may lose the last signs of life of the process itself, so that a gap seems a little longer than it was. Records reach
//! the file within 250 ms while the disk keeps up. When it does not, the live view goes on: what waits is bounded,
//! transitions of one workload become the first and the last of them, and the gap is said.
//!
//! Beside the file lie `-wal` and `-shm`, which belong to it, and `.lock`, which keeps a second process away. None of
//! them may be removed while the process runs.
//!
//! # Invariants
//!
//! One thread writes. Reading never waits for writing. A file that can't be used is explained, never replaced.

mod backlog;
mod error;
mod file;
mod gaps;
mod intervals;
mod ledger;
mod lock;
mod off;
mod readers;
mod retention;
mod runs;
mod schema;
mod standing;
mod volume;
mod writer;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod testbed;
#[cfg(test)]
mod tests;

pub use backlog::Limits;
pub use error::StoreError;
pub use off::NoHistory;

use backlog::Backlog;
use domain::id::WorkloadId;
use domain::memory::Memory;
use domain::port::{Gap, History, HistoryError, Interval, Journal, Record, Storage, StorageState};
use domain::time::Time;
use readers::Readers;
use retention::Retention;
use standing::Standing;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use writer::Writer;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// How far back history goes unless asked for otherwise.
const DEFAULT_AGE: Duration = Duration::from_hours(30 * 24);

/// How history is kept.
#[derive(Clone)]
pub struct Options {
    /// What time it is: for signs of life and for what is too old
    pub clock: Clock,
    /// How far back history goes
    pub age: Duration,
    /// How large the file may become, in bytes, `-wal` aside, which takes up to some 8 MiB more, and at least 16 MiB;
    /// `None`: four fifths of what the volume has for it, at most 1 GiB
    pub budget_bytes: Option<u64>,
    /// How much may wait for the disk
    pub backlog: Limits,
}

impl Options {
    /// The usual ones.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, age: DEFAULT_AGE, budget_bytes: None, backlog: Limits::default() }
    }
}

/// The history, open. It takes records down and reads them; dropping it ends its thread when what waits is written.
pub struct Store {
    path: PathBuf,
    writable: bool,
    backlog: Arc<Backlog>,
    standing: Arc<Standing>,
    readers: Readers,
    /// The writer's last word: how many records it could not write. `None` when the file may only be read, and once it
    /// has been heard.
    done: Mutex<Option<Receiver<u64>>>,
}

/// A history, and what was in it.
pub struct Opened {
    /// The history
    pub store: Store,
    /// What was remembered when the last process ended, to be handed to the state before any fact
    pub restored: Vec<(WorkloadId, Memory)>,
}

impl Store {
    /// Opens the history in that file, and makes it where there is none. A file or directory that may only be read is
    /// opened too: then [`History::storage`] says [`StorageState::ReadOnly`] and nothing is taken down.
    ///
    /// Reads the whole file once, to find damage before it is in the way: about 1.5 s for each GiB that the system has cached.
    pub fn open(path: &Path, options: Options) -> Result<Opened, StoreError> {
        let opened_at = (options.clock)();
        let file::Opened { path, mode, writing } = file::open(path)?;
        let (restored, malformed) = file::open_reader(&path, mode).and_then(|connection| {
            let memories = intervals::memories(&connection);
            memories.map_err(|error| file::explain(&path, "reading what was remembered", error))
        })?;
        if malformed > 0 {
            tracing::warn!(
                count = malformed,
                "what was remembered of some workloads can't be understood and is left out"
            );
        }
        let readers = Readers::open(&path, mode)?;
        let backlog = Arc::new(Backlog::new(options.backlog));
        let Some((connection, lock)) = writing else {
            let message = format!("The history {} may only be read: nothing is added to it.", path.display());
            let standing = Arc::new(Standing::new(&path, StorageState::ReadOnly, Some(message.into())));
            let store = Self { path, writable: false, backlog, standing, readers, done: Mutex::new(None) };
            return Ok(Opened { store, restored });
        };
        let standing = Arc::new(Standing::new(&path, StorageState::Ok, None));
        let (done, heard) = mpsc::channel();
        let writer = Writer {
            path: path.clone(),
            connection,
            lock,
            backlog: backlog.clone(),
            standing: standing.clone(),
            retention: Retention { age: options.age, budget_bytes: options.budget_bytes },
            clock: options.clock,
            opened_at,
            done,
        };
        thread::Builder::new().name("store-writer".into()).spawn(move || writer.run()).map_err(|source| {
            StoreError::Io { doing: "starting the writer of", path: path.clone(), source }
        })?;
        let store = Self { path, writable: true, backlog, standing, readers, done: Mutex::new(Some(heard)) };
        Ok(Opened { store, restored })
    }

    /// Ends the writing: waits at most so long until what waits is on disk and the file is closed. After that
    /// nothing is taken down nor read.
    pub fn close(&self, patience: Duration) -> Result<(), StoreError> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        // Before the writer's connection: the last one to close tidies up, and only that one may write.
        self.readers.close();
        let Some(writer) = done.take() else { return Ok(()) };
        self.backlog.close();
        match writer.recv_timeout(patience) {
            Ok(0) => Ok(()),
            Ok(unwritten) => Err(StoreError::Unwritten(unwritten)),
            Err(_) => Err(StoreError::Unwritten(self.storage().queued)),
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.readers.close();
        self.backlog.close();
        let done = self.done.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Ok(unwritten @ 1..)) = done.map(|done| done.recv()) {
            tracing::warn!(count = unwritten, "the last records of history could not be written");
        }
    }
}

impl Journal for Store {
    fn record(&self, record: Record) {
        if self.writable {
            self.backlog.push(record);
        }
    }
}

impl History for Store {
    fn intervals(&self, id: &WorkloadId, from: Time, to: Time) -> Result<Vec<Interval>, HistoryError> {
        self.read(|connection| intervals::intervals(connection, id, from, to))
    }

    fn gaps(&self, id: &WorkloadId, from: Time, to: Time) -> Result<Vec<Gap>, HistoryError> {
        self.read(|connection| {
            let mut gaps = gaps::gaps(connection, id, from, to)?;
            if !self.writable {
                let ended = gaps::end_of_last_run(connection)?.unwrap_or(from);
                gaps.extend(gaps::cut((from, to), ended, None, "the history may only be read"));
            }
            Ok(gaps)
        })
    }

    fn storage(&self) -> Storage {
        let (state, message) = self.standing.ask();
        Storage {
            state,
            path: Some(self.path.to_string_lossy().into()),
            bytes: file::size(&self.path).ok(),
            message,
            queued: self.backlog.queued(),
            dropped: self.backlog.dropped(),
        }
    }
}

impl Store {
    fn read<T>(
        &self,
        read: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T, HistoryError> {
        let explain =
            |error: &dyn std::fmt::Display| HistoryError(format!("{}: {error}", self.path.display()));
        match self.readers.read(read) {
            Some(result) => result.map_err(|error| explain(&error)),
            None => Err(explain(&"it is closed")),
        }
    }
}
