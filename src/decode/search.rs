//! Beam search over (place, language-model state), and posteriors by forward–backward over what survived.
//!
//! A hypothesis is a place with a state; arcs into the same hypothesis merge. The tie rule: of two ways with equal cost
//! the one whose last arc comes first in the lattice wins, so a token as it stands beats any repair of equal cost.

use std::collections::HashMap;

use super::lattice::Lattice;
use crate::cost::{self, Cost, NEVER};
use crate::lexicon::{Grams, State};

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
        Self { width: 8, margin: 9 * cost::UNIT, model: 256 }
    }
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Decoded {
    /// Arcs of the best path, in order.
    pub path: Vec<u32>,
    /// Its cost.
    pub best: Cost,
    /// The cost of all paths together.
    pub total: Cost,
    /// The cost of the sentence as it stands.
    pub standing: Cost,
    /// −ln of the posterior of each arc of the lattice; [`NEVER`] where it fell out of the beam.
    pub posteriors: Vec<Cost>,
}

struct Hypothesis {
    state: State,
    best: Cost,
    forward: Cost,
    back: u32, // edge of the best way here
}

struct Edge {
    from: u32,
    to: u32,
    arc: u32,
    cost: Cost,
}

/// Searches a lattice.
pub fn search(lattice: &Lattice, grams: &Grams<'_>, beam: Beam) -> Decoded {
    let mut places: Vec<Vec<u32>> = vec![Vec::new(); lattice.len + 1];
    let mut hypotheses = vec![Hypothesis { state: grams.begin(), best: 0, forward: 0, back: u32::MAX }];
    let mut edges: Vec<Edge> = Vec::new();
    let mut at_state: HashMap<(u16, State), u32> = HashMap::new();
    places[0].push(0);
    let mut first_arc = 0;
    for place in 0..lattice.len {
        let here = prune(&mut places, place, &hypotheses, beam);
        let arcs_end = first_arc + lattice.arcs[first_arc..].partition_point(|a| a.start as usize <= place);
        for index in first_arc..arcs_end {
            let arc = &lattice.arcs[index];
            for &from in &here {
                let mut state = hypotheses[from as usize].state;
                let mut model = 0;
                for &id in lattice.words(arc) {
                    let (cost, next) = grams.score(state, id);
                    model += cost;
                    state = next;
                }
                let cost = arc.cost + weigh(model, beam);
                extend(&mut hypotheses, &mut at_state, &mut places, &mut edges, arc.end, state, from, index, cost);
            }
        }
        first_arc = arcs_end;
    }
    finish(lattice, grams, beam, &mut places, hypotheses, edges)
}

fn weigh(model: Cost, beam: Beam) -> Cost {
    (i64::from(model) * i64::from(beam.model) / 256) as Cost
}

/// Keeps the best hypotheses of a place; ties go to the one made first.
fn prune(places: &mut [Vec<u32>], place: usize, hypotheses: &[Hypothesis], beam: Beam) -> Vec<u32> {
    let mut here = std::mem::take(&mut places[place]);
    here.sort_by_key(|h| (hypotheses[*h as usize].best, *h));
    if let Some(&first) = here.first() {
        let limit = hypotheses[first as usize].best + beam.margin;
        here.retain(|h| hypotheses[*h as usize].best <= limit);
        here.truncate(beam.width);
    }
    here
}

#[allow(clippy::too_many_arguments, reason = "one step of one loop, split off to be readable")]
fn extend(
    hypotheses: &mut Vec<Hypothesis>,
    at_state: &mut HashMap<(u16, State), u32>,
    places: &mut [Vec<u32>],
    edges: &mut Vec<Edge>,
    end: u16,
    state: State,
    from: u32,
    arc: usize,
    cost: Cost,
) {
    let edge = edges.len() as u32;
    let (best, forward) = {
        let source = &hypotheses[from as usize];
        (source.best + cost, source.forward + cost)
    };
    let to = *at_state.entry((end, state)).or_insert_with(|| {
        hypotheses.push(Hypothesis { state, best: NEVER, forward: NEVER, back: u32::MAX });
        let id = hypotheses.len() as u32 - 1;
        places[end as usize].push(id);
        id
    });
    let target = &mut hypotheses[to as usize];
    target.forward = cost::either(target.forward, forward);
    if best < target.best {
        target.best = best;
        target.back = edge;
    }
    edges.push(Edge { from, to, arc: arc as u32, cost });
}

fn finish(
    lattice: &Lattice,
    grams: &Grams<'_>,
    beam: Beam,
    places: &mut [Vec<u32>],
    hypotheses: Vec<Hypothesis>,
    edges: Vec<Edge>,
) -> Decoded {
    let last = std::mem::take(&mut places[lattice.len]);
    let mut backward = vec![NEVER; hypotheses.len()];
    let (mut total, mut best, mut winner) = (NEVER, NEVER, 0);
    for &h in &last {
        let hypothesis = &hypotheses[h as usize];
        let end = weigh(grams.end(hypothesis.state), beam);
        backward[h as usize] = end;
        total = cost::either(total, hypothesis.forward + end);
        if hypothesis.best + end < best {
            best = hypothesis.best + end;
            winner = h;
        }
    }
    let mut posteriors = vec![NEVER; lattice.arcs.len()];
    // Edges were made in order of the place they start from, so backwards they find `backward` of their end complete.
    for edge in edges.iter().rev() {
        let after = backward[edge.to as usize];
        if after >= NEVER {
            continue;
        }
        let from = &mut backward[edge.from as usize];
        *from = cost::either(*from, after + edge.cost);
        let through = hypotheses[edge.from as usize].forward + edge.cost + after - total;
        let posterior = &mut posteriors[edge.arc as usize];
        *posterior = cost::either(*posterior, through.max(0));
    }
    let mut path = Vec::new();
    let mut at = winner;
    while hypotheses[at as usize].back != u32::MAX {
        let edge = &edges[hypotheses[at as usize].back as usize];
        path.push(edge.arc);
        at = edge.from;
    }
    path.reverse();
    Decoded { path, best, total, standing: standing(lattice, grams, beam), posteriors }
}

/// The cost of the sentence as it stands.
fn standing(lattice: &Lattice, grams: &Grams<'_>, beam: Beam) -> Cost {
    let mut state = grams.begin();
    let (mut channel, mut model) = (0, 0);
    for arc in lattice.arcs.iter().filter(|a| a.reading.is_none()) {
        channel += arc.cost;
        for &id in lattice.words(arc) {
            let (cost, next) = grams.score(state, id);
            model += weigh(cost, beam);
            state = next;
        }
    }
    channel + model + weigh(grams.end(state), beam)
}
