//! Learning from text that people restored: how often each left side stood for what.
//!
//! The text is marked where it was garbled, `A federal {choose=>judge} on Wednesday`, so garbled and restored text lie side
//! by side. Every stretch of up to [`LONGEST`] tokens that is marked, or that some table has as a left side, is
//! counted with what it stands for, itself included: that `calculation` was left alone twelve times is as good to know as
//! that it was `algorithm` ninety times.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::error::{Error, Result};
use crate::lexicon::experience::plain;
use crate::lexicon::rules::{LONGEST, SLOT};
use crate::lexicon::{Lexicon, source};
use crate::text::{Kind, Shape, tokenize};

/// A passage of restored text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Passage {
    /// Its dialect: a place in [`source::DIALECTS`].
    pub dialect: usize,
    /// The text as it was found.
    pub garbled: String,
    /// What was marked: from, to (bytes of the garbled text) and what was meant; `None` where nobody could tell.
    pub marks: Vec<(usize, usize, Option<String>)>,
}

/// Reads marked text: a paragraph a line, `{garbled=>original}` where it is sure, `{garbled=?original}` where it is
/// likely, `{garbled=!}` where nobody can tell; a line `# id=… dialect=news` begins a new source.
///
/// # Errors
///
/// The first line that is none of these.
pub fn passages(place: &str, text: &str) -> Result<Vec<Passage>> {
    let mut out = Vec::new();
    let mut dialect = None;
    for (number, line) in text.lines().enumerate() {
        let wrong = |message: String| Error::table(place, number + 1, message);
        if let Some(about) = line.strip_prefix("# id=") {
            let name = about.split_whitespace().find_map(|w| w.strip_prefix("dialect=")).unwrap_or("");
            let known = source::DIALECTS.iter().position(|d| *d == name);
            dialect =
                Some(known.ok_or_else(|| {
                    wrong(format!("no dialect {name:?}: a source is  # id=NAME dialect=NAME"))
                })?);
        } else if !line.trim().is_empty() {
            let dialect =
                dialect.ok_or_else(|| wrong("text before the first  # id=NAME dialect=…".into()))?;
            out.push(passage(dialect, line).map_err(wrong)?);
        }
    }
    Ok(out)
}

fn passage(dialect: usize, line: &str) -> std::result::Result<Passage, String> {
    let mut out = Passage { dialect, ..Passage::default() };
    let mut rest = line;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').ok_or("a { without its }")? + open;
        let inside = &rest[open + 1..close];
        out.garbled += &rest[..open];
        let at = inside.find('=').ok_or_else(|| format!("{{{inside}}} lacks => and what was meant"))?;
        let meant = inside[at + 1..].trim_start_matches(['>', '?']);
        let from = out.garbled.len();
        out.garbled += &inside[..at];
        let meant = if meant.starts_with('!') || meant.is_empty() { None } else { Some(meant.to_owned()) };
        out.marks.push((from, out.garbled.len(), meant));
        rest = &rest[close + 1..];
    }
    out.garbled += rest;
    Ok(out)
}

impl Passage {
    /// What a range of the garbled text stands for; `None` where a mark is cut or open.
    fn restored(&self, start: usize, end: usize) -> Option<String> {
        let mut out = String::new();
        let mut at = start;
        for (from, to, meant) in &self.marks {
            if *to <= start || *from >= end {
                continue;
            }
            if *from < start || *to > end {
                return None;
            }
            out += &self.garbled[at..*from];
            out += meant.as_deref()?;
            at = *to;
        }
        out += &self.garbled[at..end];
        Some(out)
    }

    /// Is the range one mark?
    fn is_marked(&self, start: usize, end: usize) -> bool {
        self.marks.iter().any(|m| m.0 == start && m.1 == end && m.2.is_some())
    }

    /// Is the range made of several marks with only space between them?
    fn is_row(&self, start: usize, end: usize) -> bool {
        let marks: Vec<_> =
            self.marks.iter().filter(|m| m.0 >= start && m.1 <= end && m.2.is_some()).collect();
        let touching = |w: &[&(usize, usize, Option<String>)]| self.garbled[w[0].1..w[1].0].trim().is_empty();
        match (marks.first(), marks.last()) {
            (Some(first), Some(last)) => {
                marks.len() > 1 && first.0 == start && last.1 == end && marks.windows(2).all(touching)
            }
            _ => false,
        }
    }
}

/// What one left side stood for in one dialect.
#[derive(Default)]
struct Count {
    times: u32,
    /// By the original in lower case: how often, and how often in which case.
    originals: BTreeMap<String, (u32, BTreeMap<String, u32>)>,
}

/// Counts what passages show, as the lines of a `seen` file.
pub fn count(lexicon: &Lexicon, passages: &[Passage]) -> String {
    let mut lefts: HashSet<String> = HashSet::new();
    for rules in lexicon.tables() {
        lefts.extend(rules.substitutions().map(|(left, _)| left).filter(|l| !l.contains(SLOT)).map(plain));
    }
    let mut rows: HashMap<String, u32> = HashMap::new();
    for passage in passages {
        each_stretch(passage, |_, start, end, key| {
            if passage.is_marked(start, end) {
                lefts.insert(key.to_owned());
            } else if passage.is_row(start, end) {
                *rows.entry(key.to_owned()).or_default() += 1;
            }
        });
    }
    // A row of several marks is a phrase of its own when it comes again.
    lefts.extend(rows.into_iter().filter(|(_, n)| *n > 1).map(|(key, _)| key));
    let mut counts: BTreeMap<(String, usize), Count> = BTreeMap::new();
    for passage in passages {
        each_stretch(passage, |lower, start, end, key| {
            if !lefts.contains(key) {
                return;
            }
            let Some(meant) = passage.restored(start, end) else { return };
            let meant = meant.split_whitespace().collect::<Vec<_>>().join(" ");
            let count = counts.entry((key.to_owned(), passage.dialect)).or_default();
            count.times += 1;
            let small = plain(&meant);
            if small != key && !small.is_empty() {
                let original = count.originals.entry(meant.to_lowercase()).or_default();
                original.0 += 1;
                if lower {
                    *original.1.entry(meant).or_default() += 1;
                }
            }
        });
    }
    let mut out = String::new();
    for ((left, dialect), count) in &counts {
        if !source::is_plain(left) || is_chance(left, count) {
            continue;
        }
        out += &format!("{left} | {} {}", source::DIALECTS[*dialect], count.times);
        let mut originals: Vec<_> = count.originals.iter().collect();
        originals.sort_by_key(|(small, (n, _))| (std::cmp::Reverse(*n), (*small).clone()));
        for (small, (n, cases)) in originals {
            let cased = cases.iter().max_by_key(|(_, n)| **n).map_or(small, |(cased, _)| cased);
            if source::is_plain(cased) {
                out += &format!(" | {cased} {n}");
            }
        }
        out.push('\n');
    }
    out
}

/// Occurrences of a word, as found and as restored, from which a table of leanings names it.
const OFTEN: u32 = 4;

/// Counts each word in the text as it was found and as it was restored, as the lines of a `leans` file.
pub fn leanings(passages: &[Passage]) -> String {
    let mut counts: BTreeMap<String, [u32; 2]> = BTreeMap::new();
    let mut tokens = Vec::new();
    for passage in passages {
        let Some(restored) = passage.restored(0, passage.garbled.len()) else { continue };
        for (side, text) in [&passage.garbled, &restored].into_iter().enumerate() {
            tokens.clear();
            tokenize(text.as_bytes(), &mut tokens);
            for token in tokens.iter().filter(|t| t.kind == Kind::Word) {
                counts.entry(plain(token.str(text.as_bytes()))).or_default()[side] += 1;
            }
        }
    }
    let often = counts
        .iter()
        .filter(|(word, n)| n[0] + n[1] >= OFTEN && source::is_plain(word) && !word.contains(' '));
    often.map(|(word, n)| format!("{word} {} {}\n", n[0], n[1])).collect()
}

/// A long left side that came once will not come again: it says more of that text than of its dialect.
fn is_chance(left: &str, count: &Count) -> bool {
    left.split(' ').count() > 4 && count.originals.values().all(|(n, _)| *n < 2)
}

/// Every stretch of tokens that a left side could be: are all its words small, from, to, its key.
fn each_stretch(passage: &Passage, mut visit: impl FnMut(bool, usize, usize, &str)) {
    let mut tokens = Vec::new();
    tokenize(passage.garbled.as_bytes(), &mut tokens);
    for first in 0..tokens.len() {
        let (mut key, mut lower) = (String::new(), true);
        for token in tokens[first..].iter().take(LONGEST) {
            if matches!(token.kind, Kind::Protected | Kind::Number) {
                break;
            }
            let (start, end) = (token.start as usize, token.end as usize);
            let Some(text) = passage.garbled.get(start..end) else { break };
            if !key.is_empty() {
                key.push(' ');
            }
            key += &plain(text);
            lower &= token.kind != Kind::Word || token.shape == Shape::Lower;
            visit(lower, tokens[first].start as usize, end, &key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# id=a dialect=science\nThe {calculation=>algorithm} is a {profound=>deep} calculation.\n\
                        A {bold=!} {calculation=?algorithm}.\n";

    #[test]
    fn marks_are_read_and_restored() {
        let passages = passages("t", TEXT).unwrap();
        assert_eq!(passages[0].garbled, "The calculation is a profound calculation.");
        let whole = passages[0].restored(0, passages[0].garbled.len());
        assert_eq!(whole.as_deref(), Some("The algorithm is a deep calculation."));
        assert_eq!(passages[1].restored(2, 6), None);
    }

    #[test]
    fn faults_have_their_line() {
        for (text, message) in [
            ("x", "t:1: text before"),
            ("# id=a dialect=x", "t:1: no dialect \"x\""),
            ("# id=a dialect=web\n{x", "t:2: a { without"),
            ("# id=a dialect=web\n{x}", "t:2: {x} lacks =>"),
        ] {
            let error = passages("t", text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn counts_are_lines_of_a_seen_file() {
        let lexicon = crate::lexicon::Lexicon::embedded();
        let text = count(&lexicon, &passages("t", TEXT).unwrap());
        let seen = source::seen("t", &text).unwrap();
        let line = seen.iter().find(|s| s.garbled == "calculation").unwrap();
        assert_eq!((line.times, source::DIALECTS[line.dialect]), (3, "science"));
        assert_eq!(line.originals, [("algorithm".to_owned(), 2)]);
    }
}
