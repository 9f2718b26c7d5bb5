//! How much of each damage a document has.

use std::collections::BTreeMap;

use super::pass::{Document, Pass};
use super::rank::Strengths;
use crate::lexicon::source::{DIALECTS, PerDialect};

/// A way of spinning text: which originals a garbled word may stand for depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// News articles put through a translation-like rewriter.
    News,
    /// Company pages, blogs and search-engine text ("withinside the", "demanding situations").
    Web,
    /// The same and school texts by another program ("on the off chance that", "understudies").
    Spinbot,
    /// Papers and reports ("tortured phrases").
    Science,
}

impl Dialect {
    /// All dialects.
    pub const ALL: PerDialect<Dialect> = [Self::News, Self::Web, Self::Spinbot, Self::Science];

    /// The name, as tables and reports spell it.
    pub fn name(self) -> &'static str {
        DIALECTS[self as usize]
    }
}

/// What the first pass made of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnosis {
    /// Words and marks that were looked at.
    pub words: usize,
    /// Share of the words that were swapped, as estimated (0 to 1).
    pub spun: f32,
    /// Share of the letters that were misread, where the text was read as a scanned one; else 0.
    pub misread: f32,
    /// Weight of each dialect in the spun part, in the order of [`Dialect::ALL`]; sums to 1, or all 0 without damage.
    pub dialects: PerDialect<f32>,
    /// The substitutions that this document shows, most frequent first: (garbled, original, expected count).
    pub habits: Vec<(String, String, f32)>,
}

impl Diagnosis {
    /// Takes in the diagnosis of a further part of the document.
    pub(super) fn add(&mut self, part: Diagnosis) {
        if self.words == 0 {
            let misread = self.misread + part.misread;
            *self = Diagnosis { misread, ..part };
            return;
        }
        let (ours, theirs) = (self.spun * self.words as f32, part.spun * part.words as f32);
        let sum = (ours + theirs).max(1e-9);
        for d in 0..DIALECTS.len() {
            self.dialects[d] = (self.dialects[d] * ours + part.dialects[d] * theirs) / sum;
        }
        let misread = self.misread * self.words as f32 + part.misread * part.words as f32;
        self.words += part.words;
        self.misread = misread / self.words.max(1) as f32;
        self.spun = (ours + theirs) / self.words.max(1) as f32;
        for (garbled, original, count) in part.habits {
            match self.habits.iter_mut().find(|h| h.0 == garbled && h.1 == original) {
                Some(habit) => habit.2 += count,
                None => self.habits.push((garbled, original, count)),
            }
        }
        self.habits.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        self.habits.truncate(MOST_HABITS);
    }
}

/// Habits that a diagnosis lists.
const MOST_HABITS: usize = 100;

/// Sums up what the passes found in a document of so many tokens.
pub(super) fn diagnose(
    document: &Document<'_>,
    pass: &Pass,
    strengths: &Strengths,
    words: usize,
) -> Diagnosis {
    let mut habits: BTreeMap<(String, String), f32> = BTreeMap::new();
    let mut edits = 0.0;
    for unit in &document.units {
        for index in unit.readings.clone() {
            let p = pass.posterior(index);
            edits += p;
            if p >= 0.3 {
                let reading = &document.readings[index];
                let first = document.tokens[unit.tokens.start + reading.start as usize].start as usize;
                let last = document.tokens[unit.tokens.start + reading.end as usize - 1].end as usize;
                let written = String::from_utf8_lossy(&document.text[first..last]).to_lowercase();
                *habits.entry((written, reading.entry.text().to_owned())).or_insert(0.0) += p;
            }
        }
    }
    let mut habits: Vec<_> = habits.into_iter().map(|((g, o), n)| (g, o, n)).collect();
    habits.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    let spun = edits / words.max(1) as f32;
    Diagnosis { words, spun, misread: 0.0, dialects: strengths.dialects, habits }
}
