//! What is never touched: URLs, addresses, paths, code, tags, identifiers.

use std::ops::Range;

use super::scan::{Scan, find};

/// No chunk is longer than this, so that a walk that starts anew within one need not look far.
pub(super) const LONGEST: usize = 4096;

/// The end of the bytes from `start` on that are `inside`.
pub(super) fn chunk(text: &[u8], start: usize, inside: impl Fn(u8) -> bool) -> usize {
    let window = &text[start..text.len().min(start + LONGEST)];
    start + window.iter().take_while(|b| inside(**b)).count()
}

/// The end of a chunk that was perhaps cut at [`LONGEST`], moved back so that no character is cut.
pub(super) fn whole_characters(text: &[u8], start: usize, mut stop: usize) -> usize {
    if stop == start + LONGEST {
        // Back over the continuation bytes and the byte that leads them.
        while stop > start + LONGEST - 4 && text.get(stop).is_some_and(|b| b & 0xC0 == 0x80) {
            stop -= 1;
        }
    }
    stop
}

/// What a byte means in a chunk, as bits.
mod sign {
    /// Ends the chunk.
    pub(super) const OUT: u8 = 1;
    /// `@`
    pub(super) const AT: u8 = 2;
    /// `_`, `\`, `=`: code.
    pub(super) const CODE: u8 = 4;
    /// `:`, of `://`, `::` or `mailto:`.
    pub(super) const COLON: u8 = 8;
    /// `/`
    pub(super) const SLASH: u8 = 16;
    /// `.`
    pub(super) const DOT: u8 = 32;
}

static SIGN: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            0..=32 | 127..=255 => sign::OUT,
            b'"' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b'\'' | b'`' => {
                sign::OUT
            }
            b'@' => sign::AT,
            b'_' | b'\\' | b'=' => sign::CODE,
            b':' => sign::COLON,
            b'/' => sign::SLASH,
            b'.' => sign::DOT,
            _ => 0,
        };
        b += 1;
    }
    table
};

/// A chunk that was looked through and does not begin a protected span. What begins later in it can only be a name at
/// its end (`example.org`) or say so itself (`www.`), and is not looked through again.
#[derive(Default)]
pub(super) struct Plain {
    end: usize,
    /// What begins here is a name up to the end.
    name: Range<usize>,
}

impl Plain {
    /// The end of the protected span that begins at `start`.
    fn protected(&self, text: &[u8], start: usize) -> Option<usize> {
        let named = self.name.contains(&start) && text[start].is_ascii_alphanumeric();
        (named || says_so(&text[start..self.end])).then_some(self.end)
    }
}

fn says_so(bytes: &[u8]) -> bool {
    bytes.starts_with(b"www.") || bytes.starts_with(b"mailto:")
}

/// Where a name that ends with these bytes may begin. example.org, file.txt, Node.js: a dot inside, and a short lower-case
/// ending. `end.The` is two sentences.
fn name(bytes: &[u8]) -> Option<Range<usize>> {
    let dot = bytes.iter().rposition(|b| *b == b'.')?;
    let tail = &bytes[dot + 1..];
    let short = (2..=6).contains(&tail.len());
    if !short || !tail.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return None;
    }
    let head = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/' | b'_');
    let from = bytes[..dot].iter().rposition(|b| !head(b)).map_or(0, |i| i + 1);
    Some(from..dot.saturating_sub(1))
}

impl Scan<'_, '_> {
    /// The end of a URL, e-mail address, domain, path or dotted identifier that begins here. No prose goes on for
    /// [`LONGEST`] bytes without a space or a comma: what does is never touched either.
    pub(super) fn protected_chunk(&mut self) -> Option<usize> {
        let (text, start) = (self.text, self.at);
        if start < self.known.plain.end {
            return self.known.plain.protected(text, start);
        }
        let (mut end, mut signs) = (start, 0);
        for byte in &text[start..text.len().min(start + LONGEST)] {
            let sign = SIGN[usize::from(*byte)];
            if sign == sign::OUT {
                break;
            }
            signs |= sign;
            end += 1;
        }
        if end - start == LONGEST {
            return Some(end);
        }
        while end > start && matches!(text[end - 1], b'.' | b':' | b'!' | b'?' | b'*') {
            end -= 1;
        }
        self.known.plain = Plain { end, name: 0..0 };
        if signs == 0 {
            return None;
        }
        let bytes = &text[start..end];
        let has = |needle: &[u8]| bytes.windows(needle.len()).any(|w| w == needle);
        let colon = signs & sign::COLON != 0;
        if says_so(bytes) || colon && has(b"://") {
            return Some(end);
        }
        if signs & sign::AT != 0 {
            let first = bytes.iter().position(|b| *b == b'@');
            return first.is_some_and(|i| i + 1 < bytes.len()).then_some(end);
        }
        if signs & sign::CODE != 0 || colon && has(b"::") {
            return Some(end);
        }
        if signs & sign::SLASH != 0 && self.spaced {
            let slashes = bytes.iter().filter(|b| **b == b'/').count();
            if slashes >= 2 || bytes[0] == b'/' {
                return Some(end);
            }
        }
        if signs & sign::DOT != 0 {
            let name = name(bytes).unwrap_or(0..0);
            self.known.plain.name = start + name.start..start + name.end;
        }
        self.known.plain.protected(text, start)
    }

    /// A markup tag on one line: `<a href="…">`, `</p>`, `<!-- … -->`.
    pub(super) fn tag(&mut self) -> Option<usize> {
        let (text, at) = (self.text, self.at);
        let next = *text.get(at + 1)?;
        if !(next.is_ascii_alphabetic() || next == b'/' || next == b'!') {
            return None;
        }
        let end = find(text, at, 300, &mut self.known.open, |b| matches!(b, b'>' | b'\n'));
        // Found, or given up?
        (end < at + 300 && text.get(end) == Some(&b'>')).then_some(end + 1)
    }
}

/// A code span or fence in backticks; the end of the text closes an open fence, the end of the line an open span.
pub(super) fn code_span(text: &[u8], at: usize) -> Option<usize> {
    let ticks = chunk(text, at, |b| b == b'`') - at;
    let mut from = at + ticks;
    let stop = if ticks < 3 { text.len().min(at + LONGEST) } else { text.len() };
    while from < stop {
        if text[from] == b'`' {
            let run = chunk(text, from, |b| b == b'`') - from;
            if run == ticks {
                return Some(from + run);
            }
            from += run;
        } else if text[from] == b'\n' && ticks < 3 {
            return None;
        } else {
            from += 1;
        }
    }
    (ticks >= 3).then_some(text.len())
}
