//! What the words mean: for each rule of `docs/language.md` that decides, a small policy that shows it and its refusal.
//!
//! Rules about what a running service does are shown by the scenarios in `data/meaning`.

use upheld_decide::{Action, Answer, Compiled, Form, Question, Reason};
use upheld_document::{Format, Severity, Source, print};

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n## Names {#names}\n\nWhat our words mean.\n\n";

/// Names and collect sentences that the rules lean on.
const NAMES: &str = "
person visitor
person customer
  begins at sign_up
  ends at leaving
person patron is customer
person friend
point sign_up is form in \"www.example.org/join\"
point referral is form in \"www.example.org/tell\"
point web_visit is visit in covers
point shop is event
purpose invitation
purpose catalogue is message
data shoe_size is profile
recipient courier, bank is processor
role desk, works on message, invitation, delivery, research, marketing, audit, court_order
role books, works on bookkeeping
ground audit \"Somebody looks into it\"
ground court_order is audit \"A court wants it\"
we collect email, phone_number from customer at sign_up for service_setup
we collect company of customer at shop for bookkeeping
we collect page_visited of visitor at web_visit for traffic_analysis
we may collect email of friend from customer at referral for invitation
";

fn text(rules: &str) -> String {
    format!("{FRONT}```upheld{NAMES}```\n\n## Rules {{#rules}}\n\nWhat we do.\n\n```upheld\n{rules}\n```\n")
}

fn compile(text: String) -> Compiled {
    let source = Source::new("privacy.md", text);
    let loaded = upheld_policy::load(&source, None);
    let said = print(&loaded.diagnostics, &source, Format::Plain);
    assert!(loaded.diagnostics.is_empty(), "{said}\n{}", source.text);
    loaded.policy.unwrap().compiled
}

fn policy(rules: &str) -> Compiled {
    compile(text(rules))
}

/// The codes of the errors of a policy that does not compile.
fn errors(rules: &str) -> Vec<&'static str> {
    let loaded = upheld_policy::load(&Source::new("privacy.md", text(rules)), None);
    let errors = loaded.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|diagnostic| diagnostic.code).collect()
}

/// A question in one line: `desk share email of customer with courier for delivery knowing customer, not patron`.
fn question(line: &str) -> Question {
    let (words, facts) = line.split_once(" knowing ").unwrap_or((line, ""));
    let mut words = words.split(' ');
    let mut out =
        Question { actor: words.next().map(str::to_owned).filter(|actor| actor != "-"), ..Question::default() };
    let verb = words.next().unwrap();
    out.action = Action::ALL.into_iter().find(|action| action.word() == verb).unwrap();
    out.data = words.next().unwrap().split('+').map(str::to_owned).collect();
    while let (Some(word), Some(name)) = (words.next(), words.next()) {
        let name = name.to_owned();
        match word {
            "of" => out.of = Some(name),
            "at" => out.at = Some(name),
            "from" => out.from = Some(name),
            "for" => out.purpose = Some(name),
            "with" => out.recipient = Some(name),
            "on" => out.on = Some(name),
            "as" if name == "pseudonym" => out.form = Form::Pseudonymous,
            "totals" => out.form = Form::Aggregate(name.parse().unwrap()),
            _ => panic!("`{word}` in `{line}`"),
        }
    }
    for fact in facts.split(", ").filter(|fact| !fact.is_empty()) {
        match fact.strip_prefix("not ") {
            Some(fact) => drop(out.facts.insert(fact.to_owned(), false)),
            None => drop(out.facts.insert(fact.to_owned(), true)),
        }
    }
    out
}

fn ask(policy: &Compiled, line: &str) -> Answer {
    policy.answer(&question(line))
}

#[track_caller]
fn yes(policy: &Compiled, lines: &[&str]) {
    for line in lines {
        let answer = ask(policy, line);
        assert!(answer.allowed, "{line}: {answer:?}");
    }
}

#[track_caller]
fn no(policy: &Compiled, reason: Reason, lines: &[&str]) {
    for line in lines {
        let answer = ask(policy, line);
        assert!(!answer.allowed && answer.reason == reason, "{line}: {answer:?}");
    }
}

/// The sentences of an answer.
fn because(policy: &Compiled, line: &str) -> Vec<String> {
    ask(policy, line).because.into_iter().map(|cited| cited.sentence).collect()
}

// --- Deciding ---

// R1
#[test]
fn a_permission_holds_and_no_promise_stands() {
    let one = policy(
        "we may use contact of customer for newsletter\nwe may use email of customer for message\n\
         we never use phone_number unless customer\nwe never use contact for newsletter if patron",
    );
    yes(&one, &["desk use email of customer for newsletter knowing customer, not patron"]);
    let both = because(&one, "desk use email of customer for newsletter knowing customer, not patron");
    assert_eq!(both, ["we may use contact of customer for newsletter", "we may use email of customer for message"]);
    no(&one, Reason::Never, &["desk use phone_number of customer for newsletter knowing patron"]);
    let stands = because(&one, "desk use phone_number of customer for newsletter knowing not customer");
    assert_eq!(stands, ["we never use phone_number unless customer"]);
    let lacking = ask(
        &policy("we may use contact of customer for newsletter if customer and patron"),
        "desk use email of customer for newsletter knowing customer",
    );
    assert_eq!((lacking.reason, lacking.lacking), (Reason::Condition, vec!["patron".to_owned()]));
}

// R2
#[test]
fn only_may_opens() {
    let none = policy("we never use email for newsletter\n  except of customer");
    no(
        &none,
        Reason::NoRule,
        &["desk use email of customer for newsletter", "desk use email of customer for research"],
    );
    let some =
        policy("we never use email for newsletter\n  except of customer\nwe may use email of customer for newsletter");
    yes(&some, &["desk use email of customer for newsletter"]);
}

// R3
#[test]
fn order_changes_nothing() {
    let sentences = [
        "we may use contact of customer for message",
        "we never use phone_number for newsletter if patron",
        "customer may refuse newsletter",
        "we never share contact with anyone\n  but may share with courier for delivery",
    ];
    let forward = policy(&sentences.join("\n"));
    let backward = policy(&sentences.iter().rev().copied().collect::<Vec<_>>().join("\n"));
    for line in [
        "desk use phone_number of customer for newsletter knowing patron, not refused newsletter",
        "desk use phone_number of customer for newsletter knowing not patron, not refused newsletter",
        "desk use email of customer for newsletter knowing refused newsletter",
        "desk share email of customer with courier for delivery",
        "desk share email of customer with bank for delivery",
    ] {
        let (one, other) = (ask(&forward, line), ask(&backward, line));
        assert_eq!((one.allowed, one.reason), (other.allowed, other.reason), "{line}");
    }
}

// R4
#[test]
fn what_meets_a_promise_does_not_compile() {
    assert_eq!(errors("we never use email for newsletter\nwe may use contact of customer for newsletter"), ["UP0301"]);
    assert_eq!(
        errors("we never use email for message if customer\nwe may use email of customer for newsletter if patron"),
        ["UP0301"],
        "every patron is a customer"
    );
    policy("we never use email for message if patron\nwe may use email of customer for newsletter if customer");
    policy("we never use email for message\n  except for newsletter\nwe may use email of customer for newsletter");
}

// R5
#[test]
fn a_permission_covers_its_names_and_all_below() {
    let one = policy("we may use contact, shoe_size of customer for message");
    yes(
        &one,
        &[
            "desk use contact of customer for message",
            "desk use email of customer for catalogue",
            "desk use email+phone_number of customer for message",
            "desk use company of customer at shop for message",
        ],
    );
    no(&one, Reason::NoRule, &["desk use email of customer for marketing"]);
    // Above what it names it says nothing.
    let email = policy("we may use email of customer for newsletter");
    no(
        &email,
        Reason::NoRule,
        &["desk use contact of customer for newsletter", "desk use email of customer for message"],
    );
}

// R6
#[test]
fn a_promise_covers_the_groups_above_too() {
    let guard = policy("we may use contact of customer for message\nwe never use email for message if patron");
    no(&guard, Reason::Never, &["desk use contact of customer for message knowing patron"]);
    yes(&guard, &["desk use phone_number of customer for message knowing patron"]);
    yes(&guard, &["desk use contact of customer for message knowing not patron"]);
    // `email` is below `identifying` and below `contact`: `contact` may be it.
    let wide = policy("we may use contact of customer for message\nwe never use identifying for message if patron");
    no(&wide, Reason::Never, &["desk use contact of customer for message knowing patron"]);
    // Free is the group of which everything that the promise names is free.
    let free = policy(
        "we may use contact of customer for newsletter\nwe never use identifying\n  except for newsletter, service_setup, invitation",
    );
    yes(&free, &["desk use contact of customer for newsletter"]);
    assert_eq!(
        errors("we may use contact of customer for newsletter\nwe never use contact for newsletter\n  except email"),
        ["UP0301"]
    );
}

// R7
#[test]
fn a_promise_left_short_means_all_of_it() {
    let short = policy(
        "we never share company if patron\nwe may share company of customer with courier for delivery\n\
        we may share company of customer as pseudonym with bank for research",
    );
    for line in [
        "desk share company of customer with courier for delivery knowing patron",
        "desk share company of customer as pseudonym with bank for research knowing patron",
    ] {
        no(&short, Reason::Never, &[line]);
    }
    assert_eq!(errors("we may use email"), ["UP0201"]);
    assert_eq!(errors("we may use for newsletter"), ["UP0201"]);
    assert_eq!(errors("we may share email for delivery"), ["UP0202"]);
}

// R8
#[test]
fn what_is_not_said_or_not_declared_opens_nothing() {
    let one = policy(
        "we may use, change contact of customer for newsletter\nwe may share contact of customer with courier for delivery",
    );
    no(&one, Reason::NotDeclared, &["desk use emial of customer for newsletter", "nobody use email for newsletter"]);
    no(&one, Reason::NoPurpose, &["desk use email of customer"]);
    no(&one, Reason::NoRecipient, &["desk share email of customer for delivery"]);
    no(&one, Reason::NoRecipient, &["desk use email of customer for newsletter with courier"]);
    no(&one, Reason::NotTheirWork, &["- use email of customer for newsletter"]);
    assert_eq!(ask(&one, "desk use emial for newsletter").lacking, ["emial"]);
}

// --- Acts, forms, parties ---

// R9
#[test]
fn greater_and_lesser_acts() {
    let sells = policy("we may sell company of customer with bank for research");
    yes(
        &sells,
        &[
            "desk sell company of customer with bank for research",
            "desk share company of customer with bank for research",
        ],
    );
    no(&sells, Reason::NoRule, &["desk rent company of customer with bank for research"]);
    let shares = policy("we never sell anything\nwe may share company of customer with bank for research");
    yes(&shares, &["desk share company of customer with bank for research"]);
    no(&shares, Reason::Never, &["desk sell company of customer with bank for research"]);
    assert_eq!(
        errors("we never share company with anyone\nwe may sell company of customer with bank for research"),
        ["UP0301"]
    );
    // Intake: a form that insists is a greater act than one that asks.
    let asks = policy("we never require health of anyone\nwe may collect health from customer at sign_up for research");
    yes(&asks, &["desk collect health of customer at sign_up for research"]);
    no(&asks, Reason::Never, &["desk require health of customer at sign_up for research"]);
    assert_eq!(errors("we never collect health\nwe collect health from customer at sign_up for research"), ["UP0301"]);
}

// R10
#[test]
fn forms_of_a_permission() {
    let all = policy("we may share company of customer with bank for research");
    yes(
        &all,
        &[
            "desk share company of customer with bank for research",
            "desk share company of customer as pseudonym with bank for research",
            "desk share company of customer totals 2 with bank for research",
        ],
    );
    let some = policy(
        "we may share company of customer as pseudonym with bank for research\n\
        we may share email of customer as aggregate of 10 with bank for research",
    );
    no(&some, Reason::NoRule, &["desk share company of customer with bank for research"]);
    yes(&some, &["desk share company of customer as pseudonym with bank for research"]);
    yes(
        &some,
        &[
            "desk share email of customer totals 10 with bank for research",
            "desk share email of customer totals 25 with bank for research",
        ],
    );
    no(
        &some,
        Reason::NoRule,
        &[
            "desk share email of customer totals 9 with bank for research",
            "desk share email of customer as pseudonym with bank for research",
        ],
    );
}

// R11
#[test]
fn forms_of_a_promise() {
    let single = policy(
        "we never share company with anyone\nwe may share company of customer as aggregate of 2 with bank for research",
    );
    yes(&single, &["desk share company of customer totals 2 with bank for research"]);
    no(&single, Reason::Never, &["desk share company of customer as pseudonym with bank for research"]);
    assert_eq!(
        errors(
            "we never share company as aggregate with anyone\nwe may share company of customer as aggregate of 2 with bank for research"
        ),
        ["UP0301"]
    );
    no(&single, Reason::Never, &["desk share company of customer totals 1 with bank for research"]);
    let small = policy(
        "we never share company as aggregate of 10 with anyone\nwe may share company of customer as aggregate of 11 with bank for research",
    );
    yes(&small, &["desk share company of customer totals 11 with bank for research"]);
    no(&small, Reason::Never, &["desk share company of customer totals 10 with bank for research"]);
}

// R12
#[test]
fn we_are_those_whose_work_it_is() {
    let one = policy(
        "we may use company of customer for bookkeeping, newsletter\nwe never use company for newsletter if patron",
    );
    yes(&one, &["books use company of customer for bookkeeping"]);
    // The work on `message` is work on `newsletter`, below it.
    yes(&one, &["desk use company of customer for newsletter knowing not patron"]);
    no(
        &one,
        Reason::NotTheirWork,
        &[
            "desk use company of customer for bookkeeping",
            "books use company of customer for newsletter knowing not patron",
        ],
    );
    no(&one, Reason::Never, &["desk use company of customer for newsletter knowing patron"]);
    assert_eq!(errors("we may use company of customer for sales_tracking"), ["UP0302"], "nobody works on it");
}

// R13
#[test]
fn a_role_as_the_subject() {
    let one =
        policy("books may use company of customer for research\nbooks never use company for bookkeeping if patron");
    yes(&one, &["books use company of customer for research"]);
    no(&one, Reason::NotTheirWork, &["desk use company of customer for research"]);
    no(&one, Reason::Never, &["books use company of customer for bookkeeping knowing patron"]);
    let intake = policy("books never collect company if patron");
    yes(&intake, &["desk collect company of customer at shop knowing patron"]);
    no(
        &intake,
        Reason::Never,
        &[
            "books collect company of customer at shop knowing patron",
            "- collect company of customer at shop knowing patron",
        ],
    );
}

// R14
#[test]
fn recipients() {
    let one = policy(
        "we may share company of customer with processor for delivery\nwe never use, share email\n  except with bank\n  \
         except for newsletter, invitation, service_setup\nwe may share email of customer with bank for research",
    );
    yes(
        &one,
        &[
            "desk share company of customer with courier for delivery",
            "desk share company of customer with processor for delivery",
        ],
    );
    no(&one, Reason::NotDeclared, &["desk share company of customer with court for delivery"]);
    yes(&one, &["desk share email of customer with bank for research"]);
    no(&one, Reason::Never, &["desk use email of customer for research"]);
    let nobody = policy("we never share company with anyone\nwe may use company of customer for research");
    yes(&nobody, &["desk use company of customer for research"]);
    no(&nobody, Reason::Never, &["desk share company of customer with bank for research"]);
    assert_eq!(errors("we never use, share company with anyone"), ["UP0203"]);
}

// --- Where data comes from ---

// R15
#[test]
fn capacity_is_what_they_were_then() {
    let one = policy(
        "we may use page_visited, email of customer for newsletter\n\
        we may collect email from patron at shop for delivery",
    );
    yes(&one, &["desk use email of customer for newsletter", "desk use email of patron at shop for newsletter"]);
    no(&one, Reason::NoRule, &["desk use page_visited of visitor for newsletter knowing customer"]);
    let patrons =
        policy("we may use email of patron for newsletter\nwe may collect email from patron at shop for delivery");
    no(&patrons, Reason::NoRule, &["desk use email of customer at sign_up for newsletter knowing patron"]);
}

// R16
#[test]
fn points_and_givers() {
    let one = policy(
        "we may use email of customer at sign_up for newsletter\nwe may use email of friend from customer for research\n\
        we may use contact of customer from themselves for delivery\nwe may use contact of customer from us for marketing",
    );
    yes(&one, &["desk use email of customer at sign_up for newsletter", "desk use email of friend for research"]);
    no(&one, Reason::NoRule, &["desk use company of customer at shop for newsletter"]);
    yes(&one, &["desk use email of customer for delivery", "desk use company of customer for marketing"]);
    no(
        &one,
        Reason::NoRule,
        &["desk use company of customer for delivery", "desk use email of customer for marketing"],
    );
}

// R17
#[test]
fn what_others_gave_is_reached_by_name_only() {
    let one = policy(
        "we may use email for newsletter\nwe may use email from customer for research\nwe never use email for marketing if patron\n\
        we may use email of friend for marketing",
    );
    yes(&one, &["desk use email of customer for newsletter"]);
    no(
        &one,
        Reason::NoRule,
        &[
            "desk use email of friend for newsletter",
            "desk use email of friend for research",
            "desk use email for newsletter",
        ],
    );
    yes(&one, &["desk use email of friend for marketing knowing not patron"]);
    no(&one, Reason::Never, &["desk use email of friend for marketing knowing patron"]);
}

// R18
#[test]
fn a_collect_sentence_permits_intake_and_use() {
    let one = policy("we collect shoe_size from customer at sign_up for research");
    yes(
        &one,
        &[
            "desk collect shoe_size of customer at sign_up",
            "- collect shoe_size of customer at sign_up",
            "desk use shoe_size of customer for research",
        ],
    );
    no(
        &one,
        Reason::NoRule,
        &[
            "desk use shoe_size of customer for marketing",
            "desk change shoe_size of customer for research",
            "desk share shoe_size of customer with bank for research",
            "desk collect shoe_size of customer at sign_up for marketing",
        ],
    );
    no(&one, Reason::NotTheirWork, &["books use shoe_size of customer for research"]);
    assert_eq!(errors("we may collect shoe_size for research"), ["UP0005"]);
    assert_eq!(errors("we may require shoe_size for research"), ["UP0203"]);
}

// R19
#[test]
fn an_unknown_origin_opens_nothing() {
    let one = policy("we may use anything for research\nwe never use shoe_size of visitor for marketing");
    // Nothing takes a shoe size, so its origin is not known.
    no(&one, Reason::NoRule, &["desk use shoe_size for research"]);
    no(&one, Reason::Never, &["desk use shoe_size for marketing"]);
    yes(&one, &["desk use email of customer for research"]);
}

// --- Indented lines ---

// R20
#[test]
fn an_indented_line_reaches_within_the_line_above() {
    assert_eq!(errors("we never use health\n  except email"), ["UP0302"]);
    assert_eq!(errors("we may use email of customer for newsletter\n  but never for research"), ["UP0302"]);
    let one = policy(
        "we never use contact for message\n  except email\n\
        we may use email of customer for newsletter",
    );
    yes(&one, &["desk use email of customer for newsletter"]);
    no(&one, Reason::Never, &["desk use phone_number of customer for newsletter"]);
}

// R21
#[test]
fn except_frees_and_grants_nothing() {
    let one = policy(
        "we never use, share contact\n  except for newsletter, service_setup, invitation, bookkeeping\n  except email with courier\n\
        we may use phone_number of customer for newsletter\nwe may sell email of customer with courier for delivery",
    );
    yes(&one, &["desk use phone_number of customer for newsletter"]);
    no(&one, Reason::NoRule, &["desk use email of customer for newsletter"]);
    no(&one, Reason::Never, &["desk use phone_number of customer for research"]);
    // It says nothing of acts, so all that the promise reaches there is free: selling, too.
    yes(&one, &["desk sell email of customer with courier for delivery"]);
    // And none of totals: where the promise forbids them, they are free as well.
    let totals = policy(
        "we never share contact as aggregate with anyone\n  except for research\n\
        we may share email of customer with bank for research",
    );
    yes(
        &totals,
        &[
            "desk share email of customer with bank for research",
            "desk share email of customer totals 2 with bank for research",
        ],
    );
    no(&totals, Reason::Never, &["desk share email of customer totals 2 with bank for delivery"]);
}

// R22
#[test]
fn but_may_frees_and_grants() {
    let one = policy("we never share contact of customer with anyone\n  but may share with bank for research");
    yes(&one, &["desk share email of customer with bank for research"]);
    no(
        &one,
        Reason::Never,
        &[
            "desk share email of customer with courier for research",
            "desk sell email of customer with bank for research",
        ],
    );
    // Words taken from above are read as a permission's: `of customer` is said, so it is no data that a friend gave.
    no(&one, Reason::NoRule, &["desk share email of friend with bank for research"]);
    assert_eq!(errors("we never share contact with anyone\n  but may share with bank"), ["UP0201"]);
    assert_eq!(errors("we never share contact\n  but may share for research"), ["UP0202"]);
}

// R23
#[test]
fn but_never_takes_out_and_forbids() {
    let one = policy(
        "we may sell contact of customer with bank for research\n  but never phone_number\n  but never company if patron",
    );
    yes(
        &one,
        &[
            "desk sell email of customer with bank for research",
            "desk share company of customer with bank for research knowing not patron",
        ],
    );
    // Of acts it does not speak: sharing, which selling includes, is taken out, too.
    no(
        &one,
        Reason::Never,
        &[
            "desk sell phone_number of customer with bank for research",
            "desk share phone_number of customer with bank for research",
        ],
    );
    no(&one, Reason::Never, &["desk share contact of customer with bank for research"]);
    no(&one, Reason::Never, &["desk share company of customer with bank for research knowing patron"]);
    assert_eq!(
        errors(
            "we may use contact of customer for research\n  but never email\nwe may use email of customer for research"
        ),
        ["UP0301"],
        "for its part it is a promise"
    );
    let totals =
        policy("we may share contact of customer as aggregate of 10 with bank for research\n  but never phone_number");
    no(&totals, Reason::Never, &["desk share phone_number of customer totals 25 with bank for research"]);
    yes(&totals, &["desk share email of customer totals 25 with bank for research"]);
    let case = policy("we may use contact of customer on audit\n  but never phone_number");
    yes(&case, &["desk use email of customer on audit"]);
    no(&case, Reason::Never, &["desk use phone_number of customer on audit"]);
}

// R24
#[test]
fn an_exception_below_but_never_gives_back() {
    let one = policy(
        "we may use contact of customer for research\n  but never identifying\n    except phone_number\n    except email if patron",
    );
    yes(
        &one,
        &["desk use phone_number of customer for research", "desk use email of customer for research knowing patron"],
    );
    no(&one, Reason::Never, &["desk use email of customer for research", "desk use contact of customer for research"]);
}

// --- Facts ---

// R25
#[test]
fn a_permission_holds_only_when_it_is_known() {
    let one = policy(
        "we may use email of customer for newsletter if patron\nwe may use phone_number of customer for newsletter unless patron",
    );
    yes(
        &one,
        &[
            "desk use email of customer for newsletter knowing patron",
            "desk use phone_number of customer for newsletter knowing not patron",
        ],
    );
    no(
        &one,
        Reason::Condition,
        &["desk use email of customer for newsletter", "desk use phone_number of customer for newsletter"],
    );
}

// R26
#[test]
fn a_guard_stands_unless_known_not_to() {
    let one = policy(
        "we may use contact of customer for newsletter\nwe never use email if patron\nwe never use phone_number unless customer",
    );
    no(
        &one,
        Reason::Never,
        &["desk use email of customer for newsletter", "desk use phone_number of customer for newsletter"],
    );
    yes(
        &one,
        &[
            "desk use email of customer for newsletter knowing not patron",
            "desk use phone_number of customer for newsletter knowing customer",
        ],
    );
}

// R27
#[test]
fn and_or_unless() {
    let ask = |condition: &str, facts: &str| {
        let one = policy(&format!("we may use email of customer for newsletter {condition}"));
        ask(&one, &format!("desk use email of customer for newsletter knowing {facts}")).allowed
    };
    let table = [
        ("if visitor and friend", [false, false, false, true]),
        ("if visitor or friend", [false, true, true, true]),
        ("unless visitor or friend", [true, false, false, false]),
        ("unless visitor and friend", [true, true, true, false]),
        ("while visitor", [false, true, false, true]),
    ];
    for (condition, expected) in table {
        let states = ["not visitor, not friend", "visitor, not friend", "not visitor, friend", "visitor, friend"];
        assert_eq!(states.map(|facts| ask(condition, facts)), expected, "{condition}");
    }
    assert_eq!(errors("we may use email of customer for newsletter if visitor and friend or patron"), ["UP0204"]);
}

// R28
#[test]
fn a_conditional_exception_frees_only_what_is_known() {
    let one = policy(
        "we never use email\n  except for newsletter, invitation if patron\n  except for service_setup\n\
        we may use email of customer for newsletter if customer\nwe may use email of friend for invitation",
    );
    yes(&one, &["desk use email of customer for newsletter knowing patron"]);
    no(&one, Reason::Never, &["desk use email of customer for newsletter knowing customer"]);
}

// R29
#[test]
fn facts_follow_from_each_other() {
    let one = policy(
        "we may use email of customer for newsletter if customer\nwe may use phone_number of customer for newsletter unless patron\n\
        every person may agree to research\nwe may use email of customer for delivery unless they have refused research",
    );
    yes(
        &one,
        &[
            "desk use email of customer for newsletter knowing patron",
            "desk use phone_number of customer for newsletter knowing not customer",
        ],
    );
    no(&one, Reason::Condition, &["desk use email of customer for newsletter knowing not patron"]);
    yes(&one, &["desk use email of customer for delivery knowing agreed research"]);
    assert_eq!(
        errors(
            "every person may agree to research\n\
            we may use email of customer for delivery if they have agreed to research and have refused research"
        ),
        ["UP0303"]
    );
}

// --- Choices ---

// R30
#[test]
fn what_may_be_refused_is_guarded() {
    let one = policy(
        "every person may refuse message\nwe may use, change, erase, block contact of customer for newsletter\n\
        we may share contact of customer with courier for newsletter",
    );
    for act in [
        "desk use email of customer for newsletter",
        "desk change email of customer for newsletter",
        "desk share email of customer with courier for newsletter",
    ] {
        yes(&one, &[&format!("{act} knowing not refused message")]);
        no(&one, Reason::Refused, &[act, &format!("{act} knowing refused message")]);
    }
    yes(&one, &["desk erase email of customer for newsletter", "desk block email of customer for newsletter"]);
    yes(
        &one,
        &[
            "desk share email of customer totals 10 with courier for newsletter",
            "desk collect email of customer at sign_up",
        ],
    );
}

// R31
#[test]
fn what_must_be_agreed_to_is_shut_until_then() {
    let one = policy("customer may agree to marketing\nwe may use page_visited, email for marketing");
    yes(&one, &["desk use email of customer for marketing knowing agreed marketing"]);
    no(
        &one,
        Reason::NotAgreed,
        &[
            "desk use email of customer for marketing",
            "desk use email of customer for marketing knowing not agreed marketing",
        ],
    );
    // A customer who left has not agreed for that.
    no(&one, Reason::NotAgreed, &["desk use email of customer for marketing knowing not customer"]);
    // Whoever never was a customer has nothing to agree to.
    yes(&one, &["desk use page_visited of visitor for marketing knowing not customer"]);
    no(
        &one,
        Reason::NotAgreed,
        &[
            "desk use page_visited of visitor for marketing",
            "desk use page_visited of visitor for marketing knowing customer",
        ],
    );
}

// R32
#[test]
fn a_choice_that_we_do_something() {
    let one = policy(
        "every person may refuse that we use email for message\nwe may use contact of customer for newsletter, marketing",
    );
    yes(&one, &["desk use email of customer for newsletter knowing not refused rules.1"]);
    no(
        &one,
        Reason::Refused,
        &[
            "desk use email of customer for newsletter knowing refused rules.1",
            "desk use contact of customer for newsletter knowing refused rules.1",
        ],
    );
    yes(
        &one,
        &[
            "desk use phone_number of customer for newsletter knowing refused rules.1",
            "desk use email of customer for marketing knowing refused rules.1",
        ],
    );
}

// --- Cases ---

// R34
#[test]
fn on_a_case() {
    let one = policy(
        "we may use contact of customer on audit\nwe may share contact of customer with bank for court_order on court_order\n\
        we never change contact\n  but may change on court_order",
    );
    yes(&one, &["desk use email of customer on audit", "desk use email of customer for audit on court_order"]);
    no(
        &one,
        Reason::NoCase,
        &["desk use email of customer for audit", "desk share email of customer with bank for court_order on audit"],
    );
    yes(
        &one,
        &["desk share email of customer with bank on court_order", "desk change email of customer on court_order"],
    );
    no(&one, Reason::NoCase, &["desk change email of customer for court_order"]);
    no(&one, Reason::Never, &["desk change email of customer for audit on audit"]);
}

// --- Names that grow ---

// R52
#[test]
fn an_open_name_is_abstract() {
    let rules =
        "recipient chosen is partner\nopen chosen by desk\nwe may share contact of customer with chosen for delivery";
    let text = text(rules)
        + "\n## Added {#added}\n\nWho was added.\n\n```upheld added\nrecipient acme is chosen added 2026-12-01 by desk\n```\n";
    let one = compile(text);
    yes(&one, &["desk share email of customer with acme for delivery"]);
    no(&one, Reason::NotFurtherSaid, &["desk share email of customer with chosen for delivery"]);
    no(&one, Reason::NotDeclared, &["desk share email of customer with another for delivery"]);
}

// R53
#[test]
fn an_addition_never_permits() {
    let added = |line: &str| {
        let text =
            text("statement") + &format!("\n## Added {{#added}}\n\nWhat we added.\n\n```upheld added\n{line}\n```\n");
        let loaded = upheld_policy::load(&Source::new("privacy.md", text), None);
        loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>()
    };
    assert_eq!(added("we may use email of customer for newsletter"), ["UP0106"]);
    assert_eq!(added("we may collect email from customer at sign_up for newsletter"), ["UP0106"]);
    assert_eq!(added("we never use email\n  but may use for newsletter"), ["UP0106"]);
    assert_eq!(added("recipient acme is courier added 2026-12-01 by desk"), ["UP0105"]);
    assert!(added("we never use email for newsletter\nwe keep email 2 years after leaving").is_empty());
}

// R70
#[test]
fn another_purpose_is_none_for_which_it_was_taken() {
    let one = policy(
        "we may use contact of customer for message\nwe may use email of friend for message\n\
         we never use contact for another purpose unless they have agreed to marketing\n\
         customer may agree to marketing via link\n\
         we collect email from customer at shop for message",
    );
    // At the shop e-mail is taken for messages, at sign-up it is not.
    yes(&one, &["desk use email of customer at shop for catalogue", "desk use email of customer at shop for message"]);
    no(&one, Reason::Never, &["desk use email of customer at sign_up for catalogue"]);
    no(
        &one,
        Reason::Never,
        &["desk use phone_number of customer for catalogue", "desk use contact of customer at shop for message"],
    );
    yes(&one, &["desk use phone_number of customer for catalogue knowing agreed marketing"]);
    // What a friend gave was taken for the invitation only.
    yes(&one, &["desk use email of friend for invitation"]);
    no(&one, Reason::Never, &["desk use email of friend for catalogue"]);
    let choice = policy(
        "we may use email of customer for message, service_setup\n\
         customer may refuse that we use anything for another purpose via email",
    );
    no(&choice, Reason::Refused, &["desk use email of customer for message"]);
    yes(&choice, &["desk use email of customer for message knowing not refused rules.1"]);
    yes(&choice, &["desk use email of friend for invitation"]);
    assert_eq!(errors("we may use email for another purpose"), ["UP0225"]);
    assert_eq!(
        errors("we may use email of customer for catalogue\nwe never use email for another purpose"),
        ["UP0301"]
    );
}
