//! Beam search over (place, language-model state), and posteriors by forward–backward over what survived.
//!
//! The search has two steps. [`Graph::build`] explores the lattice once, asks the language model, and keeps every
//! hypothesis of the beam. [`Graph::decode`] finds the best path and the posteriors with the arcs' costs of the moment: it
//! touches no n-gram, so that estimating a document's strengths again costs next to nothing.
//!
//! A hypothesis is a place with a state; arcs into the same hypothesis merge. The tie rule: of two ways with equal cost the
//! one that repairs fewer tokens wins, so what stands beats any repair of equal cost; then the one found first, which is
//! the one whose arcs come first in the lattice.

use super::lattice::{Arc, Lattice};
use crate::cost::{self, Cost, NEVER};
use crate::lexicon::{END, Grams, Memo, State};

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
    /// How many tokens it repairs.
    repaired: u32,
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
#[derive(Debug, Clone, Copy)]
struct Open {
    id: u32,
    state: State,
    best: Cost,
}

/// A hypothesis while the graph is decoded.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// The best way to it: its cost, and how many tokens it repairs.
    best: (Cost, u32),
    /// The last edge of that way.
    back: u32,
    /// The cost of all ways to it together, and of all ways from it to the end.
    forward: Cost,
    backward: Cost,
}

/// Room for the search, used again for each sentence.
#[derive(Debug, Default)]
pub struct Search {
    /// Hypotheses by place.
    places: Vec<Vec<Open>>,
    here: Vec<Open>,
    scores: Vec<(Cost, State)>,
    edges: Vec<Edge>,
    numbers: Vec<u32>,
    ways: Vec<Way>,
}

impl Graph {
    /// Explores a lattice with the costs that its arcs have now.
    pub fn build(
        lattice: &Lattice,
        grams: &Grams<'_>,
        memo: &mut Memo,
        beam: Beam,
        search: &mut Search,
    ) -> Self {
        let mut graph = Self { hypotheses: 1, edges: std::mem::take(&mut search.edges), ..Self::default() };
        graph.edges.clear();
        // First, for its trigrams are asked for at once, and most of them are wanted again.
        graph.standing = standing(lattice, grams, memo, beam);
        let Search { places, here, scores, .. } = search;
        places.iter_mut().for_each(Vec::clear);
        places.resize_with(places.len().max(lattice.len + 1), || Vec::with_capacity(16));
        places[0].push(Open { id: 0, state: grams.begin(), best: 0 });
        let mut first = 0;
        for place in 0..lattice.len {
            std::mem::swap(here, &mut places[place]);
            prune(here, beam);
            let end = first + lattice.arcs[first..].partition_point(|a| a.start as usize <= place);
            // The first words of all arcs after all hypotheses, their trigrams asked for at once.
            for arc in &lattice.arcs[first..end] {
                if let Some(&word) = lattice.words(arc).first() {
                    for open in here.iter() {
                        memo.ask(grams, open.state, word);
                    }
                }
            }
            scores.clear();
            scores.extend(memo.scores(grams).map(|score| (score.cost, score.state)));
            let mut found = scores.iter();
            for index in first..end {
                let arc = &lattice.arcs[index];
                let more = lattice.words(arc).get(1..).unwrap_or_default();
                for open in here.iter() {
                    let scored = if arc.ids.is_empty() { None } else { found.next() };
                    let (mut model, mut state) = scored.copied().unwrap_or((0, open.state));
                    for &word in more {
                        let (cost, next) =
                            grams.score_with(state, word, memo.bigram(grams, state.last(), word));
                        model += cost;
                        state = next;
                    }
                    let model = beam.weigh(model);
                    graph.extend(&mut places[arc.end as usize], open, state, (arc, index as u32), model);
                }
            }
            first = end;
        }
        let last = &mut places[lattice.len];
        prune(last, beam);
        let mut end = |open: &Open| {
            let bigram = memo.bigram(grams, open.state.last(), END);
            (open.id, beam.weigh(grams.score_with(open.state, END, bigram).0))
        };
        graph.ends = last.iter().map(&mut end).collect();
        graph.thin(search);
        graph
    }

    /// Leaves out the hypotheses from which no way leads to the end, and puts the search's room back.
    fn thin(&mut self, search: &mut Search) {
        const DEAD: u32 = u32::MAX;
        let numbers = &mut search.numbers;
        numbers.clear();
        numbers.resize(self.hypotheses as usize, DEAD);
        numbers[0] = 0;
        self.ends.iter().for_each(|(id, _)| numbers[*id as usize] = 0);
        let mut alive = 0;
        for edge in self.edges.iter().rev() {
            if numbers[edge.to as usize] != DEAD {
                numbers[edge.from as usize] = 0;
                alive += 1;
            }
        }
        self.hypotheses = 0;
        for number in numbers.iter_mut().filter(|number| **number != DEAD) {
            *number = self.hypotheses;
            self.hypotheses += 1;
        }
        let mut edges = Vec::with_capacity(alive);
        for edge in self.edges.iter().filter(|edge| numbers[edge.to as usize] != DEAD) {
            let (from, to) = (numbers[edge.from as usize], numbers[edge.to as usize]);
            edges.push(Edge { from, to, ..*edge });
        }
        self.ends.iter_mut().for_each(|(id, _)| *id = numbers[*id as usize]);
        search.edges = std::mem::replace(&mut self.edges, edges);
    }

    fn extend(
        &mut self,
        there: &mut Vec<Open>,
        from: &Open,
        state: State,
        (arc, place): (&Arc, u32),
        model: Cost,
    ) {
        let best = from.best + model + arc.cost;
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
        let repaired = if arc.reading.is_some() { u32::from(arc.end - arc.start) } else { 0 };
        self.edges.push(Edge { from: from.id, to, arc: place, repaired, model });
    }

    /// The best path and the posteriors at these costs of the lattice's arcs.
    pub fn decode(&self, lattice: &Lattice, costs: &[Cost], search: &mut Search) -> Decoded {
        let ways = &mut search.ways;
        let unreached = Way { best: (NEVER, 0), back: u32::MAX, forward: NEVER, backward: NEVER };
        ways.clear();
        ways.resize(self.hypotheses as usize, unreached);
        ways[0] = Way { best: (0, 0), forward: 0, ..unreached };
        for (i, edge) in self.edges.iter().enumerate() {
            let cost = edge.model + costs[edge.arc as usize];
            let from = ways[edge.from as usize];
            let way = (from.best.0 + cost, from.best.1 + edge.repaired);
            let to = &mut ways[edge.to as usize];
            to.forward = cost::either(to.forward, from.forward + cost);
            if way < to.best {
                to.best = way;
                to.back = i as u32;
            }
        }
        let (mut total, mut cheapest, mut winner) = (NEVER, (NEVER, 0), 0);
        for &(id, end) in &self.ends {
            let at = id as usize;
            ways[at].backward = end;
            total = cost::either(total, ways[at].forward + end);
            let way = (ways[at].best.0 + end, ways[at].best.1);
            if way < cheapest {
                cheapest = way;
                winner = at;
            }
        }
        let mut posteriors = vec![NEVER; lattice.arcs.len()];
        // Edges stand in order of the place they start from, so backwards they find `backward` of their end complete.
        for edge in self.edges.iter().rev() {
            let after = ways[edge.to as usize].backward;
            if after >= NEVER {
                continue;
            }
            let cost = edge.model + costs[edge.arc as usize];
            let from = &mut ways[edge.from as usize];
            from.backward = cost::either(from.backward, after + cost);
            let through = (from.forward + cost + after - total).max(0);
            let posterior = &mut posteriors[edge.arc as usize];
            *posterior = cost::either(*posterior, through).max(0);
        }
        let mut path = Vec::with_capacity(lattice.len);
        let mut at = winner;
        while let Some(edge) = self.edges.get(ways[at].back as usize) {
            path.push(edge.arc);
            at = edge.from as usize;
        }
        path.reverse();
        let standing = lattice.arcs.iter().zip(costs).filter(|(arc, _)| arc.reading.is_none());
        let channel: Cost = standing.map(|(_, cost)| *cost).sum();
        Decoded { path, best: cheapest.0, total, standing: self.standing + channel, posteriors }
    }
}

/// Keeps the best hypotheses of a place; ties go to the one made first.
fn prune(here: &mut Vec<Open>, beam: Beam) {
    if here.len() > 1 {
        here.sort_unstable_by_key(|open| (open.best, open.id));
        let limit = here[0].best + beam.margin;
        let keep = here.partition_point(|open| open.best <= limit).min(beam.width);
        here.truncate(keep);
    }
}

/// What the language model asks for the sentence as it stands, weighed.
fn standing(lattice: &Lattice, grams: &Grams<'_>, memo: &mut Memo, beam: Beam) -> Cost {
    let arcs = lattice.arcs.iter().filter(|arc| arc.reading.is_none());
    let words = arcs.flat_map(|arc| lattice.words(arc)).copied().chain(std::iter::once(END));
    words.fold(grams.begin(), |state, word| memo.ask(grams, state, word));
    memo.scores(grams).map(|score| beam.weigh(score.cost)).sum()
}
