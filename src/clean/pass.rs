//! A document on its way through the passes: tokens, sentences, readings, and what each decoding found.

use std::ops::Range;
use std::rc::Rc;

use super::explored::{Explored, Explorer, probability};
use super::rank::{self, Evidence, Strengths};
use crate::channel::{Reading, Sentence};
use crate::cost::{self, UNIT};
use crate::decode::Decoded;
use crate::lexicon::abbreviations::is_abbreviation;
use crate::lexicon::rules::Known;
use crate::lexicon::source::DIALECTS;
use crate::lexicon::{Lexicon, WordId};
use crate::text::{ByHash, Token, mark_sentences, tokenize_some};

/// Longer sentences are cut: the search looks no further anyway.
const LONGEST: usize = 400;

/// Open words that the prior rate of a document counts as.
const PRIOR_WORDS: f32 = 20.0;

/// A sentence of a document.
pub struct Unit {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// Its readings, in [`Document::readings`].
    pub readings: Range<usize>,
    /// What is known of it by itself.
    pub explored: Rc<Explored>,
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
    /// The evidence for each.
    pub evidence: Vec<Evidence>,
    /// Its sentences.
    pub units: Vec<Unit>,
    habits: ByHash<u32>,
}

/// What decoding a document once found.
pub struct Pass {
    /// One for each sentence, its path the readings chosen; `None` where there was nothing to choose.
    pub decoded: Vec<Option<Decoded>>,
    /// The rate that each sentence was decoded with.
    pub rates: Vec<f32>,
    /// The posterior of each reading.
    pub posteriors: Posteriors,
}

/// How likely each reading of a document is what was meant.
pub struct Posteriors(Vec<f32>);

impl<'s> Document<'s> {
    /// Cuts regions of a text up and explores their sentences. Regions begin and end between sentences.
    pub fn new(explorer: &mut Explorer<'_>, text: &'s [u8], regions: &[Range<usize>]) -> Self {
        let mut document = Self {
            text,
            tokens: Vec::new(),
            ids: Vec::new(),
            readings: Vec::new(),
            evidence: Vec::new(),
            units: Vec::new(),
            habits: ByHash::default(),
        };
        let bytes: usize = regions.iter().map(Range::len).sum();
        document.tokens.reserve(bytes / 5);
        document.ids.reserve(bytes / 5);
        for region in regions {
            let first = document.tokens.len();
            tokenize_some(&text[..region.end], region.start, usize::MAX, &mut document.tokens);
            mark_sentences(&mut document.tokens[first..], is_abbreviation);
            let tokens = &document.tokens[first..];
            document.ids.extend(tokens.iter().map(|t| explorer.lexicon.token_id(t)));
            document.cut(explorer, first);
        }
        document.number();
        document
    }

    /// Cuts the tokens from `first` on into sentences.
    fn cut(&mut self, explorer: &mut Explorer<'_>, first: usize) {
        let mut start = first;
        for i in first + 1..=self.tokens.len() {
            if i == self.tokens.len() || self.tokens[i].sentence || i - start >= LONGEST {
                let explored = explorer.explore(&self.sentence(&(start..i)));
                let from = self.units.last().map_or(0, |unit| unit.readings.end);
                let readings = from..from + explored.readings.len();
                self.units.push(Unit { tokens: start..i, readings, explored });
                start = i;
            }
        }
    }

    /// Collects the readings of all sentences, and numbers their substitutions.
    fn number(&mut self) {
        let readings = self.units.last().map_or(0, |unit| unit.readings.end);
        self.readings.reserve_exact(readings);
        self.evidence.reserve_exact(readings);
        self.habits.reserve(readings);
        for Unit { explored, .. } in &self.units {
            self.readings.extend_from_slice(&explored.readings);
            for (evidence, key) in explored.evidence.iter().zip(&explored.habits) {
                let next = self.habits.len() as u32;
                let habit = *self.habits.entry(*key).or_insert(next);
                self.evidence.push(Evidence { habit, ..*evidence });
            }
        }
    }

    /// A sentence as channels see it.
    pub fn sentence(&self, tokens: &Range<usize>) -> Sentence<'_> {
        Sentence { tokens: &self.tokens[tokens.clone()], ids: &self.ids[tokens.clone()] }
    }

    /// The posterior of each reading by prior strengths.
    pub fn prior(&self) -> Posteriors {
        Posteriors(self.units.iter().flat_map(|unit| &unit.explored.posteriors).copied().collect())
    }

    /// Decodes every sentence that has readings, each at its rate.
    pub fn decode(&self, explorer: &mut Explorer<'_>, strengths: &Strengths, rates: Vec<f32>) -> Pass {
        let mut posteriors = Vec::with_capacity(self.readings.len());
        let mut decoded = Vec::with_capacity(self.units.len());
        let mut costs = Vec::new();
        for (unit, rate) in self.units.iter().zip(&rates) {
            if unit.readings.is_empty() {
                decoded.push(None);
                continue;
            }
            let Explored { lattice, graph, .. } = &*unit.explored;
            let evidence = &self.evidence[unit.readings.clone()];
            let cost = rank::cost(explorer.lexicon.weights(), strengths, *rate);
            let stays = cost::of(1.0 - f64::from(*rate));
            costs.clear();
            costs.extend(lattice.arcs.iter().map(|arc| match arc.reading {
                Some(number) => cost(&evidence[number as usize]),
                None => stays,
            }));
            let mut found = graph.decode(lattice, &costs, &mut explorer.search);
            let of_readings =
                lattice.arcs.iter().zip(&found.posteriors).filter(|(arc, _)| arc.reading.is_some());
            posteriors.extend(of_readings.map(|(_, posterior)| probability(*posterior)));
            let number = |arc: &u32| lattice.arcs[*arc as usize].reading;
            let from = unit.readings.start as u32;
            found.path = found.path.iter().filter_map(number).map(|number| from + number).collect();
            found.posteriors = Vec::new();
            decoded.push(Some(found));
        }
        Pass { decoded, rates, posteriors: Posteriors(posteriors) }
    }
}

impl Pass {
    /// How much likelier each sentence is as a spun one than as it stands, in nats. The left side of a strong rule is
    /// hardly ever good English, which the language model cannot know: each on the best path is worth `telling` more.
    pub fn evidence(&self, document: &Document<'_>, telling: f32) -> Vec<f32> {
        let is_strong = |index: &&u32| document.readings[**index as usize].known == Known::Strong;
        let gain = |d: &Decoded| {
            let strong = d.path.iter().filter(is_strong).count();
            (d.standing - d.total) as f32 / UNIT as f32 + telling * strong as f32
        };
        self.decoded.iter().map(|d| d.as_ref().map_or(0.0, gain)).collect()
    }

    /// The posterior of a reading.
    pub fn posterior(&self, reading: usize) -> f32 {
        self.posteriors.0[reading]
    }
}

impl Posteriors {
    /// What they say of the document of so many tokens: one step of expectation–maximisation.
    pub fn strengths(
        &self,
        document: &Document<'_>,
        lexicon: &Lexicon,
        before: &Strengths,
        tokens: usize,
    ) -> Strengths {
        let weights = lexicon.weights();
        // Sentences that triage left out count as words that nobody swapped.
        let decoded = document.tokens.len().max(1) as f32;
        let open: f32 = document.units.iter().map(|u| u.explored.open).sum();
        let left_out = (tokens as f32 - decoded).max(0.0) * open / decoded;
        let (mut edits, words) = (weights.rate * PRIOR_WORDS, PRIOR_WORDS + left_out + open);
        let mut dialects = [0.5f32; DIALECTS.len()];
        let mut habits = vec![0.0; document.habits.len()];
        for (index, evidence) in document.evidence.iter().enumerate() {
            let p = self.0[index];
            if p < 0.01 {
                continue;
            }
            edits += p;
            let sum = rank::share(evidence, before).max(1e-9);
            for (d, weight) in dialects.iter_mut().enumerate() {
                *weight += p * evidence.shares[d] * before.dialects[d] / sum;
            }
            habits[evidence.habit as usize] += p;
        }
        let sum: f32 = dialects.iter().sum();
        Strengths { rate: (edits / words).min(0.6), dialects: dialects.map(|d| d / sum), habits }
    }

    /// The rate of each sentence: its own edits and its neighbours', drawn towards the document's.
    pub fn local_rates(&self, document: &Document<'_>, lexicon: &Lexicon, strengths: &Strengths) -> Vec<f32> {
        let counts: Vec<(f32, f32)> = document
            .units
            .iter()
            .map(|unit| (self.0[unit.readings.clone()].iter().sum(), unit.explored.open))
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
                (edits / words).clamp(1e-5, 0.6)
            })
            .collect()
    }
}
