//! The simple twin of the search: tries every path. Exponential; for tests and very short sentences.

use super::graph::Beam;
use super::lattice::Lattice;
use crate::cost::{self, Cost, NEVER};
use crate::lexicon::{Grams, State};

/// The best path by trying all, its cost, and the cost of all paths together.
pub fn exhaustive(lattice: &Lattice, grams: &Grams<'_>, beam: Beam) -> (Vec<u32>, Cost, Cost) {
    let mut best = (Vec::new(), NEVER);
    let mut total = NEVER;
    let mut path = Vec::new();
    walk(lattice, grams, beam, 0, grams.begin(), 0, &mut path, &mut best, &mut total);
    (best.0, best.1, total)
}

#[allow(clippy::too_many_arguments, reason = "the oracle is kept as plain as can be")]
fn walk(
    lattice: &Lattice,
    grams: &Grams<'_>,
    beam: Beam,
    place: usize,
    state: State,
    spent: Cost,
    path: &mut Vec<u32>,
    best: &mut (Vec<u32>, Cost),
    total: &mut Cost,
) {
    if place == lattice.len {
        let cost = spent + beam.weigh(grams.end(state));
        *total = cost::either(*total, cost);
        if cost < best.1 {
            *best = (path.clone(), cost);
        }
        return;
    }
    for (index, arc) in lattice.arcs.iter().enumerate().filter(|(_, a)| a.start as usize == place) {
        let (mut next, mut model) = (state, 0);
        for &id in lattice.words(arc) {
            let (cost, after) = grams.score(next, id);
            model += cost;
            next = after;
        }
        path.push(index as u32);
        let spent = spent + arc.cost + beam.weigh(model);
        walk(lattice, grams, beam, arc.end as usize, next, spent, path, best, total);
        path.pop();
    }
}
