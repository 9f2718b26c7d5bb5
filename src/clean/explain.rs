//! A window into each stage, for `ungarble explain`.

use std::ops::Range;

use super::confidence;
use super::pass::{Document, Pass};
use super::rank::{self, Strengths};
use crate::cost::UNIT;
use crate::edit::Edit;
use crate::lexicon::{Lexicon, Memo, UNKNOWN};
use crate::text::Kind;

/// What each stage saw of a document.
#[derive(Debug, Clone, Default)]
pub struct Explanation {
    /// The tokens, in order, without spaces.
    pub tokens: Vec<TokenView>,
    /// All readings of the lattice, ordered by place; the reading "as it stands" included where there is a choice.
    pub readings: Vec<ReadingView>,
    /// Indices into `readings`: the chosen path, where it had a choice.
    pub path: Vec<usize>,
    /// How much likelier the text is as a spun one than as it stands, in nats.
    pub evidence: f32,
    /// How far its words lean towards spun text, in nats (triage).
    pub lean: f32,
}

/// A token as a person wants to see it.
#[derive(Debug, Clone)]
pub struct TokenView {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// word, number, mark or protected.
    pub kind: &'static str,
    /// Does the lexicon know it?
    pub known: bool,
    /// Does a sentence begin here?
    pub sentence_start: bool,
}

/// A reading as a person wants to see it.
#[derive(Debug, Clone)]
pub struct ReadingView {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// What the span is read as.
    pub text: String,
    /// Where the reading comes from ("as it stands", "rule this 12 months -> this year (news)", …).
    pub reason: String,
    /// The channel's cost in nats.
    pub cost: f32,
    /// Posterior probability, 0 to 1.
    pub posterior: f32,
    /// Was it chosen and made?
    pub chosen: bool,
    /// The evidence for a reading on the best path, by name; empty for the others.
    pub evidence: Vec<(&'static str, f32)>,
}

/// Collects what the stages saw.
pub(super) fn explain(
    lexicon: &Lexicon,
    memo: &mut Memo,
    document: &Document<'_>,
    pass: &Pass,
    strengths: &Strengths,
    edits: &[Edit],
) -> Explanation {
    let mut out = Explanation::default();
    for (token, id) in document.tokens.iter().zip(&document.ids) {
        let kind = match token.kind {
            Kind::Word => "word",
            Kind::Number => "number",
            Kind::Mark => "mark",
            Kind::Protected => "protected",
        };
        let range = token.start as usize..token.end as usize;
        out.tokens.push(TokenView { range, kind, known: *id != UNKNOWN, sentence_start: token.sentence });
    }
    for ((unit, decoded), rate) in document.units.iter().zip(&pass.decoded).zip(&pass.rates) {
        let path = decoded.as_ref().map_or(&[][..], |d| &d.path);
        let features = confidence::features(lexicon, memo, document, unit, pass, strengths, path);
        let cost = rank::cost(lexicon.weights(), strengths, *rate);
        for index in unit.readings.clone() {
            let reading = &document.readings[index];
            let first = document.tokens[unit.tokens.start + reading.start as usize].start as usize;
            let last = document.tokens[unit.tokens.start + reading.end as usize - 1].end as usize;
            let place = path.iter().position(|p| *p == index as u32);
            let on_path = place.is_some();
            let evidence = place.map_or_else(Vec::new, |k| confidence::named(&features[k]));
            if on_path {
                out.path.push(out.readings.len());
            }
            let made = on_path && edits.iter().any(|e| e.range.start < last && first < e.range.end);
            out.readings.push(ReadingView {
                range: first..last,
                text: reading.entry.text().replace(crate::lexicon::rules::SLOT, "{number}"),
                reason: reading.known.name().to_owned(),
                cost: cost(&document.evidence[index]) as f32 / UNIT as f32,
                posterior: pass.posterior(index),
                chosen: made,
                evidence,
            });
        }
    }
    out
}
