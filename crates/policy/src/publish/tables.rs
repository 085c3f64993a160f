//! Lists of what the rules say, as rows of words.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{Compiled, Cookie, Element, End, PointKind, Purpose, Recipient, RightKind, Unit};

use super::countries::country;
use super::receive::{Seen, received, taken};
use super::words::{self, begun, spelt};
use crate::Policy;
use crate::model::{KeepRule, Model, Publication};

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Of what.
    pub what: Publication,
    /// What it is, in a line.
    pub caption: &'static str,
    /// What stands in each column.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Row>,
    /// What is said in place of rows where there are none.
    pub empty: &'static str,
}

impl Table {
    /// The cells of a row, each with its column.
    pub fn pairs<'t>(&'t self, row: &'t Row) -> impl Iterator<Item = (&'static str, &'t str)> {
        self.columns.iter().copied().zip(row.cells.iter().map(String::as_str))
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is about, by its names in the policy.
    pub names: Vec<String>,
    /// What for, by names.
    pub purposes: Vec<String>,
    /// One text for each column.
    pub cells: Vec<String>,
    /// Whether the operator added it.
    pub added: bool,
}

pub(super) fn table(what: Publication, policy: &Policy) -> Option<Table> {
    let (model, compiled) = (&policy.model, &policy.compiled);
    let (caption, columns, rows, empty) = match what {
        Publication::How => return None,
        Publication::Recipients => (
            "Who receives data from us",
            vec!["Who", "Kind", "What for", "What they receive"],
            recipients(model, compiled),
            "No recipients: nobody outside receives data from us.",
        ),
        Publication::Cookies => (
            "What is kept on your device",
            vec!["Name", "What it holds", "What for", "How long", "Where"],
            compiled.cookies.iter().map(|cookie| device(model, compiled, cookie)).collect(),
            "No cookies: nothing is kept on your device.",
        ),
        Publication::Periods => (
            "How long data is kept",
            vec!["What", "Of whom", "Until when"],
            model.keeps.iter().map(|rule| period(model, compiled, rule)).collect(),
            "No periods: no rule says how long anything is kept.",
        ),
        Publication::Choices => (
            "What you can choose",
            vec!["What", "Who", "Without a choice", "How"],
            compiled.choices.iter().map(|choice| self::choice(model, compiled, choice)).collect(),
            "No choices: there is nothing to agree to or to refuse.",
        ),
        Publication::Rights => (
            "What you can ask for",
            vec!["What", "Who", "How", "Answered"],
            rights(model, compiled),
            "No rights beyond those of the law.",
        ),
        Publication::Places => (
            "Where data is kept",
            vec!["What", "Country", "Whose machines"],
            places(model, compiled),
            "No places: no rule says where data is kept.",
        ),
    };
    Some(Table { what, caption, columns, rows, empty })
}

fn added(model: &Model, sentence: u16) -> bool {
    model.sentences.get(usize::from(sentence)).is_some_and(|said| said.added)
}

/// In one row what is received for several purposes alike.
fn recipients(model: &Model, compiled: &Compiled) -> Vec<Row> {
    let all = taken(compiled);
    let names = &compiled.names.recipients;
    let mut out = Vec::new();
    for id in names.ids().map(Recipient).filter(|id| *id != Recipient::NOBODY) {
        let name = names.name(id.0);
        // Themselves, and whoever stands in a relation to the person, are nobody outside; an open name is a list, and its members receive.
        let inside = name.starts_with("their ") || name == upheld_decide::THEMSELVES;
        if inside || compiled.names.open_recipients.contains(&id) {
            continue;
        }
        let mut alike: BTreeMap<Vec<(Element, Seen)>, BTreeSet<Purpose>> = BTreeMap::new();
        for (purpose, elements) in received(compiled, id, &all) {
            alike.entry(elements.into_iter().collect()).or_default().insert(purpose);
        }
        // A group whose members receive on their own is said by them.
        let below: Vec<Recipient> = names.below(id.0).into_iter().filter(|one| *one != id.0).map(Recipient).collect();
        if below.iter().any(|one| !received(compiled, *one, &all).is_empty()) {
            continue;
        }
        let kind = [
            Some(words::sort(model, id)).filter(|sort| !sort.is_empty()),
            model.recipient_countries.get(name).map(|country_code| format!("in {}", country(country_code))),
        ];
        let kind = begun(&kind.into_iter().flatten().collect::<Vec<_>>().join(" "));
        let row = |purposes: Vec<String>, what_for: String, data: String| Row {
            names: vec![name.to_owned()],
            purposes,
            cells: vec![words::recipient(compiled, id), kind.clone(), what_for, data],
            added: model.recipients_added.contains(name),
        };
        for (elements, purposes) in &alike {
            let purposes = widest(compiled, purposes);
            let named = |seen: Seen| elements.iter().filter(|(_, how)| *how == seen).map(|(one, _)| *one).collect();
            let mut data = Vec::new();
            for (seen, how) in
                [(Seen::Named, ""), (Seen::Pseudonym, " (under a pseudonym)"), (Seen::Totals, " (as totals)")]
            {
                data.extend(words::all_of(compiled, &named(seen), &all).into_iter().map(|one| format!("{one}{how}")));
            }
            let labels: Vec<String> = purposes.iter().map(|one| words::purpose(compiled, *one)).collect();
            let spoken = purposes.iter().map(|one| compiled.names.purposes.name(one.0).to_owned()).collect();
            out.push(row(spoken, labels.join("; "), data.join("; ")));
        }
        for store in model.stores.iter().filter(|store| store.with == Some(id)) {
            let what = if store.backup { "Keeping our backups" } else { "Keeping our store" };
            out.push(row(Vec::new(), what.to_owned(), "Everything that we hold".to_owned()));
        }
    }
    out
}

/// Without what stands below another of them: the wider name says it.
fn widest(compiled: &Compiled, purposes: &BTreeSet<Purpose>) -> Vec<Purpose> {
    let axis = &compiled.names.purposes;
    let leads = |one: &&Purpose| !purposes.iter().any(|other| other != *one && axis.is_within(one.0, other.0));
    purposes.iter().filter(leads).copied().collect()
}

fn device(model: &Model, compiled: &Compiled, cookie: &Cookie) -> Row {
    let name = compiled.names.points.name(cookie.point.0);
    let point = compiled.points.iter().find(|point| point.id == cookie.point && point.kind == PointKind::Browser);
    let collect = model.collects.iter().find(|collect| collect.sentence == cookie.sentence);
    let holds: Vec<String> = collect
        .map(|collect| collect.data.iter().map(|element| words::data(compiled, *element)).collect())
        .unwrap_or_default();
    let label = point.and_then(|point| point.label.clone());
    let purposes: Vec<String> = cookie.purposes.iter().map(|one| words::purpose(compiled, *one)).collect();
    let long = match (cookie.lasts, cookie.session) {
        (Some(period), _) => words::period(period),
        (None, true) => "Until you close the browser".to_owned(),
        (None, false) => "Until you remove it".to_owned(),
    };
    let covers = &compiled.header.covers;
    let places = point.map(|point| point.places.as_slice()).unwrap_or_default();
    let everywhere = places.is_empty() || covers.iter().all(|host| places.contains(&format!("{host}/*")));
    let hosts = if everywhere { "all our pages".to_owned() } else { places.join(", ") };
    let kept = if cookie.local { "Your browser’s storage" } else { "Cookie" };
    Row {
        names: vec![name.to_owned()],
        purposes: cookie.purposes.iter().map(|one| compiled.names.purposes.name(one.0).to_owned()).collect(),
        cells: vec![
            label.map_or_else(|| name.to_owned(), |label| format!("{name}: {label}")),
            holds.join("; "),
            purposes.join("; "),
            long,
            match cookie.by {
                None => format!("{kept}, {hosts}"),
                Some(by) => format!("{kept}, {hosts}; set and read by: {}", words::recipient(compiled, by)),
            },
        ],
        added: added(model, cookie.sentence),
    }
}

fn period(model: &Model, compiled: &Compiled, rule: &KeepRule) -> Row {
    let keep = &rule.keep;
    let data: Vec<String> = keep.elements.iter().map(|element| words::data(compiled, *element)).collect();
    let whom = rule.of.as_ref().map_or_else(
        || "Everybody".to_owned(),
        |kinds| kinds.iter().map(|kind| words::who(compiled, Some(*kind))).collect::<Vec<_>>().join(", "),
    );
    let then = keep.erase_within.map(|within| format!("; erased within {} then", words::period(within)));
    let until = match &keep.end {
        End::After(period, event) => format!("{} after: {}", words::period(*period), words::point(compiled, *event)),
        End::Until(event) => format!("Until: {}", words::point(compiled, *event)),
        End::While(kind) => format!("While one is {}", spelt(compiled.names.kinds.name(kind.0))),
    };
    let law = if keep.must { " (we must)" } else { "" };
    Row {
        names: keep.elements.iter().map(|element| compiled.names.data.name(element.0).to_owned()).collect(),
        purposes: Vec::new(),
        cells: vec![data.join("; "), whom, format!("{until}{law}{}", then.unwrap_or_default())],
        added: added(model, keep.sentence),
    }
}

/// The ways in which a person acts.
fn ways(via: &[String]) -> String {
    let way = |way: &String| match way.split_once(' ') {
        Some(("form", page)) => format!("form ({})", spelt(page)),
        _ => spelt(way),
    };
    if via.is_empty() { "In any way".to_owned() } else { begun(&via.iter().map(way).collect::<Vec<_>>().join(", ")) }
}

/// Who has a choice or a right, and who acts for them.
fn whose(compiled: &Compiled, kind: Option<upheld_decide::Kind>, by: Option<upheld_decide::RelationId>) -> String {
    let who = words::who(compiled, kind);
    match by {
        None => who,
        Some(by) => format!("{who}: their {}", spelt(compiled.names.relations.name(by.0))),
    }
}

fn choice(model: &Model, compiled: &Compiled, choice: &upheld_decide::Choice) -> Row {
    let purposes: Vec<String> = choice.purposes.iter().take(1).map(|one| words::purpose(compiled, *one)).collect();
    let sentence = model.sentences.get(usize::from(choice.sentence)).map(|said| begun(&said.text));
    let label =
        choice.label.clone().or_else(|| purposes.first().cloned().filter(|_| choice.data.is_empty())).or(sentence);
    Row {
        names: vec![choice.name.clone()],
        purposes: choice.purposes.iter().map(|one| compiled.names.purposes.name(one.0).to_owned()).collect(),
        cells: vec![
            begun(&label.unwrap_or_default()),
            whose(compiled, choice.kind, choice.by),
            if choice.agree { "Off, until you agree" } else { "On, until you refuse" }.to_owned(),
            ways(&choice.via),
        ],
        added: added(model, choice.sentence),
    }
}

fn rights(model: &Model, compiled: &Compiled) -> Vec<Row> {
    let all = taken(compiled);
    let row = |right: &upheld_decide::Right| {
        let reaches: BTreeSet<Element> = right.elements.iter().filter(|one| all.contains(one)).copied().collect();
        let data = if right.elements.is_empty() || all.is_subset(&reaches) {
            "everything".to_owned()
        } else {
            let labels = words::all_of(compiled, &reaches, &all);
            labels.join("; ")
        };
        let what = match right.kind {
            RightKind::See => format!("To see: {data}"),
            RightKind::Erase => format!("To have erased: {data}"),
            RightKind::Correct => format!("To have corrected: {data}"),
            RightKind::Take => format!("To take along: {data}"),
            RightKind::Restrict => format!("To have restricted: {data}"),
            RightKind::Disclosures => "To learn who received something".to_owned(),
            RightKind::Answer => "An answer to a question".to_owned(),
            RightKind::Review => "A review of this policy".to_owned(),
        };
        let once = right.once.map(|unit| match unit {
            Unit::Month => ", once a calendar month",
            _ => ", once a calendar year",
        });
        let within =
            right.within.map_or_else(|| "At once".to_owned(), |within| format!("Within {}", words::period(within)));
        Row {
            names: vec![right.kind.word().to_owned()],
            purposes: Vec::new(),
            cells: vec![
                what,
                whose(compiled, right.of, right.by),
                ways(&right.via),
                format!("{within}{}", once.unwrap_or_default()),
            ],
            added: added(model, right.sentence),
        }
    };
    compiled.rights.iter().map(row).collect()
}

fn places(model: &Model, compiled: &Compiled) -> Vec<Row> {
    let row = |place: &upheld_decide::StorePlace| Row {
        names: vec![if place.backup { "backup" } else { "store" }.to_owned()],
        purposes: Vec::new(),
        cells: vec![
            if place.backup { "Backups" } else { "The store" }.to_owned(),
            begun(country(&place.country)),
            place.with.map_or_else(|| "Not said".to_owned(), |with| words::recipient(compiled, with)),
        ],
        added: added(model, place.sentence),
    };
    model.stores.iter().map(row).collect()
}
