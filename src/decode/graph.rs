//! Beam search over (place, language-model state), and posteriors by forward–backward over what survived.
//!
//! The search has two steps. [`Graph::build`] explores the lattice once, asks the language model, and keeps every
//! hypothesis of the beam. [`Graph::decode`] finds the best path and the posteriors with the arcs' costs of the moment: it
//! touches no n-gram, so that estimating a document's strengths again costs next to nothing.
//!
//! A hypothesis is a place with a state; arcs into the same hypothesis merge. The tie rule: of two ways with equal cost the
//! one that repairs fewer tokens wins, so what stands beats any repair of equal cost; then the one found first, which is
//! the one whose arcs come first in the lattice.

use super::lattice::Lattice;
use crate::cost::{self, Cost, NEVER};
use crate::lexicon::{Grams, Memo, State, WordId};

/// How wide the search is, and what the language model weighs.
#[derive(Debug, Clone, Copy)]
pub struct Beam {
    /// Hypotheses kept at a place.
    pub width: usize,
    /// Hypotheses this much worse than the best of their place are dropped.
    pub margin: Cost,
    /// Weight of the language model, in 1/256.
    pub model: Cost,
}

impl Default for Beam {
    fn default() -> Self {
        Self { width: 4, margin: 6 * cost::UNIT, model: 256 }
    }
}

impl Beam {
    /// The language model's cost, weighed.
    pub fn weigh(self, model: Cost) -> Cost {
        (i64::from(model) * i64::from(self.model) / 256) as Cost
    }
}

/// What a decoding found.
#[derive(Debug, Clone, Default)]
pub struct Decoded {
    /// Arcs of the best path, in order.
    pub path: Vec<u32>,
    /// Its cost.
    #[cfg_attr(not(test), allow(dead_code, reason = "compared with the exhaustive twin"))]
    pub best: Cost,
    /// The cost of all paths together.
    pub total: Cost,
    /// The cost of the sentence as it stands.
    pub standing: Cost,
    /// −ln of the posterior of each arc of the lattice; [`NEVER`] where it fell out of the beam.
    pub posteriors: Vec<Cost>,
}

/// A way from one hypothesis to another.
#[derive(Debug, Clone, Copy)]
struct Edge {
    from: u32,
    to: u32,
    arc: u32,
    /// What the language model asks, weighed.
    model: Cost,
}

/// The hypotheses of a lattice that survived the beam.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    hypotheses: u32,
    /// In order of the place they start from.
    edges: Vec<Edge>,
    /// Hypotheses at the end, with the cost of ending there.
    ends: Vec<(u32, Cost)>,
    /// What the language model asks for the sentence as it stands, weighed.
    standing: Cost,
}

/// A hypothesis while the graph is built.
#[derive(Clone, Copy)]
struct Open {
    id: u32,
    state: State,
    best: Cost,
}

impl Graph {
    /// Explores a lattice with the costs that its arcs have now.
    pub fn build(lattice: &Lattice, grams: &Grams<'_>, memo: &mut Memo, beam: Beam) -> Self {
        let mut graph = Self { hypotheses: 1, ..Self::default() };
        let mut places: Vec<Vec<Open>> = vec![Vec::new(); lattice.len + 1];
        places[0].push(Open { id: 0, state: grams.begin(), best: 0 });
        let mut first = 0;
        for place in 0..lattice.len {
            let here = prune(std::mem::take(&mut places[place]), beam);
            let end = first + lattice.arcs[first..].partition_point(|a| a.start as usize <= place);
            for index in first..end {
                let arc = &lattice.arcs[index];
                let words = lattice.words(arc);
                for open in &here {
                    let (model, state) = read(grams, open.state, words, memo);
                    let model = beam.weigh(model);
                    graph.extend(&mut places[arc.end as usize], open, state, index as u32, model, arc.cost);
                }
            }
            first = end;
        }
        let last = prune(std::mem::take(&mut places[lattice.len]), beam);
        graph.ends = last.iter().map(|open| (open.id, beam.weigh(grams.end(open.state)))).collect();
        graph.standing = standing(lattice, grams, memo, beam);
        graph
    }

    fn extend(
        &mut self,
        there: &mut Vec<Open>,
        from: &Open,
        state: State,
        arc: u32,
        model: Cost,
        cost: Cost,
    ) {
        let best = from.best + model + cost;
        let to = match there.iter_mut().find(|open| open.state == state) {
            Some(open) => {
                open.best = open.best.min(best);
                open.id
            }
            None => {
                let id = self.hypotheses;
                self.hypotheses += 1;
                there.push(Open { id, state, best });
                id
            }
        };
        self.edges.push(Edge { from: from.id, to, arc, model });
    }

    /// The best path and the posteriors with the costs that the lattice's arcs have now.
    pub fn decode(&self, lattice: &Lattice) -> Decoded {
        let n = self.hypotheses as usize;
        // The best way to each hypothesis: its cost, then how many tokens it repairs.
        let mut best = vec![(NEVER, 0); n];
        let (mut forward, mut back) = (vec![NEVER; n], vec![u32::MAX; n]);
        best[0] = (0, 0);
        forward[0] = 0;
        for (i, edge) in self.edges.iter().enumerate() {
            let arc = &lattice.arcs[edge.arc as usize];
            let cost = edge.model + arc.cost;
            let (from, to) = (edge.from as usize, edge.to as usize);
            forward[to] = cost::either(forward[to], forward[from] + cost);
            let repaired = if arc.reading.is_some() { arc.end - arc.start } else { 0 };
            let way = (best[from].0 + cost, best[from].1 + u32::from(repaired));
            if way < best[to] {
                best[to] = way;
                back[to] = i as u32;
            }
        }
        let mut backward = vec![NEVER; n];
        let (mut total, mut cheapest, mut winner) = (NEVER, (NEVER, 0), 0);
        for &(id, end) in &self.ends {
            let at = id as usize;
            backward[at] = end;
            total = cost::either(total, forward[at] + end);
            let way = (best[at].0 + end, best[at].1);
            if way < cheapest {
                cheapest = way;
                winner = at;
            }
        }
        let mut posteriors = vec![NEVER; lattice.arcs.len()];
        // Edges stand in order of the place they start from, so backwards they find `backward` of their end complete.
        for edge in self.edges.iter().rev() {
            let after = backward[edge.to as usize];
            if after >= NEVER {
                continue;
            }
            let cost = edge.model + lattice.arcs[edge.arc as usize].cost;
            let from = edge.from as usize;
            backward[from] = cost::either(backward[from], after + cost);
            let through = (forward[from] + cost + after - total).max(0);
            let posterior = &mut posteriors[edge.arc as usize];
            *posterior = cost::either(*posterior, through).max(0);
        }
        let mut path = Vec::new();
        let mut at = winner;
        while back[at] != u32::MAX {
            let edge = &self.edges[back[at] as usize];
            path.push(edge.arc);
            at = edge.from as usize;
        }
        path.reverse();
        let channel: Cost = lattice.arcs.iter().filter(|a| a.reading.is_none()).map(|a| a.cost).sum();
        Decoded { path, best: cheapest.0, total, standing: self.standing + channel, posteriors }
    }
}

/// Keeps the best hypotheses of a place; ties go to the one made first.
fn prune(mut here: Vec<Open>, beam: Beam) -> Vec<Open> {
    if here.len() > 1 {
        here.sort_unstable_by_key(|open| (open.best, open.id));
        let limit = here[0].best + beam.margin;
        let keep = here.partition_point(|open| open.best <= limit).min(beam.width);
        here.truncate(keep);
    }
    here
}

/// The cost of words after a state, and the state after them.
fn read(grams: &Grams<'_>, mut state: State, words: &[WordId], memo: &mut Memo) -> (Cost, State) {
    let mut sum = 0;
    for &word in words {
        let bigram = memo.bigram(grams, state.last(), word);
        let (cost, next) = grams.score_with(state, word, bigram);
        sum += cost;
        state = next;
    }
    (sum, state)
}

/// What the language model asks for the sentence as it stands, weighed.
fn standing(lattice: &Lattice, grams: &Grams<'_>, memo: &mut Memo, beam: Beam) -> Cost {
    let mut state = grams.begin();
    let mut sum = 0;
    for arc in lattice.arcs.iter().filter(|a| a.reading.is_none()) {
        let (model, next) = read(grams, state, lattice.words(arc), memo);
        state = next;
        sum += beam.weigh(model);
    }
    sum + beam.weigh(grams.end(state))
}
