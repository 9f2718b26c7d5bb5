//! A window into each stage, for `ungarble explain`.

use std::ops::Range;

use super::confidence::Judge;
use super::pass::{Document, Pass};
use super::rank::{self, Strengths};
use super::rows;
use crate::cost::UNIT;
use crate::edit::{Edit, Patch};
use crate::lexicon::{Lexicon, Memo, UNKNOWN, Weights};
use crate::text::Kind;

/// What each stage saw of a document.
#[derive(Debug, Clone, Default)]
pub struct Explanation {
    /// The tokens, in order, without spaces.
    pub tokens: Vec<TokenView>,
    /// All readings of the lattice, ordered by place; the reading "as it stands" included where there is a choice.
    pub readings: Vec<ReadingView>,
    /// Indices into `readings`: those that won their place, made or not.
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
    /// The table that says so and the line in it, as `dictionaries/phrases/news.phrases:41`.
    pub origin: Option<String>,
    /// The channel's cost in nats.
    pub cost: f32,
    /// Posterior probability, 0 to 1.
    pub posterior: f32,
    /// Was it chosen and made?
    pub chosen: bool,
    /// The evidence for a reading that has a chance, by name, and then for its row where it won its place; empty for the
    /// others.
    pub evidence: Vec<(&'static str, f32)>,
}

/// A reading of characters or of scanned text, with the probability that it is right and what that costs.
pub(super) fn reading(edit: Edit, chosen: bool, evidence: Vec<(&'static str, f32)>) -> ReadingView {
    ReadingView {
        range: edit.range,
        text: edit.replacement.into(),
        reason: format!("{}: {}", edit.channel, edit.reason),
        origin: None,
        cost: -edit.confidence.max(1e-3).ln(),
        posterior: edit.confidence,
        chosen,
        evidence,
    }
}

/// What the stages saw of a text that came out of repairs of characters, as of the source; the repairs come first.
pub(super) fn after(characters: &Patch, seen: Explanation) -> Explanation {
    let old = characters.old_places();
    let place = |range: Range<usize>| old(range.start)..old(range.end);
    let mut out = seen;
    out.tokens.iter_mut().for_each(|token| token.range = place(token.range.clone()));
    out.readings.iter_mut().for_each(|reading| reading.range = place(reading.range.clone()));
    let repairs = characters.edits().len();
    out.path = (0..repairs).chain(out.path.into_iter().map(|index| index + repairs)).collect();
    let repaired = characters.edits().iter().map(|edit| reading(edit.clone(), true, Vec::new()));
    out.readings.splice(0..0, repaired);
    out
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
    let judge = Judge::new(lexicon, document, pass, strengths);
    for ((unit, decoded), rate) in document.units.iter().zip(&pass.decoded).zip(&pass.rates) {
        let path = decoded.as_ref().map_or(&[][..], |d| &d.path);
        let candidates = judge.candidates(memo, unit, path);
        let taken = rows::take(lexicon.weights(), document, unit, pass, candidates.clone());
        let cost = rank::cost(lexicon.weights(), strengths, *rate);
        for index in unit.readings.clone() {
            let reading = &document.readings[index];
            let first = document.tokens[unit.tokens.start + reading.start as usize].start as usize;
            let last = document.tokens[unit.tokens.start + reading.end as usize - 1].end as usize;
            let won = taken.iter().find(|t| t.candidate.reading == index);
            let candidate = candidates.iter().find(|c| c.reading == index);
            let sure = candidate.into_iter().flat_map(|c| Weights::SURE.into_iter().zip(c.features));
            let row = won.into_iter().flat_map(|t| Weights::ROW.into_iter().zip(t.features));
            let evidence = sure.chain(row).collect();
            if won.is_some() {
                out.path.push(out.readings.len());
            }
            let made = won.is_some() && edits.iter().any(|e| e.range.start < last && first < e.range.end);
            out.readings.push(ReadingView {
                range: first..last,
                text: reading.entry.text().replace(crate::lexicon::rules::SLOT, "{number}"),
                reason: reading.known.name().to_owned(),
                origin: lexicon
                    .tables()
                    .iter()
                    .find_map(|rules| rules.origin(&reading.entry))
                    .map(|(file, line)| format!("{file}:{line}")),
                cost: cost(&document.evidence[index]) as f32 / UNIT as f32,
                posterior: pass.posterior(index),
                chosen: made,
                evidence,
            });
        }
    }
    out
}
