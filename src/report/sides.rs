//! Old and new lines in two columns. Columns count characters: wide ones (CJK, emoji) push the line.

use super::lines::{Lines, Paint, Piece, pieces, shown, trim_end};
use crate::edit::Edit;

/// A character, and whether it belongs to an edit.
type Cell = (char, bool);

pub(super) fn render(name: &str, source: &[u8], edits: &[Edit], colour: bool, width: usize) -> String {
    let paint = Paint(colour);
    let lines = Lines::of(source);
    let column = (width.max(40) - 12) / 2;
    let mut out = String::new();
    if !name.is_empty() && !edits.is_empty() {
        out += &paint.place(name);
        out.push('\n');
    }
    for block in lines.blocks(edits) {
        let number = block.lines.start + 1;
        let span = lines.span(block.lines);
        let end = span.start + trim_end(&source[span.clone()]).len();
        let (mut old, mut new): (Vec<Cell>, Vec<Cell>) = (Vec::new(), Vec::new());
        for piece in pieces(source, span.start..end, block.edits) {
            match piece {
                Piece::Same(text) => {
                    old.extend(shown(text).chars().map(|c| (c, false)));
                    new.extend(shown(text).chars().map(|c| (c, false)));
                }
                Piece::Changed(before, edit) => {
                    old.extend(shown(before).chars().map(|c| (c, true)));
                    new.extend(shown(edit.replacement.as_bytes()).chars().map(|c| (c, true)));
                }
            }
        }
        let (old, new) = (wrap(&old, column), wrap(&new, column));
        for row in 0..old.len().max(new.len()) {
            let number = if row == 0 { format!("{number:>5}") } else { " ".repeat(5) };
            let (left, right) = (old.get(row).copied().unwrap_or(&[]), new.get(row).copied().unwrap_or(&[]));
            let pad = " ".repeat(column.saturating_sub(left.len()));
            let left = painted(left, |text| paint.removed(text));
            let right = painted(right, |text| paint.added(text));
            out += format!("{}  {left}{pad} | {right}", paint.faint(&number)).trim_end();
            out.push('\n');
        }
    }
    out
}

/// Cuts a line into rows of at most `width` characters, after a space where there is one.
fn wrap(mut cells: &[Cell], width: usize) -> Vec<&[Cell]> {
    let mut rows = Vec::new();
    while cells.len() > width {
        let cut = cells[..width].iter().rposition(|(c, _)| *c == ' ').map_or(width, |i| i + 1);
        let (row, rest) = cells.split_at(cut);
        rows.push(row);
        cells = rest;
    }
    rows.push(cells);
    rows
}

fn painted(cells: &[Cell], paint: impl Fn(&str) -> String) -> String {
    let runs = cells.chunk_by(|a, b| a.1 == b.1);
    runs.map(|run| {
        let text: String = run.iter().map(|(c, _)| if *c == '\t' { ' ' } else { *c }).collect();
        if run[0].1 { paint(&text) } else { text }
    })
    .collect()
}
