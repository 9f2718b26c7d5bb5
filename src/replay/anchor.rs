//! Finding the places of edits again in a source that has changed.

use memchr::memmem::Finder;

use super::{Record, Recorded};
use crate::edit::{Edit, Patch};

/// Bytes on each side of the expected place that are searched first; the whole source is searched where nothing is found.
const NEAR: usize = 1 << 14;

/// The share of the kept context that must stand around a place: half of it, so that an edit survives a change on one side of it.
const ENOUGH: f32 = 0.5;

/// An edit that could not be placed, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// The edit, in bytes of the source that it was made for.
    pub edit: Edit,
    /// What it would have replaced.
    pub garbled: String,
    /// What kept it from being placed.
    pub why: Why,
}

/// Why an edit has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// What it replaces does not stand beside anything that stood beside it.
    Gone,
    /// The text there already says what the edit would make of it.
    Done,
    /// So many places look alike.
    Ambiguous(usize),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gone => f.write_str("no longer there"),
            Self::Done => f.write_str("already done"),
            Self::Ambiguous(places) => write!(f, "{places} places look alike"),
        }
    }
}

/// What became of a record in a source that has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Anchored {
    /// The edits that have a place, in bytes of the new source.
    pub patch: Patch,
    /// Those that have none.
    pub misses: Vec<Miss>,
}

impl Record {
    /// The wanted edits as a patch of a source that has changed since: each where what it replaces stands beside what stood
    /// beside it, behind the edits before it. Of several such places the one with more of the context is taken; if they are
    /// equal, the one that is exactly as far from the edit before as it was.
    ///
    /// ```
    /// use ungarble::replay::{Record, Recorded};
    /// use ungarble::{Channel, Edit};
    /// let edit = Edit { range: 4..7, replacement: "the".into(), channel: Channel::Ocr, confidence: 0.9, reason: "b for h".into() };
    /// let garbled = "tbe".to_owned();
    /// let recorded = Recorded { edit, garbled, before: "and ".into(), after: " end".into(), decision: None };
    /// let record = Record { edits: vec![recorded], ..Record::default() };
    /// let anchored = record.anchor(b"tbe start and tbe end", false);
    /// assert_eq!(&*anchored.patch.apply(b"tbe start and tbe end"), b"tbe start and the end");
    /// ```
    pub fn anchor(&self, source: &[u8], undecided: bool) -> Anchored {
        let mut wanted: Vec<&Recorded> = self.wanted(undecided).collect();
        wanted.sort_by_key(|recorded| (recorded.edit.range.start, recorded.edit.range.end));
        let (mut edits, mut misses): (Vec<Edit>, Vec<Miss>) = (Vec::new(), Vec::new());
        let (mut end, mut drift) = (0usize, 0isize);
        for recorded in wanted {
            let expected = recorded.edit.range.start.saturating_add_signed(drift);
            match place(recorded, source, end, expected) {
                Ok(start) => {
                    let mut edit = recorded.edit.clone();
                    edit.range = start..start + recorded.garbled.len();
                    drift = start as isize - recorded.edit.range.start as isize;
                    end = edit.range.end;
                    edits.push(edit);
                }
                Err(why) => {
                    misses.push(Miss { edit: recorded.edit.clone(), garbled: recorded.garbled.clone(), why })
                }
            }
        }
        Anchored { patch: Patch::new(edits), misses }
    }
}

/// Where an edit belongs in a source, not before `from`.
fn place(recorded: &Recorded, source: &[u8], from: usize, expected: usize) -> Result<usize, Why> {
    let near = from.max(expected.saturating_sub(NEAR))..source.len().min(expected.saturating_add(NEAR));
    let mut why = Why::Gone;
    for span in [near, from..source.len()] {
        if span.start > span.end {
            continue;
        }
        match best(recorded, &recorded.garbled, source, span.clone(), expected) {
            Err(Why::Gone) => {}
            Err(other) => why = other,
            place => return place,
        }
        let made = &*recorded.edit.replacement;
        // What is empty stands everywhere.
        if !made.is_empty() && best(recorded, made, source, span, expected).is_ok() {
            return Err(Why::Done);
        }
    }
    Err(why)
}

/// The one place in a span of the source where `text` stands in the context of an edit.
fn best(
    recorded: &Recorded,
    text: &str,
    source: &[u8],
    span: std::ops::Range<usize>,
    expected: usize,
) -> Result<usize, Why> {
    let (before, after) = (recorded.before.as_bytes(), recorded.after.as_bytes());
    let whole = (before.len() + after.len()).max(1) as f32;
    let mut places: Vec<(usize, usize)> = Vec::new(); // (how much of the context stands there, where)
    let mut look = |start: usize| {
        let end = start + text.len();
        let left = source[..start].iter().rev().zip(before.iter().rev()).take_while(|(a, b)| a == b).count();
        let right = source[end..].iter().zip(after).take_while(|(a, b)| a == b).count();
        // The edges of the source are context too.
        let edge = usize::from(before.is_empty() && start == 0)
            + usize::from(after.is_empty() && end == source.len());
        places.push((left + right + edge, start));
    };
    if text.is_empty() {
        // An insertion stands between its sides: look where either of them does.
        let ends = |side: &str| Finder::new(side).find_iter(&source[span.clone()]).collect::<Vec<_>>();
        let left = ends(&recorded.before).into_iter().map(|at| span.start + at + before.len());
        let right = ends(&recorded.after).into_iter().map(|at| span.start + at);
        let mut all: Vec<usize> = left.chain(right).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().filter(|at| *at <= source.len()).for_each(&mut look);
    } else {
        let mut at = span.start;
        let finder = Finder::new(text);
        // Occurrences may overlap, and any of them may be the one.
        while let Some(found) = finder.find(&source[at..span.end]) {
            look(at + found);
            at += found + 1;
        }
    }
    let most = places.iter().map(|(score, _)| *score).max().ok_or(Why::Gone)?;
    if (most as f32) < whole * ENOUGH {
        return Err(Why::Gone);
    }
    places.retain(|(score, _)| *score == most);
    match places.as_slice() {
        [(_, start)] => Ok(*start),
        several => several
            .iter()
            .find(|(_, start)| *start == expected)
            .map(|(_, start)| *start)
            .ok_or(Why::Ambiguous(several.len())),
    }
}
