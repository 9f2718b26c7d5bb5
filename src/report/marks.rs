//! What is shown of a document: its edits, and where they are asked for its doubts.

use crate::clean::{Repair, apart};
use crate::edit::Edit;

/// An edit that is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mark<'c> {
    /// In bytes of what is shown.
    pub(super) edit: &'c Edit,
    /// The byte of the source at which it is written.
    pub(super) at: usize,
    /// Was it seen and not made?
    pub(super) doubt: bool,
}

impl<'c> Mark<'c> {
    /// An edit of a text that is shown as it is written.
    pub(super) fn of(edit: &'c Edit, doubt: bool) -> Self {
        Self { edit, at: edit.range.start, doubt }
    }

    /// A repair in the text as it reads.
    pub(super) fn read(repair: &'c Repair) -> Self {
        let at = repair.edits.first().map_or(0, |edit| edit.range.start);
        Self { edit: &repair.shown, at, doubt: repair.doubt }
    }
}

/// Edits and doubts in order, disjoint: a doubt that meets another mark is left out.
pub(super) fn marks<'c>(edits: &'c [Edit], doubts: &'c [Edit]) -> Vec<Mark<'c>> {
    let mut out: Vec<Mark> = edits.iter().map(|edit| Mark::of(edit, false)).collect();
    if doubts.is_empty() {
        return out;
    }
    out.extend(doubts.iter().map(|edit| Mark::of(edit, true)));
    apart(out, |mark| (mark.edit, mark.doubt))
}
