//! One line a change, as compilers write them: what editors and the logs of builds turn into places to click.

use std::fmt::Write as _;

use super::lines::{Place, Places, or_nothing, shown};
use super::view::View;

/// `a.txt:2:11: warning: extra -> more (phrase 0.85: weak rule: extra -> more)`; doubts are notes. Columns are code points.
pub(super) fn render(view: View<'_>) -> String {
    let View { name, source, marks, .. } = view;
    let mut places = Places::of(source);
    let mut out = String::new();
    for mark in marks {
        let edit = mark.edit;
        let Place { line, column, .. } = places.at(edit.range.start);
        let _ = writeln!(
            out,
            "{}:{line}:{column}: {}: {} -> {} ({} {:.2}: {})",
            if name.is_empty() { "-" } else { name },
            if mark.doubt { "note" } else { "warning" },
            or_nothing(&shown(&source[edit.range.clone()])),
            or_nothing(&shown(edit.replacement.as_bytes())),
            edit.channel,
            edit.confidence,
            edit.reason
        );
    }
    out
}
