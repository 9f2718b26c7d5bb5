//! Any text as a table of phrase rules: an error with its line, or rules that are found again under their left sides.
//!
//! These are the steps of `Builder::phrases`, without its last one, which keeps the table for as long as the program runs.

#![no_main]

use std::collections::HashMap;
use std::sync::OnceLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use ungarble::lexicon::compile::{Grammar, rule_patterns};
use ungarble::lexicon::image::{self, Image};
use ungarble::lexicon::rules::{self, LONGEST, Rules, extend_key, side_tokens};
use ungarble::lexicon::{NUMBER, source};

fuzz_target!(|text: &str| -> Corpus {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    let grammar = GRAMMAR.get_or_init(|| Grammar::embedded().unwrap());
    let table = match source::phrases("fuzz", text, &grammar.classes) {
        Ok(table) => table,
        Err(error) => {
            let line = error.line().expect("a line is at fault");
            assert!(error.is_table() && (1..=text.lines().count()).contains(&line), "{error}");
            return Corpus::Keep;
        }
    };
    let patterns = rule_patterns(&table, grammar, true, &|w| w.len() as u32);
    let mut ids: HashMap<String, u32> = HashMap::new();
    let mut id = |word: &str| {
        let next = ids.len() as u32 + 4;
        *ids.entry(word.to_owned()).or_insert(next)
    };
    let bytes = image::write(&rules::build(&patterns, &mut id));
    let image = Image::open("fuzz", &bytes).unwrap();
    image.verify("fuzz").unwrap();
    let rules = Rules::open(&image).unwrap();
    for pattern in &patterns {
        let left = side_tokens(&pattern.left);
        if left.is_empty() || left.len() > LONGEST {
            continue;
        }
        let key =
            left.iter().fold(0, |key, (w, _)| extend_key(key, if w == "{number}" { NUMBER } else { id(w) }));
        let node = rules.node(key).expect("the left side of a rule is in the table");
        assert!(rules.entries(node).count() > 0, "{pattern:?} has no entry");
        for entry in rules.entries(node) {
            let _ = (entry.text(), entry.ids().count(), entry.known(), entry.capitals(), entry.costs());
        }
    }
    Corpus::Keep
});
