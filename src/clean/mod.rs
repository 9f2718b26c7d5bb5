//! The machine: a [`Cleaner`] takes text and gives [`Cleaned`], the source plus a patch.

mod builder;
mod choose;
mod cleaned;
mod confidence;
mod diagnosis;
mod document;
mod encoding;
mod explain;
mod explored;
mod ocr;
mod pass;
mod rank;
mod remembered;
mod repairs;
mod rows;
mod scan;
mod settle;
mod triage;

pub use builder::Builder;
pub use cleaned::Cleaned;
pub use diagnosis::{Diagnosis, Dialect};
pub use explain::{Explanation, ReadingView, TokenView};
pub(crate) use repairs::apart;
pub use repairs::{Reading, Repair};

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use crate::edit::{Channel, Edit};
use crate::encoding::Kinds;
use crate::lexicon::Lexicon;
use confidence::Judge;
use explored::Explorer;
use pass::{Document, Pass};
use rank::Strengths;
use settle::sections;
use triage::Triage;

/// Long texts are diagnosed and decoded in parts of about so many bytes, which bounds the memory.
const PART: usize = 1 << 17;

/// Bytes of suspicious regions from which on the worst sentences are tried first.
const WORTH: usize = 1500;

/// Readings below this posterior are not worth a doubt.
const DOUBT: f32 = 0.1;

/// Readings of the same words as an edit's that are likelier than this are its alternatives. A person who thinks the edit wrong
/// wants to see what came next, however far behind it was.
const ALTERNATIVE: f32 = 2e-4;

/// Alternatives that an edit has at most.
const ALTERNATIVES: usize = 5;

/// Repairs garbled English. Cheap to clone, `Send + Sync`: one lexicon is shared, scratch belongs to each call.
#[derive(Debug, Clone)]
pub struct Cleaner {
    engine: Arc<Engine>,
}

#[derive(Debug)]
struct Engine {
    lexicon: Lexicon,
    threshold: f32,
    /// The threshold that was asked for; else each channel has its own.
    asked: Option<f32>,
    /// Walks of scanned text, lent to one text at a time.
    walks: Mutex<Vec<ocr::Walks>>,
    channels: Vec<Channel>,
    /// What is repaired of characters; nothing where the channel may not act.
    kinds: Kinds,
    protect: Vec<regex::bytes::Regex>,
    /// What is never to become what: (garbled, original), in small letters.
    never: HashSet<(String, String)>,
}

impl Default for Cleaner {
    fn default() -> Self {
        Self::new()
    }
}

/// What one round found.
#[derive(Default)]
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
        let characters = self.characters(source);
        if characters.is_empty() { self.clean_words(source) } else { self.clean_after(source, characters) }
    }

    /// How garbled a document is, without repairing it.
    pub fn diagnose(&self, source: &[u8]) -> Diagnosis {
        sections(source).fold(Diagnosis::default(), |mut sum, section| {
            let mut explorer = Explorer::new(&self.engine.lexicon);
            sum.add(self.round(&source[section], &mut explorer, &mut None, true).diagnosis);
            sum
        })
    }

    /// What each stage saw; the whole text is decoded, whatever triage says. Repairs of characters come first, and what
    /// follows is of the text that they make; where letters may be changed, its readings as a scanned text come last.
    pub fn explain(&self, source: &[u8]) -> Explanation {
        let characters = self.characters(source);
        if characters.is_empty() {
            return self.explain_words(source);
        }
        explain::after(&characters, self.explain_words(&characters.apply(source)))
    }

    /// The same of text whose characters are right.
    fn explain_words(&self, source: &[u8]) -> Explanation {
        let lexicon = &self.engine.lexicon;
        let whole = 0..source.len();
        let mut explorer = Explorer::new(lexicon);
        let (document, pass, strengths) =
            self.decode(&mut explorer, source, std::slice::from_ref(&whole), None);
        let tokens = document.tokens.len();
        let edits = self.edits(&mut explorer, &document, &pass, &strengths, tokens, true).0;
        let mut out = explain::explain(lexicon, &mut explorer.memo, &document, &pass, &strengths, &edits);
        out.evidence = pass.evidence(&document, lexicon.weights().telling).iter().sum();
        out.lean = triage::triage(lexicon, &mut explorer.memo, source, lexicon.weights().suspect).evidence;
        if self.reads_scans() {
            let cleaned = self.clean_words(source);
            for (edit, evidence) in self.scan_evidence(source) {
                let same = |made: &Edit| made.range == edit.range && made.replacement == edit.replacement;
                let chosen = cleaned.edits().iter().any(same);
                if chosen || edit.confidence >= 0.5 {
                    out.path.push(out.readings.len());
                }
                out.readings.push(explain::reading(edit, chosen, evidence));
            }
        }
        out
    }

    /// One round: triage, then diagnosis and decoding, part by part. Doubts and diagnosis are those of the first.
    fn round<'l>(
        &'l self,
        source: &[u8],
        explorer: &mut Explorer<'_>,
        scanner: &mut Option<ocr::Scanner<'l>>,
        first: bool,
    ) -> Round {
        let lexicon = &self.engine.lexicon;
        let weights = lexicon.weights();
        let Triage { tokens, strange, evidence, mut regions, stretches, peaks } =
            triage::triage(lexicon, &mut explorer.memo, source, weights.suspect);
        let mut round = Round::default();
        let mut misread = 0.0;
        if strange as f32 > lexicon.ocr_weights().strange * tokens as f32 && self.reads_scans() {
            let scanner = scanner.get_or_insert_with(|| self.scanner());
            let mut scanned = self.scan(source, &stretches, scanner);
            if !scanned.edits.is_empty() {
                scanned.diagnosis.words = tokens;
                return scanned;
            }
            misread = scanned.diagnosis.misread;
        }
        round.diagnosis.misread = misread;
        if regions.is_empty() || !self.engine.channels.contains(&Channel::Phrase) {
            round.diagnosis.words = tokens;
            return round;
        }
        let bytes: usize = regions.iter().map(Range::len).sum();
        if bytes > WORTH && !self.shows(explorer, source, &peaks) {
            round.diagnosis.words = tokens;
            return round;
        }
        if evidence > -weights.calm * tokens as f32 {
            // Spun throughout: look at all of it.
            regions = stretches;
        }
        for part in triage::parts(&regions, PART) {
            // A part of a long text stands for its share of the words that triage left out.
            let bytes: usize = part.iter().map(Range::len).sum();
            let all: usize = regions.iter().map(Range::len).sum();
            let tokens = (tokens as f64 * bytes as f64 / all as f64) as usize;
            let (document, pass, strengths) = self.decode(explorer, source, part, Some(tokens));
            let (edits, doubts) = self.edits(explorer, &document, &pass, &strengths, tokens, first);
            round.edits.extend(edits);
            round.doubts.extend(doubts);
            // Of a later round it is asked for only where it is the last.
            if first || round.edits.is_empty() {
                round.diagnosis.add(diagnosis::diagnose(&document, &pass, &strengths, tokens));
            }
        }
        round
    }

    /// Do the most suspicious sentences, decoded by themselves, show that the rest is worth decoding? In clean text there
    /// are always some that look odd word by word, and hardly any that the lattice would rather read otherwise.
    fn shows(&self, explorer: &mut Explorer<'_>, source: &[u8], peaks: &[(f32, Range<usize>)]) -> bool {
        if peaks.first().is_some_and(|(score, _)| *score >= triage::CERTAIN) {
            return true;
        }
        let mut sentences: Vec<Range<usize>> = peaks.iter().map(|(_, range)| range.clone()).collect();
        sentences.sort_by_key(|range| range.start);
        let (document, pass, _) = self.decode(explorer, source, &sentences, None);
        let tokens = document.tokens.len() as f32;
        let weights = self.engine.lexicon.weights();
        pass.evidence(&document, weights.telling).iter().sum::<f32>() > weights.probe * tokens
    }

    /// Decodes with prior strengths, then with what that showed; estimating them a second time costs a pass more and
    /// gained nothing (F0.5 on the development rows 0.744 for 0.749: benches/RESULTS.md, Ablation). The document has
    /// `tokens` tokens in all (`None`: those of the regions).
    fn decode<'s>(
        &self,
        explorer: &mut Explorer<'_>,
        source: &'s [u8],
        regions: &[Range<usize>],
        tokens: Option<usize>,
    ) -> (Document<'s>, Pass, Strengths) {
        let lexicon = &self.engine.lexicon;
        let document = Document::new(explorer, source, regions);
        let tokens = tokens.unwrap_or(document.tokens.len());
        let prior = document.prior();
        let strengths = prior.strengths(&document, lexicon, &explorer.prior, tokens);
        let rates = prior.local_rates(&document, lexicon, &strengths);
        let pass = document.decode(explorer, &strengths, rates);
        (document, pass, strengths)
    }

    /// Which sentences are garbled: all where the document as a whole is, else those whose surroundings are.
    fn garbled(&self, document: &Document<'_>, pass: &Pass, tokens: usize) -> Vec<bool> {
        let weights = self.engine.lexicon.weights();
        let evidence = pass.evidence(document, weights.telling);
        if evidence.iter().sum::<f32>() > weights.clean + weights.chance * tokens as f32 {
            return vec![true; evidence.len()];
        }
        (0..evidence.len())
            .map(|i| {
                let near = i.saturating_sub(2)..(i + 3).min(evidence.len());
                let words: usize = document.units[near.clone()].iter().map(|u| u.tokens.len()).sum();
                evidence[near].iter().sum::<f32>()
                    > weights.clean + weights.patch + weights.chance * words as f32
            })
            .collect()
    }

    /// The edits to make, and those only to show, where they are `asked` for.
    fn edits(
        &self,
        explorer: &mut Explorer<'_>,
        document: &Document<'_>,
        pass: &Pass,
        strengths: &Strengths,
        tokens: usize,
        asked: bool,
    ) -> (Vec<Edit>, Vec<Edit>) {
        let lexicon = &self.engine.lexicon;
        let garbled = self.garbled(document, pass, tokens);
        let judge = Judge::new(lexicon, document, pass, strengths);
        let (mut edits, mut doubts): (Vec<Edit>, Vec<Edit>) = (Vec::new(), Vec::new());
        let mut others: Vec<Edit> = Vec::new();
        for (i, (unit, decoded)) in document.units.iter().zip(&pass.decoded).enumerate() {
            let Some(decoded) = decoded else { continue };
            let is_users = |index: &u32| choose::is_users(&document.readings[*index as usize]);
            if !garbled[i] && !decoded.path.iter().any(is_users) {
                continue;
            }
            let candidates = judge.candidates(&mut explorer.memo, unit, &decoded.path);
            for taken in rows::take(lexicon.weights(), document, unit, pass, candidates) {
                let reading = &document.readings[taken.candidate.reading];
                let confidence = taken.confidence;
                let made = confidence >= self.engine.threshold && (garbled[i] || choose::is_users(reading));
                if !(made || asked && confidence >= DOUBT) {
                    continue;
                }
                for edit in choose::edits(lexicon, document, unit, reading, confidence) {
                    if self.is_protected(document.text, &edit) {
                        continue;
                    }
                    if made { edits.push(edit) } else { doubts.push(edit) }
                }
                if made && asked {
                    let index = taken.candidate.reading;
                    others.extend(Self::alternatives(lexicon, document, unit, pass, index));
                }
            }
        }
        // Alternatives travel with the doubts: `Cleaned` knows them by the edits that they meet.
        let mut doubts = disjoint(doubts);
        doubts.append(&mut others);
        (disjoint(edits), doubts)
    }

    /// What else the words of a reading may be read as, with the probability of each.
    fn alternatives(
        lexicon: &Lexicon,
        document: &Document<'_>,
        unit: &pass::Unit,
        pass: &Pass,
        taken: usize,
    ) -> Vec<Edit> {
        let reading = &document.readings[taken];
        let same = |index: &usize| {
            let other = &document.readings[*index];
            *index != taken && (other.start, other.end) == (reading.start, reading.end)
        };
        let likely = unit.readings.clone().filter(same).map(|index| (pass.posterior(index), index));
        let mut likely: Vec<(f32, usize)> = likely.filter(|(p, _)| *p >= ALTERNATIVE).collect();
        likely.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let edit = |(p, index): &(f32, usize)| {
            choose::edits(lexicon, document, unit, &document.readings[*index], *p).pop()
        };
        likely.iter().take(ALTERNATIVES).filter_map(edit).collect()
    }

    fn is_protected(&self, text: &[u8], edit: &Edit) -> bool {
        let meets = |m: regex::bytes::Match<'_>| m.start() < edit.range.end && edit.range.start < m.end();
        self.engine.protect.iter().any(|p| p.find_iter(text).any(meets)) || self.is_never(text, edit)
    }

    /// Did the user say that this is never to become that?
    fn is_never(&self, text: &[u8], edit: &Edit) -> bool {
        let never = &self.engine.never;
        !never.is_empty() && {
            let old = String::from_utf8_lossy(&text[edit.range.clone()]);
            never.contains(&(builder::plain(&old), builder::plain(&edit.replacement)))
        }
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
