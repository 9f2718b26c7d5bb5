//! Counts over documents: by channel, the commonest repairs, and how garbled the text was before and after.

use std::collections::HashMap;
use std::fmt;

use super::Summary;
use super::json::{string, thousandths};
use super::lines::{or_nothing, shown};
use crate::clean::{Cleaned, Diagnosis};
use crate::edit::Channel;

/// The repairs that are listed.
const LISTED: usize = 20;

/// Counts over one or more documents.
///
/// ```
/// use ungarble::{Cleaner, report::Stat};
/// let cleaner = Cleaner::builder().phrases("mine", "extra fierce -> more fierce")?.build();
/// let cleaned = cleaner.clean("They grew extra fierce. The wind was extra fierce.");
/// let after = cleaned.after().cloned().unwrap_or_else(|| cleaner.diagnose(&cleaned.bytes()));
/// let stat = Stat::of(&cleaned, &after).to_string();
/// assert!(stat.starts_with("1 document, 1 changed: 2 changes (2 phrase)"), "{stat}");
/// assert!(stat.contains("      2  extra -> more  phrase"), "{stat}");
/// # Ok::<(), ungarble::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stat {
    documents: usize,
    changed: usize,
    summary: Summary,
    words: usize,
    before: Rates,
    after: Rates,
    repairs: HashMap<(String, String, Channel), usize>,
}

/// Words that were swapped and words' worth of letters that were misread, as estimated.
#[derive(Debug, Clone, Copy, Default)]
struct Rates {
    spun: f64,
    misread: f64,
}

impl Rates {
    fn of(diagnosis: &Diagnosis) -> Self {
        let words = diagnosis.words as f64;
        Self { spun: f64::from(diagnosis.spun) * words, misread: f64::from(diagnosis.misread) * words }
    }

    fn add(&mut self, other: Rates) {
        self.spun += other.spun;
        self.misread += other.misread;
    }
}

impl Stat {
    /// The counts of a document, and how garbled it is once cleaned.
    pub fn of(cleaned: &Cleaned, after: &Diagnosis) -> Self {
        let mut repairs = HashMap::new();
        for edit in cleaned.edits() {
            let garbled = shown(&cleaned.source()[edit.range.clone()]).to_lowercase();
            let key = (garbled, shown(edit.replacement.as_bytes()).to_lowercase(), edit.channel);
            *repairs.entry(key).or_insert(0) += 1;
        }
        Self {
            documents: 1,
            changed: usize::from(!cleaned.edits().is_empty()),
            summary: Summary::of(cleaned),
            words: cleaned.diagnosis().words,
            before: Rates::of(cleaned.diagnosis()),
            after: Rates::of(after),
            repairs,
        }
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: Stat) {
        self.documents += other.documents;
        self.changed += other.changed;
        self.summary.add(&other.summary);
        self.words += other.words;
        self.before.add(other.before);
        self.after.add(other.after);
        for (repair, count) in other.repairs {
            *self.repairs.entry(repair).or_insert(0) += count;
        }
    }

    /// The number of documents that changed.
    pub fn changed(&self) -> usize {
        self.changed
    }

    /// The commonest repairs and how often each was made, the commonest first; of equal ones in order of the alphabet.
    fn commonest(&self) -> Vec<(&(String, String, Channel), usize)> {
        let mut all: Vec<_> = self.repairs.iter().map(|(repair, count)| (repair, *count)).collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        all.truncate(LISTED);
        all
    }

    /// The counts as one JSON object on one line.
    pub fn to_json(&self) -> String {
        let channel = |c: Channel| format!("\"{c}\":{}", self.summary.channel(c));
        let channels: Vec<String> = Channel::ALL.into_iter().map(channel).collect();
        let share = |part: f64| thousandths((part / self.words.max(1) as f64) as f32);
        let rates = |r: Rates| format!("{{\"spun\":{},\"misread\":{}}}", share(r.spun), share(r.misread));
        let repair = |((garbled, replacement, channel), count): (&(String, String, Channel), usize)| {
            let (garbled, replacement) = (string(garbled), string(replacement));
            format!(
                "{{\"garbled\":{garbled},\"replacement\":{replacement},\"channel\":\"{channel}\",\"count\":{count}}}"
            )
        };
        let repairs: Vec<String> = self.commonest().into_iter().map(repair).collect();
        format!(
            "{{\"documents\":{},\"changed\":{},\"words\":{},\"edits\":{},\"doubts\":{},\"channels\":{{{}}},\
             \"before\":{},\"after\":{},\"repairs\":[{}]}}",
            self.documents,
            self.changed,
            self.words,
            self.summary.edits(),
            self.summary.doubts(),
            channels.join(","),
            rates(self.before),
            rates(self.after),
            repairs.join(",")
        )
    }
}

impl fmt::Display for Stat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.documents == 1 { "" } else { "s" };
        write!(f, "{} document{s}, {} changed: {}", self.documents, self.changed, self.summary)?;
        if self.summary.doubts() > 0 {
            write!(f, ", {} in doubt", self.summary.doubts())?;
        }
        let percent = |part: f64| 100.0 * part / self.words.max(1) as f64;
        let (before, after) = (self.before, self.after);
        writeln!(f, "\n{} words", self.words)?;
        writeln!(f, "spun: {:.1}% before, {:.1}% after", percent(before.spun), percent(after.spun))?;
        if before.misread > 0.0 {
            let (before, after) = (percent(before.misread), percent(after.misread));
            writeln!(f, "letters misread: {before:.1}% before, {after:.1}% after")?;
        }
        for ((garbled, replacement, channel), count) in self.commonest() {
            writeln!(f, "{count:>7}  {} -> {}  {channel}", or_nothing(garbled), or_nothing(replacement))?;
        }
        Ok(())
    }
}
