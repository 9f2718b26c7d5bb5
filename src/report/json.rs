//! Edits, doubts and diagnosis as JSON. Written by hand, for the library does without a JSON crate.

use std::fmt::Write as _;

use super::Summary;
use crate::clean::{Cleaned, Diagnosis, Dialect};
use crate::edit::{Channel, Edit};

/// A document as one JSON object on one line: `file` (where it has a name), `edits`, `doubts`, `diagnosis`.
///
/// ```
/// let cleaner = ungarble::Cleaner::new();
/// let cleaned = cleaner.clean("Nothing is wrong here.");
/// assert!(ungarble::report::json_document("a.txt", &cleaned).starts_with(r#"{"file":"a.txt","edits":["#));
/// ```
pub fn document(name: &str, cleaned: &Cleaned) -> String {
    let mut out = String::from("{");
    if !name.is_empty() {
        let _ = write!(out, "\"file\":{},", string(name));
    }
    let _ = write!(out, "\"edits\":{}", edits(cleaned.source(), cleaned.edits()));
    let _ = write!(out, ",\"doubts\":{}", edits(cleaned.source(), cleaned.doubts()));
    let _ = write!(out, ",\"diagnosis\":{}}}", diagnosis(cleaned.diagnosis()));
    out
}

/// What `score` says of a document as one JSON object on one line: `file`, `diagnosis`, `edits` and `doubts` as
/// numbers, `channels` with the number of edits of each.
///
/// ```
/// let cleaner = ungarble::Cleaner::new();
/// let cleaned = cleaner.clean("Nothing is wrong here.");
/// assert!(ungarble::report::json_score("a.txt", &cleaned).starts_with(r#"{"file":"a.txt","diagnosis":{"words":"#));
/// ```
pub fn score(name: &str, cleaned: &Cleaned) -> String {
    let summary = Summary::of(cleaned);
    let count = |channel| format!("\"{channel}\":{}", summary.channel(channel));
    let channels: Vec<String> = Channel::ALL.into_iter().map(count).collect();
    format!(
        "{{\"file\":{},\"diagnosis\":{},\"edits\":{},\"doubts\":{},\"channels\":{{{}}}}}",
        string(name),
        diagnosis(cleaned.diagnosis()),
        summary.edits(),
        summary.doubts(),
        channels.join(",")
    )
}

/// A text as a line of hypotheses for `eval --hyps`.
pub fn hypothesis(id: &str, text: &str) -> String {
    format!("{{\"id\":{},\"text\":{}}}\n", string(id), string(text))
}

/// A damaged text as a line of cases for `eval`, with the edits that repair it in a field of this name.
pub fn case(id: &str, kind: &str, garbled: &str, restored: &str, repairs: Option<(&str, &[Edit])>) -> String {
    let repairs = repairs.map_or_else(String::new, |(name, list)| {
        format!(",{}:{}", string(name), edits(garbled.as_bytes(), list))
    });
    format!(
        "{{\"id\":{},\"kind\":{},\"garbled\":{},\"restored\":{}{repairs}}}\n",
        string(id),
        string(kind),
        string(garbled),
        string(restored)
    )
}

/// The figures at one threshold of a curve, on one line.
pub fn at_threshold(threshold: f64, groups: &str) -> String {
    format!("{{\"threshold\":{threshold},\"groups\":{groups}}}\n")
}

/// Edits as a JSON array. `start` and `end` are bytes of the source, `start_char` and `end_char` code points.
pub fn edits(source: &[u8], edits: &[Edit]) -> String {
    let mut out = String::from("[");
    let (mut at, mut chars) = (0, 0);
    for (i, edit) in edits.iter().enumerate() {
        let garbled = &source[edit.range.clone()];
        // Doubts may overlap one another; edits do not.
        if edit.range.start < at {
            (at, chars) = (0, 0);
        }
        let start_char = chars + code_points(&source[at..edit.range.start]);
        (at, chars) = (edit.range.start, start_char);
        let _ = write!(
            out,
            "{}{{\"start\":{},\"end\":{},\"start_char\":{start_char},\"end_char\":{},\"garbled\":{},\
             \"replacement\":{},\"channel\":\"{}\",\"confidence\":{},\"reason\":{}}}",
            if i > 0 { "," } else { "" },
            edit.range.start,
            edit.range.end,
            start_char + code_points(garbled),
            string(&String::from_utf8_lossy(garbled)),
            string(&edit.replacement),
            edit.channel,
            thousandths(edit.confidence),
            string(&edit.reason),
        );
    }
    out.push(']');
    out
}

/// A JSON string with its quotes; what is not ASCII stands as it is.
///
/// ```
/// assert_eq!(ungarble::report::json_string("a \"b\"\n"), r#""a \"b\"\n""#);
/// ```
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' | '\x7f' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

fn diagnosis(diagnosis: &Diagnosis) -> String {
    let dialects: Vec<String> = Dialect::ALL
        .iter()
        .zip(diagnosis.dialects)
        .map(|(dialect, weight)| format!("\"{}\":{}", dialect.name(), thousandths(weight)))
        .collect();
    let habits: Vec<String> = diagnosis
        .habits
        .iter()
        .map(|(garbled, original, count)| {
            format!(
                "{{\"garbled\":{},\"original\":{},\"count\":{}}}",
                string(garbled),
                string(original),
                thousandths(*count)
            )
        })
        .collect();
    format!(
        "{{\"words\":{},\"spun\":{},\"dialects\":{{{}}},\"habits\":[{}]}}",
        diagnosis.words,
        thousandths(diagnosis.spun),
        dialects.join(","),
        habits.join(",")
    )
}

/// A number to three places, without zeros at the end; JSON has no infinities.
fn thousandths(x: f32) -> String {
    if !x.is_finite() {
        return "0".into();
    }
    let text = format!("{x:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Code points, with one for each stretch of bytes that is not UTF-8, as a lossy reading shows it.
fn code_points(bytes: &[u8]) -> usize {
    let chunks = bytes.utf8_chunks();
    chunks.map(|chunk| chunk.valid().chars().count() + usize::from(!chunk.invalid().is_empty())).sum()
}
