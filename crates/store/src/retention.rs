//! Bounded space: what is too old goes, and when there is too much of it, the oldest.
use crate::file;
use crate::volume;
use domain::time::Time;
use rusqlite::{Connection, params};
use std::path::Path;
use std::time::Duration;

/// The most that history takes unless somebody asks for more.
const DEFAULT_MOST_BYTES: u64 = 1 << 30;
/// The least that is of any use; a budget below counts as this. All that may wait for the disk fits, several times over.
pub(crate) const LEAST_BYTES: u64 = 16 << 20;
/// Rows that go in one transaction, so that records never wait long.
const ROWS_AT_ONCE: i64 = 1_000;
/// Free room inside the file that is kept for what comes next.
const SLACK_BYTES: u64 = 1 << 20;
/// Pages that are given back in one transaction.
const PAGES_AT_ONCE: u32 = 1_000;

/// What is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    /// How far back
    pub(crate) age: Duration,
    /// How many bytes; `None`: four fifths of what the volume has for it, at most [`DEFAULT_MOST_BYTES`]
    pub(crate) budget_bytes: Option<u64>,
}

impl Retention {
    /// How large the file may be now.
    pub(crate) fn budget_bytes(&self, path: &Path) -> std::io::Result<u64> {
        if let Some(bytes) = self.budget_bytes {
            return Ok(bytes.max(LEAST_BYTES));
        }
        let directory = path.parent().unwrap_or(Path::new("/"));
        let room = volume::free_bytes(directory)?.saturating_add(file::size(path)?);
        Ok((room / 5 * 4).clamp(LEAST_BYTES, DEFAULT_MOST_BYTES))
    }

    /// Drops one portion of what is too old. Answers whether there may be more.
    ///
    /// The status of a workload at the beginning of what is kept stays, however long ago it was entered.
    pub(crate) fn drop_aged(&self, connection: &Connection, now: Time) -> rusqlite::Result<bool> {
        let before_ms = (now - self.age).as_millis();
        let limits = params![before_ms, ROWS_AT_ONCE];
        let mut dropped = connection
            .prepare_cached(
                "DELETE FROM transitions WHERE (workload, at_ms) IN (
                     SELECT workload, at_ms FROM transitions AS old WHERE at_ms < ?1 AND (
                         after IS NULL
                         OR EXISTS (SELECT 1 FROM transitions AS next WHERE next.workload = old.workload
                                    AND next.at_ms > old.at_ms AND next.at_ms <= ?1)
                     ) LIMIT ?2)",
            )?
            .execute(limits)?;
        for sql in [
            "DELETE FROM source_intervals WHERE id IN (SELECT id FROM source_intervals WHERE to_ms < ?1 LIMIT ?2)",
            "DELETE FROM losses WHERE id IN (SELECT id FROM losses WHERE to_ms < ?1 LIMIT ?2)",
            "DELETE FROM runs WHERE id IN (
                 SELECT id FROM runs WHERE coalesce(ended_ms, alive_ms) < ?1 AND id < (SELECT max(id) FROM runs) LIMIT ?2)",
        ] {
            dropped += connection.prepare_cached(sql)?.execute(limits)?;
        }
        dropped += connection
            .prepare_cached(
                "DELETE FROM workloads WHERE id IN (
                     SELECT id FROM workloads WHERE
                         NOT EXISTS (SELECT 1 FROM transitions WHERE workload = workloads.id)
                         AND NOT EXISTS (SELECT 1 FROM memories WHERE workload = workloads.id) LIMIT ?1)",
            )?
            .execute([ROWS_AT_ONCE])?;
        Ok(dropped > 0)
    }

    /// Drops the oldest transitions, one portion. Of each workload that is still there the last stays; that one is gone is
    /// the last that is dropped of it. Answers whether there was any.
    pub(crate) fn drop_oldest(connection: &Connection) -> rusqlite::Result<bool> {
        let dropped = connection
            .prepare_cached(
                "DELETE FROM transitions WHERE (workload, at_ms) IN (
                     SELECT workload, at_ms FROM transitions AS old WHERE
                         after IS NULL
                         OR EXISTS (SELECT 1 FROM transitions AS next WHERE next.workload = old.workload
                                 AND next.at_ms > old.at_ms)
                     ORDER BY at_ms LIMIT ?1)",
            )?
            .execute([ROWS_AT_ONCE])?;
        Ok(dropped > 0)
    }
}

/// How large the file is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    page_bytes: u64,
    pages: u64,
    free_pages: u64,
}

impl Extent {
    pub(crate) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let number =
            |name| connection.pragma_query_value(None, name, |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()));
        Ok(Self {
            page_bytes: number("page_size")?,
            pages: number("page_count")?,
            free_pages: number("freelist_count")?,
        })
    }

    /// What is in use, in bytes.
    pub(crate) const fn used_bytes(self) -> u64 {
        self.pages.saturating_sub(self.free_pages) * self.page_bytes
    }

    /// Whether enough of the file is free to give it back.
    pub(crate) const fn has_slack(self) -> bool {
        let free_bytes = self.free_pages * self.page_bytes;
        free_bytes > SLACK_BYTES && free_bytes > self.used_bytes() / 4
    }

    /// The budget as a limit that SQLite itself keeps.
    pub(crate) fn limit(self, connection: &Connection, budget_bytes: u64) -> rusqlite::Result<()> {
        let pages = i64::try_from(budget_bytes / self.page_bytes).unwrap_or(i64::MAX);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
    }
}

/// Gives free pages back to the volume, one portion.
pub(crate) fn give_back(connection: &Connection) -> rusqlite::Result<()> {
    // A pragma that steps through its pages: each row is one.
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES_AT_ONCE})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}
