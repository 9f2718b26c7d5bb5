//! The unified difference, byte for byte what `patch -p0` needs.
//!
//! The changed lines are known from the edits, so no search is made: the hunks are exact and the work is linear.

use similar::udiff::UnifiedHunkHeader;
use similar::{DiffOp, DiffTag, group_diff_ops};

use super::lines::{Lines, Paint};
use crate::edit::{Edit, Patch};

/// Unchanged lines that are shown around a change.
pub(super) const CONTEXT: usize = 3;

/// The unified difference of a source and these edits; empty without edits. Bytes that are not UTF-8 are kept.
///
/// ```
/// use ungarble::{Channel, Edit, report};
/// let edit = Edit { range: 0..3, replacement: "the".into(), channel: Channel::Ocr, confidence: 0.98, reason: "b for h".into() };
/// let diff = report::unified("a.txt", b"tbe end", &[edit], false);
/// let expected = "--- a.txt\n+++ a.txt\n@@ -1 +1 @@\n-tbe end\n\\ No newline at end of file\n+the end\n\\ No newline at end of file\n";
/// assert_eq!(String::from_utf8_lossy(&diff), expected);
/// ```
pub fn unified(name: &str, source: &[u8], edits: &[Edit], colour: bool) -> Vec<u8> {
    with_context(name, source, edits, CONTEXT, colour)
}

/// [`unified`] with so many unchanged lines around each change.
pub fn with_context(name: &str, source: &[u8], edits: &[Edit], context: usize, colour: bool) -> Vec<u8> {
    if edits.is_empty() {
        return Vec::new();
    }
    let new = Patch::new(edits.to_vec()).apply(source).into_owned();
    let (old_lines, new_lines) = (Lines::of(source), Lines::of(&new));
    let paint = Paint(colour);
    let mut out = Vec::new();
    for sign in ["---", "+++"] {
        // A tab ends a name that holds spaces; without it `patch` takes what follows the space for a date.
        let tab = if name.contains(' ') { "\t" } else { "" };
        out.extend_from_slice(format!("{}{tab}\n", paint.faint(&format!("{sign} {name}"))).as_bytes());
    }
    for hunk in group_diff_ops(operations(&old_lines, &new_lines, edits), context) {
        let header = UnifiedHunkHeader::new(&hunk).to_string();
        out.extend_from_slice(paint.place(header.trim_end()).as_bytes());
        out.push(b'\n');
        for op in &hunk {
            let (tag, old, new) = op.as_tag_tuple();
            if tag == DiffTag::Equal {
                old.for_each(|line| push(&mut out, b' ', old_lines.line(line), ""));
                continue;
            }
            old.for_each(|line| push(&mut out, b'-', old_lines.line(line), if colour { "31" } else { "" }));
            new.for_each(|line| push(&mut out, b'+', new_lines.line(line), if colour { "32" } else { "" }));
        }
    }
    out
}

fn push(out: &mut Vec<u8>, sign: u8, line: &[u8], code: &str) {
    let text = line.strip_suffix(b"\n");
    if !code.is_empty() {
        out.extend_from_slice(format!("\x1b[{code}m").as_bytes());
    }
    out.push(sign);
    out.extend_from_slice(text.unwrap_or(line));
    if !code.is_empty() {
        out.extend_from_slice(b"\x1b[0m");
    }
    out.push(b'\n');
    if text.is_none() {
        out.extend_from_slice(b"\\ No newline at end of file\n");
    }
}

/// The blocks of changed lines as operations on line numbers.
fn operations(old: &Lines, new: &Lines, edits: &[Edit]) -> Vec<DiffOp> {
    let mut ops = Vec::new();
    let (mut old_index, mut new_index) = (0, 0);
    let mut blocks = old.blocks(edits).into_iter().peekable();
    while let Some(block) = blocks.next() {
        let len = block.lines.start - old_index;
        if len > 0 {
            ops.push(DiffOp::Equal { old_index, new_index, len });
        }
        (old_index, new_index) = (old_index + len, new_index + len);
        let old_len = block.lines.len();
        // What the block became ends where the unchanged lines after it begin.
        let new_len = match blocks.peek() {
            None => new.len() - (old.len() - block.lines.end) - new_index,
            Some(_) => {
                let ends = |text: &[u8]| text.iter().filter(|&&b| b == b'\n').count();
                let gone: usize = block.edits.iter().map(|e| ends(old.bytes(e.range.clone()))).sum();
                let come: usize = block.edits.iter().map(|e| ends(e.replacement.as_bytes())).sum();
                old_len + come - gone
            }
        };
        ops.push(match (old_len, new_len) {
            (0, _) => DiffOp::Insert { old_index, new_index, new_len },
            (_, 0) => DiffOp::Delete { old_index, old_len, new_index },
            _ => DiffOp::Replace { old_index, old_len, new_index, new_len },
        });
        (old_index, new_index) = (old_index + old_len, new_index + new_len);
    }
    if old_index < old.len() {
        ops.push(DiffOp::Equal { old_index, new_index, len: old.len() - old_index });
    }
    ops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Channel;

    fn edit(range: std::ops::Range<usize>, replacement: &str) -> Edit {
        Edit {
            range,
            replacement: replacement.into(),
            channel: Channel::Ocr,
            confidence: 1.0,
            reason: "".into(),
        }
    }

    fn check(source: &str, edits: &[Edit], expected: &str) {
        let diff = unified("a", source.as_bytes(), edits, false);
        let diff = String::from_utf8(diff).unwrap();
        assert_eq!(diff.strip_prefix("--- a\n+++ a\n").unwrap(), expected, "{source:?}");
    }

    #[test]
    fn hunks() {
        check("a\nb\nc\n", &[edit(2..3, "x")], "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
        check("a\nb\n", &[edit(1..2, " ")], "@@ -1,2 +1 @@\n-a\n-b\n+a b\n");
        check("a b\nc\n", &[edit(1..2, "\n")], "@@ -1,2 +1,3 @@\n-a b\n+a\n+b\n c\n");
        check("a\n", &[edit(2..2, "b\n")], "@@ -1 +1,2 @@\n a\n+b\n");
        check("", &[edit(0..0, "b\n")], "@@ -0,0 +1 @@\n+b\n");
        check("a\nb\n", &[edit(2..4, "")], "@@ -1,2 +1 @@\n a\n-b\n");
        check("a\r\nb\r\n", &[edit(0..1, "x")], "@@ -1,2 +1,2 @@\n-a\r\n+x\r\n b\r\n");
        let far = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        check(
            far,
            &[edit(0..1, "x"), edit(16..17, "y")],
            "@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+y\n",
        );
    }
}
