//! A document on its way through the two passes: tokens, sentences, readings, and what each decoding found.

use std::collections::HashMap;
use std::ops::Range;

use super::rank::{self, Strengths};
use crate::channel::{Reading, Sentence, phrase_readings};
use crate::cost::{self, Cost, NEVER, UNIT};
use crate::decode::{Beam, Decoded, Lattice, search};
use crate::lexicon::abbreviations::is_abbreviation;
use crate::lexicon::{Around, Lexicon, VECTOR_DIM, WordId};
use crate::text::{Kind, Token, mark_sentences, tokenize_some};

/// Longer sentences are cut: the search looks no further anyway.
const LONGEST: usize = 400;

/// Tokens on either side that context vectors look at.
const WINDOW: usize = 10;

/// Words that the prior rate of a document counts as.
const PRIOR_WORDS: f32 = 20.0;

/// A sentence with its readings.
pub struct Unit {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// Its readings, in [`Document::readings`].
    pub readings: Range<usize>,
}

/// A document, cut up.
pub struct Document<'s> {
    /// The source.
    pub text: &'s [u8],
    /// All tokens.
    pub tokens: Vec<Token>,
    /// Their ids.
    pub ids: Vec<WordId>,
    /// All readings.
    pub readings: Vec<Reading>,
    /// Its sentences.
    pub units: Vec<Unit>,
}

/// What decoding a document once found.
pub struct Pass {
    /// One for each sentence; `None` where there was nothing to choose.
    pub decoded: Vec<Option<Decoded>>,
    /// The rate that each sentence was decoded with.
    pub rates: Vec<f32>,
    /// −ln of the posterior of each reading.
    pub posteriors: Vec<Cost>,
}

impl<'s> Document<'s> {
    /// Cuts regions of a text up and collects their readings. Regions begin and end between sentences.
    pub fn new(lexicon: &Lexicon, text: &'s [u8], regions: &[Range<usize>]) -> Self {
        let mut document =
            Self { text, tokens: Vec::new(), ids: Vec::new(), readings: Vec::new(), units: Vec::new() };
        for region in regions {
            let first = document.tokens.len();
            tokenize_some(&text[..region.end], region.start, usize::MAX, &mut document.tokens);
            mark_sentences(&mut document.tokens[first..], is_abbreviation);
            let tokens = &document.tokens[first..];
            document.ids.extend(tokens.iter().map(|t| lexicon.token_id(t)));
            document.cut(lexicon, first);
        }
        document
    }

    /// Cuts the tokens from `first` on into sentences.
    fn cut(&mut self, lexicon: &Lexicon, first: usize) {
        let mut start = first;
        for i in first + 1..=self.tokens.len() {
            if i == self.tokens.len() || self.tokens[i].sentence || i - start >= LONGEST {
                let from = self.readings.len();
                let mut readings = std::mem::take(&mut self.readings);
                phrase_readings(lexicon, &self.sentence(&(start..i)), &mut readings);
                self.readings = readings;
                self.units.push(Unit { tokens: start..i, readings: from..self.readings.len() });
                start = i;
            }
        }
    }

    /// A sentence as channels see it.
    pub fn sentence(&self, tokens: &Range<usize>) -> Sentence<'_> {
        Sentence { text: self.text, tokens: &self.tokens[tokens.clone()], ids: &self.ids[tokens.clone()] }
    }

    /// Decodes every sentence that has readings, each at its rate.
    pub fn decode(&self, lexicon: &Lexicon, strengths: &Strengths, rates: Vec<f32>) -> Pass {
        let beam = Beam { model: (lexicon.weights().model * 256.0) as Cost, ..Beam::default() };
        let mut lattice = Lattice::default();
        let mut posteriors = vec![NEVER; self.readings.len()];
        let decoded = self
            .units
            .iter()
            .zip(&rates)
            .map(|(unit, rate)| {
                if unit.readings.is_empty() {
                    return None;
                }
                self.fill(lexicon, unit, strengths, *rate, &mut lattice);
                let decoded = search(&lattice, lexicon.grams(), beam);
                for (arc, posterior) in lattice.arcs.iter().zip(&decoded.posteriors) {
                    if let Some(reading) = arc.reading {
                        posteriors[reading as usize] = *posterior;
                    }
                }
                Some(Decoded { path: readings_of(&lattice, &decoded), ..decoded })
            })
            .collect();
        Pass { decoded, rates, posteriors }
    }

    /// The words around a span of tokens, the span left out.
    pub fn around(&self, lexicon: &Lexicon, start: usize, len: usize) -> Around {
        let mut around = [0; VECTOR_DIM];
        let before = start.saturating_sub(WINDOW)..start;
        let after = start + len..(start + len + WINDOW).min(self.tokens.len());
        for i in before.chain(after).filter(|i| self.tokens[*i].kind == Kind::Word) {
            lexicon.vectors().add(&mut around, self.ids[i], 1);
        }
        around
    }

    /// Makes the lattice of a sentence.
    fn fill(&self, lexicon: &Lexicon, unit: &Unit, strengths: &Strengths, rate: f32, lattice: &mut Lattice) {
        let sentence = self.sentence(&unit.tokens);
        lattice.reset(sentence.tokens.len());
        let stays = cost::of(1.0 - f64::from(rate));
        let mut next = unit.readings.start;
        for (at, id) in sentence.ids.iter().enumerate() {
            lattice.push(at..at + 1, std::iter::once(lexicon.model_id(*id)), stays, None);
            while next < unit.readings.end && self.readings[next].start as usize == at {
                let reading = &self.readings[next];
                let around = self.around(lexicon, unit.tokens.start + at, reading.end as usize - at);
                let cost = rank::cost(lexicon, &sentence, reading, strengths, rate, &around);
                let span = at..reading.end as usize;
                lattice.push(span, reading.entry.ids().map(|i| lexicon.model_id(i)), cost, Some(next as u32));
                next += 1;
            }
        }
    }
}

/// The readings on the best path, in order.
fn readings_of(lattice: &Lattice, decoded: &Decoded) -> Vec<u32> {
    decoded.path.iter().filter_map(|arc| lattice.arcs[*arc as usize].reading).collect()
}

impl Pass {
    /// How much likelier each sentence is as a spun one than as it stands, in nats.
    pub fn evidence(&self) -> Vec<f32> {
        let gain = |d: &Decoded| (d.standing - d.total) as f32 / UNIT as f32;
        self.decoded.iter().map(|d| d.as_ref().map_or(0.0, gain)).collect()
    }

    /// The posterior of a reading.
    pub fn posterior(&self, reading: usize) -> f32 {
        cost::probability(self.posteriors[reading]) as f32
    }

    /// What this pass says of the document of so many tokens: one step of expectation–maximisation.
    pub fn strengths(
        &self,
        document: &Document<'_>,
        lexicon: &Lexicon,
        before: &Strengths,
        tokens: usize,
    ) -> Strengths {
        let weights = lexicon.weights();
        // Sentences that triage left out count as words that nobody swapped.
        let left_out = tokens.saturating_sub(document.tokens.len()) as f32;
        let (mut edits, mut words) = (weights.rate * PRIOR_WORDS, PRIOR_WORDS + left_out);
        let mut dialects = [0.5f32; 3];
        let mut habits = HashMap::new();
        for unit in &document.units {
            words += unit.tokens.len() as f32;
            let sentence = document.sentence(&unit.tokens);
            for index in unit.readings.clone() {
                let p = self.posterior(index);
                if p < 0.01 {
                    continue;
                }
                let reading = &document.readings[index];
                edits += p;
                let shares = rank::shares(reading, weights);
                let sum: f32 = shares.iter().zip(before.dialects).map(|(s, d)| s * d).sum();
                for d in 0..3 {
                    dialects[d] += p * shares[d] * before.dialects[d] / sum.max(1e-9);
                }
                *habits.entry(rank::habit_key(&sentence, reading)).or_insert(0.0) += p;
            }
        }
        let sum: f32 = dialects.iter().sum();
        Strengths { rate: (edits / words).min(0.5), dialects: dialects.map(|d| d / sum), habits }
    }

    /// The rate of each sentence: its own edits and its neighbours', drawn towards the document's.
    pub fn local_rates(&self, document: &Document<'_>, lexicon: &Lexicon, strengths: &Strengths) -> Vec<f32> {
        let counts: Vec<(f32, f32)> = document
            .units
            .iter()
            .map(|unit| {
                let edits = unit.readings.clone().map(|r| self.posterior(r)).sum();
                (edits, unit.tokens.len() as f32)
            })
            .collect();
        let prior = lexicon.weights().local;
        (0..counts.len())
            .map(|i| {
                let (mut edits, mut words) = (prior * strengths.rate, prior);
                for (j, weight) in [(i.wrapping_sub(1), 0.5), (i, 1.0), (i + 1, 0.5)] {
                    if let Some((e, w)) = counts.get(j) {
                        edits += weight * e;
                        words += weight * w;
                    }
                }
                (edits / words).clamp(1e-5, 0.5)
            })
            .collect()
    }
}
