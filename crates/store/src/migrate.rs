//! Migrations: numbered SQL of each area, run once, in order, and never changed after.

use sha2::{Digest, Sha256};

use crate::engine::Engine;
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
pub(crate) fn migrate(engine: &dyn Engine, migrations: &[Migration]) -> Result<(), StoreError> {
    if migrations.is_empty() {
        return Ok(());
    }
    // One process at a time, so that two that start together do not both make the tables.
    engine.begin()?;
    let done = run_missing(engine, migrations).and_then(|()| engine.run("COMMIT"));
    if done.is_err() && engine.stands() {
        engine.run("ROLLBACK")?;
    }
    done
}

fn run_missing(engine: &dyn Engine, migrations: &[Migration]) -> Result<(), StoreError> {
    let tables = engine.tables()?;
    if !tables.iter().any(|table| table == "migration") {
        if !tables.is_empty() {
            return Err(StoreError::Open(
                "the tables there are another program's; give the store a file or database of its own".to_owned(),
            ));
        }
        engine.batch(
            "CREATE TABLE migration (area TEXT NOT NULL, number BIGINT NOT NULL, checksum TEXT NOT NULL, \
             PRIMARY KEY (area, number))",
        )?;
    }
    refuse_newer(engine, migrations)?;
    migrations.iter().try_for_each(|migration| run(engine, migration))
}

fn run(engine: &dyn Engine, migration: &Migration) -> Result<(), StoreError> {
    let (area, number) = (migration.area, migration.number);
    let sql = "SELECT checksum FROM migration WHERE area = $1 AND number = $2";
    if let Some(row) = engine.query(sql, &[area.into(), number.into()], 1)?.pop() {
        let same = row.text(0)? == migration.checksum();
        return if same { Ok(()) } else { Err(StoreError::Changed(migration.name())) };
    }
    // One that was put in before others that ran would meet a schema that it was not written for.
    let sql = "SELECT COUNT(*) FROM migration WHERE area = $1 AND number >= $2";
    let later = engine.query(sql, &[area.into(), number.into()], 1)?.pop();
    if later.is_none_or(|row| row.int(0) != Ok(0)) {
        return Err(StoreError::Changed(migration.name()));
    }
    engine.batch(migration.sql)?;
    let sql = "INSERT INTO migration (area, number, checksum) VALUES ($1, $2, $3)";
    engine.execute(sql, &[area.into(), number.into(), migration.checksum().into()]).map(drop)
}

fn refuse_newer(engine: &dyn Engine, migrations: &[Migration]) -> Result<(), StoreError> {
    for row in engine.query("SELECT area, number FROM migration", &[], usize::MAX)? {
        let (area, number) = (row.text(0)?, row.int(1)?);
        if !migrations.iter().any(|known| known.area == area && i64::from(known.number) == number) {
            return Err(StoreError::Newer(format!("{area} {number}")));
        }
    }
    Ok(())
}
