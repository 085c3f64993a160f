//! What may weaken a policy: what its rules newly allow, and what people lose; other words for the same do not.

use upheld_document::Source;
use upheld_policy::Policy;
use upheld_policy::change::{Version, Weakening, may_weaken};

const FRONT: &str = "---\nupheld: 1\ntitle: T\ncontroller: C\ncontact: a@example.org\nversion: 1\neffective: 2026-12-01\n\
covers: www.example.org\n---\n\n# P\n\nProse.\n\n```upheld\nperson customer\n  begins at sign_up\n  ends at leaving\n\
point sign_up is form\npoint leaving is event\nrole desk, works on newsletter, delivery\nrecipient courier is processor\n\
we collect name, email from customer at sign_up for delivery\n";

fn load(text: String) -> Policy {
    let loaded = upheld_policy::load(&Source::new("p", text), None);
    loaded.policy.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
}

fn found(old: String, new: String) -> Vec<Weakening> {
    let (old, new) = (load(old), load(new));
    let version = |policy: &Policy| (policy.compiled.clone(), policy.document.clone());
    let ((old, old_text), (new, new_text)) = (version(&old), version(&new));
    let old = Version { compiled: &old, document: &old_text };
    may_weaken(old, Version { compiled: &new, document: &new_text })
}

fn weaker(old: &str, new: &str) -> Vec<String> {
    let text = |rules: &str| format!("{FRONT}{rules}\n```\n");
    found(text(old), text(new)).into_iter().map(|one| one.change).collect()
}

#[test]
fn promises_choices_and_rights_may_come_and_permissions_go() {
    for added in [
        "we never sell anything",
        "we never collect phone_number",
        "we never collect health",
        "we never share email\n  except with courier",
        "we use email only for delivery",
        "we never use name together with email",
        "notice moved\nwe must notify customer of moved before we share email",
        "notice moved\nwe must notify customer of moved within 3 days after leaving",
        "changes apply to data collected afterwards",
        "changes are posted at \"/privacy\" before they apply",
        "for phone_number we act for courier",
        "customer may refuse newsletter",
        "customer may agree to newsletter",
        "customer may request to see contact within 30 days",
        "we keep name while customer",
        "we must erase name within 9 days after leaving",
        "we store anything in DE",
        "manual \"somebody looks after it\"",
        "prove we never sell anything",
        "publish how",
        "publish recipients, cookies",
        "statement",
    ] {
        assert_eq!(weaker("", added), [""; 0], "{added}");
        let removed = weaker(added, "");
        assert_eq!(!removed.is_empty(), added != "statement", "{added}: {removed:?}");
    }
    for removed in
        ["we may use email for newsletter", "we may collect phone_number from customer at sign_up for delivery"]
    {
        assert_eq!(weaker(removed, ""), [""; 0], "{removed}");
        assert!(!weaker("", removed).is_empty(), "{removed}");
    }
}

// R104, R150, R151
#[test]
fn what_is_newly_allowed_kept_longer_or_lost_weakens() {
    for (old, new) in [
        ("", "we never share email\n  but may share email of customer with courier for delivery"),
        (
            "we may use contact of customer for newsletter\n  but never email",
            "we may use contact of customer for newsletter",
        ),
        ("we may use contact for newsletter\n  but never email", ""),
        ("we keep name 1 year after leaving", "we keep name 2 years after leaving"),
        ("we keep name 1 year after leaving", "we keep name 1 year after sign_up"),
        ("", "we must keep name 10 years after sign_up"),
        ("", "we keep name while customer\n  but keep 2 years after leaving"),
        ("", "data nickname is name"),
        ("we may use email for newsletter if customer", "we may use email for newsletter"),
        // Once is once; another sentence, or none of these words, is more.
        ("we may use email for newsletter once", "we may use email for newsletter"),
        (
            "we may use email for newsletter once",
            "we may use email for newsletter once\nwe may use contact for newsletter",
        ),
        ("customer may request to see name within 30 days", "customer may request to see name within 31 days"),
        ("customer may request to see name", "customer may request to see name giving email"),
        ("customer may refuse newsletter via link, email", "customer may refuse newsletter via link"),
        ("customer may refuse newsletter", "customer may refuse newsletter giving email"),
        ("ground audit\n  needs issuer", "ground audit"),
        ("ground audit\n  ends after 3 days", "ground audit\n  ends after 4 days"),
        ("person patron", "person patron is customer"),
        ("we store anything in DE", "we store anything in DE\nwe store anything in US"),
        (
            "report hits counts name at sign_up each week as aggregate of 10",
            "report hits counts name at sign_up each week as aggregate of 5",
        ),
        (
            "cookie likes holds interest of customer for delivery until session ends",
            "cookie likes holds interest of customer for delivery lasting 1 day",
        ),
        (
            "data badge is contact, held as token\nwe collect badge from customer at sign_up for delivery",
            "data badge is contact\nwe collect badge from customer at sign_up for delivery",
        ),
        ("purpose parcels is delivery \"Bringing parcels\"", "purpose parcels is delivery \"Bringing advertisements\""),
        (
            "notice moved\nwe must notify customer of moved within 3 days after leaving",
            "notice moved\nwe must notify customer of moved within 4 days after leaving",
        ),
        ("changes apply to data collected afterwards", "new purposes apply to data collected afterwards"),
        ("manual \"somebody looks after it\" every 3 months", "manual \"somebody looks after it\" every 4 months"),
        ("", "every person accepts its terms by use at sign_up"),
        (
            "we keep name the longer of 1 year after leaving, while customer",
            "we keep name the longer of 2 years after leaving, while customer",
        ),
        ("person child is customer\n  under 16 elsewhere", "person child is customer\n  under 13 elsewhere"),
        ("recipient press is processor in NL", "recipient press is processor in US"),
        ("we never sell, rent anything", "we never sell anything"),
    ] {
        let found = weaker(old, new);
        assert!(!found.is_empty(), "{old} → {new}: nothing");
    }
}

#[test]
fn what_is_stronger_or_the_same_in_other_words_does_not() {
    for (old, new) in [
        ("we keep name 2 years after leaving", "we keep name 1 year after leaving"),
        ("we keep name 1 year after leaving", "we keep name 12 months after leaving"),
        ("we may use email for newsletter", "we may use email for newsletter if customer"),
        ("we may use email for newsletter", "we may use email for newsletter once"),
        (
            "we may use email, name of customer for newsletter",
            "we may use name of customer for newsletter\nwe may use email of customer for newsletter",
        ),
        ("we never sell anything\nwe never sell anything", "we never sell anything"),
        ("we never sell anything", "we never sell anything with anyone"),
        ("we never share email\n  except with courier", "we never share email"),
        ("customer may request to see name", "customer may request to see name within 30 days"),
        ("customer may refuse newsletter via link", "customer may refuse newsletter"),
        ("ground audit", "ground audit\n  needs issuer"),
        ("we store anything in DE\nwe store anything in US", "we store anything in DE"),
        (
            "cookie likes holds interest of customer for delivery lasting 1 day",
            "cookie likes holds interest of customer for delivery until session ends",
        ),
        // A line that changes nothing may come and go.
        ("we may use contact for newsletter", "we may use contact for newsletter\nwe may use email for newsletter"),
    ] {
        assert_eq!(weaker(old, new), [""; 0], "{old} → {new}");
    }
}

// R152
#[test]
fn another_name_for_the_same_is_no_change() {
    let rules = |club: &str, card: &str, printer: &str, office: &str, friend: &str, renamed: &str| {
        format!(
            "purpose {club} is message\ndata {card} is contact, identifying\nrecipient {printer} is processor\n\
             role {office}, works on {club}\nrelation {friend} of customer by {office}\n\
             we collect {card} from customer at sign_up for {club}\ncustomer may refuse {club} via link\n\
             we may share {card} of customer with {printer} for {club}\ntheir {friend} may use {card} of customer for {club}\n\
             we keep {card} 1 year after leaving\ncustomer may request to see {card}\n{renamed}"
        )
    };
    let before = rules("club_news", "card", "printer", "office", "friend_of", "");
    let renamed = "renamed club_letter from club_news\nrenamed club_card from card\nrenamed press from printer\n\
                   renamed bureau from office\nrenamed peer from friend_of\n";
    assert_eq!(weaker(&before, &rules("club_letter", "club_card", "press", "bureau", "peer", renamed)), [""; 0]);
    assert!(!weaker(&before, &rules("club_letter", "club_card", "press", "bureau", "peer", "")).is_empty());
    // A name that everybody knows means what it says.
    let known = "renamed marketing from club_news\n";
    let found = weaker(
        &before,
        &rules("marketing", "card", "printer", "office", "friend_of", known)
            .replace("purpose marketing is message\n", ""),
    );
    assert!(found.iter().any(|change| change.contains("marketing was called")), "{found:?}");
}

#[test]
fn layout_order_clauses_comments_and_requirements_are_no_change() {
    let old = "we may use email for newsletter    keeps A-1\nwe never sell anything\n  except with courier";
    let new = "we never  sell anything # never\n    except with courier\n      keeps A-2\n```\n\nMore.\n\n```upheld\nwe may use email for newsletter";
    assert_eq!(weaker(old, new), [""; 0]);
    assert_eq!(weaker(new, old), [""; 0]);
}

#[test]
fn it_names_the_change_and_its_sentences() {
    let text = |rules: &str| format!("{FRONT}{rules}\n```\n");
    let found = found(text("customer may refuse newsletter via link"), text("we may use email for newsletter"));
    let allowed = found.iter().find(|one| one.change.contains("newly permitted")).expect("a decision");
    assert_eq!(allowed.change, "newly permitted: desk may use email of customer for newsletter");
    assert_eq!(allowed.new, ["we may use email for newsletter"]);
    let gone = found.iter().find(|one| one.change.starts_with("gone")).expect("a choice");
    assert_eq!(gone.old, ["customer may refuse newsletter via link"]);
}

#[test]
fn hosts_zone_law_and_who_answers_count_and_titles_do_not() {
    let text = |from: &str, to: &str| {
        assert!(FRONT.contains(from));
        format!("{}```\n", FRONT.replace(from, to))
    };
    let same = || text("title: T\n", "title: T\n");
    assert!(found(same(), text("title: T\n", "title: U\n")).is_empty());
    assert_eq!(found(same(), text("title: T\n", "title: T\nzone: Europe/Amsterdam\n")).len(), 1);
    assert_eq!(found(same(), text("title: T\n", "title: T\njurisdictions: NL\n")).len(), 1);
    assert_eq!(found(same(), text("controller: C\n", "controller: D\n")).len(), 1);
    let wider = text("covers: www.example.org", "covers: www.example.org, shop.example.org");
    assert_eq!(found(same(), wider).len(), 1);
}
