//! What was found of each sentence of a text. A round of cleaning leaves most sentences as they were, and the next round reads
//! the text again: so what does not depend on the rest of the text is found once.

use std::rc::Rc;

use crate::text::ByHash;

/// Sentences remembered: those of about 256 KiB, in some 20 MB. Of a longer text the rest is explored each time.
const MOST: usize = 2048;

/// Findings by their signs: all numbers that a finding depends on.
pub(super) struct Remembered<T> {
    known: ByHash<(Box<[u64]>, Rc<T>)>,
    signs: Vec<u64>,
    key: u64,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { known: ByHash::default(), signs: Vec::new(), key: 0 }
    }
}

impl<T> Remembered<T> {
    /// Room for the signs of the sentence that is asked for next.
    pub(super) fn signs(&mut self) -> &mut Vec<u64> {
        self.signs.clear();
        &mut self.signs
    }

    /// What was found of a sentence with these signs.
    pub(super) fn get(&mut self) -> Option<Rc<T>> {
        self.key = self.signs.iter().fold(0, |key: u64, sign| {
            let mixed = (key ^ sign).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            mixed ^ mixed >> 32
        });
        let (signs, found) = self.known.get(&self.key)?;
        (**signs == *self.signs).then(|| Rc::clone(found))
    }

    /// Remembers what was found of the sentence that [`Remembered::get`] did not know.
    pub(super) fn keep(&mut self, found: T) -> Rc<T> {
        let found = Rc::new(found);
        if self.known.len() < MOST {
            self.known.insert(self.key, (self.signs.as_slice().into(), Rc::clone(&found)));
        }
        found
    }
}
