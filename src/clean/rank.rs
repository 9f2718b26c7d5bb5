//! The ranker: turns the evidence for a reading into a cost. Log-linear; the numbers are `dictionaries/weights.txt`.

use std::collections::HashMap;

use crate::channel::{Reading, Sentence};
use crate::cost::{Cost, UNIT};
use crate::lexicon::rules::{ABSENT, Known};
use crate::lexicon::{Around, FIRST, Lexicon, Weights, WordId, flag};
use crate::text::word_hash;

/// What is believed of a document while it is decoded.
#[derive(Debug, Clone)]
pub struct Strengths {
    /// Share of its words that were swapped.
    pub rate: f32,
    /// Weight of each dialect; sums to 1.
    pub dialects: [f32; 3],
    /// Expected count of each substitution, by what was written and what was meant.
    pub habits: HashMap<(u64, u64), f32>,
}

/// The two sides of a reading, as a key for [`Strengths::habits`].
pub fn habit_key(sentence: &Sentence<'_>, reading: &Reading) -> (u64, u64) {
    let left = sentence.ids[reading.start as usize..reading.end as usize].iter();
    (left.fold(0, |key, id| crate::lexicon::rules::extend_key(key, *id)), word_hash(reading.entry.text()))
}

/// Share of the original's occurrences that come out so, per dialect. A dialect that is not known to do it gets a little
/// of what the likeliest one has.
pub fn shares(reading: &Reading, weights: &Weights) -> [f32; 3] {
    let costs = reading.entry.costs();
    let best = costs.iter().copied().min().unwrap_or(ABSENT);
    let share = |nats: f32| (-nats).exp();
    std::array::from_fn(|d| match costs[d] {
        ABSENT => share(f32::from(best) / 16.0 + weights.stranger),
        cost => share(f32::from(cost) / 16.0),
    })
}

/// The cost of a reading in a sentence whose words were swapped at `rate`.
pub fn cost(
    lexicon: &Lexicon,
    sentence: &Sentence<'_>,
    reading: &Reading,
    strengths: &Strengths,
    rate: f32,
    around: &Around,
) -> Cost {
    let weights = lexicon.weights();
    let mut nats = -rate.max(1e-9).ln() - share(reading, strengths, weights).max(1e-9).ln();
    nats += match reading.known {
        Known::User => weights.user,
        Known::Strong => weights.strong,
        Known::Weak => weights.weak,
        Known::Habit => weights.habit,
        Known::Thesaurus => weights.thesaurus,
    };
    if mends_article(lexicon, sentence, reading) {
        nats -= weights.article;
    }
    nats -= weights.context * context_gain(lexicon, around, reading, sentence);
    if let Some(count) = strengths.habits.get(&habit_key(sentence, reading)) {
        nats -= weights.consistency * count.ln_1p();
    }
    (nats * UNIT as f32).round() as Cost
}

/// Share of the original's occurrences that come out so in this document.
pub fn share(reading: &Reading, strengths: &Strengths, weights: &Weights) -> f32 {
    shares(reading, weights).iter().zip(strengths.dialects).map(|(s, d)| s * d).sum()
}

/// How much better what was meant fits what is around it than what was written, in nats.
pub fn context_gain(lexicon: &Lexicon, around: &Around, reading: &Reading, sentence: &Sentence<'_>) -> f32 {
    let written = &sentence.ids[reading.start as usize..reading.end as usize];
    fit(lexicon, around, reading.entry.ids()) - fit(lexicon, around, written.iter().copied())
}

/// How well words fit what is around them: the mean over those that have a vector.
fn fit(lexicon: &Lexicon, around: &Around, ids: impl Iterator<Item = WordId>) -> f32 {
    let fits = ids.filter(|id| *id >= FIRST).filter_map(|id| lexicon.vectors().fit(around, id));
    let (sum, n) = fits.fold((0.0, 0), |(sum, n), fit| (sum + fit, n + 1));
    sum / n.max(1) as f32
}

/// Does `a` or `an` before the reading fit the repair but not what stands there?
pub fn mends_article(lexicon: &Lexicon, sentence: &Sentence<'_>, reading: &Reading) -> bool {
    let Some(before) = (reading.start as usize).checked_sub(1) else { return false };
    let Some(meant) = reading.entry.ids().next() else { return false };
    let takes_an = |id| lexicon.words().flags(id) & flag::AN != 0;
    match lexicon.article(sentence.ids[before]) {
        Some(an) => takes_an(meant) == an && takes_an(sentence.ids[reading.start as usize]) != an,
        None => false,
    }
}
