//! The language model: an interpolated modified Kneser–Ney trigram, pruned and quantised, in two fuse maps.
//!
//! The contract with a decoder is KenLM's: `score(state, word) -> (cost, state)`, and equal states may merge. A bigram's
//! cell holds its cost (7 bits) and its back-off cost (6 bits), a trigram's its cost (6 bits); the rest is fingerprint.
//! A trigram is asked for only where both its bigrams stand, so a chance fingerprint (2^−10) needs two true neighbours.

use super::fuse::FuseMap;
use super::image::u16_at;
use super::words::{BEGIN, END, ID_BITS, WordId};
use crate::cost::Cost;

/// Bits of a bigram's cost, of its back-off, and of a trigram's cost.
pub const BIGRAM_BITS: u32 = 7;
/// Bits of a bigram's back-off; code 0 says that no trigram goes on from here.
pub const BACKOFF_BITS: u32 = 6;
/// Bits of a trigram's cost.
pub const TRIGRAM_BITS: u32 = 6;

/// The last two words, and what it costs to forget the older one, which follows from them.
#[derive(Debug, Clone, Copy)]
pub struct State {
    older: WordId,
    last: WordId,
    backoff: u16,
    extends: bool,
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        (self.older, self.last) == (other.older, other.last)
    }
}

impl Eq for State {}

impl State {
    /// The last word.
    pub fn last(&self) -> WordId {
        self.last
    }

    /// The state after one word more, which makes this bigram with the last.
    pub(super) fn next(&self, word: WordId, bigram: Option<Bigram>) -> Self {
        let (backoff, extends) = bigram.map_or((0, false), |(_, backoff, extends)| (backoff, extends));
        Self { older: self.last, last: word, backoff, extends }
    }
}

/// The model, opened from the sections `uni`, `bi`, `tri` and `books`.
#[derive(Debug, Clone, Copy)]
pub struct Grams<'b> {
    unigrams: &'b [u8],
    bigrams: FuseMap<'b>,
    trigrams: FuseMap<'b>,
    books: &'b [u8; 2 * BOOKS],
}

/// Costs in the books: those of bigrams, of back-offs, of trigrams.
const BOOKS: usize = (1 << BIGRAM_BITS) + (1 << BACKOFF_BITS) + (1 << TRIGRAM_BITS);

/// What the model holds of a bigram: its cost, its back-off cost, and whether trigrams go on from it.
pub type Bigram = (Cost, u16, bool);

/// The key of a bigram.
pub fn bigram_key(a: WordId, b: WordId) -> u64 {
    (u64::from(a) << ID_BITS | u64::from(b)) | 1 << 62
}

/// The key of a trigram.
pub fn trigram_key(a: WordId, b: WordId, c: WordId) -> u64 {
    u64::from(a) << (2 * ID_BITS) | u64::from(b) << ID_BITS | u64::from(c)
}

impl<'b> Grams<'b> {
    /// Opens the sections; `None` when they are not a model.
    pub fn open(unigrams: &'b [u8], bigrams: &'b [u8], trigrams: &'b [u8], books: &'b [u8]) -> Option<Self> {
        let books = books.first_chunk()?;
        (unigrams.len() >= 16).then_some(())?;
        Some(Self { unigrams, bigrams: FuseMap::open(bigrams)?, trigrams: FuseMap::open(trigrams)?, books })
    }

    fn book(&self, index: u32) -> u16 {
        u16_at(self.books, index as usize % BOOKS * 2)
    }

    /// (cost, back-off cost) of a word alone; ids past the table count as unknown.
    fn unigram(&self, word: WordId) -> (Cost, u16) {
        let at = word as usize * 4;
        let at = if at + 4 <= self.unigrams.len() { at } else { 0 };
        (Cost::from(u16_at(self.unigrams, at)), u16_at(self.unigrams, at + 2))
    }

    /// A bigram, where the model holds it.
    pub fn bigram(&self, a: WordId, b: WordId) -> Option<Bigram> {
        self.bigram_value(bigram_key(a, b)).map(|value| self.bigram_of(value))
    }

    /// The cell of a bigram, for [`Grams::bigram_of`].
    pub(super) fn bigram_value(&self, key: u64) -> Option<u32> {
        self.bigrams.get(key)
    }

    /// The cost that a bigram's cell says.
    pub(super) fn bigram_cost(&self, value: u32) -> Cost {
        Cost::from(self.book(value & ((1 << BIGRAM_BITS) - 1)))
    }

    /// The cells of many bigrams, appended in order.
    pub(super) fn bigram_values(&self, keys: &[u64], out: &mut Vec<Option<u32>>) {
        self.bigrams.get_all(keys, out);
    }

    /// The cells of many trigrams, appended in order.
    pub(super) fn trigram_values(&self, keys: &[u64], out: &mut Vec<Option<u32>>) {
        self.trigrams.get_all(keys, out);
    }

    /// What a trigram's cell says.
    pub(super) fn trigram_of(&self, value: u32) -> Cost {
        Cost::from(self.book((1 << BIGRAM_BITS) + (1 << BACKOFF_BITS) + value))
    }

    /// What a cell says.
    pub(super) fn bigram_of(&self, value: u32) -> Bigram {
        let backoff = value >> BIGRAM_BITS;
        (self.bigram_cost(value), self.book((1 << BIGRAM_BITS) + backoff), backoff != 0)
    }

    /// Does the model hold this trigram?
    pub fn trigram(&self, a: WordId, b: WordId, c: WordId) -> Option<Cost> {
        self.trigrams.get(trigram_key(a, b, c)).map(|value| self.trigram_of(value))
    }

    /// The state at the beginning of a sentence.
    pub fn begin(&self) -> State {
        State { older: BEGIN, last: BEGIN, backoff: 0, extends: false }
    }

    /// The state after two words of which nothing else is known, and their bigram.
    pub fn after(&self, older: WordId, last: WordId, bigram: Option<Bigram>) -> State {
        State { last: older, ..self.begin() }.next(last, bigram)
    }

    /// The cost of `word` after `state`, and the state after it.
    pub fn score(&self, state: State, word: WordId) -> (Cost, State) {
        self.score_with(state, word, self.bigram(state.last, word))
    }

    /// [`Grams::score`] for a caller that has asked for the bigram of `state.last()` and `word` already.
    pub fn score_with(&self, state: State, word: WordId, bigram: Option<Bigram>) -> (Cost, State) {
        let trigram = self.trigram_wanted(state, word, bigram).and_then(|key| self.trigrams.get(key));
        self.score_of(state, word, bigram, trigram)
    }

    /// The key of the trigram that [`Grams::score_of`] wants to know; `None` where no trigram can stand.
    pub(super) fn trigram_wanted(&self, state: State, word: WordId, bigram: Option<Bigram>) -> Option<u64> {
        (state.extends && bigram.is_some()).then(|| trigram_key(state.older, state.last, word))
    }

    /// [`Grams::score`] for a caller that has asked for the bigram and for the trigram's cell already.
    pub(super) fn score_of(
        &self,
        state: State,
        word: WordId,
        bigram: Option<Bigram>,
        trigram: Option<u32>,
    ) -> (Cost, State) {
        let cost = match bigram {
            Some((cost, ..)) => {
                trigram.map_or(cost + Cost::from(state.backoff), |value| self.trigram_of(value))
            }
            None => {
                let (cost, _) = self.unigram(word);
                cost + Cost::from(self.unigram(state.last).1) + Cost::from(state.backoff)
            }
        };
        (cost, state.next(word, bigram))
    }

    /// The cost of forgetting a word: its back-off.
    pub fn forget(&self, word: WordId) -> Cost {
        Cost::from(self.unigram(word).1)
    }

    /// How long a stretch ending in `word` the model has seen after two words: 3, 2 or 1.
    pub fn order(&self, older: WordId, last: WordId, word: WordId) -> u32 {
        if self.bigram(last, word).is_none() {
            return 1;
        }
        if self.bigram(older, last).is_some_and(|b| b.2) && self.trigram(older, last, word).is_some() {
            3
        } else {
            2
        }
    }

    /// The cost of ending the sentence after `state`.
    pub fn end(&self, state: State) -> Cost {
        self.score(state, END).0
    }

    /// The cost of a word without any context.
    pub fn alone(&self, word: WordId) -> Cost {
        self.unigram(word).0
    }
}
