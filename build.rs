//! Compiles the model and the tables of `dictionaries/` to the image that the program embeds, with the library's own code.

#![allow(dead_code, missing_docs, unused_imports, reason = "only the compiler of tables is used here")]

#[path = "src/cost.rs"]
mod cost;
#[path = "src/error.rs"]
mod error;
#[path = "src/lexicon/mod.rs"]
mod lexicon;
#[path = "src/text/mod.rs"]
mod text;

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=dictionaries");
    println!("cargo::rerun-if-changed=src/lexicon");
    println!("cargo::rerun-if-changed=src/text");
    if let Err(message) = compile() {
        println!("cargo::error={message}");
    }
}

fn compile() -> Result<(), String> {
    let folder = Path::new("dictionaries");
    let path = folder.join("model/english.model");
    let model = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let image =
        lexicon::compile::compile(&path.display().to_string(), &model, folder).map_err(|e| e.to_string())?;
    let out = std::env::var("OUT_DIR").map_err(|e| e.to_string())?;
    let out = Path::new(&out).join("english.image");
    std::fs::write(&out, image).map_err(|e| format!("{}: {e}", out.display()))
}
