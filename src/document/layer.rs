//! A text and where each part of it is written.

use std::ops::Range;

use super::code::{Code, Shadow};

/// A text and where it is written. What stands between slots (separators, code) is written nowhere that can be changed.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub text: String,
    slots: Vec<Slot>,
    runs: Vec<Run>,
}

/// A stretch of source that may be rewritten: a text node, the value of an attribute. Its text begins and ends with ink,
/// and white space in it that is not one blank reads as one.
#[derive(Debug, Clone)]
struct Slot {
    text: Range<usize>,
    code: Code,
}

/// A part of a slot: the same bytes in text and source, or others that stand for one another as a whole.
#[derive(Debug, Clone)]
struct Run {
    text: Range<usize>,
    source: Range<usize>,
    same: bool,
}

/// What came of adding a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Added {
    /// There was ink in it. Without, nothing was added.
    pub ink: bool,
    /// White space stood before the ink, or there was nothing else.
    pub before: bool,
    /// White space stood after the ink.
    pub after: bool,
}

/// Called before the first character of a slot.
type First<'f> = &'f mut dyn FnMut(&mut String, bool);

/// A write to the source: these bytes become this.
pub(super) type Write = (Range<usize>, String);

impl Layer {
    /// Adds a span of the source as a slot. `first` is called before its first character is added, with the text and
    /// whether white space stood before it.
    pub fn add(&mut self, shadow: &Shadow, span: Range<usize>, code: Code, first: First<'_>) -> Added {
        let mut filler = Filler { layer: self, first, slot: None, blank: None, before: false };
        shadow.decode(span, code, &mut |text, span, same| filler.piece(text, span, same));
        filler.end(code)
    }

    /// Adds a slot whose parts a reader has found: text, span, and whether they are the same.
    pub fn add_pieces<'t>(
        &mut self,
        pieces: impl IntoIterator<Item = (&'t str, Range<usize>, bool)>,
        code: Code,
        first: First<'_>,
    ) -> Added {
        let mut filler = Filler { layer: self, first, slot: None, blank: None, before: false };
        pieces.into_iter().for_each(|(text, span, same)| filler.piece(text, span, same));
        filler.end(code)
    }

    /// The text of the last slot.
    #[cfg(feature = "formats")]
    pub fn last(&self) -> Range<usize> {
        self.slots.last().map_or(0..0, |slot| slot.text.clone())
    }

    /// Forgets all that was added after the text had this length.
    pub fn truncate(&mut self, len: usize) {
        self.text.truncate(len);
        self.slots.truncate(self.slots.partition_point(|slot| slot.text.end <= len));
        self.runs.truncate(self.runs.partition_point(|run| run.text.end <= len));
    }

    /// The slots that a range of the text meets, each with its part of the range.
    fn parts(&self, range: &Range<usize>) -> Vec<(&Slot, Range<usize>)> {
        let first = self.slots.partition_point(|slot| slot.text.end <= range.start);
        let met = self.slots[first..].iter().take_while(|slot| slot.text.start < range.end);
        met.map(|slot| (slot, slot.text.start.max(range.start)..slot.text.end.min(range.end))).collect()
    }

    /// Where a part of a slot stands. A run that stands for its text as a whole is taken whole.
    fn source(&self, part: &Range<usize>) -> Range<usize> {
        let run = |at: usize| &self.runs[self.runs.partition_point(|run| run.text.end <= at)];
        let (first, last) = (run(part.start), run(part.end.max(part.start + 1) - 1));
        let start =
            if first.same { first.source.start + part.start - first.text.start } else { first.source.start };
        let end = if last.same { last.source.start + part.end - last.text.start } else { last.source.end };
        start..end
    }

    /// Does a part of a slot stand in the source as it reads?
    fn is_same(&self, part: &Range<usize>) -> bool {
        let first = self.runs.partition_point(|run| run.text.end <= part.start);
        self.runs[first].same && part.end <= self.runs[first].text.end
    }

    /// Is all ink of a range written in slots?
    fn is_written(&self, range: &Range<usize>) -> bool {
        let mut at = range.start;
        self.parts(range).iter().all(|(_, part)| {
            let gap = at..part.start;
            at = part.end;
            self.text[gap].trim().is_empty()
        }) && self.text[at.min(range.end)..range.end].trim().is_empty()
    }

    /// Rewrites a range of the text, which begins and ends with ink: the writes that make the source say `new` there.
    /// `word` says that `new`, where it is empty, is a whole word gone, so that a blank beside it goes too.
    ///
    /// Where the range lies in several slots (letters with boxes of their own, tags inside a word), unchanged letters
    /// keep their slot; as many changed letters as before stay one by one; else the first slot has what is new, and
    /// the others lose their share. `None` where something cannot be written.
    pub fn rewrite(&self, shadow: &Shadow, range: Range<usize>, new: &str, word: bool) -> Option<Vec<Write>> {
        if !self.is_written(&range) {
            return None;
        }
        let parts = self.parts(&range);
        let write = |slot: &Slot, part: Range<usize>, new: &str| -> Option<Write> {
            Some((self.source(&part), shadow.encode(new, slot.code)?))
        };
        match &parts[..] {
            [] => return None,
            _ if new.is_empty() && word => {
                let mut writes = Vec::new();
                for (slot, part) in &parts {
                    writes.push(write(slot, self.with_blank(slot, part), "")?);
                }
                return Some(writes);
            }
            [(slot, part)] if self.is_same(part) => {
                // As a whole, for it reads better in a difference; unless that would rewrite what is written oddly.
                let old = &self.text[part.clone()];
                if shadow.encode(old, slot.code).as_deref() == Some(old) {
                    return Some(vec![write(slot, part.clone(), new)?]);
                }
            }
            _ => {}
        }
        let old = &self.text[range.clone()];
        let (head, tail) = common(old, new);
        let (changed, new) = (range.start + head..range.end - tail, &new[head..new.len() - tail]);
        if changed.is_empty() {
            // Something comes in: behind the letter before it, else before the letter after it.
            let beside =
                |(_, part): &&(&Slot, Range<usize>)| part.start < changed.start || part.end > changed.start;
            let (slot, part) = parts
                .iter()
                .find(|(_, part)| part.start < changed.start && changed.start <= part.end)
                .or_else(|| parts.iter().find(beside))?;
            let at = if part.start < changed.start {
                self.source(&(part.start..changed.start)).end
            } else {
                self.source(&(changed.start..part.end)).start
            };
            return Some(vec![(at..at, shadow.encode(new, slot.code)?)]);
        }
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        let even = letters(&self.text[changed.clone()]) == letters(new) && !new.contains(char::is_whitespace);
        let (mut writes, mut rest) = (Vec::new(), new);
        for (i, (slot, part)) in self.parts(&changed).into_iter().enumerate() {
            let share = if even {
                let n = letters(&self.text[part.clone()]);
                let end = rest.char_indices().nth(n).map_or(rest.len(), |(i, _)| i);
                let (share, after) = rest.split_at(end);
                rest = after;
                share
            } else if i == 0 {
                new
            } else {
                ""
            };
            writes.push(write(slot, part, share)?);
        }
        Some(writes)
    }

    /// A part of a slot with the blank before or after it, if it has one.
    fn with_blank(&self, slot: &Slot, part: &Range<usize>) -> Range<usize> {
        let blank = |at: usize| self.text.as_bytes()[at] == b' ';
        if part.start > slot.text.start && blank(part.start - 1) {
            part.start - 1..part.end
        } else if part.end < slot.text.end && blank(part.end) {
            part.start..part.end + 1
        } else {
            part.clone()
        }
    }
}

/// Bytes at the beginning and at the end that two texts share, at character boundaries, without overlap.
pub(super) fn common(a: &str, b: &str) -> (usize, usize) {
    let head: usize = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(c, _)| c.len_utf8()).sum();
    let (a, b) = (&a[head..], &b[head..]);
    let pairs = a.chars().rev().zip(b.chars().rev());
    (head, pairs.take_while(|(x, y)| x == y).map(|(c, _)| c.len_utf8()).sum())
}

/// Fills a slot piece by piece.
struct Filler<'l> {
    layer: &'l mut Layer,
    first: First<'l>,
    /// Where the slot began, once it has ink.
    slot: Option<usize>,
    /// White space behind the ink, and whether it is one blank.
    blank: Option<(Range<usize>, bool)>,
    before: bool,
}

impl Filler<'_> {
    fn piece(&mut self, text: &str, span: Range<usize>, same: bool) {
        let is_blank = |c: char| c.is_ascii_whitespace();
        if !same {
            match text.contains(|c| !is_blank(c)) {
                true => self.ink(text, span, false),
                false => self.space(span, false),
            }
            return;
        }
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let white = rest.starts_with(is_blank);
            let len = rest.find(|c| is_blank(c) != white).unwrap_or(rest.len());
            let here = span.start + at..span.start + at + len;
            if white {
                self.space(here, &rest[..len] == " ");
            } else {
                self.ink(&rest[..len], here, true);
            }
            at += len;
        }
    }

    fn space(&mut self, span: Range<usize>, one: bool) {
        self.before |= self.slot.is_none();
        self.blank = Some(match self.blank.take() {
            Some((blank, _)) => (blank.start..span.end, false),
            None => (span, one),
        });
    }

    fn ink(&mut self, text: &str, span: Range<usize>, same: bool) {
        if self.slot.is_none() {
            (self.first)(&mut self.layer.text, self.before);
            self.slot = Some(self.layer.text.len());
            self.blank = None;
        }
        if let Some((blank, one)) = self.blank.take() {
            self.run(" ", blank, one);
        }
        self.run(text, span, same);
    }

    fn run(&mut self, text: &str, source: Range<usize>, same: bool) {
        let start = self.layer.text.len();
        self.layer.text.push_str(text);
        let end = self.layer.text.len();
        match self.layer.runs.last_mut() {
            Some(run)
                if same
                    && run.same
                    && run.text.end == start
                    && run.source.end == source.start
                    && self.slot != Some(start) =>
            {
                run.text.end = end;
                run.source.end = source.end;
            }
            _ => self.layer.runs.push(Run { text: start..end, source, same }),
        }
    }

    fn end(self, code: Code) -> Added {
        let Some(start) = self.slot else {
            return Added { ink: false, before: self.before, after: self.before };
        };
        self.layer.slots.push(Slot { text: start..self.layer.text.len(), code });
        Added { ink: true, before: self.before, after: self.blank.is_some() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A layer of one text whose slots stand between bars in the source.
    fn layer(source: &str) -> (Layer, Shadow<'_>) {
        let shadow = Shadow::of(source.as_bytes(), false);
        let mut layer = Layer::default();
        let mut at = 0;
        for (i, part) in source.split('|').enumerate() {
            if i % 2 == 1 {
                layer.add(&shadow, at..at + part.len(), Code::Xml, &mut |_, _| {});
            }
            at += part.len() + 1;
        }
        (layer, shadow)
    }

    fn rewritten(source: &str, old: &str, new: &str) -> String {
        let (layer, shadow) = layer(source);
        let start = layer.text.find(old).unwrap();
        let writes = layer.rewrite(&shadow, start..start + old.len(), new, true).unwrap();
        let mut out = source.to_owned();
        for (range, text) in writes.iter().rev() {
            out.replace_range(range.clone(), text);
        }
        out
    }

    #[test]
    fn white_space_reads_as_one_blank() {
        let (layer, _) = layer("|  a \n b&#32;c d  |x|e|");
        assert_eq!(layer.text, "a b c de");
        assert_eq!((layer.slots.len(), layer.runs.len()), (2, 6));
    }

    #[test]
    fn words_are_rewritten_where_they_stand() {
        assert_eq!(rewritten("<|in tbe\n  end|>", "tbe", "the"), "<|in the\n  end|>");
        assert_eq!(rewritten("<|R&amp;D tbe|>", "R&D", "R&B"), "<|R&amp;B tbe|>");
        assert_eq!(rewritten("<|earrth&#39;s|>", "earrth's", "earth's"), "<|earth&#39;s|>");
        assert_eq!(rewritten("<|a b c|>", "b", ""), "<|a c|>");
        assert_eq!(rewritten("<|a b|>", "a", ""), "<|b|>");
    }

    #[test]
    fn letters_in_slots_of_their_own() {
        assert_eq!(rewritten("<|t|><|b|><|e|>", "tbe", "the"), "<|t|><|h|><|e|>");
        assert_eq!(rewritten("<|a|><|r|><|n|>", "arn", "am"), "<|a|><|m|><||>");
        assert_eq!(rewritten("<|c|><|o|>", "co", "coo"), "<|c|><|oo|>");
        assert_eq!(rewritten("<|un|><|believ|><|able|>", "unbelievable", "unable"), "<|un|><||><|able|>");
    }
}
