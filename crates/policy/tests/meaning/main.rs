//! What the words mean: for each rule of `docs/language.md` that decides, a small policy that shows it and its refusal.
//!
//! Rules about what a running service does are shown by the scenarios in `data/meaning`.

mod acts;
mod choices;
mod deciding;
mod facts;
mod lines;
mod names;
mod origins;

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
