//! Lines of a source, and the blocks of lines that edits change.

use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

use super::marks::Mark;
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
pub(super) enum Piece<'a, 'c> {
    /// Bytes that stay.
    Same(&'a [u8]),
    /// An edit: what stood there, and the edit itself.
    Changed(&'a [u8], Mark<'c>),
}

/// A span of the source as pieces that stay and pieces that change. All marks must lie in the span.
pub(super) fn pieces<'a, 'c>(source: &'a [u8], span: Range<usize>, marks: &[Mark<'c>]) -> Vec<Piece<'a, 'c>> {
    let mut out = Vec::with_capacity(marks.len() * 2 + 1);
    let mut at = span.start;
    for mark in marks {
        let range = mark.edit.range.clone();
        out.push(Piece::Same(&source[at..range.start]));
        out.push(Piece::Changed(&source[range.clone()], *mark));
        at = range.end;
    }
    out.push(Piece::Same(&source[at..span.end.max(at)]));
    out.retain(|piece| !matches!(piece, Piece::Same(b"")));
    out
}

/// Where bytes of a text stand, for people and editors. Asked in order of place it is linear in the text.
pub(super) struct Places<'s> {
    text: &'s [u8],
    at: usize,
    place: Place,
}

/// A place, counted from 1; `chars` is the number of code points before it, one for each stretch that is not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    /// In code points.
    pub(super) column: usize,
    pub(super) chars: usize,
}

const TOP: Place = Place { line: 1, column: 1, chars: 0 };

impl<'s> Places<'s> {
    pub(super) fn of(text: &'s [u8]) -> Self {
        Self { text, at: 0, place: TOP }
    }

    pub(super) fn at(&mut self, offset: usize) -> Place {
        if offset < self.at {
            (self.at, self.place) = (0, TOP);
        }
        let between = &self.text[self.at..offset];
        let chars = code_points(between);
        self.place.chars += chars;
        match memchr::memrchr(b'\n', between) {
            Some(last) => {
                self.place.line += memchr::memchr_iter(b'\n', between).count();
                self.place.column = 1 + code_points(&between[last + 1..]);
            }
            None => self.place.column += chars,
        }
        self.at = offset;
        self.place
    }
}

/// Code points, with one for each stretch of bytes that is not UTF-8, as a lossy reading shows it.
pub(super) fn code_points(bytes: &[u8]) -> usize {
    // UTF-8 throughout, as a rule: every byte that goes on no character begins one.
    if std::str::from_utf8(bytes).is_ok() {
        return bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count();
    }
    let chunks = bytes.utf8_chunks();
    chunks.map(|chunk| chunk.valid().chars().count() + usize::from(!chunk.invalid().is_empty())).sum()
}

/// Bytes as text that is safe to show on a terminal, on one line: line ends become `⏎`, other controls their pictures.
///
/// ```
/// assert_eq!(ungarble::report::shown(b"one\r\n\x1b[2J two"), "one⏎␛[2J two");
/// ```
pub fn shown(bytes: &[u8]) -> String {
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

/// A side of a change as it is shown, which may be empty.
///
/// ```
/// assert_eq!((ungarble::report::or_nothing("a"), ungarble::report::or_nothing("")), ("a", "(nothing)"));
/// ```
pub fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "(nothing)" } else { text }
}

/// Bytes as text on one line, as prose flows: line ends and the white space around them become a blank.
pub(super) fn flowing(bytes: &[u8]) -> String {
    if !bytes.contains(&b'\n') {
        return shown(bytes);
    }
    let mut out = String::with_capacity(bytes.len());
    for (i, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let text = shown(if i > 0 { line.trim_ascii_start() } else { line.trim_ascii_end() });
        if i > 0 && !out.ends_with(' ') {
            out.push(' ');
        }
        out += text.trim_end_matches('\u{240d}'); // the carriage return of a line end
    }
    out
}

/// Rows of at most so many columns, broken at blanks; colours take no room.
///
/// ```
/// assert_eq!(ungarble::report::wrapped("one \x1b[31mtwo\x1b[0m three", 7), ["one \x1b[31mtwo\x1b[0m", "three"]);
/// assert_eq!(ungarble::report::wrapped("unbreakable it", 4), ["unbr", "eaka", "ble", "it"]);
/// ```
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let (mut rows, mut row, mut used) = (Vec::new(), String::new(), 0);
    for mut word in text.split(' ') {
        let mut room = columns(word);
        if used > 0 && used + 1 + room > width {
            rows.push(std::mem::take(&mut row));
            used = 0;
        }
        // A word without end is cut where the row ends, unless colours stand in it.
        while room > width && !word.contains('\x1b') {
            let fits = word.char_indices().scan(0, |sum, (at, c)| {
                *sum += c.width().unwrap_or(0);
                Some((at + c.len_utf8(), *sum))
            });
            let cut = fits.take_while(|(_, sum)| *sum <= width).last().map_or(1, |(end, _)| end);
            let cut = (cut..=word.len()).find(|at| word.is_char_boundary(*at)).unwrap_or(word.len());
            rows.push(word[..cut].to_owned());
            word = &word[cut..];
            room = columns(word);
        }
        if used > 0 {
            row.push(' ');
            used += 1;
        }
        row += word;
        used += room;
    }
    rows.push(row);
    rows
}

/// Columns that a text takes on a terminal, colours left out.
fn columns(text: &str) -> usize {
    let mut escape = false;
    let shown = text.chars().filter(|c| {
        let hidden = escape || *c == '\x1b';
        escape = hidden && !c.is_ascii_alphabetic();
        !hidden
    });
    shown.map(|c| c.width().unwrap_or(0)).sum()
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

    pub(super) fn doubted(self, text: &str) -> String {
        self.with("33", text)
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
