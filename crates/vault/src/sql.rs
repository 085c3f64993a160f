//! Every statement of this crate, so that one test can hold them all against the schema.

macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(pub(crate) const $name: &str = $sql;)*

        /// All of them.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

statements! {
    PERSON_OF_HANDLE = "SELECT person, mac FROM handle WHERE kind = $1 AND lookup = $2";
    ADD_PERSON = "INSERT INTO person (id, wrapped, known) VALUES ($1, $2, $3)";
    HANDLES_OF_KIND = "SELECT lookup, mac FROM handle WHERE person = $1 AND kind = $2";
    PERSON_KEY = "SELECT wrapped FROM person WHERE id = $1";
    SOME_PEOPLE = "SELECT id, wrapped FROM person ORDER BY id LIMIT $1";
    ADD_HANDLE = "INSERT INTO handle (kind, lookup, person, mac) VALUES ($1, $2, $3, $4)";
    DROP_HANDLES = "DELETE FROM handle WHERE person = $1";
    DROP_PERSON = "DELETE FROM person WHERE id = $1";
    SHRED_OF = "SELECT id, wrapped FROM shred WHERE person = $1 AND keep = $2 AND month = $3";
    ADD_SHRED = "INSERT INTO shred (id, person, keep, month, wrapped) VALUES ($1, $2, $3, $4, $5)";
    SHRED = "SELECT person, keep, month, wrapped FROM shred WHERE id = $1";
    RETIRE_SHRED = "UPDATE shred SET keep = $1 WHERE id = $2";
    DROP_SHRED = "DELETE FROM shred WHERE id = $1";
    DROP_SHREDS = "DELETE FROM shred WHERE person = $1";
    INTERN_CLASS = "INSERT INTO class (digest, body) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";
    CLASS = "SELECT body FROM class WHERE digest = $1";
    CLASSES = "SELECT digest FROM class ORDER BY digest";
    ADD_RECORD = "INSERT INTO record (id, person, class, at, item, entry) VALUES ($1, $2, $3, $4, $5, $6)";
    RECORDS = "SELECT r.id, r.class, r.at, r.item, r.person, v.element FROM record r \
        LEFT JOIN value v ON v.record = r.id WHERE r.person = $1 ORDER BY r.at, r.id, v.element";
    RECORDS_OF_CLASS = "SELECT r.id, r.class, r.at, r.item, r.person, v.element FROM (SELECT id, class, at, item, person \
        FROM record WHERE class = $1 AND at <= $2 ORDER BY at, id LIMIT $3) r \
        LEFT JOIN value v ON v.record = r.id ORDER BY r.at, r.id, v.element";
    RECORDS_OF_CLASS_AND_PERSON = "SELECT r.id, r.class, r.at, r.item, r.person, v.element FROM record r \
        LEFT JOIN value v ON v.record = r.id WHERE r.person = $1 AND r.class = $2 ORDER BY r.at, r.id, v.element";
    PEOPLE_OF_CLASS = "SELECT DISTINCT person FROM record WHERE class = $1 AND at <= $2";
    HELD = "SELECT 1 FROM record r JOIN value v ON v.record = r.id WHERE r.person = $1 LIMIT 1";
    DROP_RECORD = "DELETE FROM record WHERE id = $1";
    DROP_RECORDS = "DELETE FROM record WHERE person = $1";
    ADD_VALUE = "INSERT INTO value (record, element, shred, sealed) VALUES ($1, $2, $3, $4)";
    VALUE = "SELECT v.shred, v.sealed, s.person, s.wrapped, p.wrapped FROM value v LEFT JOIN shred s ON s.id = v.shred \
        LEFT JOIN person p ON p.id = s.person WHERE v.record = $1 AND v.element = $2";
    ELEMENTS = "SELECT element FROM value WHERE record = $1 ORDER BY element";
    SEALED_OF = "SELECT element, sealed FROM value WHERE record = $1 ORDER BY element";
    VALUES_OF_SHRED = "SELECT v.record, v.element, v.sealed, r.person, r.class, r.at, r.item FROM value v \
        JOIN record r ON r.id = v.record WHERE v.shred = $1 ORDER BY v.record, v.element";
    SET_VALUE = "UPDATE value SET shred = $1, sealed = $2 WHERE record = $3 AND element = $4";
    DROP_VALUE = "DELETE FROM value WHERE record = $1 AND element = $2 RETURNING shred";
    STANDING = "SELECT topic, subject, state, since, entry, mac FROM standing WHERE person = $1";
    ADD_STANDING = "INSERT INTO standing (person, topic, subject, state, since, entry, mac) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    DROP_STANDING = "DELETE FROM standing WHERE person = $1 AND topic = $2 AND subject = $3";
    DROP_ALL_STANDING = "DELETE FROM standing WHERE person = $1";
    PEOPLE_STANDING = "SELECT DISTINCT person FROM standing WHERE topic = $1 AND subject = $2";
    PEOPLE_STANDING_BETWEEN = "SELECT DISTINCT person FROM standing WHERE topic = $1 AND subject >= $2 AND subject < $3";
    HEAD = "SELECT count, digest, mac FROM standing_head WHERE person = $1";
    SET_HEAD = "INSERT INTO standing_head (person, count, digest, mac) VALUES ($1, $2, $3, $4) ON CONFLICT (person) \
        DO UPDATE SET count = excluded.count, digest = excluded.digest, mac = excluded.mac";
    ADD_SEAL = "INSERT INTO seal (lookup, attempt, person, point, choice, wording, expires, wrapped, entry, mac) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    SEAL = "SELECT lookup, attempt, person, point, choice, wording, expires, wrapped, entry, mac FROM seal WHERE lookup = $1";
    SEALS_OF = "SELECT lookup, attempt, person, point, choice, wording, expires, wrapped, entry, mac FROM seal \
        WHERE person = $1 ORDER BY entry, attempt";
    SEALS_OVER = "SELECT attempt, person FROM seal WHERE expires <= $1 ORDER BY expires, attempt LIMIT $2";
    DROP_SEAL = "DELETE FROM seal WHERE attempt = $1";
    DROP_SEALS = "DELETE FROM seal WHERE person = $1";
    DROP_HEAD = "DELETE FROM standing_head WHERE person = $1";
}
