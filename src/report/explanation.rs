//! What each stage saw of a document, as JSON.

use std::fmt::Write as _;
use std::ops::Range;

use super::json::{diagnosis, string, thousandths};
use crate::clean::{Diagnosis, Explanation};

/// An explanation as one JSON object on one line: `file`, `diagnosis`, `lean` and `evidence` (nats), `tokens`, `readings`, and
/// `path`, the indices of the readings that won their places. Ranges are bytes of `text`.
///
/// ```
/// let cleaner = ungarble::Cleaner::new();
/// let text = b"the preventing rising extra fierce";
/// let json = ungarble::report::json_explanation("a.txt", text, &cleaner.explain(text), &cleaner.diagnose(text));
/// assert!(json.starts_with(r#"{"file":"a.txt","diagnosis":{"words":"#));
/// assert!(json.contains(r#""rule":"dictionaries/phrases/"#), "{json}");
/// ```
pub fn explanation(name: &str, text: &[u8], explanation: &Explanation, diagnosed: &Diagnosis) -> String {
    let written = |range: &Range<usize>| {
        let bytes = text.get(range.clone()).unwrap_or_default();
        string(&String::from_utf8_lossy(bytes))
    };
    let mut out = format!(
        "{{\"file\":{},\"diagnosis\":{},\"lean\":{},\"evidence\":{},\"tokens\":[",
        string(name),
        diagnosis(diagnosed),
        thousandths(explanation.lean),
        thousandths(explanation.evidence)
    );
    for (i, token) in explanation.tokens.iter().enumerate() {
        let _ = write!(
            out,
            "{}{{\"start\":{},\"end\":{},\"text\":{},\"kind\":\"{}\",\"known\":{},\"sentence\":{}}}",
            if i > 0 { "," } else { "" },
            token.range.start,
            token.range.end,
            written(&token.range),
            token.kind,
            token.known,
            token.sentence_start
        );
    }
    out += "],\"readings\":[";
    for (i, reading) in explanation.readings.iter().enumerate() {
        let _ = write!(
            out,
            "{}{{\"start\":{},\"end\":{},\"garbled\":{},\"replacement\":{},\"reason\":{},\"rule\":{},\"cost\":{},\
             \"probability\":{},\"made\":{},\"evidence\":{{",
            if i > 0 { "," } else { "" },
            reading.range.start,
            reading.range.end,
            written(&reading.range),
            string(&reading.text),
            string(&reading.reason),
            reading.origin.as_deref().map_or_else(|| "null".into(), string),
            thousandths(reading.cost),
            thousandths(reading.posterior),
            reading.chosen
        );
        for (i, (name, number)) in reading.evidence.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            let _ = write!(out, "{comma}{}:{}", string(name), thousandths(*number));
        }
        out += "}}";
    }
    let path: Vec<String> = explanation.path.iter().map(usize::to_string).collect();
    let _ = write!(out, "],\"path\":[{}]}}", path.join(","));
    out
}
