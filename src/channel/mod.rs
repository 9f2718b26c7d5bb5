//! The channels: each proposes readings of spans of a sentence.

pub mod ocr;
mod phrase;

pub use phrase::phrase_readings;

use crate::lexicon::WordId;
use crate::lexicon::rules::{Entry, Known};

/// One way to read a span of a sentence, other than as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// First token, counted in the sentence.
    pub start: u16,
    /// After the last token.
    pub end: u16,
    /// The substitution that it undoes.
    pub entry: Entry<'static>,
    /// How it is known.
    pub known: Known,
    /// Token of the number that the reading repeats, if it repeats one.
    pub number: Option<u16>,
}

/// A sentence as the channels see it.
#[derive(Debug, Clone, Copy)]
pub struct Sentence<'s> {
    /// The tokens of the sentence.
    pub tokens: &'s [crate::text::Token],
    /// Their ids.
    pub ids: &'s [WordId],
}
