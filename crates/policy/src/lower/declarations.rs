//! Declarations: names, kinds of person, roles, points and grounds.

use upheld_decide::{
    Case, Finding, Ground, GroundId, Kind as PersonKind, KindLife, Point, PointForm, PointId, PointKind, Purpose,
    Relation, RelationId,
};
use upheld_document::Diagnostic;

use super::names::On;
use super::{Lowering, Numbered};
use crate::model::Force;
use crate::syntax::ast::{Cookie, Kind, Lasts, Means, Name, Places, Sentence};
use crate::vocabulary::vocabulary;

/// Enters all declared names and the graph between them. False: there are so many that nothing else is worth a look.
pub(super) fn declare(lowering: &mut Lowering<'_>, sentences: &[Sentence]) -> bool {
    for sentence in sentences {
        for (on, names) in declared(&sentence.kind) {
            for name in names {
                lowering.resolver.declare(on, name);
            }
        }
        // A ground is a purpose too.
        if let Kind::Ground { names, .. } = &sentence.kind {
            for name in names {
                lowering.resolver.declare(On::Purposes, name);
            }
        }
    }
    if !lowering.resolver.within_bounds() {
        return false;
    }
    for sentence in sentences {
        match &sentence.kind {
            Kind::Data(data) => under(lowering, On::Data, &data.names, &data.parents),
            Kind::Person { names, parents, .. } => under(lowering, On::Kinds, names, parents),
            Kind::Purpose { names, parents, .. } => under(lowering, On::Purposes, names, parents),
            Kind::Recipient { names, parents, .. } => under(lowering, On::Recipients, names, parents),
            Kind::Ground { names, parents, .. } => {
                under(lowering, On::Grounds, names, parents);
                // As purposes they stand below each other likewise; what is wrong with a name is said already.
                let known: Vec<Name> = parents
                    .iter()
                    .filter(|parent| lowering.resolver.find(On::Grounds, &parent.text).is_some())
                    .filter(|parent| !names.iter().any(|name| name.text == parent.text))
                    .cloned()
                    .collect();
                under(lowering, On::Purposes, names, &known);
            }
            _ => {}
        }
    }
    for sentence in sentences {
        if let Kind::Open { names, by } = &sentence.kind {
            open(lowering, names, by);
        }
    }
    for role in sentences.iter().filter_map(|sentence| sentence.added_by.as_ref()) {
        lowering.resolver.id(On::Actors, role);
    }
    for sentence in sentences.iter().filter(|sentence| sentence.added) {
        check_added(lowering, sentence);
    }
    true
}

fn declared(kind: &Kind) -> Vec<(On, &[Name])> {
    match kind {
        Kind::Data(data) => vec![(On::Data, &data.names)],
        Kind::Person { names, .. } => vec![(On::Kinds, names)],
        Kind::Purpose { names, .. } => vec![(On::Purposes, names)],
        Kind::Recipient { names, .. } => vec![(On::Recipients, names)],
        Kind::Role { names, .. } => vec![(On::Actors, names)],
        Kind::Point { names, .. } => vec![(On::Points, names)],
        Kind::Ground { names, .. } => vec![(On::Grounds, names)],
        Kind::Cookie(cookie) => vec![(On::Points, std::slice::from_ref(&cookie.name))],
        Kind::Relation { names, .. } => vec![(On::Relations, names)],
        _ => Vec::new(),
    }
}

fn under(lowering: &mut Lowering<'_>, on: On, names: &[Name], parents: &[Name]) {
    for parent in parents {
        let Some(id) = lowering.resolver.id(on, parent) else { continue };
        for name in names {
            let Some(child) = lowering.resolver.find(on, &name.text) else { continue };
            if child == id {
                lowering.report(
                    Diagnostic::error("UP0104", format!("`{}` stands below itself", name.text))
                        .at(parent.span, "")
                        .help("a name stands below wider names only; take it out after `is`"),
                );
            }
            lowering.resolver.put_under(on, child, id);
        }
    }
}

fn open(lowering: &mut Lowering<'_>, names: &[Name], by: &Name) {
    lowering.resolver.id(On::Actors, by);
    for name in names {
        let mut found = false;
        for on in [On::Data, On::Purposes, On::Recipients] {
            let Some(id) = lowering.resolver.find(on, &name.text) else { continue };
            found = true;
            let names = &mut lowering.resolver.names;
            match on {
                On::Data => names.open_data.push(id.into()),
                On::Purposes => names.open_purposes.push(id.into()),
                _ => names.open_recipients.push(id.into()),
            }
        }
        if !found {
            lowering.resolver.id(On::Recipients, name);
        }
    }
}

/// The first line that permits something: the sentence, or one below it.
fn permission(sentence: &Sentence) -> Option<&Sentence> {
    match &sentence.kind {
        Kind::Collect { .. } | Kind::Cookie(_) | Kind::Rule { force: Force::May | Force::ButMay, .. } => Some(sentence),
        _ => sentence.children.iter().find_map(permission),
    }
}

/// An addition names or narrows; it never permits.
fn check_added(lowering: &mut Lowering<'_>, sentence: &Sentence) {
    if let Some(line) = permission(sentence) {
        lowering.report(Diagnostic::error("UP0106", "an addition never permits")
                .at(line.span, "")
                .help("an `added` block declares members of open names, and narrows; put a permission below the prose that promises it"),
        );
        return;
    }
    let on = match &sentence.kind {
        Kind::Data(_) => On::Data,
        Kind::Purpose { .. } | Kind::Ground { .. } => On::Purposes,
        Kind::Recipient { .. } => On::Recipients,
        _ => return,
    };
    let names = match declared(&sentence.kind).first() {
        Some((_, names)) => names.to_vec(),
        None => return,
    };
    for name in names {
        let Some(id) = lowering.resolver.find(on, &name.text) else { continue };
        let above = lowering.resolver.axis(on).above(id);
        let all = &lowering.resolver.names;
        let is_open = |id: &u16| match on {
            On::Data => all.open_data.iter().any(|open| open.0 == *id),
            On::Recipients => all.open_recipients.iter().any(|open| open.0 == *id),
            _ => all.open_purposes.iter().any(|open| open.0 == *id),
        };
        if !above.iter().any(is_open) {
            lowering.report(Diagnostic::error("UP0105", format!("`{}` is added below no open name", name.text))
                    .at(name.span, "")
                    .help("put it below a name that an `open NAME by ROLE` sentence opens, or declare it in the rules of the text"),
            );
        }
    }
}

/// Kinds of person, roles and points.
pub(super) fn lives(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        match &numbered.sentence.kind {
            Kind::Person { names, label, .. } => {
                let (mut begins_at, mut ends_at) = (Vec::new(), Vec::new());
                for child in &numbered.children {
                    match &child.sentence.kind {
                        Kind::BeginsAt(points) => begins_at.extend(lowering.resolver.points(points)),
                        Kind::EndsAt(points) => ends_at.extend(lowering.resolver.points(points)),
                        _ => {}
                    }
                }
                for name in names {
                    if let Some(kind) = lowering.resolver.kind(name) {
                        let life = KindLife {
                            kind,
                            begins_at: begins_at.clone(),
                            ends_at: ends_at.clone(),
                            label: label.clone(),
                        };
                        lowering.model.kinds.push(life);
                    }
                }
            }
            Kind::Role { names, program, works_on, .. } => {
                let works_on: Vec<Purpose> = lowering.resolver.purposes(works_on);
                for actor in lowering.resolver.actors(names) {
                    set(&mut lowering.model.works_on, actor.index(), works_on.clone());
                    set(&mut lowering.model.programs, actor.index(), *program);
                }
            }
            Kind::Relation { names, of, by, label } => {
                let of = of.as_ref().and_then(|of| lowering.resolver.kind(of));
                let by = lowering.resolver.actors(by);
                for name in names {
                    let Some(id) = lowering.resolver.find(On::Relations, &name.text) else { continue };
                    let (id, by, label) = (RelationId(id), by.clone(), label.clone());
                    lowering.model.relations.push(Relation { id, sentence: numbered.index, of, by, label });
                }
            }
            Kind::Point { names, kind, places, label } => point(lowering, names, *kind, places, label.as_deref()),
            Kind::Cookie(cookie) => device(lowering, numbered.index, cookie),
            Kind::Term { means: Means::Names(names), .. } => {
                for name in names {
                    lowering.resolver.any(name);
                }
            }
            Kind::Purpose { names, label: Some(label), .. } => {
                for name in names {
                    lowering.model.purpose_labels.insert(name.text.clone(), label.clone());
                }
            }
            Kind::Recipient { names, label, country, .. } => {
                let model = &mut lowering.model;
                for name in names {
                    let name = &name.text;
                    model.recipient_labels.extend(label.clone().map(|label| (name.clone(), label)));
                    model.recipient_countries.extend(country.clone().map(|country| (name.clone(), country)));
                    model.recipients_added.extend(numbered.sentence.added.then(|| name.clone()));
                }
            }
            Kind::Publish(what) => lowering.model.publishes.extend(what.iter().map(|what| (numbered.index, *what))),
            _ => {}
        }
    }
}

/// Puts a value at an index, filling up with defaults.
fn set<T: Default + Clone>(list: &mut Vec<T>, index: usize, value: T) {
    if list.len() <= index {
        list.resize(index + 1, T::default());
    }
    if let Some(place) = list.get_mut(index) {
        *place = value;
    }
}

/// What is wrong with a place: a host that the policy covers with an optional path, which may end in `/*`.
fn misplaced(place: &str, covers: &[String]) -> Option<Diagnostic> {
    let error = |message: String| Diagnostic::error("UP0209", message);
    let host = place.split('/').next().unwrap_or_default();
    if let Some((scheme, rest)) = place.split_once("://") {
        return Some(
            error(format!("a place begins with its host, not with `{scheme}://`")).help(format!("write `\"{rest}\"`")),
        );
    }
    if host.is_empty() {
        let error = error("a place begins with its host".to_owned());
        return Some(
            error.help("for example `\"www.example.org/join\"`; `in covers` means every host of the front matter"),
        );
    }
    if place.trim_end_matches("/*").contains('*') {
        let error = error("in a place `*` stands at its end alone".to_owned());
        return Some(error.help("`/shop/*` means everything below `/shop`; name each other place"));
    }
    (!covers.iter().any(|covered| covered == host)).then(|| {
        error(format!("the policy does not cover the host `{host}`"))
            .help("add it to `covers:` in the front matter, or name a host that stands there")
    })
}

fn point(lowering: &mut Lowering<'_>, names: &[Name], kind: PointKind, places: &Places, label: Option<&str>) {
    let covers = lowering.model.header.covers.clone();
    let mut hosts = Vec::new();
    match places {
        Places::Anywhere => {}
        Places::Covers => hosts.extend(covers.iter().map(|host| format!("{host}/*"))),
        Places::Named(named) => {
            for (place, span) in named {
                if let Some(diagnostic) = misplaced(place, &covers) {
                    lowering.report(diagnostic.at(*span, ""));
                }
                hosts.push(place.clone());
            }
        }
    }
    for id in lowering.resolver.points(names) {
        lowering.model.points.push(Point {
            id,
            kind,
            places: hosts.clone(),
            takes: Vec::new(),
            label: label.map(str::to_owned),
        });
    }
}

/// Something on a device: a point of its own, at which what it holds may be collected.
fn device(lowering: &mut Lowering<'_>, sentence: u16, cookie: &Cookie) {
    point(lowering, std::slice::from_ref(&cookie.name), PointKind::Browser, &cookie.places, cookie.label.as_deref());
    let Some(point) = lowering.resolver.find(On::Points, &cookie.name.text) else { return };
    let purposes = lowering.resolver.purposes(&cookie.purposes);
    // Who sets it was looked up when the sentence was read as one that collects.
    let by = lowering.model.collects.iter().find(|collect| collect.sentence == sentence).and_then(|collect| collect.by);
    lowering.model.cookies.push(upheld_decide::Cookie {
        by,
        point: PointId(point),
        sentence,
        local: cookie.local,
        purposes,
        lasts: match cookie.lasts {
            Lasts::Period(period) => Some(period),
            Lasts::Session | Lasts::Removed => None,
        },
        session: cookie.lasts == Lasts::Session,
    });
}

/// Grounds, with what they take from the grounds above them.
pub(super) fn grounds(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    let mut own: Vec<(Ground, Option<Case>)> = Vec::new();
    for numbered in sentences {
        let Kind::Ground { names, label, .. } = &numbered.sentence.kind else { continue };
        for name in names {
            let Some(id) = lowering.resolver.ground(name) else { continue };
            let Some(purpose) = lowering.resolver.find(On::Purposes, &name.text) else { continue };
            own.push(ground(lowering, numbered, id, Purpose(purpose), label.clone()));
        }
    }
    let axis = &lowering.resolver.names.grounds;
    let mut all = Vec::new();
    for (ground, case) in &own {
        let mut whole = ground.clone();
        let mut reaches = *case;
        for above in axis.above(ground.id.0).into_iter().filter(|above| *above != ground.id.0) {
            let Some((parent, parent_case)) = own.iter().find(|(other, _)| other.id.0 == above) else { continue };
            for need in &parent.needs {
                if !whole.needs.contains(need) {
                    whole.needs.push(need.clone());
                }
            }
            for finding in &parent.findings {
                if !whole.findings.contains(finding) {
                    whole.findings.push(finding.clone());
                }
            }
            for purpose in &parent.earlier_use {
                if !whole.earlier_use.contains(purpose) {
                    whole.earlier_use.push(*purpose);
                }
            }
            whole.ends_at.extend(parent.ends_at.iter().filter(|end| !ground.ends_at.contains(end)));
            whole.ends_after = match (whole.ends_after, parent.ends_after) {
                (None, above) => above,
                (own, _) => own,
            };
            reaches = reaches.or(*parent_case);
        }
        whole.reaches = reaches.unwrap_or(Case::Person);
        all.push(whole);
    }
    all.sort_by_key(|ground| ground.id);
    lowering.model.grounds = all;
}

fn ground(
    lowering: &mut Lowering<'_>,
    numbered: &Numbered<'_>,
    id: GroundId,
    purpose: Purpose,
    label: Option<String>,
) -> (Ground, Option<Case>) {
    let mut ground = Ground {
        id,
        purpose,
        sentence: numbered.index,
        needs: Vec::new(),
        findings: Vec::new(),
        earlier_use: Vec::new(),
        reaches: Case::Person,
        opened_at: Vec::new(),
        ends_at: Vec::new(),
        ends_after: None,
        label,
    };
    let mut reaches = None;
    for child in &numbered.children {
        match &child.sentence.kind {
            Kind::Needs(fields) => {
                ground.needs.extend(fields.iter().map(|(field, values)| {
                    (field.text.clone(), values.iter().map(|value| value.text.clone()).collect())
                }))
            }
            Kind::NeedsFinding { wording, by } => {
                if let Some(by) = lowering.resolver.id(On::Actors, by) {
                    ground.findings.push(Finding { wording: wording.clone(), by: by.into() });
                }
            }
            Kind::NeedsEarlierUse(purposes) => ground.earlier_use.extend(lowering.resolver.purposes(purposes)),
            Kind::Reaches(what) => {
                reaches = match what.text.as_str() {
                    "item" => Some(Case::Item),
                    "person" => Some(Case::Person),
                    _ => lowering.resolver.kind(what).map(Case::Everybody),
                };
            }
            Kind::OpenedAt(points) => ground.opened_at.extend(lowering.resolver.points(points)),
            Kind::EndsAt(points) => ground.ends_at.extend(lowering.resolver.points(points)),
            Kind::EndsAfter(period) => ground.ends_after = Some(*period),
            _ => {}
        }
    }
    (ground, reaches)
}

/// Fills what is known of every name that the policy has come to mention: how data is held, kinds without a declaration,
/// built-in events, roles, labels.
pub(super) fn fill_forms(lowering: &mut Lowering<'_>, sentences: &[Sentence]) {
    let built_in = vocabulary();
    // First, for it may bring in a name that nothing else mentions.
    let mut made_from = Vec::new();
    for sentence in sentences {
        if let Kind::Data(data) = &sentence.kind {
            made_from.push(data.made_from.as_ref().and_then(|name| lowering.resolver.id(On::Data, name)));
        }
    }
    let names = &lowering.resolver.names;
    let identifying = names.data.id("identifying");
    let mut groups = vec![false; names.data.len()];
    for parent in names.data.ids().flat_map(|id| names.data.parents(id)) {
        if let Some(group) = groups.get_mut(usize::from(*parent)) {
            *group = true;
        }
    }
    let mut forms: Vec<PointForm> = names
        .data
        .ids()
        .map(|id| {
            let word = built_in.data.get(names.data.name(id));
            PointForm {
                made_from: None,
                token: word.is_some_and(|word| word.token),
                hash: false,
                without: Vec::new(),
                itemised: word.is_some_and(|word| word.itemised),
                identifying: identifying.is_some_and(|group| names.data.is_within(id, group)),
                group: groups.get(usize::from(id)).copied().unwrap_or_default(),
                label: word.map(|word| word.label.clone()),
                dpv: word.and_then(|word| word.dpv.clone()),
            }
        })
        .collect();
    let declared = sentences.iter().filter_map(|sentence| match &sentence.kind {
        Kind::Data(data) => Some(data),
        _ => None,
    });
    for (data, made_from) in declared.zip(made_from) {
        for name in &data.names {
            let Some(id) = lowering.resolver.find(On::Data, &name.text) else { continue };
            if let Some(form) = forms.get_mut(usize::from(id)) {
                form.token |= data.token;
                form.hash |= data.hash;
                form.itemised |= data.itemised;
                form.made_from = made_from.map(Into::into).or(form.made_from);
                form.label = data.label.clone().or(form.label.take());
            }
        }
    }
    lowering.model.forms = forms;
    check_data(lowering, sentences);

    let names = &lowering.resolver.names;
    let model = &mut lowering.model;
    let mut kinds: Vec<KindLife> = Vec::new();
    for id in names.kinds.ids() {
        let declared = model.kinds.iter().find(|life| life.kind.0 == id).cloned();
        kinds.push(declared.unwrap_or_else(|| KindLife {
            kind: PersonKind(id),
            begins_at: Vec::new(),
            ends_at: Vec::new(),
            label: built_in.person.get(names.kinds.name(id)).map(|word| word.label.clone()),
        }));
    }
    model.kinds = kinds;
    let mut points: Vec<Point> = Vec::new();
    for id in names.points.ids() {
        let declared = model.points.iter().find(|point| point.id.0 == id).cloned();
        points.push(declared.unwrap_or_else(|| Point {
            id: PointId(id),
            kind: PointKind::Event,
            places: Vec::new(),
            takes: Vec::new(),
            label: built_in.event.get(names.points.name(id)).map(|word| word.label.clone()),
        }));
    }
    model.points = points;
    model.works_on.resize(names.actors.len(), Vec::new());
    model.programs.resize(names.actors.len(), false);
    for id in names.actors.ids() {
        if !lowering.resolver.is_declared(On::Actors, id)
            && let Some(program) = model.programs.get_mut(usize::from(id))
        {
            *program = built_in.role.get(names.actors.name(id)).is_some_and(|word| word.program);
        }
    }
    for id in names.purposes.ids() {
        let name = names.purposes.name(id);
        if let Some(word) = built_in.purpose.get(name) {
            model.purpose_labels.entry(name.to_owned()).or_insert_with(|| word.label.clone());
        }
    }
    for id in names.recipients.ids() {
        let name = names.recipients.name(id);
        if let Some(word) = built_in.recipient.get(name) {
            model.recipient_labels.entry(name.to_owned()).or_insert_with(|| word.label.clone());
        }
    }
}

/// What a declaration of data says must agree with itself.
fn check_data(lowering: &mut Lowering<'_>, sentences: &[Sentence]) {
    for sentence in sentences {
        let Kind::Data(data) = &sentence.kind else { continue };
        for name in &data.names {
            let Some(id) = lowering.resolver.find(On::Data, &name.text) else { continue };
            let forms = &lowering.model.forms;
            let form = |id: upheld_decide::Element| forms.get(id.index());
            let identifying = form(id.into()).is_some_and(|form| form.identifying);
            let mut made_from = form(id.into()).and_then(|form| form.made_from);
            // A chain that is longer than there is data goes round.
            let steps = (0..=forms.len()).take_while(|_| {
                made_from = made_from.and_then(form).and_then(|form| form.made_from);
                made_from.is_some()
            });
            let round = steps.count() > forms.len();
            if identifying && data.not_identifying.is_some() {
                lowering.report(
                    Diagnostic::error(
                        "UP0108",
                        format!("`{}` stands below `identifying` and is said not to be", name.text),
                    )
                    .at(name.span, "")
                    .help("take out one of the two: `not identifying`, or the name after `is` that identifies"),
                );
            }
            if round {
                lowering.report(
                    Diagnostic::error("UP0109", format!("`{}` would be made from itself", name.text))
                        .at(data.made_from.as_ref().unwrap_or(name).span, "")
                        .help("data is made from what comes in; take one `made from` out"),
                );
            }
        }
    }
}
