//! What bytes mean that may not be UTF-8: detected, decoded, and encoded again on request.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

use super::charset::Charset;
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

/// An encoding by its name.
///
/// ```
/// use ungarble::encoding::Named;
/// assert_eq!(Named::parse("latin1").unwrap().name(), "windows-1252"); // as in browsers
/// assert_eq!(Named::parse("CP437").unwrap().name(), "cp437");
/// assert!(Named::parse("klingon").is_err());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Named(What);

#[derive(Debug, Clone, Copy)]
enum What {
    Utf8,
    /// Big end first? With a byte order mark?
    Utf16 {
        big: bool,
        mark: bool,
    },
    /// One of the Encoding Standard.
    Standard(&'static Encoding),
    /// One of `dictionaries/charsets.txt` that the standard has not.
    Own(&'static Charset),
}

impl Named {
    /// UTF-8, with what is not UTF-8 in it left as it is.
    pub const UTF8: Named = Named(What::Utf8);

    /// The encoding of a name, in any of the spellings of the Encoding Standard; `cp437`, `cp850` besides.
    ///
    /// # Errors
    ///
    /// A name that nobody knows.
    pub fn parse(name: &str) -> std::result::Result<Self, String> {
        let lower = name.trim().to_ascii_lowercase();
        let what = match lower.as_str() {
            "utf-8" | "utf8" => What::Utf8,
            "utf-16" | "utf16" | "utf-16le" | "utf16le" => What::Utf16 { big: false, mark: false },
            "utf-16be" | "utf16be" => What::Utf16 { big: true, mark: false },
            "437" | "ibm437" => return Self::parse("cp437"),
            "850" | "ibm850" => return Self::parse("cp850"),
            _ => match Encoding::for_label_no_replacement(lower.as_bytes()) {
                Some(encoding) => What::Standard(encoding),
                None => Charset::by_name(&lower).map(What::Own).ok_or_else(|| {
                    format!("no encoding is called {name:?}; for instance utf-16le, windows-1252, shift_jis, cp437")
                })?,
            },
        };
        Ok(Self(what))
    }

    /// The name.
    pub fn name(&self) -> &str {
        match self.0 {
            What::Utf8 => "utf-8",
            What::Utf16 { big: false, .. } => "utf-16le",
            What::Utf16 { big: true, .. } => "utf-16be",
            What::Standard(encoding) => encoding.name(),
            What::Own(charset) => &charset.name,
        }
    }

    /// Is it UTF-8, so that text is what the file has?
    pub fn is_utf8(&self) -> bool {
        matches!(self.0, What::Utf8)
    }
}

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Named {}

/// Bytes as text.
#[derive(Debug)]
pub struct Decoded<'b> {
    /// The text in UTF-8; the bytes themselves where that is what they are, with stray bytes among them as they stand.
    pub text: Cow<'b, [u8]>,
    /// What they were.
    pub encoding: Named,
}

/// Reads bytes as text, in this encoding or in the one that they are in by all signs: byte order marks, the blanks of
/// UTF-16, whether all is UTF-8, or nearly all; else what chardetng makes of them.
///
/// ```
/// use ungarble::encoding::decode;
/// let decoded = decode(b"d\xe9j\xe0 vu, na\xefve, caf\xe9", None)?;
/// assert_eq!((decoded.encoding.name(), &*decoded.text), ("windows-1252", "déjà vu, naïve, café".as_bytes()));
/// assert!(decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None).is_err());
/// # Ok::<(), ungarble::Error>(())
/// ```
///
/// # Errors
///
/// Bytes that are no text (a picture, an archive), or not in the encoding that was named, with the line.
pub fn decode(bytes: &[u8], forced: Option<Named>) -> Result<Decoded<'_>> {
    let encoding = match forced {
        Some(Named(What::Utf16 { .. })) if utf16_mark(bytes).is_some() => {
            utf16_mark(bytes).unwrap_or(Named::UTF8)
        }
        Some(forced) => forced,
        None => detect(bytes)?,
    };
    let text = match encoding.0 {
        What::Utf8 => Cow::Borrowed(bytes),
        What::Own(set) => Cow::Owned(set.read(bytes).into_bytes()),
        What::Utf16 { big, mark } => {
            let body = if mark { &bytes[2..] } else { bytes };
            Cow::Owned(utf16(body, big).map_err(|at| {
                Error::document(bytes, at + 2 * usize::from(mark), format!("not {}", encoding.name()))
            })?)
        }
        What::Standard(standard) => match standard.decode_without_bom_handling_and_without_replacement(bytes)
        {
            Some(text) => Cow::Owned(text.into_owned().into_bytes()),
            None => {
                let message = format!(
                    "not {}: name the encoding with --encoding, or leave it to be found",
                    standard.name()
                );
                return Err(Error::document(bytes, first_bad(standard, bytes), message));
            }
        },
    };
    Ok(Decoded { text, encoding })
}

/// The byte at which decoding fails.
fn first_bad(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    let good = |end: usize| {
        let mut out = String::with_capacity(end * 3 + 16);
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let (result, _) = decoder.decode_to_string_without_replacement(&bytes[..end], &mut out, false);
        !matches!(result, encoding_rs::DecoderResult::Malformed(..))
    };
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if good(middle + 1) { low = middle + 1 } else { high = middle }
    }
    low.min(bytes.len().saturating_sub(1))
}

/// Text as bytes of an encoding.
///
/// ```
/// use ungarble::encoding::{Named, encode};
/// assert_eq!(encode("café".as_bytes(), Named::parse("cp437").unwrap())?, b"caf\x82");
/// assert!(encode("“café”".as_bytes(), Named::parse("cp437").unwrap()).is_err());
/// # Ok::<(), ungarble::Error>(())
/// ```
///
/// # Errors
///
/// The first character that it has not, with its line and column.
pub fn encode(text: &[u8], encoding: Named) -> Result<Vec<u8>> {
    let missing = |at: usize, c: char| {
        let name = encoding.name();
        Error::document(text, at, format!("{name} has no {c:?} (U+{:04X}): write UTF-8", u32::from(c)))
    };
    if encoding.is_utf8() {
        return Ok(text.to_vec());
    }
    let valid = std::str::from_utf8(text).map_err(|e| {
        Error::document(text, e.valid_up_to(), format!("not UTF-8, so it cannot be {}", encoding.name()))
    })?;
    match encoding.0 {
        What::Utf8 => Ok(text.to_vec()),
        What::Utf16 { big, mark } => {
            let units = mark.then_some(0xfeff).into_iter().chain(valid.encode_utf16());
            Ok(units
                .flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect())
        }
        What::Own(set) => {
            valid.char_indices().map(|(at, c)| set.byte(c).ok_or_else(|| missing(at, c))).collect()
        }
        What::Standard(standard) => {
            let mut out = Vec::with_capacity(text.len() + 16);
            let mut encoder = standard.new_encoder();
            let mut at = 0;
            loop {
                out.reserve(valid.len() - at + 32);
                let (result, read) =
                    encoder.encode_from_utf8_to_vec_without_replacement(&valid[at..], &mut out, true);
                at += read;
                match result {
                    encoding_rs::EncoderResult::InputEmpty => return Ok(out),
                    encoding_rs::EncoderResult::OutputFull => {}
                    encoding_rs::EncoderResult::Unmappable(c) => return Err(missing(at - c.len_utf8(), c)),
                }
            }
        }
    }
}

/// UTF-16 that says so.
fn utf16_mark(bytes: &[u8]) -> Option<Named> {
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

fn detect(bytes: &[u8]) -> Result<Named> {
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

/// UTF-16 as UTF-8, or where it is none.
fn utf16(bytes: &[u8], big: bool) -> std::result::Result<Vec<u8>, usize> {
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    };
    let mut text = String::with_capacity(bytes.len());
    let mut units = 0;
    for c in char::decode_utf16(bytes.chunks_exact(2).map(unit)) {
        let c = c.map_err(|_| units * 2)?;
        units += c.len_utf16();
        text.push(c);
    }
    if bytes.len().is_multiple_of(2) { Ok(text.into_bytes()) } else { Err(bytes.len() - 1) }
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

    #[test]
    fn there_and_back() {
        for name in ["windows-1252", "koi8-r", "shift_jis", "gb18030", "utf-16be", "cp850", "macintosh"] {
            let named = Named::parse(name).unwrap();
            let text = match name {
                "koi8-r" => "слово",
                "shift_jis" | "gb18030" => "日本",
                _ => "déjà",
            };
            let bytes = encode(text.as_bytes(), named).unwrap();
            assert_eq!(&*decode(&bytes, Some(named)).unwrap().text, text.as_bytes(), "{name}");
        }
        let error = encode("a\nb 漢".as_bytes(), Named::parse("latin1").unwrap()).unwrap_err();
        assert_eq!((error.line(), error.column()), (Some(2), Some(3)));
        let error = decode(b"ab\ncd \xff x", Some(Named::parse("shift_jis").unwrap())).unwrap_err();
        assert_eq!((error.line(), error.column()), (Some(2), Some(4)));
    }
}
