//! Which sentences of a new version may weaken it: everything that is not surely harmless.

use upheld_document::Source;
use upheld_policy::change::may_weaken;

const FRONT: &str = "---\nupheld: 1\ntitle: T\ncontroller: C\ncontact: a@example.org\nversion: 1\neffective: 2026-12-01\n\
covers: www.example.org\n---\n\n# P\n\nProse.\n\n```upheld\nperson customer\n  begins at sign_up\n  ends at leaving\n\
point sign_up is form\npoint leaving is event\nrole desk, works on newsletter, delivery\nrecipient courier is processor\n\
we collect name, email from customer at sign_up for delivery\n";

fn weaker(old: &str, new: &str) -> Vec<String> {
    let text = |rules: &str| Source::new("p", format!("{FRONT}{rules}\n```\n"));
    for rules in [old, new] {
        let loaded = upheld_policy::load(&text(rules), None);
        assert!(loaded.policy.is_some(), "{rules}: {:?}", loaded.diagnostics);
    }
    let mark = |added: bool| if added { "+" } else { "-" };
    may_weaken(&text(old), &text(new)).iter().map(|one| format!("{} {}", mark(one.added), one.sentence)).collect()
}

#[test]
fn promises_choices_and_rights_may_come_and_permissions_go() {
    for added in [
        "we never sell anything",
        "we never share email\n  except with courier",
        "customer may refuse newsletter",
        "customer may agree to newsletter",
        "customer may request to see contact within 30 days",
        "we keep name while customer",
        "we must erase name within 9 days after leaving",
        "prove we never sell anything",
        "publish how",
        "publish recipients, cookies",
        "statement",
    ] {
        assert_eq!(weaker("", added), [""; 0], "{added}");
        let removed = weaker(added, "");
        assert_eq!(removed.len(), usize::from(added != "statement"), "{added}: {removed:?}");
    }
    for removed in
        ["we may use email for newsletter", "we may collect phone_number from customer at sign_up for delivery"]
    {
        assert_eq!(weaker(removed, ""), [""; 0], "{removed}");
        assert_eq!(weaker("", removed), [format!("+ {removed}")]);
    }
}

#[test]
fn what_is_not_surely_harmless_may_weaken() {
    for (old, new, count) in [
        // A promise with an opening; a permission that loses its narrowing; a narrower permission that forbade for all.
        ("", "we never share email\n  but may share with courier for delivery", 1),
        ("we may use contact for newsletter\n  but never email", "we may use contact for newsletter", 2),
        ("we may use contact for newsletter\n  but never email", "", 1),
        // Longer kept, or kept in any case.
        ("we keep name 1 year after leaving", "we keep name 2 years after leaving", 1),
        ("", "we must keep name 10 years after sign_up", 1),
        ("", "we keep name while customer\n  but keep 2 years after leaving", 1),
        // Names mean more.
        ("", "data nickname is name", 1),
        ("we may use email for newsletter if customer", "we may use email for newsletter", 1),
    ] {
        let found = weaker(old, new);
        assert_eq!(found.len(), count, "{old} → {new}: {found:?}");
    }
}

#[test]
fn layout_order_clauses_comments_and_requirements_are_no_change() {
    let old = "we may use email for newsletter    keeps A-1\nwe never sell anything\n  except with courier";
    let new = "we never  sell anything # never\n    except with courier\n      keeps A-2\n```\n\nMore.\n\n```upheld\nwe may use email for newsletter";
    assert_eq!(weaker(old, new), [""; 0]);
    assert_eq!(weaker(new, old), [""; 0]);
    // Said twice is said once more.
    assert_eq!(weaker("we never sell anything\nwe never sell anything", "we never sell anything").len(), 1);
}

#[test]
fn hosts_and_zone_count_and_titles_do_not() {
    let text = |front: &str| Source::new("p", FRONT.replace("title: T\n", front) + "```\n");
    assert!(may_weaken(&text("title: T\n"), &text("title: U\n")).is_empty());
    let found = may_weaken(&text("title: T\n"), &text("title: T\nzone: Europe/Amsterdam\n"));
    assert_eq!(found.len(), 1);
    let wider = Source::new(
        "p",
        FRONT.replace("covers: www.example.org", "covers: www.example.org, shop.example.org") + "```\n",
    );
    assert_eq!(may_weaken(&text("title: T\n"), &wider).len(), 1);
}
