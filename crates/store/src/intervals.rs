//! Reading: which status a workload was in, and what was remembered.
use crate::ledger::workload_number;
use domain::health::Health;
use domain::id::WorkloadId;
use domain::memory::Memory;
use domain::port::Interval;
use domain::text::Text;
use domain::time::Time;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The most transitions that are read for one answer. Of a longer history the beginning becomes one interval, which
/// says how many changes it stands for.
const MOST_TRANSITIONS: usize = 5_000;

/// A row of `transitions`.
struct Entered {
    at: Time,
    health: Option<Health>,
    code: Option<Text>,
    summary: Option<Text>,
    coalesced: u32,
}

/// The statuses of a workload in that span, oldest first, cut to it.
pub(crate) fn intervals(
    connection: &Connection,
    id: &WorkloadId,
    from: Time,
    to: Time,
) -> rusqlite::Result<Vec<Interval>> {
    let Some(workload) = workload_number(connection, id)? else { return Ok(Vec::new()) };
    let before = connection
        .prepare_cached(
            "SELECT at_ms, after, code, summary, coalesced FROM transitions
             WHERE workload = ?1 AND at_ms <= ?2 ORDER BY at_ms DESC LIMIT 1",
        )?
        .query_row([workload, from.as_millis()], entered)
        .optional()?;
    let mut within: Vec<Entered> = connection
        .prepare_cached(
            "SELECT at_ms, after, code, summary, coalesced FROM transitions
             WHERE workload = ?1 AND at_ms > ?2 AND at_ms < ?3 ORDER BY at_ms DESC LIMIT ?4",
        )?
        .query_map(params![workload, from.as_millis(), to.as_millis(), MOST_TRANSITIONS as i64], entered)?
        .collect::<Result<_, _>>()?;
    within.reverse();
    let mut all: Vec<Entered> = before.into_iter().chain(within).collect();
    if all.len() > MOST_TRANSITIONS {
        let skipped = count_skipped(connection, workload, from, all[1].at)?;
        all[0].coalesced = all[0].coalesced.saturating_add(skipped);
    }
    let ends: Vec<Time> = all.iter().skip(1).map(|entered| entered.at).chain([to]).collect();
    let cut = |(entered, end): (Entered, Time)| {
        let from = entered.at.max(from);
        let health = entered.health.filter(|_| from < end)?;
        let Entered { code, summary, coalesced, .. } = entered;
        Some(Interval { health, from, to: end, code, summary, coalesced })
    };
    Ok(all.into_iter().zip(ends).filter_map(cut).collect())
}

/// What is remembered of each workload. What can't be understood is left out, and counted.
pub(crate) fn memories(connection: &Connection) -> rusqlite::Result<(Vec<(WorkloadId, Memory)>, u64)> {
    let mut statement = connection.prepare(
        "SELECT cluster, namespace, kind, name, content FROM memories JOIN workloads ON workloads.id = workload",
    )?;
    let mut rows = statement.query([])?;
    let (mut memories, mut malformed) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let Ok(kind) = row.get_ref(2)?.as_str()?.parse();
        let id = WorkloadId { cluster: text(row, 0)?, namespace: text(row, 1)?, kind, name: text(row, 3)? };
        match Memory::from_text(row.get_ref(4)?.as_str()?) {
            Ok(memory) => memories.push((id, memory)),
            Err(error) => {
                malformed += 1;
                tracing::debug!(workload = %id, %error, "what was remembered of a workload is left out");
            }
        }
    }
    Ok((memories, malformed))
}

fn count_skipped(connection: &Connection, workload: i64, after: Time, before: Time) -> rusqlite::Result<u32> {
    connection
        .prepare_cached("SELECT count(*) FROM transitions WHERE workload = ?1 AND at_ms > ?2 AND at_ms < ?3")?
        .query_row([workload, after.as_millis(), before.as_millis()], |row| row.get(0))
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Text> {
    Ok(row.get_ref(column)?.as_str()?.into())
}

fn entered(row: &Row<'_>) -> rusqlite::Result<Entered> {
    let health = row.get_ref(1)?.as_str_or_null()?.map(str::parse::<Health>).transpose();
    Ok(Entered {
        at: Time::from_millis(row.get(0)?),
        health: health
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error)))?,
        code: row.get_ref(2)?.as_str_or_null()?.map(Text::from),
        summary: row.get_ref(3)?.as_str_or_null()?.map(Text::from),
        coalesced: row.get(4)?,
    })
}
