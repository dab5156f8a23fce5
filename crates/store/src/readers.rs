//! Connections for reading, lent one at a time.
use crate::error::StoreError;
use crate::file::{self, ReadMode};
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Two suffice: an answer takes less than a millisecond, and each keeps a cache.
const READERS: usize = 2;

/// The connections that nobody uses right now.
#[derive(Debug)]
pub(crate) struct Readers {
    /// `None` once the history is closed
    idle: Mutex<Option<Vec<Connection>>>,
    /// Wakes one who waits when a connection comes back.
    returned: Condvar,
}

impl Readers {
    pub(crate) fn open(path: &Path, mode: ReadMode) -> Result<Self, StoreError> {
        let connections = (0..READERS).map(|_| file::open_reader(path, mode)).collect::<Result<_, _>>()?;
        Ok(Self { idle: Mutex::new(Some(connections)), returned: Condvar::new() })
    }

    /// Reads with one of them, waiting for it when all are in use. What is read is of one moment. `None` when the history
    /// is closed.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Option<rusqlite::Result<T>> {
        let mut lent = self.lend()?;
        let result = lent.transaction().and_then(|transaction| read(&transaction));
        if let Some(idle) = self.idle().as_mut() {
            idle.push(lent);
        }
        self.returned.notify_one();
        Some(result)
    }

    /// Closes those that are idle, and the others when they come back.
    pub(crate) fn close(&self) {
        *self.idle() = None;
        self.returned.notify_all();
    }

    fn lend(&self) -> Option<Connection> {
        let mut idle = self.idle();
        loop {
            if let Some(connection) = idle.as_mut()?.pop() {
                return Some(connection);
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Option<Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
