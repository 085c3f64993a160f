//! Times what the vault does, in memory and in a file with full durability, one act a write and a hundred acts a write.
//!
//! `cargo run --release -p upheld-vault --example time_vault` prints a table.
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::cell::Cell;
use std::error::Error;
use std::time::{Duration, Instant};

use upheld_store::{Place, Store};
use upheld_vault::{Class, Keys, MIGRATIONS, NewRecord, NewValue, Standing, Vault, VaultError};
use uuid::Uuid;

const VALUES: [&str; 3] = ["address", "email", "name"];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("upheld-time-vault-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure(&folder);
    std::fs::remove_dir_all(&folder)?;
    outcome
}

fn measure(folder: &std::path::Path) -> Result<(), Box<dyn Error>> {
    println!("{:<46} {:>10} {:>10}", "microseconds an act", "memory", "file");
    let keys = Keys::ephemeral()?;
    let memory = figures(&Store::open(Place::Memory, &MIGRATIONS)?, &keys, 5_000)?;
    let file = Store::open(Place::File(folder.join("store.db")), &MIGRATIONS)?;
    for ((name, memory), (_, file)) in memory.into_iter().zip(figures(&file, &keys, 5_000)?) {
        println!("{name:<46} {memory:>10.1} {file:>10.1}");
    }
    for people in [5_000_u64, 45_000] {
        figures(&file, &keys, people)?;
        let bytes = std::fs::metadata(folder.join("store.db"))?.len();
        let begun = Instant::now();
        file.scrub()?;
        println!("a scrub of {} MB: {} ms", bytes >> 20, begun.elapsed().as_millis());
    }
    Ok(())
}

fn class() -> Class {
    Class { point: "sign_up".to_owned(), capacity: "user".to_owned(), version: "1".to_owned(), ..Class::default() }
}

fn micros(time: Duration, acts: u64) -> f64 {
    time.as_secs_f64() * 1e6 / acts as f64
}

/// Runs an act for each of so many people, a hundred in a write; gives the microseconds for each.
fn each(
    store: &Store,
    keys: &Keys,
    people: &[Uuid],
    act: impl Fn(&Vault<'_>, Uuid, u128) -> Result<(), VaultError> + Send + Copy + 'static,
) -> Result<f64, VaultError> {
    let begun = Instant::now();
    for (chunk, some) in people.chunks(100).enumerate() {
        let (some, keys) = (some.to_vec(), keys.clone());
        store.write(move |tx| {
            let vault = Vault::new(tx, &keys);
            let mut number = chunk as u128 * 100;
            some.iter().try_for_each(|person| {
                number += 1;
                act(&vault, *person, number)
            })
        })?;
    }
    Ok(micros(begun.elapsed(), people.len() as u64))
}

fn put(vault: &Vault<'_>, person: Uuid, keep: &str) -> Result<(), VaultError> {
    let text = "Ann Example, 1 Elm Row, Larchfield";
    let values = VALUES.map(|element| NewValue { element, keep, month: "", value: text });
    let id = Uuid::new_v4();
    vault.put(&NewRecord { id, person, class: &class(), at: 1, item: None, entry: 0, values: &values })
}

fn figures(store: &Store, keys: &Keys, count: u64) -> Result<Vec<(&'static str, f64)>, VaultError> {
    let people: Vec<Uuid> = (0..count).map(|_| Uuid::new_v4()).collect();
    let mut out = Vec::new();
    let made = each(store, keys, &people, |vault, person, _| {
        vault.create(person, true)?;
        vault.add_handle(person, "id", &person.to_string())
    })?;
    out.push(("create a person with a handle", made));
    out.push((
        "put 3 values, first of a keep",
        each(store, keys, &people, |vault, person, _| put(vault, person, "a"))?,
    ));
    out.push(("put 3 values, keep known", each(store, keys, &people, |vault, person, _| put(vault, person, "a"))?));
    let choice = |subject: &str, since| Standing {
        topic: "choice".to_owned(),
        subject: subject.to_owned(),
        state: "agreed".to_owned(),
        since,
        entry: 0,
    };
    for subject in ["news", "research", "partners", "profile"] {
        let act = move |vault: &Vault<'_>, person, _| vault.stand(person, &choice(subject, 1));
        let taken = each(store, keys, &people, act)?;
        if subject == "news" {
            out.push(("stand, the first row", taken));
        }
    }
    out.push((
        "stand, the fifth row",
        each(store, keys, &people, move |vault, person, _| vault.stand(person, &choice("more", 1)))?,
    ));

    let looks = people.iter().step_by(people.len().div_ceil(5_000)).copied().collect::<Vec<_>>();
    let times = [(); 4].map(|()| Cell::new(Duration::ZERO));
    let opened = Cell::new(0_u64);
    for person in &looks {
        store.read(|tx| {
            let vault = Vault::new(tx, keys);
            let timed = |at: usize, begun: Instant| times[at].set(times[at].get() + begun.elapsed());
            let begun = Instant::now();
            vault.find("id", &person.to_string())?;
            timed(0, begun);
            let begun = Instant::now();
            vault.standing(*person)?;
            timed(1, begun);
            let begun = Instant::now();
            let records = vault.records(*person)?;
            timed(2, begun);
            let begun = Instant::now();
            for record in &records {
                for element in &record.elements {
                    vault.open(record, element)?;
                    opened.set(opened.get() + 1);
                }
            }
            timed(3, begun);
            Ok::<_, VaultError>(())
        })?;
    }
    let names =
        ["find a person by a handle", "standing, 5 rows verified", "records, 2 of 3 values listed", "open a value"];
    for (at, (name, time)) in names.into_iter().zip(&times).enumerate() {
        let acts = if at == 3 { opened.get() } else { looks.len() as u64 };
        out.push((name, micros(time.get(), acts)));
    }
    let one: Vec<Uuid> = looks.iter().take(500).copied().collect();
    let begun = Instant::now();
    for person in &one {
        store.read(|tx| Vault::new(tx, keys).exists(*person))?;
    }
    out.push(("a read of one row, alone in its transaction", micros(begun.elapsed(), one.len() as u64)));
    let begun = Instant::now();
    for person in one.clone() {
        let keys = keys.clone();
        store.write(move |tx| put(&Vault::new(tx, &keys), person, "a"))?;
    }
    out.push(("put 3 values, alone in its write", micros(begun.elapsed(), one.len() as u64)));
    let erased = each(store, keys, &one, |vault, person, _| {
        let records = vault.records(person)?;
        let first = records.first().ok_or(VaultError::NotHeld)?;
        vault.erase(&[(first.id, "name".to_owned())]).map(drop)
    })?;
    out.push(("erase 1 value, 8 others under its key", erased));
    Ok(out)
}
