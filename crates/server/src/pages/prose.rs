//! The prose of a policy as HTML: no rule blocks, no raw HTML, no pictures, every clause with an anchor of its own.

use std::collections::BTreeMap;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use upheld_document::{Clause, Document, Section, Source};
use upheld_service::publish::Page;

use super::additions;
use super::below::Below;

/// What a policy page shows of the document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prose {
    /// The text, as HTML that is safe to embed.
    pub(crate) html: String,
    /// The text of the first heading of level 1, which stands in the page's head instead.
    pub(crate) title: Option<String>,
    /// The sections for the table of contents.
    pub(crate) contents: Vec<Entry>,
}

/// A line of the table of contents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) slug: String,
    pub(crate) number: String,
    pub(crate) title: String,
    /// The sections one level below.
    pub(crate) below: Vec<Entry>,
}

/// Renders a document. `controller` is who stands behind what was added to it; `page` is what stands below its clauses.
pub(crate) fn render(source: &Source, document: &Document, page: &Page, controller: &str, locale: &str) -> Prose {
    let below = |clause: &Clause| {
        let mut out = String::new();
        if additions::has_additions(clause) {
            out.push_str(&additions::mark(source, clause, controller, locale));
        }
        if let Some(shown) = page.clauses.get(&clause.id) {
            out.push_str(&Below::html(shown, document, controller));
        }
        out
    };
    let mut writer = Writer::new(document, &below);
    let base = document.front.span.end;
    let text = source.text.get(base as usize..).unwrap_or("");
    let options = Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        let start = base.saturating_add(u32::try_from(range.start).unwrap_or(u32::MAX));
        writer.take(event, start);
    }
    writer.end_clause();
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, writer.events.into_iter());
    Prose { html: out, title: writer.title, contents: contents(document) }
}

fn contents(document: &Document) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for section in &document.sections {
        let entry = Entry {
            slug: section.slug.clone(),
            number: section.number.clone(),
            title: section.title.clone(),
            below: Vec::new(),
        };
        match (section.level, entries.last_mut()) {
            (2, _) | (3, None) => entries.push(entry),
            (3, Some(above)) => above.below.push(entry),
            _ => {}
        }
    }
    entries
}

struct Writer<'d> {
    /// What stands below a clause: the mark of one that the operator added, lists, and how it is kept.
    below: &'d dyn Fn(&Clause) -> String,
    sections: BTreeMap<u32, &'d Section>,
    clauses: BTreeMap<u32, &'d Clause>,
    events: Vec<Event<'d>>,
    depth: usize,
    clause: Option<&'d Clause>,
    /// In a rule block or in the heading that stands in the page's head.
    hidden: bool,
    links: Vec<bool>,
    title: Option<String>,
}

impl<'d> Writer<'d> {
    fn new(document: &'d Document, below: &'d dyn Fn(&Clause) -> String) -> Self {
        let clauses = document.sections.iter().flat_map(|section| &section.clauses);
        Self {
            below,
            sections: document.sections.iter().filter(|s| s.level > 0).map(|s| (s.heading.start, s)).collect(),
            clauses: clauses.map(|clause| (clause.span.start, clause)).collect(),
            events: Vec::new(),
            depth: 0,
            clause: None,
            hidden: false,
            links: Vec::new(),
            title: None,
        }
    }

    fn take(&mut self, event: Event<'d>, start: u32) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => self.begin_heading(level, start),
            Event::End(TagEnd::Heading(level)) => self.end_heading(level),
            Event::Start(tag) => {
                if self.depth == 0 {
                    self.begin_clause(start);
                }
                self.depth += 1;
                self.begin(tag);
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                self.end(tag);
            }
            Event::Html(_) | Event::InlineHtml(_) => {}
            Event::Rule if self.depth == 0 => {
                self.end_clause();
                self.events.push(Event::Rule);
            }
            event if self.hidden => drop(event),
            event => self.events.push(event),
        }
    }

    fn begin(&mut self, tag: Tag<'d>) {
        if self.hidden {
            return;
        }
        match tag {
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) if is_rules(&info) => self.hidden = true,
            // It scrolls by itself where it is wider than the page: then the keyboard must reach it.
            Tag::CodeBlock(_) => self.raw("<pre role=\"group\" aria-label=\"Code\" tabindex=\"0\"><code>"),
            Tag::Link { ref dest_url, .. } => {
                let safe = is_safe(dest_url);
                self.links.push(safe);
                if safe {
                    self.events.push(Event::Start(tag));
                }
            }
            // The words that describe a picture stay.
            Tag::Image { .. } | Tag::HtmlBlock => {}
            // Alignment would be written as an inline style, which the content security policy forbids.
            Tag::Table(columns) => {
                self.raw("<div class=\"table\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">");
                self.events.push(Event::Start(Tag::Table(vec![Alignment::None; columns.len()])));
            }
            tag => self.events.push(Event::Start(tag)),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock if self.hidden => self.hidden = false,
            _ if self.hidden => {}
            TagEnd::CodeBlock => self.raw("</code></pre>"),
            TagEnd::Link => {
                if self.links.pop().unwrap_or(false) {
                    self.events.push(Event::End(tag));
                }
            }
            TagEnd::Image | TagEnd::HtmlBlock => {}
            TagEnd::Table => {
                self.events.push(Event::End(tag));
                self.raw("</div>");
            }
            tag => self.events.push(Event::End(tag)),
        }
    }

    fn begin_heading(&mut self, level: HeadingLevel, start: u32) {
        let Some(section) = self.sections.get(&start).copied().filter(|_| self.depth == 0) else {
            self.raw("<p><strong>");
            return;
        };
        self.end_clause();
        if level == HeadingLevel::H1 && self.title.is_none() {
            self.title = Some(section.title.clone());
            self.hidden = true;
            return;
        }
        let slug = escape(&section.slug);
        let number = if section.number.is_empty() {
            String::new()
        } else {
            format!("<a class=\"number\" href=\"#{slug}\"><span class=\"sign\">§</span>{}</a> ", section.number)
        };
        self.raw(format!("<h{} id=\"{slug}\">{number}", rank(level)));
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        if self.depth > 0 {
            self.raw("</strong></p>");
        } else if self.hidden {
            self.hidden = false;
        } else {
            self.raw(format!("</h{}>", rank(level)));
        }
    }

    /// A piece of prose that the rules speak of can be linked to by its id.
    fn begin_clause(&mut self, start: u32) {
        if let Some(clause) = self.clauses.get(&start).copied() {
            self.end_clause();
            self.raw(format!("<div class=\"clause\" id=\"{}\">", escape(&clause.id)));
            self.clause = Some(clause);
        }
    }

    fn end_clause(&mut self) {
        if let Some(clause) = self.clause.take() {
            self.raw((self.below)(clause));
            self.raw("</div>");
        }
    }

    fn raw(&mut self, html: impl Into<CowStr<'d>>) {
        self.events.push(Event::Html(html.into()));
    }
}

/// A page has one heading of level 1, and it is the title.
fn rank(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn is_rules(info: &str) -> bool {
    matches!(info.split_whitespace().next(), Some("upheld" | "scenario"))
}

/// Whether a link may stand on the page: the web, mail, telephone, or a place on this server.
fn is_safe(url: &str) -> bool {
    let head = url.split(['/', '?', '#']).next().unwrap_or("");
    match head.split_once(':') {
        Some((scheme, _)) => ["http", "https", "mailto", "tel"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe)),
        None => !url.starts_with("//") && !url.contains('\\') && !url.contains(char::is_control),
    }
}

/// Text as it may stand on the page, in an attribute too.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> Prose {
        let source = Source::new("privacy.md", format!("---\nupheld: 1\ntitle: T\n---\n{markdown}"));
        let (document, _, _) = upheld_document::parse(&source, None);
        render(&source, &document, &Page::default(), "Larchfield", "en")
    }

    #[test]
    fn rules_raw_html_pictures_and_scripted_links_do_not_reach_the_page() {
        let page = html(
            "# *Our* Privacy\n\n## Partners {#partners}\n\nWe <b onclick=x>never</b> sell. [a](javascript:alert(1)) [b](https://b.example) \
             ![a map](https://c.example/x.png)\n\n```upheld\nwe never sell anything\n```\n\n<script>alert(1)</script>\n\n\
             - one\n  ```scenario\n  ann may not\n  ```\n\n```\nplain code\n```\n",
        );
        assert_eq!(page.title.as_deref(), Some("Our Privacy"));
        for absent in
            ["sell anything", "ann may", "<script", "onclick", "javascript:", "<img", "c.example", "<h1", "<em"]
        {
            assert!(!page.html.contains(absent), "{absent} in {}", page.html);
        }
        for present in [
            "<h2 id=\"partners\"><a class=\"number\" href=\"#partners\"><span class=\"sign\">§</span>1</a> Partners</h2>",
            "<div class=\"clause\" id=\"partners.1\">",
            "<a href=\"https://b.example\">b</a>",
            "a map",
            "plain code",
            "<li>one",
        ] {
            assert!(page.html.contains(present), "{present} not in {}", page.html);
        }
        assert_eq!(page.html.matches("<div").count(), page.html.matches("</div>").count());
    }

    #[test]
    fn the_contents_nest_once_and_tables_have_no_inline_style() {
        let page = html("## A\n\n### A one\n\n#### deep\n\n## B\n\n|x|y|\n|:-|-:|\n|1|2|\n\n> # quoted\n");
        let entries: Vec<_> =
            page.contents.iter().map(|e| (e.number.as_str(), e.title.as_str(), e.below.len())).collect();
        assert_eq!(entries, [("1", "A", 1), ("2", "B", 0)]);
        assert!(!page.html.contains("style="), "{}", page.html);
        assert!(page.html.contains("<p><strong>quoted</strong></p>"), "{}", page.html);
    }

    #[test]
    fn links_to_other_schemes_and_hosts_without_scheme_are_not_safe() {
        assert!(
            ["https://a.example", "mailto:a@b.example", "#partners", "/policy/versions", "a/b:c"]
                .into_iter()
                .all(is_safe)
        );
        assert!(
            !["javascript:x", "JavaScript:x", "data:text/html,x", "//evil.example", "vbscript:x", "/\\evil"]
                .into_iter()
                .any(is_safe)
        );
    }
}
