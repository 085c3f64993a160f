//! Where recipients are, and what protects data that goes there.

use std::collections::BTreeMap;

use upheld_decide::{Protection, Recipient, Transfers, Whereabouts, is_relative};
use upheld_document::{Diagnostic, Span};

use super::{Lowering, Numbered};
use crate::countries::{Standing, countries};
use crate::model::{Force, Model, Recipients, Rule, Shape};
use crate::syntax::ast::Kind;

/// Notes where recipients are; where the policy promises safeguards, holds every disclosure of single people against them.
pub(super) fn transfers(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        match &numbered.sentence.kind {
            Kind::Recipient { names, country, safeguard, .. } if country.is_some() || safeguard.is_some() => {
                for recipient in lowering.resolver.recipients(names) {
                    lowering.model.whereabouts.push(Whereabouts {
                        recipient,
                        country: country.clone(),
                        safeguard: safeguard.clone(),
                        sentence: numbered.index,
                    });
                }
            }
            Kind::Safeguarded => {
                lowering.model.transfers = Some(Transfers { sentence: numbered.index, whereabouts: Vec::new() });
            }
            _ => {}
        }
    }
    // An adequacy that nobody has decided on protects nothing, whatever else is promised.
    for place in lowering.model.whereabouts.clone() {
        let adequacy = place.safeguard.as_ref().is_some_and(|safeguard| safeguard.protection == Protection::Adequacy);
        let country = place.country.as_deref().unwrap_or_default();
        let day = lowering.model.header.effective.clone();
        if adequacy && !matches!(countries().standing(country, &day), Standing::Adequate(_)) {
            let span = span(&lowering.model, place.sentence);
            let what = if country.is_empty() { "no country is named" } else { "none is known of this country" };
            lowering.report(
                Diagnostic::error("UP0243", "there is no decision on adequacy to rely on")
                    .at(span, what)
                    .help("name what protects the data: `under standard_clauses \"module 2, signed 2026-01-02\"`"),
            );
        }
    }
    let Some(mut promised) = lowering.model.transfers.take() else { return };
    let names = lowering.resolver.names.clone();
    let lacking = unprotected(&Model { names, ..lowering.model.clone() });
    for one in lacking {
        let name = lowering.resolver.names.recipients.name(one.recipient.0).to_owned();
        let mut error = Diagnostic::error("UP0242", format!("data of single people goes to `{name}`, and {}", one.why))
            .at(span(&lowering.model, one.permitted), "permitted here")
            .also(span(&lowering.model, promised.sentence), "promised here");
        if let Some(declared) = one.declared {
            error = error.also(span(&lowering.model, declared), "declared here");
        }
        lowering.report(error.help(one.help(&name)));
    }
    promised.whereabouts.clone_from(&lowering.model.whereabouts);
    lowering.model.transfers = Some(promised);
}

fn span(model: &Model, sentence: u16) -> Span {
    model.spans.get(usize::from(sentence)).copied().unwrap_or_default()
}

/// A recipient who may have data of single people, without what protects it.
pub(crate) struct Unprotected {
    pub(crate) recipient: Recipient,
    /// The sentence that permits it.
    pub(crate) permitted: u16,
    /// The sentence that says where they are.
    declared: Option<u16>,
    pub(crate) why: String,
    country: Option<String>,
}

impl Unprotected {
    fn help(&self, name: &str) -> String {
        match &self.country {
            Some(country) => {
                format!(
                    "say what protects it: `recipient {name} is processor in {country}, under standard_clauses \"module 2, signed 2026-01-02\"`"
                )
            }
            None => format!("say where they are, by two letters (ISO 3166): `recipient {name} is processor in DE`"),
        }
    }
}

/// Who may have data of single people outside of the European Economic Area, without what protects it there.
pub(crate) fn unprotected(model: &Model) -> Vec<Unprotected> {
    let mut permitted: BTreeMap<(Recipient, Option<String>), u16> = BTreeMap::new();
    for rule in &model.rules {
        disclosed(model, rule, &Above::default(), &mut permitted);
    }
    // What a recipient sets on a device by itself it has, too.
    for collect in &model.collects {
        if let Some(by) = collect.by {
            permitted.entry((by, None)).or_insert(collect.sentence);
        }
    }
    // Who runs the machines has what lies on them, where they stand.
    for store in &model.stores {
        let with = store.with.unwrap_or(Recipient::NOBODY);
        permitted.entry((with, Some(store.country.clone()))).or_insert(store.sentence);
    }
    permitted
        .into_iter()
        .filter_map(|((recipient, place), sentence)| lacks(model, recipient, place, sentence))
        .collect()
}

fn lacks(model: &Model, recipient: Recipient, place: Option<String>, permitted: u16) -> Option<Unprotected> {
    // What is said of a name above holds for those below it that say nothing themselves.
    let said = |has: fn(&Whereabouts) -> bool| {
        let own = model.whereabouts.iter().find(|one| one.recipient == recipient && has(one));
        let above = || {
            let within =
                |one: &&Whereabouts| model.names.recipients.is_within(recipient.0, one.recipient.0) && has(one);
            model.whereabouts.iter().find(within)
        };
        own.or_else(above)
    };
    let at = said(|one| one.country.is_some());
    let safeguard = said(|one| one.safeguard.is_some()).and_then(|one| one.safeguard.as_ref());
    let country = place.or_else(|| at.and_then(|one| one.country.clone()));
    let lacking = |why: String| {
        let declared = at.map(|one| one.sentence);
        Some(Unprotected { recipient, permitted, declared, why, country: country.clone() })
    };
    let adequacy = safeguard.is_some_and(|one| one.protection == Protection::Adequacy);
    // What holds wherever they are needs no country.
    if safeguard.is_some() && !adequacy {
        return None;
    }
    let Some(there) = &country else { return lacking("nothing says in which country they are".to_owned()) };
    match countries().standing(there, &model.header.effective) {
        Standing::Inside => None,
        Standing::Adequate(decision) => match &decision.only {
            Some(only) if !adequacy => {
                lacking(format!("the decision on adequacy of `{there}` ({}) speaks only of {only}", decision.decision))
            }
            _ => None,
        },
        Standing::Outside => lacking(format!("nothing protects it in `{there}`")),
    }
}

/// What an indented line takes from the line above.
#[derive(Clone, Default)]
struct Above<'r> {
    discloses: bool,
    recipients: Option<&'r Recipients>,
    totals: bool,
}

fn disclosed<'r>(
    model: &Model,
    rule: &'r Rule,
    above: &Above<'r>,
    out: &mut BTreeMap<(Recipient, Option<String>), u16>,
) {
    let here = Above {
        discloses: match rule.scope.actions.as_slice() {
            [] => above.discloses || rule.scope.recipients.is_some(),
            actions => actions.iter().any(|action| action.discloses()),
        },
        recipients: rule.scope.recipients.as_ref().or(above.recipients),
        totals: rule
            .scope
            .shape
            .map_or(above.totals, |shape| matches!(shape, Shape::Aggregate | Shape::AggregateOf(_))),
    };
    if matches!(rule.force, Force::May | Force::ButMay) && here.discloses && !here.totals {
        let axis = &model.names.recipients;
        let named: Vec<u16> = match here.recipients {
            Some(Recipients::Named(named)) => named.iter().flat_map(|group| axis.below(group.0)).collect(),
            Some(Recipients::Anyone) => axis.ids().skip(1).collect(),
            None => Vec::new(),
        };
        let public = axis.id("public");
        let group = |id: u16| axis.ids().any(|other| axis.parents(other).contains(&id));
        for id in named {
            let open = model.names.open_recipients.contains(&Recipient(id));
            let everybody = public.is_some_and(|public| axis.is_within(id, public));
            if !open && !group(id) && !everybody && !is_relative(axis.name(id)) {
                out.entry((Recipient(id), None)).or_insert(rule.sentence);
            }
        }
    }
    for child in &rule.children {
        disclosed(model, child, &here, out);
    }
}
