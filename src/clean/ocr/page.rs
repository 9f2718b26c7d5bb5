//! A scanned text on its way through the passes: tokens, sentences, readings, lattices, and what decoding them found.

use std::ops::Range;
use std::rc::Rc;

use super::explored::{Explored, Scanner};
use crate::channel::Sentence;
use crate::channel::ocr::{Reading, Repair, Strange, is_odd_capital, strange};
use crate::cost::{self, Cost, NEVER, UNIT};
use crate::decode::{Arc, Decoded, Search};
use crate::lexicon::abbreviations::is_abbreviation;
use crate::lexicon::{Lexicon, UNKNOWN, WordId};
use crate::text::{ByHash, Kind, Shape, Token, mark_sentences, tokenize_some};

/// Longer sentences are cut: the search looks no further anyway.
const LONGEST: usize = 400;

/// Words of dialects in a hundred tokens from which on a text is in dialect: of 300 pieces of novels 97 in 100 have less than
/// 0.15 and none has so many.
const DIALECT: f32 = 1.0;

/// Share of the letters that were misread in the texts that the table of confusions was counted in.
const COUNTED: f32 = 0.012;

/// A sentence with its readings.
pub struct Unit {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// Its readings, in [`Page::readings`].
    pub readings: Range<usize>,
    explored: Rc<Explored>,
}

/// A scanned text, cut up.
pub struct Page<'s> {
    /// The source.
    pub text: &'s [u8],
    /// All tokens.
    pub tokens: Vec<Token>,
    /// Their ids for the language model: what is strange is unknown.
    pub ids: Vec<WordId>,
    /// How strange each is.
    pub strange: Vec<Strange>,
    /// All readings.
    pub readings: Vec<Reading>,
    /// Its sentences.
    pub units: Vec<Unit>,
    /// Letters and digits.
    pub letters: f32,
    /// Words of dialects, in a hundred tokens.
    pub dialect: f32,
    /// Words with an apostrophe that nobody knows, and apostrophes at a word's end, in a hundred tokens.
    pub elided: f32,
    /// Words in old spellings, and others that are never touched, in a hundred tokens.
    pub old: f32,
    /// Marks that touch another mark, in a hundred tokens: code has many, dirt some.
    pub clusters: f32,
    /// Paths, identifiers and the like, in a hundred tokens.
    pub codes: f32,
    /// Capitalised words that are no names, in a hundred words after small ones: some printers gave nouns capitals.
    pub capitals: f32,
    /// How often each strange word stands there, by its hash.
    pub again: ByHash<u32>,
    /// How often each word stands there.
    counts: ByHash<u32>,
    /// Strange tokens up to each token.
    sums: Vec<u32>,
    /// −ln of how likely a strange token is as it stands, beyond what the language model says.
    stands: Vec<Cost>,
}

/// What is believed of a page while it is decoded.
#[derive(Debug, Clone)]
pub struct Noise {
    /// Share of the letters that were misread.
    pub rate: f32,
    /// Expected count of each confusion of the table.
    pub confusions: Vec<f32>,
}

/// What decoding a page once found.
pub struct Found {
    /// One for each sentence, its path the readings chosen; `None` where there was nothing to choose.
    pub decoded: Vec<Option<Decoded>>,
    /// −ln of the posterior of each reading.
    pub posteriors: Vec<Cost>,
}

impl Found {
    /// The posterior of a reading.
    pub fn posterior(&self, reading: usize) -> f32 {
        cost::probability(self.posteriors[reading]).min(1.0) as f32
    }
}

impl<'s> Page<'s> {
    /// Cuts stretches of a text up, and explores its sentences.
    pub fn new(
        lexicon: &Lexicon,
        scanner: &mut Scanner<'_>,
        text: &'s [u8],
        stretches: &[Range<usize>],
    ) -> Self {
        let mut page = Self {
            text,
            tokens: Vec::new(),
            ids: Vec::new(),
            strange: Vec::new(),
            readings: Vec::new(),
            units: Vec::new(),
            letters: 0.0,
            dialect: 0.0,
            elided: 0.0,
            old: 0.0,
            clusters: 0.0,
            codes: 0.0,
            capitals: 0.0,
            again: ByHash::default(),
            stands: Vec::new(),
            counts: ByHash::default(),
            sums: vec![0],
        };
        for stretch in stretches {
            let first = page.tokens.len();
            tokenize_some(&text[..stretch.end], stretch.start, usize::MAX, &mut page.tokens);
            mark_sentences(&mut page.tokens[first..], is_abbreviation);
        }
        let old = lexicon.old_spellings();
        let hundreds = page.tokens.len().max(100) as f32 / 100.0;
        page.dialect = page.tokens.iter().filter(|t| old.is_dialect(t.hash)).count() as f32 / hundreds;
        let touch = |pair: &[Token]| pair.iter().all(|t| t.kind == Kind::Mark) && !pair[1].spaced;
        page.clusters = page.tokens.windows(2).filter(|pair| touch(pair)).count() as f32 / hundreds;
        page.codes = page.tokens.iter().filter(|t| t.kind == Kind::Protected).count() as f32 / hundreds;
        let speaks = page.dialect >= DIALECT;
        let (mut small, mut capitals, mut elided, mut never) = (0, 0, 0, 0);
        for (at, token) in page.tokens.iter().enumerate() {
            let id = lexicon.token_id(token);
            let odd = match strange(lexicon, text, token, id) {
                Strange::Yes | Strange::Rare if speaks && old.is_dialect(token.hash) => Strange::Never,
                odd => odd,
            };
            never += usize::from(odd == Strange::Never && token.kind == Kind::Word);
            let touched = at.checked_sub(1).map(|at| &page.tokens[at]);
            elided += usize::from(is_elided(text, touched, token, odd));
            let id = if odd == Strange::Yes { UNKNOWN } else { lexicon.model_id(id) };
            page.ids.push(id);
            page.strange.push(odd);
            let before = at.checked_sub(1).filter(|_| !token.sentence).map(|at| &page.tokens[at]);
            let capital = is_odd_capital(lexicon, before, token, id);
            let follows = before.is_some_and(|b| b.kind == Kind::Word && b.shape == Shape::Lower);
            small += usize::from(follows && token.kind == Kind::Word);
            capitals += usize::from(capital);
            page.stands.push(stands(lexicon, text, token, id, odd, capital));
            if token.kind != Kind::Mark {
                page.letters += (token.end - token.start) as f32;
            }
            let strange = page.sums[page.sums.len() - 1] + u32::from(odd == Strange::Yes);
            page.sums.push(strange);
            if id != UNKNOWN {
                *page.counts.entry(u64::from(id)).or_insert(0) += 1;
            }
            if odd == Strange::Yes {
                *page.again.entry(token.hash).or_insert(0) += 1;
            }
        }
        page.elided = elided as f32 / hundreds;
        page.old = never as f32 / hundreds;
        page.capitals = capitals as f32 * 100.0 / (small as f32).max(100.0);
        let mut start = 0;
        for i in 1..=page.tokens.len() {
            if i == page.tokens.len() || page.tokens[i].sentence || i - start >= LONGEST {
                page.add(scanner, start..i);
                start = i;
            }
        }
        page
    }

    fn add(&mut self, scanner: &mut Scanner<'_>, tokens: Range<usize>) {
        let (strange, stands) = (&self.strange[tokens.clone()], &self.stands[tokens.clone()]);
        let explored = scanner.explore(self.text, &self.sentence(&tokens), strange, stands);
        let from = self.readings.len();
        self.readings.extend_from_slice(&explored.readings);
        self.units.push(Unit { tokens, readings: from..self.readings.len(), explored });
    }

    /// Share of strange tokens among the twenty around one.
    pub fn local(&self, at: usize) -> f32 {
        let (from, to) = (at.saturating_sub(10), (at + 10).min(self.tokens.len()));
        (self.sums[to] - self.sums[from]) as f32 / (to - from).max(1) as f32
    }

    /// How often a word stands there.
    pub fn meant(&self, id: WordId) -> f32 {
        self.counts.get(&u64::from(id)).copied().unwrap_or(0) as f32
    }

    /// A sentence as channels see it.
    pub fn sentence(&self, tokens: &Range<usize>) -> Sentence<'_> {
        Sentence { tokens: &self.tokens[tokens.clone()], ids: &self.ids[tokens.clone()] }
    }

    /// What the arcs of a sentence cost now.
    fn costs(&self, lexicon: &Lexicon, unit: &Unit, noise: &Noise, before: Option<&Found>) -> Vec<Cost> {
        let cost = |arc: &Arc| match arc.reading {
            None => self.stands[unit.tokens.start + arc.start as usize],
            Some(number) => {
                let index = unit.readings.start + number as usize;
                let reading = &self.readings[index];
                let own = before.map_or(0.0, |b| b.posterior(index));
                price(lexicon, reading, noise) - again(lexicon, reading, noise, own)
            }
        };
        unit.explored.lattice.arcs.iter().map(cost).collect()
    }

    /// Decodes every sentence that has readings; `before` is what the decoding before found.
    pub fn decode(
        &self,
        lexicon: &Lexicon,
        search: &mut Search,
        noise: &Noise,
        before: Option<&Found>,
    ) -> Found {
        let mut posteriors = vec![NEVER; self.readings.len()];
        let mut decoded = Vec::with_capacity(self.units.len());
        for unit in &self.units {
            if unit.readings.is_empty() {
                decoded.push(None);
                continue;
            }
            let first = unit.readings.start as u32;
            let lattice = &unit.explored.lattice;
            let costs = self.costs(lexicon, unit, noise, before);
            let mut found = unit.explored.graph.decode(lattice, &costs, search);
            for (arc, posterior) in lattice.arcs.iter().zip(&found.posteriors) {
                if let Some(number) = arc.reading {
                    posteriors[(first + number) as usize] = *posterior;
                }
            }
            let index = |arc: &u32| lattice.arcs[*arc as usize].reading.map(|number| first + number);
            found.path = found.path.iter().filter_map(index).collect();
            found.posteriors = Vec::new();
            decoded.push(Some(found));
        }
        Found { decoded, posteriors }
    }

    /// What a decoding says of the page: one step of expectation–maximisation.
    pub fn noise(&self, lexicon: &Lexicon, found: &Found, prior: &Noise) -> Noise {
        let weights = lexicon.ocr_weights();
        let mut confusions = vec![0.0; lexicon.misreadings().table().len()];
        let mut changes = weights.prior * prior.rate;
        for (index, reading) in self.readings.iter().enumerate() {
            let p = found.posterior(index);
            if p < 0.01 {
                continue;
            }
            if !matches!(reading.repair, Repair::Stray | Repair::Mark) {
                changes += p * f32::from(reading.spelled.changes);
            }
            for number in &reading.spelled.used {
                confusions[*number as usize] += p;
            }
        }
        let rate = (changes / (weights.prior + self.letters)).clamp(1e-4, 0.2);
        Noise { rate, confusions }
    }
}

/// What a reading costs in a page of so much noise.
pub fn price(lexicon: &Lexicon, reading: &Reading, noise: &Noise) -> Cost {
    let weights = lexicon.ocr_weights();
    let rarer = (COUNTED / noise.rate).ln() * f32::from(reading.spelled.changes);
    let more = match reading.repair {
        Repair::Real => weights.real,
        Repair::Stray | Repair::Mark => weights.stray,
        _ => 0.0,
    };
    reading.spelled.cost + ((rarer + more) * UNIT as f32).round() as Cost
}

/// What is gained where the page shows the same confusions elsewhere.
fn again(lexicon: &Lexicon, reading: &Reading, noise: &Noise, own: f32) -> Cost {
    let gain = |number: &u32| match noise.confusions.get(*number as usize) {
        Some(count) => (count - own).max(0.0).ln_1p() * lexicon.ocr_weights().habit,
        None => 0.0,
    };
    (reading.spelled.used.iter().map(gain).sum::<f32>() * UNIT as f32).round() as Cost
}

/// −ln of how likely a token is as it stands, beyond what the language model says of it.
fn stands(
    lexicon: &Lexicon,
    text: &[u8],
    token: &Token,
    id: WordId,
    strange: Strange,
    capital: bool,
) -> Cost {
    let weights = lexicon.ocr_weights();
    let nats = match (token.kind, strange) {
        (Kind::Mark, _) if id == UNKNOWN => 3.0,
        (_, Strange::Yes) => weights.letters * lexicon.letters().cost(token.str(text)),
        _ if capital => weights.capital,
        _ => 0.0,
    };
    (nats * UNIT as f32).round() as Cost
}

/// Does an apostrophe stand in a word that nobody knows, or at the end of a word?
fn is_elided(text: &[u8], before: Option<&Token>, token: &Token, strange: Strange) -> bool {
    match token.kind {
        Kind::Mark => {
            let touches = !token.spaced && before.is_some_and(|b| b.kind == Kind::Word);
            touches && matches!(token.mark(), Some('\'' | '\u{2019}'))
        }
        _ => strange == Strange::Yes && has_apostrophe(token.str(text)),
    }
}

/// Does an apostrophe stand behind a letter here? (Behind a sign it is a piece of a letter: `famil}'`.)
pub fn has_apostrophe(text: &str) -> bool {
    let behind = text.chars().skip(1);
    text.chars().zip(behind).any(|(a, b)| a.is_alphabetic() && matches!(b, '\'' | '\u{2019}'))
}
