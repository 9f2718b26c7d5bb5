//! What misreading and damage cost: `dictionaries/encoding.weights` as integers, and what a text taught about its own damage.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use super::charset::{Charset, Charsets};
use super::mojibake::settled;
use super::plausible::{NAT, Usual};
use super::units;
use crate::lexicon::EncodingWeights;

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/encoding.weights"));

/// The weights, in parts of a nat; what each is, [`EncodingWeights`] says.
#[derive(Debug)]
pub(super) struct Costs {
    pub leave: i32,
    pub intact: i32,
    pub refused: i32,
    pub doubtful: i32,
    pub spaced: i32,
    pub collapsed: i32,
    pub straight: i32,
    pub lost: i32,
    pub gone: i32,
    pub control: i32,
    pub again: i32,
    pub settled: i32,
    pub vouched: i32,
    pub scrap: i32,
    /// A factor.
    pub layer: f32,
}

impl Costs {
    pub fn get() -> &'static Self {
        static COSTS: OnceLock<Costs> = OnceLock::new();
        // A test reads the table; with a broken one damage to bytes would cost nothing, and sets what they cost.
        COSTS.get_or_init(|| {
            Self::of(&EncodingWeights::parse("dictionaries/encoding.weights", TABLE).unwrap_or_default())
        })
    }

    fn of(weights: &EncodingWeights) -> Self {
        let cost = |nats: f32| (nats * NAT as f32) as i32;
        Self {
            leave: cost(weights.leave),
            intact: cost(weights.intact),
            refused: cost(weights.refused),
            doubtful: cost(weights.doubtful),
            spaced: cost(weights.spaced),
            collapsed: cost(weights.collapsed),
            straight: cost(weights.straight),
            lost: cost(weights.lost),
            gone: cost(weights.gone),
            control: cost(weights.control),
            again: cost(weights.again),
            settled: cost(weights.settled),
            vouched: cost(weights.vouched),
            scrap: cost(weights.scrap),
            layer: weights.layer,
        }
    }
}

/// What was undone in a text so far. Where a set, or a pair of sets, did damage already, more of the same is believed sooner.
#[derive(Debug, Default)]
pub(super) struct Habits {
    /// Stretches that were undone and could have been misread as each set, and what they gain by it.
    undone: Vec<(u32, i64)>,
    /// Stretches that might have been misread.
    tried: u32,
    /// Pairs of sets that were undone together, the outer one first.
    pairs: HashSet<(usize, usize)>,
}

impl Habits {
    /// Counts stretches that were looked at.
    pub fn look(&mut self, stretches: usize) {
        self.tried = self.tried.saturating_add(stretches as u32);
    }

    /// Weighs a stretch of a text that was undone, for every set as which it may have been misread.
    pub fn learn(&mut self, text: &str, range: Range<usize>) {
        let (sets, usual, control) = (Charsets::get(), Usual::get(), Costs::get().control);
        self.undone.resize(sets.sets.len(), (0, 0));
        let stretch = &text[range.clone()];
        let left = usual.class(text[..range.start].chars().next_back().unwrap_or(' '));
        let right = usual.class(text[range.end..].chars().next().unwrap_or(' '));
        let stands = usual.cost(left, stretch.chars(), right, control);
        for (set, (undone, gain)) in self.undone.iter_mut().enumerate() {
            if let Some(meant) = units::meaning(sets, set, stretch) {
                *undone += 1;
                *gain += i64::from(stands - usual.cost(left, meant.chars().map(settled), right, control));
            }
        }
    }

    /// Keeps two sets that were undone together in mind.
    pub fn pair(&mut self, chain: &[usize]) {
        if let [outer, inner] = chain {
            self.pairs.insert((*outer, *inner));
        }
    }

    /// Was this pair undone before?
    pub fn has(&self, outer: usize, inner: usize) -> bool {
        self.pairs.contains(&(outer, inner))
    }

    /// The set by which most is gained, beyond what it costs; of several the first.
    pub fn leader(&self) -> Option<usize> {
        let prior = |set: usize| (Charsets::get().sets[set].cost * NAT as f32) as i64;
        let gain =
            |(set, (undone, gain)): (usize, &(u32, i64))| (*undone > 0).then(|| (gain - prior(set), set));
        let gains = self.undone.iter().enumerate().filter_map(gain);
        gains.max_by_key(|(gain, set)| (*gain, usize::MAX - set)).map(|(_, set)| set)
    }

    /// The costs of entering each state: clean text, then the sets. For the one that did most of the damage, its share of
    /// the stretches, where that is likelier than what the table says.
    pub fn enter(&self) -> Vec<i32> {
        let mut enter = Self::enter_anew();
        if let Some(set) = self.leader() {
            let undone = self.undone[set].0;
            let share = (self.tried.max(undone) as f32 / undone as f32).ln();
            let cost = (share * NAT as f32) as i32 + Costs::get().again;
            enter[set + 1] = enter[set + 1].min(cost);
        }
        enter
    }

    /// The same of a text of which nothing is known.
    pub fn enter_anew() -> Vec<i32> {
        priors(1.0)
    }

    /// The same of what came out of a layer: text that was misread once is sooner misread another time.
    pub fn enter_below() -> Vec<i32> {
        priors(Costs::get().layer)
    }
}

/// What the sets cost by the table, times a factor.
fn priors(factor: f32) -> Vec<i32> {
    let cost = |set: &Charset| (set.cost * factor * NAT as f32) as i32;
    std::iter::once(0).chain(Charsets::get().sets.iter().map(cost)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let weights = EncodingWeights::parse("encoding.weights", TABLE).unwrap();
        assert!(weights.leave > 0.0 && weights.layer > 0.0);
        assert!(Costs::get().leave > 0 && Costs::get().refused > Costs::get().intact);
    }

    #[test]
    fn what_was_seen_is_believed_sooner() {
        let mut habits = Habits::default();
        let prior = habits.enter();
        habits.look(8);
        let text = "a cafĂ©";
        habits.learn(text, 5..text.len());
        let after = habits.enter();
        assert!(after[2] < prior[2] && after[1] == prior[1] && after[0] == 0);
        assert_eq!(habits.leader(), Some(1));
        habits.pair(&[1, 0]);
        assert!(habits.has(1, 0) && !habits.has(0, 1));
        assert!(habits.enter()[2] >= Costs::get().again);
    }
}
