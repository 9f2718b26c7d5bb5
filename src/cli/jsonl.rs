//! JSON lines: finds the text in a line and puts the repaired text back, leaving every other byte as it was.
//!
//! The edits go into the string as it is written, so that even the escapes of unchanged text survive.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::edit::{Edit, Patch};
use crate::error::{self, Error};
use crate::report;

/// The text of a line, and where each part of it is written.
pub struct Field {
    /// The text, escapes undone. A lone surrogate, which no text can hold, reads as U+FFFD.
    pub text: String,
    /// Offsets in `text` and in the line from which both run in step, in order.
    steps: Vec<(usize, usize)>,
    /// Is everything outside ASCII written as an escape?
    escaped: bool,
}

/// Finds the string at a dotted path. A field whose name has the dots itself comes first.
pub fn field(line: &str, path: &str) -> Result<Field, String> {
    let body = line.strip_prefix('\u{feff}').unwrap_or(line);
    let value = find(body, path)?.ok_or_else(|| format!("no field {path:?}"))?;
    let at = offset(line, value);
    unescape(value, at).ok_or_else(|| format!("the field {path:?} is no string"))
}

/// The field `id` of a line as text, where it is a string or a number.
pub fn id(line: &str) -> Option<String> {
    let body = line.strip_prefix('\u{feff}').unwrap_or(line);
    match serde_json::from_str(find(body, "id").ok()??).ok()? {
        serde_json::Value::String(id) => Some(id),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

impl Field {
    /// The edits of the text as edits of the line.
    pub fn edits_of_line(&self, edits: &[Edit]) -> Vec<Edit> {
        let written = |edit: &Edit| Edit {
            range: self.place(edit.range.start)..self.place(edit.range.end),
            replacement: self.escape(&edit.replacement).into(),
            ..edit.clone()
        };
        edits.iter().map(written).collect()
    }

    fn place(&self, offset: usize) -> usize {
        let step = self.steps.partition_point(|(text, _)| *text <= offset) - 1;
        let (text, line) = self.steps[step];
        line + offset - text
    }

    fn escape(&self, text: &str) -> String {
        let quoted = report::json_string(text);
        let inner = &quoted[1..quoted.len() - 1];
        if !self.escaped {
            return inner.to_owned();
        }
        let mut out = String::with_capacity(inner.len());
        for c in inner.chars() {
            if c.is_ascii() {
                out.push(c);
            } else {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out += &format!("\\u{unit:04x}"));
            }
        }
        out
    }
}

/// A file of JSON lines with the texts on some of its lines edited, and how many edits that were. `numbers` are the lines, from 1, each
/// once; `edits` is asked for the edits of the text on each of them, with its place among `numbers`.
pub fn edited(
    file: &str,
    source: &[u8],
    path: &str,
    numbers: &[usize],
    mut edits: impl FnMut(usize, &[u8]) -> error::Result<Vec<Edit>>,
) -> error::Result<(Vec<u8>, usize)> {
    let lines: Vec<&[u8]> = source.split_inclusive(|b| *b == b'\n').collect();
    let mut patches: BTreeMap<usize, Patch> = BTreeMap::new();
    for (i, number) in numbers.iter().enumerate() {
        let place = |message: String| Error::config(Some(file), Some(*number), message);
        let line = number.checked_sub(1).and_then(|at| lines.get(at));
        let line = line.ok_or_else(|| place("has no such line".into()))?;
        let line = std::str::from_utf8(line).map_err(|_| place("not UTF-8".into()))?;
        let field = field(line, path).map_err(place)?;
        let of_text = edits(i, field.text.as_bytes())?;
        patches.insert(*number, Patch::new(field.edits_of_line(&of_text)));
    }
    let mut bytes = Vec::with_capacity(source.len());
    for (i, line) in lines.iter().enumerate() {
        match patches.get(&(i + 1)) {
            Some(patch) => bytes.extend_from_slice(&patch.apply(line)),
            None => bytes.extend_from_slice(line),
        }
    }
    Ok((bytes, patches.values().map(|patch| patch.edits().len()).sum()))
}

/// The line with a field of the outermost object set to a JSON value; added at the end where it is new.
pub fn set(line: &str, name: &str, json: &str) -> Result<String, String> {
    let body = line.strip_prefix('\u{feff}').unwrap_or(line);
    let fields: Fields = serde_json::from_str(body).map_err(|e| e.to_string())?;
    let old = fields.0.iter().rev().find(|(key, _)| key == name);
    let range: Range<usize> = match old {
        Some((_, value)) => offset(line, value.get())..offset(line, value.get()) + value.get().len(),
        None => {
            let end = line.rfind('}').ok_or("no object")?;
            end..end
        }
    };
    let comma = if fields.0.is_empty() { "" } else { "," };
    let new =
        if old.is_some() { json.to_owned() } else { format!("{comma}{}:{json}", report::json_string(name)) };
    Ok(format!("{}{new}{}", &line[..range.start], &line[range.end..]))
}

/// Where a part of a line begins in it.
fn offset(line: &str, part: &str) -> usize {
    part.as_ptr() as usize - line.as_ptr() as usize
}

/// The fields of an object in order, values as they are written.
struct Fields<'l>(Vec<(String, &'l RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    fields.push(entry);
                }
                Ok(Fields(fields))
            }
        }
        d.deserialize_map(Object)
    }
}

/// The value at a path as it is written. Of two fields of one name the last counts, as with most readers.
fn find<'l>(object: &'l str, path: &str) -> Result<Option<&'l str>, String> {
    let fields: Fields<'l> = serde_json::from_str(object).map_err(|e| format!("not JSON: {e}"))?;
    let get = |name: &str| fields.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.get());
    if let Some(value) = get(path) {
        return Ok(Some(value));
    }
    let Some((first, rest)) = path.split_once('.') else { return Ok(None) };
    match get(first) {
        Some(inner) if inner.starts_with('{') => find(inner, rest),
        _ => Ok(None),
    }
}

/// Undoes the escapes of a string that a JSON reader has accepted.
fn unescape(literal: &str, at: usize) -> Option<Field> {
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut field =
        Field { text: String::with_capacity(inner.len()), steps: vec![(0, at + 1)], escaped: false };
    let mut rest = inner;
    while let Some(slash) = rest.find('\\') {
        field.text += &rest[..slash];
        let (c, len) = escape(&rest[slash..])?;
        field.escaped |= !c.is_ascii();
        field.text.push(c);
        rest = &rest[slash + len..];
        field.steps.push((field.text.len(), at + 1 + inner.len() - rest.len()));
    }
    field.text += rest;
    field.escaped &= literal.is_ascii();
    Some(field)
}

/// One escape: its character and its length.
fn escape(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let hex = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(hex, 16).ok()
    };
    let c = match *text.as_bytes().get(1)? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = unit(0)?;
            if let Some(second) = unit(6)
                && let Some(Ok(c)) =
                    char::decode_utf16([first, second]).next().filter(|_| (0xd800..0xdc00).contains(&first))
            {
                return Some((c, 12));
            }
            return Some((char::from_u32(first.into()).unwrap_or('\u{fffd}'), 6));
        }
        other => char::from(other),
    };
    Some((c, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Channel;

    fn replaced(line: &str, path: &str, old: &str, new: &str) -> String {
        let field = field(line, path).unwrap();
        let start = field.text.find(old).unwrap();
        let range = start..start + old.len();
        let edit = Edit {
            range,
            replacement: new.into(),
            channel: Channel::Ocr,
            confidence: 1.0,
            reason: "".into(),
        };
        let patch = Patch::new(field.edits_of_line(&[edit]));
        String::from_utf8(patch.apply(line.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn other_bytes_survive() {
        let cases = [
            (
                r#"{"n":1.0e5, "text" : "a tbe\u0041 \"tbe2\/" }"#,
                "text",
                r#"{"n":1.0e5, "text" : "a the\u0041 \"tbe2\/" }"#,
            ),
            (r#"{"a":{"b":"\ud83d\ude00tbe"},"a.b":7}"#, "a.b", ""),
            (r#"{"a":{"b":"\ud83d\ude00\ud800tbe\n"}}"#, "a.b", r#"{"a":{"b":"\ud83d\ude00\ud800the\n"}}"#),
            (r#"{"x.y":"tbe"}"#, "x.y", r#"{"x.y":"the"}"#),
            ("\u{feff}{\"text\":\"tbe\"}\r\n", "text", "\u{feff}{\"text\":\"the\"}\r\n"),
            (r#"{"text":1,"text":"tbe"}"#, "text", r#"{"text":1,"text":"the"}"#),
        ];
        for (line, path, expected) in cases {
            if expected.is_empty() {
                assert!(field(line, path).is_err());
            } else {
                assert_eq!(replaced(line, path, "tbe", "the"), expected);
            }
        }
        assert_eq!(
            replaced(r#"{"text":"caf\u00e9 x"}"#, "text", "x", "“é"),
            r#"{"text":"caf\u00e9 \u201c\u00e9"}"#
        );
        assert_eq!(replaced(r#"{"text":"café x"}"#, "text", "x", "“é"), r#"{"text":"café “é"}"#);
        for bad in ["", "[]", "{", "{\"text\":3}", "{\"text\":\"a\"} x", "{}", "{\"text\":\"\\q\"}"] {
            assert!(field(bad, "text").is_err(), "{bad}");
        }
    }

    #[test]
    fn fields_are_set() {
        assert_eq!(set("{}", "e", "[]").unwrap(), r#"{"e":[]}"#);
        assert_eq!(set("{\"a\":1 }\n", "e", "[]").unwrap(), "{\"a\":1 ,\"e\":[]}\n");
        assert_eq!(set(r#"{"e" : [1], "a":2}"#, "e", "[]").unwrap(), r#"{"e" : [], "a":2}"#);
    }
}
