//! Old and new sentences in two columns.

use unicode_width::UnicodeWidthChar as _;

use super::lines::{Paint, Piece, Places, flowing, pieces, shown};
use super::passages::{Passage, passages};
use super::view::View;

/// A character, and whether it belongs to an edit.
type Cell = (char, bool);

/// Columns of the line number and of what stands between the texts.
const FRAME: usize = 10;

/// Columns where the view has no width.
const WIDTH: usize = 120;

pub(super) fn render(view: View<'_>) -> String {
    let View { name, source, text, marks, context, colour, width } = view;
    let paint = Paint(colour);
    let mut places = Places::of(source);
    let column = (width.unwrap_or(WIDTH).max(40) - FRAME) / 2;
    let mut out = String::new();
    if !name.is_empty() && !marks.is_empty() {
        out += &paint.place(name);
        out.push('\n');
    }
    for Passage { span, marks } in passages(text, marks, context) {
        let number = places.at(marks[0].at).line;
        let (mut old, mut new): (Vec<Cell>, Vec<Cell>) = (Vec::new(), Vec::new());
        for piece in pieces(text, span, marks) {
            match piece {
                Piece::Same(same) => {
                    let text = flowing(same);
                    old.extend(text.chars().map(|c| (c, false)));
                    new.extend(text.chars().map(|c| (c, false)));
                }
                Piece::Changed(before, mark) => {
                    old.extend(shown(before).chars().map(|c| (c, true)));
                    new.extend(shown(mark.edit.replacement.as_bytes()).chars().map(|c| (c, true)));
                }
            }
        }
        let (old, new) = (wrap(&old, column), wrap(&new, column));
        for row in 0..old.len().max(new.len()) {
            let number = if row == 0 { format!("{number:>5}") } else { " ".repeat(5) };
            let (left, right) = (old.get(row).copied().unwrap_or(&[]), new.get(row).copied().unwrap_or(&[]));
            let pad = " ".repeat(column.saturating_sub(width_of(left)));
            let left = painted(left, |text| paint.removed(text));
            let right = painted(right, |text| paint.added(text));
            out += format!("{}  {left}{pad} | {right}", paint.faint(&number)).trim_end();
            out.push('\n');
        }
    }
    out
}

/// Columns that a character takes on a terminal; a tab is shown as a blank.
fn columns(c: char) -> usize {
    c.width().unwrap_or(1)
}

fn width_of(cells: &[Cell]) -> usize {
    cells.iter().map(|(c, _)| columns(*c)).sum()
}

/// Cuts a line into rows of at most `width` columns, after a space where there is one.
fn wrap(mut cells: &[Cell], width: usize) -> Vec<&[Cell]> {
    let mut rows = Vec::new();
    loop {
        let mut taken = 0;
        let fits = cells.iter().take_while(|(c, _)| {
            taken += columns(*c);
            taken <= width
        });
        let fits = fits.count().max(1);
        if fits >= cells.len() {
            rows.push(cells);
            return rows;
        }
        // A blank at the very end of a row takes no room.
        let upto = if cells[fits].0 == ' ' { fits + 1 } else { fits };
        let cut = cells[..upto].iter().rposition(|(c, _)| *c == ' ').map_or(fits, |i| i + 1);
        let (row, rest) = cells.split_at(cut);
        rows.push(row.strip_suffix(&[(' ', false)]).unwrap_or(row));
        cells = rest;
    }
}

fn painted(cells: &[Cell], paint: impl Fn(&str) -> String) -> String {
    let runs = cells.chunk_by(|a, b| a.1 == b.1);
    runs.map(|run| {
        let text: String = run.iter().map(|(c, _)| if *c == '\t' { ' ' } else { *c }).collect();
        if run[0].1 { paint(&text) } else { text }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_break_at_blanks_and_keep_to_their_width() {
        let cells = |text: &str| text.chars().map(|c| (c, false)).collect::<Vec<_>>();
        let rows = |text: &str, width| -> Vec<String> {
            wrap(&cells(text), width).iter().map(|row| row.iter().map(|(c, _)| *c).collect()).collect()
        };
        assert_eq!(rows("one two three", 7), ["one two", "three"]);
        assert_eq!(rows("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(rows("語語語", 4), ["語語", "語"]);
        assert_eq!(rows("", 4), [""]);
        assert_eq!(rows("語", 1), ["語"]);
    }
}
