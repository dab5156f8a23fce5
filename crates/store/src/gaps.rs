//! Reading: when nothing was known.
use crate::ledger::workload_number;
use domain::id::WorkloadId;
use domain::port::Gap;
use domain::source::{SourceState, needed};
use domain::time::Time;
use rusqlite::{Connection, params};

/// The most gaps of one sort that are read for one answer, the newest ones.
const MOST_GAPS: usize = 1_000;

/// When nothing was known of a workload, oldest first, cut to the span.
pub(crate) fn gaps(
    connection: &Connection,
    id: &WorkloadId,
    from: Time,
    to: Time,
) -> rusqlite::Result<Vec<Gap>> {
    let span = (from, to);
    let mut gaps = between_runs(connection, span)?;
    for resource in needed(&id.kind) {
        gaps.extend(of_source(connection, id, resource.name(), resource.plural(), span)?);
    }
    gaps.extend(losses(connection, id, span)?);
    gaps.sort_by_key(|gap| (gap.from, gap.to));
    Ok(gaps)
}

/// When the last run ended, as far as the file tells.
pub(crate) fn end_of_last_run(connection: &Connection) -> rusqlite::Result<Option<Time>> {
    connection
        .prepare_cached("SELECT max(coalesce(ended_ms, alive_ms)) FROM runs")?
        .query_row([], |row| Ok(row.get::<_, Option<i64>>(0)?.map(Time::from_millis)))
}

/// A gap, cut to a span; `None` when nothing of it is left.
pub(crate) fn cut((from, to): (Time, Time), began: Time, ended: Option<Time>, why: &str) -> Option<Gap> {
    let (from, to) = (began.max(from), ended.map_or(to, |ended| ended.min(to)));
    (from < to).then(|| Gap { from, to, why: why.into() })
}

fn between_runs(connection: &Connection, span: (Time, Time)) -> rusqlite::Result<Vec<Gap>> {
    let mut statement = connection.prepare_cached(
        "SELECT ended, started_ms FROM (
             SELECT started_ms, lag(coalesce(ended_ms, alive_ms)) OVER (ORDER BY id) AS ended FROM runs
         ) WHERE ended < ?2 AND started_ms > ?1 ORDER BY started_ms DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(limits(span), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut gaps = Vec::new();
    for row in rows {
        let (ended, started) = row?;
        let (ended, started) = (Time::from_millis(ended), Time::from_millis(started));
        gaps.extend(cut(span, ended, Some(started), "maintenant was not running"));
    }
    Ok(gaps)
}

fn of_source(
    connection: &Connection,
    id: &WorkloadId,
    name: &str,
    plural: &str,
    span: (Time, Time),
) -> rusqlite::Result<Vec<Gap>> {
    let mut statement = connection.prepare_cached(
        "SELECT state, reason, from_ms, to_ms FROM source_intervals
         WHERE cluster = ?1 AND resource = ?2 AND namespace IN ('', ?3) AND from_ms < ?5 AND (to_ms IS NULL OR to_ms > ?4)
         ORDER BY from_ms DESC LIMIT ?6",
    )?;
    let (from, to) = span;
    let mut rows = statement.query(params![
        &*id.cluster,
        name,
        &*id.namespace,
        from.as_millis(),
        to.as_millis(),
        MOST_GAPS as i64
    ])?;
    let mut gaps = Vec::new();
    while let Some(row) = rows.next()? {
        let state = row.get_ref(0)?.as_str()?;
        let reason = row.get_ref(1)?.as_str_or_null()?;
        let began = Time::from_millis(row.get(2)?);
        let ended = row.get::<_, Option<i64>>(3)?.map(Time::from_millis);
        gaps.extend(cut(span, began, ended, &in_words(plural, state, reason)));
    }
    Ok(gaps)
}

fn losses(connection: &Connection, id: &WorkloadId, span: (Time, Time)) -> rusqlite::Result<Vec<Gap>> {
    let mut statement = connection.prepare_cached(
        "SELECT from_ms, to_ms FROM losses
         WHERE (workload = ?4 OR (workload IS NULL AND cluster = ?5)) AND from_ms < ?2 AND to_ms > ?1
         ORDER BY from_ms DESC LIMIT ?3",
    )?;
    let workload = workload_number(connection, id)?;
    let [from_ms, to_ms, most] = limits(span);
    let mut rows = statement.query(params![from_ms, to_ms, most, workload, &*id.cluster])?;
    let mut gaps = Vec::new();
    while let Some(row) = rows.next()? {
        let (began, ended) = (Time::from_millis(row.get(0)?), Time::from_millis(row.get(1)?));
        gaps.extend(cut(span, began, Some(ended), "changes were lost: the disk did not keep up"));
    }
    Ok(gaps)
}

fn limits((from, to): (Time, Time)) -> [i64; 3] {
    [from.as_millis(), to.as_millis(), MOST_GAPS as i64]
}

fn in_words(plural: &str, state: &str, reason: Option<&str>) -> String {
    let what = if state == SourceState::Connecting.as_str() {
        format!("{plural} had not been read yet")
    } else if state == SourceState::Forbidden.as_str() {
        format!("{plural} may not be read")
    } else {
        format!("{plural} could not be read")
    };
    match reason {
        Some(reason) => format!("{what}: {reason}"),
        None => what,
    }
}
