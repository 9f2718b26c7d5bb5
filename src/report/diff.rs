//! A difference between a source and its repair, in the style that was asked for.

use std::fmt;

use super::marks::{Mark, marks};
use super::view::View;
use super::{html, json, problems, sarif, sides, unified, words};
use crate::clean::Cleaned;

/// How a difference is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// The changed sentences with `[-old-]{+new+}`, and the channel, confidence and reason of each edit.
    #[default]
    Words,
    /// Hunks that `patch -p0` and `git apply -p0` take.
    Unified,
    /// Old and new sentences in two columns.
    SideBySide,
    /// One JSON object on one line: the edits, the doubts and the diagnosis. `ungarble apply` replays it.
    Json,
    /// A page of its own, for deciding about each change in a browser.
    Html,
    /// `file:line:column: warning: …`, one line a change, as compilers write.
    Lines,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
}

impl Style {
    /// What stands before the first document; a style of one object for all documents begins here.
    ///
    /// ```
    /// use ungarble::{Cleaner, report::Style};
    /// let cleaner = Cleaner::new();
    /// let texts = ["The door is open.", "It was warm."].map(|text| cleaner.clean(text));
    /// let mut page = Style::Sarif.head("changes");
    /// let mut first = true;
    /// for text in &texts {
    ///     let section = text.diff().style(Style::Sarif).section(first);
    ///     first &= section.is_empty();
    ///     page += &String::from_utf8_lossy(&section);
    /// }
    /// page += Style::Sarif.foot();
    /// assert!(page.ends_with("]}]}\n"));
    /// ```
    pub fn head(self, title: &str) -> String {
        match self {
            Self::Html => html::head(title),
            Self::Sarif => sarif::head(),
            _ => String::new(),
        }
    }

    /// What stands behind the last document.
    pub fn foot(self) -> &'static str {
        match self {
            Self::Html => html::foot(),
            Self::Sarif => sarif::foot(),
            _ => "",
        }
    }
}

/// A difference, ready to be shown. Empty when nothing changed, except as JSON, SARIF and HTML.
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
    width: Option<usize>,
    context: Option<usize>,
    doubts: bool,
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
        let (style, name) = (Style::Words, "");
        Diff { cleaned: self, style, name, colour: false, width: None, context: None, doubts: false }
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

    /// The width in columns of [`Style::SideBySide`] (120 without this), and at which [`Style::Words`] breaks its sentences (nowhere
    /// without this).
    pub fn width(self, width: usize) -> Self {
        Self { width: Some(width), ..self }
    }

    /// Unchanged text around each change: so many lines of [`Style::Unified`] (3 without this), so many sentences on each
    /// side in [`Style::Words`] and [`Style::SideBySide`] (none without this).
    pub fn context(self, context: usize) -> Self {
        Self { context: Some(context), ..self }
    }

    /// Shows the doubts as well: what was seen and not made. A patch ([`Style::Unified`]) has no place for them, JSON and HTML
    /// always have them.
    pub fn doubts(self, doubts: bool) -> Self {
        Self { doubts, ..self }
    }

    /// The difference as bytes. Only [`Style::Unified`] can hold bytes that are not UTF-8: it keeps those of the
    /// source, so that the patch applies.
    pub fn to_bytes(&self) -> Vec<u8> {
        let title = if self.name.is_empty() { "Changes" } else { self.name };
        [self.style.head(title).as_bytes(), &self.section(true), self.style.foot().as_bytes()].concat()
    }

    /// The difference as one of several: between [`Style::head`] and [`Style::foot`]. `first` says that nothing was written
    /// between them so far.
    pub fn section(&self, first: bool) -> Vec<u8> {
        let (source, edits) = (self.cleaned.source(), self.cleaned.edits());
        // What is shown as sentences is shown as it reads, what is shown as places as it is written.
        let read = !self.cleaned.is_plain() && matches!(self.style, Style::Words | Style::SideBySide);
        let repairs = if read { self.cleaned.repairs() } else { Vec::new() };
        let marks: Vec<Mark> = match self.style {
            _ if read => repairs.iter().filter(|r| self.doubts || !r.doubt).map(Mark::read).collect(),
            Style::Words | Style::SideBySide | Style::Lines | Style::Sarif => {
                marks(edits, if self.doubts { self.cleaned.doubts() } else { &[] })
            }
            Style::Unified | Style::Json | Style::Html => Vec::new(),
        };
        let view = View {
            name: self.name,
            source,
            text: if read { self.cleaned.readable() } else { source },
            marks: &marks,
            context: self.context.unwrap_or(0),
            colour: self.colour,
            width: self.width,
        };
        match self.style {
            Style::Words => words::render(view).into_bytes(),
            Style::Unified => {
                let lines = self.context.unwrap_or(unified::CONTEXT);
                unified::with_context(self.name, source, edits, lines, self.colour)
            }
            Style::SideBySide => sides::render(view).into_bytes(),
            Style::Json => (json::document(self.name, self.cleaned) + "\n").into_bytes(),
            Style::Html => html::section(self.name, self.cleaned).into_bytes(),
            Style::Lines => problems::render(view).into_bytes(),
            Style::Sarif => {
                let results = sarif::results(view);
                let comma = if first || results.is_empty() { "" } else { "," };
                [comma, &results].concat().into_bytes()
            }
        }
    }
}

impl fmt::Display for Diff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}
