//! The word-level difference: each changed sentence with the edits marked in place, and below it why.

use std::fmt::Write as _;

use super::lines::{Paint, Piece, Places, flowing, or_nothing, pieces, shown, wrapped};
use super::marks::Mark;
use super::passages::{Passage, passages};
use super::view::View;
use crate::edit::Edit;

/// Characters of unchanged text that are shown on each side of an edit, where a sentence is longer than anybody writes.
const CONTEXT: usize = 200;

/// Each sentence stays on its line where the view has no width.
pub(super) fn render(view: View<'_>) -> String {
    let View { name, source, text, marks, context, colour, width } = view;
    let paint = Paint(colour);
    let mut places = Places::of(source);
    let mut out = String::new();
    for Passage { span, marks } in passages(text, marks, context) {
        let place = if name.is_empty() { String::new() } else { format!("{name}:") };
        let line = places.at(marks[0].at).line;
        let head = paint.place(&format!("{place}{line}:"));
        let row = format!("{head} {}", sentence(text, span, marks, paint));
        match width {
            Some(width) => wrapped(&row, width).iter().for_each(|row| {
                out += row;
                out.push('\n');
            }),
            None => {
                out += &row;
                out.push('\n');
            }
        }
        for mark in marks {
            let edit = mark.edit;
            let old = shown(&text[edit.range.clone()]);
            let new = shown(edit.replacement.as_bytes());
            let sure = format!("{} {:.2}", edit.channel, edit.confidence);
            let _ = writeln!(
                out,
                "    {}{} -> {}  {sure}  {}",
                if mark.doubt { "doubt: " } else { "" },
                or_nothing(&old),
                or_nothing(&new),
                paint.faint(&edit.reason)
            );
        }
    }
    out
}

/// One edit marked in its sentence, and so many sentences on either side, on one line: `[-old-]{+new+}`, a doubt as
/// `[?old?]{?new?}`.
///
/// ```
/// use ungarble::{Channel, Edit, report};
/// let edit = Edit { range: 14..17, replacement: "the".into(), channel: Channel::Ocr, confidence: 0.98, reason: "b for h".into() };
/// let text = b"It was so. At tbe end\nit rained. It ended.";
/// assert_eq!(report::sentence(text, &edit, false, 0, false), "At [-tbe-]{+the+} end it rained.");
/// ```
pub fn in_sentence(source: &[u8], edit: &Edit, doubt: bool, context: usize, colour: bool) -> String {
    let marks = [Mark::of(edit, doubt)];
    let found = passages(source, &marks, context);
    let lines = found.into_iter().map(|Passage { span, marks }| sentence(source, span, marks, Paint(colour)));
    lines.collect()
}

/// A passage on one line, with `[-old-]{+new+}` for edits and `[?old?]{?new?}` for doubts.
fn sentence(source: &[u8], span: std::ops::Range<usize>, marks: &[Mark<'_>], paint: Paint) -> String {
    let pieces = pieces(source, span, marks);
    let mut out = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Same(text) => out += &elide(&flowing(text), i > 0, i + 1 < pieces.len()),
            Piece::Changed(old, mark) => out += &marked(&shown(old), *mark, paint),
        }
    }
    out
}

fn marked(old: &str, mark: Mark<'_>, paint: Paint) -> String {
    let new = shown(mark.edit.replacement.as_bytes());
    let mut out = String::new();
    if !old.is_empty() {
        out += &match mark.doubt {
            false => paint.removed(&format!("[-{old}-]")),
            true => paint.doubted(&format!("[?{old}?]")),
        };
    }
    if !new.is_empty() {
        out += &match mark.doubt {
            false => paint.added(&format!("{{+{new}+}}")),
            true => paint.doubted(&format!("{{?{new}?}}")),
        };
    }
    out
}

/// Shortens unchanged text to the parts next to an edit (`before` it, `after` it), at spaces.
fn elide(text: &str, after: bool, before: bool) -> String {
    let sides = usize::from(after) + usize::from(before);
    if text.chars().count() <= CONTEXT * sides + 10 {
        return text.to_owned();
    }
    let head = text.char_indices().nth(CONTEXT).map_or(text, |(i, _)| &text[..i]);
    let tail = text.char_indices().nth_back(CONTEXT - 1).map_or(text, |(i, _)| &text[i..]);
    let mut out = String::new();
    if after {
        out += head.rfind(' ').map_or(head, |i| &head[..=i]);
    }
    out.push('…');
    if before {
        out += tail.find(' ').map_or(tail, |i| &tail[i..]);
    }
    out
}
