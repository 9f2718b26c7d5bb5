//! The changes of a file as a person reads them: each repair once, in however many places and parts the file says it.

use std::collections::HashSet;
use std::ops::Range;

use super::Cleaned;
use crate::document::Document;
use crate::edit::Edit;

/// A change as it reads, and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// The change, in bytes of [`Cleaned::readable`].
    pub shown: Edit,
    /// The same in bytes of the source, in order: several where it is written more than once, or in parts.
    pub edits: Vec<Edit>,
    /// What else these words may be read as, the likeliest first.
    pub others: Vec<Reading>,
    /// Was it seen and not made?
    pub doubt: bool,
}

/// Another reading of the words of a repair, which can be written where the repair is.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// How it reads.
    pub text: Box<str>,
    /// How likely it is, 0 to 1.
    pub probability: f32,
    /// What it puts in the place of each edit of the repair.
    pub words: Vec<Box<str>>,
}

impl Repair {
    /// May other words be put there? Where it is written in parts, nobody can say which part of them goes where.
    pub fn takes_words(&self) -> bool {
        self.edits.iter().all(|edit| edit.replacement == self.shown.replacement)
    }
}

/// The text of a file that is not all text, and what was found in it.
#[derive(Debug, Clone)]
pub(super) struct Reads {
    pub(super) text: Vec<u8>,
    found: Vec<Found>,
}

/// A repair or a doubt of the text.
#[derive(Debug, Clone)]
struct Found {
    shown: Edit,
    /// Its other readings, and what of the source each would change.
    others: Vec<(Edit, Vec<Edit>)>,
    doubt: bool,
    /// Where the source says it.
    places: Vec<Range<usize>>,
}

impl Found {
    /// The repair that these edits of the source make.
    fn repair(&self, source: &[u8], edits: Vec<Edit>) -> Repair {
        let reading = |(shown, placed): &(Edit, Vec<Edit>)| {
            // What it would change elsewhere is no part of what is decided here.
            let fits = |place: &Edit| edits.iter().any(|edit| edit.range == place.range);
            if placed.is_empty() || !placed.iter().all(fits) {
                return None;
            }
            let word = |edit: &Edit| match placed.iter().find(|place| place.range == edit.range) {
                Some(place) => Some(place.replacement.clone()),
                // It leaves as it is what the repair changes here.
                None => std::str::from_utf8(&source[edit.range.clone()]).ok().map(Box::from),
            };
            let words = edits.iter().map(word).collect::<Option<_>>()?;
            Some(Reading { text: shown.replacement.clone(), probability: shown.confidence, words })
        };
        let others = self.others.iter().filter_map(reading).collect();
        Repair { shown: self.shown.clone(), edits, others, doubt: self.doubt }
    }
}

impl Reads {
    /// What cleaning the text of a file found.
    pub(super) fn of(document: &Document<'_>, cleaned: &Cleaned<'_>) -> Self {
        let found = |edit: &Edit, doubt| Found {
            shown: edit.clone(),
            others: (cleaned.alternatives(edit).into_iter())
                .map(|other| (other.clone(), document.place(other)))
                .collect(),
            doubt,
            places: document.place(edit).into_iter().map(|place| place.range).collect(),
        };
        let made = cleaned.edits().iter().map(|edit| found(edit, false));
        let mut found: Vec<Found> =
            made.chain(cleaned.doubts().iter().map(|edit| found(edit, true))).collect();
        found.sort_by_key(|found| (found.shown.range.start, found.shown.range.end));
        Self { text: document.text().to_vec(), found }
    }

    /// These edits and doubts of the source as repairs of the text.
    fn repairs(&self, source: &[u8], edits: &[Edit], doubts: &[Edit]) -> Vec<Repair> {
        let mut left = [edits, doubts].map(|list| list.iter().map(Some).collect::<Vec<Option<&Edit>>>());
        let mut out: Vec<(&Found, Vec<Edit>)> = Vec::new();
        for found in &self.found {
            let (all, left) = if found.doubt { (doubts, &mut left[1]) } else { (edits, &mut left[0]) };
            let mut own: Vec<Edit> = Vec::new();
            for place in &found.places {
                let first = all.partition_point(|edit| edit.range.end < place.start);
                let meets = all[first..].iter().take_while(|edit| edit.range.start <= place.end).count();
                // Edits that were made may have become one; doubts are as they were placed.
                let is = |edit: &mut &Edit| !found.doubt || edit.range == *place;
                let slots = left[first..first + meets].iter_mut();
                own.extend(slots.filter_map(|slot| slot.take_if(|edit| is(edit)).cloned()));
            }
            let whole = if found.doubt { own.len() == found.places.len() } else { true };
            if !own.is_empty() && whole {
                own.sort_by_key(|edit| edit.range.start);
                out.push((found, own));
            }
        }
        // What only a later look at the repaired file found belongs to what it is written beside.
        for edit in left[0].iter().copied().flatten() {
            let near = out.iter_mut().filter(|(found, _)| !found.doubt);
            if let Some((_, near)) = near.min_by_key(|(_, own)| own[0].range.start.abs_diff(edit.range.start))
            {
                near.push(edit.clone());
                near.sort_by_key(|edit| edit.range.start);
            }
        }
        out.into_iter().map(|(found, own)| found.repair(source, own)).collect()
    }
}

impl Cleaned<'_> {
    /// The text as a person reads it: that of the file, or the source where it is all text.
    pub fn readable(&self) -> &[u8] {
        self.reads.as_ref().map_or(self.source(), |reads| &reads.text)
    }

    /// Is the source all text?
    pub(crate) fn is_plain(&self) -> bool {
        self.reads.is_none()
    }

    /// The changes and doubts as a person reads them, in order and disjoint: a doubt that meets a change is left out. Of plain text each edit
    /// is one by itself; of a file with markup all that must be decided together is one.
    ///
    /// ```
    /// use ungarble::{Cleaner, Document, document::Format};
    /// let cleaner = Cleaner::builder().phrases("mine", "to day -> today")?.build();
    /// let page = br#"<alto><String CONTENT="to" HPOS="10"/><String CONTENT="day" HPOS="30"/></alto>"#;
    /// let document = Document::read(page, "alto".parse::<Format>()?)?;
    /// let cleaned = cleaner.clean_document(&document);
    /// assert_eq!((cleaned.edits().len(), cleaned.readable()), (2, &b"to day"[..]));
    /// let repairs = cleaned.repairs();
    /// assert_eq!((repairs.len(), &*repairs[0].shown.replacement, repairs[0].edits.len()), (1, "today", 2));
    /// # Ok::<(), ungarble::Error>(())
    /// ```
    pub fn repairs(&self) -> Vec<Repair> {
        let all = match &self.reads {
            Some(reads) => reads.repairs(self.source(), self.edits(), self.doubts()),
            None => {
                let made = self.edits().iter().map(|edit| (edit, false));
                let reading = |other: &Edit| Reading {
                    text: other.replacement.clone(),
                    probability: other.confidence,
                    words: vec![other.replacement.clone()],
                };
                let one = |(edit, doubt): (&Edit, bool)| Repair {
                    shown: edit.clone(),
                    edits: vec![edit.clone()],
                    others: self.alternatives(edit).into_iter().map(reading).collect(),
                    doubt,
                };
                made.chain(self.doubts().iter().map(|edit| (edit, true))).map(one).collect()
            }
        };
        apart(all, |repair| (&repair.shown, repair.doubt))
    }

    /// Keeps of the doubts about a file with markup those that a person may make: with them and all changes made the file still
    /// reads as it should. This reads the file again, so it is for those who ask. Of plain text all are kept.
    ///
    /// ```
    /// use ungarble::{Cleaner, Document, document::Format};
    /// let cleaner = Cleaner::builder().phrases("mine", "zorble -> table")?.threshold(0.995).build();
    /// let document = Document::read(b"<p>Put it on the zor<b>ble</b>.</p>", "html".parse::<Format>()?)?;
    /// let mut cleaned = cleaner.clean_document(&document);
    /// cleaned.keep_safe_doubts(&document);
    /// let doubt = &cleaned.repairs()[0];
    /// assert_eq!((doubt.doubt, &*doubt.shown.replacement, &*doubt.edits[0].replacement), (true, "table", "ta"));
    /// # Ok::<(), ungarble::Error>(())
    /// ```
    pub fn keep_safe_doubts(&mut self, document: &Document<'_>) {
        if document.is_plain() {
            return;
        }
        let repairs = self.repairs();
        let patch = document.patch(&repairs.iter().map(|repair| repair.shown.clone()).collect::<Vec<_>>());
        let written = |edit: &Edit| {
            let here = patch.edits().partition_point(|other| other.range.end < edit.range.end);
            patch.edits().get(here).is_some_and(|other| other.range.start <= edit.range.start)
        };
        let safe = repairs.iter().filter(|repair| repair.doubt && repair.edits.iter().all(written));
        let safe: HashSet<Range<usize>> =
            safe.flat_map(|repair| &repair.edits).map(|edit| edit.range.clone()).collect();
        self.retain_doubts(|doubt| safe.contains(&doubt.range));
    }
}

/// Changes and doubts in order and disjoint: a doubt that meets another one is left out. `of` gives the edit of each, and whether
/// it is a doubt.
pub(crate) fn apart<T>(mut all: Vec<T>, of: impl Fn(&T) -> (&Edit, bool)) -> Vec<T> {
    all.sort_by_key(|one| {
        let (edit, doubt) = of(one);
        (edit.range.start, edit.range.end, doubt)
    });
    let mut out: Vec<T> = Vec::with_capacity(all.len());
    for one in all {
        let meets = |last: &T| of(last).0.range.end > of(&one).0.range.start;
        match out.last().filter(|last| meets(last)) {
            None => out.push(one),
            Some(last) if of(last).1 && !of(&one).1 => {
                out.pop();
                out.push(one);
            }
            Some(_) => {}
        }
    }
    out
}
