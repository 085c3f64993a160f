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
        println!("{}: {took:?}", file.display());
        let policy = loaded.policy.unwrap();
        let changes = upheld_policy::reason::diff::diff(&policy, &policy);
        assert!(changes.lines.is_empty() && changes.prose.is_empty(), "{}: {:?}", file.display(), changes.lines);
        seen += 1;
    }
    assert!(seen > 0, "no policy was found");
}

/// A policy of a house with many departments: each with its own data, purposes, partners, promises and cases.
fn departments(count: usize) -> String {
    let mut out = String::from(
        "---\nupheld: 1\ntitle: A large house\ncontroller: House\ncontact: house@example.org\nversion: 1\n\
         effective: 2026-12-01\n---\n\n## Rules\n\nProse.\n\n```upheld\nperson visitor\nperson customer\n  begins at sign_up\n\
         \x20 ends at leaving\npoint sign_up is event\n",
    );
    for n in 0..count {
        out += &format!("data file{n} is contact\n");
        for (part, parents) in [("a", ", identifying"), ("b", ""), ("c", ", identifying"), ("d", ""), ("e", "")] {
            out += &format!("data file{n}{part} is file{n}{parents}\n");
        }
        out += &format!(
            "purpose aim{n} is marketing\npurpose aim{n}a, aim{n}b is aim{n}\nrecipient house{n} is processor\n\
             role clerk{n}, works on aim{n}, case{n}\nground case{n}\npoint desk{n} is event\n\
             we collect file{n}a, file{n}b from customer at desk{n} for aim{n}a\n\
             we may collect file{n} of visitor at desk{n} for aim{n}b\n\
             we may use file{n} of customer for aim{n}\n  but never file{n}d\n\
             we may share file{n}b of customer as aggregate of {} with house{n} for aim{n}a\n\
             we never share file{n}c with anyone\n  but may share with house{n} on case{n}\n  except for aim{n}b if customer\n\
             customer may refuse aim{n}a\nwe never use file{n}e for aim{n} unless customer\n",
            5 + n % 3
        );
    }
    out + "```\n"
}

#[test]
fn a_large_policy_compiles_in_time() {
    let source = Source::new("large.md", departments(25));
    let before = Instant::now();
    let loaded = upheld_policy::load(&source, None);
    let took = before.elapsed();
    assert!(loaded.diagnostics.is_empty(), "{}", print(&loaded.diagnostics, &source, Format::Plain));
    let compiled = loaded.policy.unwrap().compiled;
    println!("{} names of data, {} cells: {took:?}", compiled.names.data.len(), compiled.table.cells.len());
    // A second in a release build on a quiet machine; here there is room for a debug build on a busy one.
    assert!(took.as_secs() < 20, "{took:?}");
}
