//! The policies and questions that every engine gets: drawn once, the same at every run.
//!
//! 64 data leaves in 73 names, 30 purposes in 37, 16 recipients in 21, and 8 things that one may agree to. A rule picks a
//! leaf on each axis in 55 % of cases, a group in 40 %, the root in 5 %. 85 % permit; half of these need an agreement and
//! 10 % a person of sixteen or over. The others forbid unless there is such an agreement or age.
//!
//! A prohibition without a condition is left out on purpose: a permission that meets one does not compile as an Upheld
//! policy, so no such pair of rules could be compared.

use std::collections::BTreeMap;

/// A small generator of numbers (splitmix64).
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).expect("below the bound")
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }
}

/// The names of one axis: a root, groups below it, leaves below the groups.
pub struct Tree {
    pub root: &'static str,
    pub groups: Vec<String>,
    /// Leaf and its group.
    pub leaves: Vec<(String, String)>,
}

impl Tree {
    fn new(root: &'static str, groups: &[&str], group: &str, words: &[&str]) -> Self {
        Self {
            root,
            groups: groups.iter().map(|stem| format!("{stem}_{group}")).collect(),
            leaves: groups
                .iter()
                .flat_map(|stem| words.iter().map(move |word| (stem, word)))
                .map(|(stem, word)| (format!("{stem}_{word}"), format!("{stem}_{group}")))
                .collect(),
        }
    }

    /// All names, each with the name directly above.
    pub fn names(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let groups = self.groups.iter().map(|group| (group.as_str(), Some(self.root)));
        let leaves = self.leaves.iter().map(|(leaf, group)| (leaf.as_str(), Some(group.as_str())));
        std::iter::once((self.root, None)).chain(groups).chain(leaves)
    }

    /// A name and all above it.
    pub fn up(&self) -> BTreeMap<&str, Vec<&str>> {
        let above: BTreeMap<&str, Option<&str>> = self.names().collect();
        let line = |name| std::iter::successors(Some(name), |name| above.get(name).copied().flatten()).collect();
        above.keys().map(|name| (*name, line(*name))).collect()
    }

    fn pick(&self, draw: &mut Draw) -> String {
        match draw.below(100) {
            0..55 => self.leaf(draw),
            55..95 => self.groups[draw.below(self.groups.len())].clone(),
            _ => self.root.to_owned(),
        }
    }

    fn leaf(&self, draw: &mut Draw) -> String {
        self.leaves[draw.below(self.leaves.len())].0.clone()
    }
}

/// What one may agree to.
pub const CHOICES: [&str; 8] = [
    "news_choice",
    "survey_choice",
    "profile_choice",
    "offer_choice",
    "study_choice",
    "partner_choice",
    "place_choice",
    "voice_choice",
];

/// A kind of person: the language has no ages yet.
pub const ADULT: &str = "sixteen_or_over";

/// One rule.
pub struct Rule {
    pub id: String,
    pub permits: bool,
    pub data: String,
    pub purpose: String,
    pub recipient: String,
    /// Of a permission: needed. Of a prohibition: lets pass.
    pub agreed: Option<&'static str>,
    pub adult: bool,
}

/// One question: may this be shared for this purpose with this recipient, of a person of whom this is known?
pub struct Asked {
    pub data: String,
    pub purpose: String,
    pub recipient: String,
    pub agreed: Vec<&'static str>,
    pub adult: bool,
}

/// What an engine answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    pub allowed: bool,
    /// All rules that permit, or, of what some rule permits, all that forbid. Of what no rule permits the engines say
    /// different things (Upheld: what was lacking), and this is left empty. None for an engine that gives no reasons.
    pub because: Option<Vec<String>>,
}

pub struct Shape {
    pub data: Tree,
    pub purposes: Tree,
    pub recipients: Tree,
    pub rules: Vec<Rule>,
    pub asked: Vec<Asked>,
}

impl Shape {
    pub fn new(rules: usize, questions: usize) -> Self {
        let mut draw = Draw(rules as u64);
        let data = Tree::new(
            "all_data",
            &["contact", "payment", "order", "device", "visit", "health", "learning", "message"],
            "facts",
            &["number", "day", "kind", "spot", "source", "status", "amount", "note"],
        );
        let purposes = Tree::new(
            "all_work",
            &["service", "account", "safety", "research", "news", "trade"],
            "work",
            &["planning", "running", "review", "support", "reporting"],
        );
        let recipients = Tree::new(
            "all_takers",
            &["carrier", "processor", "partner", "office"],
            "takers",
            &["north", "south", "east", "west"],
        );
        let rules = (1..=rules)
            .map(|n| {
                let permits = draw.percent(85);
                let adult = draw.percent(10);
                let choice = CHOICES[draw.below(CHOICES.len())];
                let needs = if permits { draw.percent(50) } else { !adult };
                Rule {
                    id: format!("r{n}"),
                    permits,
                    data: data.pick(&mut draw),
                    purpose: purposes.pick(&mut draw),
                    recipient: recipients.pick(&mut draw),
                    agreed: needs.then_some(choice),
                    adult,
                }
            })
            .collect();
        let asked = (0..questions)
            .map(|_| Asked {
                data: data.leaf(&mut draw),
                purpose: purposes.leaf(&mut draw),
                recipient: recipients.leaf(&mut draw),
                agreed: CHOICES.into_iter().filter(|_| draw.percent(50)).collect(),
                adult: draw.percent(80),
            })
            .collect();
        Self { data, purposes, recipients, rules, asked }
    }

    /// The plain reading, which every engine must agree with: each rule is looked at.
    pub fn plainly(&self, asked: &Asked) -> Verdict {
        let (data, purposes, recipients) = (self.data.up(), self.purposes.up(), self.recipients.up());
        let covers = |rule: &&Rule| {
            data[asked.data.as_str()].contains(&rule.data.as_str())
                && purposes[asked.purpose.as_str()].contains(&rule.purpose.as_str())
                && recipients[asked.recipient.as_str()].contains(&rule.recipient.as_str())
        };
        let agreed = |rule: &Rule| rule.agreed.is_some_and(|choice| asked.agreed.contains(&choice));
        let permits =
            |rule: &&Rule| rule.permits && (rule.agreed.is_none() || agreed(rule)) && (!rule.adult || asked.adult);
        let lets_pass = |rule: &Rule| agreed(rule) || (rule.adult && asked.adult);
        let forbids = |rule: &&Rule| !(rule.permits || lets_pass(rule));
        let ids = |holds: &dyn Fn(&&Rule) -> bool| -> Vec<String> {
            self.rules.iter().filter(covers).filter(holds).map(|rule| rule.id.clone()).collect()
        };
        let (permitting, forbidding) = (ids(&permits), ids(&forbids));
        verdict(permitting, forbidding)
    }
}

/// A verdict from the rules that permit and those that forbid.
pub fn verdict(permitting: Vec<String>, forbidding: Vec<String>) -> Verdict {
    let allowed = !permitting.is_empty() && forbidding.is_empty();
    let mut because = if allowed {
        permitting
    } else if permitting.is_empty() {
        Vec::new()
    } else {
        forbidding
    };
    because.sort_unstable();
    Verdict { allowed, because: Some(because) }
}
