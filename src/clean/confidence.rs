//! How sure a repair on the best path is: a logistic model over the evidence for it.
//!
//! The lattice's posterior is sharp where it should be blunt: it knows the language model and the habits, and takes both
//! at their word. Here the same evidence is weighed again, with weights fitted on real passages (`sure_*` in
//! `dictionaries/weights.txt`), so that a confidence of 0.9 is right nine times in ten.

use super::pass::{Document, Pass, Unit};
use super::rank::{self, Strengths};
use crate::cost::{Cost, UNIT};
use crate::lexicon::rules::Known;
use crate::lexicon::{BEGIN, END, Grams, Lexicon, Memo, Weights, WordId};
use crate::text::Shape;

/// How many features there are.
pub const FEATURES: usize = Weights::SURE.len();

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
    memo: &mut Memo,
    document: &Document<'_>,
    unit: &Unit,
    pass: &Pass,
    strengths: &Strengths,
    path: &[u32],
) -> Vec<Features> {
    let sentence = document.sentence(&unit.tokens);
    let repaired = Repaired::new(lexicon, document, unit, path);
    let company = Company::new(document, unit, pass, path);
    let mut each = |(k, index): (usize, &u32)| {
        let reading = &document.readings[*index as usize];
        let (start, end) = (reading.start as usize, reading.end as usize);
        let written: Vec<WordId> = sentence.ids[start..end].iter().map(|id| lexicon.model_id(*id)).collect();
        let meant: Vec<WordId> = reading.entry.ids().map(|id| lexicon.model_id(id)).collect();
        let (before, after) = repaired.around(k);
        // The readings of a place stand together.
        let all = &document.readings[unit.readings.clone()];
        let first = unit.readings.start + all.partition_point(|r| r.start < reading.start);
        let place = (first..unit.readings.end).take_while(|i| document.readings[*i].start == reading.start);
        let span = place.filter(|i| document.readings[*i].end == reading.end);
        let (choices, changed) =
            span.clone().fold((0f32, 0f32), |(n, p), i| (n + 1.0, p + pass.posterior(i)));
        let token = &sentence.tokens[start];
        let evidence = &document.evidence[*index as usize];
        let same = strengths.habits.get(evidence.habit as usize).copied().unwrap_or(0.0);
        let same_words = |i: &usize| document.readings[*i].entry.ids().eq(reading.entry.ids());
        // The same words in other capitals are the same repair.
        let posterior: f32 = span.clone().filter(same_words).map(|i| pass.posterior(i)).sum();
        let is = |yes: bool| f32::from(u8::from(yes));
        [
            1.0,
            log_odds(posterior),
            log_odds(changed),
            gain(lexicon.grams(), memo, before, &written, &meant, after),
            log_odds(rank::share(evidence, strengths)),
            reading.entry.support(),
            rank::commoner(lexicon, &sentence, reading),
            is(reading.known <= Known::Strong),
            is(reading.known == Known::Weak),
            is(reading.known == Known::Habit),
            (same - posterior).max(0.0).ln_1p(),
            choices.ln(),
            meant.len() as f32 - written.len() as f32,
            is(token.shape != Shape::Lower && !token.sentence),
            is(rank::mends_article(lexicon, &sentence, reading)),
            company.others(start, pass.posterior(*index as usize)),
            is(company.is_uneven(start)),
            if company.is_uneven(start) { company.beside(start, end) } else { 0.0 },
            if company.is_uneven(start) { company.joined(start, end) } else { 0.0 },
        ]
    };
    path.iter().enumerate().map(&mut each).collect()
}

/// What stands beside the repairs of a sentence.
///
/// A garbled phrase of several words is right again only when all of it is: half a repair is hardly better than none. So a
/// repair that changes the number of words, or touches one that does, is no surer than the others of its row.
struct Company {
    /// Posterior that a token is not what was meant.
    changed: Vec<f32>,
    /// The row of touching repairs that a token belongs to.
    row: Vec<Option<usize>>,
    /// Of each row: sum of ln of the posteriors, and does it change the number of words?
    rows: Vec<(f32, bool)>,
}

impl Company {
    fn new(document: &Document<'_>, unit: &Unit, pass: &Pass, path: &[u32]) -> Self {
        let n = unit.tokens.len();
        let (mut changed, mut row) = (vec![0.0; n], vec![None; n]);
        let mut rows: Vec<(f32, bool)> = Vec::with_capacity(path.len());
        for index in unit.readings.clone() {
            let reading = &document.readings[index];
            let p = pass.posterior(index);
            changed[reading.start as usize..reading.end as usize].iter_mut().for_each(|c| *c += p);
        }
        let mut last = usize::MAX;
        for index in path {
            let reading = &document.readings[*index as usize];
            let (start, end) = (reading.start as usize, reading.end as usize);
            if start != last {
                rows.push((0.0, false));
            }
            last = end;
            let at = rows.len() - 1;
            rows[at].0 += pass.posterior(*index as usize).max(0.01).ln();
            rows[at].1 |= reading.entry.ids().len() != end - start;
            row[start..end].fill(Some(at));
        }
        Self { changed, row, rows }
    }

    fn neighbours(&self, start: usize, end: usize) -> impl Iterator<Item = usize> + use<> {
        let n = self.changed.len();
        start.checked_sub(1).into_iter().chain((end < n).then_some(end))
    }

    fn is_uneven(&self, start: usize) -> bool {
        self.row[start].is_some_and(|row| self.rows[row].1)
    }

    /// How likely the neighbours are garbled and stay so.
    fn beside(&self, start: usize, end: usize) -> f32 {
        self.neighbours(start, end).filter(|i| self.row[*i].is_none()).map(|i| self.changed[i].min(1.0)).sum()
    }

    /// How many neighbours are repaired too.
    fn joined(&self, start: usize, end: usize) -> f32 {
        self.neighbours(start, end).filter(|i| self.row[*i].is_some()).count() as f32
    }

    /// −ln of the probability that the other repairs of an uneven row are right.
    fn others(&self, start: usize, posterior: f32) -> f32 {
        match self.row[start] {
            Some(row) if self.rows[row].1 => (posterior.max(0.01).ln() - self.rows[row].0).max(0.0),
            _ => 0.0,
        }
    }
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
        let mut ids = Vec::with_capacity(sentence.ids.len() + 8);
        ids.extend([BEGIN, BEGIN]);
        let mut spans = Vec::with_capacity(path.len());
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

/// What the language model gains by `meant` for `written`, in nats.
fn gain(
    grams: &Grams<'_>,
    memo: &mut Memo,
    before: &[WordId],
    written: &[WordId],
    meant: &[WordId],
    after: &[WordId],
) -> f32 {
    let begin = grams.after(before[0], before[1], memo.bigram(grams, before[0], before[1]));
    for words in [written, meant] {
        words.iter().chain(after).fold(begin, |state, word| memo.ask(grams, state, *word));
    }
    let stood = written.len() + after.len();
    let signed = |(i, (cost, _)): (usize, (Cost, _))| if i < stood { cost } else { -cost };
    memo.scores(grams).enumerate().map(signed).sum::<Cost>() as f32 / UNIT as f32
}
