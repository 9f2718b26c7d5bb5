//! The company that words keep on printed pages: how often a word, and a word after another, stood in the truth of scans.
//!
//! The language model was made from books, news and the web of today; what old newspapers and books print is another
//! mixture, and there is too little of its truth to make a model of. But whether a word, or a pair of words, was ever seen on
//! such pages tells a likely repair from an unlikely one (held-out newspapers: 1.2 points of WER cut at the same harm).
//!
//! A fuse map of 5 bits a count; no word is stored.

use super::Lexicon;
use super::fuse::{self, FuseMap};
use super::image::Image;
use super::words::{UNKNOWN, WordId, token_hash};
use crate::error::{Error, Result};
use crate::text::{Token, word_hash};

/// Bits of a count.
const BITS: u32 = 5;

/// Bytes of a cell: 11 bits of fingerprint, so one stranger in 2,048 is taken for company.
const WIDTH: usize = 2;

/// Steps of a count in one nat.
const STEPS: f32 = 2.0;

/// The table, opened from its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Company<'b>(FuseMap<'b>);

impl<'b> Company<'b> {
    /// Opens the bytes that [`build`] wrote; `None` when they are not such bytes.
    pub fn open(bytes: &'b [u8]) -> Option<Self> {
        FuseMap::open(bytes).map(Self)
    }

    /// ln(1 + how often a word stood there), by its hash.
    pub fn word(&self, word: u64) -> f32 {
        self.0.get(word).map_or(0.0, |count| count as f32 / STEPS)
    }

    /// ln(1 + how often a word stood there right after another one), by their hashes.
    pub fn pair(&self, first: u64, second: u64) -> f32 {
        self.word(pair_key(first, second))
    }
}

/// The hash under which a token is counted: all numbers are one, `an` is `a`, and a word that nobody knows is itself.
pub fn token_key(lexicon: &Lexicon, token: &Token) -> u64 {
    match lexicon.token_id(token) {
        UNKNOWN => token_hash(token),
        id => word_key(lexicon, lexicon.model_id(id)),
    }
}

/// The hash under which a word of the language model is counted.
pub fn word_key(lexicon: &Lexicon, id: WordId) -> u64 {
    word_hash(lexicon.word(id))
}

/// The bytes of the table in the file `place`, which `ungarble train --company` wrote.
///
/// # Errors
///
/// When the file is damaged or is something else.
pub fn section(place: &str, file: &[u8]) -> Result<Vec<u8>> {
    let image = Image::open(place, file)?;
    image.verify(place)?;
    let bytes = image.section("company");
    let broken =
        || Error::image(place, "there is no table of company in it; make it by `ungarble train --company`");
    Company::open(bytes).ok_or_else(broken)?;
    Ok(bytes.to_vec())
}

/// The key of a pair of words.
pub fn pair_key(first: u64, second: u64) -> u64 {
    first.rotate_left(23).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ second
}

/// The table of these counts, which have different keys.
pub fn build(counts: impl IntoIterator<Item = (u64, u32)>) -> Vec<u8> {
    let code = |n: u32| ((n as f32).ln_1p() * STEPS).round().min(((1 << BITS) - 1) as f32) as u32;
    let mut cells: Vec<(u64, u32)> = counts.into_iter().map(|(key, n)| (key, code(n))).collect();
    cells.sort_unstable();
    fuse::build(&cells, WIDTH, BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_come_back_about_right() {
        let bytes = build([(7, 1), (pair_key(7, 8), 2), (pair_key(8, 7), 1000)]);
        let company = Company::open(&bytes).unwrap();
        assert!((company.word(7) - 2.0_f32.ln()).abs() < 0.3);
        assert!((company.pair(7, 8) - 3.0_f32.ln()).abs() < 0.3);
        assert!((company.pair(8, 7) - 1001.0_f32.ln()).abs() < 0.3);
        assert_eq!(company.pair(9, 7), 0.0);
        assert!(Company::open(&bytes[..10]).is_none());
    }
}
