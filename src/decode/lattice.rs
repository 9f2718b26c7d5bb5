//! The lattice: nodes are the places between tokens, arcs are readings.
//!
//! ```text
//!        the    preventing    rising      extra     fierce
//!   0 ───────1─────────────2───────────3─────────4──────────5
//!             ╲ fighting   ╱╲ growing ╱ ╲  more ╱
//! ```
//!
//! Arc 0 of each token is the token as it stands.

use crate::cost::Cost;
use crate::lexicon::WordId;

/// One reading of a span in a lattice.
#[derive(Debug, Clone)]
pub struct Arc {
    /// Place where it begins.
    pub start: u16,
    /// Place where it ends.
    pub end: u16,
    /// The words it is read as, for the language model: a range of [`Lattice::ids`].
    pub ids: std::ops::Range<u32>,
    /// What the channel asks for it, the language model not counted.
    pub cost: Cost,
    /// The proposal it stands for: an index of the caller's; `None` for a token as it stands.
    pub reading: Option<u32>,
}

/// All readings of a sentence.
#[derive(Debug, Clone, Default)]
pub struct Lattice {
    /// Ordered by start; for each start, first the token as it stands.
    pub arcs: Vec<Arc>,
    /// Words of the arcs.
    pub ids: Vec<WordId>,
    /// How many tokens there are.
    pub len: usize,
}

impl Lattice {
    /// One of so many tokens, with room for so many readings.
    pub fn with_room(len: usize, readings: usize) -> Self {
        let arcs = len + readings;
        Self { arcs: Vec::with_capacity(arcs), ids: Vec::with_capacity(arcs + arcs / 4), len }
    }

    /// Adds an arc; arcs must come in order of their start.
    pub fn push(
        &mut self,
        span: std::ops::Range<usize>,
        ids: impl Iterator<Item = WordId>,
        cost: Cost,
        reading: Option<u32>,
    ) {
        debug_assert!(self.arcs.last().is_none_or(|a| a.start as usize <= span.start) && !span.is_empty());
        let from = self.ids.len() as u32;
        self.ids.extend(ids);
        let to = self.ids.len() as u32;
        self.arcs.push(Arc { start: span.start as u16, end: span.end as u16, ids: from..to, cost, reading });
    }

    /// The words of an arc.
    pub fn words(&self, arc: &Arc) -> &[WordId] {
        &self.ids[arc.ids.start as usize..arc.ids.end as usize]
    }
}
