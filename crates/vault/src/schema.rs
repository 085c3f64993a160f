//! The tables of the vault.

use upheld_store::Migration;

/// The vault's migrations.
pub const MIGRATIONS: [Migration; 2] = [FIRST, SEALS];

const FIRST: Migration = Migration {
    area: "vault",
    number: 1,
    sql: "
CREATE TABLE person (id BLOB PRIMARY KEY NOT NULL, wrapped BLOB NOT NULL, known BIGINT NOT NULL);
CREATE TABLE handle (kind TEXT NOT NULL, lookup BLOB NOT NULL, person BLOB NOT NULL REFERENCES person (id),
                     mac BLOB NOT NULL, PRIMARY KEY (kind, lookup));
CREATE INDEX handle_person ON handle (person);
CREATE TABLE shred (id BLOB PRIMARY KEY NOT NULL, person BLOB NOT NULL REFERENCES person (id), keep TEXT NOT NULL,
                    month TEXT NOT NULL, wrapped BLOB NOT NULL, UNIQUE (person, keep, month));
CREATE TABLE class (digest BLOB PRIMARY KEY NOT NULL, body TEXT NOT NULL);
CREATE TABLE record (id BLOB PRIMARY KEY NOT NULL, person BLOB NOT NULL REFERENCES person (id),
                     class BLOB NOT NULL REFERENCES class (digest), at BIGINT NOT NULL, item BLOB, entry BIGINT NOT NULL);
CREATE INDEX record_person ON record (person, class, at);
CREATE INDEX record_class ON record (class, at, person);
CREATE TABLE value (record BLOB NOT NULL REFERENCES record (id), element TEXT NOT NULL,
                    shred BLOB NOT NULL REFERENCES shred (id), sealed BLOB NOT NULL, PRIMARY KEY (record, element));
CREATE INDEX value_shred ON value (shred);
CREATE TABLE standing (person BLOB NOT NULL REFERENCES person (id), topic TEXT NOT NULL, subject TEXT NOT NULL,
                       state TEXT NOT NULL, since BIGINT NOT NULL, entry BIGINT NOT NULL, mac BLOB NOT NULL,
                       PRIMARY KEY (person, topic, subject, since));
CREATE INDEX standing_subject ON standing (topic, subject, person);
CREATE TABLE standing_head (person BLOB PRIMARY KEY NOT NULL REFERENCES person (id), count BIGINT NOT NULL,
                            digest BLOB NOT NULL, mac BLOB NOT NULL);
",
};

/// Keys of what is sealed and lies elsewhere.
const SEALS: Migration = Migration {
    area: "seal",
    number: 1,
    sql: "
CREATE TABLE seal (lookup BLOB PRIMARY KEY NOT NULL, attempt BLOB NOT NULL UNIQUE,
                   person BLOB NOT NULL REFERENCES person (id), point TEXT NOT NULL, choice TEXT NOT NULL,
                   wording BLOB NOT NULL, expires BIGINT NOT NULL, wrapped BLOB NOT NULL, entry BIGINT NOT NULL,
                   mac BLOB NOT NULL);
CREATE INDEX seal_person ON seal (person);
CREATE INDEX seal_expires ON seal (expires);
",
};
