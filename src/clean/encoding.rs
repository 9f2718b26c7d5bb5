//! Characters are repaired before anything else reads the text; the patches are composed.

use super::{Cleaned, Cleaner};
use crate::edit::{Edit, Patch};
use crate::encoding;

/// Repairs of words may show another of characters, and the other way round; after so many rounds that is enough.
const ROUNDS: usize = 4;

impl Cleaner {
    /// The repairs of characters that are sure enough and touch nothing that is protected.
    pub(super) fn characters(&self, source: &[u8]) -> Patch {
        let engine = &self.engine;
        let patch = encoding::repair(source, Some(&engine.lexicon), &engine.kinds);
        if patch.is_empty() {
            return patch;
        }
        let asked = engine.asked.unwrap_or(0.0);
        let (mut kept, mut at) = (patch, Vec::new());
        for pattern in &engine.protect {
            at.extend(pattern.find_iter(source).map(|m| m.range()));
        }
        let meets = |edit: &Edit| at.iter().any(|r| r.start < edit.range.end && edit.range.start < r.end);
        kept.retain(|edit| edit.confidence >= asked && !meets(edit));
        kept
    }

    /// Cleans what comes out of a repair of characters; the edits are of the source.
    pub(super) fn clean_after<'s>(&self, source: &'s [u8], mut patch: Patch) -> Cleaned<'s> {
        let text = patch.apply(source).into_owned();
        let words = self.clean_words(&text);
        let diagnosis = words.diagnosis().clone();
        let old = patch.old_places();
        let place = |mut doubt: Edit| {
            doubt.range = old(doubt.range.start)..old(doubt.range.end);
            let here = patch.edits().partition_point(|e| e.range.end <= doubt.range.start);
            let free = patch.edits().get(here).is_none_or(|e| doubt.range.end <= e.range.start);
            (doubt.range.start < doubt.range.end && free).then_some(doubt)
        };
        let seen = words.doubts().iter().chain(words.all_alternatives()).cloned().filter_map(place).collect();
        drop(old);
        let (mut next, mut after) = (words.patch().clone(), words.after().cloned());
        let mut settled = false;
        for _ in 0..ROUNDS {
            settled = next.is_empty();
            if settled {
                break;
            }
            patch = patch.then(next, source);
            let text = patch.apply(source).into_owned();
            let again = self.characters(&text);
            settled = again.is_empty();
            if settled {
                break;
            }
            patch = patch.then(again, source);
            let text = patch.apply(source);
            let words = self.clean_words(&text);
            (next, after) = (words.patch().clone(), words.after().cloned());
        }
        let mut cleaned = Cleaned::new(source, patch, seen, diagnosis);
        // Of the text after the last round only: where rounds ran out, nobody has looked at it.
        cleaned.after = after.filter(|_| settled);
        cleaned
    }
}
