//! How sure a repair on the best path is: a logistic model over the evidence for it.
//!
//! The lattice's posterior is sharp where it should be blunt: it knows the language model and the habits, and takes both
//! at their word. Here the same evidence is weighed again, with weights fitted on real passages (`sure_*` in
//! `dictionaries/weights.txt`), so that a confidence of 0.9 is right nine times in ten.

use super::pass::{Document, Pass, Unit};
use super::rank::{self, Strengths};
use crate::channel::Reading;
use crate::cost::{Cost, UNIT};
use crate::lexicon::rules::Known;
use crate::lexicon::{BEGIN, END, Grams, Lexicon, Weights, WordId};
use crate::text::Shape;

/// How many features there are.
pub const FEATURES: usize = 21;

/// The evidence for one reading of the best path, in the order of `Weights::sure`.
pub type Features = [f32; FEATURES];

/// The features with their names.
pub fn named(features: &Features) -> Vec<(&'static str, f32)> {
    Weights::SURE.into_iter().zip(features.iter().copied()).collect()
}

/// The confidence that features give.
pub fn confidence(lexicon: &Lexicon, features: &Features) -> f32 {
    let sum: f32 = features.iter().zip(lexicon.weights().sure()).map(|(f, w)| f * w).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// The features of every reading on the best path of a sentence, in order.
pub fn features(
    lexicon: &Lexicon,
    document: &Document<'_>,
    unit: &Unit,
    pass: &Pass,
    strengths: &Strengths,
    path: &[u32],
    rate: f32,
) -> Vec<Features> {
    let sentence = document.sentence(&unit.tokens);
    let repaired = Repaired::new(lexicon, document, unit, path);
    let each = |(k, index): (usize, &u32)| {
        let reading = &document.readings[*index as usize];
        let written: Vec<WordId> = sentence.ids[reading.start as usize..reading.end as usize]
            .iter()
            .map(|id| lexicon.model_id(*id))
            .collect();
        let meant: Vec<WordId> = reading.entry.ids().map(|id| lexicon.model_id(id)).collect();
        let (before, after) = repaired.around(k);
        let (gain, orders) = model(lexicon.grams(), before, &written, &meant, after);
        let same_span = |r: &&Reading| r.start == reading.start && r.end == reading.end;
        let span = unit.readings.clone().filter(|i| same_span(&&document.readings[*i]));
        let (choices, changed) = span.fold((0f32, 0f32), |(n, p), i| (n + 1.0, p + pass.posterior(i)));
        let around = document.around(lexicon, unit.tokens.start + reading.start as usize, written.len());
        let lean = written.iter().map(|id| lexicon.lean(*id)).max().unwrap_or(0);
        let token = &sentence.tokens[reading.start as usize];
        let evidence = &document.evidence[*index as usize];
        let same = strengths.habits.get(evidence.habit as usize).copied().unwrap_or(0.0);
        let is = |yes: bool| f32::from(u8::from(yes));
        [
            1.0,
            log_odds(pass.posterior(*index as usize)),
            log_odds(changed),
            gain,
            orders[0],
            orders[1],
            orders[2],
            orders[3],
            rank::context_gain(lexicon, &around, reading, &sentence),
            rank::share(evidence, strengths).max(1e-6).ln(),
            f32::from(lean) / 16.0,
            rank::commoner(lexicon, &sentence, reading),
            is(reading.known <= Known::Strong),
            is(reading.known == Known::Weak),
            rate.max(1e-4).ln(),
            (same - pass.posterior(*index as usize)).max(0.0).ln_1p(),
            choices.ln(),
            written.len() as f32 - 1.0,
            meant.len() as f32 - written.len() as f32,
            is(token.shape != Shape::Lower && !token.sentence),
            is(rank::mends_article(lexicon, &sentence, reading)),
        ]
    };
    path.iter().enumerate().map(each).collect()
}

fn log_odds(p: f32) -> f32 {
    let p = p.clamp(0.001, 0.999);
    (p / (1.0 - p)).ln()
}

/// A sentence with the repairs of its best path made.
struct Repaired {
    ids: Vec<WordId>,
    spans: Vec<std::ops::Range<usize>>,
}

impl Repaired {
    fn new(lexicon: &Lexicon, document: &Document<'_>, unit: &Unit, path: &[u32]) -> Self {
        let sentence = document.sentence(&unit.tokens);
        let (mut ids, mut spans) = (vec![BEGIN, BEGIN], Vec::new());
        let mut next = path.iter().map(|i| &document.readings[*i as usize]).peekable();
        let mut at = 0;
        while at < sentence.ids.len() {
            if let Some(reading) = next.next_if(|r| r.start as usize == at) {
                let from = ids.len();
                ids.extend(reading.entry.ids().map(|id| lexicon.model_id(id)));
                spans.push(from..ids.len());
                at = reading.end as usize;
            } else {
                ids.push(lexicon.model_id(sentence.ids[at]));
                at += 1;
            }
        }
        ids.push(END);
        Self { ids, spans }
    }

    /// The words before (two) and after (up to two) a repair.
    fn around(&self, k: usize) -> (&[WordId], &[WordId]) {
        let span = &self.spans[k];
        (&self.ids[span.start - 2..span.start], &self.ids[span.end..(span.end + 2).min(self.ids.len())])
    }
}

/// What the language model gains by `meant` for `written`, in nats, and the orders of the n-grams that each completes to
/// its left and, with the word after it, to its right: meant left, meant right, written left, written right.
fn model(
    grams: &Grams<'_>,
    before: &[WordId],
    written: &[WordId],
    meant: &[WordId],
    after: &[WordId],
) -> (f32, [f32; 4]) {
    let look = |words: &[WordId]| -> (Cost, f32, f32) {
        let mut state = grams.after(before[0], before[1]);
        let mut cost = 0;
        for &word in words.iter().chain(after) {
            let (c, next) = grams.score(state, word);
            cost += c;
            state = next;
        }
        let all: Vec<WordId> = before.iter().chain(words).chain(after).copied().collect();
        let n = words.len();
        let left = grams.order(all[0], all[1], all[2]);
        let right = if after.is_empty() { 2 } else { grams.order(all[n], all[n + 1], all[n + 2]) };
        (cost, left as f32, right as f32)
    };
    let (written, meant) = (look(written), look(meant));
    ((written.0 - meant.0) as f32 / UNIT as f32, [meant.1, meant.2, written.1, written.2])
}
