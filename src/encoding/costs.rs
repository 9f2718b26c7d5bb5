//! What misreading and damage cost: `dictionaries/encoding.weights` as integers, and what a text taught about its own damage.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use super::charset::{Charset, Charsets};
use super::mojibake::{CLEAN, Found, settled};
use super::plausible::{NAT, Usual};
use super::units;
use crate::lexicon::EncodingWeights;

/// Stretches that teach which set did the damage; more would tell nothing new.
pub(super) const TAUGHT: usize = 1000;

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
    pub alone: i32,
    pub straight: i32,
    pub lost: i32,
    pub gone: i32,
    pub control: i32,
    pub again: i32,
    pub settled: i32,
    pub vouched: i32,
    pub scrap: i32,
    pub twin: i32,
    pub odd: i32,
    /// Factors.
    pub layer: f32,
    pub stays: f32,
    pub mostly: f32,
    pub alike: f32,
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
            alone: cost(weights.alone),
            straight: cost(weights.straight),
            lost: cost(weights.lost),
            gone: cost(weights.gone),
            control: cost(weights.control),
            again: cost(weights.again),
            settled: cost(weights.settled),
            vouched: cost(weights.vouched),
            scrap: cost(weights.scrap),
            twin: cost(weights.twin),
            odd: cost(weights.odd),
            layer: weights.layer,
            stays: weights.stays,
            mostly: weights.mostly,
            alike: weights.alike,
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
    /// The leader, and what entering each state costs in the whole of what was read as it.
    below: Option<(usize, Enter)>,
    /// The set that did most of the damage, where what lies below it told so.
    leader: Option<usize>,
    /// What each set gained in that text.
    inner: Vec<(u32, i64)>,
    /// The same of this text, as the layer above it showed it: it tells sets apart, and makes none of them likelier.
    foreseen: Vec<(u32, i64)>,
}

/// What it costs to enter states.
#[derive(Debug, Clone)]
pub(super) struct Enter {
    /// Of clean text, then of each set.
    pub costs: Vec<i32>,
    /// The state that most of a text was misread as; [`CLEAN`] where that is not known.
    pub leader: usize,
}

impl Habits {
    /// Learns from what was found in a text.
    pub fn learn_all(&mut self, text: &str, found: &Found) {
        self.tried = self.tried.saturating_add(found.islands as u32);
        for run in found.misread.chunk_by(|a, b| a.range.end == b.range.start).take(TAUGHT) {
            self.learn(text, run[0].range.start..run[run.len() - 1].range.end);
        }
    }

    /// Weighs a stretch of a text that was undone, for every set as which it may have been misread.
    fn learn(&mut self, text: &str, range: Range<usize>) {
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
        if let [outer, inner] = chain
            && self.below.as_ref().is_none_or(|(set, _)| set != outer)
        {
            self.pairs.insert((*outer, *inner));
        }
    }

    /// Tells sets that are much alike apart by what lies below them: of each that could have done the damage, what was done to
    /// the whole of what was read as it. `below` gives what is known of that text. Keeps the best in mind.
    pub fn look_below(&mut self, mut below: impl FnMut(usize) -> Habits) {
        let own = self.gains();
        let Some(&(most, first)) = own.first() else { return };
        let share = Costs::get().alike;
        let (mut seen, mut best) = (Vec::new(), None::<(i64, usize, Habits)>);
        for (gain, set) in own {
            let undone = self.undone[set];
            // What did not do most of it may still gain most below.
            let alike =
                undone.0 as f32 >= share * self.undone[first].0 as f32 && gain as f32 >= share * most as f32;
            // The same to the digit: what came out is the same too.
            if !alike || seen.contains(&undone) {
                continue;
            }
            seen.push(undone);
            let inner = below(set);
            let gain = gain + inner.gains().first().map_or(0, |(gain, _)| (*gain).max(0));
            if best.as_ref().is_none_or(|(most, ..)| gain > *most) {
                best = Some((gain, set, inner));
            }
        }
        let Some((_, set, inner)) = best else { return };
        self.leader = Some(set);
        if let Some(leader) = inner.leader() {
            self.pairs.clear();
            self.pairs.insert((set, leader));
            self.below = Some((set, inner.enter_by(Costs::get().layer)));
        }
        self.inner = inner.undone;
    }

    /// What is known of the text below the one that this was learned from; `None` where nothing is.
    pub fn into_inner(self) -> Option<Self> {
        (!self.inner.is_empty()).then(|| Self { foreseen: self.inner, ..Self::default() })
    }

    /// The costs of entering each state in what a set was read from.
    pub fn below(&self, outer: usize) -> Enter {
        match &self.below {
            Some((set, enter)) if *set == outer => enter.clone(),
            _ => Self::enter_below(),
        }
    }

    /// Was this pair undone before?
    pub fn has(&self, outer: usize, inner: usize) -> bool {
        self.pairs.contains(&(outer, inner))
    }

    /// What each set that did damage gains, beyond what it costs; the most comes first, of several the first set.
    fn gains(&self) -> Vec<(i64, usize)> {
        let prior = |set: usize| (Charsets::get().sets[set].cost * NAT as f32) as i64;
        let foreseen = |set: usize| self.foreseen.get(set).map_or(0, |(_, gain)| *gain);
        let gain = |(set, (undone, gain)): (usize, &(u32, i64))| {
            (*undone > 0).then(|| (gain + foreseen(set) - prior(set), set))
        };
        let mut gains: Vec<_> = self.undone.iter().enumerate().filter_map(gain).collect();
        gains.sort_by_key(|(gain, set)| (-gain, *set));
        gains
    }

    /// The set that did most of the damage: the one by which most is gained, beyond what it costs.
    pub fn leader(&self) -> Option<usize> {
        self.leader.or_else(|| self.gains().first().map(|(_, set)| *set))
    }

    /// The costs of entering each state. For the set that did most of the damage, its share of the stretches, where that is
    /// likelier than what the table says.
    pub fn enter(&self) -> Enter {
        self.enter_by(1.0)
    }

    fn enter_by(&self, factor: f32) -> Enter {
        let mut enter = priors(factor);
        if let Some(set) = self.leader() {
            let undone = self.undone[set].0;
            let share = (self.tried.max(undone) as f32 / undone as f32).ln();
            let cost = (share * NAT as f32) as i32 + Costs::get().again;
            enter.leader = set + 1;
            enter.costs[set + 1] = enter.costs[set + 1].min(cost);
        }
        enter
    }

    /// The same of a text of which nothing is known.
    pub fn enter_anew() -> Enter {
        priors(1.0)
    }

    /// The same of what came out of a layer: text that was misread once is sooner misread another time.
    pub fn enter_below() -> Enter {
        priors(Costs::get().layer)
    }
}

/// What the sets cost by the table, times a factor.
fn priors(factor: f32) -> Enter {
    let cost = |set: &Charset| (set.cost * factor * NAT as f32) as i32;
    let costs = std::iter::once(0).chain(Charsets::get().sets.iter().map(cost)).collect();
    Enter { costs, leader: CLEAN }
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
        let prior = habits.enter().costs;
        habits.tried = 8;
        let text = "a cafĂ©";
        habits.learn(text, 5..text.len());
        let after = habits.enter().costs;
        assert!(after[2] < prior[2] && after[1] == prior[1] && after[0] == 0);
        assert_eq!(habits.leader(), Some(1));
        habits.pair(&[1, 0]);
        assert!(habits.has(1, 0) && !habits.has(0, 1));
        assert!(habits.enter().costs[2] >= Costs::get().again);
    }
}
