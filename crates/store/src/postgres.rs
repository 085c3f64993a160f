//! PostgreSQL as an [`Engine`]: one connection, its prepared statements, and what became of its transaction.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use postgres::config::Host;
use postgres::error::SqlState;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};

use crate::engine::{Engine, Writing};
use crate::error::StoreError;
use crate::reader::LONGEST_READ;
use crate::value::{Row, Value};

/// How long opening a connection may take.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// What the schema of a store needs before its first table: `BLOB` as a name for bytes, so that one text serves both engines, and the
/// row that whoever writes holds.
const GROUND: &str = "
    DO $$ BEGIN CREATE DOMAIN blob AS bytea; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
    CREATE TABLE IF NOT EXISTS writing (id BIGINT PRIMARY KEY);
    INSERT INTO writing (id) VALUES (1) ON CONFLICT DO NOTHING;
";

/// Where a database is, checked once.
#[derive(Clone)]
pub(crate) struct Address(Config);

impl Address {
    /// Reads an address (`postgres://user@host/database`, or `host=… dbname=…`). It is never repeated in an error: it may hold
    /// a password.
    pub(crate) fn read(text: &str) -> Result<Self, StoreError> {
        let mut config: Config = text.parse().map_err(|_| {
            StoreError::Open(
                "the address of the database is not understood; write `postgres://user@host/database`".to_owned(),
            )
        })?;
        let local = |host: &Host| match host {
            Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
            Host::Unix(_) => true,
        };
        if !config.get_hosts().iter().all(local) {
            return Err(StoreError::Open(
                "a database on another machine is reached through an encrypted tunnel that ends on this one; give the \
                 tunnel's address on `localhost`"
                    .to_owned(),
            ));
        }
        config.application_name("upheld").connect_timeout(LONGEST_CONNECT);
        Ok(Self(config))
    }

    /// Connects.
    pub(crate) fn connect(&self) -> Result<Session, StoreError> {
        Ok(Session(RefCell::new(Inner {
            client: self.client()?,
            address: self.clone(),
            statements: HashMap::new(),
            now: Now::Out,
            again: false,
        })))
    }

    fn client(&self) -> Result<Client, StoreError> {
        self.0.connect(NoTls).map_err(|error| match error.code() {
            Some(code) => StoreError::Open(format!("the database refuses the connection (SQLSTATE {})", code.code())),
            None => {
                StoreError::Open("the database does not answer; check that it runs and where it listens".to_owned())
            }
        })
    }
}

/// A connection.
pub(crate) struct Session(RefCell<Inner>);

struct Inner {
    client: Client,
    address: Address,
    statements: HashMap<String, Statement>,
    now: Now,
    /// The transaction failed for no fault of its own.
    again: bool,
}

/// What the connection is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Now {
    /// No transaction.
    Out,
    /// One that stands.
    In,
    /// One in which a statement failed: nothing but going back is possible.
    Failed,
}

impl Session {
    /// Makes what the schema stands on, and looks whether what is committed is on the disk.
    pub(crate) fn prepare(&self) -> Result<(), StoreError> {
        for (setting, safe) in [
            ("fsync", &["on"][..]),
            ("synchronous_commit", &["on", "local", "remote_write", "remote_apply"]),
            ("full_page_writes", &["on"]),
        ] {
            let mut inner = self.0.borrow_mut();
            let row = inner.client.query_one(&format!("SHOW {setting}"), &[]).map_err(|error| inner.said(&error))?;
            let set: String = row.try_get(0).map_err(|_| StoreError::Damaged("a setting was expected"))?;
            if !safe.contains(&set.as_str()) {
                return Err(StoreError::Open(format!(
                    "the database has `{setting} = {set}`: what it commits may be lost; set `{setting} = on`"
                )));
            }
        }
        self.batch(GROUND)
    }

    /// Begins a transaction that only reads one state of the store, for a bounded time.
    pub(crate) fn begin_reading(&self) -> Result<(), StoreError> {
        self.0.borrow_mut().begin(&format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {}",
            LONGEST_READ.as_millis()
        ))
    }

    /// Whether it is of no more use.
    pub(crate) fn is_broken(&self) -> bool {
        let inner = self.0.borrow();
        inner.client.is_closed() || inner.now != Now::Out
    }

    /// How many bytes the store's tables have, with their indices.
    fn size(&self) -> Result<u64, StoreError> {
        let sql = "SELECT CAST(COALESCE(SUM(pg_total_relation_size(c.oid)), 0) AS BIGINT) FROM pg_class c \
                   WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace)";
        let mut inner = self.0.borrow_mut();
        let row = inner.client.query_one(sql, &[]).map_err(|error| inner.said(&error))?;
        let bytes: i64 = row.try_get(0).map_err(|_| StoreError::Damaged("a size was expected"))?;
        Ok(u64::try_from(bytes).unwrap_or_default())
    }
}

impl Inner {
    fn begin(&mut self, sql: &str) -> Result<(), StoreError> {
        (self.now, self.again) = (Now::Out, false);
        if self.client.is_closed() {
            // A database that is being started again is waited for.
            self.client = self.address.client().inspect_err(|_| self.again = true)?;
            self.statements.clear();
        }
        match self.client.batch_execute(sql) {
            Ok(()) => {
                self.now = Now::In;
                Ok(())
            }
            Err(error) => {
                let said = self.said(&error);
                self.now = Now::Out;
                drop(self.client.batch_execute("ROLLBACK"));
                Err(said)
            }
        }
    }

    /// What an error means; the transaction has failed.
    fn said(&mut self, error: &postgres::Error) -> StoreError {
        if self.now == Now::In {
            self.now = Now::Failed;
        }
        let Some(code) = error.code() else {
            self.again = self.client.is_closed();
            return StoreError::Engine(
                if self.again {
                    "the connection to the database broke"
                } else {
                    "a statement or its parameters do not fit"
                }
                .to_owned(),
            );
        };
        match *code {
            SqlState::T_R_SERIALIZATION_FAILURE
            | SqlState::T_R_DEADLOCK_DETECTED
            | SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN => {
                self.again = true;
                StoreError::Busy
            }
            SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
            SqlState::DISK_FULL => StoreError::Full,
            SqlState::QUERY_CANCELED => StoreError::Slow,
            // The code only: the database's own message may quote a value.
            ref code => StoreError::Engine(format!("SQLSTATE {}", code.code())),
        }
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if self.now != Now::In {
            return Err(StoreError::Engine("the transaction has ended, or a statement in it failed".to_owned()));
        }
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| self.said(&error))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Engine for Session {
    fn run(&self, sql: &str) -> Result<(), StoreError> {
        let mut inner = self.0.borrow_mut();
        let failed = inner.now == Now::Failed;
        let back = sql.starts_with("ROLLBACK");
        // The database answers a COMMIT of a failed transaction with success, and rolls back.
        if failed && !back {
            return Err(StoreError::Engine("a statement of the transaction failed".to_owned()));
        }
        let committing = sql == "COMMIT";
        match inner.client.batch_execute(sql) {
            Ok(()) => {
                inner.now = if committing || sql == "ROLLBACK" { Now::Out } else { Now::In };
                Ok(())
            }
            Err(error) => {
                let said = inner.said(&error);
                // A database that ends, or a connection that breaks, may have committed before: to run it again could do it twice.
                let refused = error
                    .code()
                    .is_some_and(|code| !matches!(*code, SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN));
                if committing && (!refused || inner.client.is_closed()) {
                    inner.again = false;
                    return Err(StoreError::Unknown);
                }
                Err(said)
            }
        }
    }

    fn begin(&self) -> Result<(), StoreError> {
        self.0
            .borrow_mut()
            .begin("BEGIN ISOLATION LEVEL READ COMMITTED; SELECT id FROM writing WHERE id = 1 FOR UPDATE")
    }

    fn stands(&self) -> bool {
        let inner = self.0.borrow();
        inner.now != Now::Out && !inner.client.is_closed()
    }

    fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let mut inner = self.0.borrow_mut();
        inner.client.batch_execute(sql).map_err(|error| inner.said(&error))
    }

    fn tables(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name <> 'writing'";
        self.query(sql, &[], usize::MAX)?.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<usize, StoreError> {
        let mut inner = self.0.borrow_mut();
        let statement = inner.statement(sql)?;
        let changed = inner.client.execute(&statement, &parameters(values)).map_err(|error| inner.said(&error))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    fn query(&self, sql: &str, values: &[Value], most: usize) -> Result<Vec<Row>, StoreError> {
        let mut inner = self.0.borrow_mut();
        let statement = inner.statement(sql)?;
        let rows = inner.client.query(&statement, &parameters(values)).map_err(|error| inner.said(&error))?;
        rows.iter().take(most).map(row).collect()
    }

    fn parameters(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let mut inner = self.0.borrow_mut();
        let statement = inner.client.prepare(sql).map_err(|error| inner.said(&error))?;
        Ok((1..=statement.params().len()).map(|number| format!("${number}")).collect())
    }

    fn may_be_tried_again(&self) -> bool {
        self.0.borrow().again
    }
}

impl Writing for Session {
    fn engine(&self) -> &dyn Engine {
        self
    }

    fn committed(&mut self) {}

    /// Writes every table anew, so that no file of a table holds what was deleted. The database's own log of writes goes on holding it
    /// until it is recycled.
    fn scrub(&mut self, most: u64) -> Result<bool, StoreError> {
        if self.size()? > most {
            return Ok(false);
        }
        // Readers are waited for no longer than they may read.
        self.batch(&format!("SET lock_timeout = {}", 2 * LONGEST_READ.as_millis()))?;
        let done = self.batch("VACUUM (FULL)");
        self.batch("SET lock_timeout = 0")?;
        done.map(|()| true)
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn row(row: &postgres::Row) -> Result<Row, StoreError> {
    let other = |_| StoreError::Damaged("a column is of another type than the program wrote");
    (0..row.len()).map(|column| row.try_get::<_, Value>(column).map_err(other)).collect::<Result<_, _>>().map(Row::new)
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(ty, raw)?.into()),
            Type::TEXT | Type::VARCHAR | Type::NAME => Self::Text(String::from_sql(ty, raw)?),
            _ => Self::Blob(raw.to_vec()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::BOOL | Type::TEXT | Type::VARCHAR | Type::NAME | Type::BYTEA)
            || ty.name() == "blob"
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => match *ty {
                Type::BOOL => (*number != 0).to_sql(ty, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
                Type::INT8 => number.to_sql(ty, out),
                _ => Err("a number where the statement has none".into()),
            },
            Self::Text(text) => text.to_sql(ty, out),
            Self::Blob(blob) => blob.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
