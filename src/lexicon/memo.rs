//! N-grams asked for lately, and a way to ask for many at once.
//!
//! An n-gram costs three reads from fourteen megabytes, nearly all of them far from the processor. The readings of a
//! sentence ask for the same few n-grams many times (the pruning, the search, the next round), and one after the other
//! each waits for its reads; asked for together in a loop without a decision, the reads overlap. (Three reads anywhere in
//! 30 MB, no hashing, on a busy machine: 215 ns one query after the other, 62 ns each by sixteen.)

use super::grams::{Bigram, Grams, State, bigram_key};
use super::words::WordId;
use crate::cost::Cost;

/// Bigrams remembered, and trigrams: with 16 bytes each both stay in a second-level cache.
const SLOTS: usize = 1 << 12;

/// A cache of n-grams in front of [`Grams`]: each has one place, the newer takes it. One that nobody asked takes no memory.
#[derive(Debug, Clone, Default)]
pub struct Memo {
    slots: Vec<(u64, Option<u32>)>,
    trigrams: Vec<(u64, Option<u32>)>,
    keys: Vec<u64>,
    values: Vec<Option<u32>>,
    /// Words to be scored, with their bigrams and what is known of their trigrams.
    asked: Vec<Asked>,
}

/// What the language model says of a word after a state.
#[derive(Debug, Clone, Copy)]
pub struct Score {
    /// What it asks.
    pub cost: Cost,
    /// The state after the word.
    pub state: State,
    /// The length of the n-gram that it knows: 1, 2 or 3.
    pub order: u8,
}

/// A word after a state, on its way to a score.
#[derive(Debug, Clone, Copy)]
struct Asked {
    state: State,
    word: WordId,
    bigram: Option<Bigram>,
    trigram: Trigram,
}

#[derive(Debug, Clone, Copy)]
enum Trigram {
    Known(Option<u32>),
    /// By its number among those asked for.
    Asked(u32),
}

fn slot(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SLOTS.trailing_zeros())) as usize
}

impl Memo {
    /// Notes a pair that [`Memo::fetch`] is to ask for.
    pub fn want(&mut self, a: WordId, b: WordId) {
        if self.slots.is_empty() {
            // No bigram has the key 0.
            self.slots = vec![(0, None); SLOTS];
        }
        let key = bigram_key(a, b);
        let place = &mut self.slots[slot(key)];
        if place.0 != key {
            *place = (key, None);
            self.keys.push(key);
        }
    }

    /// Asks for all pairs noted, at once. Until then nothing else may be asked.
    pub fn fetch(&mut self, grams: &Grams<'_>) {
        self.values.clear();
        grams.bigram_values(&self.keys, &mut self.values);
        // In the order in which they took their places, so that the last of a place has it with its value.
        for (key, value) in self.keys.iter().zip(&self.values) {
            self.slots[slot(*key)] = (*key, *value);
        }
        self.keys.clear();
    }

    /// [`Grams::bigram`], remembered.
    pub fn bigram(&mut self, grams: &Grams<'_>, a: WordId, b: WordId) -> Option<Bigram> {
        self.value(grams, bigram_key(a, b)).map(|value| grams.bigram_of(value))
    }

    /// The cost of a word after another, by their bigram or what the model makes of it where it holds none.
    pub fn pair(&mut self, grams: &Grams<'_>, a: WordId, b: WordId) -> Cost {
        match self.value(grams, bigram_key(a, b)) {
            Some(value) => grams.bigram_cost(value),
            None => grams.alone(b) + grams.forget(a),
        }
    }

    fn value(&mut self, grams: &Grams<'_>, key: u64) -> Option<u32> {
        match self.slots.get_mut(slot(key)) {
            Some(place) if place.0 == key => place.1,
            Some(place) => {
                *place = (key, grams.bigram_value(key));
                place.1
            }
            None => grams.bigram_value(key),
        }
    }

    /// Notes a word after a state for [`Memo::scores`]; gives the state after the word.
    pub fn ask(&mut self, grams: &Grams<'_>, state: State, word: WordId) -> State {
        let bigram = self.bigram(grams, state.last(), word);
        let trigram = match grams.trigram_wanted(state, word, bigram) {
            None => Trigram::Known(None),
            Some(key) => match self.trigrams.get(slot(key)) {
                Some(place) if place.0 == key => Trigram::Known(place.1),
                _ => {
                    self.keys.push(key);
                    Trigram::Asked(self.keys.len() as u32 - 1)
                }
            },
        };
        self.asked.push(Asked { state, word, bigram, trigram });
        state.next(word, bigram)
    }

    /// The scores of all words noted, in order ([`Grams::score`] of each), their trigrams asked for at once.
    pub fn scores(&mut self, grams: &Grams<'_>) -> impl Iterator<Item = Score> {
        self.values.clear();
        if !self.keys.is_empty() {
            grams.trigram_values(&self.keys, &mut self.values);
        }
        if self.trigrams.is_empty() {
            self.trigrams = vec![(0, None); SLOTS];
        }
        for (key, value) in self.keys.drain(..).zip(&self.values) {
            self.trigrams[slot(key)] = (key, *value);
        }
        let found = &self.values;
        self.asked.drain(..).map(move |Asked { state, word, bigram, trigram }| {
            let trigram = match trigram {
                Trigram::Known(value) => value,
                Trigram::Asked(number) => found[number as usize],
            };
            let (cost, state) = grams.score_of(state, word, bigram, trigram);
            Score { cost, state, order: 1 + u8::from(bigram.is_some()) + u8::from(trigram.is_some()) }
        })
    }
}
