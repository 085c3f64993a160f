//! What people may choose and ask for, what they are told, who stands in what relation to them, and when a case stands.

use std::collections::BTreeSet;

use upheld_decide::{Accepted, Case, Compiled, Element, Kind, Period};

use super::measure::{Measure, Sense};
use super::said::{NONE, join, names, purposes_of, say, singles};
use super::{Item, Key, Said, length};
use crate::reason::diff::words::{grouped, listed};

pub(super) fn choices(policy: &Compiled, out: &mut Said) {
    let all = &policy.names;
    for choice in &policy.choices {
        let verb = if choice.agree { "agree to" } else { "refuse" };
        let giving = names(choice.giving.iter().map(|element| all.data.name(element.0)));
        let (_, purposes) = purposes_of(policy, &choice.purposes);
        let data: BTreeSet<String> =
            choice.data.iter().flat_map(|one| all.data.below(one.0)).map(|id| all.data.name(id).to_owned()).collect();
        let acts = names(choice.actions.iter().map(|action| action.word()));
        let about = format!("{}; {}; {}; {}", join(&purposes), join(&data), join(&acts), choice.another);
        let mut measures =
            vec![("about", Measure::Same(about)), ("label", Measure::Note(choice.label.clone().unwrap_or_default()))];
        measures.extend(ways(&choice.via, &giving));
        let place = format!("{} may {verb} {}", whose(policy, choice.kind, choice.by), choice.name);
        let item = Item::new(acting(&choice.via, &giving).join(", "), Sense::Stronger, Sense::Weaker, measures);
        say(out, "choice", place, item.by(choice.sentence));
    }
}

/// By who may ask for what, and by element: how soon, and how.
pub(super) fn rights(policy: &Compiled, out: &mut Said) {
    let all = &policy.names;
    for right in &policy.rights {
        let giving = names(right.giving.iter().map(|element| all.data.name(element.0)));
        let mut words: Vec<String> = Vec::new();
        words.extend(right.within.map(|period| format!("within {}", length(period))));
        words.extend(acting(&right.via, &giving));
        let gap = match right.once {
            None => NONE,
            Some(unit) => {
                let period = Period { count: 1, unit };
                words.push(format!("once in {}", length(period)));
                period
            }
        };
        let mut measures = vec![("within", Measure::Time(right.within)), ("once", Measure::Time(Some(gap)))];
        measures.extend(ways(&right.via, &giving));
        let place = format!("{} may ask for {}", whose(policy, right.of, right.by), right.kind.word());
        let item = Item::new(words.join(", "), Sense::Stronger, Sense::Weaker, measures).by(right.sentence);
        let mut put = |element: &str| {
            let key = Key { about: "right", place: place.clone(), element: element.to_owned(), ..Key::default() };
            out.entry(key).or_default().push(item.clone());
        };
        if right.elements.is_empty() {
            put("");
        }
        singles(policy, &right.elements).for_each(&mut put);
    }
}

pub(super) fn grounds(policy: &Compiled, out: &mut Said) {
    let all = &policy.names;
    let points = |points: &[upheld_decide::PointId]| names(points.iter().map(|point| all.points.name(point.0)));
    for ground in &policy.grounds {
        let mut needs: Vec<String> = ground
            .needs
            .iter()
            .map(
                |(field, values)| {
                    if values.is_empty() { field.clone() } else { format!("{field}: {}", values.join(", ")) }
                },
            )
            .collect();
        needs.extend(
            ground
                .findings
                .iter()
                .map(|found| format!("a finding `{}` by {}", found.wording, all.actors.name(found.by.0))),
        );
        let (earlier, _) = purposes_of(policy, &ground.earlier_use);
        let reaches = match ground.reaches {
            Case::Person => "the person".to_owned(),
            Case::Item => "the item".to_owned(),
            Case::Everybody(kind) => format!("every {}", all.kinds.name(kind.0)),
        };
        let (opened, ends) = (points(&ground.opened_at), points(&ground.ends_at));
        let mut words =
            vec![if needs.is_empty() { "needs nothing".to_owned() } else { format!("needs {}", needs.join(", ")) }];
        words.extend((!earlier.is_empty()).then(|| format!("needs earlier use for {earlier}")));
        words.extend((ground.reaches != Case::Person).then(|| format!("reaches {reaches}")));
        words.extend((!opened.is_empty()).then(|| format!("opened at {}", join(&opened))));
        words.extend((!ends.is_empty()).then(|| format!("ends at {}", join(&ends))));
        words.extend(ground.ends_after.map(|period| format!("ends after {}", length(period))));
        let mut held = BTreeSet::new();
        for hold in &ground.holds {
            let every: Vec<Element> = all.data.ids().map(Element).collect();
            let elements = if hold.elements.is_empty() { &every } else { &hold.elements };
            let here: BTreeSet<String> = singles(policy, elements).map(str::to_owned).collect();
            let whole = singles(policy, &every).map(str::to_owned).collect();
            let said = if hold.elements.is_empty() {
                "anything".to_owned()
            } else {
                listed(&grouped(&[&all.data], &here, &whole))
            };
            words.push(format!("holds {said} from being erased"));
            held.extend(here);
        }
        let measures = vec![
            ("holds", Measure::Wide(held)),
            ("needs", Measure::Narrow(needs.into_iter().collect())),
            ("earlier use", Measure::Same(earlier)),
            ("reaches", Measure::Same(reaches)),
            ("opened at", Measure::Wide(opened)),
            ("ends at", Measure::Narrow(ends)),
            ("ends after", Measure::Time(ground.ends_after)),
        ];
        // What a case of it opens, decisions tell.
        let item = Item::new(words.join(", "), Sense::Harmless, Sense::Harmless, measures).by(ground.sentence);
        say(out, "ground", format!("a case of {}", all.grounds.name(ground.id.0)), item);
    }
}

pub(super) fn notices(policy: &Compiled, out: &mut Said) {
    let all = &policy.names;
    for notice in &policy.notices {
        let words = notice.label.clone().unwrap_or_default();
        // What waits for it, decisions tell.
        let measures = vec![("label", Measure::Same(words.clone()))];
        let item = Item::new(words, Sense::Harmless, Sense::Harmless, measures);
        say(out, "notice", format!("the notice {}", notice.name), item);
    }
    for telling in &policy.tellings {
        let name =
            policy.notices.get(usize::from(telling.notice)).map(|notice| notice.name.as_str()).unwrap_or_default();
        let after = all.points.name(telling.after.0);
        let whom = names(telling.of.iter().map(|kind| all.kinds.name(kind.0)));
        let whom = if whom.is_empty() { vec!["every person".to_owned()] } else { whom.into_iter().collect() };
        for who in whom {
            let measures = vec![("within", Measure::Time(Some(telling.within)))];
            let item =
                Item::new(format!("within {}", length(telling.within)), Sense::Stronger, Sense::Weaker, measures);
            say(out, "notice", format!("{who} is told of {name} after {after}"), item.by(telling.sentence));
        }
    }
}

pub(super) fn relations(policy: &Compiled, out: &mut Said) {
    let all = &policy.names;
    for relation in &policy.relations {
        let by = names(relation.by.iter().map(|actor| all.actors.name(actor.0)));
        let of = relation.of.map_or("anybody", |kind| all.kinds.name(kind.0));
        let words = if by.is_empty() { format!("of {of}") } else { format!("of {of}, recorded by {}", join(&by)) };
        // Where nobody is named whoever may record relations at all does: which of the two is more nobody can say.
        let recorded = if by.is_empty() { Measure::Same("any".to_owned()) } else { Measure::Wide(by) };
        let measures = vec![("of", Measure::Same(of.to_owned())), ("by", recorded)];
        let item = Item::new(words, Sense::Harmless, Sense::Harmless, measures).by(relation.sentence);
        say(out, "relation", format!("who is a {}", all.relations.name(relation.id.0)), item);
    }
}

/// Who has a choice or a right, and who acts for them.
fn whose(policy: &Compiled, of: Option<Kind>, by: Option<upheld_decide::RelationId>) -> String {
    let kind = of.map(|kind| policy.names.kinds.name(kind.0));
    match (by, kind) {
        (None, None) => "every person".to_owned(),
        (None, Some(kind)) => kind.to_owned(),
        (Some(by), None) => format!("their {}", policy.names.relations.name(by.0)),
        (Some(by), Some(kind)) => format!("their {} of {kind}", policy.names.relations.name(by.0)),
    }
}

fn ways(via: &[String], giving: &BTreeSet<String>) -> Vec<(&'static str, Measure)> {
    vec![("via", Measure::Ways(names(via.iter().map(String::as_str)))), ("giving", Measure::Wide(giving.clone()))]
}

fn acting(via: &[String], giving: &BTreeSet<String>) -> Vec<String> {
    let mut words = Vec::new();
    words.extend((!via.is_empty()).then(|| format!("via {}", via.join(", "))));
    words.extend(
        (!giving.is_empty()).then(|| format!("giving {}", giving.iter().cloned().collect::<Vec<_>>().join(" and "))),
    );
    words
}

/// What use counts as.
pub(super) fn acceptances(policy: &Compiled, out: &mut Said) {
    let all = &policy.names;
    for one in &policy.acceptances {
        let who = names(one.of.iter().map(|kind| all.kinds.name(kind.0)));
        let who = if who.is_empty() { "every person".to_owned() } else { join(&who) };
        let at = names(one.at.iter().map(|point| all.points.name(point.0)));
        for what in &one.what {
            let what = match what {
                Accepted::Policy => "the policy",
                Accepted::Terms => "its terms",
                Accepted::Cookies => "its cookies",
            };
            let measures = vec![("at", Measure::Wide(at.clone()))];
            let item =
                Item::new(format!("at {}", join(&at)), Sense::Weaker, Sense::Stronger, measures).by(one.sentence);
            say(out, "acceptance", format!("{who} accepts {what} by use"), item);
        }
    }
}
