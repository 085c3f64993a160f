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

pub(crate) fn migrate(connection: &mut Connection, migrations: &[Migration]) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (area TEXT NOT NULL, number BIGINT NOT NULL, checksum TEXT NOT NULL, \
         PRIMARY KEY (area, number))",
    )?;
    // A caller that knows no migrations reads the store as it is.
    if !migrations.is_empty() {
        refuse_newer(connection, migrations)?;
    }
    for migration in migrations {
        let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let known: Option<String> = tx
            .query_row(
                "SELECT checksum FROM migration WHERE area = $1 AND number = $2",
                params![migration.area, migration.number],
                |row| row.get(0),
            )
            .optional()?;
        match known {
            Some(checksum) if checksum == migration.checksum() => {}
            Some(_) => return Err(StoreError::Changed(migration.name())),
            None => {
                tx.execute_batch(migration.sql)?;
                tx.execute(
                    "INSERT INTO migration (area, number, checksum) VALUES ($1, $2, $3)",
                    params![migration.area, migration.number, migration.checksum()],
                )?;
            }
        }
        tx.commit()?;
    }
    Ok(())
}

fn refuse_newer(connection: &Connection, migrations: &[Migration]) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT area, number FROM migration")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?)))?;
    for row in rows {
        let (area, number) = row?;
        if !migrations.iter().any(|known| known.area == area && known.number == number) {
            return Err(StoreError::Newer(format!("{area} {number}")));
        }
    }
    Ok(())
}
