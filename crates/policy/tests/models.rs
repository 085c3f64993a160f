//! The model policies are whole.

use std::path::Path;
use std::time::Instant;

use upheld_document::{Format, Source, print};

#[test]
fn the_model_policies_load_without_a_word() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path().join("privacy.md");
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let source = Source::new(file.display().to_string(), text);
        let before = Instant::now();
        let loaded = upheld_policy::load(&source, None);
        let took = before.elapsed();
        assert!(loaded.diagnostics.is_empty(), "{}", print(&loaded.diagnostics, &source, Format::Plain));
        assert!(loaded.policy.is_some());
        println!("{}: {took:?}", file.display());
        seen += 1;
    }
    assert!(seen > 0, "no policy was found");
}
