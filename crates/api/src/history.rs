//! Reads of the history: they block on a disk that may be slow or gone, so they run aside, few at a time, and nobody
//! waits for them for ever.
use crate::error::ApiError;
use domain::port::{History, Storage, StorageState};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How many reads may be under way, those that hang included.
const MOST_READS: usize = 8;
/// How long a client waits for the history of a workload.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a client waits to hear how the storage stands: a probe asks that.
const PROBE_PATIENCE: Duration = Duration::from_secs(1);

/// Reads the history without blocking.
pub(crate) struct HistoryReader {
    history: Arc<dyn History>,
    /// One permit for each read under way; a read that hangs keeps its own.
    permits: Arc<Semaphore>,
}

impl HistoryReader {
    pub(crate) fn new(history: Arc<dyn History>) -> Self {
        Self { history, permits: Arc::new(Semaphore::new(MOST_READS)) }
    }

    /// Reads aside.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn History) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        self.read_within(PATIENCE, read).await
    }

    /// How the storage stands. A disk that does not answer is an answer as well.
    pub(crate) async fn storage(&self) -> Storage {
        self.read_within(PROBE_PATIENCE, |history| history.storage()).await.unwrap_or_else(|_| Storage {
            state: StorageState::Failing,
            path: None,
            bytes: None,
            message: Some(ApiError::HistoryStalled.to_string().into()),
            queued: 0,
            dropped: 0,
        })
    }

    async fn read_within<T: Send + 'static>(
        &self,
        patience: Duration,
        read: impl FnOnce(&dyn History) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let (history, permits) = (self.history.clone(), self.permits.clone());
        let reading = async move {
            let permit = permits.acquire_owned().await.expect("the semaphore is never closed");
            tokio::task::spawn_blocking(move || {
                let _permit = permit;
                read(&*history)
            })
            .await
        };
        match timeout(patience, reading).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(failure)) if failure.is_panic() => std::panic::resume_unwind(failure.into_panic()),
            // The runtime is being shut down.
            Ok(Err(_)) | Err(_) => Err(ApiError::HistoryStalled),
        }
    }
}
