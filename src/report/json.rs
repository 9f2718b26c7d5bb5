//! Edits, doubts and diagnosis as JSON. Written by hand, for the library does without a JSON crate.

use std::fmt::Write as _;

use super::Summary;
use super::lines::{Place, Places, code_points};
use crate::clean::{Cleaned, Diagnosis, Dialect};
use crate::edit::{Channel, Edit};
use crate::replay::{Origin, Record, context};

/// A document as one JSON object on one line: `file` (where it has a name), `source` (its length and SHA-256), `edits`,
/// `doubts`, `diagnosis`. This is what `ungarble apply` reads.
///
/// ```
/// let cleaner = ungarble::Cleaner::new();
/// let cleaned = cleaner.clean("Nothing is wrong here.");
/// assert!(ungarble::report::json_document("a.txt", &cleaned).starts_with(r#"{"file":"a.txt","source":{"bytes":22,"#));
/// ```
pub fn document(name: &str, cleaned: &Cleaned) -> String {
    let mut out = begin(name);
    let _ = write!(out, "\"source\":{}", origin(&Origin::of(cleaned.source())));
    let list = |edits: &[Edit]| array(cleaned.source(), edits, Some(cleaned));
    let _ = write!(out, ",\"edits\":{}", list(cleaned.edits()));
    let _ = write!(out, ",\"doubts\":{}", list(cleaned.doubts()));
    let _ = write!(out, ",\"diagnosis\":{}}}", diagnosis(cleaned.diagnosis()));
    out
}

/// A record as one JSON object on one line, which [`super::read_records`] reads.
pub fn record(record: &Record) -> String {
    let mut out = begin(&record.file);
    if let Some(source) = &record.origin {
        let _ = write!(out, "\"source\":{},", origin(source));
    }
    out += "\"edits\":[";
    for (i, recorded) in record.edits.iter().enumerate() {
        let Edit { range, replacement, channel, confidence, reason } = &recorded.edit;
        let _ = write!(
            out,
            "{}{{\"start\":{},\"end\":{},\"garbled\":{},\"replacement\":{},\"channel\":\"{channel}\",\
             \"confidence\":{},\"reason\":{},\"before\":{},\"after\":{}",
            if i > 0 { "," } else { "" },
            range.start,
            range.end,
            string(&recorded.garbled),
            string(replacement),
            thousandths(*confidence),
            string(reason),
            string(&recorded.before),
            string(&recorded.after),
        );
        if let Some(decision) = recorded.decision {
            let _ = write!(out, ",\"decision\":\"{}\"", decision.name());
        }
        out.push('}');
    }
    out += "]}";
    out
}

/// An object of a document begins with its name, where it has one.
pub(super) fn begin(name: &str) -> String {
    if name.is_empty() { "{".into() } else { format!("{{\"file\":{},", string(name)) }
}

pub(super) fn origin(origin: &Origin) -> String {
    format!("{{\"bytes\":{},\"sha256\":{}}}", origin.bytes, string(&origin.sha256))
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
    array(source, edits, None)
}

/// Edits as an array; of those of a cleaned document with their places and their alternatives.
fn array(source: &[u8], edits: &[Edit], cleaned: Option<&Cleaned>) -> String {
    let mut out = String::from("[");
    let mut places = Places::of(source);
    for (i, edit) in edits.iter().enumerate() {
        out.push_str(if i > 0 { ",{" } else { "{" });
        write_edit(&mut out, source, edit, places.at(edit.range.start), cleaned.is_some());
        if let Some(cleaned) = cleaned {
            write_others(&mut out, cleaned.alternatives(edit).into_iter());
        }
        out.push('}');
    }
    out.push(']');
    out
}

/// The fields of an edit; where it is `placed` with its line, its column (from 1, in code points), and what stands before and after it.
fn write_edit(out: &mut String, source: &[u8], edit: &Edit, place: Place, placed: bool) {
    let garbled = &source[edit.range.clone()];
    let _ = write!(
        out,
        "\"start\":{},\"end\":{},\"start_char\":{},\"end_char\":{},",
        edit.range.start,
        edit.range.end,
        place.chars,
        place.chars + code_points(garbled),
    );
    if placed {
        let _ = write!(out, "\"line\":{},\"column\":{},", place.line, place.column);
    }
    write_change(out, garbled, edit);
    if placed {
        let (before, after) = context(source, edit.range.clone());
        let _ = write!(out, ",\"before\":{},\"after\":{}", string(before), string(after));
    }
}

/// What an edit makes of what, and why.
fn write_change(out: &mut String, garbled: &[u8], edit: &Edit) {
    let _ = write!(
        out,
        "\"garbled\":{},\"replacement\":{},\"channel\":\"{}\",\"confidence\":{},\"reason\":{}",
        string(&String::from_utf8_lossy(garbled)),
        string(&edit.replacement),
        edit.channel,
        thousandths(edit.confidence),
        string(&edit.reason),
    );
}

/// The alternatives of an edit, where there are any.
fn write_others<'c>(out: &mut String, others: impl Iterator<Item = &'c Edit>) {
    let other = |other: &Edit| {
        let (text, sure) = (string(&other.replacement), thousandths(other.confidence));
        format!("{{\"replacement\":{text},\"probability\":{sure}}}")
    };
    let others: Vec<String> = others.map(other).collect();
    if !others.is_empty() {
        let _ = write!(out, ",\"alternatives\":[{}]", others.join(","));
    }
}

/// A JSON string with its quotes; what is not ASCII stands as it is.
///
/// ```
/// assert_eq!(ungarble::report::json_string("a \"b\"\n"), r#""a \"b\"\n""#);
/// ```
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut from = 0;
    // All that needs an escape is ASCII; what needs none is copied by the stretch.
    for (at, byte) in text.bytes().enumerate() {
        if !matches!(byte, b'"' | b'\\' | 0..=0x1f | 0x7f) {
            continue;
        }
        out += &text[from..at];
        from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => {
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out += &text[from..];
    out.push('"');
    out
}

pub(super) fn diagnosis(diagnosis: &Diagnosis) -> String {
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
pub(super) fn thousandths(x: f32) -> String {
    if !x.is_finite() {
        return "0".into();
    }
    let text = format!("{x:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}
