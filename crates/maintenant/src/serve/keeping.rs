//! The history: opened at the start, or as soon as it can be.
use domain::id::WorkloadId;
use domain::memory::Memory;
use domain::port::{History, Journal};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::{NoHistory, Opened, Store, StoreError};
use tokio::time::{Instant, sleep};

/// How long the process before this one may take to let go of the file before monitoring begins without it: starting
/// over is dearer than waiting for one that is about to end.
const HANDOVER: Duration = Duration::from_secs(3);
/// How long to wait before looking whether another process still has the file. Looking costs next to nothing.
const RETRY: Duration = Duration::from_secs(1);
/// The longest wait after other errors: finding out may mean to read the whole file.
const LONGEST_RETRY: Duration = Duration::from_mins(1);

/// Where records go and come from.
pub(super) struct Kept {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) history: Arc<dyn History>,
    /// What was remembered when the last process ended
    pub(super) restored: Vec<(WorkloadId, Memory)>,
    /// What is to be closed
    pub(super) store: Option<Arc<Store>>,
    /// What may come to be; `None` where it is open, and where somebody must do something first
    pub(super) awaited: Option<Awaited>,
}

/// A history that could not be opened, and may be later.
pub(super) struct Awaited {
    file: HistoryFile,
    /// Says meanwhile why there is none
    stand_in: Arc<NoHistory>,
    error: StoreError,
}

/// Which file, and by which clock it is written.
#[derive(Clone)]
pub(super) struct HistoryFile {
    pub(super) path: PathBuf,
    pub(super) clock: engine::Clock,
}

impl Kept {
    /// Opens the history. Whatever is wrong with the file, monitoring goes on without it, and the page says why: a
    /// monitor that refuses to start over its history is no help to anybody. The file is not touched then.
    pub(super) async fn open(file: HistoryFile) -> Self {
        let deadline = Instant::now() + HANDOVER;
        loop {
            match file.open().await {
                Ok(opened) => return Self::of(opened),
                // The process before this one may be about to end.
                Err(StoreError::InUse { .. }) if Instant::now() < deadline => sleep(HANDOVER / 10).await,
                Err(error) => {
                    tracing::error!(%error, "monitoring goes on without history");
                    let stand_in = Arc::new(NoHistory::new(Some(&file.path), &in_words(&error)));
                    let (journal, history) = (stand_in.clone(), stand_in.clone());
                    let awaited = error.is_retryable().then(|| Awaited { file, stand_in, error });
                    return Self { journal, history, restored: Vec::new(), store: None, awaited };
                }
            }
        }
    }

    fn of(opened: Opened) -> Self {
        let store = Arc::new(opened.store);
        Self {
            journal: store.clone(),
            history: store.clone(),
            restored: opened.restored,
            store: Some(store),
            awaited: None,
        }
    }
}

impl Awaited {
    /// Opens it as soon as that can be done. Once an error says that somebody must do something first, never.
    pub(super) async fn opened(mut self) -> Kept {
        let mut wait = RETRY;
        while self.error.is_retryable() {
            sleep(wait).await;
            let error = match self.file.open().await {
                Ok(opened) => return Kept::of(opened),
                Err(error) => error,
            };
            wait = match error {
                StoreError::InUse { .. } => RETRY,
                _ => (wait * 2).min(LONGEST_RETRY),
            };
            if error.to_string() != self.error.to_string() {
                tracing::error!(%error, "there is still no history");
                self.stand_in.explain(&in_words(&error));
            }
            self.error = error;
        }
        std::future::pending().await
    }
}

impl HistoryFile {
    /// Opens it aside: it may be large, or on a disk that hangs.
    async fn open(&self) -> Result<Opened, StoreError> {
        let Self { path, clock } = self.clone();
        let opening = tokio::task::spawn_blocking(move || Store::open(&path, store::Options::new(clock)));
        match opening.await {
            Ok(result) => result,
            Err(failure) if failure.is_panic() => std::panic::resume_unwind(failure.into_panic()),
            // The runtime is being shut down.
            Err(_) => std::future::pending().await,
        }
    }
}

fn in_words(error: &StoreError) -> String {
    let outlook = if error.is_retryable() { ". It will be opened as soon as it can be" } else { "" };
    format!("{error}{outlook}")
}
