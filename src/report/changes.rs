//! The changes of a document as the review page reads them: a book has ten thousand, so each is a row without names, and what many of them
//! say (channels, reasons) stands once. `page/page.js` has the other half of this.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::json::{begin, origin, string, thousandths};
use super::lines::Places;
use crate::clean::{Cleaned, Reading, Repair};
use crate::edit::Edit;
use crate::replay::{Origin, context};

/// A document as one JSON object:
///
/// * `file`, where it has a name;
/// * `source`, where anything of it can be decided;
/// * `names`: channels and reasons, for which rows have numbers;
/// * `edits`: rows of line, what stands there, what it becomes, channel, confidence, reason, places, and where there is more of it the other
///   readings and 1 for a doubt;
/// * a place is a row of start, end, what stands before and after; where it is written otherwise than it reads what stands there, what it
///   becomes, channel, confidence and reason follow;
/// * another reading is a row of its text, its probability, and where these differ what it puts in each place.
pub(super) fn document(name: &str, cleaned: &Cleaned, repairs: &[Repair]) -> String {
    let (source, text) = (cleaned.source(), cleaned.readable());
    let mut out = begin(name);
    out.reserve(repairs.len() * 160 + 64);
    if !repairs.is_empty() {
        // Hashing is most of what a page of clean text would cost, and there is nothing to replay on it.
        let _ = write!(out, "\"source\":{},", origin(&Origin::of(source)));
    }
    let lines = lines(source, repairs);
    let mut names = Names::default();
    out += "\"edits\":[";
    for (i, (repair, line)) in repairs.iter().zip(lines).enumerate() {
        let Repair { shown, edits, others, doubt } = repair;
        let garbled = &text[shown.range.clone()];
        let _ = write!(out, "{}[{line},", if i > 0 { "," } else { "" });
        change(&mut out, garbled, shown, &mut names);
        out += ",[";
        for (i, edit) in edits.iter().enumerate() {
            let (before, after) = context(source, edit.range.clone());
            let (start, end) = (edit.range.start, edit.range.end);
            let comma = if i > 0 { "," } else { "" };
            let _ = write!(out, "{comma}[{start},{end},{},{}", string(before), string(after));
            let here = &source[edit.range.clone()];
            if here != garbled || !says_the_same(edit, shown) {
                out.push(',');
                change(&mut out, here, edit, &mut names);
            }
            out.push(']');
        }
        out.push(']');
        if *doubt || !others.is_empty() {
            let other = |other: &Reading| {
                let words: Vec<String> = other.words.iter().map(|words| string(words)).collect();
                let same = other.words.iter().all(|words| *words == other.text);
                let words = if same { String::new() } else { format!(",[{}]", words.join(",")) };
                format!("[{},{}{words}]", string(&other.text), thousandths(other.probability))
            };
            let others: Vec<String> = others.iter().map(other).collect();
            let _ = write!(out, ",[{}]{}", others.join(","), if *doubt { ",1" } else { "" });
        }
        out.push(']');
    }
    let names: Vec<String> = names.list.into_iter().map(string).collect();
    let _ = write!(out, "],\"names\":[{}]}}", names.join(","));
    out
}

/// What an edit makes of what, and why.
fn change<'c>(out: &mut String, garbled: &[u8], edit: &'c Edit, names: &mut Names<'c>) {
    let _ = write!(
        out,
        "{},{},{},{},{}",
        string(&String::from_utf8_lossy(garbled)),
        string(&edit.replacement),
        names.number(edit.channel.name()),
        thousandths(edit.confidence),
        names.number(&edit.reason),
    );
}

fn says_the_same(a: &Edit, b: &Edit) -> bool {
    a.replacement == b.replacement
        && a.channel == b.channel
        && a.confidence == b.confidence
        && a.reason == b.reason
}

/// The line of the source on which each repair begins. The order of the text need not be that of the file, and only in that of the file are
/// lines counted fast.
fn lines(source: &[u8], repairs: &[Repair]) -> Vec<usize> {
    let start = |i: &usize| repairs[*i].edits.first().map_or(0, |edit| edit.range.start);
    let mut order: Vec<usize> = (0..repairs.len()).collect();
    order.sort_by_key(start);
    let (mut places, mut out) = (Places::of(source), vec![1; repairs.len()]);
    for i in order {
        out[i] = places.at(start(&i)).line;
    }
    out
}

/// What is said more than once, by number.
#[derive(Default)]
struct Names<'c> {
    numbers: HashMap<&'c str, usize>,
    list: Vec<&'c str>,
}

impl<'c> Names<'c> {
    fn number(&mut self, name: &'c str) -> usize {
        *self.numbers.entry(name).or_insert_with(|| {
            self.list.push(name);
            self.list.len() - 1
        })
    }
}
