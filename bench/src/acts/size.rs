//! What values weigh in the store, with and without their evidence.

use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, OpenFlags};

use super::bare::{Bare, Commits};
use super::governed::Governed;
use super::{Record, SIGN_UP, VISIT};
use crate::report::{Table, thousands, times};
use crate::sample::number;

/// Values of about a hundred bytes.
const LONG: Record = Record {
    values: [
        (
            "name",
            "Ann Example, who has so many names that they fill a line of the form from its one end to the other one",
        ),
        (
            "address",
            "1 Elm Row, the house behind the old mill, third door on the left, above the bakery, Larchfield, Shire",
        ),
        (
            "phone_number",
            "555 0100 in the morning, 555 0101 after noon, 555 0102 in the evening, or leave word at 555 0103",
        ),
    ],
    ..SIGN_UP
};

pub fn run(folder: &Path) -> Result<()> {
    let folder = folder.join("size");
    let mut visits = vec![SIGN_UP];
    visits.extend([VISIT; 19]);
    let kinds: [(&str, usize, &[Record]); 3] = [
        ("one record of three short values", 20_000, &[SIGN_UP]),
        ("one record of three values of about 100 bytes", 20_000, &[LONG]),
        ("twenty records of three short values", 2_000, &visits),
    ];
    for (n, (what, people, records)) in kinds.into_iter().enumerate() {
        println!("{people} people, each with {what}:");
        weigh(&folder.join(n.to_string()), people, records)?;
    }
    Ok(())
}

fn weigh(folder: &Path, people: usize, records: &[Record]) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let governed = Governed::open(folder)?;
    let (path, ours) = governed.fill(people, records)?;
    let bare = Bare::open(&folder.join("bare.db"), Commits::Each)?.fill(people, records)?;
    let areas = areas(&path)?;
    let evidence: u64 = areas.iter().filter(|(name, _)| name.contains("log_")).map(|(_, bytes)| bytes).sum();
    let values = number(people * records.iter().map(|record| record.values.len()).sum::<usize>());
    let each = |bytes: u64| bytes as f64 / values;
    let plain: usize = records.iter().flat_map(|record| record.values).map(|(_, value)| value.len()).sum();
    let plain = number(plain * people) / values;

    let mut table = Table::new(&["", "bytes for a value", "/ the value itself", "/ the plain table"]);
    let mut row = |name: &str, bytes: f64| {
        table.row(vec![name.to_owned(), thousands(bytes), times(bytes / plain), times(bytes / each(bare))]);
    };
    row("the values themselves", plain);
    row("SQLite, a plain table with an index on the person", each(bare));
    row("Upheld, without the log", each(ours - evidence));
    row("Upheld, with the log", each(ours));
    table.print();

    let areas = areas.iter().filter(|(_, bytes)| each(*bytes) >= 1.0);
    let areas = areas.map(|(name, bytes)| format!("`{name}` {}", thousands(each(*bytes))));
    println!("Where Upheld's bytes lie: {}.\n", areas.collect::<Vec<_>>().join(", "));
    Ok(())
}

/// The bytes of every table and index, the largest first.
fn areas(path: &Path) -> Result<Vec<(String, u64)>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let sql = "SELECT name, SUM(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
    rows.map(|row| row.map(|(name, bytes)| (name, u64::try_from(bytes).unwrap_or_default())).map_err(Into::into))
        .collect()
}
