//! SARIF 2.1.0 (OASIS), which code hosts and editors read: a result for each change, and how to make it.

use std::fmt::Write as _;

use super::json::{string, thousandths};
use super::lines::{Place, Places, shown};
use super::view::View;
use crate::edit::Channel;

/// What stands before the results of the first document.
pub(super) fn head() -> String {
    let rules: Vec<String> = Channel::ALL
        .into_iter()
        .map(|channel| {
            let text = format!("Damage of the channel {channel}.");
            format!("{{\"id\":\"{channel}\",\"shortDescription\":{{\"text\":{}}}}}", string(&text))
        })
        .collect();
    format!(
        "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\
         \"tool\":{{\"driver\":{{\"name\":\"ungarble\",\"version\":\"{}\",\"rules\":[{}]}}}},\
         \"columnKind\":\"unicodeCodePoints\",\"results\":[",
        env!("CARGO_PKG_VERSION"),
        rules.join(",")
    )
}

/// The results of a document; one that is not the first to have any needs a comma before it.
pub(super) fn results(view: View<'_>) -> String {
    let View { name, source, marks, .. } = view;
    let mut places = Places::of(source);
    let mut out = String::new();
    for (i, mark) in marks.iter().enumerate() {
        let edit = mark.edit;
        let (from, to) = (places.at(edit.range.start), places.at(edit.range.end));
        let old = shown(&source[edit.range.clone()]);
        let new = shown(edit.replacement.as_bytes());
        let message = format!("“{old}” was probably “{new}”: {}", edit.reason);
        let region = region(from, to, edit.range.start, edit.range.len());
        let artifact = format!("\"artifactLocation\":{{\"uri\":{}}}", string(&uri(name)));
        let _ = write!(
            out,
            "{}\n{{\"ruleId\":\"{}\",\"level\":\"{}\",\"message\":{{\"text\":{}}},\"locations\":[{{\"physicalLocation\":{{\
             {artifact},\"region\":{region}}}}}],\"fixes\":[{{\"artifactChanges\":[{{{artifact},\"replacements\":[{{\
             \"deletedRegion\":{region},\"insertedContent\":{{\"text\":{}}}}}]}}]}}],\"properties\":{{\"confidence\":{}}}}}",
            if i > 0 { "," } else { "" },
            edit.channel,
            if mark.doubt { "note" } else { "warning" },
            string(&message),
            string(&edit.replacement),
            thousandths(edit.confidence),
        );
    }
    out
}

/// What stands behind the results of the last document.
pub(super) fn foot() -> &'static str {
    "\n]}]}\n"
}

fn region(from: Place, to: Place, offset: usize, length: usize) -> String {
    format!(
        "{{\"startLine\":{},\"startColumn\":{},\"endLine\":{},\"endColumn\":{},\"byteOffset\":{offset},\"byteLength\":{length}}}",
        from.line, from.column, to.line, to.column
    )
}

/// A path as a relative URI: separators as slashes, and what no URI holds by its bytes.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into())
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
