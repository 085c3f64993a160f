//! What a policy says of itself: bases, lists that may grow, versions, front matter.

use std::collections::BTreeSet;

use upheld_decide::{Afterwards, Compiled};

use super::measure::{Measure, Sense};
use super::said::{join, names, say};
use super::{Item, Said};
use crate::vocabulary::vocabulary;

pub(super) fn bases(policy: &Compiled, out: &mut Said) {
    let axis = &policy.names.purposes;
    for basis in &policy.bases {
        let mut words = Vec::new();
        words.extend(basis.basis.map(|basis| basis.word().to_owned()));
        words.extend(basis.compatible_with.map(|other| format!("compatible with {}", axis.name(other.0))));
        words.extend(basis.record.as_ref().map(|record| format!("as recorded: {record}")));
        let rests = format!("{:?} {:?}", basis.basis, basis.compatible_with.map(|other| axis.name(other.0)));
        let measures =
            vec![("basis", Measure::Same(rests)), ("record", Measure::Note(basis.record.clone().unwrap_or_default()))];
        let item = Item::new(words.join(", "), Sense::Harmless, Sense::Unsure, measures).by(basis.sentence);
        say(out, "basis", format!("what {} rests on", axis.name(basis.purpose.0)), item);
    }
}

/// Lists that may grow: a member is told when it is there.
pub(super) fn open(policy: &Compiled, out: &mut Said) {
    let all = &policy.names;
    let opened = all.open_data.iter().map(|one| all.data.name(one.0));
    let opened = opened.chain(all.open_purposes.iter().map(|one| all.purposes.name(one.0)));
    let opened = opened.chain(all.open_recipients.iter().map(|one| all.recipients.name(one.0)));
    for name in opened.collect::<BTreeSet<_>>() {
        let item = Item::new("", Sense::Harmless, Sense::Harmless, Vec::new());
        say(out, "open", format!("names may be added below {name}"), item);
    }
}

pub(super) fn versions(policy: &Compiled, out: &mut Said) {
    if let Some((what, sentence)) = policy.versions.afterwards {
        let all = match what {
            Afterwards::NewPurposes => "new purposes",
            Afterwards::Changes => "changes",
        };
        let measures = vec![("what", Measure::Worse(what == Afterwards::NewPurposes))];
        let item = Item::new(all, Sense::Stronger, Sense::Weaker, measures).by(sentence);
        say(out, "version", "applies to data collected afterwards", item);
    }
    if let Some((path, sentence)) = &policy.versions.posted_at {
        let measures = vec![("path", Measure::Same(path.clone()))];
        let item = Item::new(path.clone(), Sense::Stronger, Sense::Weaker, measures).by(*sentence);
        say(out, "version", "changes are posted before they apply at", item);
    }
    for (from, to) in &policy.versions.renamed {
        // A name that everybody knows stands for what it says; another is what its label and its rules make of it.
        let words = vocabulary();
        let known = [from, to].into_iter().any(|name| {
            [&words.data, &words.purpose, &words.recipient, &words.person, &words.event, &words.role]
                .into_iter()
                .any(|sort| sort.contains_key(name))
        });
        let sense = if known { Sense::Unsure } else { Sense::Harmless };
        // Without it what was taken and chosen under the old name is found no more.
        let item = Item::new(from.clone(), sense, Sense::Weaker, vec![("from", Measure::Same(from.clone()))]);
        say(out, "name", format!("{to} was called"), item);
    }
}

pub(super) fn header(policy: &Compiled, out: &mut Said) {
    let header = &policy.header;
    let mut put = |what: &str, value: String, measure: Measure| {
        let item = Item::new(value, Sense::Harmless, Sense::Harmless, vec![("is", measure)]);
        say(out, "policy", what, item);
    };
    put("who answers", header.controller.clone(), Measure::Same(header.controller.clone()));
    put("days are counted in", header.zone.clone(), Measure::Same(header.zone.clone()));
    put("people write to", header.contact.clone(), Measure::Note(header.contact.clone()));
    let covers = names(header.covers.iter().map(String::as_str));
    put("it covers", join(&covers), Measure::Wide(covers));
}
