//! Edits that were kept outside the program: what each of them replaced, where, beside what, and what a person decided.
//!
//! A [`Record`] is the edits of one source. It goes with the hash of that source, and so replays on no other
//! ([`Record::patch`]); on one that has changed since, each edit is looked for by what stood around it
//! ([`Record::anchor`]). What cannot be placed for certain is a [`Miss`], never a guess.

//!
//! ```
//! use ungarble::{Cleaner, replay::Origin, report};
//!
//! let cleaner = Cleaner::builder().phrases("mine", "extra fierce -> more fierce")?.build();
//! let source = "They grew extra fierce.";
//! let mut cleaned = cleaner.clean(source);
//! cleaned.retain(|edit| edit.confidence >= 0.8);
//! let end = cleaned.patch().to_new(source.len());
//! assert_eq!((end, cleaned.patch().to_old(end)), (22, 23));
//!
//! let json = report::json_document("a.txt", &cleaned);
//! # #[cfg(feature = "cli")] {
//! let record = &report::read_records("edits.json", &json)?[0];
//! assert_eq!(record.origin, Some(Origin::of(source.as_bytes())));
//! assert_eq!(&*record.patch(source.as_bytes(), false)?.apply(source.as_bytes()), b"They grew more fierce.");
//! let other = b"By night they grew extra fierce.";
//! assert!(record.patch(other, false).is_err());
//! let anchored = record.anchor(b"At night They grew extra fierce.", false);
//! assert!(anchored.misses.is_empty());
//! # }
//! # Ok::<(), ungarble::Error>(())
//! ```

mod anchor;

pub use anchor::{Anchored, Miss, Why};

use sha2::{Digest as _, Sha256};

use crate::edit::{Edit, Patch};
use crate::error::{Error, Result};

/// What a person decided about an edit.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Make it.
    Accept,
    /// Leave the text as it is.
    Reject,
    /// Nobody has said yet.
    #[default]
    Undecided,
}

impl Decision {
    /// The word for it in edits files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Undecided => "undecided",
        }
    }
}

/// An edit and what was known of its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The edit, in bytes of the source that it was made for.
    pub edit: Edit,
    /// What stood there.
    pub garbled: String,
    /// What stood before it, as far as it is kept.
    pub before: String,
    /// What stood behind it, as far as it is kept.
    pub after: String,
    /// What was decided; `None` where the edits come from cleaning and nobody was asked.
    pub decision: Option<Decision>,
}

/// What a source was: so that edits are not made to another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Its length in bytes.
    pub bytes: usize,
    /// Its SHA-256 in hexadecimal, as `sha256sum` prints it.
    pub sha256: String,
}

impl Origin {
    /// The origin of edits of this source.
    ///
    /// ```
    /// use ungarble::replay::Origin;
    /// let origin = Origin::of(b"abc");
    /// assert_eq!(origin.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    /// ```
    pub fn of(source: &[u8]) -> Self {
        let sha256 = Sha256::digest(source).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { bytes: source.len(), sha256 }
    }
}

/// The edits of one source, kept outside the program.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// What the source is called; empty where it has no name.
    pub file: String,
    /// The source that the edits were made for; `None` where nobody wrote it down.
    pub origin: Option<Origin>,
    /// The edits, in order.
    pub edits: Vec<Recorded>,
}

impl Record {
    /// Is this the source that the edits were made for? Without an origin, whether each edit finds there what it replaces.
    pub fn fits(&self, source: &[u8]) -> bool {
        match &self.origin {
            // Hashing is what takes time: most other sources are told by their length.
            Some(origin) => origin.bytes == source.len() && *origin == Origin::of(source),
            None => self.edits.iter().all(|recorded| recorded.stands_in(source)),
        }
    }

    /// The edits that are to be made: those that were accepted, those that nobody was asked about, and with `undecided`
    /// those that nobody has decided yet.
    pub fn wanted(&self, undecided: bool) -> impl Iterator<Item = &Recorded> {
        self.edits.iter().filter(move |recorded| match recorded.decision {
            None | Some(Decision::Accept) => true,
            Some(Decision::Reject) => false,
            Some(Decision::Undecided) => undecided,
        })
    }

    /// The wanted edits as a patch of the source that they were made for.
    ///
    /// # Errors
    ///
    /// A source that is another one than the edits were made for; edits that lie outside it or overlap.
    pub fn patch(&self, source: &[u8], undecided: bool) -> Result<Patch> {
        let place = Some(self.file.as_str()).filter(|file| !file.is_empty());
        let error = |message: String| Error::config(place, None, message);
        if !self.fits(source) {
            let message = "has changed since the edits were made: --fuzzy finds their places again";
            return Err(error(message.into()));
        }
        let mut edits: Vec<&Recorded> = self.wanted(undecided).collect();
        edits.sort_by_key(|recorded| (recorded.edit.range.start, recorded.edit.range.end));
        let mut end = 0;
        for Recorded { edit, .. } in &edits {
            let (from, to) = (edit.range.start, edit.range.end);
            if from > to || to > source.len() {
                return Err(error(format!("has no bytes {from}..{to} that an edit could replace")));
            }
            if from < end {
                return Err(error(format!("two edits replace byte {from}: decide for one of them")));
            }
            end = to;
        }
        Ok(Patch::new(edits.into_iter().map(|recorded| recorded.edit.clone()).collect()))
    }

    /// Takes the edits of another record of the same source in: of two edits of one range the later decision holds, and what
    /// is new goes to its place. So lines that were added to a file of decisions one by one are one record again.
    pub fn merge(&mut self, later: Record) {
        for recorded in later.edits {
            let key = |r: &Recorded| (r.edit.range.start, r.edit.range.end);
            let here = self.edits.partition_point(|r| key(r) < key(&recorded));
            match self.edits.get_mut(here) {
                Some(old) if key(old) == key(&recorded) => *old = recorded,
                _ => self.edits.insert(here, recorded),
            }
        }
    }
}

/// Bytes of the source on each side of an edit that are kept as its context.
const CONTEXT: usize = 32;

/// What stands before and behind some bytes of a source, as far as it is kept and is UTF-8.
pub fn context(source: &[u8], range: std::ops::Range<usize>) -> (&str, &str) {
    let before = &source[range.start.saturating_sub(CONTEXT)..range.start];
    let after = &source[range.end..source.len().min(range.end + CONTEXT)];
    // A character that is cut, or bytes that are none, end the context.
    let before = before.utf8_chunks().last().filter(|chunk| chunk.invalid().is_empty());
    (before.map_or("", |chunk| chunk.valid()), after.utf8_chunks().next().map_or("", |chunk| chunk.valid()))
}

impl Recorded {
    /// An edit of a source, with what must be kept to find its place again.
    pub fn of(source: &[u8], edit: Edit, decision: Option<Decision>) -> Self {
        let (before, after) = context(source, edit.range.clone());
        let (before, after) = (before.to_owned(), after.to_owned());
        let garbled = String::from_utf8_lossy(&source[edit.range.clone()]).into_owned();
        Self { edit, garbled, before, after, decision }
    }

    /// Does what the edit replaces stand at its place?
    fn stands_in(&self, source: &[u8]) -> bool {
        let there = source.get(self.edit.range.clone());
        there.is_some_and(|bytes| String::from_utf8_lossy(bytes) == self.garbled)
    }
}
