//! Policies to read: drawn once, the same at every run, and of the make of real ones.
//!
//! 60 data in ten groups, 40 purposes in eight, 16 recipients in four, eight roles that each work on one group of purposes, eight forms,
//! six kinds of person, twelve choices. Of the rules 8 % collect, 34 % permit a use, 16 % a disclosure, 8 % a change; 8 % are promises
//! without a condition about a group of data that nothing permits, 6 % promises with one; 10 % are periods, 6 % rights, 4 % choices. A
//! third of the permissions have a condition. Four rules stand below a paragraph of some 60 words.

use std::fmt::Write as _;

use crate::decide::shape::Draw;

const DATA: [&str; 10] =
    ["contact", "payment", "order", "device", "visit", "learning", "message", "profile", "support", "secret"];
const OF_DATA: [&str; 6] = ["number", "day", "kind", "source", "status", "note"];
const WORK: [&str; 8] = ["service", "account", "safety", "research", "news", "trade", "billing", "care"];
const OF_WORK: [&str; 5] = ["planning", "running", "review", "support", "reporting"];
const TAKERS: [&str; 4] = ["carrier", "maker", "partner", "helper"];
const OF_TAKERS: [&str; 4] = ["north", "south", "east", "west"];
const KINDS: [&str; 4] = ["patron", "student", "trader", "tester"];
const CHOICES: usize = 12;

const PROSE: &str = "What we have from you is used for the work that is named here and by those whose work it is. Where it says that you can \
choose, nothing happens until you have said yes, or after you have said no, and it makes no difference to what else we do for you. How \
long things stay with us is said with each of them, and afterwards they are gone.\n";

/// A policy of so many rules. Of the changed one every fiftieth rule is gone, and every sixtieth is another.
pub struct Drawn {
    pub rules: Vec<String>,
}

impl Drawn {
    pub fn new(rules: usize) -> Self {
        let mut draw = Draw(rules as u64);
        let mut choices = 0;
        let mut out: Vec<String> = Vec::new();
        for n in 0..rules {
            out.push(rule(n, &mut draw, &mut choices));
        }
        Self { rules: out }
    }

    /// The same, changed here and there.
    pub fn changed(&self) -> Self {
        let mut draw = Draw(4_711);
        let mut rules = Vec::new();
        for (n, rule) in self.rules.iter().enumerate() {
            match rule {
                rule if rule.contains(" collect ") || rule.contains(" may agree ") || rule.contains(" may refuse ") => {
                    rules.push(rule.clone());
                }
                _ if n % 50 == 49 => {}
                _ if n % 60 == 59 => rules.push(share(&mut draw, 0)),
                _ => rules.push(rule.clone()),
            }
        }
        Self { rules }
    }

    pub fn text(&self) -> String {
        let mut out = String::from(
            "---\nupheld: 1\ntitle: Privacy\ncontroller: Somebody\ncontact: office@example.org\nversion: 1\n\
             effective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n## Names {#names}\n\nWhat is spoken of.\n\n```upheld\n",
        );
        let mut tree = |word: &str, groups: &[&str], group: &str, leaves: &[&str]| {
            for stem in groups {
                let _ = writeln!(out, "{word} {stem}_{group}");
                for leaf in leaves {
                    let _ = writeln!(out, "{word} {stem}_{leaf} is {stem}_{group}");
                }
            }
        };
        tree("data", &DATA, "facts", &OF_DATA);
        tree("purpose", &WORK, "work", &OF_WORK);
        tree("recipient", &TAKERS, "takers", &OF_TAKERS);
        let _ = writeln!(
            out,
            "person visitor\nperson customer\n  begins at form_0\n  ends at leaving\npoint leaving is event"
        );
        for kind in KINDS {
            let _ = writeln!(out, "person {kind} is customer\n  begins at form_1\n  ends at leaving");
        }
        for n in 0..8 {
            let _ = writeln!(out, "point form_{n} is form in \"www.example.org/form/{n}\"");
        }
        for stem in WORK {
            let _ = writeln!(out, "role {stem}_desk \"Does the {stem} work\", works on {stem}_work");
        }
        out.push_str("```\n");
        for (n, rules) in self.rules.chunks(4).enumerate() {
            let _ = write!(out, "\n## Part {n} {{#part-{n}}}\n\n{PROSE}\n```upheld\n{}\n```\n", rules.join("\n"));
        }
        out
    }
}

/// A single name in most cases, else its group; never of what nothing permits.
fn data(draw: &mut Draw) -> String {
    let stem = DATA[draw.below(DATA.len() - 1)];
    if draw.percent(70) { format!("{stem}_{}", OF_DATA[draw.below(OF_DATA.len())]) } else { format!("{stem}_facts") }
}

fn work(draw: &mut Draw) -> String {
    let stem = WORK[draw.below(WORK.len())];
    if draw.percent(75) { format!("{stem}_{}", OF_WORK[draw.below(OF_WORK.len())]) } else { format!("{stem}_work") }
}

fn taker(draw: &mut Draw) -> String {
    let stem = TAKERS[draw.below(TAKERS.len())];
    if draw.percent(75) {
        format!("{stem}_{}", OF_TAKERS[draw.below(OF_TAKERS.len())])
    } else {
        format!("{stem}_takers")
    }
}

fn choice(n: usize) -> String {
    format!("{}_{}", WORK[n % WORK.len()], OF_WORK[n / WORK.len() + 1])
}

fn condition(draw: &mut Draw, choices: usize) -> String {
    match draw.below(6) {
        // The even ones are agreed to.
        0 if choices > 0 => format!(" if they have agreed to {}", choice(draw.below(choices.div_ceil(2)) * 2)),
        1 => format!(" if {}", KINDS[draw.below(KINDS.len())]),
        _ => String::new(),
    }
}

fn share(draw: &mut Draw, choices: usize) -> String {
    let (data, taker, work, condition) = (data(draw), taker(draw), work(draw), condition(draw, choices));
    format!("we may share {data} of customer with {taker} for {work}{condition}")
}

fn rule(n: usize, draw: &mut Draw, choices: &mut usize) -> String {
    // Everything is taken somewhere, and what one may choose is offered before it is asked for.
    if n < DATA.len() - 1 {
        return format!("we collect {}_facts from customer at form_{} for {}", DATA[n], n % 8, work(draw));
    }
    match n % 50 {
        0..4 => {
            let may = if draw.percent(50) { " may" } else { "" };
            format!("we{may} collect {} from customer at form_{} for {}", data(draw), draw.below(8), work(draw))
        }
        4..6 if *choices < CHOICES => {
            let offered = *choices;
            *choices += 1;
            let verb = if offered.is_multiple_of(2) { "agree to" } else { "refuse" };
            format!("customer may {verb} {} \"Choice {offered}\" via form settings, email", choice(offered))
        }
        4..6 | 46..50 => format!("customer may request to see {} via email within 30 days", data(draw)),
        6..11 => format!("we keep {} of customer {} months after leaving", data(draw), 1 + draw.below(36)),
        11..15 => {
            let leaf = OF_DATA[draw.below(OF_DATA.len())];
            let (act, with) = [("use", ""), ("share", " with anyone"), ("sell", " with anyone")][draw.below(3)];
            format!("we never {act} secret_{leaf}{with} for {}", work(draw))
        }
        15..18 if *choices > 0 => {
            let n = draw.below(*choices);
            let unless = if n.is_multiple_of(2) { "unless they have agreed to" } else { "if they have refused" };
            format!("we never use {} for {} {unless} {}", data(draw), work(draw), choice(n))
        }
        18..22 => {
            format!("{}_desk may change {} of customer for {}", WORK[draw.below(WORK.len())], data(draw), work(draw))
        }
        22..30 => share(draw, *choices),
        _ => {
            let (data, work, condition) = (data(draw), work(draw), condition(draw, *choices));
            format!("we may use {data} of customer for {work}{condition}")
        }
    }
}

/// A text of at least so many bytes.
pub fn of_length(bytes: usize) -> String {
    let mut rules = 40;
    loop {
        let text = Drawn::new(rules).text();
        if text.len() >= bytes {
            return text;
        }
        rules += 4;
    }
}

/// A policy ten times: what it declares, offers and shows once, its prose and its other rules ten times under headings of their own.
pub fn ten_times(text: &str) -> String {
    let mut out = text.to_owned();
    let body = text.splitn(3, "---\n").nth(2).unwrap_or(text);
    for copy in 1..10 {
        let (mut block, mut skipping): (Option<bool>, Option<usize>) = (None, None);
        for line in body.lines() {
            if line.trim_start().starts_with("```") {
                let (kept, next) = match block {
                    Some(kept) => (kept, None),
                    None => (line.trim() == "```upheld", Some(line.trim() == "```upheld")),
                };
                if kept {
                    let _ = writeln!(out, "{line}");
                }
                (block, skipping) = (next, None);
                continue;
            }
            match block {
                // Scenarios and additions.
                Some(false) => continue,
                Some(true) => {
                    let indent = line.len() - line.trim_start().len();
                    if skipping.is_some_and(|above| indent > above) {
                        continue;
                    }
                    skipping = (!is_rule(line)).then_some(indent);
                    if skipping.is_none() {
                        let _ = writeln!(out, "{line}");
                    }
                }
                None => {
                    let heading = line.starts_with('#');
                    let named = line.replace('}', &format!("-{copy}}}"));
                    let _ = writeln!(out, "{}", if heading { named.as_str() } else { line });
                }
            }
        }
    }
    out
}

fn is_rule(line: &str) -> bool {
    let offers = [" may agree", " may refuse", " may object", " is compatible "].iter().any(|what| line.contains(what));
    let declares = [
        "data ",
        "person ",
        "purpose ",
        "recipient ",
        "role ",
        "point ",
        "ground ",
        "relation ",
        "notice ",
        "open ",
        "report ",
        "cookie ",
        "local ",
        "term ",
        "renamed ",
        "allow ",
    ];
    !offers && !line.trim().is_empty() && !declares.iter().any(|word| line.trim_start().starts_with(word))
}
