//! What is never touched: URLs, addresses, paths, code, tags, identifiers.

/// No chunk is longer than this: without a bound, a megabyte without a space would be scanned once a token.
const LONGEST: usize = 4096;

pub(super) fn chunk(text: &[u8], start: usize, inside: impl Fn(u8) -> bool) -> usize {
    let window = &text[start..text.len().min(start + LONGEST)];
    let mut len = window.iter().take_while(|b| inside(**b)).count();
    if len == LONGEST {
        // Never cut a character: step back over the continuation bytes and the byte that leads them.
        while len > LONGEST - 4 && text.get(start + len).is_some_and(|b| b & 0xC0 == 0x80) {
            len -= 1;
        }
    }
    start + len
}

/// The end of a URL, e-mail address, domain, path or dotted identifier that begins at `start`.
pub(super) fn protected_chunk(text: &[u8], start: usize, spaced: bool) -> Option<usize> {
    let stop = chunk(text, start, |b| {
        b > 32
            && b < 127
            && !matches!(
                b,
                b'"' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b'\'' | b'`'
            )
    });
    let mut end = stop;
    while end > start && matches!(text[end - 1], b'.' | b':' | b'!' | b'?' | b'*') {
        end -= 1;
    }
    let bytes = &text[start..end];
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|w| w == needle);
    if has(b"://") || bytes.starts_with(b"www.") || bytes.starts_with(b"mailto:") {
        return Some(end);
    }
    if let Some(i) = bytes.iter().position(|b| *b == b'@') {
        return (i > 0 && i + 1 < bytes.len()).then_some(end);
    }
    if has(b"_") || has(b"\\") || has(b"::") || has(b"()") || has(b"=") {
        return Some(end);
    }
    let slashes = bytes.iter().filter(|b| **b == b'/').count();
    if slashes >= 2 && spaced || slashes == 1 && bytes[0] == b'/' {
        return Some(end);
    }
    // example.org, file.txt, Node.js: a dot inside, and a short lower-case ending. `end.The` is two sentences.
    let dot = bytes.iter().rposition(|b| *b == b'.')?;
    let tail = &bytes[dot + 1..];
    let name =
        (2..=6).contains(&tail.len()) && tail.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let head =
        bytes[..dot].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/' | b'_'));
    (name && head && dot > 1 && bytes[0].is_ascii_alphanumeric()).then_some(end)
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

/// A markup tag on one line: `<a href="…">`, `</p>`, `<!-- … -->`.
pub(super) fn tag(text: &[u8], at: usize) -> Option<usize> {
    let next = *text.get(at + 1)?;
    if !(next.is_ascii_alphabetic() || next == b'/' || next == b'!') {
        return None;
    }
    let stop = text[at..].iter().take(300).position(|b| *b == b'>' || *b == b'\n')?;
    (text[at + stop] == b'>').then_some(at + stop + 1)
}
