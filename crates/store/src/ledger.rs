//! Writing: one batch, one transaction.
use crate::backlog::{Batch, Coalesced, SourceNote};
use domain::change::Transition;
use domain::id::{Uid, WorkloadId};
use domain::memory::Memory;
use domain::source::SourceState;
use domain::text::Text;
use domain::time::Time;
use rusqlite::{Connection, OptionalExtension, params};

/// The longest sentence that is kept, in bytes: it quotes what the cluster says, and the cluster may say anything.
const SUMMARY_BYTES: usize = 2_000;

/// Another cluster than before answers under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replaced {
    pub(crate) name: Text,
    pub(crate) before: Uid,
    pub(crate) now: Uid,
}

/// Writes a batch. It belongs into a transaction: an error leaves half of it.
pub(crate) fn write(connection: &Connection, batch: &Batch) -> rusqlite::Result<Vec<Replaced>> {
    for transition in &batch.transitions {
        enter(connection, transition)?;
    }
    for coalesced in batch.coalesced.values() {
        enter_coalesced(connection, coalesced)?;
    }
    for (id, memory) in &batch.memories {
        remember(connection, id, memory.as_deref())?;
    }
    for note in &batch.sources {
        note_source(connection, note)?;
    }
    for (cluster, (from, to)) in &batch.lost {
        lose(connection, cluster, None, (*from, *to))?;
    }
    let mut replaced = Vec::new();
    for (name, (uid, at)) in &batch.clusters {
        replaced.extend(identify(connection, name, *uid, *at)?);
    }
    Ok(replaced)
}

/// The number of a workload, if it has one.
pub(crate) fn workload_number(connection: &Connection, id: &WorkloadId) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT id FROM workloads WHERE cluster = ?1 AND namespace = ?2 AND kind = ?3 AND name = ?4",
        )?
        .query_row(params![&*id.cluster, &*id.namespace, id.kind.to_string(), &*id.name], |row| row.get(0))
        .optional()
}

/// Whether nothing is known of what a source tells of while it is in that state.
pub(crate) const fn is_gap(state: SourceState) -> bool {
    matches!(state, SourceState::Connecting | SourceState::Stale | SourceState::Forbidden)
}

fn intern(connection: &Connection, id: &WorkloadId) -> rusqlite::Result<i64> {
    if let Some(number) = workload_number(connection, id)? {
        return Ok(number);
    }
    connection
        .prepare_cached("INSERT INTO workloads (cluster, namespace, kind, name) VALUES (?1, ?2, ?3, ?4)")?
        .insert(params![&*id.cluster, &*id.namespace, id.kind.to_string(), &*id.name])
}

/// Notes that a workload entered a status; answers its number and the time under which that is kept.
///
/// A status may be entered before the last one that is known was: the API's clock is another one and counts in seconds.
/// Then the last one never was. Nothing before that is undone, and at first sight nothing at all.
fn enter(connection: &Connection, transition: &Transition) -> rusqlite::Result<(i64, i64)> {
    let workload = intern(connection, &transition.id)?;
    let last_two: Vec<i64> = connection
        .prepare_cached("SELECT at_ms FROM transitions WHERE workload = ?1 ORDER BY at_ms DESC LIMIT 2")?
        .query_map([workload], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let kept = if transition.from.is_none() { last_two.first() } else { last_two.get(1) };
    let at_ms = transition.at.as_millis().max(kept.map_or(i64::MIN, |kept| kept.saturating_add(1)));
    connection
        .prepare_cached("DELETE FROM transitions WHERE workload = ?1 AND at_ms >= ?2")?
        .execute([workload, at_ms])?;
    connection
        .prepare_cached(
            "INSERT INTO transitions (workload, at_ms, before, after, code, summary) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            workload,
            at_ms,
            transition.from.map(domain::health::Health::as_str),
            transition.to.map(domain::health::Health::as_str),
            transition.code,
            transition.summary.as_deref().map(|summary| &summary[..summary.floor_char_boundary(SUMMARY_BYTES)]),
        ])?;
    Ok((workload, at_ms))
}

fn enter_coalesced(connection: &Connection, coalesced: &Coalesced) -> rusqlite::Result<()> {
    let (workload, first_ms) = enter(connection, &coalesced.first)?;
    let Some(last) = &coalesced.last else { return Ok(()) };
    if coalesced.skipped > 0 {
        connection
            .prepare_cached("UPDATE transitions SET coalesced = ?3 WHERE workload = ?1 AND at_ms = ?2")?
            .execute(params![workload, first_ms, coalesced.skipped])?;
        let span = (coalesced.first.at, last.at);
        lose(connection, &coalesced.first.id.cluster, Some(workload), span)?;
    }
    enter(connection, last)?;
    Ok(())
}

fn remember(connection: &Connection, id: &WorkloadId, memory: Option<&Memory>) -> rusqlite::Result<()> {
    match memory {
        Some(memory) => {
            let workload = intern(connection, id)?;
            connection
                .prepare_cached("INSERT OR REPLACE INTO memories (workload, content) VALUES (?1, ?2)")?
                .execute(params![workload, memory.to_text()])?;
        }
        None => {
            if let Some(workload) = workload_number(connection, id)? {
                connection.prepare_cached("DELETE FROM memories WHERE workload = ?1")?.execute([workload])?;
            }
        }
    }
    Ok(())
}

fn note_source(connection: &Connection, note: &SourceNote) -> rusqlite::Result<()> {
    let resource = note.id.resource.name();
    let namespace = note.id.namespace.as_deref().unwrap_or_default();
    let at_ms = note.at.as_millis();
    let open: Option<String> = connection
        .prepare_cached(
            "SELECT state FROM source_intervals
             WHERE cluster = ?1 AND resource = ?2 AND namespace = ?3 AND to_ms IS NULL",
        )?
        .query_row(params![&*note.cluster, resource, namespace], |row| row.get(0))
        .optional()?;
    let state = note.state.filter(|state| is_gap(*state)).map(SourceState::as_str);
    if open.as_deref() == state {
        return Ok(());
    }
    if open.is_some() {
        connection
            .prepare_cached(
                "UPDATE source_intervals SET to_ms = max(from_ms, ?4)
                 WHERE cluster = ?1 AND resource = ?2 AND namespace = ?3 AND to_ms IS NULL",
            )?
            .execute(params![&*note.cluster, resource, namespace, at_ms])?;
    }
    if let Some(state) = state {
        connection
            .prepare_cached(
                "INSERT INTO source_intervals (cluster, resource, namespace, state, reason, from_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![&*note.cluster, resource, namespace, state, note.reason.as_deref(), at_ms])?;
    }
    Ok(())
}

fn lose(
    connection: &Connection,
    cluster: &str,
    workload: Option<i64>,
    (from, to): (Time, Time),
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO losses (cluster, workload, from_ms, to_ms) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![cluster, workload, from.as_millis(), to.as_millis().max(from.as_millis())])?;
    Ok(())
}

fn identify(connection: &Connection, name: &Text, uid: Uid, at: Time) -> rusqlite::Result<Option<Replaced>> {
    let before: Option<String> = connection
        .prepare_cached(
            "SELECT uid FROM clusters WHERE name = ?1 ORDER BY last_ms DESC, first_ms DESC LIMIT 1",
        )?
        .query_row([&**name], |row| row.get(0))
        .optional()?;
    connection
        .prepare_cached(
            "INSERT INTO clusters (name, uid, first_ms, last_ms) VALUES (?1, ?2, ?3, ?3)
             ON CONFLICT DO UPDATE SET last_ms = max(last_ms, excluded.last_ms)",
        )?
        .execute(params![&**name, uid.to_string(), at.as_millis()])?;
    let before = before.map(|text| Uid::parse(&text)).filter(|before| *before != uid);
    Ok(before.map(|before| Replaced { name: name.clone(), before, now: uid }))
}
