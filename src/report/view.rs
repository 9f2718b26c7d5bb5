//! What a style shows, and how.

use super::marks::Mark;

/// A document with what is marked in it, for the styles that show passages and places.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'v> {
    /// What it is called; empty where it has no name.
    pub(super) name: &'v str,
    pub(super) source: &'v [u8],
    /// What is shown: the source, or the text of a file that is not all text.
    pub(super) text: &'v [u8],
    /// In order, disjoint, in bytes of the text.
    pub(super) marks: &'v [Mark<'v>],
    /// Sentences on each side of those with a mark.
    pub(super) context: usize,
    pub(super) colour: bool,
    /// Columns of a row; without it each style has its own.
    pub(super) width: Option<usize>,
}
