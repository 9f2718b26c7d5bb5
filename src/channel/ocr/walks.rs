//! Walks that were made: the same characters are read in the same ways everywhere.

use std::sync::Arc;

use super::walk::{Limits, Room, Spelled};
use crate::text::ByHash;

/// Walks remembered at most; then all are forgotten.
const REMEMBERED: usize = 50_000;

/// What was found for some characters.
pub type Found = Arc<[Arc<Spelled>]>;

/// Walks that were made, and the room that they were made in.
#[derive(Debug, Default)]
pub struct Walks {
    known: ByHash<Walk>,
    pub(super) room: Room,
}

#[derive(Debug)]
struct Walk {
    written: Box<[char]>,
    limits: Limits,
    found: Found,
}

/// The key of a walk.
pub(super) fn key(written: &[char], limits: &Limits) -> u64 {
    let Limits { unheard, words, worst, wanted, width, stands, begins } = *limits;
    let mix = |key: u64, piece: u64| {
        let mixed = (key ^ piece).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ mixed >> 29
    };
    let small = u64::from(unheard) | u64::from(words) << 8 | u64::from(begins) << 16 | (wanted as u64) << 24;
    let start = mix(mix(small, worst as u64), (width as u64) << 32 ^ stands as u64);
    written.iter().fold(start, |key, c| mix(key, u64::from(*c)))
}

impl Walks {
    /// What was found before.
    pub(super) fn get(&self, key: u64, written: &[char], limits: &Limits) -> Option<&Found> {
        let walk = self.known.get(&key)?;
        (*walk.written == *written && walk.limits == *limits).then_some(&walk.found)
    }

    /// Remembers what was found.
    pub(super) fn insert(&mut self, key: u64, written: &[char], limits: Limits, found: Found) {
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(key, Walk { written: written.into(), limits, found });
    }
}
