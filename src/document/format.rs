//! The list of formats, and how a file tells which one it is.

use std::fmt;
use std::str::FromStr;

use super::builder::Builder;
#[cfg(feature = "formats")]
use super::{alto, hocr, html, markdown, page, tei, ttml};
use super::{subtitles, text};
use crate::error::{Error, Result};

/// A format in which text comes.
pub(super) struct Reader {
    /// The name, as options spell it.
    pub name: &'static str,
    /// What names of files of this format end with, lower case.
    pub extensions: &'static [&'static str],
    /// Is it this format, by the first bytes? Asked where the name leaves it open.
    pub looks: fn(&Head<'_>) -> bool,
    /// Finds the text; `None` where the file is the text.
    pub read: Option<fn(&mut Builder<'_>) -> Result<()>>,
}

/// All formats. Where a name fits several, the first one that a file looks like is taken.
const READERS: &[&Reader] = &[
    &text::READER,
    #[cfg(feature = "formats")]
    &alto::READER,
    #[cfg(feature = "formats")]
    &page::READER,
    #[cfg(feature = "formats")]
    &tei::READER,
    #[cfg(feature = "formats")]
    &ttml::READER,
    #[cfg(feature = "formats")]
    &hocr::READER,
    #[cfg(feature = "formats")]
    &html::READER,
    #[cfg(feature = "formats")]
    &markdown::READER,
    &subtitles::VTT,
    &subtitles::SRT,
];

/// Bytes of a file that are looked at to tell what it is.
const HEAD: usize = 4096;

/// The beginning of a file.
pub(super) struct Head<'h> {
    /// The first bytes as text, without a byte order mark.
    pub text: &'h str,
    /// The name of the first element without its prefix, where the file begins like XML or HTML.
    pub root: &'h str,
}

/// What a file is: plain text, hOCR, ALTO, … The name is what `--as` takes.
///
/// ```
/// use ungarble::document::Format;
/// assert_eq!("alto".parse::<Format>()?.name(), "alto");
/// assert!("docx".parse::<Format>().is_err());
/// # Ok::<(), ungarble::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Format(&'static Reader);

impl Format {
    /// Plain text; lines, pages and paragraphs are as they stand.
    pub const TEXT: Format = Format(&text::READER);

    /// All formats that this build reads.
    pub fn all() -> impl Iterator<Item = Format> {
        READERS.iter().map(|reader| Format(reader))
    }

    /// The name, as options spell it.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What names of files of this format end with, lower case; several formats may share an ending.
    pub fn extensions(self) -> &'static [&'static str] {
        self.0.extensions
    }

    /// What a file is, by its name and its content. Names are believed where only one format ends so; `.xml` may be
    /// several. A name that says nothing is plain text, unless the file begins like markup that is read here.
    ///
    /// # Errors
    ///
    /// An XML file of a format that is not read: taken for plain text, its tags would be.
    ///
    /// ```
    /// use ungarble::document::Format;
    /// assert_eq!(Format::guess("notes.txt", b"<p>").unwrap(), Format::TEXT);
    /// assert_eq!(Format::guess("stdin", b"the end").unwrap(), Format::TEXT);
    /// assert_eq!(Format::guess("a.xml", b"<PcGts/>").unwrap().name(), "page");
    /// assert!(Format::guess("a.xml", b"<mets/>").is_err());
    /// ```
    pub fn guess(name: &str, content: &[u8]) -> Result<Format> {
        let name = name.to_lowercase();
        let ends = |reader: &Reader| {
            reader.extensions.iter().any(|e| name.strip_suffix(e).is_some_and(|stem| stem.ends_with('.')))
        };
        let named: Vec<&Reader> = READERS.iter().copied().filter(|reader| ends(reader)).collect();
        if let [reader] = named[..] {
            return Ok(Format(reader));
        }
        if content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff") {
            // Whoever reads it says that it is UTF-16; as text its bytes are kept.
            return Ok(named.first().map_or(Format::TEXT, |reader| Format(reader)));
        }
        let head = content[..content.len().min(HEAD)].utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let text = head.trim_start_matches('\u{feff}');
        let head = Head { text, root: root(text) };
        let among = if named.is_empty() { READERS } else { &named[..] };
        if let Some(reader) = among.iter().copied().find(|reader| (reader.looks)(&head)) {
            return Ok(Format(reader));
        }
        if let Some(last) = named.last()
            && !name.ends_with(".xml")
        {
            // A part of a page has no first element to know it by.
            return Ok(Format(last));
        }
        if name.ends_with(".xml") || text.trim_start().starts_with("<?xml") {
            let names: Vec<&str> = READERS.iter().map(|reader| reader.name).collect();
            let message = format!(
                "XML of a format that is not read (its root is <{}>); if it is one of {}, say so with --as",
                head.root,
                names.join(", ")
            );
            return Err(Error::document(content, 0, message));
        }
        Ok(Format::TEXT)
    }

    /// Does a file of this format say its encoding itself, as XML and HTML do?
    pub fn says_encoding(self) -> bool {
        !matches!(self.name(), "text" | "srt" | "vtt" | "markdown")
    }

    pub(super) fn reader(self) -> Option<fn(&mut Builder<'_>) -> Result<()>> {
        self.0.read
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format({})", self.name())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::all().find(|format| format.name() == name);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::all().map(Format::name).collect();
            Error::config(None, None, format!("no format is called {name:?}; there are {}", names.join(", ")))
        })
    }
}

/// The first element, behind declarations and comments.
fn root(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|i| i + 3)
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|i| i + 2)
        } else if rest.starts_with("<!") {
            // A document type may hold declarations of its own in brackets.
            let inner = rest.find('[').filter(|&i| i < rest.find('>').unwrap_or(rest.len()));
            let from = inner.map_or(0, |i| rest[i..].find(']').map_or(rest.len(), |j| i + j));
            rest[from..].find('>').map(|i| from + i + 1)
        } else {
            break;
        };
        match end {
            Some(end) => rest = rest[end..].trim_start(),
            None => return "",
        }
    }
    let Some(tag) = rest.strip_prefix('<') else { return "" };
    let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or("");
    name.rsplit(':').next().unwrap_or(name)
}
