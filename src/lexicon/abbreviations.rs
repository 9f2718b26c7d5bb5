//! Abbreviations: a full stop after one of these does not end a sentence. The list is `dictionaries/abbreviations.txt`.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::text::word_hash;

/// Is this the hash of an abbreviation (written without its full stop)?
pub fn is_abbreviation(hash: u64) -> bool {
    static LIST: OnceLock<HashSet<u64>> = OnceLock::new();
    let list = LIST.get_or_init(|| {
        let lines =
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/abbreviations.txt")).lines();
        lines
            .map(|l| l.split('#').next().unwrap_or("").trim())
            .filter(|l| !l.is_empty())
            .map(word_hash)
            .collect()
    });
    list.contains(&hash)
}
