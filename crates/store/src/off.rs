//! No history: what stands in when there is no file that can be used.
use domain::id::WorkloadId;
use domain::port::{Gap, History, HistoryError, Interval, Journal, Record, Storage, StorageState};
use domain::text::Text;
use domain::time::Time;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Takes nothing down and knows nothing; says why.
#[derive(Debug)]
pub struct NoHistory {
    path: Option<Text>,
    message: Mutex<Text>,
}

impl NoHistory {
    /// `message` tells a person why there is none: an error of [`crate::Store::open`], say.
    #[must_use]
    pub fn new(path: Option<&Path>, message: &str) -> Self {
        Self { path: path.map(|path| path.to_string_lossy().into()), message: Mutex::new(message.into()) }
    }

    /// From now on there is none for another reason.
    pub fn explain(&self, message: &str) {
        *self.message.lock().unwrap_or_else(PoisonError::into_inner) = message.into();
    }
}

impl Journal for NoHistory {
    fn record(&self, _record: Record) {}
}

impl History for NoHistory {
    fn intervals(&self, _id: &WorkloadId, _from: Time, _to: Time) -> Result<Vec<Interval>, HistoryError> {
        Ok(Vec::new())
    }

    fn gaps(&self, _id: &WorkloadId, from: Time, to: Time) -> Result<Vec<Gap>, HistoryError> {
        let gap = Gap { from, to, why: "history is not kept".into() };
        Ok(if from < to { vec![gap] } else { Vec::new() })
    }

    fn storage(&self) -> Storage {
        Storage {
            state: StorageState::Off,
            path: self.path.clone(),
            bytes: None,
            message: Some(self.message.lock().unwrap_or_else(PoisonError::into_inner).clone()),
            queued: 0,
            dropped: 0,
        }
    }
}
