//! The machine: a [`Cleaner`] takes text and gives [`Cleaned`], the source plus a patch.

mod builder;
mod choose;
mod cleaned;
mod confidence;
mod diagnosis;
mod explain;
mod pass;
mod rank;
mod triage;

pub use builder::Builder;
pub use cleaned::Cleaned;
pub use diagnosis::{Diagnosis, Dialect};
pub use explain::{Explanation, ReadingView, TokenView};

use std::collections::HashMap;
use std::sync::Arc;

use crate::edit::{Channel, Edit, Patch};
use crate::lexicon::Lexicon;
use pass::{Document, Pass};
use rank::Strengths;
use triage::Triage;

/// A repair may make another one visible; after this many rounds the text is taken as it is.
const ROUNDS: usize = 6;

/// Readings below this posterior are not worth a doubt.
const DOUBT: f32 = 0.1;

/// Repairs garbled English. Cheap to clone, `Send + Sync`: one lexicon is shared, scratch belongs to each call.
#[derive(Debug, Clone)]
pub struct Cleaner {
    engine: Arc<Engine>,
}

#[derive(Debug)]
struct Engine {
    lexicon: Lexicon,
    threshold: f32,
    channels: Vec<Channel>,
    protect: Vec<regex::bytes::Regex>,
}

impl Default for Cleaner {
    fn default() -> Self {
        Self::new()
    }
}

/// What one round found.
struct Round {
    edits: Vec<Edit>,
    doubts: Vec<Edit>,
    diagnosis: Diagnosis,
}

impl Cleaner {
    /// The embedded English lexicon, every channel, the fitted threshold.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A cleaner with choices.
    ///
    /// ```
    /// use ungarble::Cleaner;
    /// let cleaner = Cleaner::builder().phrases("mine", "zorble -> table")?.build();
    /// assert_eq!(cleaner.clean("Put it on the zorble.").text(), "Put it on the table.");
    /// # Ok::<(), ungarble::Error>(())
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Cleans a text. Cannot fail; text without a sign of damage comes back borrowed.
    ///
    /// ```
    /// use ungarble::Cleaner;
    /// let cleaner = Cleaner::new();
    /// let good = "The committee will meet again on Tuesday.";
    /// assert!(matches!(cleaner.clean(good).text(), std::borrow::Cow::Borrowed(_)));
    /// ```
    pub fn clean<'s>(&self, text: &'s str) -> Cleaned<'s> {
        self.clean_bytes(text.as_bytes())
    }

    /// Cleans bytes that are mostly UTF-8; what is not is kept byte for byte.
    ///
    /// Cleaning what this gives changes nothing: rounds go on until nothing changes, and if they come back to an earlier
    /// text, the first in byte order of the texts they go round in is taken.
    pub fn clean_bytes<'s>(&self, source: &'s [u8]) -> Cleaned<'s> {
        let first = self.round(source);
        let mut patch = Patch::new(first.edits);
        let mut texts: Vec<(Vec<u8>, Patch)> = Vec::new();
        while !patch.is_empty() && texts.len() < ROUNDS {
            let text = patch.apply(source).into_owned();
            if let Some(at) = texts.iter().position(|(t, _)| *t == text) {
                let smallest = texts.drain(at..).min_by(|a, b| a.0.cmp(&b.0));
                patch = smallest.map(|(_, p)| p).unwrap_or_default();
                break;
            }
            let next = Patch::new(self.round(&text).edits);
            texts.push((text, patch.clone()));
            if next.is_empty() {
                break;
            }
            patch = patch.then(next, source);
        }
        let apart = |d: &Edit| {
            patch.edits().iter().all(|e| e.range.end <= d.range.start || d.range.end <= e.range.start)
        };
        let doubts = first.doubts.into_iter().filter(apart).collect();
        Cleaned::new(source, patch, doubts, first.diagnosis)
    }

    /// How garbled a document is, without repairing it.
    pub fn diagnose(&self, source: &[u8]) -> Diagnosis {
        self.round(source).diagnosis
    }

    /// What each stage saw; the whole text is decoded, whatever triage says.
    pub fn explain(&self, source: &[u8]) -> Explanation {
        let lexicon = &self.engine.lexicon;
        let document = Document::new(lexicon, source, &[0..source.len()]);
        let (pass, strengths) = self.decode(&document, document.tokens.len());
        let edits = self.edits(&document, &pass, &strengths, document.tokens.len()).0;
        explain::explain(lexicon, &document, &pass, &strengths, &edits)
    }

    /// One round: triage, diagnosis and both passes.
    fn round(&self, source: &[u8]) -> Round {
        let lexicon = &self.engine.lexicon;
        let weights = lexicon.weights();
        let Triage { tokens, evidence, mut regions } = triage::triage(lexicon, source, weights.suspect);
        if evidence > -weights.calm * tokens as f32 && !regions.is_empty() {
            // Spun throughout: look at all of it.
            regions = vec![0..source.len()];
        }
        if regions.is_empty() || !self.engine.channels.contains(&Channel::Phrase) {
            let diagnosis = Diagnosis { words: tokens, ..Diagnosis::default() };
            return Round { edits: Vec::new(), doubts: Vec::new(), diagnosis };
        }
        let document = Document::new(lexicon, source, &regions);
        let (pass, strengths) = self.decode(&document, tokens);
        let (edits, doubts) = self.edits(&document, &pass, &strengths, tokens);
        Round { edits, doubts, diagnosis: diagnosis::diagnose(&document, &pass, &strengths, tokens) }
    }

    /// The first pass with prior rates, the second with what it showed.
    fn decode(&self, document: &Document<'_>, tokens: usize) -> (Pass, Strengths) {
        let lexicon = &self.engine.lexicon;
        let prior =
            Strengths { rate: lexicon.weights().rate, dialects: [1.0 / 3.0; 3], habits: HashMap::new() };
        let first = document.decode(lexicon, &prior, vec![prior.rate; document.units.len()]);
        let strengths = first.strengths(document, lexicon, &prior, tokens);
        let rates = first.local_rates(document, lexicon, &strengths);
        let second = document.decode(lexicon, &strengths, rates);
        (second, strengths)
    }

    /// Which sentences are garbled: all where the document as a whole is, else those whose surroundings are.
    fn garbled(&self, document: &Document<'_>, pass: &Pass, tokens: usize) -> Vec<bool> {
        let weights = self.engine.lexicon.weights();
        let evidence = pass.evidence();
        if evidence.iter().sum::<f32>() > weights.clean + weights.chance * tokens as f32 {
            return vec![true; evidence.len()];
        }
        (0..evidence.len())
            .map(|i| {
                let near = i.saturating_sub(2)..(i + 3).min(evidence.len());
                let words: usize = document.units[near.clone()].iter().map(|u| u.tokens.len()).sum();
                evidence[near].iter().sum::<f32>() > weights.clean + weights.patch + weights.chance * words as f32
            })
            .collect()
    }

    /// The edits to make, and those only to show.
    fn edits(
        &self,
        document: &Document<'_>,
        pass: &Pass,
        strengths: &Strengths,
        tokens: usize,
    ) -> (Vec<Edit>, Vec<Edit>) {
        let lexicon = &self.engine.lexicon;
        let garbled = self.garbled(document, pass, tokens);
        let (mut edits, mut doubts): (Vec<Edit>, Vec<Edit>) = (Vec::new(), Vec::new());
        for (i, (unit, decoded)) in document.units.iter().zip(&pass.decoded).enumerate() {
            let Some(decoded) = decoded else { continue };
            let features = confidence::features(
                lexicon, document, unit, pass, strengths, &decoded.path, pass.rates[i],
            );
            for (&index, features) in decoded.path.iter().zip(&features) {
                let reading = &document.readings[index as usize];
                let garbled = garbled[i];
                let confidence = confidence::confidence(lexicon, features);
                let made = confidence >= self.engine.threshold && (garbled || choose::is_users(reading));
                for edit in choose::edits(lexicon, document, unit, reading, confidence) {
                    if self.is_protected(document.text, &edit) {
                        continue;
                    }
                    if made {
                        edits.push(edit);
                    } else if confidence >= DOUBT {
                        doubts.push(edit);
                    }
                }
            }
        }
        (disjoint(edits), disjoint(doubts))
    }

    fn is_protected(&self, text: &[u8], edit: &Edit) -> bool {
        let meets = |m: regex::bytes::Match<'_>| m.start() < edit.range.end && edit.range.start < m.end();
        self.engine.protect.iter().any(|p| p.find_iter(text).any(meets))
    }
}

/// Sorts edits and drops what overlaps an earlier one.
fn disjoint(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort_by_key(|e| (e.range.start, e.range.end));
    let mut end = 0;
    edits.retain(|e| {
        let free = e.range.start >= end;
        if free {
            end = e.range.end;
        }
        free
    });
    edits
}
