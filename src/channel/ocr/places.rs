//! What may have stood at one place of a scanned word, looked up once for all steps of a walk.

use super::case::{Case, stood_fits};
use super::walk::{BREAK, units};
use crate::cost::Cost;
use crate::lexicon::Misreadings;
use crate::lexicon::confusions::LONGEST;

/// What may have stood where something is read: how many characters are read, what it costs, its number.
#[derive(Debug, Clone, Copy)]
pub struct May {
    /// Characters read.
    pub len: u8,
    /// What it costs, the change itself included.
    pub cost: Cost,
    /// Its number in the table.
    pub number: u32,
}

/// What may have stood at one place of what is read.
#[derive(Debug, Default)]
pub struct Place {
    /// The character that is read.
    pub read: char,
    /// The byte of a letter as it stands, 0 for what is not ASCII.
    pub byte: u8,
    /// Single letters for this one, by byte, at the beginning of a word.
    pub begins: Vec<(u8, May)>,
    /// The same inside a word.
    pub inside: Vec<(u8, May)>,
    /// Longer confusions.
    pub longer: Vec<(May, [u8; 12])>,
    /// Dirt.
    pub dirt: Vec<May>,
    /// Lost blanks, of which something else was read.
    pub blanks: Vec<May>,
}

impl Place {
    /// What may have stood at the first of these characters, each change for `change` more than the table says.
    pub fn new(misreadings: &Misreadings, change: Cost, case: Case, written: &[char]) -> Self {
        let read = written[0];
        let byte = if read.is_ascii() { read.to_ascii_lowercase() as u8 } else { 0 };
        let mut place = Place { read, byte, ..Place::default() };
        for len in 1..=LONGEST.min(written.len()) {
            let part = &written[..len];
            if part.contains(&BREAK) {
                break;
            }
            for m in misreadings.of(part) {
                let may = May { len: len as u8, cost: units(m.cost) + change, number: m.number };
                match m.stood.as_bytes() {
                    [] => place.dirt.push(may),
                    b" " => place.blanks.push(may),
                    [c] if len == 1 && c.is_ascii_alphabetic() => {
                        let low = c.to_ascii_lowercase();
                        if stood_fits(case, true, &m.stood) {
                            place.begins.push((low, may));
                        }
                        if stood_fits(case, false, &m.stood) {
                            place.inside.push((low, may));
                        }
                    }
                    stood => {
                        let mut low = [0; 12];
                        let small = m.stood.to_lowercase();
                        if stood.len() <= 12 && small.len() <= 12 {
                            low[..small.len()].copy_from_slice(small.as_bytes());
                            place.longer.push((may, low));
                        }
                    }
                }
            }
        }
        // The cheapest first, so that a walk may stop at what it cannot pay.
        place.begins.sort_by_key(|(_, may)| may.cost);
        place.inside.sort_by_key(|(_, may)| may.cost);
        place.longer.sort_by_key(|(may, _)| may.cost);
        place.dirt.sort_by_key(|may| may.cost);
        place
    }
}
