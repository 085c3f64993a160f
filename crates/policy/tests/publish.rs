//! What the public page shows beside the prose (R126, R127).

use upheld_document::Source;
use upheld_policy::Policy;
use upheld_policy::publish::{Page, Publication, Table, markdown, page};

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n## Names {#names}\n\nWhat our words mean.\n\n\
```upheld\nperson customer\n  begins at sign_up\nperson visitor\npoint sign_up is form in \"www.example.org/join\"\n\
role desk, works on newsletter, delivery, research\nrecipient courier is processor in NL \"Brings the parcels\"\nrecipient bank is processor\n\
we collect name, email from customer at sign_up for delivery\n```\n\n";

fn read(rules: &str) -> (Source, Policy) {
    let text = format!("{FRONT}## Rules {{#rules}}\n\nWhat we do.\n\n```upheld\n{rules}\n```\n");
    let source = Source::new("privacy.md", text);
    let loaded = upheld_policy::load(&source, None);
    let policy = loaded.policy.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    (source, policy)
}

fn shown(rules: &str) -> Page {
    let (source, policy) = read(rules);
    page(&source, &policy)
}

fn only(rules: &str) -> Table {
    let mut tables = shown(rules).clauses.remove("rules.1").expect("the clause").tables;
    assert_eq!(tables.len(), 1);
    tables.remove(0)
}

fn cells(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect()
}

/// R126
#[test]
fn recipients_are_those_who_may_receive_something() {
    let table = only(
        "we may share email of customer with courier for delivery if customer\nwe may share name of customer as aggregate of 10 with bank for research\n\
        we never share name with courier\npublish recipients",
    );
    assert_eq!(
        cells(&table),
        [
            ["Brings the parcels", "Processor in the Netherlands", "Delivering something ordered", "E-mail address"],
            ["Bank", "Processor", "Research", "Name (as totals)"],
        ]
    );
    // A permission that a promise shuts in every case gives nothing: the lock lets nobody but the bank have it.
    let locked = only(
        "we may share email of customer with courier for delivery\nwe may share email of customer with bank for delivery\n\
        we share email as aggregate only with bank\npublish recipients",
    );
    assert_eq!(locked.rows.iter().map(|row| row.names.join(",")).collect::<Vec<_>>(), ["bank"]);
    let nobody = only("publish recipients");
    assert!(nobody.rows.is_empty() && nobody.empty.starts_with("No recipients"), "{nobody:?}");
}

/// R126
#[test]
fn what_the_operator_added_is_marked() {
    let text = format!(
        "{FRONT}## Rules {{#rules}}\n\nWhat we do.\n\n```upheld\nrecipient helper is third_party\nopen helper by desk\n\
        we may share email of customer with helper for delivery\npublish recipients\n```\n\n```upheld added\n\
        recipient acme is helper \"Acme Tools\" added 2026-12-02 by desk\n```\n"
    );
    let source = Source::new("privacy.md", text);
    let policy = upheld_policy::load(&source, None).policy.expect("it compiles");
    let page = page(&source, &policy);
    let table = &page.clauses["rules.1"].tables[0];
    let rows: Vec<_> = table.rows.iter().map(|row| (row.cells[0].as_str(), row.added)).collect();
    assert_eq!(rows, [("Acme Tools", true)]);
    let text = markdown(&source, &policy.document, &page);
    assert!(
        text.contains(
            "| Acme Tools (added by the operator) | Helper | Delivering something ordered | E-mail address |"
        ),
        "{text}"
    );
}

/// R126
#[test]
fn devices_periods_choices_and_rights_are_told_in_words() {
    let page = shown(
        "cookie seen holds preference of visitor in covers for research lasting 1 year \"Been here\"\n\
        local draft holds preference of visitor in \"www.example.org/pad\" for delivery until removed\n\
        we keep name of customer 2 years after sign_up, then erase within 30 days\nvisitor may agree to research \"Counting\" via banner\n\
        customer may request to see email via form account, within 30 days\nwe store anything in DE\npublish cookies, periods, choices, rights, places",
    );
    let tables = &page.clauses["rules.1"].tables;
    let order =
        [Publication::Cookies, Publication::Periods, Publication::Choices, Publication::Rights, Publication::Places];
    assert_eq!(tables.iter().map(|table| table.what).collect::<Vec<_>>(), order);
    for table in tables {
        assert!(table.rows.iter().all(|row| row.cells.len() == table.columns.len()), "{table:?}");
    }
    assert_eq!(cells(&tables[0])[0][3..], ["1 year", "Cookie, all our pages"]);
    assert_eq!(cells(&tables[0])[1][3..], ["Until you remove it", "Your browser’s storage, www.example.org/pad"]);
    assert_eq!(cells(&tables[1])[0][1..], ["Customer", "2 years after: sign up; erased within 30 days then"]);
    assert_eq!(cells(&tables[2]), [["Counting", "Visitor", "Off, until you agree", "Banner"]]);
    assert_eq!(cells(&tables[3]), [["To see: E-mail address", "Customer", "Form (account)", "Within 30 days"]]);
    assert_eq!(cells(&tables[4]), [["The store", "Germany", "Not said"]]);
}

/// R127
#[test]
fn how_a_clause_is_kept_says_what_narrows_it() {
    let rules = "we may use   email of customer for newsletter # said\nwe may use name of customer for delivery    keeps X-1\n\
        manual \"the office looks\" every 6 months";
    assert!(shown(rules).clauses.is_empty(), "nothing is published that the policy does not publish");
    let (source, policy) = read(&format!(
        "{rules}\n\n```\n\n## Choices {{#choices}}\n\nYou can say no.\n\n```upheld\nevery person may refuse newsletter via link\n```\n\n\
        ## End {{#end}}\n\nThat is all.\n\n```upheld\nstatement\npublish how"
    ));
    let page = page(&source, &policy);
    let how = page.clauses["rules.1"].how.as_ref().expect("how");
    let texts: Vec<&str> = how.rules.iter().map(|rule| rule.text.as_str()).collect();
    assert_eq!(texts, ["we may use email of customer for newsletter", "we may use name of customer for delivery"]);
    let guards: Vec<&str> = how.rules[0].guards.iter().map(|guard| guard.clause.as_str()).collect();
    assert_eq!(guards, ["choices.1"]);
    assert!(how.rules[1].guards.is_empty());
    assert_eq!((how.hands[0].words.as_str(), how.hands[0].every.as_deref()), ("the office looks", Some("6 months")));
    let end = page.clauses["end.1"].how.as_ref().expect("how");
    assert!(end.rules.is_empty() && end.hands.is_empty());
    let text = markdown(&source, &policy.document, &page);
    assert!(text.contains("narrowed by choices.1: `every person may refuse newsletter via link`"), "{text}");
    assert!(!text.contains("publish how") && !text.contains("upheld: 1"), "{text}");
}
