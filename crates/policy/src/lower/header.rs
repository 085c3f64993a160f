//! The front matter as a [`Header`].

use upheld_decide::Header;
use upheld_document::{Diagnostic, Document, Source, Span};

use crate::EDITION;

pub(super) fn header(source: &Source, document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Header {
    let front = &document.front;
    let value = |key: &str| front.get(key).map(|entry| entry.value.clone()).unwrap_or_default();
    if !front.entries.is_empty() || front.span != Span::default() {
        for (key, example) in [
            ("upheld", "upheld: 1"),
            ("title", "title: Privacy at Example"),
            ("controller", "controller: Example Ltd"),
            ("contact", "contact: privacy@example.org"),
            ("version", "version: 1"),
            ("effective", "effective: 2026-12-01"),
        ] {
            if value(key).is_empty() {
                diagnostics.push(
                    Diagnostic::error("UP0604", format!("the front matter does not say `{key}`"))
                        .at(
                            Span {
                                start: front.span.start,
                                end: front.span.start.saturating_add(3).min(front.span.end),
                            },
                            "",
                        )
                        .help(format!("add a line such as `{example}`")),
                );
            }
        }
    }
    let edition = value("upheld");
    if let Some(entry) = front.get("upheld")
        && edition != EDITION.to_string()
    {
        diagnostics.push(
            Diagnostic::error(
                "UP0606",
                format!("this program reads edition {EDITION} of the language, not `{edition}`"),
            )
            .at(entry.value_span, "")
            .help("a newer program reads newer editions; older editions keep their meaning"),
        );
    }
    if let Some(entry) = front.get("effective")
        && entry.value.parse::<jiff::civil::Date>().is_err()
    {
        diagnostics.push(
            Diagnostic::error("UP0605", format!("`{}` is not a day of the calendar", source.slice(entry.value_span)))
                .at(entry.value_span, "")
                .help("write year, month and day: `effective: 2026-12-01`"),
        );
    }
    let zone = if value("zone").is_empty() { "UTC".to_owned() } else { value("zone") };
    if let Some(entry) = front.get("zone")
        && !plausible_zone(&entry.value)
    {
        diagnostics.push(
            Diagnostic::error("UP0605", format!("`{}` is not the name of a time zone", entry.value))
                .at(entry.value_span, "")
                .help("write an IANA name such as `Europe/Amsterdam`, or leave it out for UTC"),
        );
    }
    Header {
        edition: edition.parse().unwrap_or_default(),
        title: value("title"),
        controller: value("controller"),
        contact: value("contact"),
        version: value("version"),
        effective: value("effective"),
        zone,
        covers: value("covers").split(',').map(|host| host.trim().to_owned()).filter(|host| !host.is_empty()).collect(),
        locale: if value("locale").is_empty() { "en".to_owned() } else { value("locale") },
    }
}

/// The form of an IANA zone name. Whether it exists is seen where there is a zone database; this crate reads no file.
fn plausible_zone(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'))
}
