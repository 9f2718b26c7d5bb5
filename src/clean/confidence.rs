//! How sure a reading is to be what was meant: a logistic model over the evidence for it.
//!
//! The lattice's posterior is sharp where it should be blunt: it knows the language model and the odds of the tables, and
//! takes both at their word. Here the same evidence is weighed again, with weights fitted on restored text (`sure_*` in
//! `dictionaries/weights.txt`), so that a confidence of 0.9 is right nine times in ten. Every reading that the lattice
//! leaves a chance is asked, not only those of the best path: of 16,170 single words that a spinner swapped the lattice
//! held the original of 6,400 and preferred something else (benches/RESULTS.md, Ablation).

use super::pass::{Document, Pass, Unit};
use super::rank::{self, Strengths};
use crate::channel::Reading;
use crate::cost::UNIT;
use crate::lexicon::rules::Known;
use crate::lexicon::{BEGIN, END, Lexicon, Memo, Weights, WordId};
use crate::text::{ByHash, Shape};

/// Readings below this posterior are not asked. In lattices of restored text these are three of four readings, and 3,931
/// of the 15,829 right ones; with them 0.335 of what was swapped could be restored at a precision of 0.85, without 0.331.
const CHANCE: f32 = 0.06;

/// How many features there are.
pub const FEATURES: usize = Weights::SURE.len();

/// The evidence for one reading, in the order of `Weights::SURE`.
pub type Features = [f32; FEATURES];

/// A reading with a chance, and how sure it is by itself.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// Its number in [`Document::readings`].
    pub reading: usize,
    /// The evidence for it.
    pub features: Features,
    /// Probability that it is what was meant.
    pub confidence: f32,
}

/// A document's evidence, to judge the readings of its sentences by.
pub struct Judge<'d> {
    lexicon: &'d Lexicon,
    document: &'d Document<'d>,
    pass: &'d Pass,
    strengths: &'d Strengths,
    /// How often each word stands in the document.
    counts: ByHash<u32>,
}

impl<'d> Judge<'d> {
    /// A judge of a decoded document.
    pub fn new(
        lexicon: &'d Lexicon,
        document: &'d Document<'d>,
        pass: &'d Pass,
        strengths: &'d Strengths,
    ) -> Self {
        let mut counts = ByHash::default();
        for id in &document.ids {
            *counts.entry(u64::from(*id)).or_default() += 1;
        }
        Self { lexicon, document, pass, strengths, counts }
    }

    /// The readings of a sentence that have a chance, in order of place, judged in the company of its best path.
    pub fn candidates(&self, memo: &mut Memo, unit: &Unit, path: &[u32]) -> Vec<Candidate> {
        let context = Context::new(self.document, unit, path);
        let mut out = Vec::new();
        for index in unit.readings.clone() {
            let start = self.document.readings[index].start as usize;
            let on_path = context.cover[start] == Some(index as u32);
            if self.pass.posterior(index) < CHANCE && !on_path {
                continue;
            }
            let features = self.features(memo, unit, &context, index);
            let sum: f32 = features.iter().zip(self.lexicon.weights().sure()).map(|(f, w)| f * w).sum();
            out.push(Candidate { reading: index, features, confidence: probability(sum) });
        }
        out
    }

    fn features(&self, memo: &mut Memo, unit: &Unit, context: &Context<'_>, index: usize) -> Features {
        let Self { lexicon, document, pass, strengths, counts } = self;
        let sentence = document.sentence(&unit.tokens);
        let reading = &document.readings[index];
        let (start, end) = (reading.start as usize, reading.end as usize);
        // The same words in other capitals are the same repair.
        let is_same = |other: &Reading| other.entry.ids().eq(reading.entry.ids());
        // The readings of a place stand together.
        let first = unit.readings.start
            + document.readings[unit.readings.clone()].partition_point(|r| r.start < reading.start);
        let (mut choices, mut changed, mut posterior, mut others) = (0f32, 0f32, 0f32, 0f32);
        for i in first..unit.readings.end {
            let other = &document.readings[i];
            if other.start != reading.start {
                break;
            }
            if other.end == reading.end {
                choices += 1.0;
                changed += pass.posterior(i);
                if is_same(other) {
                    posterior += pass.posterior(i);
                } else {
                    others = others.max(pass.posterior(i));
                }
            }
        }
        let evidence = &document.evidence[index];
        let odds = reading.entry.log_odds();
        let own: f32 = odds.iter().zip(strengths.dialects).map(|(odds, d)| odds * d).sum();
        let mean = odds.iter().sum::<f32>() / odds.len() as f32;
        let again = strengths.habits.get(evidence.habit as usize).copied().unwrap_or(0.0);
        let written = &sentence.ids[start..end];
        let often = |id: &WordId| counts.get(&u64::from(*id)).copied().unwrap_or(0);
        let stands = written.iter().map(often).min().unwrap_or(0);
        let token = &sentence.tokens[start];
        let (model, order) = self.gain(memo, context, unit, reading);
        let is = |yes: bool| f32::from(u8::from(yes));
        [
            1.0,
            log_odds(posterior),
            log_odds(changed),
            log_odds(others),
            model,
            order,
            own,
            mean,
            reading.entry.support(),
            rank::commoner(lexicon, &sentence, reading),
            log_odds(strengths.rate),
            is(reading.known <= Known::Strong),
            is(reading.known == Known::Weak),
            is(reading.known == Known::Habit),
            again.ln_1p(),
            (stands as f32).ln_1p(),
            choices.ln(),
            reading.entry.ids().len() as f32 - (end - start) as f32,
            is(token.shape != Shape::Lower && !token.sentence),
            is(rank::mends_article(lexicon, &sentence, reading)),
        ]
    }

    /// What the language model gains by a reading, in nats, and how much longer the stretches are that it has seen: the mean
    /// order of the n-grams within, and the sum of those of the two words after.
    fn gain(&self, memo: &mut Memo, context: &Context<'_>, unit: &Unit, reading: &Reading) -> (f32, f32) {
        let grams = self.lexicon.grams();
        let model = |id: WordId| self.lexicon.model_id(id);
        let words = |from: usize, to: usize| {
            self.document.ids[unit.tokens.start + from..unit.tokens.start + to].iter().map(|id| model(*id))
        };
        let (start, end) = (reading.start as usize, reading.end as usize);
        let (before, after) = (context.before(start, end).map(model), context.after(start, end).map(model));
        let after = if after[0] == END { &after[..1] } else { &after[..] };
        let begin = grams.after(before[0], before[1], memo.bigram(grams, before[0], before[1]));
        let mut ask = |words: &mut dyn Iterator<Item = WordId>| {
            let mut state = begin;
            let mut count = 0;
            for word in words {
                state = memo.ask(grams, state, word);
                count += 1;
            }
            after.iter().fold(state, |state, word| memo.ask(grams, state, *word));
            count
        };
        let written = ask(&mut words(start, end));
        let meant = ask(&mut reading.entry.ids().map(model));
        let (mut cost, mut order) = (0, 0.0);
        for (i, score) in memo.scores(grams).enumerate() {
            let (at, within, sign) = match i.checked_sub(written + after.len()) {
                None => (i, written, -1),
                Some(at) => (at, meant, 1),
            };
            cost -= sign * score.cost;
            let weight = if at < within { 1.0 / within as f32 } else { 1.0 };
            order += sign as f32 * weight * f32::from(score.order);
        }
        (cost as f32 / UNIT as f32, order)
    }
}

/// A sentence with the repairs of its best path.
struct Context<'c> {
    document: &'c Document<'c>,
    unit: &'c Unit,
    /// The reading of the path that covers a token.
    cover: Vec<Option<u32>>,
}

impl<'c> Context<'c> {
    fn new(document: &'c Document<'c>, unit: &'c Unit, path: &[u32]) -> Self {
        let mut cover = vec![None; unit.tokens.len()];
        for index in path {
            let reading = &document.readings[*index as usize];
            cover[reading.start as usize..reading.end as usize].fill(Some(*index));
        }
        Self { document, unit, cover }
    }

    /// The repair of the path that covers a token, unless it meets the span.
    fn repair(&self, at: usize, start: usize, end: usize) -> Option<&'c Reading> {
        let reading = &self.document.readings[self.cover[at]? as usize];
        let meets = (reading.start as usize) < end && start < reading.end as usize;
        (!meets).then_some(reading)
    }

    /// The two words before a span.
    fn before(&self, start: usize, end: usize) -> [WordId; 2] {
        let mut out = [BEGIN; 2];
        let (mut at, mut left) = (start, 2);
        while at > 0 && left > 0 {
            match self.repair(at - 1, start, end) {
                Some(reading) => {
                    let ids = reading.entry.ids();
                    let skip = ids.len().saturating_sub(left);
                    let taken = ids.len() - skip;
                    for (k, id) in ids.skip(skip).enumerate() {
                        out[left - taken + k] = id;
                    }
                    left -= taken;
                    at = reading.start as usize;
                }
                None => {
                    left -= 1;
                    out[left] = self.document.ids[self.unit.tokens.start + at - 1];
                    at -= 1;
                }
            }
        }
        out
    }

    /// The two words after a span; [`END`] past the end.
    fn after(&self, start: usize, end: usize) -> [WordId; 2] {
        let mut out = [END; 2];
        let (mut at, mut have) = (end, 0);
        while at < self.cover.len() && have < 2 {
            match self.repair(at, start, end) {
                Some(reading) => {
                    for id in reading.entry.ids().take(2 - have) {
                        out[have] = id;
                        have += 1;
                    }
                    at = reading.end as usize;
                }
                None => {
                    out[have] = self.document.ids[self.unit.tokens.start + at];
                    have += 1;
                    at += 1;
                }
            }
        }
        out
    }
}

/// ln(p / (1 − p)), never infinite.
pub fn log_odds(p: f32) -> f32 {
    let p = p.clamp(0.001, 0.999);
    (p / (1.0 - p)).ln()
}

/// The probability that log-odds say.
pub fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}
