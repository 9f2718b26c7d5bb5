//! The changes of a file as a person reads them: each repair once, in however many places and parts the file says it.

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
    /// What else these words may be read as, the likeliest first; the confidence of each is its probability.
    pub others: Vec<Edit>,
    /// Was it seen and not made?
    pub doubt: bool,
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
    others: Vec<Edit>,
    doubt: bool,
    /// Where the source says it.
    places: Vec<Range<usize>>,
}

impl Reads {
    /// What cleaning the text of a file found.
    pub(super) fn of(document: &Document<'_>, cleaned: &Cleaned<'_>) -> Self {
        let found = |edit: &Edit, doubt| Found {
            shown: edit.clone(),
            others: cleaned.alternatives(edit).into_iter().cloned().collect(),
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
    fn repairs(&self, edits: &[Edit], doubts: &[Edit]) -> Vec<Repair> {
        let mut left = [edits, doubts].map(|list| list.iter().map(Some).collect::<Vec<Option<&Edit>>>());
        let mut out = Vec::new();
        for Found { shown, others, doubt, places } in &self.found {
            let (all, left) = if *doubt { (doubts, &mut left[1]) } else { (edits, &mut left[0]) };
            let mut own: Vec<Edit> = Vec::new();
            for place in places {
                let first = all.partition_point(|edit| edit.range.end < place.start);
                let meets = all[first..].iter().take_while(|edit| edit.range.start <= place.end).count();
                own.extend(left[first..first + meets].iter_mut().filter_map(|slot| slot.take().cloned()));
            }
            if !own.is_empty() {
                own.sort_by_key(|edit| edit.range.start);
                out.push(Repair { shown: shown.clone(), edits: own, others: others.clone(), doubt: *doubt });
            }
        }
        // What only a later look at the repaired file found belongs to what it is written beside.
        for edit in left[0].iter().copied().flatten() {
            let near = out.iter_mut().filter(|repair| !repair.doubt);
            if let Some(near) =
                near.min_by_key(|repair| repair.edits[0].range.start.abs_diff(edit.range.start))
            {
                near.edits.push(edit.clone());
                near.edits.sort_by_key(|edit| edit.range.start);
            }
        }
        out
    }
}

impl Cleaned<'_> {
    /// The text as a person reads it: that of the file, or the source where it is all text.
    pub fn readable(&self) -> &[u8] {
        self.reads.as_ref().map_or(self.source(), |reads| &reads.text)
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
            Some(reads) => reads.repairs(self.edits(), self.doubts()),
            None => {
                let made = self.edits().iter().map(|edit| (edit, false));
                let one = |(edit, doubt): (&Edit, bool)| Repair {
                    shown: edit.clone(),
                    edits: vec![edit.clone()],
                    others: self.alternatives(edit).into_iter().cloned().collect(),
                    doubt,
                };
                made.chain(self.doubts().iter().map(|edit| (edit, true))).map(one).collect()
            }
        };
        apart(all, |repair| (&repair.shown, repair.doubt))
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
