//! What was seen of substitutions in spun text that people restored, and what it says of each entry of the tables.
//!
//! A table says that `calculation` may stand for `algorithm`; experience says that of 212 times that it stood in spun
//! scientific text 190 were `algorithm`. Both are needed: what was never seen has only the table, what was seen three
//! times has both. So the odds of an entry are a chain of estimates, each drawn towards the one before it by a few
//! occurrences' worth: what people wrote, all forms of the lemmas in all dialects, this form, this form in this dialect
//! (the back-off of Bayes with Dirichlet priors: MacKay and Peto, "A Hierarchical Dirichlet Language Model", 1995).

use std::collections::HashMap;

use super::rules::{ABSENT, Known, side_tokens};
use super::source::{DIALECTS, PerDialect, Seen};
use super::weights::Weights;

/// Counts by left side, and by left and right side, each per dialect.
#[derive(Debug, Default)]
pub struct Experience {
    lefts: HashMap<String, PerDialect<f32>>,
    pairs: HashMap<(String, String), PerDialect<f32>>,
}

/// How often a substitution was seen, per dialect.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Occurrences of the left side that stood for this right side.
    pub meant: PerDialect<f32>,
    /// Occurrences of the left side.
    pub stood: PerDialect<f32>,
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: &Self) {
        for d in 0..DIALECTS.len() {
            self.meant[d] += other.meant[d];
            self.stood[d] += other.stood[d];
        }
    }
}

/// A side as the counts know it: its words and marks in lower case, with single spaces.
pub fn plain(side: &str) -> String {
    side_tokens(side).into_iter().map(|(word, _)| word).collect::<Vec<_>>().join(" ")
}

impl Experience {
    /// The counts of these lines.
    pub fn new(lines: &[Seen]) -> Self {
        let mut out = Self::default();
        for line in lines {
            let left = plain(&line.garbled);
            for (original, times) in &line.originals {
                out.pairs.entry((left.clone(), plain(original))).or_default()[line.dialect] += *times as f32;
            }
            out.lefts.entry(left).or_default()[line.dialect] += line.times as f32;
        }
        out
    }

    /// What was seen of a substitution; both sides [`plain`].
    pub fn tally(&self, left: &str, right: &str) -> Tally {
        let pair = (left.to_owned(), right.to_owned());
        Tally {
            meant: self.pairs.get(&pair).copied().unwrap_or_default(),
            stood: self.lefts.get(left).copied().unwrap_or_default(),
        }
    }
}

/// The log-odds, per dialect, that a left side stands for a right side in spun text, as an entry holds them.
///
/// `costs` are what people wrote (−ln of shares, in 1/16 nat), `family` is what was seen of all forms, `own` of this one.
pub fn odds(
    weights: &Weights,
    known: Known,
    costs: PerDialect<u8>,
    family: &Tally,
    own: &Tally,
) -> PerDialect<u8> {
    let first = match known {
        Known::User | Known::Strong => weights.prior_strong,
        Known::Weak => weights.prior_weak,
        Known::Habit => weights.prior_habit,
        Known::Seen | Known::Thesaurus => weights.prior_seen,
    };
    let best = costs.iter().copied().min().unwrap_or(ABSENT);
    let sum = |counts: &PerDialect<f32>| counts.iter().sum::<f32>();
    let drawn = |meant: f32, stood: f32, words: f32, p: f32| (meant + words * p) / (stood.max(meant) + words);
    std::array::from_fn(|d| {
        let share = match costs[d] {
            ABSENT => -f32::from(best) / 16.0 - weights.stranger,
            cost => -f32::from(cost) / 16.0,
        };
        let p = probability(first + weights.prior_share * share);
        let p = drawn(sum(&family.meant), sum(&family.stood), weights.prior_words, p);
        let p = drawn(sum(&own.meant), sum(&own.stood), weights.form_words, p);
        let p = drawn(own.meant[d], own.stood[d], weights.dialect_words, p);
        let p = p.clamp(1e-3, 1.0 - 1e-3);
        ((p / (1.0 - p)).ln() * 16.0 + MIDDLE).round().clamp(0.0, 255.0) as u8
    })
}

/// ln(1 + how often a substitution was seen), in 1/16.
pub fn support(own: &Tally) -> u8 {
    (own.meant.iter().sum::<f32>().ln_1p() * 16.0).round().min(255.0) as u8
}

/// The byte that says even odds.
const MIDDLE: f32 = 128.0;

/// The probability that a byte of [`odds`] says.
pub fn probability_of(odds: u8) -> f32 {
    probability((f32::from(odds) - MIDDLE) / 16.0)
}

fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}
