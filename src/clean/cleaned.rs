//! What cleaning gives: the source, the patch, what was seen and not done, and the diagnosis.

use std::borrow::Cow;

use super::Diagnosis;
use super::repairs::Reads;
use crate::edit::{Edit, Patch};

/// A source and the edits that clean it. Text, diffs and reports are computed from these.
#[derive(Debug, Clone)]
pub struct Cleaned<'s> {
    source: &'s [u8],
    patch: Patch,
    doubts: Vec<Edit>,
    alternatives: Vec<Edit>,
    diagnosis: Diagnosis,
    pub(super) after: Option<Diagnosis>,
    /// What is read, where the source is not all text.
    pub(super) reads: Option<Box<Reads>>,
}

/// A doubt that is less likely than this was an alternative of an edit that is no more.
const DOUBT: f32 = super::DOUBT;

impl<'s> Cleaned<'s> {
    /// `seen` is what was seen and not made, by section in any order: what meets an edit is an alternative of it.
    pub(super) fn new(source: &'s [u8], patch: Patch, mut seen: Vec<Edit>, diagnosis: Diagnosis) -> Self {
        seen.sort_by_key(|e| (e.range.start, e.range.end));
        let edits = patch.edits();
        let meets = |seen: &Edit| {
            let next = edits.partition_point(|e| e.range.end <= seen.range.start);
            edits.get(next).is_some_and(|e| e.range.start < seen.range.end)
        };
        let (alternatives, mut doubts): (Vec<Edit>, Vec<Edit>) = seen.into_iter().partition(meets);
        let mut end = 0;
        doubts.retain(|doubt| {
            let keeps = doubt.confidence >= DOUBT && doubt.range.start >= end;
            end = if keeps { doubt.range.end } else { end };
            keeps
        });
        Self { source, patch, doubts, alternatives, diagnosis, after: None, reads: None }
    }

    /// The source, as it was given.
    pub fn source(&self) -> &'s [u8] {
        self.source
    }

    /// The cleaned text; borrowed from the source when nothing changed. Bytes that are not UTF-8 come out as U+FFFD
    /// here; [`Cleaned::bytes`] keeps them.
    pub fn text(&self) -> Cow<'s, str> {
        match self.bytes() {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(
                String::from_utf8(bytes)
                    .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()),
            ),
        }
    }

    /// The cleaned bytes: the source with the edits made and every other byte as it was.
    pub fn bytes(&self) -> Cow<'s, [u8]> {
        self.patch.apply(self.source)
    }

    /// The edits, in order, disjoint, in bytes of the source.
    pub fn edits(&self) -> &[Edit] {
        self.patch.edits()
    }

    /// The edits as a value that can be replayed.
    pub fn patch(&self) -> &Patch {
        &self.patch
    }

    /// Repairs that were seen but are below the threshold, in order.
    pub fn doubts(&self) -> &[Edit] {
        &self.doubts
    }

    /// What else the bytes of an edit may stand for, the likeliest first; the confidence of each is its probability.
    pub fn alternatives(&self, edit: &Edit) -> Vec<&Edit> {
        let from = self.alternatives.partition_point(|other| other.range.start < edit.range.start);
        let here = self.alternatives[from..].iter().take_while(|other| other.range.start == edit.range.start);
        let other = |other: &&Edit| other.range == edit.range && other.replacement != edit.replacement;
        let mut all: Vec<&Edit> = here.filter(other).collect();
        all.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        // Two ways to come to the same words are one reading.
        let mut seen: Vec<&str> = Vec::new();
        all.retain(|other| {
            let new = !seen.contains(&&*other.replacement);
            seen.push(&other.replacement);
            new
        });
        all
    }

    /// Keeps only the edits for which `keep` says so; this is what a review does.
    pub fn retain(&mut self, keep: impl FnMut(&Edit) -> bool) {
        let before = self.patch.edits().len();
        self.patch.retain(keep);
        if self.patch.edits().len() < before {
            self.after = None;
        }
    }

    /// Keeps only the doubts for which `keep` says so.
    pub fn retain_doubts(&mut self, keep: impl FnMut(&Edit) -> bool) {
        self.doubts.retain(keep);
    }

    /// What was seen and is neither made nor a doubt: the alternatives of all edits.
    pub(super) fn all_alternatives(&self) -> &[Edit] {
        &self.alternatives
    }

    /// How much of each damage the document has.
    pub fn diagnosis(&self) -> &Diagnosis {
        &self.diagnosis
    }

    /// How much of each damage the cleaned text has still, where the last look at it said so. It is not known where cleaning never
    /// settled, or after [`Cleaned::retain`]; [`Cleaner::diagnose`](super::Cleaner::diagnose)
    /// of the cleaned text tells it then.
    pub fn after(&self) -> Option<&Diagnosis> {
        self.after.as_ref()
    }
}
