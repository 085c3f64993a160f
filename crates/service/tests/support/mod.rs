//! What the tests of the service share: stores, a clock, keys, and short ways to say an act.
#![allow(dead_code, reason = "each test crate uses a part")]

pub mod outsider;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tempfile::TempDir;
use upheld_decide::{Action, Form, Reason};
use upheld_service::{
    AccessKind, Act, Answered, Ask, Caller, CaseState, Choose, Clock, Collect, Collected, Entry, Find, Held, Keys,
    OpenCase, Place, Service, ServiceError, Session, SetClock, Share, Use, Verb,
};
use upheld_store::{Store, StoreError};
use upheld_testkit::Database;

/// One of each thing that the verbs have to do with.
pub const BAKERY: &str = include_str!("../policies/bakery.md");
/// Ends of every kind.
pub const KEEPS: &str = include_str!("../policies/keeps.md");
/// The model policy.
pub const HOSTING: &str = include_str!("../../../../policies/hosting-2009/privacy.md");

/// When the tests begin: after the policies take effect.
pub const BEGINS: &str = "2026-01-05T12:00:00Z";

/// A service with its clock, in memory or in a file of its own.
pub struct World {
    pub service: Service,
    pub clock: Arc<SetClock>,
    pub folder: Option<TempDir>,
    /// Where the store is PostgreSQL; dropped after the service.
    pub database: Option<Database>,
}

pub fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub fn days(count: u64) -> Duration {
    Duration::from_secs(count * 86_400)
}

impl World {
    /// A store in memory with a policy in force.
    pub fn memory(policy: &str) -> Self {
        Self::memory_at(policy, time(BEGINS))
    }

    /// The same at some time.
    pub fn memory_at(policy: &str, begins: Timestamp) -> Self {
        let clock = Arc::new(SetClock::new(begins));
        let keys = Keys::ephemeral().expect("keys");
        let database = elsewhere();
        let place = database.as_ref().map_or(Place::Memory, |database| Place::Postgres(database.address()));
        let service = Service::open(place, keys, clock.clone()).expect("a service");
        let world = Self { service, clock, folder: None, database };
        world.service.activate(policy, None, "test").expect("the policy compiles");
        world
    }

    /// Another version, which may be weaker: told to people today, in force and awaited tomorrow.
    pub fn put_into_force_after_notice(&self, policy: &str) {
        let today = self.clock.now().to_zoned_datetime(TimeZone::UTC).date();
        let tomorrow = today.tomorrow().expect("a day");
        let (proposal, _) = self.service.propose(policy, None, "Ines").expect("it compiles");
        self.service.approve(&proposal.version, Some(tomorrow), Some(today), "Bo").expect("approved");
        self.clock.advance(Duration::from_secs(86_400));
    }

    /// A store on the disk, without a policy: in a file, or in PostgreSQL where the tests run on that.
    pub fn empty_file() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(SetClock::new(time(BEGINS)));
        let database = elsewhere();
        let service =
            open_at(place(folder.path(), database.as_ref()), folder.path(), clock.clone()).expect("a service");
        Self { service, clock, folder: Some(folder), database }
    }

    /// Whether the store is an SQLite file: only then are there bytes of it to look at.
    pub fn is_file(&self) -> bool {
        self.database.is_none() && self.folder.is_some()
    }

    /// A store in a file with a policy in force.
    pub fn file(policy: &str) -> Self {
        let world = Self::empty_file();
        world.service.activate(policy, None, "test").expect("the policy compiles");
        world
    }

    /// One of each.
    pub fn both(policy: &str) -> [Self; 2] {
        [Self::memory(policy), Self::file(policy)]
    }

    fn path(&self) -> &Path {
        self.folder.as_ref().expect("a store in a file").path()
    }

    pub fn database(&self) -> PathBuf {
        self.path().join("store.db")
    }

    /// Where the store is, whatever it is.
    pub fn place(&self) -> Place {
        place(self.path(), self.database.as_ref())
    }

    /// The service opened once more on the same files.
    pub fn reopened(&self) -> Result<Service, ServiceError> {
        open_at(self.place(), self.path(), self.clock.clone())
    }

    /// A copy of the files, as somebody would make who has the disk.
    pub fn copied(&self) -> TempDir {
        fn copy(from: &Path, to: &Path) {
            std::fs::create_dir_all(to).expect("a folder");
            std::fs::set_permissions(to, std::fs::metadata(from).expect("the folder").permissions()).expect("its mode");
            for entry in std::fs::read_dir(from).expect("the folder") {
                let path = entry.expect("an entry").path();
                let to = to.join(path.file_name().expect("a name"));
                if path.is_dir() {
                    copy(&path, &to);
                } else {
                    std::fs::copy(&path, &to).expect("a copy");
                }
            }
        }
        let folder = tempfile::tempdir().expect("a folder");
        copy(self.path(), folder.path());
        folder
    }

    /// The store beside the service: to look at its rows, or to change them as somebody would who has the file.
    pub fn raw(&self) -> Store {
        Store::open(self.place(), &[]).expect("the store opens")
    }

    /// Changes rows behind the service's back; at least one.
    pub fn tamper(&self, sql: &'static str) {
        // How bytes are written down is the one thing in which these statements differ between the engines.
        let said = if on_postgres() {
            sql.replace("x'00'", "CAST('\\x00' AS bytea)")
                .replace("hex(id) = upper(", "upper(encode(id, 'hex')) = upper(")
        } else {
            sql.to_owned()
        };
        let changed = self.raw().write(move |tx| tx.execute(&said, &[])).expect("the statement runs");
        assert!(changed > 0, "nothing was changed by {sql}");
    }

    /// How many rows each table has, the log's left out.
    pub fn rows(&self) -> BTreeMap<String, i64> {
        self.raw()
            .read(|tx| -> Result<_, StoreError> {
                let tables = tx.query(
                    if on_postgres() {
                        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
                         WHERE table_schema = 'public' AND table_name <> 'writing' ORDER BY 1"
                    } else {
                        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                    },
                    &[],
                )?;
                let names = tables.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<Vec<_>, _>>()?;
                let mut out = BTreeMap::new();
                for name in names.into_iter().filter(|name| !name.starts_with("log_") && !name.starts_with("sqlite_")) {
                    let row = tx.one(&format!("SELECT COUNT(*) FROM \"{name}\""), &[])?.expect("a count");
                    out.insert(name, row.int(0)?);
                }
                Ok(out)
            })
            .expect("the rows")
    }

    /// Every byte of the store's files.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for entry in std::fs::read_dir(self.path()).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                out.extend(std::fs::read(&path).expect("a file"));
            }
        }
        out
    }

    /// Takes a record in, whatever comes of it.
    pub fn collect(&self, point: &str, person: &str, values: &[(&str, &str)]) -> Act<Collected> {
        self.service.collect(&site(), record(point, person, values)).expect("an answer")
    }

    /// Takes a record in; it must be taken.
    pub fn take(&self, point: &str, person: &str, values: &[(&str, &str)]) -> Collected {
        done(self.collect(point, person, values))
    }

    /// Takes an item in; it must be taken.
    pub fn take_item(&self, point: &str, person: &str, item: &str, values: &[(&str, &str)]) -> Collected {
        let act = Collect { item: Some(item.to_owned()), ..record(point, person, values) };
        done(self.service.collect(&site(), act).expect("an answer"))
    }

    /// A new member of the bakery.
    pub fn join(&self, person: &str) {
        let email = format!("{person}@mail.example");
        let values = [
            ("name", person),
            ("email", email.as_str()),
            ("address", "1 Elm Row"),
            ("phone_number", "555 0100"),
            ("birth_date", "1980-02-29"),
            ("card_number", "4111111111111111"),
        ];
        self.take("sign_up", person, &values);
    }

    pub fn use_(&self, role: &str, person: &str, data: &[&str], purpose: &str) -> Act<Vec<Held>> {
        self.service.use_(&human(role), reading(person, data, purpose)).expect("an answer")
    }

    /// The values that a permitted use gives.
    pub fn read(&self, role: &str, person: &str, data: &[&str], purpose: &str) -> Vec<String> {
        let mut values: Vec<String> =
            done(self.use_(role, person, data, purpose)).into_iter().map(|held| held.value).collect();
        values.sort_unstable();
        values
    }

    pub fn share(&self, role: &str, person: &str, data: &[&str], purpose: &str, with: &str) -> Act<Vec<Held>> {
        self.service.share(&human(role), disclosing(person, data, purpose, with)).expect("an answer")
    }

    pub fn choose(&self, person: &str, choice: &str, agree: bool, via: Option<&str>) -> Act<()> {
        let act = Choose {
            person: person.to_owned(),
            choice: choice.to_owned(),
            agree,
            via: via.map(str::to_owned),
            giving: BTreeMap::new(),
            by_person: None,
            package: None,
        };
        self.service.choose_as(&session(person), act).expect("an answer")
    }

    pub fn ask(&self, person: &str, right: &str, data: &[&str]) -> Act<Answered> {
        self.service
            .request(&session(person), Ask { right: right.to_owned(), data: strings(data), ..Ask::default() })
            .expect("an answer")
    }

    pub fn open_case(
        &self,
        role: &str,
        ground: &str,
        person: &str,
        items: &[&str],
        fields: &[(&str, &str)],
    ) -> CaseState {
        let act = OpenCase {
            ground: ground.to_owned(),
            people: vec![person.to_owned()],
            items: strings(items),
            recipient: None,
            fields: pairs(fields),
        };
        done(self.service.open_case(&human(role), act).expect("an answer"))
    }

    pub fn find(&self, caller: &Caller, case: &str, holds: bool) -> Act<CaseState> {
        let act = Find { case: case.to_owned(), finding: "valid".to_owned(), holds };
        self.service.find(caller, act).expect("an answer")
    }

    /// All entries of the log.
    pub fn log(&self) -> Vec<Entry> {
        self.service.log_entries(0, 100_000).expect("the log").into_iter().map(|placed| placed.entry).collect()
    }

    /// The log is whole.
    pub fn assert_log_verifies(&self) {
        let report = self.service.verify_log().expect("the log is read");
        assert_eq!(report.first_fault, None, "the log verifies");
    }
}

/// A service on the files of a folder.
pub fn open(folder: &Path, clock: Arc<SetClock>) -> Result<Service, ServiceError> {
    open_at(place(folder, None), folder, clock)
}

fn open_at(place: Place, folder: &Path, clock: Arc<SetClock>) -> Result<Service, ServiceError> {
    Service::open(place, Keys::open(&folder.join("keys")).expect("keys"), clock)
}

/// Where a store is whose keys lie in a folder.
fn place(folder: &Path, database: Option<&Database>) -> Place {
    database.map_or_else(|| Place::File(folder.join("store.db")), |database| Place::Postgres(database.address()))
}

/// Whether the tests run on PostgreSQL.
pub fn on_postgres() -> bool {
    std::env::var("UPHELD_TEST_STORE").is_ok_and(|store| store == "postgres")
}

/// A database, where the tests run on PostgreSQL.
fn elsewhere() -> Option<Database> {
    on_postgres().then(|| Database::fresh().expect("UPHELD_TEST_POSTGRES names a server"))
}

/// The policy's program that stands at the points; its key lists all of them.
pub fn site() -> Caller {
    let points = [
        "sign_up",
        "order_form",
        "web_visit",
        "mail_in",
        "bill",
        "note",
        "delivered",
        "leaving",
        "settled",
        "nowhere",
        "joined",
        "left",
        "seen",
        "answered",
        "written",
        "filed",
        "archived",
        "ordered",
    ];
    Caller {
        key: "key-of-site".to_owned(),
        kind: AccessKind::Program,
        acts_as: Some("shop".to_owned()),
        verbs: Verb::ALL.to_vec(),
        points: strings(&points),
        purposes: Vec::new(),
        may_act: true,
    }
}

/// Somebody in a role.
pub fn human(role: &str) -> Caller {
    with_key(role, &format!("key-of-{role}"))
}

/// Whoever has this key, in this role.
pub fn with_key(role: &str, key: &str) -> Caller {
    Caller {
        key: key.to_owned(),
        kind: AccessKind::Human,
        acts_as: Some(role.to_owned()),
        verbs: Verb::ALL.to_vec(),
        points: Vec::new(),
        purposes: Vec::new(),
        may_act: true,
    }
}

pub fn session(person: &str) -> Session {
    Session { person: person.to_owned(), by: "key-of-site".to_owned() }
}

/// A record at a point, at a place where it is used.
pub fn record(point: &str, person: &str, values: &[(&str, &str)]) -> Collect {
    let place = match point {
        "sign_up" => Some("www.tern.example/join"),
        "order_form" => Some("shop.tern.example/cakes"),
        "web_visit" => Some("www.tern.example/"),
        _ => None,
    };
    Collect {
        point: point.to_owned(),
        r#in: place.map(str::to_owned),
        person: Some(person.to_owned()),
        item: None,
        values: pairs(values),
        ..Collect::default()
    }
}

pub fn reading(person: &str, data: &[&str], purpose: &str) -> Use {
    Use {
        person: person.to_owned(),
        actor_person: None,
        data: strings(data),
        item: None,
        purpose: Some(purpose.to_owned()),
        on: None,
        form: Form::Identified,
    }
}

pub fn disclosing(person: &str, data: &[&str], purpose: &str, with: &str) -> Share {
    Share {
        person: person.to_owned(),
        actor_person: None,
        with_person: None,
        data: strings(data),
        with: with.to_owned(),
        action: Action::Share,
        item: None,
        purpose: Some(purpose.to_owned()),
        on: None,
        form: Form::Identified,
    }
}

pub fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub fn pairs(values: &[(&str, &str)]) -> BTreeMap<String, String> {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What came of an act that must have been done.
#[track_caller]
pub fn done<T>(act: Act<T>) -> T {
    assert!(act.answer.allowed, "allowed, but: {:?}", act.answer);
    act.result.expect("an act that was done has a result")
}

/// An act that must have been refused for this reason, with nothing given.
#[track_caller]
pub fn refused<T>(act: &Act<T>, reason: Reason) {
    assert!(!act.answer.allowed, "refused, but: {:?}", act.answer);
    assert_eq!(act.answer.reason, reason, "{:?}", act.answer);
    assert!(act.result.is_none(), "a refusal gives nothing");
}

/// The clauses that an act was answered with.
pub fn clauses<T>(act: &Act<T>) -> Vec<&str> {
    act.answer.because.iter().map(|cited| cited.clause.as_str()).collect()
}

/// Whether some bytes lie among others.
pub fn is_in(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
