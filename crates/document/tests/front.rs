//! Front matter.

use upheld_document::{Diagnostic, Document, Source, parse};

fn read(text: &str) -> (Source, Document, Vec<Diagnostic>) {
    let source = Source::new("privacy.md", text);
    let (document, _, diagnostics) = parse(&source, None);
    (source, document, diagnostics)
}

fn codes(text: &str) -> Vec<&'static str> {
    read(text).2.iter().map(|one| one.code).collect()
}

#[test]
fn keys_values_and_their_places() {
    let text = "\u{feff}---\r\nupheld: 1\r\n# a comment: no key\r\n\r\ntitle:  \"Privacy: how\"  \r\npost:\r\n---\r\nBody.\r\n";
    let (source, document, diagnostics) = read(text);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let title = document.front.get("title").unwrap();
    assert_eq!(title.value, "Privacy: how");
    assert_eq!(source.slice(title.value_span), "\"Privacy: how\"");
    assert_eq!(source.slice(title.key_span), "title");
    let post = document.front.get("post").unwrap();
    assert_eq!((post.value.as_str(), source.slice(post.value_span)), ("", ""));
    assert_eq!(source.line_column(post.value_span.start).0, 6);
    assert_eq!(document.sections[0].clauses[0].text, "Body.");
    assert!(document.front.get("zone").is_none());
}

#[test]
fn no_front_matter_is_an_error_and_the_rest_is_read() {
    let (_, document, diagnostics) = read("# Privacy\n\nWe care.\n");
    assert_eq!(diagnostics.iter().map(|one| one.code).collect::<Vec<_>>(), ["UP0601"]);
    assert_eq!(document.sections[0].clauses[0].id, "privacy.1");
    assert_eq!(codes(""), ["UP0601"]);
    assert_eq!(codes("---"), ["UP0601"]);
    assert_eq!(codes("---\ntitle: x\n"), ["UP0601"]);
}

#[test]
fn odd_lines() {
    assert_eq!(codes("---\ntitel: x\n---\n"), ["UP0602"]);
    assert_eq!(codes("---\ntitle: x\ntitle: y\n---\n"), ["UP0603"]);
    assert_eq!(codes("---\ntitle x\n---\n"), ["UP0607"]);
    let (source, document, diagnostics) = read("---\ntitel: x\nfavourite_colour: blue\n---\n");
    let edit = diagnostics[0].help[0].edit.as_ref().unwrap();
    assert_eq!((source.slice(edit.span), edit.replacement.as_str()), ("titel", "title"));
    assert!(diagnostics[1].help[0].text.starts_with("the keys are `upheld`, `title`"));
    assert_eq!(document.front.entries.len(), 2);
}
