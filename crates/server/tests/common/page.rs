use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

use super::Reply;

/// A page that was read as a browser reads it.
pub struct Page(Html);

pub fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

impl Page {
    /// Reads a page and holds it against what every page must be.
    #[track_caller]
    pub fn read(reply: &Reply) -> Self {
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        let page = Self(Html::parse_document(reply.text()));
        assert!(page.0.errors.is_empty(), "{:?} in {}", page.0.errors, reply.text());
        page.assert_sound();
        page
    }

    pub fn all(&self, select: &str) -> Vec<ElementRef<'_>> {
        self.0.select(&selector(select)).collect()
    }

    /// The texts of all elements.
    pub fn texts(&self, select: &str) -> Vec<String> {
        self.all(select).into_iter().map(text).collect()
    }

    /// The text of the one element.
    #[track_caller]
    pub fn text(&self, select: &str) -> String {
        let all = self.texts(select);
        assert_eq!(all.len(), 1, "{select}: {all:?}");
        all.into_iter().next().unwrap_or_default()
    }

    pub fn attributes(&self, select: &str, name: &str) -> Vec<String> {
        self.all(select).into_iter().filter_map(|element| element.attr(name)).map(str::to_owned).collect()
    }

    /// Nothing that runs, nothing from elsewhere, one main heading, ids that are unique, links within the page that lead
    /// somewhere.
    #[track_caller]
    fn assert_sound(&self) {
        for select in
            ["script", "style", "iframe", "object", "embed", "form", "img", "base", "input", "meta[http-equiv]"]
        {
            assert!(self.all(select).is_empty(), "there is a {select}");
        }
        assert_eq!(self.all("h1").len(), 1, "there is one main heading");
        assert_eq!(self.all("main").len(), 1);
        assert!(!self.text("title").trim().is_empty());
        let mut ids = BTreeSet::new();
        for element in self.all("*") {
            for (name, value) in element.value().attrs() {
                assert!(
                    !name.starts_with("on") && name != "style" && name != "srcset",
                    "{name} on a {}",
                    element.value().name()
                );
                if ["href", "src", "action", "formaction", "xlink:href"].contains(&name) {
                    let scheme = value
                        .split(['/', '?', '#'])
                        .next()
                        .unwrap_or_default()
                        .split_once(':')
                        .map(|(scheme, _)| scheme);
                    let fine = scheme
                        .is_none_or(|scheme| ["http", "https", "mailto", "tel"].contains(&&*scheme.to_lowercase()));
                    assert!(fine && !value.starts_with("//"), "{name}={value}");
                }
                if name == "id" {
                    assert!(ids.insert(value.to_owned()), "the id {value} stands twice");
                }
            }
        }
        for link in self.attributes("a[href^='#']", "href") {
            assert!(ids.contains(&link[1..]), "{link} leads nowhere");
        }
        for label in self.attributes("[aria-labelledby]", "aria-labelledby") {
            assert!(ids.contains(&label), "{label} labels nothing");
        }
        let html = self.all("html");
        assert!(html.iter().all(|html| html.attr("lang").is_some_and(|lang| !lang.is_empty())));
        for link in self.all("link") {
            assert!(
                link.attr("href").is_some_and(|href| href.starts_with('/') || link.attr("rel") == Some("canonical"))
            );
        }
    }
}

pub fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
