//! Rego, as `regorus` runs it: bytecode, made once, in a machine that is kept from question to question.
//!
//! Four ways to write the same rules. As sentences: one rule of the language for each, reasons as sets. The same without
//! reasons. As a table: the rules are data and one rule goes through them. As a table that the author has indexed by hand,
//! so that the engine has to look at few rules only: it is no longer a list of rules that somebody could read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::{PolicyModule, Value, compile_policy_with_entrypoint};
use serde_json::json;

use super::shape::{Shape, Tree, Verdict};
use super::{Contender, Given, PlainQuestion, seen};

const ANSWER: &str = "data.bench.answer";

/// Common to all: the names that what is asked for is, or stands below.
const HEAD: &str = "package bench\nimport rego.v1\n\
    d := data.up.data[input.data]\np := data.up.purpose[input.purpose]\nr := data.up.recipient[input.recipient]\n";

const REASONS: &str = "default allow := false\nallow if { count(permits) > 0; count(forbids) == 0 }\n\
    default because := []\nbecause := permits if allow\nbecause := forbids if { not allow; count(permits) > 0 }\n\
    answer := {\"allowed\": allow, \"because\": because}\n";

pub struct Rego {
    ways: Vec<Way>,
    asked: Vec<PlainQuestion>,
    json: Vec<String>,
    inputs: Vec<Value>,
    pub load: Duration,
}

struct Way {
    name: &'static str,
    reasons: bool,
    // One machine for one thread, as the engine has it.
    machine: Rc<RefCell<RegoVM>>,
}

impl Way {
    fn ask(&self, input: Value) -> Result<Value> {
        let mut machine = self.machine.borrow_mut();
        machine.set_input(input);
        Ok(machine.execute()?)
    }
}

impl Rego {
    pub fn new(shape: &Shape) -> Result<Self> {
        let up = up(shape);
        let list = json!({ "up": up, "rules": rules(shape).values().flatten().collect::<Vec<_>>() });
        let index = json!({ "up": up, "rules": index(shape) });
        let before = Instant::now();
        let sentences = way("sentences", true, &sentences(shape, true), &json!({ "up": up }))?;
        let load = before.elapsed();
        let ways = vec![
            sentences,
            way("sentences, no reasons", false, &self::sentences(shape, false), &json!({ "up": up }))?,
            way("a table", true, &table(false), &list)?,
            way("a table indexed by hand", true, &table(true), &index)?,
        ];
        let asked: Vec<PlainQuestion> = shape.asked.iter().map(PlainQuestion::from).collect();
        let json = asked.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
        let inputs = asked.iter().map(input).collect();
        Ok(Self { ways, asked, json, inputs, load })
    }

    fn json(&self, way: &Way, n: usize) -> Result<String> {
        way.ask(Value::from_json_str(&self.json[n])?)?.to_json_str()
    }

    /// Whether every way of asking answers as expected.
    pub fn check(&self, n: usize, expected: &Verdict) -> Result<()> {
        for way in &self.ways {
            let answers = [
                way.ask(self.inputs[n].clone())?.to_json_str()?,
                way.ask(input(&self.asked[n]))?.to_json_str()?,
                self.json(way, n)?,
            ];
            for answer in answers {
                let answer: serde_json::Value = serde_json::from_str(&answer)?;
                let allowed = if way.reasons { answer["allowed"] == true } else { answer == true };
                ensure!(allowed == expected.allowed, "rego as {} says {answer}", way.name);
                if way.reasons {
                    let because: Vec<String> = serde_json::from_value(answer["because"].clone())?;
                    ensure!(Some(because) == expected.because, "rego as {} says {answer}", way.name);
                }
            }
        }
        Ok(())
    }

    pub fn contenders(&self) -> Vec<Contender<'_>> {
        let count = self.asked.len();
        let mut out = Vec::new();
        for way in &self.ways {
            let name = |what: &str| format!("regorus, {}{what}", way.name);
            if way.name == "sentences" {
                out.push(Contender::new(name(", input ready made"), Given::Ids, move || {
                    (0..count).for_each(|n| drop(black_box(way.ask(self.inputs[black_box(n)].clone()))));
                }));
            }
            out.push(Contender::new(name(""), Given::Names, move || {
                (0..count).for_each(|n| clauses(way.ask(input(&self.asked[black_box(n)]))));
            }));
            if way.reasons {
                out.push(Contender::new(name(""), Given::Json, move || {
                    (0..count).for_each(|n| drop(black_box(self.json(way, black_box(n)))));
                }));
            }
        }
        out
    }
}

fn clauses(answer: Result<Value>) {
    if let Ok(answer) = black_box(answer)
        && let Value::Set(set) = &answer["because"]
    {
        set.iter().filter_map(|clause| clause.as_string().ok()).for_each(|clause| seen(clause));
    }
}

fn input(asked: &PlainQuestion) -> Value {
    let object = |fields: Vec<(&str, Value)>| {
        Value::from(fields.into_iter().map(|(name, value)| (Value::from(name), value)).collect::<BTreeMap<_, _>>())
    };
    object(vec![
        ("data", Value::from(asked.data.as_str())),
        ("purpose", Value::from(asked.purpose.as_str())),
        ("recipient", Value::from(asked.recipient.as_str())),
        ("agreed", object(asked.agreed.iter().map(|(name, agreed)| (name.as_str(), Value::from(*agreed))).collect())),
        ("sixteen_or_over", Value::from(asked.sixteen_or_over)),
    ])
}

fn way(name: &'static str, reasons: bool, text: &str, data: &serde_json::Value) -> Result<Way> {
    let module = PolicyModule { id: "bench.rego".into(), content: text.into() };
    let data = Value::from_json_str(&data.to_string())?;
    let policy = compile_policy_with_entrypoint(data.clone(), &[module], ANSWER.into())?;
    let program: Arc<_> = Compiler::compile_from_policy(&policy, &[ANSWER])?;
    let mut machine = RegoVM::new();
    machine.load_program(program);
    machine.set_data(data)?;
    machine.set_max_instructions(usize::MAX);
    Ok(Way { name, reasons, machine: Rc::new(RefCell::new(machine)) })
}

/// Each name with the names that it is or stands below, as keys.
fn up(shape: &Shape) -> serde_json::Value {
    let axis = |tree: &Tree| -> serde_json::Value {
        let keys = |line: Vec<&str>| line.into_iter().map(|name| (name.to_owned(), true.into())).collect();
        let all = tree.up().into_iter().map(|(name, line)| (name.to_owned(), serde_json::Value::Object(keys(line))));
        serde_json::Value::Object(all.collect())
    };
    json!({ "data": axis(&shape.data), "purpose": axis(&shape.purposes), "recipient": axis(&shape.recipients) })
}

fn sentences(shape: &Shape, reasons: bool) -> String {
    let mut out = HEAD.to_owned();
    out.push_str(if reasons {
        REASONS
    } else {
        "default permitted := false\ndefault forbidden := false\n\
         default answer := false\nanswer := true if { permitted; not forbidden }\n"
    });
    for rule in &shape.rules {
        let head = match (reasons, rule.permits) {
            (true, true) => format!("permits contains \"{}\"", rule.id),
            (true, false) => format!("forbids contains \"{}\"", rule.id),
            (false, true) => "permitted".to_owned(),
            (false, false) => "forbidden".to_owned(),
        };
        let not = if rule.permits { "" } else { "not " };
        let mut body = vec![format!("r.{}", rule.recipient), format!("p.{}", rule.purpose), format!("d.{}", rule.data)];
        body.extend(rule.agreed.map(|choice| format!("{not}input.agreed.{choice}")));
        body.extend(rule.adult.then(|| format!("{not}input.sixteen_or_over")));
        let _ = writeln!(out, "{head} if {{ {} }}", body.join("; "));
    }
    out
}

fn table(indexed: bool) -> String {
    let (permits, forbids, some) = if indexed {
        let some = |effect: &str| {
            format!("some a, _ in d; some b, _ in p; some c, _ in r; some rule in data.rules.{effect}[a][b][c]")
        };
        (some("permits"), some("forbids"), "")
    } else {
        let some = |permits: &str| format!("some rule in data.rules; {permits}rule.permits");
        (some(""), some("not "), "r[rule.recipient]; p[rule.purpose]; d[rule.data]; ")
    };
    format!(
        "{HEAD}{REASONS}\
         permits contains rule.id if {{ {permits}; {some}agrees(rule); of_age(rule) }}\n\
         forbids contains rule.id if {{ {forbids}; {some}not input.agreed[rule.agreed]; not exempt(rule) }}\n\
         agrees(rule) if not rule.agreed\nagrees(rule) if input.agreed[rule.agreed]\n\
         of_age(rule) if not rule.adult\nof_age(rule) if input.sixteen_or_over\n\
         exempt(rule) if {{ rule.adult; input.sixteen_or_over }}\n",
    )
}

/// The rules as data, by what they do.
fn rules(shape: &Shape) -> BTreeMap<&'static str, Vec<serde_json::Value>> {
    let mut out: BTreeMap<&str, Vec<serde_json::Value>> = BTreeMap::new();
    for rule in &shape.rules {
        let effect = if rule.permits { "permits" } else { "forbids" };
        let mut row = json!({
            "id": rule.id, "permits": rule.permits, "data": rule.data, "purpose": rule.purpose,
            "recipient": rule.recipient, "adult": rule.adult,
        });
        if let Some(choice) = rule.agreed {
            row["agreed"] = choice.into();
        }
        out.entry(effect).or_default().push(row);
    }
    out
}

fn index(shape: &Shape) -> serde_json::Value {
    let mut out = json!({ "permits": {}, "forbids": {} });
    for (effect, rules) in rules(shape) {
        for rule in rules {
            let at = |name: &str| rule[name].as_str().unwrap_or_default().to_owned();
            let place = &mut out[effect][at("data")][at("purpose")][at("recipient")];
            match place.as_array_mut() {
                Some(list) => list.push(rule),
                None => *place = json!([rule]),
            }
        }
    }
    out
}
