//! Cleaning files of any format: the text in them is cleaned, and the edits are written where it stands.

use super::repairs::Reads;
use super::{Cleaned, Cleaner};
use crate::document::Document;
use crate::edit::{Edit, Patch};

/// Where words stay in their lines the text of a file is not quite the cleaned one, and may show one more repair. After
/// so many rounds that is enough.
const ROUNDS: usize = 4;

impl Cleaner {
    /// Cleans the text of a file. The edits are of the file's bytes, so that all reports, and writing it back, are the same
    /// as for plain text; one repair is several edits where it is written in several places.
    ///
    /// ```
    /// use ungarble::{Cleaner, Document, document::Format};
    /// let cleaner = Cleaner::builder().phrases("mine", "to day -> today")?.build();
    /// let page = br#"<alto><String CONTENT="to" HPOS="10"/><String CONTENT="day" HPOS="30"/></alto>"#;
    /// let document = Document::read(page, "alto".parse::<Format>()?)?;
    /// let cleaned = cleaner.clean_document(&document);
    /// let expected = r#"<alto><String CONTENT="today" HPOS="10"/><String CONTENT="" HPOS="30"/></alto>"#;
    /// assert_eq!(cleaned.text(), expected);
    /// # Ok::<(), ungarble::Error>(())
    /// ```
    pub fn clean_document<'s>(&self, document: &Document<'s>) -> Cleaned<'s> {
        let source = document.source();
        if document.is_plain() {
            return self.clean_bytes(source);
        }
        let cleaned = self.clean_bytes(document.text());
        let mut seen: Vec<Edit> = cleaned.doubts().iter().flat_map(|doubt| document.place(doubt)).collect();
        // A reading that is written in parts is no alternative of any of them.
        let whole = |other: &Edit| <[Edit; 1]>::try_from(document.place(other)).ok();
        seen.extend(cleaned.all_alternatives().iter().filter_map(whole).flatten());
        let diagnosis = cleaned.diagnosis().clone();
        let mut patch = document.patch(cleaned.edits());
        let mut expected = cleaned.bytes().into_owned();
        let mut settled = true;
        for _ in 1..ROUNDS {
            let Some(next) = self.next_round(document, &patch, &mut expected) else { break };
            patch = patch.then(next, source);
            settled = false;
        }
        let mut out = Cleaned::new(source, patch, seen, diagnosis);
        out.after = cleaned.after.clone().filter(|_| settled);
        out.reads = Some(Box::new(Reads::of(document, &cleaned)));
        out
    }

    /// What there is to do still; nothing where the patched file says what came out of cleaning.
    fn next_round(&self, document: &Document<'_>, patch: &Patch, expected: &mut Vec<u8>) -> Option<Patch> {
        if patch.is_empty() {
            return None;
        }
        let bytes = patch.apply(document.source()).into_owned();
        let again = Document::read(&bytes, document.format()).ok()?;
        if again.text() == expected {
            return None;
        }
        let cleaned = self.clean_bytes(again.text());
        *expected = cleaned.bytes().into_owned();
        Some(again.patch(cleaned.edits())).filter(|patch| !patch.is_empty())
    }
}
