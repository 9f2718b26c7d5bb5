//! Tokenising: words, numbers and marks with byte offsets, in one pass over the bytes.
//!
//! Between two tokens stands nothing but white space, so the tokens and the source together lose nothing. ASCII is
//! settled here by a table of byte classes; a chunk with other letters goes to unicode-segmentation. What must never be
//! touched (URLs, e-mail addresses, code, identifiers, bytes that are not UTF-8) becomes one [`Kind::Protected`] token.
//! `scan` walks the bytes; `words`, `protected` and `unicode` hold what each kind of token asks for.
//!
//! ```text
//! The U.S. firm’s  e-mail: a@b.org
//! W   W  M W   C   W M W M P           W word, C clitic (a word), M mark, P protected
//! ```

mod protected;
mod scan;
#[cfg(test)]
mod tests;
mod unicode;
mod words;

use super::case::Shape;
use scan::{Known, Scan};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters, with inner apostrophes and soft hyphens; abbreviations with inner dots (`U.S`); clitics (`'s`, `'ll`).
    Word,
    /// Digits, with inner separators and a suffix (`1,000`, `21st`, `3:30`, `40%` is a number and a mark).
    Number,
    /// One punctuation character or symbol.
    Mark,
    /// Never touched, never read.
    Protected,
}

/// A span of the text.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// After the last byte.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// How it is capitalised (words only).
    pub shape: Shape,
    /// White space stands before it (or the text begins).
    pub spaced: bool,
    /// Line ends in the white space before it, two at most.
    pub lines: u8,
    /// A sentence begins here; set by [`super::mark_sentences`].
    pub sentence: bool,
    /// [`super::word_hash`] of a word or number; of a mark, the canonical character.
    pub hash: u64,
}

impl Token {
    /// The bytes of the token in its text.
    pub fn bytes<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.start as usize..self.end as usize]
    }

    /// The token as a string; empty for what is not UTF-8.
    pub fn str<'t>(&self, text: &'t [u8]) -> &'t str {
        std::str::from_utf8(self.bytes(text)).unwrap_or("")
    }

    /// The canonical character of a mark: `"` for all double quotes, `'` for single ones, `—` for dashes.
    pub fn mark(&self) -> Option<char> {
        if self.kind == Kind::Mark { char::from_u32(self.hash as u32) } else { None }
    }
}

/// Cuts `text` into tokens, appended to `tokens`. Works on any bytes; the text must be shorter than 4 GiB.
///
/// ```
/// use ungarble::text::{Kind, tokenize};
/// let text = b"It's 3.5 km to example.org.";
/// let mut tokens = Vec::new();
/// tokenize(text, &mut tokens);
/// let words: Vec<_> = tokens.iter().map(|t| t.str(text)).collect();
/// assert_eq!(words, ["It", "'s", "3.5", "km", "to", "example.org", "."]);
/// assert_eq!(tokens[5].kind, Kind::Protected);
/// ```
pub fn tokenize(text: &[u8], tokens: &mut Vec<Token>) {
    tokenize_some(text, 0, usize::MAX, tokens);
}

/// [`tokenize`] from byte `start`, a place between tokens, for about `most` tokens; gives the byte where it stopped.
///
/// From there it goes on with the same tokens that it would have made without stopping.
pub fn tokenize_some(text: &[u8], start: usize, most: usize, tokens: &mut Vec<Token>) -> usize {
    debug_assert!(u32::try_from(text.len()).is_ok());
    let limit = tokens.len().saturating_add(most);
    let before = String::from_utf8_lossy(&text[start.saturating_sub(4)..start]);
    let spaced = before.chars().next_back().is_none_or(char::is_whitespace);
    let mut scan = Scan { text, at: start, spaced, lines: 0, tokens, known: Known::default() };
    scan.run(limit);
    scan.at
}
