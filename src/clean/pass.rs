//! A document on its way through the passes: tokens, sentences, readings, and what each decoding found.

use std::ops::Range;

use super::rank::{self, Evidence, Strengths};
use crate::channel::{Reading, Sentence, phrase_readings};
use crate::cost::{self, Cost, NEVER, UNIT};
use crate::decode::{Beam, Decoded, Graph, Lattice};
use crate::lexicon::abbreviations::is_abbreviation;
use crate::lexicon::rules::Known;
use crate::lexicon::source::DIALECTS;
use crate::lexicon::{BEGIN, END, Lexicon, Memo, WordId};
use crate::text::{ByHash, Token, mark_sentences, tokenize_some};

/// Longer sentences are cut: the search looks no further anyway.
const LONGEST: usize = 400;

/// Open words that the prior rate of a document counts as.
const PRIOR_WORDS: f32 = 20.0;

/// Readings kept at a place, and how far (in nats) one may be behind the text as it stands, by its neighbours alone.
const CHOICES: usize = 5;
const BEHIND: f32 = 6.0;

/// A sentence with its readings.
pub struct Unit {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// Its readings, in [`Document::readings`].
    pub readings: Range<usize>,
    /// How many of its tokens begin a reading: the words that a spinner may have put there.
    pub open: f32,
    lattice: Lattice,
    graph: Graph,
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
    /// −ln of the posterior of each reading.
    pub posteriors: Vec<Cost>,
}

impl<'s> Document<'s> {
    /// Cuts regions of a text up, collects their readings and explores the lattices. Regions begin and end between
    /// sentences.
    pub fn new(lexicon: &Lexicon, text: &'s [u8], regions: &[Range<usize>], prior: &Strengths) -> Self {
        let mut document = Self {
            text,
            tokens: Vec::new(),
            ids: Vec::new(),
            readings: Vec::new(),
            evidence: Vec::new(),
            units: Vec::new(),
            habits: ByHash::default(),
        };
        let mut memo = Memo::default();
        for region in regions {
            let first = document.tokens.len();
            tokenize_some(&text[..region.end], region.start, usize::MAX, &mut document.tokens);
            mark_sentences(&mut document.tokens[first..], is_abbreviation);
            let tokens = &document.tokens[first..];
            document.ids.extend(tokens.iter().map(|t| lexicon.token_id(t)));
            document.cut(lexicon, &mut memo, first, prior);
        }
        document
    }

    /// Cuts the tokens from `first` on into sentences.
    fn cut(&mut self, lexicon: &Lexicon, memo: &mut Memo, first: usize, prior: &Strengths) {
        let mut start = first;
        let mut proposed = Vec::new();
        for i in first + 1..=self.tokens.len() {
            if i == self.tokens.len() || self.tokens[i].sentence || i - start >= LONGEST {
                proposed.clear();
                phrase_readings(lexicon, &self.sentence(&(start..i)), &mut proposed);
                self.add(lexicon, memo, start..i, &proposed, prior);
                start = i;
            }
        }
    }

    /// Adds a sentence with those of its readings that have a chance.
    fn add(
        &mut self,
        lexicon: &Lexicon,
        memo: &mut Memo,
        tokens: Range<usize>,
        proposed: &[Reading],
        prior: &Strengths,
    ) {
        let from = self.readings.len();
        let open = proposed.chunk_by(|a, b| a.start == b.start).count() as f32;
        let mut habits = std::mem::take(&mut self.habits);
        let mut kept: Vec<(Cost, Reading, Evidence)> = Vec::new();
        let sentence = self.sentence(&tokens);
        let mut chosen = Vec::new();
        memo.warm(lexicon.grams(), pairs(lexicon, &sentence, proposed));
        for same in proposed.chunk_by(|a, b| a.start == b.start) {
            kept.clear();
            let mut standing = (0, 0);
            for reading in same {
                if standing.0 != reading.end {
                    let words = tokens_of(&sentence, reading).map(|id| lexicon.model_id(*id));
                    standing = (reading.end, beside(lexicon, memo, &sentence, reading, words));
                }
                let evidence = rank::evidence(lexicon, &sentence, reading);
                let meant = reading.entry.ids().map(|id| lexicon.model_id(id));
                let gain = standing.1 - beside(lexicon, memo, &sentence, reading, meant);
                let asked = rank::cost(lexicon.weights(), &evidence, prior, prior.rate);
                let behind = asked - beam(lexicon).weigh(gain);
                if behind < (BEHIND * UNIT as f32) as Cost || reading.known <= Known::Strong {
                    kept.push((behind, *reading, evidence));
                }
            }
            kept.sort_by_key(|(behind, ..)| *behind);
            kept.truncate(CHOICES);
            for (_, reading, evidence) in &mut kept {
                let next = habits.len() as u32;
                evidence.habit = *habits.entry(rank::habit_key(&sentence, reading)).or_insert(next);
            }
            chosen.extend(kept.iter().map(|(_, reading, evidence)| (*reading, *evidence)));
        }
        self.habits = habits;
        self.readings.extend(chosen.iter().map(|c| c.0));
        self.evidence.extend(chosen.iter().map(|c| c.1));
        let mut unit = Unit {
            tokens,
            readings: from..self.readings.len(),
            open,
            lattice: Lattice::default(),
            graph: Graph::default(),
        };
        if !unit.readings.is_empty() {
            unit.lattice = self.lattice(lexicon, &unit);
            self.price(lexicon, &unit.readings, &mut unit.lattice, prior, prior.rate);
            unit.graph = Graph::build(&unit.lattice, lexicon.grams(), memo, beam(lexicon));
        }
        self.units.push(unit);
    }

    /// A sentence as channels see it.
    pub fn sentence(&self, tokens: &Range<usize>) -> Sentence<'_> {
        Sentence { tokens: &self.tokens[tokens.clone()], ids: &self.ids[tokens.clone()] }
    }

    /// The lattice of a sentence, without costs.
    fn lattice(&self, lexicon: &Lexicon, unit: &Unit) -> Lattice {
        let sentence = self.sentence(&unit.tokens);
        let mut lattice = Lattice::default();
        lattice.reset(sentence.tokens.len());
        let mut next = unit.readings.start;
        for (at, id) in sentence.ids.iter().enumerate() {
            lattice.push(at..at + 1, std::iter::once(lexicon.model_id(*id)), 0, None);
            while next < unit.readings.end && self.readings[next].start as usize == at {
                let reading = &self.readings[next];
                let words = reading.entry.ids().map(|i| lexicon.model_id(i));
                lattice.push(at..reading.end as usize, words, 0, Some(next as u32));
                next += 1;
            }
        }
        lattice
    }

    /// Sets the costs of a lattice.
    fn price(
        &self,
        lexicon: &Lexicon,
        readings: &Range<usize>,
        lattice: &mut Lattice,
        strengths: &Strengths,
        rate: f32,
    ) {
        debug_assert!(readings.end <= self.readings.len());
        let stays = cost::of(1.0 - f64::from(rate));
        for arc in &mut lattice.arcs {
            arc.cost = match arc.reading {
                Some(i) => rank::cost(lexicon.weights(), &self.evidence[i as usize], strengths, rate),
                None => stays,
            };
        }
    }

    /// Decodes every sentence that has readings, each at its rate.
    pub fn decode(&mut self, lexicon: &Lexicon, strengths: &Strengths, rates: Vec<f32>) -> Pass {
        let mut posteriors = vec![NEVER; self.readings.len()];
        let mut units = std::mem::take(&mut self.units);
        let mut decoded = Vec::with_capacity(units.len());
        for (unit, rate) in units.iter_mut().zip(&rates) {
            if unit.readings.is_empty() {
                decoded.push(None);
                continue;
            }
            self.price(lexicon, &unit.readings, &mut unit.lattice, strengths, *rate);
            let mut found = unit.graph.decode(&unit.lattice);
            for (arc, posterior) in unit.lattice.arcs.iter().zip(&found.posteriors) {
                if let Some(reading) = arc.reading {
                    posteriors[reading as usize] = *posterior;
                }
            }
            let arcs = &unit.lattice.arcs;
            found.path = found.path.iter().filter_map(|arc| arcs[*arc as usize].reading).collect();
            found.posteriors = Vec::new();
            decoded.push(Some(found));
        }
        self.units = units;
        Pass { decoded, rates, posteriors }
    }
}

fn beam(lexicon: &Lexicon) -> Beam {
    Beam { model: (lexicon.weights().model * 256.0) as Cost, ..Beam::default() }
}

fn tokens_of<'s>(sentence: &Sentence<'s>, reading: &Reading) -> impl Iterator<Item = &'s WordId> + use<'s> {
    sentence.ids[reading.start as usize..reading.end as usize].iter()
}

/// The pairs of words that [`beside`] asks for: those of the sentence as it stands, and those of each reading.
fn pairs<'p>(
    lexicon: &'p Lexicon,
    sentence: &'p Sentence<'p>,
    proposed: &'p [Reading],
) -> impl Iterator<Item = (WordId, WordId)> + use<'p> {
    let id = |at: usize| sentence.ids.get(at).map_or(END, |id| lexicon.model_id(*id));
    let before = move |at: usize| if at == 0 { BEGIN } else { id(at - 1) };
    let standing = (0..=sentence.ids.len()).map(move |at| (before(at), id(at)));
    let read = proposed.iter().flat_map(move |reading| {
        let meant = reading.entry.ids().map(|id| lexicon.model_id(id));
        let words = meant.chain(std::iter::once(id(reading.end as usize)));
        words.scan(before(reading.start as usize), |last, word| Some((std::mem::replace(last, word), word)))
    });
    standing.chain(read)
}

/// The cost of words in the place of a reading's span, by bigrams with the words that stand beside it.
fn beside(
    lexicon: &Lexicon,
    memo: &mut Memo,
    sentence: &Sentence<'_>,
    reading: &Reading,
    words: impl Iterator<Item = WordId>,
) -> Cost {
    let grams = lexicon.grams();
    let (start, end) = (reading.start as usize, reading.end as usize);
    let id = |at: usize| lexicon.model_id(sentence.ids[at]);
    let mut last = if start > 0 { id(start - 1) } else { BEGIN };
    let after = if end < sentence.ids.len() { id(end) } else { END };
    let mut sum = 0;
    for word in words.chain(std::iter::once(after)) {
        sum += match memo.bigram(grams, last, word) {
            Some((cost, ..)) => cost,
            None => grams.alone(word) + grams.forget(last),
        };
        last = word;
    }
    sum
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
        let decoded = document.tokens.len().max(1) as f32;
        let open: f32 = document.units.iter().map(|u| u.open).sum();
        let left_out = (tokens as f32 - decoded).max(0.0) * open / decoded;
        let (mut edits, words) = (weights.rate * PRIOR_WORDS, PRIOR_WORDS + left_out + open);
        let mut dialects = [0.5f32; DIALECTS.len()];
        let mut habits = vec![0.0; document.habits.len()];
        for (index, evidence) in document.evidence.iter().enumerate() {
            let p = self.posterior(index);
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
            .map(|unit| {
                let edits = unit.readings.clone().map(|r| self.posterior(r)).sum();
                (edits, unit.open)
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
                (edits / words).clamp(1e-5, 0.6)
            })
            .collect()
    }
}
