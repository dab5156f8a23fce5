//! A history in a directory of its own, with a clock that the test sets.
use crate::{Clock, Options, Store, StoreError};
use domain::change::Transition;
use domain::health::Health;
use domain::id::WorkloadId;
use domain::memory::Memory;
use domain::port::{History, Journal, Record};
use domain::time::Time;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Testbed {
    directory: TempDir,
    clock: Arc<AtomicI64>,
    pub(crate) options: Options,
    store: Option<Store>,
}

impl Testbed {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(AtomicI64::new(0));
        let read = clock.clone();
        let clock_of_store: Clock = Arc::new(move || Time::from_millis(read.load(Ordering::Relaxed)));
        let options = Options::new(clock_of_store);
        Self { directory: tempfile::tempdir().unwrap(), clock, options, store: None }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("history.db")
    }

    pub(crate) fn set_clock(&self, at: Time) {
        self.clock.store(at.as_millis(), Ordering::Relaxed);
    }

    /// Opens the file at that time; answers what was remembered.
    pub(crate) fn open(&mut self, at: Time) -> Vec<(WorkloadId, Memory)> {
        self.try_open(at).unwrap()
    }

    pub(crate) fn try_open(&mut self, at: Time) -> Result<Vec<(WorkloadId, Memory)>, StoreError> {
        self.set_clock(at);
        let opened = Store::open(&self.path(), self.options.clone())?;
        self.store = Some(opened.store);
        Ok(opened.restored)
    }

    pub(crate) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    pub(crate) fn record(&self, record: Record) {
        self.store().record(record);
    }

    /// Waits until all that was recorded is on disk.
    pub(crate) fn settle(&self) {
        until("all records are on disk", || self.store().storage().queued == 0);
    }

    /// Ends in order at that time.
    pub(crate) fn close(&mut self, at: Time) {
        self.set_clock(at);
        self.store.take().unwrap().close(PATIENCE).unwrap();
    }
}

pub(crate) fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "it never came to this: {what}");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

pub(crate) fn at(secs: i64) -> Time {
    Time::from_secs(secs)
}

pub(crate) fn id(text: &str) -> Arc<WorkloadId> {
    Arc::new(text.parse().unwrap())
}

pub(crate) fn transition(text: &str, from: Option<Health>, to: Option<Health>, secs: i64) -> Record {
    let summary = to.map(|health| format!("It is {health}.").into());
    Record::Transition(Transition { id: id(text), from, to, at: at(secs), code: None, summary })
}
