//! Every statement of the crate against the schema as it is after all migrations.

mod support;

use support::{log, store};
use upheld_evidence::sql;
use upheld_store::StoreError;

#[test]
fn every_statement_fits_the_schema_and_numbers_its_parameters_in_the_order_of_their_first_use() {
    let store = store();
    for statement in sql::ALL {
        let names = store.read(|tx| tx.parameters(statement)).unwrap_or_else(|error| panic!("{statement}: {error}"));
        let expected: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
        assert_eq!(names, expected, "{statement}");
    }
}

#[test]
fn no_statement_reads_a_whole_table() {
    let log = log(50);
    for statement in sql::ALL {
        let plan = log
            .read(|tx| {
                let count = tx.parameters(statement)?.len();
                let rows = tx.query(&format!("EXPLAIN QUERY PLAN {statement}"), &vec![1_i64.into(); count])?;
                rows.iter().map(|row| row.text(3).map(str::to_owned)).collect::<Result<Vec<_>, StoreError>>()
            })
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
        for step in &plan {
            assert!(!step.starts_with("SCAN") && !step.contains("TEMP B-TREE"), "{statement}: {plan:?}");
        }
    }
}
