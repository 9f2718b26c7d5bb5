//! What bytes mean that may not be UTF-8: decoded, and encoded again on request.

use std::borrow::Cow;

use encoding_rs::Encoding;

use super::charset::Charset;
use super::detect::{detect, utf16_mark};
use crate::error::{Error, Result};

/// An encoding by its name.
///
/// ```
/// use ungarble::encoding::Named;
/// assert_eq!(Named::parse("latin1").unwrap().name(), "windows-1252"); // as in browsers
/// assert_eq!(Named::parse("CP437").unwrap().name(), "cp437");
/// assert!(Named::parse("klingon").is_err());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Named(pub(super) What);

#[derive(Debug, Clone, Copy)]
pub(super) enum What {
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

/// UTF-16 as UTF-8, or where it is none.
pub(super) fn utf16(bytes: &[u8], big: bool) -> std::result::Result<Vec<u8>, usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
