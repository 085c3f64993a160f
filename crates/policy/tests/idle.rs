//! Sentences that change nothing, held against all questions: without those that are found the answers are the same, and
//! without any other they are not.

use proptest::prelude::*;
use upheld_decide::{Action, Actor, Compiled, Element, Fact, FactSet, Form, Ids, OriginId, Purpose, Recipient};
use upheld_document::Source;

const FRAME: &str = "---\nupheld: 1\ntitle: T\ncontroller: C\ncontact: c@example.org\nversion: 1\neffective: 2026-12-01\n\
covers: www.example.org\n---\n\n## Names\n\nNames.\n\n```upheld\nperson visitor\nperson customer\n  begins at sign_up\n\
\x20 ends at leaving\npoint sign_up, desk is form\npoint leaving is event\nrecipient courier is processor\n\
purpose news is message\npurpose parcels is delivery\nrole office, works on news, parcels\nrole helper, works on parcels\n\
we collect name, email from customer at sign_up for parcels\nwe collect email from visitor at desk for parcels\n\
customer may refuse news via link\nwe keep contact 1 year after sign_up\n```\n\n## Rules\n\nRules.\n\n```upheld\n";

/// Rules that overlap in many ways.
const RULES: [&str; 22] = [
    "we may use contact for news",
    "we may use email for news",
    "we may use email of customer for news",
    "we may use email for news if customer",
    "we may use contact for news, parcels",
    "office may use email for news",
    "helper may use name for parcels",
    "we may use email for parcels",
    "we may share contact with courier for parcels",
    "we may share email with courier for parcels",
    "we may sell email with courier for parcels",
    "we may share contact as aggregate of 10 with courier for parcels",
    "we may use contact for news\n  but never name",
    "we may use contact for news\n  but never email of customer\n  but never email",
    "we may use contact for news\n  but never use if visitor",
    "we never sell name",
    "we never share name with anyone\n  but may share with courier for parcels",
    "we never share contact with anyone\n  except email\n  except with courier for parcels",
    "we never use contact for news\n  except if customer",
    "we never use email for news if visitor",
    "we never use contact for marketing\n  except email",
    "we never use contact for news if they have refused news",
];

fn text(lines: &[&str]) -> String {
    format!("{FRAME}{}\n```\n", lines.join("\n"))
}

/// The answers to all questions over these names, whatever is known of the person.
fn answers(policy: &Compiled) -> Vec<bool> {
    let fact = |name: &str| {
        policy.facts.iter().position(|fact| match fact {
            Fact::Is(kind) => policy.names.kinds.name(kind.0) == name,
            Fact::Refused(_) => name == "refused",
            _ => false,
        })
    };
    let mut out = Vec::new();
    let names = &policy.names;
    let all = |axis: &upheld_decide::Axis, wanted: &[&str]| wanted.iter().map(|name| axis.id(name)).collect::<Vec<_>>();
    for known in 0..27 {
        let mut facts = FactSet::EMPTY;
        for (at, name) in ["customer", "visitor", "refused"].iter().enumerate() {
            let state = known / 3_usize.pow(at as u32) % 3;
            if let (Some(fact), true) = (fact(name), state > 0) {
                facts.set(fact as u16, state == 1);
            }
        }
        for element in all(&names.data, &["contact", "name", "email"]).into_iter().flatten() {
            for origin in 0..names.origins.len() as u16 {
                for actor in all(&names.actors, &["office", "helper"]).into_iter().flatten().chain([0]) {
                    for purpose in
                        all(&names.purposes, &["news", "parcels", "message", "delivery"]).into_iter().flatten()
                    {
                        for action in [Action::Use, Action::Share, Action::Sell] {
                            for form in [Form::Identified, Form::Pseudonymous, Form::Aggregate(5), Form::Aggregate(10)]
                            {
                                let courier = names.recipients.id("courier").unwrap_or_default();
                                let recipient = Recipient(if action == Action::Use { 0 } else { courier });
                                let (element, origin) = (Element(element), OriginId(origin));
                                let (actor, purpose) = (Actor(actor), Purpose(purpose));
                                let ids = Ids { action, actor, element, origin, form, purpose, recipient };
                                out.push(policy.table.decide(&ids, &facts).allowed);
                            }
                        }
                    }
                }
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_idle_is_idle_and_nothing_else(chosen in prop::collection::vec(0..RULES.len(), 2..6)) {
        let lines: Vec<&str> = chosen.iter().flat_map(|at| RULES[*at].lines()).collect();
        let source = Source::new("privacy.md", text(&lines));
        let checked = upheld_policy::check(&source, None);
        // Rules that disagree do not compile.
        let Some(policy) = checked.policy else { return Ok(()) };
        let whole = answers(&policy.compiled);
        let first = FRAME.lines().count() as u32;
        let idle: Vec<usize> = checked
            .diagnostics
            .iter()
            .filter(|one| one.code == "UP0405")
            .map(|one| (source.line_column(one.span().start).0 - first - 1) as usize)
            .collect();
        // A line goes with the lines below it; they stand one deep.
        let gone = |taken: &[usize]| -> Vec<usize> {
            let below = |at: &usize| (at + 1..lines.len()).take_while(|next| lines[*next].starts_with(' '));
            let all = taken.iter().flat_map(|at| {
                let lower = if lines[*at].starts_with(' ') { Vec::new() } else { below(at).collect() };
                std::iter::once(*at).chain(lower)
            });
            all.collect()
        };
        let without = |taken: &[usize]| -> Vec<&str> {
            let gone = gone(taken);
            lines.iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, line)| *line).collect()
        };
        let compiled = |lines: &[&str]| {
            let loaded = upheld_policy::load(&Source::new("privacy.md", text(lines)), None);
            loaded.policy.map(|policy| policy.compiled)
        };
        let rest = compiled(&without(&idle)).expect("what changes nothing is not missed");
        prop_assert!(answers(&rest) == whole, "found idle, and is not: {idle:?} of {lines:#?}");
        // Each line that is left says something: without it some answer is another, or the rest does not compile.
        for at in 0..lines.len() {
            // A promise says what no sentence may permit, now or later.
            if lines[at].starts_with("we never") || gone(&idle).contains(&at) {
                continue;
            }
            let taken: Vec<usize> = idle.iter().copied().chain([at]).collect();
            if let Some(rest) = compiled(&without(&taken)) {
                prop_assert!(answers(&rest) != whole, "idle, and not found: `{}` of {lines:#?}", lines[at]);
            }
        }
    }
}
