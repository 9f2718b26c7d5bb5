//! The word-level difference: changed lines with the edits marked in place, and below each line why.

use std::fmt::Write as _;

use super::lines::{Lines, Paint, Piece, pieces, shown, trim_end};
use crate::edit::Edit;

/// Characters of unchanged text that are shown on each side of an edit. A paragraph is often one line of thousands.
const CONTEXT: usize = 60;

pub(super) fn render(name: &str, source: &[u8], edits: &[Edit], colour: bool) -> String {
    let paint = Paint(colour);
    let lines = Lines::of(source);
    let mut out = String::new();
    for block in lines.blocks(edits) {
        let place = if name.is_empty() { String::new() } else { format!("{name}:") };
        out += &paint.place(&format!("{place}{}:", block.lines.start + 1));
        out.push(' ');
        let span = lines.span(block.lines);
        let end = span.start + trim_end(&source[span.clone()]).len();
        let pieces = pieces(source, span.start..end, block.edits);
        for (i, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Same(text) => out += &elide(&shown(text), i > 0, i + 1 < pieces.len()),
                Piece::Changed(old, edit) => out += &marked(&shown(old), edit, paint),
            }
        }
        out.push('\n');
        for edit in block.edits {
            let old = shown(&source[edit.range.clone()]);
            let new = shown(edit.replacement.as_bytes());
            let sure = format!("{} {:.2}", edit.channel, edit.confidence);
            let _ = writeln!(
                out,
                "    {} -> {}  {sure}  {}",
                or_nothing(&old),
                or_nothing(&new),
                paint.faint(&edit.reason)
            );
        }
    }
    out
}

fn marked(old: &str, edit: &Edit, paint: Paint) -> String {
    let mut out = String::new();
    if !old.is_empty() {
        out += &paint.removed(&format!("[-{old}-]"));
    }
    if !edit.replacement.is_empty() {
        out += &paint.added(&format!("{{+{}+}}", shown(edit.replacement.as_bytes())));
    }
    out
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "(nothing)" } else { text }
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
