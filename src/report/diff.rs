//! A difference between a source and its repair, in the style that was asked for.

use std::fmt;

use super::{html, json, sides, unified, words};
use crate::clean::Cleaned;

/// How a difference is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// The changed lines with `[-old-]{+new+}`, and the channel, confidence and reason of each edit.
    #[default]
    Words,
    /// Hunks that `patch -p0` takes.
    Unified,
    /// Old and new lines in two columns.
    SideBySide,
    /// One JSON object on one line: the edits, the doubts and the diagnosis.
    Json,
    /// A page of its own.
    Html,
}

/// A difference, ready to be shown. Empty when nothing changed, except as JSON and HTML.
///
/// ```
/// let cleaner = ungarble::Cleaner::new();
/// let cleaned = cleaner.clean("Nothing is wrong here.\n");
/// assert_eq!(cleaned.diff().to_string(), "");
/// ```
#[derive(Clone, Copy)]
pub struct Diff<'c> {
    cleaned: &'c Cleaned<'c>,
    style: Style,
    name: &'c str,
    colour: bool,
    width: usize,
}

impl Cleaned<'_> {
    /// What changed, to be shown; [`Style::Words`] without colour unless the methods of [`Diff`] say otherwise.
    ///
    /// ```
    /// use ungarble::{Cleaner, report::Style};
    /// let cleaner = Cleaner::new();
    /// let cleaned = cleaner.clean("and the fighting growing extra fierce.\n");
    /// let diff = cleaned.diff().style(Style::Unified).name("news.txt");
    /// if !cleaned.edits().is_empty() {
    ///     assert!(diff.to_string().starts_with("--- news.txt\n+++ news.txt\n@@ -1 +1 @@\n"));
    /// }
    /// ```
    pub fn diff(&self) -> Diff<'_> {
        Diff { cleaned: self, style: Style::Words, name: "", colour: false, width: 120 }
    }
}

impl<'c> Diff<'c> {
    /// Shows it in this style.
    pub fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// Names the document in what is shown.
    pub fn name(self, name: &'c str) -> Self {
        Self { name, ..self }
    }

    /// Marks changes by ANSI colours as well; JSON and HTML take no notice.
    pub fn colour(self, colour: bool) -> Self {
        Self { colour, ..self }
    }

    /// The width in characters of [`Style::SideBySide`].
    pub fn width(self, width: usize) -> Self {
        Self { width, ..self }
    }

    /// The difference as bytes. Only [`Style::Unified`] can hold bytes that are not UTF-8: it keeps those of the
    /// source, so that the patch applies.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (source, edits) = (self.cleaned.source(), self.cleaned.edits());
        match self.style {
            Style::Words => words::render(self.name, source, edits, self.colour).into_bytes(),
            Style::Unified => unified::unified(self.name, source, edits, self.colour),
            Style::SideBySide => {
                sides::render(self.name, source, edits, self.colour, self.width).into_bytes()
            }
            Style::Json => (json::document(self.name, self.cleaned) + "\n").into_bytes(),
            Style::Html => {
                let title = if self.name.is_empty() { "Changes" } else { self.name };
                let section = html::section(self.name, self.cleaned);
                (html::head(title) + &section + &html::foot()).into_bytes()
            }
        }
    }
}

impl fmt::Display for Diff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}
