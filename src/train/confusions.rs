//! Learning what a scanner makes of letters, from texts as they were read and as they stood on the page.
//!
//! Words are aligned first, then the letters within the stretches of words that differ. A run of letters that differ, with
//! none between them that agree, is one confusion (`rn` read as `m`), counted in its own case. Its rate is how often it
//! happened in all occurrences of what stood, drawn towards nothing by half an occurrence, so that chance counts little.

use std::collections::HashMap;
use std::fmt::Write as _;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::lexicon::confusions::LONGEST;

/// Words of a stretch that differs; longer ones are no misreadings but other texts.
const STRETCH: usize = 10;

/// Share of the letters of a stretch that may differ.
const DIFFERENT: f32 = 0.55;

/// Occurrences from which a confusion is kept.
const SEEN: u32 = 3;

/// What was counted.
#[derive(Debug, Default)]
pub struct Counts {
    confusions: HashMap<(String, String), u32>,
    /// Occurrences of up to [`LONGEST`] letters on the page; the empty string counts letters.
    stood: HashMap<String, u32>,
    /// Words that were aligned.
    pub words: usize,
}

impl Counts {
    /// Counts the misreadings of one text: what was `read` where `stood` was printed.
    ///
    /// ```
    /// let mut counts = ungarble::train::confusions::Counts::default();
    /// for _ in 0..5 {
    ///     counts.add("the modem age of modem war", "the modern age of modern war");
    /// }
    /// assert!(counts.table().contains("rn -> m"));
    /// ```
    pub fn add(&mut self, read: &str, stood: &str) {
        let (read, stood) = (joined(read, false), joined(stood, true));
        let read: Vec<&str> = read.split_whitespace().collect();
        let stood: Vec<&str> = stood.split_whitespace().collect();
        for op in capture_diff_slices(Algorithm::Myers, &read, &stood) {
            match op {
                DiffOp::Equal { new_index, len, .. } => {
                    stood[new_index..new_index + len].iter().for_each(|w| self.occurs(w));
                    self.occurs(&" ".repeat(len));
                    self.words += len;
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len }
                    if old_len.max(new_len) <= STRETCH =>
                {
                    let old = read[old_index..old_index + old_len].join(" ");
                    let new = stood[new_index..new_index + new_len].join(" ");
                    self.stretch(&old, &new);
                    self.words += new_len;
                }
                _ => {}
            }
        }
    }

    /// Counts what stood on the page.
    fn occurs(&mut self, word: &str) {
        let chars: Vec<char> = word.chars().collect();
        *self.stood.entry(String::new()).or_insert(0) += chars.iter().filter(|c| **c != ' ').count() as u32;
        for len in 1..=LONGEST {
            for part in chars.windows(len).filter(|p| len == 1 || !p.contains(&' ')) {
                *self.stood.entry(part.iter().collect()).or_insert(0) += 1;
            }
        }
    }

    fn stretch(&mut self, read: &str, stood: &str) {
        let (read, stood): (Vec<char>, Vec<char>) = (read.chars().collect(), stood.chars().collect());
        let (distance, runs) = align(&read, &stood);
        if distance > DIFFERENT * read.len().max(stood.len()) as f32 {
            return;
        }
        self.occurs(&stood.iter().collect::<String>());
        for (r, s) in runs {
            let (from, to) = (&stood[s.clone()], &read[r.clone()]);
            if from.len().max(to.len()) > LONGEST {
                continue;
            }
            // A blank beside letters is two things at once.
            let mixed = |side: &[char]| side.len() > 1 && side.contains(&' ');
            if !mixed(from) && !mixed(to) && !to.iter().any(|c| matches!(c, '#' | '_')) {
                *self.confusions.entry((from.iter().collect(), to.iter().collect())).or_insert(0) += 1;
            }
        }
    }

    /// The lines of a table in the format of `dictionaries/ocr.confusions`, the commonest first.
    pub fn table(&self) -> String {
        let mut lines: Vec<(u32, f32, &(String, String))> = Vec::new();
        for (sides, &n) in self.confusions.iter().filter(|(_, n)| **n >= SEEN) {
            let all = self.stood.get(&sides.0).copied().unwrap_or(0).max(n);
            lines.push((n, (n as f32 - 0.5) * 10_000.0 / (all as f32 + 1.0), sides));
        }
        lines.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.cmp(b.2)));
        let side = |text: &str| match text {
            "" => "()".to_owned(),
            _ => text.replace(' ', "_"),
        };
        let mut out = String::new();
        for (_, rate, (stood, read)) in lines {
            let _ = writeln!(out, "{} -> {}  {}", side(stood), side(read), rounded(rate));
        }
        out
    }
}

/// Three digits that count.
fn rounded(rate: f32) -> String {
    match rate {
        r if r >= 100.0 => format!("{r:.0}"),
        r if r >= 10.0 => format!("{r:.1}"),
        r if r >= 1.0 => format!("{r:.2}"),
        r => format!("{r:.4}"),
    }
}

/// The text with words whole that a line end broke, and without the differences that only typography makes. What stood on
/// the page has no long s: it is a misreading of `s` like any other.
fn joined(text: &str, stood: bool) -> String {
    let ends = ["-\n", "\u{AC}\n", "-\r\n", "\u{AC}\r\n"];
    let text = ends.iter().fold(text.to_owned(), |text, end| text.replace(end, ""));
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{201C}' | '\u{201D}' => out.push('"'),
            '\u{2010}' | '\u{2011}' => out.push('-'),
            '\u{17F}' if stood => out.push('s'),
            '\u{FB05}' | '\u{FB06}' if stood => out.push_str("st"),
            c => out.push(c),
        }
    }
    out
}

type Run = (std::ops::Range<usize>, std::ops::Range<usize>);

/// The least number of changes (a blank for a letter counts twice), and the runs that differ.
fn align(read: &[char], stood: &[char]) -> (f32, Vec<Run>) {
    let (n, m) = (read.len(), stood.len());
    let width = m + 1;
    let mut cost = vec![0f32; (n + 1) * width];
    let change = |r: char, s: char| match (r == s, (r == ' ') == (s == ' ')) {
        (true, _) => 0.0,
        (_, false) => 2.0,
        _ => 1.0,
    };
    for i in 0..=n {
        for j in 0..=m {
            let at = |i: usize, j: usize| i * width + j;
            cost[at(i, j)] = match (i, j) {
                (0, _) => j as f32,
                (_, 0) => i as f32,
                _ => (cost[at(i - 1, j - 1)] + change(read[i - 1], stood[j - 1]))
                    .min(cost[at(i - 1, j)] + 1.0)
                    .min(cost[at(i, j - 1)] + 1.0),
            };
        }
    }
    let (mut i, mut j) = (n, m);
    let mut runs: Vec<Run> = Vec::new();
    while i > 0 || j > 0 {
        let here = cost[i * width + j];
        let (a, b) =
            if i > 0 && j > 0 && here == cost[(i - 1) * width + j - 1] + change(read[i - 1], stood[j - 1]) {
                (i - 1, j - 1)
            } else if i > 0 && here == cost[(i - 1) * width + j] + 1.0 {
                (i - 1, j)
            } else {
                (i, j - 1)
            };
        let same = a < i && b < j && read[a] == stood[b];
        if !same {
            match runs.last_mut() {
                Some((r, s)) if r.start == i && s.start == j => (r.start, s.start) = (a, b),
                _ => runs.push((a..i, b..j)),
            }
        }
        (i, j) = (a, b);
    }
    (cost[n * width + m], runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confusions_are_counted_whole_and_in_their_case() {
        let mut counts = Counts::default();
        for _ in 0..4 {
            counts.add(
                "the bcst tirne for Bir- ds and of\nthe HOUSF to day",
                "the best time for Birds and of\nthe HOUSE today",
            );
        }
        let table = counts.table();
        for line in ["m -> rn", "e -> c  ", "E -> F", "() -> _"] {
            assert!(table.contains(line), "{line} in\n{table}");
        }
    }

    #[test]
    fn other_texts_teach_nothing() {
        let mut counts = Counts::default();
        for _ in 0..9 {
            counts.add("something else entirely", "words of another edition");
        }
        assert_eq!(counts.table(), "");
    }
}
