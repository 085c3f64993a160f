//! Whether an act may be done with a person's data: the one way in which facts, holdings and a case meet the table. Acts
//! and questions share it.

use upheld_decide::{
    Action, Actor, Answer, Axis, Compiled, Element, Errand, FactSet, Form, GroundId, Literal, OriginId, Purpose,
    Reason, Recipient, THEMSELVES, is_relative,
};
use upheld_evidence::Entry;

use crate::caller::Caller;
use crate::error::ServiceError;
use crate::facts::{Known, on_case};
use crate::hashes::is_hash;
use crate::holdings::{Holding, Holdings};
use crate::moment::{Moment, actor_of, hex};
use crate::service::Result;

/// What is asked: one act's words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) action: Action,
    /// A use that compares and reads nothing.
    pub(crate) compares: bool,
    pub(crate) person: String,
    pub(crate) data: Vec<String>,
    pub(crate) item: Option<String>,
    pub(crate) form: Form,
    pub(crate) purpose: Option<String>,
    pub(crate) recipient: Option<String>,
    /// The person who would do it, in place of the role of the caller.
    pub(crate) actor_person: Option<String>,
    /// The person with whom it would be shared.
    pub(crate) recipient_person: Option<String>,
    /// The id of a case.
    pub(crate) on: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) answer: Answer,
    pub(crate) known: Option<Known>,
    pub(crate) holdings: Holdings,
    /// The values that the act would touch.
    pub(crate) values: Vec<Holding>,
    /// The purpose, that of the case's ground when none was named.
    pub(crate) purpose: Option<String>,
    /// The case's id.
    pub(crate) case: Option<String>,
    /// With whom, where it is a disclosure.
    pub(crate) recipient: Option<Recipient>,
}

/// Names looked up.
struct Looked {
    /// Who may be meant: one, or for a person all that people can be to each other.
    actors: Vec<Actor>,
    data: Vec<Element>,
    purpose: Option<Purpose>,
    /// With whom, likewise.
    recipients: Vec<Recipient>,
}

/// The most names that one act may name.
const MOST_NAMES: usize = 200;

impl Moment<'_> {
    /// Decides.
    pub(crate) fn judge(&self, caller: &Caller, asked: &Asked) -> Result<Judged> {
        if asked.data.len() > MOST_NAMES {
            return Err(ServiceError::invalid(format!("an act names at most {MOST_NAMES} elements")));
        }
        self.weigh(caller, asked)
    }

    fn weigh(&self, caller: &Caller, asked: &Asked) -> Result<Judged> {
        let policy = self.policy();
        let case = asked.on.as_deref().map(|id| self.case(id)).transpose()?.flatten();
        let looked = match look_up(policy, caller, asked) {
            Ok(looked) => looked,
            Err(answer) => return Ok(Judged::refused(answer)),
        };
        let ground = case.as_ref().and_then(|case| policy.names.grounds.id(&case.ground)).map(GroundId);
        let purpose = looked.purpose.or_else(|| {
            ground
                .and_then(|ground| policy.grounds.iter().find(|known| known.id == ground))
                .map(|ground| ground.purpose)
        });
        let word = purpose.map(|purpose| policy.names.purposes.name(purpose.0).to_owned());
        caller.may_act_for(word.as_deref())?;
        let mut judged = Judged::refused(Answer::refused(Reason::NoCase));
        judged.purpose = word;
        judged.case = case.as_ref().map(|case| case.id.to_string());
        if asked.on.is_some() && case.is_none() {
            return Ok(judged);
        }
        let errand = |actor, recipient| Errand {
            action: asked.action,
            actor,
            form: asked.form,
            purpose: purpose.unwrap_or(Purpose::UNSAID),
            recipient,
        };
        let errands: Vec<Errand> = looked
            .actors
            .iter()
            .flat_map(|actor| looked.recipients.iter().map(move |recipient| errand(*actor, *recipient)))
            .collect();
        if asked.item.is_none() && looked.data.iter().any(|element| policy.form(*element).itemised) {
            return Ok(judged.with(Reason::NoItem));
        }
        let known = self.known(&asked.person)?;
        // To whom no sentence permits it, whatever is true of anybody, the answer is the same whoever is asked about: it
        // does not tell whether somebody is known.
        let ways = every_way(policy, &looked.data);
        let opens = |errand: &Errand| ways.iter().any(|way| some_permission(policy, *errand, *way));
        if !errands.iter().any(opens) {
            let Some(errand) = errands.first().copied() else { return Ok(judged.with(Reason::NotRelated)) };
            let needs_purpose = matches!(asked.action, Action::Use) || asked.action.discloses();
            judged.answer = match purpose {
                None if needs_purpose => Answer::refused(Reason::NoPurpose),
                _ => {
                    let named = looked.data.iter().flat_map(|element| {
                        let ways: Vec<_> = policy.origins_of(*element).map(|origin| (*element, origin)).collect();
                        if ways.is_empty() { vec![(*element, OriginId::UNKNOWN)] } else { ways }
                    });
                    policy.decide_set(errand, &named.collect::<Vec<_>>(), &anything(policy))
                }
            };
            judged.known = known;
            return Ok(judged);
        }
        // What is held as a hash is compared by an act of its own, and nobody reads it, whoever may use it.
        if let Some(hash) = looked.data.iter().find(|element| asked.reads() && is_hash(policy, **element)) {
            let only = Answer::refused_over(Reason::ComparedOnly, policy.names.data.name(hash.0));
            let forbidden = self.whoever_it_is(caller, asked)?.filter(|answer| !answer.allowed);
            judged.answer = forbidden.unwrap_or(only);
            return Ok(judged);
        }
        let errands = match self.standing_errands(asked, known.as_ref(), &errands, opens)? {
            Ok(errands) => errands,
            Err(lacking) => {
                judged.answer = Answer { lacking, ..Answer::refused(Reason::NotRelated) };
                judged.known = known;
                return Ok(judged);
            }
        };
        let Some(known) = known else { return Ok(judged.with(Reason::NobodyKnown)) };
        let mut facts = known.facts(policy);
        if let Some(ground) = ground {
            on_case(policy, ground, &mut facts);
        }
        judged.holdings = self.holdings(&known)?;
        let mut chosen = None;
        for errand in errands {
            self.mark_newer(&errand, &known, ground, &mut judged.holdings)?;
            self.mark_used_up(&errand, &known, &facts, &mut judged.holdings);
            let answer = self.decide(errand, &looked, asked, &known, &facts, &mut judged.values, &judged.holdings);
            let allowed = answer.allowed;
            if allowed || chosen.is_none() {
                chosen = Some(errand);
                judged.answer = answer;
            }
            if allowed {
                break;
            }
        }
        judged.recipient = chosen.map(|errand| errand.recipient).filter(|one| *one != Recipient::NOBODY);
        // A case that does not carry the question is the reason only where the question would be permitted with one.
        if judged.answer.allowed
            && let Some(case) = &case
            && let Some(refusal) = self.case_refusal(case, &known, asked.item.as_deref(), judged.recipient)?
        {
            judged.answer = refusal;
        }
        judged.known = Some(known);
        Ok(judged)
    }

    /// What is answered whoever is asked about: with every fact as some permission wants it. None where no sentence permits it
    /// to whoever asks.
    pub(crate) fn whoever_it_is(&self, caller: &Caller, asked: &Asked) -> Result<Option<Answer>> {
        let policy = self.policy();
        let Ok(looked) = look_up(policy, caller, asked) else { return Ok(None) };
        let (Some(purpose), [actor], [recipient]) = (looked.purpose, &*looked.actors, &*looked.recipients) else {
            return Ok(None);
        };
        let (actor, recipient) = (*actor, *recipient);
        let errand = Errand { action: asked.action, actor, form: asked.form, purpose, recipient };
        let ways: Vec<_> =
            every_way(policy, &looked.data).into_iter().filter(|way| some_permission(policy, errand, *way)).collect();
        Ok((!ways.is_empty()).then(|| policy.decide_set(errand, &ways, &anything(policy))))
    }

    /// Of the errands of people those that what they are to each other now makes theirs. Else: what they lack.
    fn standing_errands(
        &self,
        asked: &Asked,
        known: Option<&Known>,
        errands: &[Errand],
        opens: impl Fn(&Errand) -> bool,
    ) -> Result<std::result::Result<Vec<Errand>, Vec<String>>> {
        let names = &self.policy().names;
        if asked.actor_person.is_none() && asked.recipient_person.is_none() {
            return Ok(Ok(errands.to_vec()));
        }
        let actors = self.parties_of(known, asked.actor_person.as_deref())?;
        let recipients = self.parties_of(known, asked.recipient_person.as_deref())?;
        let is_one = |parties: &Option<Vec<String>>, name: &str| {
            parties.as_ref().is_none_or(|parties| parties.iter().any(|party| party == name))
        };
        let stands = |errand: &&Errand| {
            is_one(&actors, names.actors.name(errand.actor.0))
                && is_one(&recipients, names.recipients.name(errand.recipient.0))
        };
        let standing: Vec<Errand> = errands.iter().filter(stands).copied().collect();
        // Those to whom some sentence may permit it come first: theirs is the reason that is told.
        let (mut first, rest): (Vec<_>, Vec<_>) = standing.into_iter().partition(|errand| opens(errand));
        first.extend(rest);
        if !first.is_empty() {
            return Ok(Ok(first));
        }
        let mut lacking: Vec<String> = errands
            .iter()
            .filter(|errand| opens(errand))
            .flat_map(|errand| {
                [
                    actors.is_some().then(|| names.actors.name(errand.actor.0)),
                    recipients.is_some().then(|| names.recipients.name(errand.recipient.0)),
                ]
            })
            .flatten()
            .map(str::to_owned)
            .collect();
        lacking.sort_unstable();
        lacking.dedup();
        Ok(Err(lacking))
    }

    /// Decides over the values in question; fills in those that the act would touch.
    #[expect(clippy::too_many_arguments, reason = "what a decision rests on; it is asked for in one place")]
    fn decide(
        &self,
        errand: Errand,
        looked: &Looked,
        asked: &Asked,
        known: &Known,
        facts: &FactSet,
        touched: &mut Vec<Holding>,
        holdings: &Holdings,
    ) -> Answer {
        let policy = self.policy();
        let item = asked.item.as_deref().map(|item| self.vault.item(known.id, item));
        let mut pairs: Vec<(Element, OriginId)> = Vec::new();
        let mut found: Vec<Holding> = Vec::new();
        let mut missing = false;
        for wanted in &looked.data {
            let here = holdings.values.iter().filter(|value| {
                value.id.is_some_and(|id| {
                    policy.names.data.is_within(id.0, wanted.0) && !(asked.reads() && is_hash(policy, id))
                }) && item.is_none_or(|item| holdings.record(value).is_some_and(|record| record.item == Some(item)))
            });
            let here: Vec<&Holding> = here.collect();
            let open: Vec<&Holding> = here.iter().copied().filter(|value| value.is_open()).collect();
            // Closed and blocked values are set aside, those that a newer version does not reach, and those that were used up;
            // when nothing else is there, they are what the question is about.
            let about = if open.is_empty() { &here } else { &open };
            if about.is_empty() {
                // Nothing is held: that is the answer where one way of taking it would permit the act.
                let ways: Vec<_> = policy.origins_of(*wanted).map(|origin| (*wanted, origin)).collect();
                let permitted = |way: &(Element, OriginId)| policy.decide_set(errand, &[*way], facts).allowed;
                missing |= ways.iter().any(permitted);
                if !ways.iter().any(permitted) {
                    pairs.extend(if ways.is_empty() { vec![(*wanted, OriginId::UNKNOWN)] } else { ways });
                }
            }
            for value in about {
                pairs.extend(value.id.map(|id| (id, value.origin)));
                if !found.iter().any(|known| known.record == value.record && known.element == value.element) {
                    found.push((*value).clone());
                }
            }
        }
        let itemised = |element: &Element| policy.form(*element).itemised;
        if item.is_none()
            && (looked.data.iter().any(itemised) || found.iter().any(|value| value.id.as_ref().is_some_and(itemised)))
        {
            return Answer::refused(Reason::NoItem);
        }
        pairs.sort_unstable();
        pairs.dedup();
        if pairs.is_empty() && missing {
            return Answer::refused(Reason::NotHeld);
        }
        let mut answer = policy.decide_set(errand, &pairs, facts);
        hide_facts(policy, errand, &pairs, &mut answer);
        if answer.allowed {
            answer = match found.first() {
                _ if found.iter().any(|value| value.newer && value.is_readable()) => self.newer(),
                _ if found.iter().any(|value| value.used_up && value.is_readable()) => self.used_up(&found),
                _ if found.iter().any(Holding::is_open) => answer,
                None => Answer::refused(Reason::NotHeld),
                Some(value) if value.closed => self.closed(value),
                // What a person restricted only they lift.
                _ if found.iter().any(|value| value.restricted) => Answer::refused(Reason::Restricted),
                // A block is lifted by a question about what is blocked.
                Some(_) if asked.action == Action::Block => answer,
                Some(_) => Answer::refused(Reason::Blocked),
            };
            *touched = found;
        }
        answer
    }

    fn closed(&self, value: &Holding) -> Answer {
        let because = value.kept.sentence.and_then(|sentence| self.policy().cite(sentence)).into_iter().collect();
        Answer { allowed: false, reason: Reason::Closed, because, lacking: Vec::new() }
    }

    /// The entry of an act that was judged.
    pub(crate) fn entry_of(&self, verb: &str, caller: &Caller, asked: &Asked, judged: &Judged) -> Result<Entry> {
        let mut entry = self.entry(verb, &actor_of(caller));
        entry.subject = judged.known.as_ref().map(|known| self.subject(known.id));
        entry.purpose.clone_from(&judged.purpose);
        entry.recipient = asked.recipient.clone().filter(|name| self.policy().names.recipients.id(name).is_some());
        if asked.recipient_person.is_some() {
            let named = judged.recipient.map(|recipient| self.policy().names.recipients.name(recipient.0).to_owned());
            entry.recipient = named;
        }
        for (word, person) in [("actor_person", &asked.actor_person), ("with_person", &asked.recipient_person)] {
            if let Some(known) = person.as_deref().map(|person| self.known(person)).transpose()?.flatten() {
                entry.details.insert(word.to_owned(), self.subject(known.id));
            }
        }
        entry.case.clone_from(&judged.case);
        // What was asked for, where the policy has such a name: a typing error may be anything.
        entry.elements =
            asked.data.iter().filter(|name| self.policy().names.data.id(name).is_some()).cloned().collect();
        let mut classes: Vec<String> = judged
            .values
            .iter()
            .filter_map(|value| judged.holdings.record(value))
            .map(|record| hex(&record.class_id))
            .collect();
        classes.sort_unstable();
        classes.dedup();
        if judged.answer.allowed {
            entry.classes = classes;
        }
        Ok(entry)
    }
}

impl Asked {
    /// Whether values would be read, here or elsewhere.
    fn reads(&self) -> bool {
        !self.compares && (self.action == Action::Use || self.action.discloses())
    }
}

impl Judged {
    pub(crate) fn refused(answer: Answer) -> Self {
        Self {
            answer,
            known: None,
            holdings: Holdings::default(),
            values: Vec::new(),
            purpose: None,
            case: None,
            recipient: None,
        }
    }

    fn with(mut self, reason: Reason) -> Self {
        self.answer = Answer::refused(reason);
        self
    }

    /// The values that are open, in the order in which they were taken.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Holding> {
        self.values.iter().filter(|value| value.is_open())
    }
}

/// Every way in which the policy takes these data, or what stands below them: an act that names a group touches these.
fn every_way(policy: &Compiled, data: &[Element]) -> Vec<(Element, OriginId)> {
    let mut out = Vec::new();
    for wanted in data {
        let before = out.len();
        for element in policy.names.data.below(wanted.0).into_iter().map(Element) {
            out.extend(policy.origins_of(element).map(|origin| (element, origin)));
        }
        if out.len() == before {
            out.push((*wanted, OriginId::UNKNOWN));
        }
    }
    out
}

/// Facts under which every condition holds and every promise with a condition is escaped: what is refused still, is refused
/// whoever it is about.
fn anything(policy: &Compiled) -> FactSet {
    let mut out = FactSet::EMPTY;
    for fact in (0..policy.facts.len()).filter_map(|fact| u16::try_from(fact).ok()) {
        out.insert(Literal { fact, holds: true });
        out.insert(Literal { fact, holds: false });
    }
    out
}

/// Whether some sentence permits an errand with an element of an origin under some facts.
fn some_permission(policy: &Compiled, errand: Errand, (element, origin): (Element, OriginId)) -> bool {
    !policy.table.decide(&errand.ids(element, origin), &FactSet::EMPTY).permissions.is_empty()
}

/// A refusal that rests on what a person chose or is goes only to those to whom some sentence would permit the act; others
/// learn what they could know without it.
fn hide_facts(policy: &Compiled, errand: Errand, pairs: &[(Element, OriginId)], answer: &mut Answer) {
    let rests_on_facts =
        matches!(answer.reason, Reason::Refused | Reason::NotAgreed | Reason::NotNotified | Reason::Condition)
            || !answer.lacking.is_empty();
    if !answer.allowed && rests_on_facts && !pairs.iter().any(|pair| some_permission(policy, errand, *pair)) {
        *answer = Answer::refused(Reason::NotTheirWork);
    }
}

/// Whether a word that a caller sent looks like a name of a policy. What does not is never repeated in an answer: it may be
/// a value that strayed there.
pub(crate) fn is_name(word: &str) -> bool {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    (1..=64).contains(&word.len()) && word.bytes().all(good) && word.starts_with(|c: char| c.is_ascii_lowercase())
}

/// A refusal over a word that a caller sent.
pub(crate) fn refused_over(reason: Reason, word: &str) -> Answer {
    if is_name(word) { Answer::refused_over(reason, word) } else { Answer::refused(reason) }
}

fn look_up(policy: &Compiled, caller: &Caller, asked: &Asked) -> std::result::Result<Looked, Answer> {
    let names = &policy.names;
    let find = |axis: &Axis, name: &str| axis.id(name).ok_or_else(|| refused_over(Reason::NotDeclared, name));
    let find_some = |axis: &Axis, name: Option<&str>| name.map(|name| find(axis, name)).transpose();
    let open = |name: &str| Answer::refused_over(Reason::NotFurtherSaid, name);
    let actor = find_some(&names.actors, caller.acts_as.as_deref().filter(|name| !is_relative(name)))?;
    if asked.data.is_empty() {
        return Err(Answer::refused(Reason::Missing));
    }
    let mut data = Vec::new();
    for name in &asked.data {
        let element = Element(find(&names.data, name)?);
        if names.open_data.contains(&element) {
            return Err(open(name));
        }
        data.push(element);
    }
    let purpose = find_some(&names.purposes, asked.purpose.as_deref())?.map(Purpose);
    if let Some(name) = asked.purpose.as_deref().filter(|_| purpose.is_some_and(|id| names.open_purposes.contains(&id)))
    {
        return Err(open(name));
    }
    let recipient = find_some(&names.recipients, asked.recipient.as_deref())?.map(Recipient);
    if let Some(name) =
        asked.recipient.as_deref().filter(|_| recipient.is_some_and(|id| names.open_recipients.contains(&id)))
    {
        return Err(open(name));
    }
    // Who stands in what relation is for the store to say.
    if asked.recipient.as_deref().is_some_and(|name| name != THEMSELVES && is_relative(name)) {
        return Err(Answer::refused(Reason::NotDeclared));
    }
    if (recipient.is_some() != asked.recipient_person.is_none()) && asked.action.discloses()
        || (recipient.is_some() || asked.recipient_person.is_some()) && !asked.action.discloses()
    {
        return Err(Answer::refused(Reason::NoRecipient));
    }
    let relative = |axis: &Axis| axis.ids().filter(|id| is_relative(axis.name(*id))).collect::<Vec<_>>();
    let actors = match asked.actor_person {
        Some(_) => relative(&names.actors).into_iter().map(Actor).collect(),
        None => vec![actor.map_or(Actor::UNSAID, Actor)],
    };
    let recipients = match asked.recipient_person {
        Some(_) => relative(&names.recipients).into_iter().map(Recipient).collect(),
        None => vec![recipient.unwrap_or(Recipient::NOBODY)],
    };
    Ok(Looked { actors, data, purpose, recipients })
}
