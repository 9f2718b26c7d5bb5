//! The ranker: turns the evidence for a reading into a cost. Log-linear; the numbers are `dictionaries/weights.txt`.

use crate::channel::{Reading, Sentence};
use crate::cost::{Cost, UNIT};
use crate::lexicon::rules::{Known, extend_key};
use crate::lexicon::source::{DIALECTS, PerDialect};
use crate::lexicon::{Lexicon, Weights, WordId, flag};

/// What is believed of a document while it is decoded.
#[derive(Debug, Clone, Default)]
pub struct Strengths {
    /// Share of its open words that were swapped.
    pub rate: f32,
    /// Weight of each dialect; sums to 1.
    pub dialects: PerDialect<f32>,
    /// Expected count of each substitution, by [`Evidence::habit`].
    pub habits: Vec<f32>,
}

impl Strengths {
    /// What is believed of a document before anything was seen of it.
    pub fn prior(weights: &Weights) -> Self {
        let dialects = [1.0 / DIALECTS.len() as f32; DIALECTS.len()];
        Self { rate: weights.rate, dialects, habits: Vec::new() }
    }
}

/// What speaks for a reading whatever the document is: computed once, used in every pass.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// Costs that do not change, in nats.
    pub fixed: f32,
    /// Probability that what stands there stands for this, per dialect, whatever is around it.
    pub shares: PerDialect<f32>,
    /// Number of the substitution within the document.
    pub habit: u32,
}

/// The two sides of a reading as a key: the same substitution has the same key throughout a document.
pub fn habit_key(sentence: &Sentence<'_>, reading: &Reading) -> u64 {
    let left = sentence.ids[reading.start as usize..reading.end as usize].iter();
    extend_key(left.fold(0, |key, id| extend_key(key, *id)), reading.entry.place())
}

/// The evidence for a reading, its substitution not yet numbered.
pub fn evidence(lexicon: &Lexicon, sentence: &Sentence<'_>, reading: &Reading) -> Evidence {
    let weights = lexicon.weights();
    let mut fixed = match reading.known {
        Known::User => weights.user,
        Known::Strong => weights.strong,
        Known::Weak => weights.weak,
        Known::Habit => weights.habit,
        Known::Seen => weights.seen,
    };
    fixed += weights.frequency * commoner(lexicon, sentence, reading);
    if mends_article(lexicon, sentence, reading) {
        fixed -= weights.article;
    }
    Evidence { fixed, shares: reading.entry.odds(), habit: 0 }
}

/// The costs of readings in a sentence whose words were swapped at `rate`.
pub fn cost(weights: &Weights, strengths: &Strengths, rate: f32) -> impl Fn(&Evidence) -> Cost {
    let swapped = rate.max(1e-9).ln();
    move |evidence| {
        let share = share(evidence, strengths).clamp(1e-6, 1.0 - 1e-3);
        let mut nats = evidence.fixed - swapped - weights.share * (share / (1.0 - share)).ln();
        // Most substitutions are expected nowhere.
        if let Some(count) = strengths.habits.get(evidence.habit as usize).filter(|count| **count > 0.0) {
            nats -= weights.consistency * count.ln_1p();
        }
        (nats * UNIT as f32).round() as Cost
    }
}

/// Probability that what stands there stands for this in this document, whatever is around it.
pub fn share(evidence: &Evidence, strengths: &Strengths) -> f32 {
    evidence.shares.iter().zip(strengths.dialects).map(|(s, d)| s * d).sum()
}

/// ln of how much commoner the rarest word that was meant is than the rarest that was written.
pub fn commoner(lexicon: &Lexicon, sentence: &Sentence<'_>, reading: &Reading) -> f32 {
    let rarest = |ids: &mut dyn Iterator<Item = WordId>| {
        let least = ids.map(|id| lexicon.words().log_count(id)).min().unwrap_or(0);
        f32::from(least) / 8.0 * std::f32::consts::LN_2
    };
    let written = &sentence.ids[reading.start as usize..reading.end as usize];
    rarest(&mut reading.entry.ids()) - rarest(&mut written.iter().copied())
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
