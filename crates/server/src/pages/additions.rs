//! What the operator has added to the lists that the prose leaves open: it is told on the page, since the rules are not.

use upheld_document::{BlockKind, Clause, Source};

use super::prose::escape;
use super::written;

/// A name that the operator added.
#[derive(Debug, PartialEq, Eq)]
struct Addition {
    /// Its label, or its name as words.
    name: String,
    /// What it counts as.
    groups: Vec<String>,
    /// Since when, as an ISO date.
    since: String,
}

/// Whether a clause is the operator's own.
pub(crate) fn has_additions(clause: &Clause) -> bool {
    clause.blocks.iter().any(|block| block.kind == BlockKind::Added)
}

/// The mark of a clause that is the operator's own, with the names that it adds.
pub(crate) fn mark(source: &Source, clause: &Clause, controller: &str, locale: &str) -> String {
    let blocks = clause.blocks.iter().filter(|block| block.kind == BlockKind::Added);
    let lines = blocks.flat_map(|block| &block.lines).filter(|line| line.indent == 0);
    let items: Vec<String> = lines
        .filter_map(|line| read(source.slice(line.span)))
        .map(|addition| {
            let groups = match addition.groups.as_slice() {
                [] => String::new(),
                groups => format!(" <span class=\"as\">as {}</span>", escape(&groups.join(", "))),
            };
            format!(
                "<li><bdi>{}</bdi>{groups} <time datetime=\"{1}\">{2}</time></li>",
                escape(&addition.name),
                escape(&addition.since),
                escape(&written(&addition.since, locale)),
            )
        })
        .collect();
    let by = if controller.is_empty() { "the operator" } else { controller };
    let bare = if items.is_empty() { " bare" } else { "" };
    let mut out = format!(
        "<div class=\"added{bare}\" role=\"note\" lang=\"en\" dir=\"ltr\"><p class=\"by\">Added by {}</p>",
        escape(by)
    );
    if !items.is_empty() {
        out.push_str(&format!("<ul>{}</ul>", items.concat()));
    }
    out.push_str("</div>");
    out
}

/// Reads `recipient acme is selected_partner "Acme Tools" added 2009-10-01 by partner_lead`. Any other sentence of such a
/// block narrows something; it adds no name. The policy has compiled, so a line that looks like this one is one.
fn read(line: &str) -> Option<Addition> {
    let (declared, added) = line.rsplit_once(" added ")?;
    let since = added.split_whitespace().next()?;
    since.parse::<jiff::civil::Date>().ok()?;
    let mut quoted = declared.split('"');
    let plain = quoted.next().unwrap_or_default();
    let name = plain.split_whitespace().nth(1)?;
    let groups = plain.split_once(" is ").map_or("", |(_, groups)| groups);
    let groups = groups.split(',').filter_map(|group| group.split_whitespace().next()).map(words).collect();
    Some(Addition { name: quoted.next().map_or_else(|| words(name), str::to_owned), groups, since: since.to_owned() })
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_name_is_told_with_its_label_its_groups_and_its_day() {
        let told = |line| read(line).map(|a| (a.name, a.groups.join(", "), a.since));
        let is = |name: &str, groups: &str, since: &str| Some((name.to_owned(), groups.to_owned(), since.to_owned()));
        assert_eq!(
            told("recipient acme is selected_partner in US, processor \"Acme Tools\" added 2009-10-01 by partner_lead"),
            is("Acme Tools", "selected partner, processor", "2009-10-01")
        );
        assert_eq!(
            told("data email is other_contact added 2009-09-20 by data_steward"),
            is("email", "other contact", "2009-09-20")
        );
        assert_eq!(told("we keep visit_facts 12 months after web_visit"), None);
        assert_eq!(told("purpose x is y added soon by z"), None);
    }
}
