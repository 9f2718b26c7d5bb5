//! The hash of a word: lower case, typographic apostrophes made plain, soft hyphens left out, eight bytes at a time.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A hash that is one multiplication: for maps whose keys are hashes already, or small numbers.
#[derive(Debug, Default, Clone, Copy)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.0 = self.0.rotate_left(8) ^ u64::from(*b));
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(20);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// Says where a word may be broken at the end of a line; no part of the word.
pub const SOFT_HYPHEN: char = '\u{AD}';

/// A map from hashes and other numbers.
pub type ByHash<V> = HashMap<u64, V, BuildHasherDefault<AsIs>>;

/// Feeds a word to the hash in pieces; see [`word_hash`].
#[derive(Debug, Clone, Copy)]
pub struct WordHasher {
    state: u64,
    block: u64,
    filled: u32,
}

const K0: u64 = 0x9E37_79B9_7F4A_7C15;
const K1: u64 = 0xD6E8_FEB8_6659_FD93;

fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ ((wide >> 64) as u64)
}

impl Default for WordHasher {
    fn default() -> Self {
        Self { state: K0, block: 0, filled: 0 }
    }
}

impl WordHasher {
    /// Takes one byte, already in lower case.
    pub fn push(&mut self, byte: u8) {
        self.block |= u64::from(byte) << (8 * self.filled);
        self.filled += 1;
        if self.filled == 8 {
            self.state = fold(self.state ^ self.block, K1);
            self.block = 0;
            self.filled = 0;
        }
    }

    /// Takes a character in any case; `’` counts as `'`, and a soft hyphen as nothing.
    pub fn push_char(&mut self, c: char) {
        let mut buffer = [0; 4];
        match c {
            '\u{2019}' | '\u{02BC}' => self.push(b'\''),
            SOFT_HYPHEN => {}
            _ => c.to_lowercase().for_each(|l| {
                for &b in l.encode_utf8(&mut buffer).as_bytes() {
                    self.push(b);
                }
            }),
        }
    }

    /// The hash of what was taken.
    pub fn finish(self) -> u64 {
        let state = if self.filled > 0 { fold(self.state ^ self.block, K1) } else { self.state };
        fold(state, K0 ^ K1)
    }
}

/// The hash under which the lexicon knows a word: case is folded, `’` counts as `'`, a soft hyphen as nothing.
///
/// ```
/// use ungarble::text::word_hash;
/// assert_eq!(word_hash("Don’t"), word_hash("don't"));
/// assert_ne!(word_hash("dont"), word_hash("don't"));
/// assert_eq!(word_hash("won\u{ad}der"), word_hash("wonder"));
/// ```
pub fn word_hash(word: &str) -> u64 {
    if word.is_ascii() {
        return ascii_hash(word.as_bytes(), 0, word.len());
    }
    let mut hasher = WordHasher::default();
    word.chars().for_each(|c| hasher.push_char(c));
    hasher.finish()
}

/// [`word_hash`] of `text[start..end]`, which must be ASCII letters and apostrophes.
///
/// Case folding is `| 0x20` on all eight bytes at once: right for letters, and `'` (0x27) has the bit already.
pub(super) fn ascii_hash(text: &[u8], start: usize, end: usize) -> u64 {
    const FOLD: u64 = 0x2020_2020_2020_2020;
    let mut state = K0;
    let mut at = start;
    while end - at >= 8 {
        state = fold(state ^ (load(text, at) | FOLD), K1);
        at += 8;
    }
    if at < end {
        let mask = (1u64 << (8 * (end - at))) - 1;
        let block = if at + 8 <= text.len() { load(text, at) } else { load_tail(text, at) };
        state = fold(state ^ ((block | FOLD) & mask), K1);
    }
    fold(state, K0 ^ K1)
}

fn load(text: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(text[at..at + 8].try_into().expect("eight bytes"))
}

#[cold]
fn load_tail(text: &[u8], at: usize) -> u64 {
    text[at..].iter().rev().fold(0, |block, &b| block << 8 | u64::from(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_whole_agree() {
        for word in ["a", "Word", "eightlet", "NINELETTE", "sixteenlettersxx", "o'clock"] {
            let mut hasher = WordHasher::default();
            word.chars().for_each(|c| hasher.push_char(c));
            assert_eq!(hasher.finish(), word_hash(word), "{word}");
            let padded = format!("{word} and more text after it");
            assert_eq!(ascii_hash(padded.as_bytes(), 0, word.len()), word_hash(word), "{word}");
        }
    }
}
