//! Words and marks as the scorer counts them: the regular expression `\w+(?:['’\-]\w+)*|[^\w\s]` of Python.

use std::collections::HashMap;
use std::sync::OnceLock;

use regex::Regex;

/// The words and marks of a text; spaces do not count.
///
/// ```
/// use ungarble::eval::words;
/// assert_eq!(words("It’s well-known, 4.2%"), ["It’s", "well-known", ",", "4", ".", "2", "%"]);
/// ```
pub fn words(text: &str) -> Vec<&str> {
    // Python's \w is letters, numbers of any kind and the low line (no marks, unlike Rust's), and its \s has the four
    // separators U+001C to U+001F that Unicode's White_Space has not.
    static WORD: OnceLock<Regex> = OnceLock::new();
    let word = WORD.get_or_init(|| {
        Regex::new(r"[\p{L}\p{N}_]+(?:['’\-][\p{L}\p{N}_]+)*|[^\p{L}\p{N}_\s\x1c-\x1f]")
            .expect("a valid expression")
    });
    word.find_iter(text).map(|m| m.as_str()).collect()
}

/// The text with each run of spaces as one blank, and none at the ends: what character error rates are counted on.
pub(super) fn normalised(text: &str) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::with_capacity(text.len());
    let space = |c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c);
    for part in text.split(space).filter(|p| !p.is_empty()) {
        if !out.is_empty() {
            out.push(u32::from(b' '));
        }
        out.extend(part.chars().map(u32::from));
    }
    out
}

/// Numbers for words, so that alignments compare integers.
#[derive(Default)]
pub(super) struct Ids<'t> {
    ids: HashMap<&'t str, u32>,
}

impl<'t> Ids<'t> {
    pub(super) fn of(&mut self, words: &[&'t str]) -> Vec<u32> {
        words
            .iter()
            .map(|word| {
                let next = self.ids.len() as u32;
                *self.ids.entry(word).or_insert(next)
            })
            .collect()
    }
}
