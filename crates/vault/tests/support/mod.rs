//! What the tests of the vault share.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of it")]

pub mod outsider;

use std::path::Path;
use std::sync::OnceLock;

use upheld_store::{Place, Store, StoreError, Tx, Value};
use upheld_vault::{Class, Keys, MIGRATIONS, NewRecord, NewValue, PersonId, Record, RecordId, Vault, VaultError};
use uuid::Uuid;

/// A folder of keys that all tests of a file share; making one waits for the disk several times.
pub fn key_folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        Keys::open(&folder.path().join("keys")).expect("keys");
        folder
    });
    // Read so often that the path may as well live as long as the process.
    Box::leak(folder.path().join("keys").into_boxed_path())
}

/// A store with the keys of it.
#[derive(Clone)]
pub struct World {
    pub store: Store,
    pub keys: Keys,
}

impl World {
    pub fn in_memory() -> Self {
        let keys = Keys::open(key_folder()).expect("keys");
        Self { store: Store::open(Place::Memory, &MIGRATIONS).expect("a store"), keys }
    }

    pub fn in_file(folder: &Path) -> Self {
        let keys = Keys::open(key_folder()).expect("keys");
        Self { store: Store::open(Place::File(folder.join("vault.db")), &MIGRATIONS).expect("a store"), keys }
    }

    /// Runs an act in one write.
    pub fn act<T: Send + 'static>(
        &self,
        mut act: impl for<'a> FnMut(&Vault<'a>) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let keys = self.keys.clone();
        self.store.write(move |tx| act(&Vault::new(tx, &keys)))
    }

    /// Looks at the vault in one read.
    pub fn look<T>(&self, look: impl FnOnce(&Vault<'_>) -> Result<T, VaultError>) -> Result<T, VaultError> {
        self.store.read(|tx| look(&Vault::new(tx, &self.keys)))
    }

    pub fn person(&self, number: u128) -> PersonId {
        let id = Uuid::from_u128(number);
        self.act(move |vault| vault.create(id, true)).expect("a person");
        id
    }

    /// Stores a record of values of one keep.
    pub fn put(&self, person: PersonId, record: u128, keep: &'static str, values: &[(&str, &str)]) -> RecordId {
        let values: Vec<(String, String)> = values.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        self.put_item(person, record, keep, None, values)
    }

    pub fn put_item(
        &self,
        person: PersonId,
        record: u128,
        keep: &'static str,
        item: Option<&'static str>,
        values: Vec<(String, String)>,
    ) -> RecordId {
        let id = Uuid::from_u128(record);
        self.act(move |vault| {
            let values: Vec<NewValue<'_>> =
                values.iter().map(|(element, value)| NewValue { element, keep, month: "", value }).collect();
            vault.put(&NewRecord { id, person, class: &class(), at: AT, item, entry: 3, values: &values })
        })
        .expect("a record");
        id
    }

    pub fn record(&self, person: PersonId, id: RecordId) -> Record {
        let records = self.look(|vault| vault.records(person)).expect("records");
        records.into_iter().find(|record| record.id == id).expect("the record is held")
    }

    pub fn open(&self, record: &Record, element: &str) -> Result<String, VaultError> {
        self.look(|vault| vault.open(record, element)).map(|value| value.to_string())
    }

    /// What is held under an element of a record, read as a caller would.
    pub fn value(&self, person: PersonId, id: RecordId, element: &str) -> Result<String, VaultError> {
        let records = self.look(|vault| vault.records(person))?;
        let record = records.into_iter().find(|record| record.id == id).ok_or(VaultError::NotHeld)?;
        self.open(&record, element)
    }

    /// Does to the rows what somebody with the file could do, ties between tables or not.
    pub fn tamper(&self, sql: &'static str, values: Vec<Value>) {
        let changed = self.store.write(move |tx| tx.execute(sql, &values)).expect("a statement");
        assert!(changed > 0, "{sql} changes something");
    }

    pub fn rows(&self, sql: &str) -> Vec<upheld_store::Row> {
        self.store.read(|tx| tx.query(sql, &[])).expect("rows")
    }
}

pub const AT: i64 = 1_700_000_000_000;

pub fn class() -> Class {
    Class {
        point: "sign_up".to_owned(),
        host: Some("www.example.org/join".to_owned()),
        capacity: "user".to_owned(),
        giver: "themselves".to_owned(),
        purposes: vec!["account_setup".to_owned()],
        clause: "data.1".to_owned(),
        version: "1".to_owned(),
        source: "web_server".to_owned(),
    }
}

pub fn blob(id: Uuid) -> Value {
    (*id.as_bytes()).into()
}

/// Every table of the schema with its columns, from the schema itself, so that one that is added is not forgotten.
pub fn tables(tx: &Tx<'_>) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let tables = tx.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", &[])?;
    tables
        .iter()
        .map(|row| {
            let table = row.text(0)?.to_owned();
            let columns = tx.query("SELECT name FROM pragma_table_info($1)", &[table.as_str().into()])?;
            let columns = columns.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_, _>>()?;
            Ok((table, columns))
        })
        .collect()
}

/// Every cell of every table, as bytes, with its table and column.
pub fn cells(tx: &Tx<'_>) -> Result<Vec<(String, String, Vec<u8>)>, StoreError> {
    let mut out = Vec::new();
    for (table, columns) in tables(tx)? {
        let all = columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
        for row in tx.query(&format!("SELECT {all} FROM \"{table}\""), &[])? {
            for (at, column) in columns.iter().enumerate() {
                let bytes = match (row.blob(at), row.text(at)) {
                    (Ok(bytes), _) => bytes.to_vec(),
                    (_, Ok(text)) => text.as_bytes().to_vec(),
                    _ => continue,
                };
                out.push((table.clone(), column.clone(), bytes));
            }
        }
    }
    Ok(out)
}
