//! Scanned text: is a document one, and what is to be done?
//!
//! Two passes, as for spun text: the first decodes as if the scan were an ordinary one; from its posteriors follow the share
//! of letters that were misread and the confusions that this document shows; the second decodes with those.

mod explored;
mod features;
mod page;

use std::ops::Range;

pub use explored::Scanner;
pub use features::FEATURES;
use features::Features;
use page::{Found, Page, Unit};

pub use crate::channel::ocr::{Readers, Walks};
use crate::channel::ocr::{Reading, Repair, Strange};
use crate::edit::{Channel, Edit};
use crate::lexicon::Lexicon;
use crate::text::Token;

/// Readings below this posterior are not judged. Nearly all of them are what the beam dropped: one in 30 is right, but trees
/// fitted on them too find none of those without as many wrong ones (held-out newspapers: 34.2 % WER cut at the same harm
/// without them, 33.6 with).
const CHANCE: f32 = 0.02;

/// What was found in a scanned text.
#[derive(Debug, Default)]
pub struct Scanned {
    /// Edits to make.
    pub edits: Vec<Edit>,
    /// Edits only to show.
    pub doubts: Vec<Edit>,
    /// Other readings of what the edits replace; the confidence of each is its probability.
    pub others: Vec<Edit>,
    /// Share of its letters that were misread, as estimated.
    pub noise: f32,
    /// The evidence for each reading of the best paths, with its edit, where asked for.
    pub evidence: Vec<(Edit, Features)>,
}

/// Reads stretches of a text as scanned ones.
pub fn read(
    lexicon: &Lexicon,
    scanner: &mut Scanner<'_>,
    text: &[u8],
    stretches: &[Range<usize>],
    threshold: Option<f32>,
    explain: bool,
) -> Scanned {
    let page = Page::new(lexicon, scanner, text, stretches);
    let Scanner { prior, search, .. } = scanner;
    let first = page.decode(lexicon, search, prior, None);
    let noise = page.noise(lexicon, &first, prior);
    let found = page.decode(lexicon, search, &noise, Some(&first));
    let noise = page.noise(lexicon, &found, prior);
    let mut out = Scanned { noise: noise.rate, ..Scanned::default() };
    for (unit, decoded) in page.units.iter().zip(&found.decoded) {
        let Some(decoded) = decoded else { continue };
        let tokens = &page.tokens[unit.tokens.clone()];
        let mut candidates = Vec::new();
        for index in unit.readings.clone() {
            let reading = &page.readings[index];
            let posterior = found.posterior(index);
            let judged = posterior >= CHANCE && reading.repair != Repair::Whole;
            if !judged && !explain {
                continue;
            }
            let mut seen = [0.0; FEATURES];
            let mut confidence = 0.0;
            if judged {
                seen = features::features(lexicon, &page, unit, &found, &noise, &decoded.path, index);
                confidence = features::confidence(lexicon, &seen);
            }
            let Some(edit) = edit(&page, tokens, reading, confidence) else { continue };
            if explain {
                out.evidence.push((edit.clone(), seen));
            }
            if confidence >= super::DOUBT {
                let sure = confidence >= threshold.unwrap_or_else(|| bar(lexicon, &page, unit, reading));
                candidates.push((confidence, sure, edit, index));
            }
        }
        // The surest first; what meets it is beaten.
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut taken: Vec<Edit> = Vec::new();
        for (_, sure, edit, index) in candidates {
            let meets = |e: &Edit| e.range.start < edit.range.end && edit.range.start < e.range.end;
            if taken.iter().any(meets) {
                continue;
            }
            taken.push(edit.clone());
            if sure {
                out.others.extend(alternatives(&page, tokens, unit, &found, index));
                out.edits.push(edit);
            } else {
                out.doubts.push(edit);
            }
        }
    }
    out
}

/// What else the words of a reading may be read as, with the probability of each.
fn alternatives(page: &Page<'_>, tokens: &[Token], unit: &Unit, found: &Found, taken: usize) -> Vec<Edit> {
    let span = |index: usize| (page.readings[index].start, page.readings[index].end);
    let same = |index: &usize| *index != taken && span(*index) == span(taken);
    let mut likely: Vec<(f32, usize)> =
        unit.readings.clone().filter(same).map(|index| (found.posterior(index), index)).collect();
    likely.retain(|(p, _)| *p >= super::ALTERNATIVE);
    likely.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    likely.truncate(super::ALTERNATIVES);
    likely.iter().filter_map(|(p, index)| edit(page, tokens, &page.readings[*index], *p)).collect()
}

/// How sure a repair must be: one of a word that nobody knows hardly breaks anything, one of a mark often does.
fn bar(lexicon: &Lexicon, page: &Page<'_>, unit: &Unit, reading: &Reading) -> f32 {
    let weights = lexicon.ocr_weights();
    let span = unit.tokens.start + reading.start as usize..unit.tokens.start + reading.end as usize;
    match reading.repair {
        Repair::Stray | Repair::Mark => weights.threshold_marks,
        Repair::Real | Repair::Case => weights.threshold_known,
        _ if page.strange[span].contains(&Strange::Yes) => weights.threshold,
        _ => weights.threshold_known,
    }
}

/// The edit that a reading asks for.
fn edit(page: &Page<'_>, tokens: &[Token], reading: &Reading, confidence: f32) -> Option<Edit> {
    let span = &tokens[reading.start as usize..reading.end as usize];
    let (first, last) = (span.first()?, span.last()?);
    let mut range = first.start as usize..last.end as usize;
    let written = &page.text[range.clone()];
    let mut text = reading.spelled.text.clone();
    if let Some(at) = reading.spelled.broken {
        // The line ends where it ended.
        let end = written.iter().position(|b| *b == b'\n')?;
        let white = |b: &u8| b.is_ascii_whitespace();
        let upto = end + written[end..].iter().take_while(|b| white(b)).count();
        let head = std::str::from_utf8(&written[..end]).ok()?.trim_end();
        let from = head.rfind(['-', '\u{AC}'])?;
        text.insert_str(at, std::str::from_utf8(&written[from..upto]).ok()?);
    } else if written.contains(&b'\n') {
        return None; // an edit keeps the lines
    }
    if text.is_empty() {
        let before = range.start.checked_sub(1).map(|i| page.text[i]);
        let after = page.text.get(range.end).copied();
        if before == Some(b' ') && after.is_none_or(|b| b.is_ascii_whitespace()) {
            range.start -= 1;
        } else if after == Some(b' ') && before.is_none_or(|b| b.is_ascii_whitespace()) {
            range.end += 1;
        }
    }
    let stood = std::str::from_utf8(&page.text[range.clone()]).ok()?;
    if stood == text {
        return None;
    }
    let (channel, reason) = reason(reading, stood, &text);
    let confidence = (confidence * 1000.0).round().clamp(0.0, 1000.0) / 1000.0;
    Some(Edit { range, replacement: text.into(), channel, confidence, reason: reason.into() })
}

/// The channel of a reading, and why, for people.
fn reason(reading: &Reading, written: &str, text: &str) -> (Channel, String) {
    let written = written.trim();
    match reading.repair {
        Repair::Spacing if text.contains(' ') => (Channel::Spacing, format!("words run together: {written}")),
        Repair::Spacing => (Channel::Spacing, format!("a word broken apart: {written}")),
        Repair::Stray => (Channel::Ocr, format!("{written} from dirt")),
        Repair::Mark => (Channel::Ocr, format!("{written} for {text}")),
        Repair::Case => (Channel::Ocr, format!("a capital misread: {written}")),
        Repair::Number => (Channel::Ocr, format!("figures misread: {written} -> {text}")),
        _ => (Channel::Ocr, format!("letters misread: {written} -> {text}")),
    }
}
