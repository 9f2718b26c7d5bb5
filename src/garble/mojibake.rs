//! UTF-8 taken for Windows-1252.

use super::{edit, rounded, shuffled};
use crate::edit::{Channel, Edit};
use crate::random::Random;

/// What Windows-1252 has at 0x80 to 0x9F. The five bytes that it does not define come out as the control characters of
/// Latin-1, as in browsers.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// The character that Windows-1252 has for a byte.
fn character(byte: u8) -> char {
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Misreads this share of the stretches beyond ASCII.
pub fn edits(text: &str, rate: f32, random: &mut Random) -> Vec<Edit> {
    let mut places = Vec::new();
    let mut at = 0;
    for stretch in text.split_inclusive(|c: char| c.is_ascii()) {
        let wide = stretch.trim_end_matches(|c: char| c.is_ascii());
        if !wide.is_empty() {
            places.push(at..at + wide.len());
        }
        at += stretch.len();
    }
    let wanted = rounded(places.len() as f32 * rate, random);
    let mut chosen = shuffled(places.iter().map(|_| 1.0), random);
    chosen.truncate(wanted);
    chosen.sort_unstable();
    let misread = |i: usize| {
        let range = places[i].clone();
        let seen = text[range.clone()].bytes().map(character).collect();
        edit(range, seen, Channel::Encoding, "UTF-8 read as Windows-1252".into())
    };
    chosen.into_iter().map(misread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_letters() {
        let edits = edits("“naïve” don’t", 1.0, &mut Random::new(1));
        let seen: Vec<&str> = edits.iter().map(|e| &*e.replacement).collect();
        assert_eq!(seen, ["â€œ", "Ã¯", "â€\u{9d}", "â€™"]);
    }
}
