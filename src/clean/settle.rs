//! Rounds: a text is cleaned section by section, each until nothing changes in it.

use std::ops::Range;

use super::explored::Explorer;
use super::{Cleaned, Cleaner, Diagnosis, ocr};
use crate::edit::{Edit, Patch};

/// A repair may make another one visible; a text that goes on changing after so many rounds is left as it was.
const ROUNDS: usize = 8;

/// A text of more lines is cleaned section by section, each a document of its own.
const LINES: usize = 512;

/// What became of a section.
struct Settled {
    patch: Patch,
    doubts: Vec<Edit>,
    diagnosis: Diagnosis,
    /// The diagnosis of what came out; not known where it never settled.
    after: Option<Diagnosis>,
}

impl Cleaner {
    /// Cleans text whose characters are right.
    pub(super) fn clean_words<'s>(&self, source: &'s [u8]) -> Cleaned<'s> {
        let (mut edits, mut doubts) = (Vec::new(), Vec::new());
        let (mut diagnosis, mut after) = (Diagnosis::default(), Some(Diagnosis::default()));
        for section in sections(source) {
            let Settled { patch, doubts: unsure, diagnosis: found, after: left } =
                self.settle(&source[section.clone()]);
            let shift = |mut edit: Edit| {
                edit.range = edit.range.start + section.start..edit.range.end + section.start;
                edit
            };
            edits.extend(patch.into_edits().into_iter().map(shift));
            doubts.extend(unsure.into_iter().map(shift));
            diagnosis.add(found);
            after = after.zip(left).map(|(mut sum, left)| {
                sum.add(left);
                sum
            });
        }
        let mut cleaned = Cleaned::new(source, Patch::new(edits), doubts, diagnosis);
        cleaned.after = after;
        cleaned
    }

    /// Repeats rounds on a section until nothing changes.
    fn settle(&self, source: &[u8]) -> Settled {
        let mut scanner = None;
        let settled = self.settle_with(source, &mut scanner);
        self.give_back(scanner);
        settled
    }

    fn settle_with<'l>(&'l self, source: &[u8], scanner: &mut Option<ocr::Scanner<'l>>) -> Settled {
        let mut explorer = Explorer::new(&self.engine.lexicon);
        let first = self.round(source, &mut explorer, scanner, true);
        let mut patch = Patch::new(first.edits);
        // Without edits the first look is the last.
        let mut after = patch.is_empty().then(|| first.diagnosis.clone());
        let mut texts: Vec<(Vec<u8>, Patch)> = Vec::new();
        while !patch.is_empty() {
            if texts.len() == ROUNDS {
                // It never settles: better as it was than different each time.
                patch = Patch::default();
                break;
            }
            let text = patch.apply(source).into_owned();
            if let Some(at) = texts.iter().position(|(t, _)| *t == text) {
                let smallest = texts.drain(at..).min_by(|a, b| a.0.cmp(&b.0));
                patch = smallest.map(|(_, p)| p).unwrap_or_default();
                break;
            }
            let round = self.round(&text, &mut explorer, scanner, false);
            let next = Patch::new(round.edits);
            texts.push((text, patch.clone()));
            if next.is_empty() {
                after = Some(round.diagnosis);
                break;
            }
            patch = patch.then(next, source);
        }
        Settled { patch, doubts: first.doubts, diagnosis: first.diagnosis, after }
    }
}

/// Cuts a text into sections of [`LINES`] lines. No edit adds or takes away a line end, so the sections of a cleaned text
/// are the cleaned sections.
pub(super) fn sections(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start >= text.len() {
            return None;
        }
        let ends = text[start..].iter().enumerate().filter(|(_, b)| **b == b'\n');
        let end = ends.map(|(i, _)| start + i + 1).nth(LINES - 1).unwrap_or(text.len());
        let section = start..end;
        start = end;
        Some(section)
    })
}
