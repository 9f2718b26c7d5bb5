//! What was seen of substitutions in spun text that people restored, and what it says of each entry of the tables.
//!
//! A table says that `calculation` may stand for `algorithm`; experience says that of 37 times that it stood in spun
//! scientific text 34 were `algorithm`. Both are needed: what was never seen has only the table, what was seen three
//! times has both. So the odds of an entry are a chain of estimates, each drawn towards the one before it by a few
//! occurrences' worth: what people wrote, all dialects together, all forms of the lemmas in this dialect, this form
//! (the back-off of Bayes with Dirichlet priors: MacKay and Peto, "A Hierarchical Dirichlet Language Model", 1995).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::rules::{ABSENT, Known, side_tokens};
use super::source::{DIALECTS, PerDialect, Seen};
use super::weights::Weights;

/// Counts by left side, and by left and right side, each per dialect.
#[derive(Debug, Default)]
pub struct Experience {
    lefts: HashMap<String, PerDialect<f32>>,
    pairs: HashMap<(String, String), PerDialect<f32>>,
    /// Occurrences of all left sides.
    all: PerDialect<f32>,
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

/// Share of all that was seen below which a dialect counts as not seen.
const THIN: f32 = 0.02;

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
            out.all[line.dialect] += line.times as f32;
            out.lefts.entry(left).or_default()[line.dialect] += line.times as f32;
        }
        out
    }

    /// Is there a dialect of which hardly anything was seen, while much was of others? What the others show says nothing of
    /// it, and neither do priors that were fitted on them.
    pub fn is_thin(&self) -> PerDialect<bool> {
        let sum: f32 = self.all.iter().sum();
        self.all.map(|seen| seen < sum * THIN)
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
/// `costs` are what people wrote (−ln of shares, in 1/16 nat), `family` is what was seen of all forms, `own` of this one,
/// `thin` says which dialects were hardly seen at all ([`Experience::is_thin`]).
pub fn odds(
    weights: &Weights,
    known: Known,
    costs: PerDialect<u8>,
    family: &Tally,
    own: &Tally,
    thin: PerDialect<bool>,
) -> PerDialect<u8> {
    let first = match known {
        Known::User | Known::Strong => weights.prior_strong,
        Known::Weak => weights.prior_weak,
        Known::Habit => weights.prior_habit,
        Known::Seen => weights.prior_seen,
    };
    let best = costs.iter().copied().min().unwrap_or(ABSENT);
    let drawn = |meant: f32, stood: f32, words: f32, p: f32| (meant + words * p) / (stood.max(meant) + words);
    // What all dialects show together is worth a few occurrences at most: a dialect of which little was seen is not to
    // be outvoted by the others.
    let all = |p: f32, tally: &Tally| {
        let (meant, stood) = (tally.meant.iter().sum::<f32>(), tally.stood.iter().sum::<f32>());
        let part = (weights.all_words / stood.max(1.0)).min(1.0);
        drawn(meant * part, stood * part, weights.prior_words, p)
    };
    std::array::from_fn(|d| {
        let share = match costs[d] {
            ABSENT => -f32::from(best) / 16.0 - weights.stranger,
            cost => -f32::from(cost) / 16.0,
        };
        let unseen = if thin[d] { weights.prior_thin } else { 0.0 };
        let p = probability(first + weights.prior_share * share + unseen);
        let p = if thin[d] { p } else { all(all(p, family), own) };
        let p = drawn(family.meant[d], family.stood[d], weights.form_words, p);
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

/// What a byte of [`odds`] says, in nats.
pub fn log_odds_of(odds: u8) -> f32 {
    (f32::from(odds) - MIDDLE) / 16.0
}

/// The probability that a byte of [`odds`] says.
pub fn probability_of(odds: u8) -> f32 {
    static TABLE: LazyLock<[f32; 256]> =
        LazyLock::new(|| std::array::from_fn(|byte| probability(log_odds_of(byte as u8))));
    TABLE[usize::from(odds)]
}

fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::source;

    fn weights() -> Weights {
        Weights {
            prior_habit: 0.0,
            prior_share: 1.0,
            prior_words: 4.0,
            all_words: 6.0,
            form_words: 3.0,
            dialect_words: 8.0,
            stranger: 0.5,
            ..Weights::default()
        }
    }

    fn probabilities(known: Known, family: &Tally, own: &Tally) -> Vec<f32> {
        odds(&weights(), known, [32; DIALECTS.len()], family, own, Default::default())
            .map(probability_of)
            .to_vec()
    }

    #[test]
    fn what_was_never_seen_has_what_people_wrote() {
        let p = probabilities(Known::Habit, &Tally::default(), &Tally::default());
        // A share of e^-2 with prior odds of 1: log-odds of -2.
        assert!(p.iter().all(|p| (p - probability(-2.0)).abs() < 0.01), "{p:?}");
    }

    #[test]
    fn what_was_seen_counts_for_its_form_and_dialect_and_less_for_others() {
        let lines =
            source::seen("t", "calculations | science 40 | algorithms 36\ncalculations | web 20\n").unwrap();
        let own = Experience::new(&lines).tally("calculations", "algorithms");
        let seen = probabilities(Known::Habit, &own, &own);
        let sibling = probabilities(Known::Habit, &own, &Tally::default());
        let [news, web, _, science] = [0, 1, 2, 3].map(|d| seen[d]);
        assert!(science > 0.8 && web < 0.3 && news > web && news < science, "{seen:?}");
        assert!(sibling[3] > 0.4 && sibling[3] < science, "{sibling:?}");
    }

    #[test]
    fn faults_of_counts_have_their_line() {
        for (text, message) in [
            ("a | web", "t:1: no dialect with its count"),
            ("\na | wob 3", "t:2: no dialect \"wob\""),
            ("a | any 3", "t:1: a line has one dialect"),
            ("a | web 3 | b", "t:1: an original without its count"),
            ("a | web 3 | b 4", "t:1: more originals than occurrences"),
        ] {
            let error = source::seen("t", text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        assert!(source::leanings("t", "word 3").unwrap_err().to_string().starts_with("t:1: a leaning is"));
    }
}
