//! Which candidates are taken, and how sure each is beside the others.
//!
//! A garbled phrase of several words is right again only when all of it is: half a repair is hardly better than none. So a
//! repair that changes the number of words, or touches one that does, is no surer than the others of its row.

use std::ops::Range;

use super::confidence::{Candidate, log_odds, probability};
use super::pass::{Document, Pass, Unit};
use crate::channel::Reading;
use crate::lexicon::Weights;
use crate::lexicon::rules::Known;

/// A repair at least so sure belongs to a row.
const LIKELY: f32 = 0.5;

/// How many features there are.
const FEATURES: usize = Weights::ROW.len();

/// A candidate that won its place.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// The candidate.
    pub candidate: Candidate,
    /// What stands beside it, in the order of `Weights::ROW`.
    pub features: [f32; FEATURES],
    /// Probability that it is what was meant, and its row with it.
    pub confidence: f32,
}

/// Takes the surest candidates that do not meet, in order of place; of two as sure the earlier, then the shorter.
pub fn take(
    weights: &Weights,
    document: &Document<'_>,
    unit: &Unit,
    pass: &Pass,
    mut candidates: Vec<Candidate>,
) -> Vec<Taken> {
    let reading = |c: &Candidate| &document.readings[c.reading];
    let is_users = |c: &Candidate| reading(c).known == Known::User;
    candidates.sort_by(|a, b| {
        let order = is_users(b).cmp(&is_users(a)).then(b.confidence.total_cmp(&a.confidence));
        order.then((reading(a).start, reading(a).end).cmp(&(reading(b).start, reading(b).end)))
    });
    let mut free = vec![true; unit.tokens.len()];
    candidates.retain(|c| {
        let span = &mut free[reading(c).start as usize..reading(c).end as usize];
        let wins = span.iter().all(|f| *f);
        if wins {
            span.fill(false);
        }
        wins
    });
    candidates.sort_by_key(|c| reading(c).start);
    let rows = Rows::new(document, unit, pass, &candidates);
    let judge = |candidate: &Candidate| {
        let features = rows.features(reading(candidate), candidate);
        let sum: f32 = features.iter().zip(weights.row()).map(|(f, w)| f * w).sum();
        let confidence = if is_users(candidate) { candidate.confidence.max(0.99) } else { probability(sum) };
        Taken { candidate: *candidate, features, confidence }
    };
    candidates.iter().map(judge).collect()
}

/// The rows of touching repairs of a sentence.
struct Rows {
    /// Posterior that a token is not what was meant.
    changed: Vec<f32>,
    /// Posterior that it belongs to a phrase of another number of words.
    shifted: Vec<f32>,
    /// The row that a token belongs to.
    row: Vec<Option<usize>>,
    rows: Vec<Row>,
}

/// Repairs that touch.
#[derive(Debug, Clone)]
struct Row {
    tokens: Range<usize>,
    /// How many they are.
    members: usize,
    /// Sum of ln of their confidences.
    sum: f32,
    /// Does one change the number of words?
    uneven: bool,
}

impl Row {
    fn of(reading: &Reading, confidence: f32) -> Self {
        let tokens = reading.start as usize..reading.end as usize;
        let uneven = is_uneven(reading);
        Self { tokens, members: 1, sum: confidence.max(1e-3).ln(), uneven }
    }
}

fn is_uneven(reading: &Reading) -> bool {
    reading.entry.ids().len() != (reading.end - reading.start) as usize
}

impl Rows {
    fn new(document: &Document<'_>, unit: &Unit, pass: &Pass, candidates: &[Candidate]) -> Self {
        let n = unit.tokens.len();
        let (mut changed, mut shifted, mut row) = (vec![0.0; n], vec![0.0; n], vec![None; n]);
        for index in unit.readings.clone() {
            let reading = &document.readings[index];
            let span = reading.start as usize..reading.end as usize;
            let p = pass.posterior(index);
            changed[span.clone()].iter_mut().for_each(|c| *c += p);
            if is_uneven(reading) {
                shifted[span].iter_mut().for_each(|c| *c += p);
            }
        }
        let mut rows: Vec<Row> = Vec::new();
        for candidate in candidates.iter().filter(|c| c.confidence >= LIKELY) {
            let next = Row::of(&document.readings[candidate.reading], candidate.confidence);
            let span = next.tokens.clone();
            match rows.last_mut().filter(|row| row.tokens.end == span.start) {
                Some(row) => {
                    row.tokens.end = span.end;
                    row.members += 1;
                    row.sum += next.sum;
                    row.uneven |= next.uneven;
                }
                None => rows.push(next),
            }
            row[span].fill(Some(rows.len() - 1));
        }
        Self { changed, shifted, row, rows }
    }

    fn features(&self, reading: &Reading, candidate: &Candidate) -> [f32; FEATURES] {
        let alone = Row::of(reading, candidate.confidence);
        let row = self.row[reading.start as usize].map_or(&alone, |row| &self.rows[row]);
        let Range { start, end } = row.tokens;
        // The words on either side of the row: how likely they are garbled and stay so.
        let sides = start.checked_sub(1).into_iter().chain((end < self.row.len()).then_some(end));
        let sides = sides.filter(|i| self.row[*i].is_none());
        let (mut changed, mut shifted) = (0.0, 0.0);
        for i in sides {
            changed += self.changed[i].min(1.0);
            shifted += self.shifted[i].min(1.0);
        }
        let own = log_odds(candidate.confidence);
        if row.uneven {
            let others = (alone.sum - row.sum).max(0.0);
            [1.0, own, others, 1.0, changed, (row.members - 1) as f32, 0.0, 0.0]
        } else {
            [1.0, own, 0.0, 0.0, 0.0, 0.0, changed, shifted]
        }
    }
}
