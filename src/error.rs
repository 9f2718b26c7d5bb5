//! The one error type. Errors exist where data enters (tables, models, config, files); cleaning itself cannot fail.

use std::fmt;
use std::path::Path;

/// What went wrong, where, and what to do about it.
///
/// Printed as one line: `dictionaries/phrases/news.phrases:41: a rule needs "->" between what was written and what was meant`.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    place: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    Image,
    Io,
    Config,
    Document,
}

impl Error {
    /// A line of a table (phrases, habits, words, …) that cannot be used. Lines count from 1.
    pub(crate) fn table(place: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Table,
            place: Some(place.into()),
            line: Some(line),
            column: None,
            message: message.into(),
        }
    }

    /// A lexicon image or model that cannot be opened.
    pub(crate) fn image(place: &str, message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Image,
            place: Some(place.into()),
            line: None,
            column: None,
            message: message.into(),
        }
    }

    /// A file that cannot be read or written.
    pub(crate) fn io(path: &Path, source: &std::io::Error) -> Self {
        Self {
            kind: Kind::Io,
            place: Some(path.display().to_string()),
            line: None,
            column: None,
            message: source.to_string(),
        }
    }

    /// A setting (option, environment variable, config file) that makes no sense.
    #[allow(dead_code, reason = "used by the command line, which is a feature")]
    pub(crate) fn config(place: Option<&str>, line: Option<usize>, message: impl Into<String>) -> Self {
        Self { kind: Kind::Config, place: place.map(Into::into), line, column: None, message: message.into() }
    }

    /// A file that does not read as its format, at this byte of it.
    pub(crate) fn document(source: &[u8], at: usize, message: impl Into<String>) -> Self {
        let before = &source[..at.min(source.len())];
        let start = before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        Self {
            kind: Kind::Document,
            place: None,
            line: Some(line),
            column: Some(column),
            message: message.into(),
        }
    }

    /// The same error of a file of this name.
    #[allow(dead_code, reason = "used by the command line, which is a feature")]
    pub(crate) fn of(self, place: &str) -> Self {
        Self { place: Some(place.into()), ..self }
    }

    /// Is a dictionary table at fault?
    pub fn is_table(&self) -> bool {
        self.kind == Kind::Table
    }

    /// Is a lexicon image or model file at fault?
    pub fn is_image(&self) -> bool {
        self.kind == Kind::Image
    }

    /// Did reading or writing fail?
    pub fn is_io(&self) -> bool {
        self.kind == Kind::Io
    }

    /// Does a file not read as its format?
    pub fn is_document(&self) -> bool {
        self.kind == Kind::Document
    }

    /// The file (or table name) at fault, where one is known.
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// The line at fault, counted from 1, where one is known.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The column at fault in that line, in characters counted from 1, where one is known.
    pub fn column(&self) -> Option<usize> {
        self.column
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}:")?;
        }
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "{line}:{column}:")?,
            (Some(line), None) if self.place.is_some() => write!(f, "{line}:")?,
            _ => {}
        }
        if self.place.is_some() || self.column.is_some() {
            f.write_str(" ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Results of everything that reads data.
pub type Result<T> = std::result::Result<T, Error>;
