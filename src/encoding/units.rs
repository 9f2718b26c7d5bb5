//! What characters may have been before they were misread: one character of UTF-8, whole or with a byte damaged.

use super::charset::{Charsets, MOST};
use super::costs::Costs;

/// A few characters read as the bytes of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    /// The set in which they are those bytes.
    pub set: u8,
    /// How many characters.
    pub len: u8,
    /// What they mean.
    pub c: char,
    /// A blank follows that the damage swallowed.
    pub blank: bool,
    /// What the damage to the bytes costs; 0 where all are whole.
    pub extra: i32,
}

/// The readings of the characters from `at(0)` on; `before` is what stands there before them. `at` gives NUL behind the end.
pub(super) fn units(sets: &Charsets, before: char, at: &mut impl FnMut(usize) -> char, out: &mut Vec<Unit>) {
    let (first, costs) = (at(0), Costs::get());
    let mut mask = sets.masks(first).first;
    while mask != 0 {
        let set = mask.trailing_zeros() as usize;
        mask &= mask - 1;
        let unit = Unit { set: set as u8, len: 0, c: '\0', blank: false, extra: 0 };
        let bytes = [sets.byte(first, set), 0, 0, 0];
        whole(sets, costs, unit, before, bytes, at, out);
        if bytes[0] == 0xe2 && sets.byte(at(1), set) == 0x80 {
            broken_mark(costs, unit, before, at, out);
        }
    }
}

/// Readings in which each character is a byte.
fn whole(
    sets: &Charsets,
    costs: &Costs,
    unit: Unit,
    before: char,
    mut bytes: [u8; 4],
    at: &mut impl FnMut(usize) -> char,
    out: &mut Vec<Unit>,
) {
    let set = usize::from(unit.set);
    let len = length(bytes[0]);
    let (mut extra, mut lost, mut spaced) = (0, false, false);
    for (k, byte) in bytes.iter_mut().enumerate().take(len).skip(1) {
        let c = at(k);
        *byte = match c {
            ' ' => 0xa0,
            '\u{fffd}' => 0x80,
            // The trade mark sign is E2 84 A2, and 84 is a low quotation mark.
            '"' if k == 1 && len == 3 => 0x84,
            _ => sets.byte(c, set),
        };
        if *byte & 0xc0 != 0x80 {
            return;
        }
        match c {
            ' ' => (extra, spaced) = (extra + costs.spaced, true),
            '"' => extra += costs.straight,
            '\u{fffd}' => (extra, lost) = (extra + costs.lost, true),
            _ => {}
        }
    }
    let unit = Unit { len: len as u8, extra, ..unit };
    if lost {
        // All that the set does not define is one of a few bytes; of quotation marks only one has any of them.
        let quote = bytes[..2] == [0xe2, 0x80] && at(1) != '\u{fffd}';
        out.push(Unit { c: if quote { '”' } else { '\u{fffd}' }, ..unit });
        return;
    }
    let Some(c) = character(&bytes[..len]) else { return };
    if spaced && c == 'à' && at(2) != ' ' {
        // Words end in it, and of two blanks one is left: "voilÃ le".
        let extra = costs.collapsed + if before.is_alphabetic() { 0 } else { costs.alone };
        out.push(Unit { c, blank: true, extra, ..unit });
        return;
    }
    out.push(Unit { c, ..unit });
}

/// A stretch that is whole characters of UTF-8 in a set, from end to end, as what it means.
pub(super) fn meaning(sets: &Charsets, set: usize, stretch: &str) -> Option<String> {
    let mut chars = stretch.chars();
    let mut meant = String::with_capacity(stretch.len());
    let mut bytes = [0; 4];
    while let Some(c) = chars.next() {
        bytes[0] = sets.byte(c, set);
        if !matches!(bytes[0], 0xc2..=0xf4) {
            return None;
        }
        let len = length(bytes[0]);
        for byte in &mut bytes[1..len] {
            *byte = sets.byte(chars.next()?, set);
            if *byte & 0xc0 != 0x80 {
                return None;
            }
        }
        meant.push(character(&bytes[..len])?);
    }
    Some(meant)
}

/// How many bytes a character has that begins with this one.
#[inline]
pub(super) fn length(first: u8) -> usize {
    match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    }
}

/// The character of a first byte and further ones; no half of a pair, and nothing that fewer bytes would do for.
#[inline]
pub(super) fn character(bytes: &[u8]) -> Option<char> {
    let first = u32::from(bytes[0]) & (0x7f >> bytes.len());
    let code = bytes[1..].iter().fold(first, |code, byte| code << 6 | u32::from(byte & 0x3f));
    let least = [0, 0, 0x80, 0x800, 0x10000][bytes.len()];
    char::from_u32(code).filter(|_| code >= least)
}

/// The marks of E2 80: their last character may be gone, straightened or spelled out.
fn broken_mark(
    costs: &Costs,
    unit: Unit,
    before: char,
    at: &mut impl FnMut(usize) -> char,
    out: &mut Vec<Unit>,
) {
    let next = at(2);
    match next {
        '"' => {
            let between = before.is_ascii_digit() && at(3).is_ascii_digit();
            out.push(Unit { len: 3, c: if between { '–' } else { '—' }, extra: costs.straight, ..unit });
        }
        'T' if at(3) == 'M' => out.push(Unit { len: 4, c: '’', extra: costs.straight, ..unit }),
        _ => {}
    }
    let inside = before.is_alphabetic() && next.is_ascii_lowercase();
    if inside || next.is_ascii() {
        // Which byte it was, its set says: the only mark with one that is not defined closes a quotation.
        let c = if inside { '’' } else { '”' };
        out.push(Unit { len: 2, c, extra: costs.gone, ..unit });
    }
}

const _: () = assert!(MOST <= 16, "a set is a bit of 16");

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(char, u8)> {
        let chars: Vec<char> = text.chars().collect();
        let mut out = Vec::new();
        let mut at = |i: usize| chars.get(i + 1).copied().unwrap_or('\0');
        units(Charsets::get(), chars[0], &mut at, &mut out);
        out.iter().filter(|u| u.set == 0).map(|u| (u.c, u.len)).collect()
    }

    #[test]
    fn readings() {
        assert_eq!(read("fÃ©"), [('é', 2)]);
        assert_eq!(read(".â€œa"), [('“', 3)]);
        assert_eq!(read("xÃx"), []);
        assert_eq!(read(".â€�"), [('”', 3)]);
        assert_eq!(read("nâ€t"), [('’', 2)]);
        assert_eq!(read("nâ€TMt"), [('’', 4), ('”', 2)]);
        assert_eq!(read("sâ\"¢"), [('™', 3)]);
        assert_eq!(read("1â€\"2"), [('–', 3), ('”', 2)]);
        assert_eq!(meaning(Charsets::get(), 0, "Ã©Ã¨").as_deref(), Some("éè"));
        assert_eq!(meaning(Charsets::get(), 0, "Ã©Ã"), None);
        assert_eq!(read(" í\u{a0}\u{80}"), [], "half of a pair is no character");
    }
}
