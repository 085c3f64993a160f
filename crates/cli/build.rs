//! Puts the model policies into the binary: every folder of `policies/` with a `privacy.md`, for `upheld new`.

use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut models: Vec<String> = fs::read_dir(&folder)
        .expect("the model policies are there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| folder.join(name).join("privacy.md").is_file())
        .collect();
    models.sort();
    let mut table = String::from("&[\n");
    for name in &models {
        let path = folder.join(name).join("privacy.md");
        println!("cargo::rerun-if-changed={}", path.display());
        table.push_str(&format!("    ({name:?}, include_str!({:?})),\n", path.display().to_string()));
    }
    table.push(']');
    let out = env::var("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join("models.rs"), table).expect("written");
}
