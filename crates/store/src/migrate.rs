//! Migrations: numbered SQL of each area, run once, in order, and never changed after.

use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// A step of an area's schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Whose tables it makes (`vault`).
    pub area: &'static str,
    /// Its number within the area, from 1.
    pub number: u32,
    /// Its statements.
    pub sql: &'static str,
}

impl Migration {
    fn name(&self) -> String {
        format!("{} {}", self.area, self.number)
    }

    fn checksum(&self) -> String {
        Sha256::digest(self.sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Runs what has not run yet, all or nothing: a crash or a fault on the way leaves the store as it was. A caller that knows no
/// migrations reads the store as it is.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[Migration]) -> Result<(), StoreError> {
    if migrations.is_empty() {
        return Ok(());
    }
    // One process at a time, so that two that start together do not both make the tables.
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    if !has_table(&tx, "migration")? {
        if !is_empty(&tx)? {
            return Err(StoreError::Open("the file is another program's; give the store a file of its own".to_owned()));
        }
        tx.execute_batch(
            "CREATE TABLE migration (area TEXT NOT NULL, number BIGINT NOT NULL, checksum TEXT NOT NULL, \
             PRIMARY KEY (area, number))",
        )?;
    }
    refuse_newer(&tx, migrations)?;
    for migration in migrations {
        run(&tx, migration)?;
    }
    Ok(tx.commit()?)
}

fn run(tx: &Connection, migration: &Migration) -> Result<(), StoreError> {
    let known: Option<String> = tx
        .query_row(
            "SELECT checksum FROM migration WHERE area = $1 AND number = $2",
            params![migration.area, migration.number],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(checksum) = known {
        return if checksum == migration.checksum() { Ok(()) } else { Err(StoreError::Changed(migration.name())) };
    }
    // One that was put in before others that ran would meet a schema that it was not written for.
    let last: u32 =
        tx.query_row("SELECT COALESCE(MAX(number), 0) FROM migration WHERE area = $1", [migration.area], |row| {
            row.get(0)
        })?;
    if last >= migration.number {
        return Err(StoreError::Changed(migration.name()));
    }
    tx.execute_batch(migration.sql)?;
    tx.execute(
        "INSERT INTO migration (area, number, checksum) VALUES ($1, $2, $3)",
        params![migration.area, migration.number, migration.checksum()],
    )?;
    Ok(())
}

fn refuse_newer(tx: &Connection, migrations: &[Migration]) -> Result<(), StoreError> {
    let mut statement = tx.prepare("SELECT area, number FROM migration")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?)))?;
    for row in rows {
        let (area, number) = row?;
        if !migrations.iter().any(|known| known.area == area && known.number == number) {
            return Err(StoreError::Newer(format!("{area} {number}")));
        }
    }
    Ok(())
}

fn has_table(tx: &Connection, name: &str) -> Result<bool, StoreError> {
    Ok(tx.query_row("SELECT COUNT(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = $1", [name], |row| {
        row.get(0)
    })?)
}

fn is_empty(tx: &Connection) -> Result<bool, StoreError> {
    Ok(tx.query_row("SELECT COUNT(*) = 0 FROM sqlite_master", [], |row| row.get(0))?)
}
