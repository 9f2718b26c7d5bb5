//! The file of cases: JSON lines, each with a garbled text and, where it is known, what was meant.

use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// A garbled text and what was meant.
#[derive(Debug, Clone)]
pub struct Case {
    /// The name that hypotheses refer to; numbers are written as JSON writes them.
    pub id: String,
    /// The text as it stands: the field `garbled`, `ocr`, `hyp` or `text`, whichever comes first in this order.
    pub garbled: String,
    /// What was meant, where it is known: the field `restored`, `gt` or `ref`.
    pub restored: Option<String>,
    /// A second good answer: edits that only it makes are neither asked for nor held against a cleaner.
    pub alternative: Option<String>,
    /// Was the case made for the purpose, and not found?
    pub constructed: bool,
    fields: Map<String, Value>,
}

impl Case {
    /// The value of a field as a group name, as Python would print it (`None` where the field is missing).
    pub fn group(&self, field: &str) -> String {
        self.fields.get(field).map_or_else(|| "None".into(), python_str)
    }
}

/// Reads cases. `place` names the file in errors.
///
/// ```
/// let cases = ungarble::eval::cases("demo", r#"{"id": 1, "garbled": "tbe end", "restored": "the end"}"#)?;
/// assert_eq!(cases[0].restored.as_deref(), Some("the end"));
/// # Ok::<(), ungarble::Error>(())
/// ```
pub fn cases(place: &str, lines: &str) -> Result<Vec<Case>> {
    objects(place, lines)?.into_iter().map(|(line, object)| case(place, line, object)).collect()
}

/// Reads hypotheses (`{"id": …, "text": …}` lines): pairs of id and text.
pub fn hypotheses(place: &str, lines: &str) -> Result<std::collections::HashMap<String, String>> {
    let mut out = std::collections::HashMap::new();
    for (line, object) in objects(place, lines)? {
        let id = id(place, line, &object)?;
        let text = text(place, line, &object, "text")?.ok_or_else(|| missing(place, line, "\"text\""))?;
        out.insert(id, text);
    }
    Ok(out)
}

/// Reads a file as text; bytes that are not UTF-8 are an error here, for JSON has no others.
pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| Error::io(path, &e))
}

fn case(place: &str, line: usize, fields: Map<String, Value>) -> Result<Case> {
    let first = |names: &[&'static str]| names.iter().copied().find(|n| fields.contains_key(*n));
    let garbled = first(&["garbled", "ocr", "hyp", "text"])
        .ok_or_else(|| missing(place, line, "\"garbled\" (or \"ocr\", \"hyp\", \"text\")"))?;
    let restored = first(&["restored", "gt", "ref"]);
    Ok(Case {
        id: id(place, line, &fields)?,
        garbled: text(place, line, &fields, garbled)?.ok_or_else(|| missing(place, line, garbled))?,
        restored: restored.map_or(Ok(None), |name| text(place, line, &fields, name))?,
        alternative: text(place, line, &fields, "restored_alt")?.filter(|t| !t.is_empty()),
        constructed: fields.get("constructed").and_then(Value::as_bool).unwrap_or(false),
        fields,
    })
}

fn objects(place: &str, lines: &str) -> Result<Vec<(usize, Map<String, Value>)>> {
    let numbered = lines.split('\n').enumerate().map(|(i, line)| (i + 1, line));
    numbered
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| match serde_json::from_str(line) {
            Ok(Value::Object(object)) => Ok((number, object)),
            Ok(_) => Err(Error::config(Some(place), Some(number), "a case must be a JSON object")),
            Err(e) => Err(Error::config(Some(place), Some(number), format!("not JSON: {e}"))),
        })
        .collect()
}

fn missing(place: &str, line: usize, what: &str) -> Error {
    Error::config(Some(place), Some(line), format!("the field {what} is missing"))
}

fn id(place: &str, line: usize, object: &Map<String, Value>) -> Result<String> {
    object.get("id").map(python_str).ok_or_else(|| missing(place, line, "\"id\""))
}

fn text(place: &str, line: usize, object: &Map<String, Value>, name: &str) -> Result<Option<String>> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => {
            Err(Error::config(Some(place), Some(line), format!("the field \"{name}\" must be a string")))
        }
    }
}

/// A value as Python's `str` shows it; lists and objects, which nobody groups by, as JSON.
fn python_str(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::String(text) => text.clone(),
        Value::Number(n) => match n.as_f64() {
            Some(x) if n.is_f64() => super::figures::python_float(x),
            _ => n.to_string(),
        },
        other => other.to_string(),
    }
}
