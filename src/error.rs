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
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    Image,
    Io,
    Config,
}

impl Error {
    /// A line of a table (phrases, habits, words, …) that cannot be used. Lines count from 1.
    pub(crate) fn table(place: &str, line: usize, message: impl Into<String>) -> Self {
        Self { kind: Kind::Table, place: Some(place.into()), line: Some(line), message: message.into() }
    }

    /// A lexicon image or model that cannot be opened.
    pub(crate) fn image(place: &str, message: impl Into<String>) -> Self {
        Self { kind: Kind::Image, place: Some(place.into()), line: None, message: message.into() }
    }

    /// A file that cannot be read or written.
    pub(crate) fn io(path: &Path, source: &std::io::Error) -> Self {
        Self {
            kind: Kind::Io,
            place: Some(path.display().to_string()),
            line: None,
            message: source.to_string(),
        }
    }

    /// A setting (option, environment variable, config file) that makes no sense.
    #[allow(dead_code, reason = "used by the command line, which is a feature")]
    pub(crate) fn config(place: Option<&str>, line: Option<usize>, message: impl Into<String>) -> Self {
        Self { kind: Kind::Config, place: place.map(Into::into), line, message: message.into() }
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

    /// The file (or table name) at fault, where one is known.
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// The line at fault, counted from 1, where one is known.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}:")?;
            if let Some(line) = self.line {
                write!(f, "{line}:")?;
            }
            write!(f, " ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Results of everything that reads data.
pub type Result<T> = std::result::Result<T, Error>;
