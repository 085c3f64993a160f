//! Every statement of the crate against the schema as it is after all migrations.

mod support;

use support::World;
use upheld_store::StoreError;
use upheld_vault::sql;

#[test]
fn every_statement_fits_the_schema_and_numbers_its_parameters_in_the_order_of_their_first_use() {
    let world = World::in_memory();
    for statement in sql::ALL {
        let names =
            world.store.read(|tx| tx.parameters(statement)).unwrap_or_else(|error| panic!("{statement}: {error}"));
        let expected: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
        assert_eq!(names, expected, "{statement}");
    }
}

#[test]
fn every_statement_fits_the_schema_on_postgresql() {
    let Some(database) = upheld_testkit::Database::fresh() else { return };
    let place = upheld_store::Place::Postgres(database.address());
    let store = upheld_store::Store::open(place, &upheld_vault::MIGRATIONS).expect("a store");
    for statement in sql::ALL {
        store.read(|tx| tx.parameters(statement)).unwrap_or_else(|error: StoreError| panic!("{statement}: {error}"));
    }
}

/// The steps of a statement's plan, on a store whose tables are not empty.
fn plan(world: &World, statement: &str) -> Vec<String> {
    let steps = world.store.read(|tx| {
        let count = tx.parameters(statement)?.len();
        let rows = tx.query(&format!("EXPLAIN QUERY PLAN {statement}"), &vec![1_i64.into(); count])?;
        rows.iter().map(|row| row.text(3).map(str::to_owned)).collect::<Result<Vec<_>, StoreError>>()
    });
    steps.unwrap_or_else(|error| panic!("{statement}: {error}"))
}

#[test]
fn only_statements_over_everything_read_a_whole_table() {
    let world = World::in_memory();
    let ann = world.person(1);
    world.put(ann, 10, "account", &[("name", "Ann")]);
    // All classes; and the first few people by the order of their ids.
    let whole = ["SELECT digest FROM class ORDER BY digest", "SELECT id, wrapped FROM person ORDER BY id LIMIT $1"];
    for statement in sql::ALL {
        let plan = plan(&world, statement);
        // The inner part of a list is read once, and is what was asked for.
        let scans = plan.iter().any(|step| step.starts_with("SCAN") && step != "SCAN r");
        assert_eq!(scans, whole.contains(statement), "{statement}: {plan:?}");
        // Where a person is known their rows are found by an index that begins with the person.
        if statement.contains("person = $1") && !statement.starts_with("INSERT") {
            assert!(plan.iter().any(|step| step.contains("person=?")), "{statement}: {plan:?}");
        }
    }
}

#[test]
fn what_the_engine_looks_up_for_its_own_ties_has_an_index_too() {
    // A row that others point to is only removed when none does: without an index that would read their whole tables.
    let world = World::in_memory();
    let ties = world.store.read(|tx| {
        let mut out = Vec::new();
        for (table, _) in support::tables(tx)? {
            let rows = tx.query("SELECT \"from\" FROM pragma_foreign_key_list($1)", &[table.as_str().into()])?;
            for row in rows {
                out.push((table.clone(), row.text(0)?.to_owned()));
            }
        }
        Ok::<_, StoreError>(out)
    });
    let ties = ties.expect("the schema");
    assert!(ties.len() >= 8);
    for (table, column) in ties {
        let plan = plan(&world, &format!("SELECT 1 FROM {table} WHERE {column} = $1"));
        assert!(plan.iter().all(|step| step.starts_with("SEARCH")), "{table}.{column}: {plan:?}");
    }
}
