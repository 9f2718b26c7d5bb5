//! What cleaning gives: the source, the patch, what was seen and not done, and the diagnosis.

use std::borrow::Cow;

use super::Diagnosis;
use crate::edit::{Edit, Patch};

/// A source and the edits that clean it. Text, diffs and reports are computed from these.
#[derive(Debug, Clone)]
pub struct Cleaned<'s> {
    source: &'s [u8],
    patch: Patch,
    doubts: Vec<Edit>,
    diagnosis: Diagnosis,
}

impl<'s> Cleaned<'s> {
    pub(super) fn new(source: &'s [u8], patch: Patch, doubts: Vec<Edit>, diagnosis: Diagnosis) -> Self {
        Self { source, patch, doubts, diagnosis }
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

    /// Keeps only the edits for which `keep` says so; this is what a review does.
    pub fn retain(&mut self, keep: impl FnMut(&Edit) -> bool) {
        self.patch.retain(keep);
    }

    /// Keeps only the doubts for which `keep` says so.
    pub fn retain_doubts(&mut self, keep: impl FnMut(&Edit) -> bool) {
        self.doubts.retain(keep);
    }

    /// How much of each damage the document has.
    pub fn diagnosis(&self) -> &Diagnosis {
        &self.diagnosis
    }
}
