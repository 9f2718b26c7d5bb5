//! Letters and marks beyond ASCII, by unicode-segmentation.

use unicode_segmentation::UnicodeSegmentation;

use super::Kind;
use super::protected::{LONGEST, whole_characters};
use super::scan::{Scan, find};
use crate::text::case::Shape;
use crate::text::hash::{SOFT_HYPHEN, WordHasher};

impl Scan<'_, '_> {
    /// Hands everything up to the next ASCII space to unicode-segmentation.
    #[cold]
    pub(super) fn unicode_chunk(&mut self) {
        let found = find(self.text, self.at, LONGEST, &mut self.known.solid, |b| b.is_ascii_whitespace());
        let stop = whole_characters(self.text, self.at, found);
        let (valid, bad) = match std::str::from_utf8(&self.text[self.at..stop]) {
            Ok(valid) => (valid, 0),
            Err(e) => {
                let upto = self.at + e.valid_up_to();
                let bad = e.error_len().unwrap_or(stop - upto);
                (std::str::from_utf8(&self.text[self.at..upto]).unwrap_or(""), bad)
            }
        };
        for piece in valid.split_word_bounds() {
            let end = self.at + piece.len();
            let first = piece.chars().next().unwrap_or(' ');
            if piece.chars().all(char::is_whitespace) {
                self.at = end;
                self.spaced = true;
            } else if first.is_alphabetic() && piece.chars().all(|c| c.is_alphabetic() || is_joiner(c)) {
                let mut hasher = WordHasher::default();
                piece.chars().for_each(|c| hasher.push_char(c));
                self.push(end, Kind::Word, Shape::of(piece), hasher.finish());
            } else if piece.chars().count() == 1 && !first.is_alphanumeric() {
                let mark = canonical(first);
                self.push(end, Kind::Mark, Shape::Lower, u64::from(u32::from(mark)));
            } else if piece.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.') {
                self.push(end, Kind::Number, Shape::Lower, 0);
            } else {
                self.protect(end);
            }
        }
        if bad > 0 {
            self.protect(self.at + bad);
        }
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}' | SOFT_HYPHEN) || unicode_mark(c)
}

/// Combining marks of the common blocks; they continue a word.
fn unicode_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36F | 0x1AB0..=0x1AFF | 0x20D0..=0x20FF)
}

fn canonical(c: char) -> char {
    match c {
        '“' | '”' | '„' | '«' | '»' | '″' => '"',
        '‘' | '’' | '‚' | '′' => '\'',
        '–' | '—' | '―' | '‒' => '—',
        _ => c,
    }
}

/// A character that is neither letter nor digit, with its length in bytes, in canonical form.
pub(super) fn wide_mark(text: &[u8], at: usize) -> Option<(char, usize)> {
    let stop = (at + 4).min(text.len());
    let c = match std::str::from_utf8(&text[at..stop]) {
        Ok(s) => s.chars().next()?,
        Err(e) if e.valid_up_to() > 0 => {
            std::str::from_utf8(&text[at..at + e.valid_up_to()]).ok()?.chars().next()?
        }
        Err(_) => return None,
    };
    let is_mark = !c.is_alphanumeric() && !unicode_mark(c);
    is_mark.then(|| (canonical(c), c.len_utf8()))
}
