//! Counts: how many edits, of which channels.

use std::fmt;

use crate::clean::{Cleaned, Repair};
use crate::edit::Channel;

/// Counts over one or more documents.
///
/// ```
/// use ungarble::{Cleaner, report::Summary};
/// let cleaner = Cleaner::new();
/// let cleaned = cleaner.clean("Nothing is wrong here.");
/// assert_eq!(Summary::of(&cleaned).to_string(), "no changes");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    counts: [usize; Channel::ALL.len()],
    doubts: usize,
}

impl Summary {
    /// The counts of a document.
    pub fn of(cleaned: &Cleaned) -> Self {
        let mut summary = Self { doubts: cleaned.doubts().len(), ..Self::default() };
        for edit in cleaned.edits() {
            summary.counts[edit.channel as usize] += 1;
        }
        summary
    }

    /// The counts of a document as a person reads it: what a file with markup says in several places is one.
    pub(super) fn of_repairs(repairs: &[Repair]) -> Self {
        let mut summary = Self::default();
        for repair in repairs {
            match repair.doubt {
                true => summary.doubts += 1,
                false => summary.counts[repair.shown.channel as usize] += 1,
            }
        }
        summary
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: &Summary) {
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts) {
            *mine += theirs;
        }
        self.doubts += other.doubts;
    }

    /// The number of edits.
    pub fn edits(&self) -> usize {
        self.counts.iter().sum()
    }

    /// The number of edits of a channel.
    pub fn channel(&self, channel: Channel) -> usize {
        self.counts[channel as usize]
    }

    /// The number of repairs that were seen and not made.
    pub fn doubts(&self) -> usize {
        self.doubts
    }
}

/// `3 changes (1 ocr, 2 phrase)`.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.edits() {
            0 => return f.write_str("no changes"),
            1 => f.write_str("1 change (")?,
            n => write!(f, "{n} changes (")?,
        }
        let mut comma = "";
        for channel in Channel::ALL.into_iter().filter(|c| self.channel(*c) > 0) {
            write!(f, "{comma}{} {channel}", self.channel(channel))?;
            comma = ", ";
        }
        f.write_str(")")
    }
}
