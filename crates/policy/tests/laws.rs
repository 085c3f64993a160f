//! The table of laws is whole: every number has its day, its source and the day on which it was read there.

use upheld_policy::laws::{law, read};

#[test]
fn the_table_can_be_read_and_is_whole() {
    let laws = read().expect("the table is read");
    assert!(!laws.is_empty());
    for (at, one) in laws.iter().enumerate() {
        let place = format!("{} in {}", one.name, one.country);
        assert!(one.country.len() == 2 && one.country.bytes().all(|b| b.is_ascii_uppercase()), "{place}");
        assert!(one.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{place}");
        assert!(one.source.contains("https://"), "{place} has a source that can be opened");
        assert!(!one.label.is_empty() && !one.periods.is_empty(), "{place}");
        assert!(one.periods.is_sorted_by(|a, b| a.from < b.from), "{place}: oldest first");
        assert!(
            one.periods.iter().all(|asked| asked.from <= one.checked && (1..=30).contains(&asked.years)),
            "{place}"
        );
        assert!(
            !laws[at + 1..].iter().any(|other| (&other.name, &other.country) == (&one.name, &one.country)),
            "{place}"
        );
    }
    let germany = law("bookkeeping_law", "DE").expect("it is there");
    assert_eq!(germany.periods.last().map(|asked| (asked.years, asked.reaches_back)), Some((8, true)));
}
