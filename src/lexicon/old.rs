//! Spellings of older English, by the table `dictionaries/old.spellings`: right as they stand.

use std::collections::HashSet;

use super::words::{UNKNOWN, Words, flag};
use crate::error::{Error, Result};
use crate::text::word_hash;

/// Letters that an old word has beside its old ending or beginning, at least: `trie` is no old `try`.
const STEM: usize = 3;

/// The table.
#[derive(Debug, Clone, Default)]
pub struct OldSpellings {
    words: HashSet<u64>,
    dialect: HashSet<u64>,
    pairs: HashSet<(u64, u64)>,
    /// Old letters with the modern ones.
    letters: Vec<(Box<str>, Box<str>)>,
    /// Old endings with the modern ones.
    endings: Vec<(Box<str>, Box<str>)>,
    /// Old beginnings with the modern ones.
    beginnings: Vec<(Box<str>, Box<str>)>,
}

impl OldSpellings {
    /// Reads `old modern` lines.
    ///
    /// # Errors
    ///
    /// The first line that is none, with its number.
    pub fn parse(place: &str, text: &str) -> Result<Self> {
        let mut out = Self::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or("").trim();
            let sides: Vec<&str> = line.split_whitespace().collect();
            match sides[..] {
                [] => {}
                [old, modern] => match (old.strip_prefix('~'), old.strip_suffix('~')) {
                    (Some(old), Some(_)) => {
                        out.letters.push((old.trim_end_matches('~').into(), modern.into()));
                    }
                    (Some(old), _) => out.endings.push((old.into(), modern.into())),
                    (_, Some(old)) => out.beginnings.push((old.into(), modern.into())),
                    _ => match old.strip_prefix('+') {
                        Some(dialect) => _ = out.dialect.insert(word_hash(dialect)),
                        None => _ = out.words.insert(word_hash(old)),
                    },
                },
                [first, second, _] => _ = out.pairs.insert((word_hash(first), word_hash(second))),
                _ => {
                    let message = "an old spelling is  old modern,  or two words and the modern one";
                    return Err(Error::table(place, number + 1, message));
                }
            }
        }
        Ok(out)
    }

    /// Is this an old spelling of an English word?
    pub fn is_old(&self, words: &Words<'_>, word: &str) -> bool {
        if self.words.contains(&word_hash(word)) {
            return true;
        }
        if word.is_ascii() && !self.may_be_old(word.as_bytes()) {
            return false;
        }
        let english = |word: &str| words.flags(words.find(word_hash(word))) & flag::ENGLISH != 0;
        let low = word.to_lowercase().replace('\u{2019}', "'");
        let known = |word: &str| words.find(word_hash(word)) != UNKNOWN;
        let has = |(old, modern): &(Box<str>, Box<str>)| {
            low.contains(&**old) && known(&low.replace(&**old, modern))
        };
        if self.letters.iter().any(has) {
            return true;
        }
        let ends = |(old, modern): &(Box<str>, Box<str>)| {
            low.strip_suffix(&**old)
                .is_some_and(|stem| stem.len() >= STEM && english(&format!("{stem}{modern}")))
        };
        let begins = |(old, modern): &(Box<str>, Box<str>)| {
            low.strip_prefix(&**old)
                .is_some_and(|rest| rest.len() >= STEM && english(&format!("{modern}{rest}")))
        };
        self.endings.iter().any(ends) || self.beginnings.iter().any(begins)
    }

    /// Is this a word of a dialect, by its hash? Right where the text has more of them.
    pub fn is_dialect(&self, word: u64) -> bool {
        self.dialect.contains(&word)
    }

    /// Does it end or begin as an old spelling does? Hardly any word does, and of the others no small letters are made.
    fn may_be_old(&self, word: &[u8]) -> bool {
        let same =
            |part: Option<&[u8]>, old: &str| part.is_some_and(|p| p.eq_ignore_ascii_case(old.as_bytes()));
        let ends = |(old, _): &(Box<str>, Box<str>)| {
            same(word.len().checked_sub(old.len()).map(|from| &word[from..]), old)
        };
        let begins = |(old, _): &(Box<str>, Box<str>)| same(word.get(..old.len()), old);
        self.endings.iter().any(ends) || self.beginnings.iter().any(begins)
    }

    /// Are these two words what is one word today?
    pub fn is_pair(&self, first: u64, second: u64) -> bool {
        self.pairs.contains(&(first, second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;

    #[test]
    fn old_words_are_known_by_list_and_by_ending() {
        let lexicon = Lexicon::embedded();
        let old = lexicon.old_spellings();
        for word in
            ["ſuch", "Warwickſhire", "shew", "connexion", "publick", "improv'd", "Encrease", "expence"]
        {
            assert!(old.is_old(lexicon.words(), word), "{word}");
        }
        for word in ["tbe", "committce", "improvcd", "tho'd"] {
            assert!(!old.is_old(lexicon.words(), word), "{word}");
        }
        assert!(old.is_dialect(word_hash("heid")) && !old.is_old(lexicon.words(), "heid"));
        assert!(old.is_pair(word_hash("my"), word_hash("self")));
    }

    #[test]
    fn faults_have_their_line() {
        let error = OldSpellings::parse("t", "shew show\nshew\n").unwrap_err().to_string();
        assert!(error.starts_with("t:2: an old spelling is"), "{error}");
    }
}
