//! What every handler has at hand.
use crate::assets::Assets;
use crate::context::Context;
use crate::history::HistoryReader;
use crate::metrics::Metrics;
use crate::stream::{MOST_ROWS, Streams};
use engine::Snapshot;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What every handler has at hand.
pub(crate) struct App {
    pub(crate) context: Context,
    pub(crate) history: HistoryReader,
    pub(crate) streams: Arc<Streams>,
    pub(crate) metrics: Metrics,
    pub(crate) assets: Assets,
}

impl App {
    /// `closing` ends its streams.
    pub(crate) fn new(context: Context, assets: Assets, closing: &CancellationToken) -> Self {
        Self {
            history: HistoryReader::new(context.history.clone()),
            streams: Arc::new(Streams::new(context.handle.clone(), closing.child_token(), MOST_ROWS)),
            metrics: Metrics::new(),
            context,
            assets,
        }
    }

    /// What is known now.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.context.handle.snapshot()
    }
}
