//! What is shown of a document: its edits, and where they are asked for its doubts.

use crate::clean::apart;
use crate::edit::Edit;

/// An edit that is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mark<'c> {
    pub(super) edit: &'c Edit,
    /// Was it seen and not made?
    pub(super) doubt: bool,
}

/// Edits and doubts in order, disjoint: a doubt that meets another mark is left out.
pub(super) fn marks<'c>(edits: &'c [Edit], doubts: &'c [Edit]) -> Vec<Mark<'c>> {
    let mut out: Vec<Mark> = edits.iter().map(|edit| Mark { edit, doubt: false }).collect();
    if doubts.is_empty() {
        return out;
    }
    out.extend(doubts.iter().map(|edit| Mark { edit, doubt: true }));
    apart(out, |mark| (mark.edit, mark.doubt))
}
