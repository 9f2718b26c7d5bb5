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
mod triage;

pub use builder::Builder;
pub use cleaned::Cleaned;
pub use diagnosis::{Diagnosis, Dialect};
pub use explain::{Explanation, ReadingView, TokenView};
pub(crate) use repairs::apart;
pub use repairs::{Reading, Repair};

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::edit::{Channel, Edit, Patch};
use crate::encoding::Kinds;
use crate::lexicon::Lexicon;
use confidence::Judge;
use explored::Explorer;
use pass::{Document, Pass};
use rank::Strengths;
use triage::Triage;

/// A repair may make another one visible; a text that goes on changing after so many rounds is left as it was.
const ROUNDS: usize = 8;

/// A text of more lines is cleaned section by section, each a document of its own.
const LINES: usize = 512;

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

/// What became of a section.
struct Settled {
    patch: Patch,
    doubts: Vec<Edit>,
    diagnosis: Diagnosis,
    /// The diagnosis of what came out; not known where it never settled.
    after: Option<Diagnosis>,
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

    /// Cleans text whose characters are right.
    fn clean_words<'s>(&self, source: &'s [u8]) -> Cleaned<'s> {
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

    /// How garbled a document is, without repairing it.
    pub fn diagnose(&self, source: &[u8]) -> Diagnosis {
        sections(source).fold(Diagnosis::default(), |mut sum, section| {
            let mut explorer = Explorer::new(&self.engine.lexicon);
            sum.add(self.round(&source[section], &mut explorer, &mut None, true).diagnosis);
            sum
        })
    }

    /// What each stage saw; the whole text is decoded, whatever triage says. Where letters may be changed, the readings of it as a
    /// scanned text follow those of its phrases.
    pub fn explain(&self, source: &[u8]) -> Explanation {
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
            let cleaned = self.clean_bytes(source);
            for (edit, evidence) in self.scan_evidence(source) {
                let same = |made: &Edit| made.range == edit.range && made.replacement == edit.replacement;
                let chosen = cleaned.edits().iter().any(same);
                if chosen || edit.confidence >= 0.5 {
                    out.path.push(out.readings.len());
                }
                out.readings.push(explain::scanned(edit, chosen, evidence));
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

    /// A scanner of text, with the walks that nobody uses at the moment.
    fn scanner(&self) -> ocr::Scanner<'_> {
        let mut walks = self.engine.walks.lock().unwrap_or_else(PoisonError::into_inner);
        let lexicon = &self.engine.lexicon;
        ocr::Scanner::new(lexicon, ocr::Readers::new(lexicon, walks.pop().unwrap_or_default()))
    }

    fn give_back(&self, scanner: Option<ocr::Scanner<'_>>) {
        let mut walks = self.engine.walks.lock().unwrap_or_else(PoisonError::into_inner);
        walks.extend(scanner.map(|scanner| scanner.into_readers().into_walks()));
    }

    /// May letters and blanks be changed?
    fn reads_scans(&self) -> bool {
        self.engine.channels.iter().any(|c| matches!(c, Channel::Ocr | Channel::Spacing))
    }

    /// Reads a text as a scanned one, part by part.
    fn scan(&self, source: &[u8], stretches: &[Range<usize>], scanner: &mut ocr::Scanner<'_>) -> Round {
        let (mut round, mut others) = (Round::default(), Vec::new());
        let lexicon = &self.engine.lexicon;
        for part in triage::parts(stretches, PART) {
            let scanned = ocr::read(lexicon, scanner, source, part, self.engine.asked, false);
            let allowed =
                |e: &Edit| self.engine.channels.contains(&e.channel) && !self.is_protected(source, e);
            let share = part.iter().map(Range::len).sum::<usize>() as f32 / source.len().max(1) as f32;
            round.diagnosis.misread += scanned.noise * share;
            round.edits.extend(scanned.edits.into_iter().filter(allowed));
            round.doubts.extend(scanned.doubts.into_iter().filter(allowed));
            others.extend(scanned.others.into_iter().filter(allowed));
        }
        round.edits = disjoint(std::mem::take(&mut round.edits));
        round.doubts = disjoint(std::mem::take(&mut round.doubts));
        round.doubts.append(&mut others);
        round
    }

    /// The evidence for each reading of a text as a scanned one, for fitting: its edit, and numbers by name.
    #[doc(hidden)]
    pub fn scan_evidence(&self, source: &[u8]) -> Vec<(Edit, Vec<(&'static str, f32)>)> {
        let whole = 0..source.len();
        let scanned = ocr::read(
            &self.engine.lexicon,
            &mut self.scanner(),
            source,
            std::slice::from_ref(&whole),
            None,
            true,
        );
        let named = |(edit, numbers): (Edit, [f32; ocr::FEATURES])| {
            (edit, crate::lexicon::OcrWeights::SURE.into_iter().zip(numbers).collect())
        };
        scanned.evidence.into_iter().map(named).collect()
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

/// Cuts a text into sections of [`LINES`] lines. No edit adds or takes away a line end, so the sections of a cleaned text
/// are the cleaned sections.
fn sections(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
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
