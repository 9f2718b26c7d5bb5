//! Reading edits files: what `diff --style json`, the review page and `review` write.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Deserializer;

use crate::edit::{Channel, Edit};
use crate::error::{Error, Result};
use crate::replay::{Decision, Origin, Record, Recorded};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    file: String,
    source: Option<Source>,
    edits: Vec<Line>,
}

#[derive(Deserialize)]
struct Source {
    bytes: usize,
    sha256: String,
}

#[derive(Deserialize)]
struct Line {
    start: usize,
    end: usize,
    garbled: String,
    replacement: String,
    #[serde(default = "phrase")]
    channel: Channel,
    #[serde(default = "certain")]
    confidence: f32,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
    decision: Option<Decision>,
}

fn phrase() -> Channel {
    Channel::Phrase
}

fn certain() -> f32 {
    1.0
}

/// The records of an edits file: JSON objects one after the other, or an array of them. Those of one source are one record;
/// what comes later in the file decides. `place` names the file in errors.
///
/// An edit needs `start` and `end` (bytes), `garbled` and `replacement`; an object needs `edits`, and where it has `source`
/// it replays on that source alone.
///
/// # Errors
///
/// The line at which the file stops being an edits file.
pub fn read_records(place: &str, text: &str) -> Result<Vec<Record>> {
    let mut out: Vec<Record> = Vec::new();
    let mut known: HashMap<(String, Option<Origin>), usize> = HashMap::new();
    let mut add = |document: Document| {
        let origin = document.source.map(|s| Origin { bytes: s.bytes, sha256: s.sha256.to_lowercase() });
        let mut edits: Vec<Recorded> = document.edits.into_iter().map(recorded).collect();
        edits.sort_by_key(|r| (r.edit.range.start, r.edit.range.end));
        let record = Record { file: document.file, origin, edits };
        let key = (record.file.clone(), record.origin.clone());
        match known.get(&key) {
            Some(at) => out[*at].merge(record),
            None => {
                known.insert(key, out.len());
                out.push(record);
            }
        }
    };
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        let (documents, read) = match rest.as_bytes().first() {
            None => return Ok(out),
            Some(b'[') => {
                let mut values = Deserializer::from_str(rest).into_iter::<Vec<Document>>();
                (values.next(), values.byte_offset())
            }
            Some(_) => {
                let mut values = Deserializer::from_str(rest).into_iter::<Document>();
                (values.next().map(|one| one.map(|one| vec![one])), values.byte_offset())
            }
        };
        match documents {
            Some(Ok(documents)) => documents.into_iter().for_each(&mut add),
            Some(Err(error)) => {
                let line = text[..at].matches('\n').count() + error.line().max(1);
                let message = error.to_string();
                // serde counts lines from where it began.
                let message = message.split(" at line ").next().unwrap_or("cannot be read");
                return Err(Error::config(Some(place), Some(line), format!("no edits file: {message}")));
            }
            None => return Ok(out),
        }
        at += read;
    }
}

fn recorded(line: Line) -> Recorded {
    let edit = Edit {
        range: line.start..line.end,
        replacement: line.replacement.into(),
        channel: line.channel,
        confidence: line.confidence.clamp(0.0, 1.0),
        reason: line.reason.into(),
    };
    let Line { garbled, before, after, decision, .. } = line;
    Recorded { edit, garbled, before, after, decision }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::json_record;

    #[test]
    fn records_are_written_and_read() {
        let source = b"tbe end of tbe day";
        let edit = |start| Edit {
            range: start..start + 3,
            replacement: "the".into(),
            channel: Channel::Ocr,
            confidence: 0.98,
            reason: "b for h".into(),
        };
        let recorded = |start, decision| Recorded::of(source, edit(start), decision);
        let record = |edits| Record { file: "a.txt".into(), origin: Some(Origin::of(source)), edits };
        let all = record(vec![recorded(0, Some(Decision::Accept)), recorded(11, Some(Decision::Reject))]);
        assert_eq!(read_records("e", &json_record(&all)).unwrap(), std::slice::from_ref(&all));
        // Decisions that were added one by one; the last one about an edit holds.
        let lines = [
            record(vec![recorded(11, Some(Decision::Accept))]),
            record(vec![recorded(0, Some(Decision::Accept))]),
            record(vec![recorded(11, Some(Decision::Reject))]),
        ];
        let text: String = lines.iter().map(|record| json_record(record) + "\n").collect();
        assert_eq!(read_records("e", &text).unwrap(), [all]);
    }

    #[test]
    fn mistakes_have_a_line() {
        let mistakes = [
            ("", None),
            ("{\"edits\":[]}\n\n{\"edits\":[]", Some("e:3: no edits file: ")),
            ("{\"edits\":[]}\nhello", Some("e:2: no edits file: ")),
            ("\n{\"edits\":[{\"start\":1}]}", Some("e:2: no edits file: missing field `end`")),
        ];
        for (text, expected) in mistakes {
            let error = read_records("e", text).err().map(|e| e.to_string());
            match expected {
                None => assert_eq!(error, None, "{text:?}"),
                Some(start) => {
                    assert!(error.as_deref().unwrap_or("").starts_with(start), "{text:?}: {error:?}")
                }
            }
        }
    }
}
