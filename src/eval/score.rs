//! Counting: what a cleaner did to each case against what it should have done.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::align::{distance, runs};
use super::cases::Case;
use super::figures::Figures;
use super::words::{Ids, normalised, words};

/// A word-level edit: these words of the source become these words.
pub type WordEdit<'t> = (usize, usize, Vec<&'t str>);

/// The word-level edits that turn `a` into `b`. A run with as many words on both sides counts word by word, so that a
/// partly right run earns its part.
///
/// ```
/// use ungarble::eval::{word_edits, words};
/// let (a, b) = (words("rising extra fierce"), words("growing more fierce"));
/// assert_eq!(word_edits(&a, &b), [(0, 1, vec!["growing"]), (1, 2, vec!["more"])]);
/// ```
pub fn word_edits<'t>(a: &[&'t str], b: &[&'t str]) -> Vec<WordEdit<'t>> {
    let mut ids = Ids::default();
    let (ia, ib) = (ids.of(a), ids.of(b));
    let mut out = Vec::new();
    for (from, to) in runs(&ia, &ib) {
        if from.len() == to.len() {
            out.extend(from.zip(to).map(|(i, j)| (i, i + 1, vec![b[j]])));
        } else {
            out.push((from.start, from.end, b[to].to_vec()));
        }
    }
    out
}

/// Counts over cases.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Counts {
    docs: usize,
    words: usize,
    // Without a reference.
    edits: usize,
    changed: usize,
    // With one: words and characters of the reference, and distances before and after.
    reference_words: usize,
    words_before: usize,
    words_after: usize,
    reference_chars: usize,
    chars_before: usize,
    chars_after: usize,
    gold: usize,
    got: usize,
    right_edits: usize,
    right_words: usize,
    broken: usize,
    touched: usize,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        let Counts { docs, words, edits, changed, reference_words, words_before, words_after, .. } = *other;
        let Counts { reference_chars, chars_before, chars_after, gold, got, .. } = *other;
        let Counts { right_edits, right_words, broken, touched, .. } = *other;
        self.docs += docs;
        self.words += words;
        self.edits += edits;
        self.changed += changed;
        self.reference_words += reference_words;
        self.words_before += words_before;
        self.words_after += words_after;
        self.reference_chars += reference_chars;
        self.chars_before += chars_before;
        self.chars_after += chars_after;
        self.gold += gold;
        self.got += got;
        self.right_edits += right_edits;
        self.right_words += right_words;
        self.broken += broken;
        self.touched += touched;
    }

    fn figures(&self) -> Figures {
        let ratio = |a: usize, b: usize, without: f64| if b > 0 { a as f64 / b as f64 } else { without };
        let mut out = Figures::default();
        out.count("docs", self.docs);
        out.count("words", self.words);
        if self.reference_words == 0 {
            out.count("edits", self.edits);
            out.rate("edits_per_10k", 1e4 * self.edits as f64 / self.words.max(1) as f64);
            out.count("changed_docs", self.changed);
            return out;
        }
        let cut =
            |after: usize, before: usize| if before > 0 { 1.0 - after as f64 / before as f64 } else { 0.0 };
        let precision = ratio(self.right_edits, self.got, 1.0);
        let recall = ratio(self.right_edits, self.gold, 1.0);
        let f05 = if precision + recall > 0.0 {
            1.25 * precision * recall / (0.25 * precision + recall)
        } else {
            0.0
        };
        out.rate("wer_before", ratio(self.words_before, self.reference_words, 0.0));
        out.rate("wer_after", ratio(self.words_after, self.reference_words, 0.0));
        out.rate("wer_cut", cut(self.words_after, self.words_before));
        out.rate("cer_before", ratio(self.chars_before, self.reference_chars, 0.0));
        out.rate("cer_after", ratio(self.chars_after, self.reference_chars, 0.0));
        out.rate("cer_cut", cut(self.chars_after, self.chars_before));
        out.rate("precision", precision);
        out.rate("recall", recall);
        out.rate("f05", f05);
        out.rate("touched", ratio(self.touched, self.gold, 1.0));
        out.rate("harm_per_1k", 1e3 * self.broken as f64 / self.right_words.max(1) as f64);
        out.count("gold", self.gold);
        out.count("got", self.got);
        out
    }
}

/// What happened to one case, for people who tune: the edits that were missed, and those that were wrong.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Right edits.
    pub right: Vec<Shown>,
    /// Edits that the reference makes and the cleaner did not make.
    pub missed: Vec<Shown>,
    /// Edits that the cleaner made and the reference does not make.
    pub wrong: Vec<Shown>,
}

/// A word edit as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Words of the source, counted from 0.
    pub words: Range<usize>,
    /// What stood there.
    pub garbled: String,
    /// What it became, or should have become.
    pub repaired: String,
    /// The words around it, the edit itself as `[…]`.
    pub context: String,
}

/// Scores of many cases, by group; every case counts in the group `ALL`.
#[derive(Debug, Clone, Default)]
pub struct Score {
    groups: BTreeMap<String, Counts>,
    fold: bool,
    by: Option<String>,
}

impl Score {
    /// An empty score. `by` names a field whose values make groups; `fold` ignores case.
    pub fn new(by: Option<&str>, fold: bool) -> Self {
        Self { groups: BTreeMap::new(), fold, by: by.map(Into::into) }
    }

    /// Counts one case and what a cleaner made of it.
    ///
    /// ```
    /// use ungarble::eval::{Score, cases};
    /// let cases = cases("demo", r#"{"id": 1, "garbled": "tbe end", "restored": "the end"}"#)?;
    /// let mut score = Score::new(None, false);
    /// score.add(&cases[0], "the end");
    /// assert_eq!(score.figures()["ALL"].get("recall"), Some(1.0));
    /// # Ok::<(), ungarble::Error>(())
    /// ```
    pub fn add(&mut self, case: &Case, hypothesis: &str) {
        self.add_counted(case, &self.count(case, hypothesis));
    }

    /// Counts one case without adding it, for work in parallel.
    pub fn count(&self, case: &Case, hypothesis: &str) -> Counted {
        Counted(count(case, hypothesis, self.fold))
    }

    /// Adds what [`Score::count`] gave.
    pub fn add_counted(&mut self, case: &Case, counted: &Counted) {
        self.groups.entry("ALL".into()).or_default().add(&counted.0);
        if let Some(group) = self.by.as_deref().map(|field| case.group(field)).filter(|g| g != "ALL") {
            self.groups.entry(group).or_default().add(&counted.0);
        }
    }

    /// The figures of each group, ordered by name.
    pub fn figures(&self) -> BTreeMap<&str, Figures> {
        self.groups.iter().map(|(name, counts)| (name.as_str(), counts.figures())).collect()
    }
}

/// The counts of one case.
#[derive(Debug, Clone, Copy)]
pub struct Counted(Counts);

fn fold_text(text: &str, fold: bool) -> String {
    if fold { text.to_lowercase() } else { text.to_owned() }
}

fn count(case: &Case, hypothesis: &str, fold: bool) -> Counts {
    let (source, hypothesis) = (fold_text(&case.garbled, fold), fold_text(hypothesis, fold));
    let (source_words, got_words) = (words(&source), words(&hypothesis));
    let mut n = Counts { docs: 1, words: source_words.len(), ..Counts::default() };
    let got = word_edits(&source_words, &got_words);
    let Some(reference) = case.restored.as_deref().map(|text| fold_text(text, fold)) else {
        n.edits = got.len();
        n.changed = usize::from(source != hypothesis);
        return n;
    };
    let reference_words = words(&reference);
    let mut ids = Ids::default();
    let (s, h, r) = (ids.of(&source_words), ids.of(&got_words), ids.of(&reference_words));
    n.reference_words = r.len();
    (n.words_before, n.words_after) = (distance(&s, &r), distance(&h, &r));
    let (s, h, r) = (normalised(&source), normalised(&hypothesis), normalised(&reference));
    n.reference_chars = r.len();
    (n.chars_before, n.chars_after) = (distance(&s, &r), distance(&h, &r));

    let gold = word_edits(&source_words, &reference_words);
    let asked: HashSet<&WordEdit> = gold.iter().collect();
    let alternative = case.alternative.as_deref().map(|text| fold_text(text, fold));
    let got = without_neutral(got, &source_words, alternative.as_deref(), &asked);

    let mut inside = vec![false; source_words.len()];
    for (start, end, _) in &gold {
        inside[*start..*end].fill(true);
    }
    n.gold = gold.len();
    n.got = got.len();
    n.right_edits = got.iter().filter(|e| asked.contains(e)).count();
    n.right_words = inside.iter().filter(|i| !**i).count();
    for (start, end, _) in got.iter().filter(|e| !asked.contains(e)) {
        let right = inside[*start..*end].iter().filter(|i| !**i).count();
        // An insertion breaks one word; a change of words that were all wrong breaks none.
        n.broken += if start == end { 1 } else { right };
    }
    let meets = |x: &WordEdit, e: &WordEdit| x.0 < e.1 && e.0 < x.1 || (x.0, x.1) == (e.0, e.1);
    n.touched = gold.iter().filter(|e| got.iter().any(|x| meets(x, e))).count();
    n
}

/// The edits without those that only the second good answer makes.
fn without_neutral<'t>(
    mut got: Vec<WordEdit<'t>>,
    source: &[&str],
    alternative: Option<&str>,
    asked: &HashSet<&WordEdit<'t>>,
) -> Vec<WordEdit<'t>> {
    if let Some(alternative) = alternative {
        let edits = word_edits(source, &words(alternative));
        let free: HashSet<&WordEdit> = edits.iter().filter(|e| !asked.contains(e)).collect();
        got.retain(|e| !free.contains(e));
    }
    got
}

/// Lists what was right, missed and wrong in a case; empty without a reference.
pub fn outcome(case: &Case, hypothesis: &str, fold: bool) -> Outcome {
    let Some(reference) = case.restored.as_deref().map(|text| fold_text(text, fold)) else {
        return Outcome::default();
    };
    let (source, hypothesis) = (fold_text(&case.garbled, fold), fold_text(hypothesis, fold));
    let (source_words, got_words, reference_words) = (words(&source), words(&hypothesis), words(&reference));
    let gold = word_edits(&source_words, &reference_words);
    let asked: HashSet<&WordEdit> = gold.iter().collect();
    let alternative = case.alternative.as_deref().map(|text| fold_text(text, fold));
    let got = word_edits(&source_words, &got_words);
    let got = without_neutral(got, &source_words, alternative.as_deref(), &asked);
    let made: HashSet<&WordEdit> = got.iter().collect();
    let show = |(start, end, replacement): &WordEdit| {
        let before = source_words[start.saturating_sub(5)..*start].join(" ");
        let after = source_words[*end..(end + 5).min(source_words.len())].join(" ");
        Shown {
            words: *start..*end,
            garbled: source_words[*start..*end].join(" "),
            repaired: replacement.join(" "),
            context: format!("{before} […] {after}").trim().to_owned(),
        }
    };
    Outcome {
        right: got.iter().filter(|e| asked.contains(e)).map(show).collect(),
        missed: gold.iter().filter(|e| !made.contains(e)).map(show).collect(),
        wrong: got.iter().filter(|e| !asked.contains(e)).map(show).collect(),
    }
}
