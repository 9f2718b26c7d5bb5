//! Edits of a text dealt out to its words: what each word becomes.
//!
//! Formats hold words in boxes, so a repair of a phrase must say what becomes of each of its words. Words that stay are
//! found first, from both ends. The rest is dealt out by likeness: one word for one, or one for several. **Of words that
//! are joined the first has the new word and the others are emptied; a word that is split keeps all its parts.** Words
//! never cross a line: of a word that is broken by a hyphen at the end of a line both parts stay, with the hyphen.

use std::ops::Range;

use crate::edit::{Channel, Edit};

/// What a word becomes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// The word, or the part of it that the repair is about; bytes of the text.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub new: String,
    /// Is the whole word gone?
    pub gone: bool,
    /// The edit that says so.
    pub cause: Cause,
}

/// Why a word changes. Of several edits in one word the least sure one speaks for all, with all reasons.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cause {
    pub channel: Channel,
    pub confidence: f32,
    pub reason: Box<str>,
    /// Changes of one edit have the same number.
    pub number: usize,
}

/// More cells than this are not compared: all words become one change, dealt to the first word.
const CELLS: usize = 1024;

/// Letters that a joined or split word must be more alike than single ones.
const UNEVEN: usize = 2;

/// The changes that edits of a text ask of its words, in order. Edits must be in order and disjoint.
pub(super) fn changes(text: &str, edits: &[Edit]) -> Vec<Change> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < edits.len() {
        let span = words_around(text, &edits[at].range);
        let mut group = Group { span, edits: at..at + 1 };
        while let Some(next) = edits.get(group.edits.end) {
            let span = words_around(text, &next.range);
            if span.start >= group.span.end {
                break;
            }
            group.span.end = group.span.end.max(span.end);
            group.edits.end += 1;
        }
        at = group.edits.end;
        group.deal(text, edits, &mut out);
    }
    out
}

/// Edits that touch the same words.
struct Group {
    span: Range<usize>,
    edits: Range<usize>,
}

/// The range with the rest of the words that it touches.
fn words_around(text: &str, range: &Range<usize>) -> Range<usize> {
    let before = text[..range.start].trim_end_matches(|c: char| !c.is_whitespace()).len();
    let after = text[range.end..].find(char::is_whitespace).map_or(text.len(), |i| range.end + i);
    before..after
}

/// The words of a text with their places, counted from `at`.
fn words(text: &str, at: usize) -> Vec<Range<usize>> {
    let place = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize + at;
    text.split_whitespace().map(|word| place(word)..place(word) + word.len()).collect()
}

impl Group {
    fn deal(&self, text: &str, edits: &[Edit], out: &mut Vec<Change>) {
        let edits = &edits[self.edits.clone()];
        let mut new = String::new();
        let mut at = self.span.start;
        for edit in edits {
            new += &text[at..edit.range.start];
            new += &edit.replacement;
            at = edit.range.end;
        }
        new += &text[at..self.span.end];
        let old = words(&text[self.span.clone()], self.span.start);
        let new: Vec<&str> = new.split_whitespace().collect();
        let cause = self.cause(edits);
        let mut push = |word: &Range<usize>, new: String| {
            let old = &text[word.clone()];
            if old == new {
                return;
            }
            let gone = new.is_empty();
            let (head, tail) = if gone { (0, 0) } else { self.untouched(edits, word, old, &new) };
            let range = word.start + head..word.end - tail;
            out.push(Change {
                range,
                new: new[head..new.len() - tail].to_owned(),
                gone,
                cause: cause.clone(),
            });
        };
        let is_same = |(o, n): &(&Range<usize>, &&str)| text[(*o).clone()] == ***n;
        let mut head = old.iter().zip(&new).take_while(is_same).count();
        let mut tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(is_same).count();
        if head + tail == old.len() && head + tail < new.len() {
            // New words between old ones go to the word before them, else to the one after.
            match (head, tail) {
                (0, 0) => return,
                (0, _) => tail -= 1,
                _ => head -= 1,
            }
        }
        let (old, new) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
        if new.is_empty() {
            old.iter().for_each(|word| push(word, String::new()));
            return;
        }
        for (o, n) in partners(text, old, new) {
            let (old, new) = (&old[o], new[n].join(" "));
            let broken = (0..old.len() - 1).find(|&i| {
                hyphen(&text[old[i].clone()]) > 0 && text[old[i].end..old[i + 1].start].contains('\n')
            });
            let cut = broken.and_then(|i| Some((i, cut(text, old, i, &new)?)));
            for (k, word) in old.iter().enumerate() {
                let share = match cut {
                    Some((i, at)) if k == 0 => {
                        new[..at].to_owned() + &text[old[i].end - hyphen(&text[old[i].clone()])..old[i].end]
                    }
                    Some((i, at)) if k == i + 1 => new[at..].to_owned(),
                    None if k == 0 => new.clone(),
                    _ => String::new(),
                };
                push(word, share);
            }
        }
    }

    fn cause(&self, edits: &[Edit]) -> Cause {
        let least = edits.iter().min_by(|a, b| a.confidence.total_cmp(&b.confidence)).unwrap_or(&edits[0]);
        let mut reasons: Vec<&str> = Vec::new();
        for edit in edits {
            if !reasons.contains(&&*edit.reason) {
                reasons.push(&edit.reason);
            }
        }
        Cause {
            channel: least.channel,
            confidence: least.confidence,
            reason: reasons.join("; ").into(),
            number: self.edits.start,
        }
    }

    /// Bytes at both ends of a word that no edit is about and that did not change.
    fn untouched(&self, edits: &[Edit], word: &Range<usize>, old: &str, new: &str) -> (usize, usize) {
        let mut met = edits.iter().filter(|e| e.range.start < word.end && word.start < e.range.end);
        let Some(first) = met.next() else { return (0, 0) };
        let last = met.next_back().unwrap_or(first);
        let head = first.range.start.saturating_sub(word.start);
        let tail = word.end.saturating_sub(last.range.end);
        let head = if new.starts_with(&old[..head]) { head } else { 0 };
        let tail = if new[head..].ends_with(&old[old.len() - tail..]) { tail } else { 0 };
        (head, tail)
    }
}

/// Bytes of the hyphen that a word ends with.
fn hyphen(word: &str) -> usize {
    match word.chars().next_back() {
        Some(c @ ('-' | '\u{ad}' | '\u{2010}' | '\u{2e17}' | '¬')) if word.len() > c.len_utf8() => {
            c.len_utf8()
        }
        _ => 0,
    }
}

/// Which new words stand for which old ones: runs of both, of which one run is a single word.
fn partners(text: &str, old: &[Range<usize>], new: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
    let (n, m) = (old.len(), new.len());
    if n == m && n * m > CELLS {
        return (0..n).map(|i| (i..i + 1, i..i + 1)).collect();
    }
    if n == 1 || m == 1 || n * m > CELLS {
        return vec![(0..n, 0..m)];
    }
    let unlike = |a: Range<usize>, b: Range<usize>| {
        let uneven = if a.len() == b.len() { 0 } else { UNEVEN };
        let a: String = old[a].iter().map(|word| &text[word.clone()]).collect();
        strsim::levenshtein(&a, &new[b].concat()) + uneven
    };
    // best[i][j]: the cost of old[i..] against new[j..], and how far the first run goes in both.
    let none = (usize::MAX, 0, 0);
    let mut best = vec![vec![none; m + 1]; n + 1];
    best[n][m] = (0, 0, 0);
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            let one = [(1, 1)].into_iter();
            let steps = one.chain((2..=n - i).map(|a| (a, 1))).chain((2..=m - j).map(|b| (1, b)));
            for (a, b) in steps {
                let rest = best[i + a][j + b].0;
                if rest != usize::MAX {
                    let cost = unlike(i..i + a, j..j + b) + rest;
                    if cost < best[i][j].0 {
                        best[i][j] = (cost, a, b);
                    }
                }
            }
        }
    }
    let (mut out, mut at) = (Vec::new(), (0, 0));
    while at.0 < n && at.1 < m {
        let (_, a, b) = best[at.0][at.1];
        out.push((at.0..at.0 + a, at.1..at.1 + b));
        at = (at.0 + a, at.1 + b);
    }
    out
}

/// Where a new word is cut at the end of the line on which the word `i` ends: where both parts are most like the old.
fn cut(text: &str, old: &[Range<usize>], i: usize, new: &str) -> Option<usize> {
    let part = |words: &[Range<usize>]| words.iter().map(|word| &text[word.clone()]).collect::<String>();
    let (mut first, second) = (part(&old[..=i]), part(&old[i + 1..]));
    first.truncate(first.len() - hyphen(&first));
    if new.contains(char::is_whitespace) {
        return None;
    }
    let unlike = |at: usize| {
        let cost = strsim::levenshtein(&first, &new[..at]) + strsim::levenshtein(&second, &new[at..]);
        (cost, at.abs_diff(first.len()))
    };
    new.char_indices().map(|(at, _)| at).skip(1).min_by_key(|&at| unlike(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `[old|new]` made, and its words dealt out: `new` of each changed word in its place.
    fn dealt(marked: &str) -> String {
        let (mut text, mut edits) = (String::new(), Vec::new());
        let mut rest = marked;
        while let Some((before, more)) = rest.split_once('[') {
            text += before;
            let (pair, after) = more.split_once(']').unwrap();
            let (old, new) = pair.split_once('|').unwrap();
            let range = text.len()..text.len() + old.len();
            text += old;
            let (replacement, reason) = (new.into(), "test".into());
            edits.push(Edit { range, replacement, channel: Channel::Ocr, confidence: 0.9, reason });
            rest = after;
        }
        text += rest;
        let mut out = text.clone();
        for change in changes(&text, &edits).iter().rev() {
            assert_eq!(change.gone, change.new.is_empty() && !text[change.range.clone()].is_empty());
            out.replace_range(change.range.clone(), if change.gone { "_" } else { &change.new });
        }
        out
    }

    #[test]
    fn words_are_dealt_out() {
        for (marked, expected) in [
            ("the [preventing rising|fighting growing] fierce", "the fighting growing fierce"),
            ("([to day|today]), he", "(today), _ he"),
            ("a [off chance that|if] b", "a if _ _ b"),
            ("very [extra |]fierce", "very _ fierce"),
            ("[· |]foo", "_ foo"),
            ("in [tothe|to the] end", "in to the end"),
            ("was [|an ]hour", "was an hour"),
            ("[|The ]hour", "The hour"),
            ("the [state lawyer common|state attorney general]", "the state attorney general"),
            ("[a bout tothe|about to the]", "about _ to the"),
            ("well-[knwon|known]", "well-known"),
            ("[tbe|the] [cnd|end]", "the end"),
            ("foo[ |]bar", "foobar _"),
        ] {
            assert_eq!(dealt(marked), expected, "{marked}");
        }
    }

    #[test]
    fn lines_stay_lines() {
        for (marked, expected) in [
            ("an [exam-\nple|example] here", "an exam-\nple here"),
            ("an [exarn-\nple|example] here", "an exam-\nple here"),
            ("an [exam-\npie,|example,] here", "an exam-\nple, here"),
            ("an [exam\nple|example] here", "an example\n_ here"),
            ("an [exam-\nple here|example\nhere]", "an exam-\nple here"),
        ] {
            assert_eq!(dealt(marked), expected, "{marked}");
        }
    }
}
