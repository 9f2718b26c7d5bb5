//! A round of scanned text: what may act on it, and the walks that are lent to it.

use std::ops::Range;
use std::sync::PoisonError;

use super::{Cleaner, PART, Round, disjoint, ocr, triage};
use crate::edit::{Channel, Edit};

impl Cleaner {
    /// A scanner of text, with the walks that nobody uses at the moment.
    pub(super) fn scanner(&self) -> ocr::Scanner<'_> {
        let mut walks = self.engine.walks.lock().unwrap_or_else(PoisonError::into_inner);
        let lexicon = &self.engine.lexicon;
        ocr::Scanner::new(lexicon, ocr::Readers::new(lexicon, walks.pop().unwrap_or_default()))
    }

    pub(super) fn give_back(&self, scanner: Option<ocr::Scanner<'_>>) {
        let mut walks = self.engine.walks.lock().unwrap_or_else(PoisonError::into_inner);
        walks.extend(scanner.map(|scanner| scanner.into_readers().into_walks()));
    }

    /// May letters and blanks be changed?
    pub(super) fn reads_scans(&self) -> bool {
        self.engine.channels.iter().any(|c| matches!(c, Channel::Ocr | Channel::Spacing))
    }

    /// Reads a text as a scanned one, part by part.
    pub(super) fn scan(
        &self,
        source: &[u8],
        stretches: &[Range<usize>],
        scanner: &mut ocr::Scanner<'_>,
    ) -> Round {
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
}
