//! The words: strings, ids and what is known of each.
//!
//! Ids go by falling count, so a smaller id is a commoner word. The first ids are classes, not words.

use std::collections::HashMap;

use super::image::{u32_at, u64_at};
use crate::text::{Kind, Token, word_hash};

/// A word's number.
pub type WordId = u32;

/// What the lexicon does not know.
pub const UNKNOWN: WordId = 0;
/// Before the first word of a sentence.
pub const BEGIN: WordId = 1;
/// After the last word of a sentence.
pub const END: WordId = 2;
/// Any number in digits.
pub const NUMBER: WordId = 3;
/// The first id that is a word.
pub const FIRST: WordId = 4;

/// Ids have this many bits.
pub const ID_BITS: u32 = 20;

/// What is known of a word, as bits.
pub mod flag {
    /// Stands in SCOWL up to size 70: an English word, not a name or a misprint that the corpus happens to repeat.
    pub const ENGLISH: u8 = 1;
    /// Takes `an`, by the counts of `a` and `an` before it.
    pub const AN: u8 = 2;
    /// Nearly always capitalised inside sentences: a name.
    pub const NAME: u8 = 4;
    /// Came from a table of the user or of `dictionaries/`, not from the corpus: no statistics.
    pub const ADDED: u8 = 8;
}

/// Strings, hash table and flags of the embedded words.
#[derive(Debug, Clone, Copy)]
pub struct Words<'b> {
    strings: &'b [u8],
    offsets: &'b [u8],
    table: &'b [u8],
    mask: usize,
    flags: &'b [u8],
    counts: &'b [u8],
}

/// The parts of a word table, as sections of an image.
#[derive(Debug, Default)]
pub struct WordParts {
    /// All words one after another.
    pub strings: Vec<u8>,
    /// Where each begins, u32, and the end of the last.
    pub offsets: Vec<u8>,
    /// Open addressing, u64: high bits of the hash, id in the low [`ID_BITS`].
    pub table: Vec<u8>,
}

/// Builds strings, offsets and table of words in the order of their ids; the classes are put in here.
pub fn build<'w>(words: impl Iterator<Item = &'w str>) -> WordParts {
    let mut parts = WordParts::default();
    let mut hashes = Vec::new();
    for word in ["<unk>", "<s>", "</s>", "<num>"].into_iter().chain(words) {
        parts.offsets.extend_from_slice(&(parts.strings.len() as u32).to_le_bytes());
        parts.strings.extend_from_slice(word.as_bytes());
        hashes.push(word_hash(word));
    }
    parts.offsets.extend_from_slice(&(parts.strings.len() as u32).to_le_bytes());
    let size = (hashes.len() * 7 / 4).next_power_of_two();
    let mut table = vec![0u64; size];
    for (id, &hash) in hashes.iter().enumerate() {
        let mut at = hash as usize & (size - 1);
        while table[at] != 0 {
            at = (at + 1) & (size - 1);
        }
        table[at] = hash >> ID_BITS << ID_BITS | id as u64;
    }
    parts.table = table.iter().flat_map(|slot| slot.to_le_bytes()).collect();
    parts
}

impl<'b> Words<'b> {
    /// Opens the sections; `None` when their lengths do not fit together.
    pub fn open(
        strings: &'b [u8],
        offsets: &'b [u8],
        table: &'b [u8],
        flags: &'b [u8],
        counts: &'b [u8],
    ) -> Option<Self> {
        let slots = table.len() / 8;
        let n = (offsets.len() / 4).checked_sub(1)?;
        let sound = slots.is_power_of_two() && n > FIRST as usize && flags.len() >= n && counts.len() >= n;
        let ends = sound && u32_at(offsets, n * 4) as usize <= strings.len();
        ends.then(|| Self { strings, offsets, table, mask: slots - 1, flags, counts })
    }

    /// How many ids there are.
    pub fn len(&self) -> usize {
        self.offsets.len() / 4 - 1
    }

    /// Is there no word? (Never, for an opened table.)
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of a hash ([`word_hash`]), or [`UNKNOWN`]. A stranger is taken for a word once in 2⁴⁴ tries.
    pub fn find(&self, hash: u64) -> WordId {
        const LOW: u64 = (1 << ID_BITS) - 1;
        let mut at = hash as usize & self.mask;
        // A sound table has empty slots; the bound is for one that has not.
        for _ in 0..=self.mask {
            let slot = u64_at(self.table, at * 8);
            if slot == 0 {
                return UNKNOWN;
            }
            if (slot ^ hash) >> ID_BITS == 0 {
                return (slot & LOW) as WordId;
            }
            at = (at + 1) & self.mask;
        }
        UNKNOWN
    }

    /// The word of an id, in lower case.
    pub fn word(&self, id: WordId) -> &'b str {
        let at = id as usize * 4;
        if at + 8 > self.offsets.len() {
            return "";
        }
        let (start, end) = (u32_at(self.offsets, at) as usize, u32_at(self.offsets, at + 4) as usize);
        std::str::from_utf8(self.strings.get(start..end).unwrap_or(&[])).unwrap_or("")
    }

    /// The bits of [`flag`].
    pub fn flags(&self, id: WordId) -> u8 {
        self.flags.get(id as usize).copied().unwrap_or(0)
    }

    /// The count in the corpus, on a logarithmic scale: round(8·log2(count + 1)).
    pub fn log_count(&self, id: WordId) -> u8 {
        self.counts.get(id as usize).copied().unwrap_or(0)
    }
}

/// Words that only the user's tables have; their ids follow the embedded ones.
#[derive(Debug, Clone, Default)]
pub struct ExtraWords {
    first: WordId,
    words: Vec<String>,
    by_hash: HashMap<u64, WordId>,
}

impl ExtraWords {
    /// No words yet; ids will start at `first`.
    pub fn new(first: WordId) -> Self {
        Self { first, ..Self::default() }
    }

    /// The id of a word, put in if need be.
    pub fn insert(&mut self, word: &str) -> WordId {
        let next = self.first + self.words.len() as WordId;
        *self.by_hash.entry(word_hash(word)).or_insert_with(|| {
            self.words.push(word.to_lowercase());
            next
        })
    }

    /// The id of a hash, or [`UNKNOWN`].
    pub fn find(&self, hash: u64) -> WordId {
        self.by_hash.get(&hash).copied().unwrap_or(UNKNOWN)
    }

    /// The word of an id of ours.
    pub fn word(&self, id: WordId) -> Option<&str> {
        self.words.get(id.checked_sub(self.first)? as usize).map(String::as_str)
    }

    /// The words, by id.
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

/// The hash under which a token is looked up: a word's own, a mark's as a one-character word.
pub fn token_hash(token: &Token) -> u64 {
    match token.kind {
        Kind::Word | Kind::Number => token.hash,
        Kind::Mark => {
            let mut buffer = [0; 4];
            word_hash(token.mark().unwrap_or('\u{FFFD}').encode_utf8(&mut buffer))
        }
        Kind::Protected => 0,
    }
}
