//! Holds each step against how it should come out, and tells it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::Value;

use super::api::{Api, Cited, Entry, Outcome};
use super::browser::Browser;
use super::cast::Cast;
use super::servers::Servers;
use super::tell::Teller;

/// How a step should come out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    /// It is done.
    Done,
    /// It is refused for this reason.
    Refused(&'static str),
    /// It is refused for this reason, by this clause.
    RefusedBy(&'static str, &'static str),
}

/// A step did not come out as told; says what differed.
#[derive(Debug)]
pub(super) struct Differs(pub(super) String);

impl std::fmt::Display for Differs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Differs {}

/// One step of the story, as it came out.
pub(super) struct Step<'s> {
    pub(super) scene: &'static str,
    pub(super) actor: &'s str,
    pub(super) act: &'s str,
    pub(super) outcome: &'s Outcome,
    /// What the actor saw of it.
    pub(super) seen: Option<String>,
}

/// How long the log may take to have what just happened on a page; only visits come later than their answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the day is played.
pub(super) struct Stage<'s> {
    pub(super) api: Api,
    cast: &'s Cast,
    servers: &'s Servers,
    teller: &'s Teller,
    scene: &'static str,
    steps: usize,
    /// Index behind the newest entry of the log that the story has told.
    next: u64,
    /// The sentences of the policy that take data in and grant choices and rights: an entry of the log names them by
    /// their clause only.
    sentences: BTreeSet<Cited>,
    /// What people typed today: the log must not hold any of it.
    typed: BTreeSet<String>,
}

impl<'s> Stage<'s> {
    /// The empty stage.
    pub(super) fn new(cast: &'s Cast, servers: &'s Servers, teller: &'s Teller) -> Result<Self> {
        let api = Api::new(&servers.upheld);
        let mut stage = Self {
            api,
            cast,
            servers,
            teller,
            scene: "",
            steps: 0,
            next: 0,
            sentences: BTreeSet::new(),
            typed: BTreeSet::new(),
        };
        let policy = stage.api.get(cast.forms(), "/v1/policy")?;
        stage.learn(&policy);
        stage.next = stage.api.log(cast.token("auditor"), 0)?.len() as u64;
        Ok(stage)
    }

    /// Takes note of every cited sentence in a description of the policy.
    fn learn(&mut self, described: &Value) {
        match described {
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(members) => {
                if let Ok(cited) = serde_json::from_value::<Cited>(described.clone()) {
                    self.sentences.insert(cited);
                }
                members.values().for_each(|member| self.learn(member));
            }
            _ => {}
        }
    }

    /// Begins a scene.
    pub(super) fn scene(&mut self, name: &'static str, heading: &str, text: &str) {
        self.scene = name;
        self.teller.scene(heading, text);
    }

    /// A remark between the steps.
    pub(super) fn remark(&self, text: &str) {
        self.teller.remark(text);
    }

    /// A browser for somebody.
    pub(super) fn browser(&self) -> Browser {
        Browser::new(&self.servers.site)
    }

    /// What somebody types; the log is searched for it in the evening.
    pub(super) fn types(&mut self, fields: &[(&str, &str)]) {
        // Names of plans and yes or no are words of the policy and of the site, not of a person.
        let own = fields.iter().map(|(_, value)| *value).filter(|value| value.len() > 6);
        self.typed.extend(own.map(str::to_owned));
    }

    /// An act of a program or of staff over `/v1`.
    pub(super) fn act(&mut self, actor: &str, act: &str, path: &str, body: Value, told: Told) -> Result<Outcome> {
        let outcome = self.api.act(self.cast.token(actor), path, &body)?;
        self.step(actor, act, outcome, None, told)
    }

    /// The same with the web server's key for visits, which the site uses otherwise.
    pub(super) fn hand_over(&mut self, act: &str, body: Value, told: Told) -> Result<Outcome> {
        let outcome = self.api.act(self.cast.visits(), "/v1/collect", &body)?;
        self.step("web_server", act, outcome, None, told)
    }

    /// An act of a person on the site's pages, as the log has it: the newest entry of this verb about what people give.
    pub(super) fn on_site(
        &mut self,
        person: &str,
        act: &str,
        verb: &str,
        seen: Option<String>,
        told: Told,
    ) -> Result<Entry> {
        let entry = self.logged(|entry| entry.verb == verb && !is_visit(entry))?;
        let outcome = self.outcome_of(&entry);
        self.step(person, act, outcome, seen, told)?;
        Ok(entry)
    }

    /// A page view of a visitor, as the log has it.
    pub(super) fn visit(&mut self, act: &str) -> Result<Entry> {
        let entry = self.logged(is_visit)?;
        let outcome = self.outcome_of(&entry);
        let seen = Some(format!("kept: {}", entry.elements.join(", ")));
        self.step("visitor", act, outcome, seen, Told::Done)?;
        Ok(entry)
    }

    /// What time brings about, as the log has it: the entry that names this clause.
    pub(super) fn duty(&mut self, act: &str, clause: &str, seen: String) -> Result<()> {
        let entry = self.logged(|entry| entry.verb == "keep" && entry.clauses.iter().any(|named| named == clause))?;
        let outcome = self.outcome_of(&entry);
        self.step("time", act, outcome, Some(seen), Told::Done)?;
        Ok(())
    }

    /// Something that is no act and has no entry of its own.
    pub(super) fn finding(&mut self, actor: &str, act: &str, seen: String) {
        let outcome = Outcome { allowed: true, reason: "verified".to_owned(), log: u64::MAX, ..Outcome::default() };
        self.steps += 1;
        self.teller.step(&Step { scene: self.scene, actor, act, outcome: &outcome, seen: Some(seen) });
    }

    /// All entries of the log.
    pub(super) fn whole_log(&self) -> Result<Vec<Value>> {
        self.api.log(self.cast.token("auditor"), 0)
    }

    /// Everything that was typed today.
    pub(super) fn typed(&self) -> &BTreeSet<String> {
        &self.typed
    }

    /// How many steps were told.
    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    /// The customer to whom a customer key of the site belongs.
    pub(super) fn customer_of(&self, key: &str) -> Result<String> {
        self.cast.site.customer_of(key).ok_or_else(|| Differs("the page shows no customer key".to_owned()).into())
    }

    fn step(&mut self, actor: &str, act: &str, outcome: Outcome, seen: Option<String>, told: Told) -> Result<Outcome> {
        if let Some(difference) = difference(&outcome, told) {
            return Err(Differs(format!("{actor} {act}: {difference}")).into());
        }
        if outcome.log < self.next {
            bail!(Differs(format!("{actor} {act}: entry {} of the log was taken already", outcome.log)));
        }
        self.next = outcome.log + 1;
        self.sentences.extend(outcome.because.iter().filter(|cited| !cited.sentence.is_empty()).cloned());
        self.steps += 1;
        self.teller.step(&Step { scene: self.scene, actor, act, outcome: &outcome, seen });
        Ok(outcome)
    }

    /// The first entry of this sort that the story has not told yet.
    fn logged(&self, wanted: impl Fn(&Entry) -> bool) -> Result<Entry> {
        let until = Instant::now() + PATIENCE;
        loop {
            for entry in self.api.log(self.cast.token("auditor"), self.next)? {
                let entry: Entry = serde_json::from_value(entry)?;
                if wanted(&entry) {
                    return Ok(entry);
                }
            }
            if Instant::now() > until {
                bail!(Differs("the log has no entry of what was just done on a page".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The sentences of a clause that speak of what an entry is about.
    fn cite(&self, clause: &str, entry: &Entry) -> Vec<Cited> {
        let about = |cited: &&Cited| {
            let said = ["choice", "right"].into_iter().filter_map(|name| entry.details.get(name));
            let about = |word: &String| mentions(&cited.sentence, word);
            // What time does is done by a sentence that says how long.
            if entry.verb == "keep" {
                mentions(&cited.sentence, "keep")
            } else {
                entry.elements.iter().chain(said).any(about)
            }
        };
        let all: Vec<&Cited> = self.sentences.iter().filter(|cited| cited.clause == clause).collect();
        let close: Vec<Cited> = all.iter().copied().filter(about).cloned().collect();
        match (close.is_empty(), all.first()) {
            (false, _) => close,
            (true, Some(first)) => vec![(*first).clone()],
            (true, None) => vec![Cited { clause: clause.to_owned(), section: String::new(), sentence: String::new() }],
        }
    }

    fn outcome_of(&self, entry: &Entry) -> Outcome {
        let allowed = entry.result == "done";
        Outcome {
            allowed,
            reason: entry.reason.clone().unwrap_or_else(|| if allowed { "permitted" } else { "" }.to_owned()),
            because: entry.clauses.iter().flat_map(|clause| self.cite(clause, entry)).collect(),
            log: entry.index,
            ..Outcome::default()
        }
    }
}

/// Whether a sentence has this word.
fn mentions(sentence: &str, word: &str) -> bool {
    sentence.split(|c: char| !c.is_alphanumeric() && c != '_').any(|other| other == word)
}

/// Fails the story unless something holds that no answer says by itself.
pub(super) fn check(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Differs(what()).into()) }
}

fn is_visit(entry: &Entry) -> bool {
    entry.details.get("point").is_some_and(|point| point == "web_visit")
}

fn difference(outcome: &Outcome, told: Told) -> Option<String> {
    let was = || {
        let clauses: Vec<&str> = outcome.because.iter().map(|cited| cited.clause.as_str()).collect();
        match outcome.allowed {
            true => "it was allowed".to_owned(),
            false => format!(
                "it was refused for `{}` by {}{}{}",
                outcome.reason,
                if clauses.is_empty() { "no clause".to_owned() } else { clauses.join(", ") },
                if outcome.lacking.is_empty() { "" } else { ", lacking " },
                outcome.lacking.join(", "),
            ),
        }
    };
    let fits = match told {
        Told::Done => outcome.allowed,
        Told::Refused(reason) => !outcome.allowed && outcome.reason == reason,
        Told::RefusedBy(reason, clause) => {
            !outcome.allowed && outcome.reason == reason && outcome.because.iter().any(|cited| cited.clause == clause)
        }
    };
    let should = match told {
        Told::Done => "it should be allowed".to_owned(),
        Told::Refused(reason) => format!("it should be refused for `{reason}`"),
        Told::RefusedBy(reason, clause) => format!("it should be refused for `{reason}` by {clause}"),
    };
    (!fits).then(|| format!("{should}, but {}", was()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_comes_out_otherwise_is_a_difference_that_says_what() {
        let payment = Cited { clause: "payment.1".into(), section: "4.5".into(), sentence: "we never use".into() };
        let refused = Outcome { reason: "never".into(), because: vec![payment], ..Outcome::default() };
        assert!(difference(&refused, Told::Refused("never")).is_none());
        assert!(difference(&refused, Told::RefusedBy("never", "payment.1")).is_none());
        assert_eq!(
            difference(&refused, Told::RefusedBy("never", "partners.1")).unwrap(),
            "it should be refused for `never` by partners.1, but it was refused for `never` by payment.1"
        );
        let done = Outcome { allowed: true, ..Outcome::default() };
        assert!(difference(&done, Told::Done).is_none());
        assert_eq!(
            difference(&done, Told::Refused("no_rule")).unwrap(),
            "it should be refused for `no_rule`, but it was allowed"
        );
    }
}
