//! The only writer: one thread that takes what waits and writes it, one transaction at a time.
use crate::Clock;
use crate::backlog::{Backlog, Batch};
use crate::error::Trouble;
use crate::ledger;
use crate::lock::Lock;
use crate::retention::{Extent, Retention, give_back};
use crate::runs;
use crate::standing::Standing;
use crate::volume;
use domain::time::Time;
use rusqlite::{Connection, TransactionBehavior};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// How long the first record of a batch waits for others. With a disk that keeps up it is written well within 250 ms.
const GATHER: Duration = Duration::from_millis(100);
/// How often the file says that we are alive when there is nothing else to write.
const BEAT: Duration = Duration::from_secs(15);
/// When we have not come to speak for so long, the machine slept: that is a gap.
const SLEPT: Duration = Duration::from_mins(2);
/// How long to wait after a failure, doubled each time up to the most.
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LAST_RETRY: Duration = Duration::from_secs(5);
/// How often what is too old is looked for.
const TIDY: Duration = Duration::from_mins(10);
/// How often a failing last batch is tried when the end is asked for.
const LAST_ATTEMPTS: u32 = 3;

/// What the thread owns.
pub(crate) struct Writer {
    pub(crate) path: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) lock: Lock,
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) standing: Arc<Standing>,
    pub(crate) retention: Retention,
    pub(crate) clock: Clock,
    /// When our run began
    pub(crate) opened_at: Time,
    /// Told at the end how many records stay unwritten; whoever closes the store listens. Never full: one word.
    pub(crate) done: Sender<u64>,
}

/// What the thread knows between two turns.
struct Turn {
    /// Taken from the backlog, not written yet
    batch: Batch,
    /// The number of our run, once it is in the file
    run: Option<i64>,
    /// The last time of the clock; never goes back
    now: Time,
    /// When the machine fell asleep, until that is in the file
    slept_at: Option<Time>,
    /// Failures in a row
    failures: u32,
    /// When what is too old is looked for
    tidy_at: Instant,
}

impl Writer {
    /// Writes until the backlog is closed and what it held is written, or can't be.
    pub(crate) fn run(mut self) {
        let original = inode(&self.path);
        if let Err(error) = self.limit() {
            tracing::debug!(%error, "the history has no limit yet");
        }
        let mut turn = Turn {
            batch: Batch::default(),
            run: None,
            now: self.opened_at,
            slept_at: None,
            failures: 0,
            tidy_at: Instant::now(),
        };
        let mut wake_at = Instant::now();
        loop {
            let closing = match turn.failures {
                0 => self.backlog.wait(wake_at, GATHER),
                _ => self.backlog.rest(wake_at),
            };
            if turn.batch.is_empty() {
                turn.batch = self.backlog.take();
            }
            wake_at = Instant::now()
                + match self.take_turn(&mut turn, original) {
                    Ok(true) => Duration::ZERO,
                    Ok(false) => BEAT.min(turn.tidy_at.saturating_duration_since(Instant::now())),
                    Err(error) => self.fail(&mut turn, &error),
                };
            let given_up = turn.failures >= LAST_ATTEMPTS;
            if closing && (given_up || self.backlog.queued() == 0) {
                break;
            }
        }
        self.end(&turn);
    }

    /// Writes what is in hand and looks after the file. Answers whether there is more to do at once.
    fn take_turn(&mut self, turn: &mut Turn, original: Option<Inode>) -> rusqlite::Result<bool> {
        let before = turn.now;
        turn.now = turn.now.max((self.clock)());
        if turn.now.since(before) > SLEPT {
            turn.slept_at.get_or_insert(before);
        }
        self.write(turn)?;
        turn.batch = Batch::default();
        turn.slept_at = None;
        turn.failures = 0;
        if original.is_some() && original != inode(&self.path) {
            self.standing.lost_file();
        } else {
            self.standing.recovered();
        }
        self.backlog.written();
        if Instant::now() < turn.tidy_at {
            return Ok(false);
        }
        turn.tidy_at = Instant::now() + TIDY;
        let more = self.tidy(turn.now)?;
        if more {
            turn.tidy_at = Instant::now();
        }
        Ok(more)
    }

    fn write(&mut self, turn: &mut Turn) -> rusqlite::Result<()> {
        // With FULL, what is written has reached the disk when the transaction ends, and a power cut loses none of it.
        // A mere sign of life is not worth waking the disk for.
        let durable = if turn.batch.is_empty() { "NORMAL" } else { "FULL" };
        self.connection.pragma_update(None, "synchronous", durable)?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut run = match turn.run {
            Some(run) => run,
            None => runs::begin(&transaction, self.opened_at)?,
        };
        if let Some(at) = turn.slept_at {
            runs::end(&transaction, run, at)?;
            run = runs::resume(&transaction, turn.now)?;
        }
        runs::beat(&transaction, run, turn.now)?;
        let replaced = ledger::write(&transaction, &turn.batch)?;
        transaction.commit()?;
        turn.run = Some(run);
        for replaced in &replaced {
            self.standing.notice(replaced);
        }
        Ok(())
    }

    /// Notes the failure; answers how long to wait.
    fn fail(&mut self, turn: &mut Turn, error: &rusqlite::Error) -> Duration {
        let full = Trouble::of(error) == Trouble::Full;
        let budget_used_up = full && self.budget_is_used_up().unwrap_or(false);
        if full {
            match self.make_room(turn.now, budget_used_up) {
                Ok(true) => return Duration::ZERO,
                Ok(false) => {}
                Err(error) => tracing::debug!(%error, "no room can be made in the history"),
            }
        }
        self.standing.failed(error, budget_used_up);
        turn.failures = turn.failures.saturating_add(1);
        FIRST_RETRY.saturating_mul(1 << (turn.failures - 1).min(8)).min(LAST_RETRY)
    }

    /// Whether it is the budget that has no room left, and not the volume; `None` where that can't be told.
    fn budget_is_used_up(&self) -> Option<bool> {
        let budget_bytes = self.retention.budget_bytes(&self.path).ok()?;
        let free_bytes = volume::free_bytes(self.path.parent()?).ok()?;
        Some(free_bytes > budget_bytes / 8)
    }

    /// Drops one portion of what is too old and, where the budget asks for it, of the oldest. Answers whether there was any.
    fn make_room(&mut self, now: Time, budget_used_up: bool) -> rusqlite::Result<bool> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut made = self.retention.drop_aged(&transaction, now)?;
        if budget_used_up {
            made |= Retention::drop_oldest(&transaction)?;
        }
        transaction.commit()?;
        Ok(made)
    }

    /// Drops one portion of what is too old or too much. Answers whether there may be more.
    fn tidy(&mut self, now: Time) -> rusqlite::Result<bool> {
        let Some(budget_bytes) = self.limit()? else { return Ok(false) };
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut more = self.retention.drop_aged(&transaction, now)?;
        if Extent::of(&transaction)?.used_bytes() > budget_bytes / 8 * 7 {
            more |= Retention::drop_oldest(&transaction)?;
        }
        transaction.commit()?;
        let extent = Extent::of(&self.connection)?;
        if extent.has_slack() {
            give_back(&self.connection)?;
            more |= Extent::of(&self.connection)?.has_slack();
        }
        Ok(more)
    }

    /// Has SQLite itself keep the budget, as it is now; answers it, if the volume tells how much room it has.
    fn limit(&self) -> rusqlite::Result<Option<u64>> {
        match self.retention.budget_bytes(&self.path) {
            Ok(budget_bytes) => {
                Extent::of(&self.connection)?.limit(&self.connection, budget_bytes)?;
                Ok(Some(budget_bytes))
            }
            Err(error) => {
                tracing::debug!(%error, "the volume of the history does not tell how much room it has");
                Ok(None)
            }
        }
    }

    fn end(mut self, turn: &Turn) {
        let unwritten = self.backlog.queued();
        if let (Some(run), 0) = (turn.run, unwritten) {
            let now = turn.now.max((self.clock)());
            let ended = self.connection.transaction().and_then(|transaction| {
                runs::end(&transaction, run, now)?;
                transaction.commit()
            });
            if let Err(error) = ended {
                tracing::warn!(%error, "the end of this run is not in the history");
            }
        }
        // Closing the last connection moves the log into the file; the lock goes after that.
        drop(self.connection);
        drop(self.lock);
        if self.done.send(unwritten).is_err() {
            tracing::debug!("nobody waited for the end of the history");
        }
    }
}

/// Which file is under a path.
type Inode = (u64, u64);

fn inode(path: &Path) -> Option<Inode> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}
