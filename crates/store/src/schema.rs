//! The tables, and how a file of an older version gets them.
use rusqlite::{Connection, TransactionBehavior};

/// Written into every file of ours, so that another program's database is not taken for one ("main" in ASCII).
pub(crate) const APPLICATION_ID: i32 = 0x6d61_696e;

/// What brings a file from one version to the next: the first makes version 1 of an empty file. What has been released
/// is never edited.
const MIGRATIONS: [&str; 2] = [include_str!("schema/001_history.sql"), include_str!("schema/002_gaps.sql")];

/// The version of a file that has all of them.
pub(crate) const VERSION: u32 = MIGRATIONS.len() as u32;

/// Which version the file is of; 0 when it is empty.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings the file up to date, each step in a transaction of its own: what is interrupted begins again at that step.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    run(connection, &MIGRATIONS)
}

fn run(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    let from = version(connection)?;
    for (number, sql) in (1_u32..).zip(migrations) {
        if number <= from {
            continue;
        }
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", number)?;
        step.commit()?;
        tracing::info!(version = number, "the history has the format of this version now");
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A file as a version of ours left it, migrations after that version missing.
    pub(crate) fn make_old(connection: &mut Connection, version: usize) {
        connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        run(connection, &MIGRATIONS[..version]).unwrap();
    }

    #[test]
    fn an_interrupted_step_leaves_the_version_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        let broken = ["CREATE TABLE a (x)", "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)"];
        assert!(run(&mut connection, &broken).is_err());
        assert_eq!(version(&connection).unwrap(), 1);
        let b: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'b'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(b, 0, "the step that failed has left something behind");
        run(&mut connection, &["CREATE TABLE a (x)", "CREATE TABLE b (x)"]).unwrap();
        assert_eq!(version(&connection).unwrap(), 2);
    }
}
