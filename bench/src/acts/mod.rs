//! Acts: `collect` and `use` through the service in this process, beside SQLite that is written to directly with the same
//! durability, and beside the disk itself.

mod bare;
mod disk;
pub mod governed;
mod size;

use std::path::Path;

use anyhow::Result;

use self::bare::{Bare, Commits};
use self::disk::Disk;
use self::governed::Governed;
use crate::load::{Contender, measure};
use crate::report::{Table, micros, thousands, times};

const CALLERS: [usize; 3] = [1, 8, 64];

/// What is collected: at a point, in a place, three values with the elements of the policy.
#[derive(Clone, Copy)]
pub struct Record {
    point: &'static str,
    place: &'static str,
    values: [(&'static str, &'static str); 3],
}

/// What makes somebody a customer.
pub const SIGN_UP: Record = Record {
    point: "sign_up",
    place: "www.larchfield.example/join",
    values: [("name", "Ann Example"), ("address", "1 Elm Row"), ("phone_number", "555 0100")],
};

/// What any visit leaves.
const VISIT: Record = Record {
    point: "web_visit",
    place: "www.larchfield.example/plans",
    values: [("isp_domain", "isp.example"), ("access_time", "2026-12-01T09:30:00Z"), ("page_visited", "/plans")],
};

/// The service's own id of the person of a number.
pub fn person(n: usize) -> String {
    format!("p-{n:08}")
}

pub fn run() -> Result<()> {
    let folder = tempfile::Builder::new().prefix("upheld-bench-").tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let governed = Governed::open(folder.path())?;
    let grouped = Bare::open(&at("grouped.db"), Commits::Together)?;
    let single = Bare::open(&at("single.db"), Commits::Each)?;
    let visits = Bare::open(&at("visits.db"), Commits::Together)?;
    let disk = Disk::open(&at("disk"))?;

    println!("\n### `collect`: three values of a new person, durable");
    let collect = [
        Contender::new("Upheld `collect`", || Ok(governed.collecting(SIGN_UP))),
        Contender::new("SQLite, commits shared", || Ok(grouped.inserting(SIGN_UP))),
        Contender::new("SQLite, a commit each", || Ok(single.inserting(SIGN_UP))),
        Contender::new("the disk alone: 4 KiB and a sync", || Ok(disk.writing())),
    ];
    compare(&collect)?;
    let [people, others, _, _] = collect.map(|contender| contender.acts());
    governed.check(people)?;
    grouped.check(others)?;

    println!("\n### `collect`: three values of somebody known, durable");
    compare(&[
        Contender::new("Upheld `collect`", || Ok(governed.collecting(VISIT))).below(people),
        Contender::new("SQLite, commits shared", || Ok(visits.inserting(VISIT))).below(people),
    ])?;

    println!("\n### `use`: three values of somebody, for a purpose, with a durable trace");
    compare(&[
        Contender::new("Upheld `use`", || Ok(governed.using())).below(people),
        Contender::new("SQLite, a read and a line in a log, commits shared", || grouped.reading(true)).below(others),
        Contender::new("SQLite, a read that leaves no trace", || grouped.reading(false)).below(others),
    ])?;
    drop((governed, grouped, single, visits));

    println!("\n### Bytes on the disk\n");
    size::run(folder.path())
}

fn compare(contenders: &[Contender<'_>]) -> Result<()> {
    let mut table = Table::new(&[
        "",
        "callers",
        "acts a second: most",
        "median",
        "Upheld's rate / this one (medians)",
        "time of an act, median",
        "processor time of an act, least",
        "written for an act, median",
    ]);
    for callers in CALLERS {
        let all = measure(contenders, callers)?;
        let ours = all.first().map_or(f64::NAN, |figures| figures.rate.median);
        for (contender, figures) in contenders.iter().zip(all) {
            table.row(vec![
                contender.name.to_owned(),
                callers.to_string(),
                thousands(figures.rate.most),
                thousands(figures.rate.median),
                times(ours / figures.rate.median),
                micros(figures.median),
                micros(figures.processor.least),
                format!("{:.1} KiB", figures.written.median / 1024.0),
            ]);
        }
    }
    table.print();
    Ok(())
}

/// The bytes of a file and of what SQLite has beside it.
fn bytes(path: &Path) -> u64 {
    let beside = ["", "-wal"].map(|end| std::fs::metadata(format!("{}{end}", path.display())));
    beside.into_iter().flatten().map(|file| file.len()).sum()
}
