//! Words of ASCII letters: clitics, inner apostrophes, soft hyphens, acronyms.

use super::Kind;
use super::protected::{LONGEST, chunk};
use super::scan::{CLASS, DIGIT, LOWER, MARK, Scan, UPPER, WIDE, class, is_alnum};
use super::unicode::wide_mark;
use crate::text::case::Shape;
use crate::text::hash::{WordHasher, ascii_hash, word_hash};

const SOFT: &[u8] = "\u{AD}".as_bytes();

impl Scan<'_, '_> {
    /// A run of ASCII letters and what may follow it.
    pub(super) fn word(&mut self) {
        let (text, start) = (self.text, self.at);
        let mut end = start;
        let mut upper = 0;
        loop {
            match class(text, end) {
                LOWER => {}
                UPPER => upper += 1,
                _ => break,
            }
            end += 1;
        }
        // What ends nearly every word: a space, or a mark that cannot continue it.
        match text.get(end) {
            None | Some(b' ' | b',' | b'\n' | b'\r' | b'-' | b'"' | b')' | b';' | b'?' | b'!') => {}
            Some(b'.' | b':') if !is_alnum(class(text, end + 1)) && class(text, end + 1) != MARK => {}
            Some(_) => return self.word_and_more(end, upper),
        }
        self.ascii_word(end, upper);
    }

    fn ascii_word(&mut self, end: usize, upper: usize) {
        let first = CLASS[self.text[self.at] as usize] == UPPER;
        let shape = match upper {
            0 => Shape::Lower,
            1 if first => Shape::Title,
            n if n == end - self.at => Shape::Upper,
            _ => Shape::Mixed,
        };
        self.push(end, Kind::Word, shape, ascii_hash(self.text, self.at, end));
    }

    /// A word that runs up to `end` and is followed by something that may belong to it.
    #[cold]
    fn word_and_more(&mut self, end: usize, upper: usize) {
        let text = self.text;
        if end - self.at >= LONGEST {
            return self.ascii_word(end, upper); // no chunk is as long
        }
        if let Some(chunk_end) = self.protected_chunk() {
            return self.protect(chunk_end);
        }
        if let Some(dotted) = self.acronym() {
            let mut hasher = WordHasher::default();
            text[self.at..dotted].iter().for_each(|b| hasher.push(b.to_ascii_lowercase()));
            let shape = if CLASS[text[self.at] as usize] == UPPER { Shape::Upper } else { Shape::Lower };
            return self.push(dotted, Kind::Word, shape, hasher.finish());
        }
        if let Some(len) = apostrophe(text, end) {
            if class(text, end + len) == WIDE && wide_mark(text, end + len).is_none() {
                return self.unicode_chunk();
            }
            if class(text, end + len) == LOWER || class(text, end + len) == UPPER {
                return self.word_with_apostrophe(end, len, upper);
            }
            return self.ascii_word(end, upper);
        }
        if text[end..].starts_with(SOFT) {
            return self.soft_word(end);
        }
        if class(text, end) == WIDE && wide_mark(text, end).is_none() {
            return self.unicode_chunk();
        }
        if class(text, end) == DIGIT || text.get(end) == Some(&b'_') {
            return self.identifier(end);
        }
        self.ascii_word(end, upper);
    }

    /// Protects letters up to `end` and the digits and low lines that go on from there.
    fn identifier(&mut self, end: usize) {
        self.protect(chunk(self.text, end, |b| b.is_ascii_alphanumeric() || b == b'_'));
    }

    /// A word with other characters than letters in it.
    fn mixed_word(&mut self, end: usize) {
        let word = std::str::from_utf8(&self.text[self.at..end]).unwrap_or("");
        let hash = if word.is_ascii() { ascii_hash(self.text, self.at, end) } else { word_hash(word) };
        self.push(end, Kind::Word, Shape::of(word), hash);
    }

    /// `don't` is one word; `firm's`, `they'll` are a word and a clitic.
    fn word_with_apostrophe(&mut self, end: usize, len: usize, upper: usize) {
        let text = self.text;
        let stop = letters(text, end + len);
        if class(text, stop) == WIDE && wide_mark(text, stop).is_none() {
            return self.unicode_chunk();
        }
        if is_clitic(&text[end + len..stop]) {
            self.ascii_word(end, upper);
        }
        self.mixed_word(stop);
    }

    /// A word that goes on after a soft hyphen at `end`: the word without it, in the eyes of the lexicon.
    #[cold]
    fn soft_word(&mut self, mut end: usize) {
        let text = self.text;
        while text[end..].starts_with(SOFT) {
            end = letters(text, end + SOFT.len());
        }
        if let Some(len) = apostrophe(text, end) {
            let stop = letters(text, end + len);
            if is_clitic(&text[end + len..stop]) {
                self.mixed_word(end);
                end = stop;
            } else if stop > end + len {
                end = stop;
            }
        }
        match class(text, end) {
            DIGIT => self.identifier(end),
            WIDE if wide_mark(text, end).is_none() => self.unicode_chunk(),
            _ if text.get(end) == Some(&b'_') => self.identifier(end),
            _ => self.mixed_word(end),
        }
    }

    /// `U.S`, `p.c`, `e.g`: single letters joined by dots. The dot after the last one is left outside.
    fn acronym(&mut self) -> Option<usize> {
        let (text, start) = (self.text, self.at);
        if start < self.known.no_acronym {
            return None;
        }
        let letter = |at: usize| matches!(class(text, at), LOWER | UPPER);
        let mut end = start + 1;
        while letter(end - 1) && text.get(end) == Some(&b'.') && letter(end + 1) && !letter(end + 2) {
            end += 2;
        }
        if matches!(class(text, end), DIGIT | WIDE) {
            self.known.no_acronym = end;
            return None;
        }
        (end > start + 1).then_some(end)
    }
}

/// The length of an apostrophe at `at`, plain or typographic.
fn apostrophe(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at) {
        Some(b'\'') => Some(1),
        Some(0xE2) if text[at..].starts_with("\u{2019}".as_bytes()) => Some(3),
        _ => None,
    }
}

/// The end of the ASCII letters that begin at `at`.
fn letters(text: &[u8], mut at: usize) -> usize {
    while matches!(class(text, at), LOWER | UPPER) {
        at += 1;
    }
    at
}

/// Are these letters after an apostrophe a word of their own?
fn is_clitic(tail: &[u8]) -> bool {
    match tail {
        [a] => matches!(a | 0x20, b's' | b'd' | b'm'),
        [a, b] => matches!([a | 0x20, b | 0x20], [b'l', b'l'] | [b'r', b'e'] | [b'v', b'e']),
        _ => false,
    }
}
