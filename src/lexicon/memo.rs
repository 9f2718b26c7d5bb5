//! Bigrams asked for lately, and a way to ask for many at once.
//!
//! A bigram costs three reads from twelve megabytes, nearly all of them far from the processor. The readings of a sentence
//! ask for the same few pairs many times (the pruning, then the search), and one after the other each waits for its reads;
//! asked for together in a loop without a decision, the reads overlap.

use super::grams::{Bigram, Grams, bigram_key};
use super::words::WordId;

/// Pairs remembered: with 16 bytes each the memo stays in a second-level cache.
const SLOTS: usize = 1 << 12;

/// A cache of bigrams in front of [`Grams`]: each pair has one place, the newer pair takes it.
#[derive(Debug, Clone)]
pub struct Memo {
    slots: Vec<(u64, Option<u32>)>,
    keys: Vec<u64>,
    values: Vec<Option<u32>>,
}

impl Default for Memo {
    fn default() -> Self {
        // No bigram has the key 0.
        Self { slots: vec![(0, None); SLOTS], keys: Vec::new(), values: Vec::new() }
    }
}

fn slot(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SLOTS.trailing_zeros())) as usize
}

impl Memo {
    /// Asks for all these pairs at once.
    pub fn warm(&mut self, grams: &Grams<'_>, pairs: impl Iterator<Item = (WordId, WordId)>) {
        self.keys.clear();
        let slots = &self.slots;
        self.keys.extend(pairs.map(|(a, b)| bigram_key(a, b)).filter(|key| slots[slot(*key)].0 != *key));
        self.values.clear();
        grams.bigram_values(&self.keys, &mut self.values);
        for (key, value) in self.keys.iter().zip(&self.values) {
            self.slots[slot(*key)] = (*key, *value);
        }
    }

    /// [`Grams::bigram`], remembered.
    pub fn bigram(&mut self, grams: &Grams<'_>, a: WordId, b: WordId) -> Option<Bigram> {
        let key = bigram_key(a, b);
        let place = &mut self.slots[slot(key)];
        if place.0 != key {
            *place = (key, grams.bigram_value(key));
        }
        place.1.map(|value| grams.bigram_of(value))
    }
}
