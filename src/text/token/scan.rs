//! The walk over the bytes: what begins here, by the class of its first byte; numbers and marks.

use super::protected::{LONGEST, Plain, chunk, code_span};
use super::unicode::wide_mark;
use super::{Kind, Token};
use crate::text::case::Shape;
use crate::text::hash::ascii_hash;

pub(super) const SPACE: u8 = 0;
pub(super) const LINE: u8 = 1;
pub(super) const LOWER: u8 = 2;
pub(super) const UPPER: u8 = 3;
pub(super) const DIGIT: u8 = 4;
pub(super) const MARK: u8 = 5;
pub(super) const WIDE: u8 = 6;

pub(super) static CLASS: [u8; 256] = {
    let mut class = [MARK; 256];
    let mut b = 0;
    while b < 256 {
        class[b] = match b as u8 {
            b'\n' => LINE,
            b' ' | b'\t' | b'\r' | 0x0B | 0x0C => SPACE,
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            0x80..=0xFF => WIDE,
            _ => MARK,
        };
        b += 1;
    }
    class
};

pub(super) fn class(text: &[u8], at: usize) -> u8 {
    text.get(at).map_or(SPACE, |&b| CLASS[b as usize])
}

pub(super) fn is_alnum(class: u8) -> bool {
    class == LOWER || class == UPPER || class == DIGIT
}

/// Where the walk is, and what it has found.
pub(super) struct Scan<'t, 'o> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
    pub(super) spaced: bool,
    pub(super) lines: u8,
    pub(super) tokens: &'o mut Vec<Token>,
    pub(super) known: Known,
}

/// What the walk has looked through ahead of itself, so that no byte is asked the same thing at every token. It changes
/// no token: a walk that starts anew finds the same.
#[derive(Default)]
pub(super) struct Known {
    /// The chunk that begins no protected span.
    pub(super) plain: Plain,
    /// No ASCII white space stands from here up to this byte.
    pub(super) solid: usize,
    /// Neither `>` nor a line end stands from here up to this byte.
    pub(super) open: usize,
    /// Letters and dots up to this byte are no acronym.
    pub(super) no_acronym: usize,
}

/// The first byte at or after `at` that is `wanted`, or the end of the `most` bytes looked at; begins behind `*known`, what
/// was looked through before, and moves it.
pub(super) fn find(
    text: &[u8],
    at: usize,
    most: usize,
    known: &mut usize,
    wanted: impl Fn(u8) -> bool,
) -> usize {
    let stop = text.len().min(at + most);
    let from = at.max(*known).min(stop);
    *known = from + text[from..stop].iter().position(|b| wanted(*b)).unwrap_or(stop - from);
    *known
}

impl Scan<'_, '_> {
    /// Goes on until there are `limit` tokens, or to the end of the text.
    pub(super) fn run(&mut self, limit: usize) {
        while self.at < self.text.len() && self.tokens.len() < limit {
            match CLASS[self.text[self.at] as usize] {
                SPACE => {
                    self.at += 1;
                    self.spaced = true;
                }
                LINE => {
                    self.at += 1;
                    self.spaced = true;
                    self.lines = (self.lines + 1).min(2);
                }
                LOWER | UPPER => self.word(),
                DIGIT => self.number(),
                MARK => self.ascii_mark(),
                _ => self.wide(),
            }
        }
    }

    pub(super) fn push(&mut self, end: usize, kind: Kind, shape: Shape, hash: u64) {
        self.tokens.push(Token {
            start: self.at as u32,
            end: end as u32,
            kind,
            shape,
            spaced: self.spaced,
            lines: self.lines,
            sentence: false,
            hash,
        });
        self.at = end;
        self.spaced = false;
        self.lines = 0;
    }

    pub(super) fn protect(&mut self, end: usize) {
        self.push(end, Kind::Protected, Shape::Lower, 0);
    }

    fn number(&mut self) {
        let text = self.text;
        if let Some(end) = self.protected_chunk() {
            return self.protect(end);
        }
        let mut end = self.at;
        loop {
            while class(text, end) == DIGIT {
                end += 1;
            }
            let inner = matches!(text.get(end), Some(b',' | b'.' | b':' | b'/'));
            if !(inner && class(text, end + 1) == DIGIT) {
                break;
            }
            end += 1;
        }
        // A short suffix belongs to the number (21st, 1990s, 5m, 10bn); a longer mixture is an identifier.
        let suffix = chunk(text, end, |b| b.is_ascii_alphanumeric() || b == b'_');
        if suffix - end > 3 || text[end..suffix].iter().any(|b| b.is_ascii_digit() || *b == b'_') {
            return self.protect(suffix);
        }
        if class(text, suffix) == WIDE && wide_mark(text, suffix).is_none() && suffix - self.at < LONGEST {
            return self.unicode_chunk();
        }
        let hash = ascii_hash(text, self.at, suffix);
        self.push(suffix, Kind::Number, Shape::Lower, hash);
    }

    fn ascii_mark(&mut self) {
        let (text, at) = (self.text, self.at);
        let end = match text[at] {
            b'`' => code_span(text, at),
            b'<' => self.tag(),
            b'#' | b'@' if is_alnum(class(text, at + 1)) => {
                Some(chunk(text, at + 1, |b| b.is_ascii_alphanumeric() || b == b'_'))
            }
            b'_' if is_alnum(class(text, at + 1)) && !self.spaced => {
                Some(chunk(text, at, |b| b.is_ascii_alphanumeric() || b == b'_'))
            }
            b'/' | b'\\' | b'~' if self.spaced && is_alnum(class(text, at + 1)) => self.protected_chunk(),
            _ => None,
        };
        match end {
            Some(end) => self.protect(end),
            None => self.push(at + 1, Kind::Mark, Shape::Lower, u64::from(text[at])),
        }
    }

    /// A byte above 127: a typographic mark, a letter, or not UTF-8 at all.
    #[cold]
    fn wide(&mut self) {
        if let Some((mark, len)) = wide_mark(self.text, self.at) {
            if mark.is_whitespace() {
                self.at += len;
                self.spaced = true;
            } else {
                self.push(self.at + len, Kind::Mark, Shape::Lower, u64::from(u32::from(mark)));
            }
            return;
        }
        self.unicode_chunk();
    }
}
