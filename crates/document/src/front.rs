//! Front matter: `key: value` lines between two lines of `---`.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::source::Source;
use crate::span::Span;

const KEYS: [&str; 12] = [
    "upheld",
    "title",
    "controller",
    "contact",
    "post",
    "covers",
    "effective",
    "version",
    "zone",
    "locale",
    "jurisdictions",
    "rules",
];

/// One line of the front matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The value without quotes and blanks around it.
    pub value: String,
    /// Where the key stands.
    pub key_span: Span,
    /// Where the value stands.
    pub value_span: Span,
}

/// The front matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Front {
    /// Its lines in order.
    pub entries: Vec<Entry>,
    /// From the first `---` to the last; empty when there is none.
    pub span: Span,
}

impl Front {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// Reads the front matter; gives it and the byte at which the body begins.
pub(crate) fn parse(source: &Source, diagnostics: &mut Vec<Diagnostic>) -> (Front, usize) {
    let text = &source.text;
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut front = Front::default();
    let mut taken = BTreeMap::new();
    let mut at = bom;
    let mut lines = text.get(bom..).unwrap_or("").split_inclusive('\n');
    if lines.next().map(str::trim_end) != Some("---") {
        diagnostics.push(
            Diagnostic::error("UP0601", "the policy has no front matter")
                .at(Span::new(0, 0), "expected a line `---` here")
                .help("begin with `---`, then lines such as `title: Privacy at Example`, `controller: Example`, then `---`"),
        );
        return (front, bom);
    }
    at += text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len() - at, |end| end + 1);
    for line in lines {
        let start = at;
        at += line.len();
        let bare = line.trim();
        if bare == "---" {
            front.span = Span::new(bom, start + line.trim_end().len());
            return (front, at);
        }
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        read_line(line, start, &mut front, &mut taken, diagnostics);
    }
    diagnostics.push(
        Diagnostic::error("UP0601", "the front matter is not closed")
            .at(Span::new(bom, bom + 3), "it begins here")
            .help("end it with a line `---`"),
    );
    front.span = Span::new(bom, bom + 3);
    (front, bom + 3)
}

fn read_line(
    line: &str,
    start: usize,
    front: &mut Front,
    taken: &mut BTreeMap<String, usize>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let indent = line.len() - line.trim_start().len();
    let whole = Span::new(start + indent, start + line.trim_end().len());
    let Some((key, value)) = line.split_once(':') else {
        diagnostics.push(
            Diagnostic::error("UP0607", "a line of the front matter is `key: value`")
                .at(whole, "no colon here")
                .help("write for example `title: Privacy at Example`"),
        );
        return;
    };
    let line_end = start + line.trim_end().len();
    let value_start = (start + key.len() + 1 + (value.len() - value.trim_start().len())).min(line_end);
    let value_span = Span::new(value_start, value_start + value.trim().len());
    let key_span = Span::new(start + indent, start + key.trim_end().len());
    let entry = Entry { key: key.trim().to_owned(), value: unquoted(value.trim()).to_owned(), key_span, value_span };
    let first = taken.get(&entry.key).and_then(|at| front.entries.get(*at));
    if let Some(first) = first {
        diagnostics.push(
            Diagnostic::error("UP0603", format!("`{}` is said twice", entry.key))
                .at(entry.key_span, "again here")
                .also(first.key_span, "first here")
                .help("keep one of the two"),
        );
        return;
    }
    if !KEYS.contains(&entry.key.as_str()) {
        let mut finding =
            Diagnostic::finding("UP0602", format!("front matter has no key `{}`", entry.key)).at(entry.key_span, "");
        finding = match nearest(&entry.key, KEYS.into_iter()) {
            Some(near) => finding.suggest(format!("did you mean `{near}`?"), entry.key_span, near),
            None => finding.help(format!("the keys are {}", KEYS.map(|key| format!("`{key}`")).join(", "))),
        };
        diagnostics.push(finding);
    }
    taken.insert(entry.key.clone(), front.entries.len());
    front.entries.push(entry);
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}
