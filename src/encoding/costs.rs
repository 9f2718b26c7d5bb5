//! What misreading and damage cost: `dictionaries/encoding.weights` as integers, and what a text taught about its own damage.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::charset::{Charset, Charsets};
use super::plausible::NAT;
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
            layer: weights.layer,
        }
    }
}

/// What was undone in a text so far. Where a set, or a pair of sets, did damage already, more of the same is believed
/// sooner: each round of a repair finds what the rounds before made likely.
#[derive(Debug, Default)]
pub(super) struct Habits {
    /// Stretches that were undone, by set.
    undone: Vec<u32>,
    /// Stretches that might have been.
    tried: u32,
    /// Pairs of sets that were undone together, the outer one first.
    pairs: HashSet<(usize, usize)>,
}

impl Habits {
    /// Counts stretches that were looked at.
    pub fn look(&mut self, stretches: usize) {
        self.tried = self.tried.saturating_add(stretches as u32);
    }

    /// Counts a stretch that was undone.
    pub fn learn(&mut self, chain: &[usize]) {
        for set in chain {
            self.undone.resize(self.undone.len().max(set + 1), 0);
            self.undone[*set] += 1;
        }
        self.pair(chain);
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

    /// The costs of entering each state: clean text, then the sets. For the set that did most of the damage, its share of
    /// the stretches, where that is likelier than what the table says: texts are misread as one set, and what looks like
    /// another one in between is mostly the same.
    pub fn enter(&self) -> Vec<i32> {
        let mut enter = Self::enter_anew();
        let most = self.undone.iter().copied().enumerate().max_by_key(|(i, undone)| (*undone, usize::MAX - i));
        if let Some((set, undone)) = most.filter(|(_, undone)| *undone > 0) {
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
        habits.learn(&[1]);
        let after = habits.enter();
        assert!(after[2] < prior[2] && after[1] == prior[1] && after[0] == 0);
        habits.learn(&[1, 0]);
        assert!(habits.has(1, 0) && !habits.has(0, 1));
        assert!(habits.enter()[2] >= Costs::get().again);
    }
}
