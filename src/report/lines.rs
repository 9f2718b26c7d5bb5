//! Lines of a source, and the blocks of lines that edits change.

use std::ops::Range;

use crate::edit::Edit;

/// Where the lines of a text begin and end. A line ends with `\n`; whatever else it holds is its own.
pub(super) struct Lines<'s> {
    text: &'s [u8],
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    pub(super) fn of(text: &'s [u8]) -> Self {
        let mut starts = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive(|&b| b == b'\n') {
            starts.push(at);
            at += line.len();
        }
        Self { text, starts }
    }

    /// The number of lines; an empty text has none.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of some lines, line ends included.
    pub(super) fn span(&self, lines: Range<usize>) -> Range<usize> {
        let start = |line: usize| self.starts.get(line).copied().unwrap_or(self.text.len());
        start(lines.start)..start(lines.end)
    }

    /// One line with its end.
    pub(super) fn line(&self, line: usize) -> &'s [u8] {
        &self.text[self.span(line..line + 1)]
    }

    /// Some bytes of the text.
    pub(super) fn bytes(&self, range: Range<usize>) -> &'s [u8] {
        &self.text[range]
    }

    /// The line in which a byte lies; the number of lines where the byte is behind the last line end.
    fn at(&self, offset: usize) -> usize {
        if offset >= self.text.len() && (self.text.is_empty() || self.text.ends_with(b"\n")) {
            return self.len();
        }
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// The blocks of lines that these edits change, with the edits of each; in order, disjoint.
    pub(super) fn blocks<'e>(&self, edits: &'e [Edit]) -> Vec<Block<'e>> {
        let mut blocks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        for (i, edit) in edits.iter().enumerate() {
            // An edit that takes a line end away joins the next line to this one: both belong to the block.
            let first = self.at(edit.range.start);
            let last = self.at(edit.range.end).max(first);
            let lines = first..(last + 1).min(self.len()).max(first);
            match blocks.last_mut() {
                Some((before, span)) if before.end > lines.start => {
                    before.end = before.end.max(lines.end);
                    span.end = i + 1;
                }
                _ => blocks.push((lines, i..i + 1)),
            }
        }
        blocks.into_iter().map(|(lines, span)| Block { lines, edits: &edits[span] }).collect()
    }
}

/// Lines that change, and the edits that change them.
pub(super) struct Block<'e> {
    pub(super) lines: Range<usize>,
    pub(super) edits: &'e [Edit],
}

/// A piece of a changed text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Piece<'a> {
    /// Bytes that stay.
    Same(&'a [u8]),
    /// An edit: what stood there, and the edit itself.
    Changed(&'a [u8], &'a Edit),
}

/// A span of the source as pieces that stay and pieces that change. All edits must lie in the span.
pub(super) fn pieces<'a>(source: &'a [u8], span: Range<usize>, edits: &'a [Edit]) -> Vec<Piece<'a>> {
    let mut out = Vec::with_capacity(edits.len() * 2 + 1);
    let mut at = span.start;
    for edit in edits {
        out.push(Piece::Same(&source[at..edit.range.start]));
        out.push(Piece::Changed(&source[edit.range.clone()], edit));
        at = edit.range.end;
    }
    out.push(Piece::Same(&source[at..span.end.max(at)]));
    out.retain(|piece| !matches!(piece, Piece::Same(b"")));
    out
}

/// Bytes as text that is safe to show on a terminal, on one line: line ends become `⏎`, other controls their pictures.
pub(super) fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => out.push('⏎'),
            '\t' => out.push('\t'),
            '\0'..='\x1f' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\x7f'..='\u{9f}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

/// Bytes without the line end.
pub(super) fn trim_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// ANSI colours, or nothing.
#[derive(Clone, Copy)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    pub(super) fn removed(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(super) fn added(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(super) fn place(self, text: &str) -> String {
        self.with("36", text)
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
