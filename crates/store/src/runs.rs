//! When our own process ran: what lies between two runs is a gap.
use domain::time::Time;
use rusqlite::{Connection, OptionalExtension, params};

/// Begins a run; answers its number. Sources that could not be read when the last run ended count as such until then:
/// what they do now they say anew.
pub(crate) fn begin(connection: &Connection, at: Time) -> rusqlite::Result<i64> {
    let end_ms: Option<i64> = connection
        .query_row("SELECT coalesce(ended_ms, alive_ms) FROM runs ORDER BY id DESC LIMIT 1", [], |row| {
            row.get(0)
        })
        .optional()?;
    if let Some(end_ms) = end_ms {
        connection
            .execute("UPDATE source_intervals SET to_ms = max(from_ms, ?1) WHERE to_ms IS NULL", [end_ms])?;
    }
    resume(connection, at)
}

/// Begins a run after a sleep of the machine, in which nothing else has changed; answers its number.
pub(crate) fn resume(connection: &Connection, at: Time) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("INSERT INTO runs (started_ms, alive_ms) VALUES (?1, ?1)")?
        .insert([at.as_millis()])
}

/// Notes that the run goes on.
pub(crate) fn beat(connection: &Connection, run: i64, at: Time) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE runs SET alive_ms = max(alive_ms, ?2) WHERE id = ?1")?
        .execute(params![run, at.as_millis()])?;
    Ok(())
}

/// Notes that the run has ended in order.
pub(crate) fn end(connection: &Connection, run: i64, at: Time) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE runs SET alive_ms = max(alive_ms, ?2), ended_ms = max(started_ms, ?2) WHERE id = ?1",
        )?
        .execute(params![run, at.as_millis()])?;
    Ok(())
}
