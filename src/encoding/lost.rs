//! U+FFFD in a word: what stood there, where the lexicon knows one answer only.

use super::unicode::{before, character};
use crate::lexicon::{Lexicon, UNKNOWN, flag};
use crate::text::word_hash;

/// What is lost most often in English text: an apostrophe, and letters of borrowed words and of names.
const LETTERS: &str = "éèêëáàâäãåçíìîïñóòôöõøúùûüæœßšžćčłğış";

/// What may follow an apostrophe in English, and the tail of what may stand before it.
const CLITICS: [(&str, &str); 7] =
    [("t", "n"), ("s", ""), ("re", ""), ("ve", ""), ("ll", ""), ("d", ""), ("m", "i")];

/// Words that are commoner than this (8·log2 of the count) are words; rarer ones may be misprints of the corpus.
const COMMON: u8 = 8 * 6;

/// The character that a U+FFFD at this byte stands for.
pub(super) fn guess(text: &[u8], at: usize, lexicon: &Lexicon) -> Option<char> {
    let mut head = Vec::new();
    let mut start = at;
    while let c = before(text, start)
        && c.is_alphabetic()
        && head.len() < 24
    {
        head.push(c);
        start -= c.len_utf8();
    }
    let head: String = head.into_iter().rev().collect();
    let mut tail = String::new();
    let mut end = at + '\u{fffd}'.len_utf8();
    while let Some((c, len)) = character(text, end).filter(|(c, _)| c.is_alphabetic() && tail.len() < 24) {
        tail.push(c);
        end += len;
    }
    let next_is_lost = |at: usize| character(text, at).is_some_and(|(c, _)| c == '\u{fffd}');
    if next_is_lost(end) || before(text, start) == '\u{fffd}' || head.is_empty() && tail.len() < 4 {
        return None;
    }
    let stem = head.to_lowercase();
    let clitic = |(after, ends): &(&str, &str)| {
        *after == tail && stem.ends_with(ends) && (*after != "m" || stem == "i")
    };
    let apostrophe =
        CLITICS.iter().any(clitic) && (matches!(&*tail, "t" | "m") || is_english(lexicon, &stem));
    let mut found = apostrophe.then_some('’');
    for letter in LETTERS.chars() {
        if head.chars().count() + tail.chars().count() >= 3
            && is_known(lexicon, &format!("{head}{letter}{tail}"))
        {
            if found.is_some() {
                return None;
            }
            found = Some(letter);
        }
    }
    found
}

/// Is it a word that is written so?
pub(super) fn is_known(lexicon: &Lexicon, word: &str) -> bool {
    let words = lexicon.words();
    let id = words.find(word_hash(word));
    id != UNKNOWN && words.log_count(id) >= COMMON
}

fn is_english(lexicon: &Lexicon, word: &str) -> bool {
    let words = lexicon.words();
    let id = words.find(word_hash(word));
    id != UNKNOWN && words.flags(id) & flag::ENGLISH != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> Option<char> {
        guess(text.as_bytes(), text.find('\u{fffd}').unwrap(), &Lexicon::embedded())
    }

    #[test]
    fn words_with_a_hole() {
        assert_eq!(fixed("I don�t know"), Some('’'));
        assert_eq!(fixed("The company�s"), Some('’'));
        assert_eq!(fixed("I�m here"), Some('’'));
        assert_eq!(fixed("a caf�."), Some('é'));
        assert_eq!(fixed("xq�zz"), None);
        assert_eq!(fixed("�"), None);
        assert_eq!(fixed("a��b"), None);
    }
}
