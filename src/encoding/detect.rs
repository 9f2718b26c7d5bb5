//! In which encoding bytes are, by their marks, their blanks and their letters; and whether they are text at all.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::bytes::{Named, What, utf16};
use crate::error::{Error, Result};

/// Bytes that are looked at to tell text from what is none.
const HEAD: usize = 1 << 16;

/// What files begin with that are no text: archives, pictures, programs, documents.
const BINARY: [&[u8]; 14] = [
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\x7fELF",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf",
    b"\xfd7zXZ",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
    b"\xd0\xcf\x11\xe0",
    b"SQLite format 3\0",
];

/// UTF-16 that says so.
pub(super) fn utf16_mark(bytes: &[u8]) -> Option<Named> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, rest @ ..] if rest.len() % 2 == 0 => Some(Named(What::Utf16 { big: false, mark: true })),
        [0xfe, 0xff, rest @ ..] if rest.len() % 2 == 0 => Some(Named(What::Utf16 { big: true, mark: true })),
        _ => None,
    }
}

/// UTF-16, by its byte order mark, the beginning of XML, or its blanks.
///
/// ```
/// use ungarble::encoding::wide;
/// assert_eq!(wide(b"\xfe\xff\0a").unwrap().name(), "utf-16be");
/// assert_eq!(wide(b"<\0?\0x\0m\0l\0").unwrap().name(), "utf-16le");
/// assert!(wide(b"<?xml version='1.0'?>").is_none());
/// ```
pub fn wide(bytes: &[u8]) -> Option<Named> {
    let of_xml = |big| bytes.len().is_multiple_of(2).then_some(Named(What::Utf16 { big, mark: false }));
    match bytes {
        [b'<', 0, b'?', 0, ..] => of_xml(false),
        [0, b'<', 0, b'?', ..] => of_xml(true),
        _ => utf16_mark(bytes).or_else(|| utf16_unmarked(bytes)),
    }
}

/// What text is in, by all signs.
///
/// # Errors
///
/// Bytes that are no text.
pub(super) fn detect(bytes: &[u8]) -> Result<Named> {
    if bytes.is_ascii() && !bytes[..bytes.len().min(HEAD)].contains(&0) {
        return if is_binary(bytes) { Err(no_text(bytes)) } else { Ok(Named::UTF8) };
    }
    if let Some(wide) = wide(bytes) {
        return Ok(wide);
    }
    if is_binary(bytes) {
        return Err(no_text(bytes));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") || is_nearly_utf8(bytes) {
        return Ok(Named::UTF8);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let fits = guess.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    Ok(Named(What::Standard(if fits { guess } else { encoding_rs::WINDOWS_1252 })))
}

fn no_text(bytes: &[u8]) -> Error {
    Error::document(bytes, 0, "no text but binary data; if it is text, name its encoding with --encoding")
}

/// Is it no text, by its first bytes: because no text begins so, or because one byte in twenty is a control character that
/// no text has?
///
/// ```
/// use ungarble::encoding::is_binary;
/// assert!(is_binary(b"GIF89a") && !is_binary(b"words"));
/// ```
pub fn is_binary(bytes: &[u8]) -> bool {
    if wide(&bytes[..bytes.len() & !1]).is_some() {
        return false;
    }
    if BINARY.iter().any(|magic| bytes.starts_with(magic)) {
        return true;
    }
    let head = &bytes[..bytes.len().min(HEAD)];
    let control = |b: &&u8| matches!(**b, 0..=7 | 0xb | 0xe..=0x1a | 0x1c..=0x1f | 0x7f);
    head.iter().filter(control).count() * 20 > head.len()
}

/// UTF-16 without a mark: blanks and line ends in one order of bytes and not in the other, and nothing that cannot be.
fn utf16_unmarked(bytes: &[u8]) -> Option<Named> {
    let head = &bytes[..bytes.len().min(HEAD) & !1];
    if !bytes.len().is_multiple_of(2)
        || head.len() < 8
        || !head.contains(&0)
        || bytes.starts_with(b"\xef\xbb\xbf")
    {
        return None;
    }
    let blanks = |big: bool| {
        let unit = |pair: &[u8]| if big { [pair[1], pair[0]] } else { [pair[0], pair[1]] };
        head.chunks_exact(2).filter(|pair| matches!(unit(pair), [b' ' | b'\n' | b'\r' | b'\t', 0])).count()
    };
    let (little, big) = (blanks(false), blanks(true));
    let order = little < big;
    let (most, least) = (little.max(big), little.min(big));
    if most < 2 || most * 2 * 50 < head.len() || least * 4 > most {
        return None;
    }
    let text = utf16(&bytes[..bytes.len() & !1], order).ok()?;
    let controls = text.iter().filter(|b| matches!(b, 0..=8 | 0xe..=0x1a | 0x1c..=0x1f)).count();
    (controls == 0).then_some(Named(What::Utf16 { big: order, mark: false }))
}

/// Is there UTF-8 in it, and at least as much of that as of what is not? By chance hardly anything is.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
        bad += chunk.invalid().len();
    }
    bad == 0 || good > 0 && good >= bad
}

#[cfg(test)]
mod tests {
    use super::super::bytes::{decode, encode};
    use super::*;

    fn read(bytes: &[u8]) -> (String, String) {
        let decoded = decode(bytes, None).unwrap();
        (decoded.encoding.name().to_owned(), String::from_utf8_lossy(&decoded.text).into_owned())
    }

    fn wide(text: &str, big: bool) -> Vec<u8> {
        encode(text.as_bytes(), Named(What::Utf16 { big, mark: false })).unwrap()
    }

    #[test]
    fn encodings_are_found() {
        let text = "Привет, мир и все остальные.\n";
        assert_eq!(read(text.as_bytes()), ("utf-8".into(), text.into()));
        assert_eq!(read(&wide(text, false)), ("utf-16le".into(), text.into()));
        assert_eq!(read(&wide(text, true)), ("utf-16be".into(), text.into()));
        assert_eq!(read(&wide("plain words, and a line\n", false)).1, "plain words, and a line\n");
        let marked = [b"\xff\xfe".to_vec(), wide(text, false)].concat();
        assert_eq!(read(&marked), ("utf-16le".into(), text.into()));
        let cyrillic = encode(text.repeat(4).as_bytes(), Named::parse("koi8-r").unwrap()).unwrap();
        assert_eq!(read(&cyrillic).1, text.repeat(4));
        assert_eq!(read(b"good \xc3\xa9 \xc3\xa8, bad \xe9").0, "utf-8");
        assert_eq!(read(b"").0, "utf-8");
    }

    #[test]
    fn binary_is_refused() {
        for bytes in [
            &b"\x7fELF\x02\x01"[..],
            b"%PDF-1.7\n",
            &[0, 1, 2, 3, 255, 254, 7, 9],
            b"a\0b\0\x01\0\x02\0c\0\x03\0",
        ] {
            assert!(decode(bytes, None).is_err(), "{bytes:?}");
        }
        assert!(decode(b"one \0 in a text that is otherwise quite all right", None).is_ok());
    }
}
