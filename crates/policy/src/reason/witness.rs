//! A question as a worked example: the steps that bring somebody to where it can be asked.

use std::fmt::Write as _;

use upheld_decide::{Action, Case, Choice, Compiled, Element, Fact, Form, Giver, GroundId, Ids, Kind, Point, PointId};

const PERSON: &str = "ann";
const ITEM: &str = "i1";
const CASE: &str = "w1";

/// The steps. None: no record of the policy takes such data of such a person.
pub(super) fn scenario(compiled: &Compiled, ids: &Ids, facts: &[(Fact, bool)], clause: Option<&str>) -> Option<String> {
    let names = &compiled.names;
    let origin = names.origins.get(ids.origin.index())?;
    let form = compiled.form(ids.element);
    if form.group || matches!(origin.giver, Giver::Other(_)) && matches!(ids.action, Action::Require) {
        return None;
    }
    let mut steps = Steps { compiled, out: String::new(), been: Vec::new(), stated: stated(compiled, facts)? };
    let holds = |wanted: bool| facts.iter().filter(move |(_, holds)| *holds == wanted).map(|(fact, _)| *fact);
    if matches!(ids.action, Action::Collect | Action::Require) {
        steps.become_one(origin.capacity, origin.point)?;
        // The record is the act.
        steps.record(origin.point, Some(ids.element))?;
        return Some(steps.out);
    }
    for fact in holds(true) {
        if let Fact::Is(kind) = fact {
            steps.become_one(kind, origin.point)?;
        }
    }
    steps.become_one(origin.capacity, origin.point)?;
    steps.record(origin.point, Some(ids.element))?;
    for fact in holds(true) {
        match fact {
            Fact::Agreed(choice) => steps.choose(choice, origin.point, true)?,
            Fact::Refused(choice) => steps.choose(choice, origin.point, false)?,
            _ => {}
        }
    }
    for fact in holds(false) {
        if let Fact::Is(kind) = fact {
            steps.cease(kind)?;
        }
    }
    let grounds: Vec<GroundId> =
        holds(true).filter_map(|fact| if let Fact::On(ground) = fact { Some(ground) } else { None }).collect();
    // The narrowest carries those above it.
    let ground = grounds.iter().find(|one| grounds.iter().all(|other| names.grounds.is_within(one.0, other.0)));
    if let Some(ground) = ground {
        steps.open(*ground, ids)?;
    } else if !grounds.is_empty() {
        return None;
    }
    let actor = names.actors.name(ids.actor.0);
    if actor.is_empty() {
        return None;
    }
    let because = clause.map(|clause| format!(", because {clause}")).unwrap_or_default();
    let mut question = format!("{actor} may {} {PERSON}'s {}", ids.action.word(), names.data.name(ids.element.0));
    if form.itemised {
        let _ = write!(question, " of item {ITEM}");
    }
    match ids.form {
        Form::Identified => {}
        Form::Pseudonymous => question.push_str(" as pseudonym"),
        Form::Aggregate(k) => {
            let _ = write!(question, " as aggregate of {k}");
        }
    }
    question.push_str(&said(" for ", names.purposes.name(ids.purpose.0)));
    if ground.is_some() {
        let _ = write!(question, " on {CASE}");
    }
    question.push_str(&said(" with ", names.recipients.name(ids.recipient.0)));
    let _ = writeln!(steps.out, "{question}{because}");
    Some(steps.out)
}

fn said(word: &str, name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{word}{name}") }
}

struct Steps<'c> {
    compiled: &'c Compiled,
    out: String,
    /// Points at which the person has been.
    been: Vec<PointId>,
    /// What the next step states of them: `, aged 12, in US,`.
    stated: String,
}

/// The age and region of somebody of whom this is known, as a step states them. None: there is nobody.
fn stated(compiled: &Compiled, facts: &[(Fact, bool)]) -> Option<String> {
    let brackets = &compiled.names.brackets;
    let asked: Vec<(Kind, bool)> = facts
        .iter()
        .filter_map(|(fact, holds)| if let Fact::Is(kind) = fact { Some((*kind, *holds)) } else { None })
        .filter(|(kind, _)| brackets.of(*kind).is_some())
        .collect();
    if asked.is_empty() {
        return Some(String::new());
    }
    let (age, region) = brackets.example(&asked)?;
    let age = age.map(|age| format!(", aged {age}")).unwrap_or_default();
    let region = region.map(|region| format!(", in {region}")).unwrap_or_default();
    Some(if age.is_empty() && region.is_empty() { String::new() } else { format!("{age}{region},") })
}

impl Steps<'_> {
    fn point(&self, id: PointId) -> Option<&Point> {
        self.compiled.points.iter().find(|point| point.id == id)
    }

    /// Makes the person one of this kind, unless anybody is or the record at `later` does.
    fn become_one(&mut self, kind: Kind, later: PointId) -> Option<()> {
        let life = self.compiled.kinds.iter().find(|life| life.kind == kind)?;
        let begins = &life.begins_at;
        if begins.is_empty() || begins.contains(&later) || begins.iter().any(|point| self.been.contains(point)) {
            return Some(());
        }
        let point = *begins.first()?;
        self.record(point, None)
    }

    fn cease(&mut self, kind: Kind) -> Option<()> {
        if self.compiled.names.brackets.of(kind).is_some() {
            // What was stated sees to that.
            return Some(());
        }
        let life = self.compiled.kinds.iter().find(|life| life.kind == kind)?;
        if life.begins_at.is_empty() {
            // Everybody is one: nobody can be none.
            return None;
        }
        if !life.begins_at.iter().any(|point| self.been.contains(point)) {
            return Some(());
        }
        let point = *life.ends_at.first()?;
        self.record(point, None)
    }

    /// A record with all that the point insists on, and this.
    fn record(&mut self, at: PointId, with: Option<Element>) -> Option<()> {
        let names = &self.compiled.names;
        let point = self.point(at)?;
        let mut given: Vec<Element> = Vec::new();
        let required = point.takes.iter().filter(|taken| taken.required).map(|taken| taken.element);
        for element in with.into_iter().chain(required) {
            let single = |id: &u16| !self.compiled.form(Element(*id)).group;
            let element = if single(&element.0) {
                element
            } else {
                Element(names.data.below(element.0).into_iter().find(single)?)
            };
            // What is made by intake is made from its raw data.
            let element = self.compiled.form(element).made_from.unwrap_or(element);
            let there = |other: &Element| names.data.is_within(other.0, element.0);
            if !given.iter().any(there) {
                given.push(element);
            }
        }
        let values: Vec<String> = given
            .iter()
            .map(|element| format!("{} \"{}\"", names.data.name(element.0), sample(names.data.name(element.0))))
            .collect();
        let itemised = given.iter().any(|element| self.compiled.form(*element).itemised);
        let with = if values.is_empty() { String::new() } else { format!(" with {}", values.join(", ")) };
        let item = if itemised { format!(" as item {ITEM}") } else { String::new() };
        let _ = writeln!(
            self.out,
            "{PERSON}{} at {}{with}{item}",
            std::mem::take(&mut self.stated),
            names.points.name(at.0)
        );
        self.been.push(at);
        Some(())
    }

    fn choose(&mut self, choice: u16, later: PointId, agree: bool) -> Option<()> {
        let choice: Choice = self.compiled.choices.get(usize::from(choice))?.clone();
        if let Some(kind) = choice.kind {
            self.become_one(kind, later)?;
        }
        let names = &self.compiled.names;
        let verb = if agree { "agrees to" } else { "refuses" };
        let via = choice.via.first().map(|via| format!(" via {via}")).unwrap_or_default();
        let giving: Vec<String> = choice
            .giving
            .iter()
            .map(|element| {
                let single = |id: &u16| !self.compiled.form(Element(*id)).group;
                let id = names.data.below(element.0).into_iter().find(single).unwrap_or(element.0);
                format!("{} \"{}\"", names.data.name(id), sample(names.data.name(id)))
            })
            .collect();
        let giving = if giving.is_empty() { String::new() } else { format!(" giving {}", giving.join(" and ")) };
        let _ = writeln!(self.out, "{PERSON} {verb} {}{via}{giving}", choice.name);
        Some(())
    }

    fn open(&mut self, id: GroundId, ids: &Ids) -> Option<()> {
        let compiled = self.compiled;
        let names = &compiled.names;
        let ground = compiled.grounds.iter().find(|ground| ground.id == id)?;
        let finders: Vec<u16> = ground.findings.iter().map(|finding| finding.by.0).collect();
        let works = |actor: &u16| {
            compiled.works_on.get(usize::from(*actor)).is_some_and(|works| works.contains(&ground.purpose))
        };
        let others = || names.actors.ids().skip(1).filter(|actor| !finders.contains(actor));
        let role = others().find(works).or_else(|| others().next()).or_else(|| finders.first().copied())?;
        let mut line = format!("{} opens {} {CASE}", names.actors.name(role), names.grounds.name(id.0));
        if !matches!(ground.reaches, Case::Everybody(_)) {
            let _ = write!(line, " on {PERSON}");
        }
        if matches!(ground.reaches, Case::Item) {
            let _ = write!(line, " for item {ITEM}");
        }
        line.push_str(&said(" with recipient ", names.recipients.name(ids.recipient.0)));
        let fields: Vec<String> = ground
            .needs
            .iter()
            .map(|(field, values)| format!("{field} \"{}\"", values.first().map_or("as stated", String::as_str)))
            .collect();
        if !fields.is_empty() {
            let _ = write!(line, " with {}", fields.join(", "));
        }
        let _ = writeln!(self.out, "{line}");
        for finding in &ground.findings {
            let _ = writeln!(self.out, "{} finds {CASE} \"{}\"", names.actors.name(finding.by.0), finding.wording);
        }
        Some(())
    }
}

/// A value of the form that intake asks of an element.
fn sample(element: &str) -> &'static str {
    match element {
        "email" => "ann@example.org",
        "birth_date" => "1990-04-01",
        "access_time" => "2026-01-01T09:00:00Z",
        "card_number" => "4111 1111 1111 1111",
        "ip_address" => "line-7.provider.example.com",
        _ => "an example",
    }
}
