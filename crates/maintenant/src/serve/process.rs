//! Signals that end the process.
use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;

/// SIGTERM and SIGINT.
pub(super) struct Signals {
    both: Mutex<(Signal, Signal)>,
}

impl Signals {
    /// From now on these signals end the process in order instead of at once.
    pub(super) fn new() -> anyhow::Result<Self> {
        let terminate = signal(SignalKind::terminate()).context("SIGTERM can't be awaited")?;
        let interrupt = signal(SignalKind::interrupt()).context("SIGINT can't be awaited")?;
        Ok(Self { both: Mutex::new((terminate, interrupt)) })
    }

    /// Waits for one and answers its name.
    pub(super) async fn next(&self) -> &'static str {
        let mut both = self.both.lock().await;
        let (terminate, interrupt) = &mut *both;
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    }
}
