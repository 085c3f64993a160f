//! The table of places is of its form, and says what its sources say.

use std::collections::BTreeSet;

use upheld_policy::places::{is_country, places, read};

#[test]
fn the_table_is_whole() {
    let table = read().expect("the file is of its form");
    let countries: BTreeSet<&String> = table.countries.iter().collect();
    assert_eq!((countries.len(), table.countries.len()), (249, 249), "each code of ISO 3166-1 once");
    assert!(countries.iter().all(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())));
    for (name, group) in &table.group {
        assert!(group.countries.iter().all(|code| countries.contains(code)), "{name} has countries only");
        assert!(
            group.as_of.parse::<jiff::civil::Date>().is_ok() && !group.source.is_empty(),
            "{name} says when and whence"
        );
        assert!(!is_country(name), "{name} is a group, and no country");
    }
}

#[test]
fn the_area_is_the_union_and_three() {
    let members = |name: &str| places().group[name].countries.iter().cloned().collect::<BTreeSet<String>>();
    let (union, area) = (members("EU"), members("EEA"));
    assert_eq!(union.len(), 27);
    let more: Vec<&String> = area.difference(&union).collect();
    assert_eq!(more, ["IS", "LI", "NO"]);
    assert!(union.is_subset(&area));
}

#[test]
fn what_is_a_country() {
    for code in ["US", "US-CA", "GB-ENG", "NL", "FR-75"] {
        assert!(is_country(code), "{code}");
    }
    for code in ["UK", "us", "USA", "US-", "US-ca", "US-CALI", "EU", "EEA", "", "-", "XX-CA"] {
        assert!(!is_country(code), "{code}");
    }
}
