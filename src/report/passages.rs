//! Passages: the sentences around edits. Prose is read by sentences, whatever its lines are.

use std::ops::Range;

use super::marks::Mark;
use crate::lexicon::abbreviations::is_abbreviation;
use crate::text::{Token, mark_sentences, tokenize};

/// Bytes on each side of an edit in which its sentence is looked for. Where no sentence begins in so many, it is no prose.
const REACH: usize = 1200;

/// Edits that are shown together, and the whole sentences around them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Passage<'m, 'c> {
    /// Bytes of the source; no white space at the ends, but for what belongs to an edit.
    pub(super) span: Range<usize>,
    pub(super) marks: &'m [Mark<'c>],
}

/// The passages of a source, in order and disjoint, each with `more` sentences on either side of its edits. They never
/// cross an empty line unless an edit does.
pub(super) fn passages<'m, 'c>(source: &[u8], marks: &'m [Mark<'c>], more: usize) -> Vec<Passage<'m, 'c>> {
    let mut out: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut sentences = Sentences { source, around: 0..0, good: 0, starts: Vec::new(), tokens: Vec::new() };
    for (i, mark) in marks.iter().enumerate() {
        let span = sentences.around(&mark.edit.range, more);
        match out.last_mut() {
            Some((before, marks)) if before.end >= span.start => {
                before.end = before.end.max(span.end);
                marks.end = i + 1;
            }
            _ => out.push((span, i..i + 1)),
        }
    }
    out.into_iter().map(|(span, range)| Passage { span, marks: &marks[range] }).collect()
}

/// The sentences of a stretch of the source, kept from one edit to the next.
struct Sentences<'s> {
    source: &'s [u8],
    around: Range<usize>,
    /// Up to here the sentences that begin are known to their ends.
    good: usize,
    starts: Vec<usize>,
    tokens: Vec<Token>,
}

impl Sentences<'_> {
    /// The sentences of an edit, and some on either side.
    fn around(&mut self, edit: &Range<usize>, more: usize) -> Range<usize> {
        let known = self.around.start <= edit.start && edit.end <= self.good;
        if !known || more > 0 {
            self.read(edit, REACH * (more + 1));
        }
        let first = self.starts.partition_point(|start| *start <= edit.start).saturating_sub(1 + more);
        let last = self.starts.partition_point(|start| *start < edit.end.max(edit.start + 1)) + more;
        let start = self.starts.get(first).copied().unwrap_or(self.around.start).min(edit.start);
        let end = self.starts.get(last).copied().unwrap_or(self.around.end).max(edit.end);
        let white = |b: &&u8| b.is_ascii_whitespace();
        let head = self.source[start..edit.start].iter().take_while(white).count();
        let tail = self.source[edit.end..end].iter().rev().take_while(white).count();
        start + head..end - tail
    }

    /// Finds the sentences of the paragraph around an edit, as far as it is near.
    fn read(&mut self, edit: &Range<usize>, reach: usize) {
        let text = self.source;
        let low = edit.start.saturating_sub(reach);
        let high = (edit.end + reach * 2).min(text.len());
        let gap = |pair: &[u8]| pair == b"\n\n" || pair == b"\n\r";
        let start = text[low..edit.start].windows(2).rposition(gap).map_or(low, |at| low + at + 2);
        let ends = text[edit.end..high].windows(2).position(gap);
        let end = ends.map_or(high, |at| edit.end + at + 1);
        self.good = if ends.is_some() || high == text.len() { end } else { end.saturating_sub(REACH / 2) };
        // A stretch that begins in the midst of a word, or of a character, begins at the next blank.
        let cut = start == low && low > 0;
        let start = match text[start..edit.start].iter().position(u8::is_ascii_whitespace) {
            Some(at) if cut => start + at + 1,
            _ => start,
        };
        self.tokens.clear();
        tokenize(&text[start..end], &mut self.tokens);
        mark_sentences(&mut self.tokens, is_abbreviation);
        self.starts.clear();
        let starts = self.tokens.iter().filter(|t| t.sentence).map(|t| start + t.start as usize);
        // A dash goes on with what stands before it: `PORT ELLERY, Ore. — A fire` is one sentence.
        self.starts.extend(
            starts.filter(|at| !["—", "–", "- "].iter().any(|d| text[*at..].starts_with(d.as_bytes()))),
        );
        self.around = start..end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Channel, Edit};
    use crate::report::marks::marks;

    fn shown(text: &str, words: &[&str], more: usize) -> Vec<String> {
        let edit = |word: &&str| {
            let start = text.find(word).unwrap();
            let range = start..start + word.len();
            Edit { range, replacement: "x".into(), channel: Channel::Ocr, confidence: 1.0, reason: "".into() }
        };
        let edits: Vec<Edit> = words.iter().map(edit).collect();
        let marks = marks(&edits, &[]);
        let found = passages(text.as_bytes(), &marks, more);
        found.iter().map(|p| text[p.span.clone()].to_owned()).collect()
    }

    #[test]
    fn edits_come_with_their_sentence() {
        let text = "A first one. Dr. Smith came\nto see it late. Nobody else did.\n\nThe end came soon.\n";
        assert_eq!(shown(text, &["late"], 0), ["Dr. Smith came\nto see it late."]);
        assert_eq!(
            shown(text, &["late", "Nobody"], 0),
            ["Dr. Smith came\nto see it late.", "Nobody else did."]
        );
        assert_eq!(shown(text, &["first", "else"], 1), [text.split("\n\n").next().unwrap()]);
        assert_eq!(shown(text, &["end"], 1), ["The end came soon."]);
        assert_eq!(shown(text, &["A", "soon"], 0), ["A first one.", "The end came soon."]);
        let dash = "PORT ELLERY, Ore. — A fire broke out.";
        assert_eq!(shown(dash, &["fire"], 0), [dash]);
        let long = format!("{}late {}", "word ".repeat(2000), "word ".repeat(2000));
        let found = shown(&long, &["late"], 0);
        assert!(found[0].len() < 5 * REACH && found[0].contains(" late "), "{}", found[0].len());
    }
}
