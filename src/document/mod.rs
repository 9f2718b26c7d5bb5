//! File formats: where in a file the text is, and where a repair of it must be written.
//!
//! Formats read, they never write. A reader yields the text of a file as a person would read it, with a map of where
//! each part of it stands; edits of that text become edits of the file's bytes, and every other byte stays. Text that
//! is written more than once (PAGE has it for regions, lines, words and glyphs) is changed everywhere.
//!
//! ```
//! use ungarble::{Cleaner, document::{Document, Format}};
//!
//! let page = br#"<alto><String CONTENT="extra" WC="0.9"/><SP/><String CONTENT="fierce" WC="0.4"/></alto>"#;
//! let document = Document::read(page, Format::guess("page.xml", page)?)?;
//! assert_eq!(document.text(), b"extra fierce");
//! assert_eq!(document.evidence()[1].confidence, 0.4);
//!
//! let cleaner = Cleaner::builder().phrases("mine", "extra fierce -> more fierce")?.build();
//! let cleaned = cleaner.clean_document(&document);
//! assert_eq!(cleaned.text(), r#"<alto><String CONTENT="more" WC="0.9"/><SP/><String CONTENT="fierce" WC="0.4"/></alto>"#);
//! # Ok::<(), ungarble::Error>(())
//! ```

#![cfg_attr(
    not(feature = "formats"),
    allow(dead_code, reason = "plain text and subtitles need only a part of it")
)]

mod builder;
mod code;
mod deal;
mod format;
mod layer;
mod subtitles;
mod text;
#[cfg(feature = "formats")]
mod tree;
#[cfg(feature = "formats")]
mod xml;

#[cfg(feature = "formats")]
mod alto;
#[cfg(feature = "formats")]
mod hocr;
#[cfg(feature = "formats")]
mod html;
#[cfg(feature = "formats")]
mod markdown;
#[cfg(feature = "formats")]
mod page;
#[cfg(feature = "formats")]
mod soup;
#[cfg(feature = "formats")]
mod tei;
#[cfg(feature = "formats")]
mod ttml;

use std::ops::Range;

pub use format::Format;

use crate::edit::{Edit, Patch};
use crate::error::Result;
use builder::Builder;
use code::UNKNOWN;
use deal::Change;
use layer::Write;

/// A patched file is read again to see that it reads as it should, often where much is at fault: so many bytes in all.
const REREAD: usize = 1 << 26;

/// How sure the engine that made a file (OCR) is of a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The word; bytes of [`Document::text`].
    pub range: Range<usize>,
    /// 0 (a guess) to 1 (certain), whatever scale the file uses.
    pub confidence: f32,
}

/// A file and the text in it.
#[derive(Debug)]
pub struct Document<'s> {
    source: &'s [u8],
    format: Format,
    /// Where the text is written; `None` where the source is the text.
    written: Option<Builder<'s>>,
}

impl<'s> Document<'s> {
    /// Finds the text of a file.
    ///
    /// # Errors
    ///
    /// A file in which the text cannot be found safely (cut off inside a tag, not of this format, in an encoding that is
    /// not read), with line and column. What leaves no doubt where the text is, such as a bare `&` or a missing end tag,
    /// is read as it was meant, and stays.
    ///
    /// ```
    /// use ungarble::document::{Document, Format};
    /// let page = b"<alto>\n <String CONTENT=\"cut o";
    /// let error = Document::read(page, "alto".parse::<Format>()?).unwrap_err();
    /// assert_eq!((error.line(), error.column()), (Some(2), Some(2)));
    /// # Ok::<(), ungarble::Error>(())
    /// ```
    pub fn read(source: &'s [u8], format: Format) -> Result<Self> {
        let written = match format.reader() {
            None => None,
            Some(read) => {
                let mut builder = Builder::new(source, format)?;
                read(&mut builder)?;
                Some(builder)
            }
        };
        Ok(Self { source, format, written })
    }

    /// A text that is all text.
    ///
    /// ```
    /// use ungarble::document::Document;
    /// assert_eq!(Document::plain(b"the end").text(), b"the end");
    /// ```
    pub fn plain(source: &'s [u8]) -> Self {
        Self { source, format: Format::TEXT, written: None }
    }

    /// The bytes of the file.
    pub fn source(&self) -> &'s [u8] {
        self.source
    }

    /// What the file is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The text as a person would read it: entities undone, a line feed at the end of each line, an empty line between
    /// passages. Of plain text it is the source; else it is UTF-8.
    pub fn text(&self) -> &[u8] {
        self.written.as_ref().map_or(self.source, |written| written.text().as_bytes())
    }

    /// The passages (paragraphs, regions) of the text, in order: bytes of [`Document::text`]. Plain text is one passage.
    pub fn passages(&self) -> Vec<Range<usize>> {
        match &self.written {
            None => std::iter::once(0..self.source.len()).collect(),
            Some(written) => written.passages().to_vec(),
        }
    }

    /// What the engine that made the file thinks of its words, in the order of the text; empty where the file says nothing.
    ///
    /// ```
    /// use ungarble::document::{Document, Format};
    /// let page = b"<p class='ocr_par'><span class='ocrx_word' title='bbox 1 2 3 4; x_wconf 87'>tbe</span></p>";
    /// let document = Document::read(page, "hocr".parse::<Format>()?)?;
    /// let word = &document.evidence()[0];
    /// assert_eq!((&document.text()[word.range.clone()], word.confidence), (&b"tbe"[..], 0.87));
    /// # Ok::<(), ungarble::Error>(())
    /// ```
    pub fn evidence(&self) -> &[Evidence] {
        self.written.as_ref().map_or(&[], |written| written.evidence())
    }

    /// Edits of [`Document::text`] as a patch of the source. They must be in order and disjoint; one that is not is left out.
    ///
    /// Words stay in their boxes. Of words that are joined the first box has the joined word and the others are emptied
    /// (`CONTENT=""`, `<Unicode></Unicode>`, an empty element); a word that is split stays in its box, with the blank. A
    /// word that is broken by a hyphen at the end of a line is repaired in both parts and stays broken.
    ///
    /// Reading the patched file gives the edited text, in this form: an edit that would break that is left out. So is one
    /// that crosses passages, touches bytes that are no characters, or cannot be written where it belongs.
    pub fn patch(&self, edits: &[Edit]) -> Patch {
        let Some(written) = &self.written else { return Patch::new(edits.to_vec()) };
        let mut end = 0;
        let mut follows = |edit: &&Edit| {
            let fits = edit.range.start >= end && self.is_inside(edit);
            end = if fits { edit.range.end } else { end };
            fits
        };
        let edits: Vec<Edit> = edits.iter().filter(&mut follows).cloned().collect();
        let repairs = self.repairs(written, &edits);
        let (mut kept, mut tries) = (Vec::new(), 16 + REREAD / self.source.len().max(1 << 12));
        self.keep(written, &repairs, 0..repairs.len(), &mut kept, &mut tries);
        Patch::new(merged(self.source, &repairs, &kept))
    }

    /// Where an edit of the text would be written, each for itself and unverified: to show what is not made.
    pub(crate) fn place(&self, edit: &Edit) -> Vec<Edit> {
        let Some(written) = &self.written else { return vec![edit.clone()] };
        if !self.is_inside(edit) {
            return Vec::new();
        }
        let repairs = self.repairs(written, std::slice::from_ref(edit));
        let all: Vec<usize> = (0..repairs.len()).collect();
        merged(self.source, &repairs, &all)
    }

    /// Is the file itself the text?
    pub(crate) fn is_plain(&self) -> bool {
        self.written.is_none()
    }

    /// Does an edit stay inside a passage?
    fn is_inside(&self, edit: &Edit) -> bool {
        let Some(written) = &self.written else { return true };
        let (text, passages) = (written.text(), written.passages());
        if !text.is_char_boundary(edit.range.start) || !text.is_char_boundary(edit.range.end) {
            return false;
        }
        let here = passages.partition_point(|passage| passage.end < edit.range.end);
        passages.get(here).is_some_and(|passage| passage.start <= edit.range.start)
    }

    /// What becomes of words, and of the source: a repair for each edit, or for edits of the same words. One that cannot
    /// be written as a whole is left out.
    fn repairs(&self, written: &Builder<'s>, edits: &[Edit]) -> Vec<Repair> {
        let known = |change: &Change| {
            !written.text()[change.range.clone()].contains(UNKNOWN) && !change.new.contains(UNKNOWN)
        };
        let changes = deal::changes(written.text(), edits);
        let repair = |changes: &[Change]| {
            let writes: Option<Vec<_>> = changes
                .iter()
                .map(|change| if known(change) { written.writes(change) } else { None })
                .collect();
            Some(Repair { changes: changes.to_vec(), writes: writes?.concat() })
        };
        changes.chunk_by(|a, b| a.cause.number == b.cause.number).filter_map(repair).collect()
    }

    /// Adds to `kept` those of some repairs with which the file still reads as it should. All of them, as a rule; if not,
    /// both halves are tried, each together with what is kept already, until the tries are used up.
    fn keep(
        &self,
        written: &Builder<'s>,
        repairs: &[Repair],
        some: Range<usize>,
        kept: &mut Vec<usize>,
        tries: &mut usize,
    ) {
        if some.is_empty() || *tries == 0 {
            return;
        }
        *tries -= 1;
        let before = kept.len();
        kept.extend(some.clone());
        if self.reads_as(written, repairs, kept) {
            return;
        }
        kept.truncate(before);
        if some.len() > 1 {
            let middle = some.start + some.len() / 2;
            self.keep(written, repairs, some.start..middle, kept, tries);
            self.keep(written, repairs, middle..some.end, kept, tries);
        }
    }

    /// Does the file, with these repairs made, give the text with these repairs made?
    fn reads_as(&self, written: &Builder<'s>, repairs: &[Repair], kept: &[usize]) -> bool {
        let mut text = String::with_capacity(written.text().len() + 64);
        let mut at = 0;
        for change in kept.iter().flat_map(|&i| &repairs[i].changes) {
            text += &written.text()[at..change.range.start];
            text += &change.new;
            at = change.range.end;
        }
        text += &written.text()[at..];
        let edits = merged(self.source, repairs, kept);
        if edits.windows(2).any(|pair| pair[0].range.end > pair[1].range.start) {
            return false;
        }
        let source = Patch::new(edits).apply(self.source).into_owned();
        let again = Document::read(&source, self.format);
        again.is_ok_and(|again| {
            let again = String::from_utf8_lossy(again.text()).into_owned();
            again.split_whitespace().eq(text.split_whitespace())
        })
    }
}

/// What becomes of some words, and the writes that make the source say so.
struct Repair {
    changes: Vec<Change>,
    writes: Vec<Write>,
}

/// The writes of some repairs as edits of the source, in order.
fn merged(source: &[u8], repairs: &[Repair], kept: &[usize]) -> Vec<Edit> {
    let writes =
        |&i: &usize| repairs[i].writes.iter().map(move |write| (write, &repairs[i].changes[0].cause));
    let mut all: Vec<_> = kept.iter().flat_map(writes).collect();
    all.retain(|((range, new), _)| source[range.clone()] != *new.as_bytes());
    all.sort_by_key(|((range, _), _)| (range.start, range.end));
    let mut out: Vec<(usize, Edit)> = Vec::with_capacity(all.len());
    for ((range, new), cause) in all {
        if let Some((number, last)) = out.last_mut() {
            if last.replacement.is_empty() && new.is_empty() && range.start <= last.range.end {
                // Two words gone, and the blank between them once.
                last.range.end = last.range.end.max(range.end);
                continue;
            }
            if *number == cause.number && source.get(last.range.end..range.start) == Some(b" ") {
                // Words of one phrase in one piece of text: one edit, as it was made.
                last.range.end = range.end;
                last.replacement = format!("{} {new}", last.replacement).into();
                continue;
            }
        }
        let edit = Edit {
            range: range.clone(),
            replacement: new.as_str().into(),
            channel: cause.channel,
            confidence: cause.confidence,
            reason: cause.reason.clone(),
        };
        out.push((cause.number, edit));
    }
    out.into_iter().map(|(_, edit)| edit).collect()
}
