//! Words that tell what stood in a place: U+FFFD in a word, and mojibake that its characters leave open. The lexicon decides.
//! What may be lost stands in `dictionaries/encoding.signs`.

use std::sync::OnceLock;

use super::costs::Costs;
use super::mojibake::Misread;
use super::plausible::NAT;
use super::unicode::{before, character};
use crate::error::{Error, Result};
use crate::lexicon::{Lexicon, UNKNOWN, flag};
use crate::text::word_hash;

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/encoding.signs"));

/// Words that are commoner than this (8·log2 of the count) are words; rarer ones may be misprints of the corpus.
const COMMON: u8 = 8 * 6;

/// Letters of a word that are looked at on each side.
const LONGEST: usize = 24;

/// The table.
#[derive(Debug, Default, PartialEq)]
struct Signs {
    letters: Vec<char>,
    clitics: Vec<Clitic>,
}

/// What follows an apostrophe, and what stands before it.
#[derive(Debug, PartialEq)]
struct Clitic {
    /// The end of the word before it; with none it must be a word.
    before: Box<str>,
    /// Is that all of the word?
    whole: bool,
    after: Box<str>,
}

impl Signs {
    fn get() -> &'static Self {
        static SIGNS: OnceLock<Signs> = OnceLock::new();
        // A test reads the table; with a broken one nothing that is lost would be found.
        SIGNS.get_or_init(|| Self::parse("dictionaries/encoding.signs", TABLE).unwrap_or_default())
    }

    /// Reads `name: members` lines.
    ///
    /// # Errors
    ///
    /// The first line that is none, with its number.
    fn parse(place: &str, text: &str) -> Result<Self> {
        let mut signs = Self::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |message: &str| Error::table(place, number + 1, message);
            let (name, members) = line.split_once(':').ok_or_else(|| wrong("signs are  name: members"))?;
            for member in members.split_whitespace() {
                match name {
                    "letters" => signs.letters.extend(member.chars()),
                    "clitics" => {
                        let (before, after) =
                            member.split_once('\'').ok_or_else(|| wrong("a clitic has an apostrophe"))?;
                        let whole = !before.starts_with('-');
                        let before = before.trim_start_matches('-').into();
                        signs.clitics.push(Clitic { before, whole, after: after.into() });
                    }
                    _ => return Err(wrong("the names are letters, clitics")),
                }
            }
        }
        Ok(signs)
    }

    /// May an apostrophe stand between these?
    fn elided(&self, head: &str, tail: &str, lexicon: &Lexicon) -> bool {
        let stem = head.to_lowercase();
        self.clitics.iter().any(|clitic| {
            *clitic.after == *tail
                && if clitic.whole { *clitic.before == *stem } else { stem.ends_with(&*clitic.before) }
                && (!clitic.before.is_empty() || is_english(lexicon, &stem))
        })
    }
}

/// The letters before a byte and those from another one on; and the bytes where they begin and end.
fn around(text: &[u8], at: usize, end: usize) -> (String, String, usize, usize) {
    let mut head = Vec::new();
    let mut start = at;
    while let c = before(text, start)
        && c.is_alphabetic()
        && head.len() < LONGEST
    {
        head.push(c);
        start -= c.len_utf8();
    }
    let mut tail = String::new();
    let mut end = end;
    while let Some((c, len)) = character(text, end).filter(|(c, _)| c.is_alphabetic() && tail.len() < LONGEST)
    {
        tail.push(c);
        end += len;
    }
    (head.into_iter().rev().collect(), tail, start, end)
}

/// The character that a U+FFFD at this byte stands for, where the lexicon knows one answer only.
pub(super) fn guess(text: &[u8], at: usize, lexicon: &Lexicon) -> Option<char> {
    let (head, tail, start, end) = around(text, at, at + '\u{fffd}'.len_utf8());
    let next_is_lost = |at: usize| character(text, at).is_some_and(|(c, _)| c == '\u{fffd}');
    if next_is_lost(end) || before(text, start) == '\u{fffd}' || head.is_empty() && tail.len() < 4 {
        return None;
    }
    let signs = Signs::get();
    let mut found = signs.elided(&head, &tail, lexicon).then_some('’');
    for letter in &signs.letters {
        if head.chars().count() + tail.chars().count() >= 3
            && is_known(lexicon, &format!("{head}{letter}{tail}"))
        {
            if found.is_some() {
                return None;
            }
            found = Some(*letter);
        }
    }
    found
}

/// Is what may have been meant in a piece of text that begins at this byte a word of the lexicon, and what stands there none?
/// The commoner the word, the more may be missing.
pub(super) fn vouches(text: &[u8], at: usize, misread: &Misread, lexicon: &Lexicon) -> bool {
    let range = at + misread.range.start..at + misread.range.end;
    let (head, tail, start, end) = around(text, range.start, range.end);
    let stands = String::from_utf8_lossy(&text[start..end]);
    if misread.meant == "’" {
        return Signs::get().elided(&head, &tail, lexicon);
    }
    let (meant, tail) = match misread.meant.trim_end() {
        // A blank that comes with it ends the word.
        word if word.len() < misread.meant.len() => (word, ""),
        word => (word, &*tail),
    };
    let meant = format!("{head}{meant}{tail}");
    meant.chars().count() >= 3
        && meant.chars().all(char::is_alphabetic)
        && log_count(lexicon, &meant).is_some_and(|count| {
            let missing = 1.0 - misread.gain * NAT as f32 / Costs::get().vouched as f32;
            f32::from(count) >= missing.clamp(0.0, 1.0) * f32::from(COMMON)
        })
        && !is_known(lexicon, &stands)
}

/// How common a word is that is written so, as [`COMMON`] is counted.
fn log_count(lexicon: &Lexicon, word: &str) -> Option<u8> {
    let words = lexicon.words();
    let id = words.find(word_hash(word));
    (id != UNKNOWN).then(|| words.log_count(id))
}

/// Is it a word that is written so?
fn is_known(lexicon: &Lexicon, word: &str) -> bool {
    log_count(lexicon, word).is_some_and(|count| count >= COMMON)
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

    #[test]
    fn the_table_is_read() {
        let signs = Signs::parse("encoding.signs", TABLE).unwrap();
        assert!(signs.letters.contains(&'é') && signs.clitics.len() > 4);
        for (text, message) in [
            ("letters é", "t:1: signs are  name: members"),
            ("\nclitics: nt", "t:2: a clitic has an apostrophe"),
            ("marks: ’", "t:1: the names are letters, clitics"),
        ] {
            assert_eq!(Signs::parse("t", text).unwrap_err().to_string(), message);
        }
    }
}
