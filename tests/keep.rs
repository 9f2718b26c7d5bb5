//! Good English comes back byte for byte: newspaper prose, contracts, letters, sermons, papers, recipes and Scots.

mod common;

use common::{Failure, cleaner, compare_with_known, files, in_parallel, read};

#[test]
fn clean_texts_stay() {
    let mut names = files("tests/keep", ".txt");
    names.extend(files("samples", ".txt").into_iter().filter(|n| n.starts_with("samples/clean-")));
    let texts: Vec<(String, String)> = names.into_iter().map(|n| (n.clone(), read(&n))).collect();
    let failures: Vec<Failure> = in_parallel(&texts, |(name, text)| {
        let cleaned = cleaner().clean(text);
        if cleaned.edits().is_empty() {
            return None;
        }
        let shown = cleaned.edits().iter().map(|e| format!("  {:?} -> {e}\n", &text[e.range.clone()]));
        let (what, size) = (String::new(), cleaned.edits().len());
        Some(Failure { place: name.clone(), what, size, got: shown.collect() })
    })
    .into_iter()
    .flatten()
    .collect();
    compare_with_known(
        "tests/keep-known-failures.txt",
        "clean texts that are still changed, and by how many edits",
        &failures,
    );
}
