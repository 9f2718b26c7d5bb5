//! Broken Unicode: one pass over the bytes that stops where a byte may begin damage of a wanted kind.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::charset::Charset;
use super::kinds::{Kind, Kinds};
use super::{lost, reasons};
use crate::edit::{Channel, Edit};
use crate::lexicon::Lexicon;

const ENTITIES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/entities.txt"));

/// How sure a repair is of which nothing can be said but that it is of its kind.
const SURE: f32 = 0.99;
/// A lost character is one that the lexicon found.
const GUESSED: f32 = 0.9;

/// The longest name of an entity that is looked for.
const NAME: usize = 12;

/// Signs that may stand between a control character and the letters by which it is judged.
const SIGNS: usize = 8;

/// What stands at a place that is damaged: its length, what it should be, the kind.
type Damage = (usize, String, Kind);

/// Repairs of a text, of all kinds but mojibake.
pub(super) fn edits(text: &[u8], lexicon: Option<&Lexicon>, kinds: &Kinds, layer: usize) -> Vec<Edit> {
    let begins = beginnings(kinds);
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(i) = text[at..].iter().position(|b| begins[usize::from(*b)]) {
        at += i;
        match damage(text, at, lexicon, kinds) {
            Some((len, new, kind)) => {
                out.push(edit(at..at + len, new, kind, layer));
                at += len;
            }
            None => at += character(text, at).map_or(1, |(_, len)| len),
        }
    }
    if out.is_empty() && kinds.has(Kind::Nfc) {
        compose(text, layer, &mut out);
    }
    out
}

fn edit(range: Range<usize>, new: String, kind: Kind, layer: usize) -> Edit {
    Edit {
        range,
        replacement: new.into(),
        channel: Channel::Encoding,
        confidence: if kind == Kind::Replacement { GUESSED } else { SURE },
        reason: reasons::other(layer, kind.reason()).into(),
    }
}

/// The bytes with which damage of these kinds may begin.
fn beginnings(kinds: &Kinds) -> [bool; 256] {
    let mut begins = [false; 256];
    let mut of = |kind: Kind, bytes: &[u8]| {
        if kinds.has(kind) {
            bytes.iter().for_each(|b| begins[usize::from(*b)] = true);
        }
    };
    of(Kind::Escapes, &[0x1b]);
    of(Kind::Entities, b"&");
    of(Kind::Lines, &[b'\r', 0xe2]);
    of(Kind::C1, &[0xc2]);
    of(Kind::Surrogates, &[0xed]);
    for kind in [Kind::Bom, Kind::Replacement, Kind::Ligatures, Kind::Width] {
        of(kind, &[0xef]);
    }
    of(Kind::Width, &[0xe3]);
    of(Kind::Invisible, &[0xc2, 0xe2]);
    of(Kind::Quotes, &[0xe2]);
    of(Kind::Dashes, &[0xe2]);
    let controls: Vec<u8> = (0..0x80).filter(|b| is_control(*b)).collect();
    of(Kind::Control, &controls);
    let high: Vec<u8> = (0x80..=0xff).collect();
    of(Kind::Bytes, &high);
    begins
}

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0xc)
}

/// The character at a byte, if one begins there.
pub(super) fn character(text: &[u8], at: usize) -> Option<(char, usize)> {
    let chunk = text[at..text.len().min(at + 4)].utf8_chunks().next()?;
    let c = chunk.valid().chars().next()?;
    Some((c, c.len_utf8()))
}

/// The character before a byte; a blank at the beginning and behind what is no character.
pub(super) fn before(text: &[u8], at: usize) -> char {
    let start = (1..=4).filter_map(|back| at.checked_sub(back)).find(|i| text[*i] & 0xc0 != 0x80);
    let found = start.and_then(|start| character(text, start).filter(|(_, len)| start + len == at));
    found.map_or(' ', |(c, _)| c)
}

/// Is it a sign of Latin 1, or a control character of it?
fn is_sign(c: char) -> bool {
    ('\u{80}'..='\u{bf}').contains(&c)
}

/// The character before a byte and the signs before it.
fn past_signs_before(text: &[u8], mut at: usize) -> char {
    for _ in 0..SIGNS {
        match before(text, at) {
            c if is_sign(c) => at -= c.len_utf8(),
            c => return c,
        }
    }
    ' '
}

/// The character at a byte, behind signs.
fn past_signs_after(text: &[u8], mut at: usize) -> char {
    for _ in 0..SIGNS {
        match character(text, at) {
            Some((c, len)) if is_sign(c) => at += len,
            found => return found.map_or(' ', |(c, _)| c),
        }
    }
    ' '
}

fn damage(text: &[u8], at: usize, lexicon: Option<&Lexicon>, kinds: &Kinds) -> Option<Damage> {
    let rest = &text[at..];
    let one = |kind: Kind, len: usize, new: &str| kinds.has(kind).then(|| (len, new.to_owned(), kind));
    match rest[0] {
        0x1b if kinds.has(Kind::Escapes) && escape(rest) > 0 => one(Kind::Escapes, escape(rest), ""),
        b'&' => entity(rest).and_then(|(len, c)| one(Kind::Entities, len, c.encode_utf8(&mut [0; 4]))),
        b'\r' => one(Kind::Lines, if rest.get(1) == Some(&b'\n') { 2 } else { 1 }, "\n"),
        b if is_control(b) => one(Kind::Control, 1, ""),
        0xed if surrogate(rest, 0xa0).is_some() || surrogate(rest, 0xb0).is_some() => {
            let (len, c) = paired(rest);
            one(Kind::Surrogates, len, c.encode_utf8(&mut [0; 4]))
        }
        b if b >= 0x80 => match character(text, at) {
            Some((c, len)) => wide(text, at, c, len, lexicon, kinds),
            None => {
                let c = Charset::by_name("windows-1252").map_or('\u{fffd}', |set| set.character(b));
                one(Kind::Bytes, 1, c.encode_utf8(&mut [0; 4]))
            }
        },
        _ => None,
    }
}

/// Damage that begins with a character beyond ASCII.
fn wide(
    text: &[u8],
    at: usize,
    c: char,
    len: usize,
    lexicon: Option<&Lexicon>,
    kinds: &Kinds,
) -> Option<Damage> {
    let one = |kind: Kind, new: &str| kinds.has(kind).then(|| (len, new.to_owned(), kind));
    let after = || character(text, at + len).map_or(' ', |(c, _)| c);
    match c {
        '\u{80}'..='\u{9f}' => {
            let meant = Charset::by_name("windows-1252")?.character(c as u8);
            // It was read as Latin 1, and so was what stands beside it, or its marks are repaired already; between other
            // letters, signs of Latin 1 between them or not, it is a scrap of something else.
            let latin = |c: char| c < '\u{250}' || ('\u{2000}'..'\u{2150}').contains(&c);
            if meant == c || !latin(past_signs_before(text, at)) || !latin(past_signs_after(text, at + len)) {
                None
            } else {
                one(Kind::C1, meant.encode_utf8(&mut [0; 4]))
            }
        }
        '\u{feff}' if at > 0 => one(Kind::Bom, ""),
        '\u{fffd}' if kinds.has(Kind::Replacement) => {
            let c = lost::guess(text, at, lexicon?)?;
            one(Kind::Replacement, c.encode_utf8(&mut [0; 4]))
        }
        '\u{fb00}'..='\u{fb06}' if before(text, at).is_alphabetic() || after().is_alphabetic() => {
            one(Kind::Ligatures, &c.nfkc().collect::<String>())
        }
        '\u{ff01}'..='\u{ff5e}' | '\u{ffe0}'..='\u{ffee}' | '\u{3000}' => {
            one(Kind::Width, &c.nfkc().collect::<String>())
        }
        '\u{ff61}'..='\u{ff9f}' if kinds.has(Kind::Width) => {
            // Voicing is a character of its own there.
            let mut end = at;
            while let Some((c, len)) =
                character(text, end).filter(|(c, _)| ('\u{ff61}'..='\u{ff9f}').contains(c))
            {
                end += len;
                debug_assert!(len == c.len_utf8());
            }
            let run = String::from_utf8_lossy(&text[at..end]);
            Some((end - at, run.nfkc().collect(), Kind::Width))
        }
        '\u{ad}' | '\u{2060}'..='\u{2064}' => one(Kind::Invisible, ""),
        '\u{200b}'..='\u{200d}' => {
            // In scripts without blanks, and in those whose letters join, they are spelling; so they are in emoji.
            let matters = |c: char| c >= '\u{590}' && !('\u{2000}'..'\u{2190}').contains(&c);
            if matters(before(text, at)) || matters(after()) { None } else { one(Kind::Invisible, "") }
        }
        '\u{2028}' | '\u{2029}' => one(Kind::Lines, "\n"),
        '\u{2018}'..='\u{201b}' => one(Kind::Quotes, "'"),
        '\u{201c}'..='\u{201f}' => one(Kind::Quotes, "\""),
        '\u{2010}'..='\u{2013}' => one(Kind::Dashes, "-"),
        '\u{2014}' | '\u{2015}' => one(Kind::Dashes, "--"),
        _ => None,
    }
}

/// The length of a terminal escape, or 0.
fn escape(text: &[u8]) -> usize {
    match text.get(1) {
        // Control sequence: parameters, intermediates, a final byte.
        Some(b'[') => {
            let body = text[2..].iter().take(64).take_while(|b| (0x20..0x40).contains(*b)).count();
            text.get(2 + body).filter(|b| (0x40..0x7f).contains(*b)).map_or(0, |_| 3 + body)
        }
        // Command to the system (a title, a link), up to BEL or ESC \.
        Some(b']') => {
            let body = text[2..].iter().take(1024).take_while(|b| **b >= 0x20).count();
            match &text[2 + body..] {
                [7, ..] => 3 + body,
                [0x1b, b'\\', ..] => 4 + body,
                _ => 0,
            }
        }
        Some(b'(' | b')' | b'#' | b'%') => {
            3 * usize::from(text.get(2).is_some_and(u8::is_ascii_alphanumeric))
        }
        Some(b'=' | b'>' | b'7' | b'8' | b'c' | b'D' | b'E' | b'H' | b'M') => 2,
        _ => 0,
    }
}

/// The entity at the beginning: its length, its character.
fn entity(text: &[u8]) -> Option<(usize, char)> {
    let len = text[1..].iter().take(NAME).take_while(|b| b.is_ascii_alphanumeric() || **b == b'#').count();
    if len == 0 || text.get(1 + len) != Some(&b';') {
        return None;
    }
    let name = std::str::from_utf8(&text[1..=len]).ok()?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            // Numbers of control characters mean Windows-1252, as in browsers.
            match u8::try_from(code) {
                Ok(byte @ 0x80..=0x9f) => Charset::by_name("windows-1252")?.character(byte),
                Ok(byte) if is_control(byte) => return None,
                _ => char::from_u32(code)?,
            }
        }
        None => {
            let lines = ENTITIES.lines().filter(|line| !line.starts_with('#'));
            let mut known = lines.flat_map(|line| line.split("; ")).filter_map(|word| word.split_once(' '));
            let (_, hex) = known.find(|(own, _)| *own == name)?;
            char::from_u32(u32::from_str_radix(hex, 16).ok()?)?
        }
    };
    Some((len + 2, c))
}

/// The surrogate at the beginning, as three bytes; `half` is A0 for the first of a pair and B0 for the second.
fn surrogate(text: &[u8], half: u8) -> Option<u32> {
    match text {
        [0xed, b, c, ..] if b & 0xf0 == half && c & 0xc0 == 0x80 => {
            Some(u32::from(b & 0xf) << 6 | u32::from(c & 0x3f))
        }
        _ => None,
    }
}

/// Two surrogates as one character, or one of them as what is lost.
fn paired(text: &[u8]) -> (usize, char) {
    let pair = surrogate(text, 0xa0).zip(text.get(3..).and_then(|rest| surrogate(rest, 0xb0)));
    let c = pair.and_then(|(high, low)| char::from_u32(0x10000 + (high << 10 | low)));
    c.map_or((3, '\u{fffd}'), |c| (6, c))
}

/// Composes words that are not NFC.
fn compose(text: &[u8], layer: usize, out: &mut Vec<Edit>) {
    let mut at = 0;
    for chunk in text.utf8_chunks() {
        let valid = chunk.valid();
        for word in valid.split(|c: char| c.is_ascii_whitespace()) {
            if !word.is_ascii() && !is_nfc(word) {
                let new: String = word.nfc().collect();
                let same = |a: char, b: char| a == b;
                let front: usize = word
                    .chars()
                    .zip(new.chars())
                    .take_while(|(a, b)| same(*a, *b))
                    .map(|(a, _)| a.len_utf8())
                    .sum();
                let back: usize = word[front..]
                    .chars()
                    .rev()
                    .zip(new[front..].chars().rev())
                    .take_while(|(a, b)| same(*a, *b))
                    .map(|(a, _)| a.len_utf8())
                    .sum();
                let start = at + (word.as_ptr() as usize - valid.as_ptr() as usize);
                let range = start + front..start + word.len() - back;
                out.push(edit(range, new[front..new.len() - back].to_owned(), Kind::Nfc, layer));
            }
        }
        at += valid.len() + chunk.invalid().len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Patch;

    fn fixed(text: &[u8], kind: Kind) -> Vec<u8> {
        let edits = edits(text, None, &Kinds::none().with(kind), 0);
        Patch::new(edits).apply(text).into_owned()
    }

    #[test]
    fn each_kind() {
        let cases: [(Kind, &[u8], &str); 22] = [
            (Kind::C1, "a\u{85} \u{81}".as_bytes(), "a… \u{81}"),
            (Kind::Escapes, b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07x \x1b", "red x \x1b"),
            (Kind::Bom, "\u{feff}a\u{feff}b".as_bytes(), "\u{feff}ab"),
            (Kind::Surrogates, b"\xed\xa0\xbd\xed\xb8\x8d \xed\xa0\xbd", "😍 \u{fffd}"),
            (Kind::Ligatures, "oﬃce ﬁsh: the ligature ﬁ".as_bytes(), "office fish: the ligature ﬁ"),
            (Kind::Bytes, b"caf\xe9 \xc3\xa9 \xe2\x80", "café é â€"),
            (Kind::Entities, b"&lt;&eacute;&#39;&#x2014;&#150; R&D &nosuch; &amp", "<é'—– R&D &nosuch; &amp"),
            (Kind::Width, "Ｈｉ！ ﾊﾟ".as_bytes(), "Hi! パ"),
            (Kind::Nfc, "cafe\u{301} a\u{30a}ngstro\u{308}m".as_bytes(), "café ångström"),
            (
                Kind::Invisible,
                "co\u{ad}op a\u{200b}b \u{645}\u{200c}\u{6cc}".as_bytes(),
                "coop ab \u{645}\u{200c}\u{6cc}",
            ),
            (Kind::Control, b"a\x08b\tc\x1a\n\x0c\r\x7f", "ab\tc\n\x0c\r"),
            (Kind::Lines, "a\r\nb\rc\u{2028}d".as_bytes(), "a\nb\nc\nd"),
            (Kind::Quotes, "“it’s”".as_bytes(), "\"it's\""),
            (Kind::Dashes, "1–2 — 3".as_bytes(), "1-2 -- 3"),
            (Kind::Bom, b"\xef\xbb", ""),
            (Kind::Entities, b"&#0; &#55296; &;", "&#0; &#55296; &;"),
            (Kind::Escapes, b"\x1b[", "\x1b["),
            (Kind::Escapes, b"\x1b(Bx\x1b=", "x"),
            (Kind::Surrogates, b"\xed\x9f\xbf", "\u{d7ff}"),
            (Kind::C1, "é".as_bytes(), "é"),
            (Kind::C1, "新\u{9b}建 제\u{97} “\u{97}é".as_bytes(), "新\u{9b}建 제\u{97} “—é"),
            (Kind::C1, "활\u{99}\u{80}¾像 목§\u{8c} ©\u{97}".as_bytes(), "활\u{99}\u{80}¾像 목§\u{8c} ©—"),
        ];
        for (kind, text, expected) in cases {
            let expected = if expected.is_empty() { text } else { expected.as_bytes() };
            assert_eq!(fixed(text, kind), expected, "{kind:?} of {text:x?}");
        }
    }
}
