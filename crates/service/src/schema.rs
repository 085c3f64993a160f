//! The tables of the service, and every statement over them.

use upheld_store::Migration;

/// The service's migrations.
pub(crate) const MIGRATIONS: [Migration; 6] = [FIRST, LOGS, REPORTS, ASKED, PROPOSALS, DISCLOSED];

/// How far logs of web servers were taken in.
const LOGS: Migration = Migration {
    area: "service",
    number: 2,
    sql: "
CREATE TABLE taken_log (source BLOB PRIMARY KEY, lines BIGINT NOT NULL, bytes BIGINT NOT NULL, prefix BLOB NOT NULL,
                        entry BIGINT NOT NULL, mac BLOB NOT NULL);
",
};

/// Which entries of the log say that something of a person was disclosed.
const DISCLOSED: Migration = Migration {
    area: "service",
    number: 5,
    sql: "
CREATE TABLE disclosed (person BLOB NOT NULL REFERENCES person (id), entry BIGINT NOT NULL, at BIGINT NOT NULL,
                        PRIMARY KEY (person, entry));
",
};

/// How often each clause decided a question, by the day.
const ASKED: Migration = Migration {
    area: "service",
    number: 4,
    sql: "
CREATE TABLE asked (day BIGINT NOT NULL, clause TEXT NOT NULL, count BIGINT NOT NULL, PRIMARY KEY (day, clause));
",
};

/// Versions on their way into force.
const PROPOSALS: Migration = Migration {
    area: "proposal",
    number: 1,
    sql: "
CREATE TABLE proposal (version TEXT PRIMARY KEY, state TEXT NOT NULL, author TEXT NOT NULL, at BIGINT NOT NULL,
                       source TEXT NOT NULL, lock_text TEXT NOT NULL, source_digest TEXT NOT NULL,
                       meaning_digest TEXT NOT NULL, entry BIGINT NOT NULL, mac BLOB NOT NULL);
",
};

/// Totals as they were released.
const REPORTS: Migration = Migration {
    area: "service",
    number: 3,
    sql: "
CREATE TABLE release (report TEXT NOT NULL, day TEXT NOT NULL, body TEXT NOT NULL, entry BIGINT NOT NULL,
                      mac BLOB NOT NULL, PRIMARY KEY (report, day));
",
};

const FIRST: Migration = Migration {
    area: "service",
    number: 1,
    sql: "
CREATE TABLE version (number BIGINT PRIMARY KEY, version TEXT NOT NULL UNIQUE, day TEXT NOT NULL, starts BIGINT NOT NULL,
                      author TEXT NOT NULL, at BIGINT NOT NULL, source TEXT NOT NULL, lock_text TEXT NOT NULL,
                      source_digest TEXT NOT NULL, meaning_digest TEXT NOT NULL, compiler TEXT NOT NULL,
                      entry BIGINT NOT NULL, mac BLOB NOT NULL);
CREATE TABLE access_key (id TEXT PRIMARY KEY, body TEXT NOT NULL, token BLOB NOT NULL UNIQUE, signs BLOB,
                         revoked BIGINT NOT NULL, entry BIGINT NOT NULL, mac BLOB NOT NULL);
CREATE TABLE cases (id BLOB PRIMARY KEY, ground TEXT NOT NULL, opened BIGINT NOT NULL, opener TEXT NOT NULL,
                    ends BIGINT, ended BIGINT, recipient TEXT, owner BLOB REFERENCES person (id), fields BLOB NOT NULL,
                    reached BIGINT NOT NULL, findings BIGINT NOT NULL, entry BIGINT NOT NULL, mac BLOB NOT NULL);
CREATE INDEX cases_ends ON cases (ended, ends);
CREATE TABLE case_reach (case_id BLOB NOT NULL REFERENCES cases (id), person BLOB NOT NULL REFERENCES person (id),
                         item BLOB NOT NULL, mac BLOB NOT NULL, PRIMARY KEY (case_id, person, item));
CREATE INDEX case_reach_person ON case_reach (person);
CREATE TABLE case_finding (case_id BLOB NOT NULL REFERENCES cases (id), entry BIGINT NOT NULL, wording TEXT NOT NULL,
                           finder TEXT NOT NULL, holds BIGINT NOT NULL, mac BLOB NOT NULL,
                           PRIMARY KEY (case_id, entry));
CREATE TABLE erasure_waiting (entry BIGINT PRIMARY KEY, at BIGINT NOT NULL);
",
};

/// Every statement of this crate, so that one test can hold them all against the schema.
pub(crate) mod sql {
    macro_rules! statements {
        ($($name:ident = $sql:expr;)*) => {
            $(pub(crate) const $name: &str = $sql;)*

            /// All of them.
            #[cfg(test)]
            pub(crate) const ALL: &[&str] = &[$($name),*];
        };
    }

    statements! {
        IN_FORCE = "SELECT number FROM version WHERE starts <= $1 ORDER BY starts DESC, number DESC LIMIT 1";
        VERSIONS = "SELECT number, version, day, starts, author, at, source_digest, meaning_digest, compiler, entry, mac \
            FROM version ORDER BY number";
        VERSION = "SELECT number, version, day, starts, author, at, source_digest, meaning_digest, compiler, entry, mac \
            FROM version WHERE number = $1";
        VERSION_NAMED = "SELECT number FROM version WHERE version = $1";
        VERSION_TEXT = "SELECT source, lock_text FROM version WHERE number = $1";
        ADD_VERSION = "INSERT INTO version (number, version, day, starts, author, at, source, lock_text, source_digest, \
            meaning_digest, compiler, entry, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        PROPOSALS = "SELECT version, state, author, at, source_digest, meaning_digest, entry, mac FROM proposal \
            ORDER BY at, version";
        PROPOSAL = "SELECT version, state, author, at, source_digest, meaning_digest, entry, mac, source, lock_text \
            FROM proposal WHERE version = $1";
        SET_PROPOSAL = "INSERT INTO proposal (version, state, author, at, source, lock_text, source_digest, \
            meaning_digest, entry, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
            ON CONFLICT (version) DO UPDATE SET state = excluded.state, author = excluded.author, at = excluded.at, \
            source = excluded.source, lock_text = excluded.lock_text, source_digest = excluded.source_digest, \
            meaning_digest = excluded.meaning_digest, entry = excluded.entry, mac = excluded.mac";
        KEYS = "SELECT id, body, token, signs, revoked, entry, mac FROM access_key ORDER BY entry, id";
        KEY = "SELECT id, body, token, signs, revoked, entry, mac FROM access_key WHERE id = $1";
        KEY_OF_TOKEN = "SELECT id, body, token, signs, revoked, entry, mac FROM access_key WHERE token = $1";
        ADD_KEY = "INSERT INTO access_key (id, body, token, signs, revoked, entry, mac) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        REVOKE_KEY = "UPDATE access_key SET revoked = $1, entry = $2, mac = $3 WHERE id = $4";
        CASE = "SELECT id, ground, opened, opener, ends, ended, recipient, owner, fields, reached, findings, entry, mac \
            FROM cases WHERE id = $1";
        CASES_OF_PERSON = "SELECT DISTINCT case_id FROM case_reach WHERE person = $1 ORDER BY case_id";
        CASES_OVER = "SELECT id FROM cases WHERE ended IS NULL AND ends <= $1 ORDER BY ends LIMIT $2";
        OPEN_CASES = "SELECT id FROM cases WHERE ground = $1 AND ended IS NULL ORDER BY opened, id";
        ADD_CASE = "INSERT INTO cases (id, ground, opened, opener, ends, ended, recipient, owner, fields, reached, \
            findings, entry, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        SET_CASE = "UPDATE cases SET ended = $1, findings = $2, entry = $3, mac = $4 WHERE id = $5";
        DROP_CASE = "DELETE FROM cases WHERE id = $1";
        REACH = "SELECT person, item, mac FROM case_reach WHERE case_id = $1 ORDER BY person, item";
        ADD_REACH = "INSERT INTO case_reach (case_id, person, item, mac) VALUES ($1, $2, $3, $4)";
        DROP_REACH_OF = "DELETE FROM case_reach WHERE case_id = $1 AND person = $2";
        SET_CASE_OWNER = "UPDATE cases SET owner = $1, fields = $2, reached = $3, mac = $4 WHERE id = $5";
        DROP_REACH = "DELETE FROM case_reach WHERE case_id = $1";
        FINDINGS = "SELECT entry, wording, finder, holds, mac FROM case_finding WHERE case_id = $1 ORDER BY entry";
        ADD_FINDING = "INSERT INTO case_finding (case_id, entry, wording, finder, holds, mac) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        DROP_FINDINGS = "DELETE FROM case_finding WHERE case_id = $1";
        TAKEN_LOG = "SELECT lines, bytes, prefix, entry, mac FROM taken_log WHERE source = $1";
        SET_TAKEN_LOG = "INSERT INTO taken_log (source, lines, bytes, prefix, entry, mac) VALUES ($1, $2, $3, $4, $5, $6) \
            ON CONFLICT (source) DO UPDATE SET lines = excluded.lines, bytes = excluded.bytes, \
            prefix = excluded.prefix, entry = excluded.entry, mac = excluded.mac";
        RELEASE = "SELECT body, entry, mac FROM release WHERE report = $1 AND day = $2";
        ADD_RELEASE = "INSERT INTO release (report, day, body, entry, mac) VALUES ($1, $2, $3, $4, $5)";
        ADD_ASKED = "INSERT INTO asked (day, clause, count) VALUES ($1, $2, $3) \
            ON CONFLICT (day, clause) DO UPDATE SET count = asked.count + excluded.count";
        ASKED = "SELECT clause, CAST(SUM(count) AS BIGINT) FROM asked WHERE day >= $1 GROUP BY clause ORDER BY clause";
        ADD_DISCLOSED = "INSERT INTO disclosed (person, entry, at) VALUES ($1, $2, $3)";
        DISCLOSED = "SELECT entry FROM disclosed WHERE person = $1 AND at >= $2 ORDER BY entry";
        DROP_DISCLOSED = "DELETE FROM disclosed WHERE person = $1";
        ADD_WAITING = "INSERT INTO erasure_waiting (entry, at) VALUES ($1, $2) ON CONFLICT (entry) DO NOTHING";
        COUNT_WAITING = "SELECT COUNT(*), MAX(entry), MIN(at) FROM erasure_waiting";
        DROP_WAITING = "DELETE FROM erasure_waiting WHERE entry <= $1";
    }

    #[cfg(test)]
    mod tests {
        use upheld_store::{Place, Store, StoreError};

        #[test]
        fn every_statement_fits_the_schema_on_postgresql() {
            let Some(database) = upheld_testkit::Database::fresh() else { return };
            let store = Store::open(Place::Postgres(database.address()), &crate::service::migrations()).unwrap();
            for sql in super::ALL {
                store.read(|tx| tx.parameters(sql)).unwrap_or_else(|error: StoreError| panic!("{sql}: {error}"));
            }
        }

        /// Every statement fits the schema, and its parameters stand in the order of their first use.
        #[test]
        fn every_statement_fits_the_schema() {
            let store = Store::open(Place::Memory, &crate::service::migrations()).unwrap();
            for sql in super::ALL {
                let parameters =
                    store.read(|tx| tx.parameters(sql)).unwrap_or_else(|error: StoreError| panic!("{sql}: {error}"));
                let expected: Vec<String> = (1..=parameters.len()).map(|n| format!("${n}")).collect();
                assert_eq!(parameters, expected, "{sql}");
            }
        }
    }
}
