//! Questions in names, and the one way in which answers are worded.

use crate::answer::{Answer, Cited, Reason};
use crate::compiled::Compiled;
use crate::facts::{Fact, FactSet, Literal};
use crate::names::{Actor, Axis, Element, Giver, GroundId, Kind, OriginId, Purpose, Recipient, is_relative};
use crate::question::{Action, Form, Question};
use crate::table::{Decision, Entry, Ids};

/// A question with its names looked up: the errand, each element with each of its origins, and what is known.
type Resolved = (Errand, Vec<(Element, OriginId)>, FactSet);

/// One act's axes, without the data.
#[derive(Clone, Copy, Debug)]
pub struct Errand {
    /// What is to be done.
    pub action: Action,
    /// Who would do it.
    pub actor: Actor,
    /// In which form.
    pub form: Form,
    /// For which purpose.
    pub purpose: Purpose,
    /// With which recipient.
    pub recipient: Recipient,
}

impl Errand {
    /// The same with an element of an origin: a question in ids.
    #[must_use]
    pub const fn ids(self, element: Element, origin: OriginId) -> Ids {
        Ids {
            action: self.action,
            actor: self.actor,
            element,
            origin,
            form: self.form,
            purpose: self.purpose,
            recipient: self.recipient,
        }
    }
}

impl Compiled {
    /// Answers a question from the rules alone: facts come with it.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Answer {
        match self.resolve(question) {
            Ok((errand, pairs, facts)) => self.decide_set(errand, &pairs, &facts),
            Err(answer) => answer,
        }
    }

    /// Decides over names without allocating: one element, every way in which it is taken. None for a name that the policy
    /// does not declare.
    #[must_use]
    pub fn decide_names(
        &self,
        action: Action,
        actor: &str,
        element: &str,
        purpose: &str,
        recipient: Option<&str>,
        facts: &FactSet,
    ) -> Option<Decision<'_>> {
        let names = &self.names;
        let recipient = match recipient {
            Some(name) => Recipient(names.recipients.id(name)?),
            None => Recipient::NOBODY,
        };
        let errand = Errand {
            action,
            actor: Actor(names.actors.id(actor)?),
            form: Form::Identified,
            purpose: Purpose(names.purposes.id(purpose)?),
            recipient,
        };
        let element = Element(names.data.id(element)?);
        let mut last = None;
        for origin in self.origins_of(element) {
            let decision = self.table.decide(&errand.ids(element, origin), facts);
            if !decision.allowed {
                return Some(decision);
            }
            last = Some(decision);
        }
        Some(last.unwrap_or_else(|| self.table.decide(&errand.ids(element, OriginId::UNKNOWN), facts)))
    }

    /// The origins at which any collect sentence takes this element, a group above it, or a name below it.
    pub fn origins_of(&self, element: Element) -> impl Iterator<Item = OriginId> + '_ {
        self.origins_by_element.get(element.index()).map_or(&[][..], Vec::as_slice).iter().copied()
    }

    /// The index of a fact, if any rule asks for it.
    #[must_use]
    pub fn fact_index(&self, fact: Fact) -> Option<u16> {
        self.facts.iter().position(|known| *known == fact).and_then(|index| u16::try_from(index).ok())
    }

    /// A sentence as answers cite it.
    #[must_use]
    pub fn cite(&self, sentence: u16) -> Option<Cited> {
        self.sentences.get(usize::from(sentence)).map(|sentence| Cited {
            clause: sentence.clause.clone(),
            section: sentence.section.clone(),
            sentence: sentence.text.clone(),
            line: sentence.line,
        })
    }

    /// How a fact is called in questions and answers.
    #[must_use]
    pub fn fact_word(&self, fact: Fact) -> String {
        let choice =
            |index: u16| self.choices.get(usize::from(index)).map(|choice| choice.name.as_str()).unwrap_or_default();
        match fact {
            Fact::Is(kind) => self.names.kinds.name(kind.0).to_owned(),
            Fact::Agreed(index) => format!("agreed {}", choice(index)),
            Fact::Refused(index) => format!("refused {}", choice(index)),
            Fact::On(ground) => format!("on {}", self.names.grounds.name(ground.0)),
            Fact::Notified(index) => {
                let name = self.notices.get(usize::from(index)).map(|notice| notice.name.as_str());
                format!("notified {}", name.unwrap_or_default())
            }
        }
    }

    /// Decides over a set of data, each with its origin: allowed only when each is.
    #[must_use]
    pub fn decide_set(&self, errand: Errand, pairs: &[(Element, OriginId)], facts: &FactSet) -> Answer {
        let mut permitting = Vec::new();
        let mut refusal: Option<(Reason, Vec<u16>, Vec<String>)> = None;
        for (element, origin) in pairs {
            let ids = errand.ids(*element, *origin);
            let decision = self.table.decide(&ids, facts);
            if decision.allowed {
                permitting.extend(
                    decision
                        .permissions
                        .iter()
                        .filter(|entry| facts.contains(&entry.facts))
                        .map(|entry| entry.sentence),
                );
            } else {
                let (reason, sentences, lacking) = self.explain(&ids, &decision, facts);
                let refusal = refusal.get_or_insert((reason, Vec::new(), Vec::new()));
                // A refusal that a sentence makes says more than one for want of a sentence.
                if matches!(refusal.0, Reason::NoRule | Reason::NotTheirWork | Reason::NotRelated)
                    && !sentences.is_empty()
                {
                    refusal.0 = reason;
                }
                refusal.1.extend(sentences);
                refusal.2.extend(lacking);
            }
        }
        let (allowed, reason, mut sentences, mut lacking) = match refusal {
            Some((reason, sentences, lacking)) => (false, reason, sentences, lacking),
            None if pairs.is_empty() => (false, Reason::NoRule, Vec::new(), Vec::new()),
            None => {
                let data = pairs.iter().map(|(element, _)| *element);
                let broken = self.brought_together(errand.action, errand.form, data);
                match broken.is_empty() {
                    true => (true, Reason::Permitted, permitting, Vec::new()),
                    false => (false, Reason::Never, broken, Vec::new()),
                }
            }
        };
        sentences.sort_unstable();
        sentences.dedup();
        lacking.sort_unstable();
        lacking.dedup();
        Answer {
            allowed,
            reason,
            because: sentences.into_iter().filter_map(|sentence| self.cite(sentence)).collect(),
            lacking,
        }
    }

    /// Why a decision is a refusal, which sentences say so, and what was lacking.
    fn explain(&self, ids: &Ids, decision: &Decision<'_>, facts: &FactSet) -> (Reason, Vec<u16>, Vec<String>) {
        let holding: Vec<&Entry> = decision.prohibitions.iter().filter(|entry| !facts.meets(&entry.facts)).collect();
        let permitted = decision.permissions.iter().any(|entry| facts.contains(&entry.facts));
        if !permitted && let Some((reason, lacking)) = self.nearest(decision.permissions, facts) {
            return (reason, decision.permissions.iter().map(|entry| entry.sentence).collect(), lacking);
        }
        if let Some(first) = holding.first() {
            let lacking = if permitted {
                holding
                    .iter()
                    .flat_map(|entry| entry.facts.literals())
                    .map(|literal| self.literal_word(literal))
                    .collect()
            } else {
                Vec::new()
            };
            return (self.prohibition_reason(first), holding.iter().map(|entry| entry.sentence).collect(), lacking);
        }
        let permitted = |actor: &u16| {
            let other = Ids { actor: Actor(*actor), ..*ids };
            *actor != ids.actor.0 && !self.table.decide(&other, facts).permissions.is_empty()
        };
        let others: Vec<u16> = self.names.actors.ids().filter(permitted).collect();
        // Of those to whom it is permitted such as whoever asks comes first: people, or roles and programs.
        let relative = |actor: u16| is_relative(self.names.actors.name(actor));
        let asker = relative(ids.actor.0);
        let reason = match others.iter().find(|actor| relative(**actor) == asker).or(others.first()) {
            None => Reason::NoRule,
            Some(actor) if relative(*actor) => Reason::NotRelated,
            Some(_) => Reason::NotTheirWork,
        };
        (reason, Vec::new(), Vec::new())
    }

    /// Of the permissions that cover a question and do not hold, the one that lacks least: the reason, and what it lacks.
    fn nearest(&self, permissions: &[Entry], facts: &FactSet) -> Option<(Reason, Vec<String>)> {
        let lacks = |entry: &Entry| entry.facts.literals().filter(|literal| !facts.has(*literal)).collect::<Vec<_>>();
        let lacking = permissions.iter().map(lacks).min_by_key(Vec::len)?;
        let first = lacking.first().and_then(|literal| self.facts.get(usize::from(literal.fact)));
        let reason = match first {
            Some(Fact::On(_)) => Reason::NoCase,
            Some(Fact::Agreed(_)) => Reason::NotAgreed,
            _ => Reason::Condition,
        };
        Some((reason, lacking.into_iter().map(|literal| self.literal_word(literal)).collect()))
    }

    fn prohibition_reason(&self, entry: &Entry) -> Reason {
        match self.choices.iter().find(|choice| choice.sentence == entry.sentence) {
            Some(choice) if choice.agree => Reason::NotAgreed,
            Some(_) => Reason::Refused,
            None if self.asks_for_notice(entry) => Reason::NotNotified,
            None => Reason::Never,
        }
    }

    /// Whether a prohibition is escaped by telling the person.
    fn asks_for_notice(&self, entry: &Entry) -> bool {
        let told = |literal: Literal| matches!(self.facts.get(usize::from(literal.fact)), Some(Fact::Notified(_)));
        entry.facts.literals().any(told)
    }

    fn literal_word(&self, literal: Literal) -> String {
        let word = self.facts.get(usize::from(literal.fact)).map(|fact| self.fact_word(*fact)).unwrap_or_default();
        if literal.holds { word } else { format!("not {word}") }
    }

    /// Names to ids, in the order in which they are refused.
    fn resolve(&self, question: &Question) -> Result<Resolved, Answer> {
        let names = &self.names;
        let find =
            |axis: &Axis, name: &str| axis.id(name).ok_or_else(|| Answer::refused_over(Reason::NotDeclared, name));
        let find_some = |axis: &Axis, name: &Option<String>| name.as_deref().map(|name| find(axis, name)).transpose();
        let actor = find_some(&names.actors, &question.actor)?;
        let data =
            question.data.iter().map(|name| find(&names.data, name).map(Element)).collect::<Result<Vec<_>, _>>()?;
        let purpose = find_some(&names.purposes, &question.purpose)?;
        let recipient = find_some(&names.recipients, &question.recipient)?;
        let on = find_some(&names.grounds, &question.on)?.map(GroundId);
        let of = find_some(&names.kinds, &question.of)?.map(Kind);
        let at = find_some(&names.points, &question.at)?;
        let from = question.from.as_deref().map(|name| self.given(name)).transpose()?;
        let mut said = Vec::with_capacity(question.facts.len());
        for (word, holds) in &question.facts {
            said.push((self.fact_of(word)?, *holds));
        }
        let mut facts = self.known(&said);
        self.refuse_open(&data, purpose, recipient, question)?;
        if data.is_empty() {
            return Err(Answer::refused(Reason::Missing));
        }
        let purpose = purpose
            .map(Purpose)
            .or_else(|| on.and_then(|on| self.grounds.get(on.index())).map(|ground| ground.purpose));
        let needs_purpose = matches!(question.action, Action::Use) || question.action.discloses();
        if purpose.is_none() && needs_purpose {
            return Err(Answer::refused(Reason::NoPurpose));
        }
        if recipient.is_some() != question.action.discloses() {
            return Err(Answer::refused(Reason::NoRecipient));
        }
        if let Some(on) = on {
            for above in names.grounds.above(on.0) {
                if let Some(fact) = self.fact_index(Fact::On(GroundId(above))) {
                    facts.set(fact, true);
                }
            }
        }
        let mut pairs = Vec::new();
        for element in data {
            let before = pairs.len();
            pairs.extend(
                self.origins_of(element)
                    .filter(|origin| self.matches(*origin, of, at, from))
                    .map(|origin| (element, origin)),
            );
            if pairs.len() == before {
                pairs.push((element, OriginId::UNKNOWN));
            }
        }
        let errand = Errand {
            action: question.action,
            actor: actor.map_or(Actor::UNSAID, Actor),
            form: question.form,
            purpose: purpose.unwrap_or(Purpose::UNSAID),
            recipient: recipient.map_or(Recipient::NOBODY, Recipient),
        };
        Ok((errand, pairs, facts))
    }

    fn given(&self, name: &str) -> Result<Giver, Answer> {
        match name {
            "themselves" => Ok(Giver::Themselves),
            "us" => Ok(Giver::Service),
            _ => match self.names.kinds.id(name) {
                Some(kind) => Ok(Giver::Other(Kind(kind))),
                None => Err(Answer::refused_over(Reason::NotDeclared, name)),
            },
        }
    }

    fn matches(&self, origin: OriginId, of: Option<Kind>, at: Option<u16>, from: Option<Giver>) -> bool {
        let Some(origin) = self.names.origins.get(origin.index()) else { return false };
        of.is_none_or(|kind| kind == origin.capacity)
            && at.is_none_or(|point| point == origin.point.0)
            && from.is_none_or(|giver| giver == origin.giver)
    }

    /// What is known when this is said: also what follows from it. What is said stands, whatever follows from the rest.
    fn known(&self, said: &[(Fact, bool)]) -> FactSet {
        let mut out = FactSet::EMPTY;
        let together = self.names.known(said, &self.facts).unwrap_or_default();
        for (index, fact) in (0..).zip(&self.facts) {
            let stated = said.iter().find(|(other, _)| other == fact).map(|(_, holds)| *holds);
            let follows = || said.iter().find_map(|(other, holds)| self.names.follows(*other, *holds, *fact));
            let known = |holds: &bool| together.has(Literal { fact: index, holds: *holds });
            if let Some(holds) = stated.or_else(follows).or_else(|| [false, true].into_iter().find(known)) {
                out.set(index, holds);
            }
        }
        out
    }

    /// A fact by its word, whether or not a rule asks for it: a kind of person, `agreed CHOICE`, `refused CHOICE`, `on GROUND`,
    /// `notified NOTICE`.
    #[must_use]
    pub fn fact_named(&self, word: &str) -> Option<Fact> {
        fn numbered<T>(all: &[T], is: impl Fn(&T) -> bool) -> Option<u16> {
            all.iter().position(is).and_then(|index| u16::try_from(index).ok())
        }
        let choice = |name: &str| numbered(&self.choices, |choice| choice.name == name);
        if let Some(name) = word.strip_prefix("notified ") {
            numbered(&self.notices, |notice| notice.name == name).map(Fact::Notified)
        } else if let Some(name) = word.strip_prefix("agreed ") {
            choice(name).map(Fact::Agreed)
        } else if let Some(name) = word.strip_prefix("refused ") {
            choice(name).map(Fact::Refused)
        } else if let Some(name) = word.strip_prefix("on ") {
            self.names.grounds.id(name).map(|id| Fact::On(GroundId(id)))
        } else {
            self.names.kinds.id(word).map(|id| Fact::Is(Kind(id)))
        }
    }

    fn fact_of(&self, word: &str) -> Result<Fact, Answer> {
        self.fact_named(word).ok_or_else(|| Answer::refused_over(Reason::NotDeclared, word))
    }

    fn refuse_open(
        &self,
        data: &[Element],
        purpose: Option<u16>,
        recipient: Option<u16>,
        question: &Question,
    ) -> Result<(), Answer> {
        let names = &self.names;
        let open = |name: &str| Err(Answer::refused_over(Reason::NotFurtherSaid, name));
        if let Some((_, name)) = data.iter().zip(&question.data).find(|(element, _)| names.open_data.contains(element))
        {
            return open(name);
        }
        if purpose.is_some_and(|id| names.open_purposes.contains(&Purpose(id))) {
            return open(question.purpose.as_deref().unwrap_or_default());
        }
        if recipient.is_some_and(|id| names.open_recipients.contains(&Recipient(id))) {
            return open(question.recipient.as_deref().unwrap_or_default());
        }
        Ok(())
    }
}
