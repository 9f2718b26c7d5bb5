//! The floors of the house: a module imports only from floors below its own.

use std::collections::BTreeMap;
use std::path::Path;

/// The floors, lowest first; modules of one floor do not know each other, except on the ground floor.
const FLOORS: [&[&str]; 9] = [
    &["cost", "edit", "error", "random"],
    &["text"],
    &["lexicon"],
    &["document", "encoding"],
    &["channel"],
    &["decode"],
    &["clean", "embedded", "train", "eval", "garble", "replay"],
    &["report"],
    &["cli"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// May code of `module` name things of `other`?
fn may_import(module: &str, other: &str) -> bool {
    let (here, there) = (floor(module), floor(other));
    module == other || there < here || (here == Some(0) && there == Some(0))
}

/// All source files, with the top-level module that each belongs to. The roots (`lib.rs`, `main.rs`) see everything.
fn sources(folder: &Path, module: Option<&str>, out: &mut BTreeMap<String, (String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let own = module.unwrap_or(stem);
        if path.is_dir() {
            sources(&path, Some(own), out);
        } else if path.extension().is_some_and(|e| e == "rs")
            && !(module.is_none() && matches!(stem, "lib" | "main"))
        {
            out.insert(path.display().to_string(), (own.to_owned(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// What a file names of the crate outside its tests and comments: (line, top-level module).
fn imports(file: &str, text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    if file.ends_with("/tests.rs") {
        return out;
    }
    for (i, line) in text.lines().enumerate() {
        if line.trim() == "#[cfg(test)]" {
            break;
        }
        let code = line.split("//").next().unwrap_or("");
        for (at, _) in code.match_indices("crate::") {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue; // `some_crate::`
            }
            let rest = &code[at + "crate::".len()..];
            let names = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or("").split(',').map(str::trim).collect(),
                None => vec![rest],
            };
            let name =
                |n: &str| n.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
            out.extend(names.into_iter().map(|n| (i + 1, name(n))));
        }
    }
    out
}

#[test]
fn imports_go_only_down() {
    let mut files = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    let mut faults = String::new();
    for (file, (module, text)) in &files {
        if floor(module).is_none() {
            faults += &format!(
                "{file}: {module} has no floor; add it to the table of this test and of ARCHITECTURE.md\n"
            );
            continue;
        }
        for (line, other) in imports(file, text) {
            if floor(&other).is_none() {
                faults +=
                    &format!("{file}:{line}: {other} is no module with a floor; name it by its module\n");
            } else if !may_import(module, &other) {
                faults += &format!("{file}:{line}: {module} must not know {other}\n");
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn the_test_sees_what_goes_up() {
    let text = "use crate::cost::Cost;\nuse crate::{clean::Cleaner, edit};\n// crate::cli\nlet x = crate::decode::search();\n#[cfg(test)]\nuse crate::cli;";
    let found = imports("src/text/token.rs", text);
    let names: Vec<_> = found.iter().map(|(line, name)| (*line, name.as_str())).collect();
    assert_eq!(names, [(1, "cost"), (2, "clean"), (2, "edit"), (4, "decode")]);
    assert!(may_import("clean", "decode") && may_import("edit", "error") && may_import("text", "text"));
    assert!(!may_import("text", "lexicon") && !may_import("train", "clean") && !may_import("decode", "cli"));
}
