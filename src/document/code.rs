//! How characters are written in a format: what stands in the source, what it means, and back.

use std::borrow::Cow;
use std::ops::Range;

/// How the characters of a span are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// As they are. No `<` and no `{` goes in: they begin tags in subtitles.
    Plain,
    /// Text of XML, with the five named entities and character references.
    Xml,
    /// An attribute of XML in this kind of quotes.
    Attribute(u8),
    /// A CDATA section of XML.
    Cdata,
    /// Text of HTML and WebVTT, with the named characters of HTML.
    Html,
    /// Text of Markdown; its reader finds entities and escapes itself.
    Markdown,
}

/// What no text can mean: bytes that are no characters, entities that only a DTD knows. Words with it are not touched.
pub(super) const UNKNOWN: char = '\u{fffd}';

/// Stands for each byte that is no UTF-8, so that a reader of strings sees the offsets of the source.
const STAND_IN: u8 = 0x1a;

/// The source as a string of the same length, and what the bytes mean that are not UTF-8.
#[derive(Debug)]
pub(super) struct Shadow<'s> {
    pub source: &'s [u8],
    pub text: Cow<'s, str>,
    /// Is each byte a character of Latin 1?
    latin: bool,
}

impl<'s> Shadow<'s> {
    /// Each byte that is not UTF-8 becomes a stand-in; with `latin`, each byte outside ASCII.
    pub fn of(source: &'s [u8], latin: bool) -> Self {
        let latin = latin && !source.is_ascii();
        let text = match std::str::from_utf8(source) {
            Ok(text) if !latin => Cow::Borrowed(text),
            _ if latin => {
                source.iter().map(|&b| char::from(if b.is_ascii() { b } else { STAND_IN })).collect()
            }
            _ => {
                let mut text = String::with_capacity(source.len());
                for chunk in source.utf8_chunks() {
                    text.push_str(chunk.valid());
                    text.extend(chunk.invalid().iter().map(|_| char::from(STAND_IN)));
                }
                Cow::Owned(text)
            }
        };
        Self { source, text, latin }
    }

    /// The byte behind a stand-in as a character; control characters of Latin 1 are none.
    fn byte(&self, at: usize) -> char {
        let byte = self.source[at];
        if self.latin && byte >= 0xa0 { char::from(byte) } else { UNKNOWN }
    }

    /// Gives the pieces of a span to `sink`: what they mean, where they stand, and whether it is the same.
    pub fn decode(&self, span: Range<usize>, code: Code, sink: &mut impl FnMut(&str, Range<usize>, bool)) {
        let mut at = span.start;
        let mut rest = &self.text[span];
        while !rest.is_empty() {
            let special = rest.find(['&', char::from(STAND_IN)]).unwrap_or(rest.len());
            if special > 0 {
                sink(&rest[..special], at..at + special, true);
            } else {
                let (meaning, len) = match rest.as_bytes()[0] {
                    b'&' => reference(rest, code),
                    _ => (Some(Cow::Owned(self.byte(at).to_string())), 1),
                };
                match meaning {
                    Some(meaning) => sink(&meaning, at..at + len, false),
                    None => sink(&rest[..len], at..at + len, true),
                }
                at += len;
                rest = &rest[len..];
                continue;
            }
            at += special;
            rest = &rest[special..];
        }
    }

    /// Text as it must be written; `None` where it cannot be.
    pub fn encode(&self, text: &str, code: Code) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match code {
                _ if c.is_control() => return None,
                Code::Xml | Code::Html | Code::Attribute(_) => match c {
                    '&' => out.push_str("&amp;"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '"' if code == Code::Attribute(b'"') => out.push_str("&quot;"),
                    '\'' if code == Code::Attribute(b'\'') => out.push_str("&#39;"),
                    c if self.latin && !c.is_ascii() => out.push_str(&format!("&#{};", u32::from(c))),
                    c => out.push(c),
                },
                _ if self.latin && !c.is_ascii() => return None,
                Code::Plain if matches!(c, '<' | '{') => return None,
                Code::Markdown if c.is_ascii() && "\\`*_[]<>|&~$#".contains(c) => out.extend(['\\', c]),
                _ => out.push(c),
            }
        }
        (code != Code::Cdata || !text.contains("]]>")).then_some(out)
    }
}

/// What `&…` at the beginning of a text means, and its length; `None` where it is an ampersand and nothing else.
fn reference(text: &str, code: Code) -> (Option<Cow<'static, str>>, usize) {
    let name = &text[1..];
    let len = name.bytes().take(40).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    let closed = name.as_bytes().get(len) == Some(&b';');
    let (name, whole) = (&name[..len], 1 + len + usize::from(closed));
    let known = match code {
        Code::Plain | Code::Cdata | Code::Markdown => return (None, 1),
        Code::Xml | Code::Attribute(_) if !closed || len == 0 => None,
        Code::Xml | Code::Attribute(_) => {
            Some(number(name).or_else(|| predefined(name)).unwrap_or(UNKNOWN).to_string())
        }
        Code::Html if len == 0 => None,
        Code::Html => html_reference(&text[..whole]),
    };
    match known {
        Some(known) => (Some(Cow::Owned(known)), whole),
        None => (None, 1),
    }
}

/// `#233` or `#xE9`.
fn number(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    // A character that is none, or a control character, can be read and not be written.
    code.ok().and_then(char::from_u32).filter(|c| !c.is_control() || c.is_whitespace())
}

fn predefined(name: &str) -> Option<char> {
    let names = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", '\u{a0}')];
    names.iter().find(|(n, _)| *n == name).map(|(_, c)| *c)
}

/// A character reference as browsers read it.
#[cfg(feature = "formats")]
fn html_reference(written: &str) -> Option<String> {
    let mut text = String::new();
    for Ok(token) in html5gum::Tokenizer::new(written) {
        if let html5gum::Token::String(part) = token {
            text += &String::from_utf8_lossy(&part);
        }
    }
    (text != written).then_some(text)
}

/// A character reference as far as one can be read without the table of HTML.
#[cfg(not(feature = "formats"))]
fn html_reference(written: &str) -> Option<String> {
    let name = written.strip_prefix('&')?.strip_suffix(';')?;
    Some(number(name).or_else(|| predefined(name)).unwrap_or(UNKNOWN).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(source: &[u8], code: Code, latin: bool) -> String {
        let shadow = Shadow::of(source, latin);
        assert_eq!(shadow.text.len(), source.len());
        let (mut out, mut end) = (String::new(), 0);
        shadow.decode(0..source.len(), code, &mut |text, span, same| {
            assert_eq!(span.start, end);
            assert!(!same || source[span.clone()] == *text.as_bytes());
            end = span.end;
            out.push_str(text);
        });
        assert_eq!(end, source.len());
        out
    }

    #[test]
    fn characters_are_read() {
        assert_eq!(
            decoded(b"a &lt; b &#233;&#xE9; &amp;amp; & c &d;", Code::Xml, false),
            "a < b éé &amp; & c \u{fffd}"
        );
        assert_eq!(decoded(b"AT&T &lt &", Code::Attribute(b'"'), false), "AT&T &lt &");
        assert_eq!(decoded(b"&lt;", Code::Cdata, false), "&lt;");
        assert_eq!(decoded(b"caf\xe9 \x85", Code::Xml, true), "café \u{fffd}");
        assert_eq!(decoded(b"caf\xe9 \xc3\xa9", Code::Xml, false), "caf\u{fffd} é");
    }

    #[cfg(feature = "formats")]
    #[test]
    fn html_has_more_names() {
        assert_eq!(
            decoded(b"&eacute;&mdash;&copy 2020 &nosuch; R&D", Code::Html, false),
            "é—© 2020 &nosuch; R&D"
        );
    }

    #[test]
    fn characters_are_written() {
        let shadow = Shadow::of(b"", false);
        assert_eq!(
            shadow.encode("a<b & \"c\"", Code::Attribute(b'"')).as_deref(),
            Some("a&lt;b &amp; &quot;c&quot;")
        );
        assert_eq!(shadow.encode("]]>", Code::Cdata), None);
        assert_eq!(shadow.encode("a_b", Code::Markdown).as_deref(), Some("a\\_b"));
        assert_eq!(Shadow::of(b"\xe9", true).encode("\u{201c}a", Code::Xml).as_deref(), Some("&#8220;a"));
    }
}
