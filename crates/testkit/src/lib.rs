//! What tests of several crates share.

use postgres::{Client, NoTls};

/// A database of its own in the throw-away PostgreSQL (`scripts/postgres start`), dropped with this.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// A fresh database. None, said plainly, where `UPHELD_TEST_POSTGRES` names no server.
    ///
    /// # Panics
    ///
    /// When the server does not answer; when none is named and `UPHELD_TEST_STRICT` is set.
    #[must_use]
    pub fn fresh() -> Option<Self> {
        let Ok(server) = std::env::var("UPHELD_TEST_POSTGRES") else {
            assert!(std::env::var("UPHELD_TEST_STRICT").is_err(), "UPHELD_TEST_POSTGRES names no server");
            eprintln!("skipped: UPHELD_TEST_POSTGRES names no server");
            return None;
        };
        let name = format!("t{}", uuid::Uuid::new_v4().simple());
        client(&server).batch_execute(&format!("CREATE DATABASE {name}")).expect("a database");
        Some(Self { server, name })
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> String {
        let server = self.server.rsplit_once('/').map_or(self.server.as_str(), |(server, _)| server);
        format!("{server}/{}", self.name)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs statements beside whoever uses the database.
    ///
    /// # Panics
    ///
    /// When they do not run.
    pub fn batch(&self, sql: &str) {
        client(&self.address()).batch_execute(sql).expect("the statements run");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(client(&self.server).batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name)));
    }
}

fn client(address: &str) -> Client {
    Client::connect(address, NoTls).expect("the server answers")
}
