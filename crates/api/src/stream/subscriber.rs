//! One reader of a stream.
use super::event::{COMMENT, Change, snapshot_part};
use super::hub::Frame;
use super::pending::{Members, Pending};
use super::{MOST_STREAMS, Seat};
use crate::server::Cutter;
use crate::views::overview::{NamespaceCountsView, WholeView};
use crate::views::source::SourceView;
use bytes::Bytes;
use domain::workload::Row;
use engine::Version;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;

/// The most rows of one part of a snapshot.
const ROWS_OF_A_PART: usize = 200;
/// How often a comment is sent.
const COMMENT_EVERY: Duration = Duration::from_secs(15);
/// How long a reader may take for one event, before it counts as gone.
const READ_PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take for a whole snapshot: that holds on to an old state.
const SNAPSHOT_PATIENCE: Duration = Duration::from_mins(2);

/// One reader of a stream.
pub(super) struct Subscriber {
    pub(super) seat: Seat,
    /// The hub's events; see [`super::Shared::events`].
    pub(super) events: broadcast::Receiver<Frame>,
    /// The version that the reader has, if any.
    pub(super) after: Option<Version>,
    /// To the connection.
    pub(super) out: mpsc::Sender<Bytes>,
    /// Cuts off a connection that is not read.
    pub(super) cutter: Option<Cutter>,
}

/// The reader is gone.
struct Gone;

impl Subscriber {
    /// Sends events until the reader goes or the server stops.
    pub(super) async fn run(mut self, closing: CancellationToken) {
        let out = self.out.clone();
        tokio::select! {
            () = closing.cancelled() => {}
            () = out.closed() => {}
            _ = self.follow() => {}
        }
        // By us, or by the connection whose socket had no room for too long.
        if self.cutter.as_ref().is_some_and(Cutter::is_cut) {
            self.seat.streams.counts.cut.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(
                open = MOST_STREAMS - self.seat.streams.permits.available_permits(),
                "cut off a stream that nobody reads"
            );
        }
    }

    async fn follow(&mut self) -> Result<(), Gone> {
        // Something must go at once, so that the reader knows that it is connected.
        self.send(COMMENT).await?;
        let mut comments = interval_at(Instant::now() + COMMENT_EVERY, COMMENT_EVERY);
        comments.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut reached = match self.after.and_then(|after| self.missed(after)) {
            Some((version, event)) => {
                if let Some(event) = event {
                    self.send(event).await?;
                }
                version
            }
            None => self.send_snapshot().await?,
        };
        loop {
            tokio::select! {
                _ = comments.tick() => self.send(COMMENT).await?,
                frame = self.events.recv() => match frame {
                    // What the reader has already; it took its place before it looked.
                    Ok(Frame::Change { version, .. }) if version <= reached => {}
                    Ok(Frame::Change { version, last, event }) => {
                        self.send(event).await?;
                        if last {
                            reached = version;
                        }
                    }
                    Ok(Frame::Resync) | Err(broadcast::error::RecvError::Lagged(_)) => {
                        self.seat.streams.counts.resyncs.fetch_add(1, Ordering::Relaxed);
                        self.events = self.events.resubscribe();
                        reached = self.send_snapshot().await?;
                    }
                    Err(broadcast::error::RecvError::Closed) => return Ok(()),
                },
            }
        }
    }

    /// What changed since that version, and the version that it leads to; no event when nothing did. `None` when that
    /// is not known any more, or too much.
    fn missed(&self, after: Version) -> Option<(Version, Option<Bytes>)> {
        let streams = &self.seat.streams;
        let filter = &self.seat.filter;
        let (batches, _) = streams.handle.replay(after)?;
        let members = if filter.is_by_id_only() { Members::Constant } else { Members::Unknown };
        let mut pending = Pending::new(filter.clone(), members);
        for batch in &batches {
            pending.add(batch);
            if pending.len() > streams.most_rows {
                return None;
            }
        }
        let Some((version, at)) = pending.reached else { return Some((after, None)) };
        let taken = pending.take();
        let now = streams.handle.snapshot();
        let counts = |(cluster, name)| NamespaceCountsView::one(&now.view, cluster, name);
        let change = Change {
            version,
            at,
            entries: &taken.entries(),
            last: true,
            whole: WholeView::of(&now.view),
            namespaces: taken.namespaces.iter().map(|(cluster, name)| counts((cluster, name))).collect(),
            sources: taken.sources.then(|| SourceView::all(&now.view)),
        };
        Some((version, Some(change.to_event())))
    }

    /// Sends all that is asked for, in parts, and how everything stands.
    async fn send_snapshot(&self) -> Result<Version, Gone> {
        let Ok(sent) = timeout(SNAPSHOT_PATIENCE, self.send_parts()).await else { return Err(self.cut()) };
        sent
    }

    async fn send_parts(&self) -> Result<Version, Gone> {
        let snapshot = self.seat.streams.handle.snapshot();
        let rows: Vec<Arc<Row>> = self.seat.filter.rows(&snapshot.view).cloned().collect();
        let count = rows.len().div_ceil(ROWS_OF_A_PART).max(1);
        for at in 0..count {
            let part = rows.chunks(ROWS_OF_A_PART).nth(at).unwrap_or_default();
            self.send(snapshot_part(snapshot.version, at + 1, at + 1 == count, part)).await?;
        }
        self.send(Change::overview_of(&snapshot).to_event()).await?;
        self.seat.streams.counts.snapshots.fetch_add(1, Ordering::Relaxed);
        Ok(snapshot.version)
    }

    async fn send(&self, event: Bytes) -> Result<(), Gone> {
        match timeout(READ_PATIENCE, self.out.send(event)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Gone),
            Err(_) => Err(self.cut()),
        }
    }

    /// Gives up on a reader that does not read.
    fn cut(&self) -> Gone {
        if let Some(cutter) = &self.cutter {
            cutter.cut();
        }
        Gone
    }
}
