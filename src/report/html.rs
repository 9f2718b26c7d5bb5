//! The difference as a page for browsers that needs no other file and no network: the whole text with the edits marked, and
//! what it takes to decide about each and to save that as an edits file.
//!
//! The text is plain HTML, so that it can be read and printed without the script; the script (`page/page.js`) adds filters, keys and
//! decisions to it. It stands in `noscript`, which browsers that run scripts do not read: the script makes what is looked at, and the rest
//! when there is time. The data of each document (`changes.rs`) stands behind its text as JSON.

use std::fmt::Write as _;

use super::Summary;
use super::changes;
use super::lines::{Piece, pieces};
use super::marks::Mark;
use crate::clean::Cleaned;

/// Nothing may be fetched, whatever a text holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// The beginning of a page; any number of [`section`]s and a [`foot`] follow.
pub(super) fn head(title: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<title>{}</title>\n\
         <style>\n{}</style>\n<noscript><style>header {{ display: none }}</style></noscript>\n</head>\n<body>\n{}<noscript>The changes are marked in the text; to decide about them the page needs \
         JavaScript.</noscript>\n<main>\n",
        escaped(title),
        include_str!("page/page.css"),
        include_str!("page/page.html"),
    )
}

/// One document: what was said about it, its whole text as a person reads it with changes and doubts marked, and its data. The script
/// numbers the changes through the page by their place in it.
pub(super) fn section(name: &str, cleaned: &Cleaned) -> String {
    let text = cleaned.readable();
    let repairs = cleaned.repairs();
    let marks: Vec<Mark> = repairs.iter().map(Mark::read).collect();
    let mut out = String::with_capacity(text.len() + text.len() / 8 + marks.len() * 512 + 512);
    out += "<section>\n";
    if !name.is_empty() {
        let _ = writeln!(out, "<h2>{}</h2>", escaped(name));
    }
    let _ = writeln!(out, "<p class=\"summary\">{}</p>", Summary::of_repairs(&repairs));
    let blocks = blocks(text, &marks);
    let quiet = |i: usize| blocks.get(i).is_none_or(|(_, marks)| marks.is_empty());
    out += OPEN;
    let (mut at, mut part) = (0, out.len());
    while at < blocks.len() {
        if out.len() - part > PART {
            out += CLOSE;
            out += OPEN;
            part = out.len();
        }
        // A block beside a change is shown, for context.
        let run =
            (at..blocks.len()).take_while(|&i| quiet(i) && quiet(i + 1) && (i == 0 || quiet(i - 1))).count();
        let upto = at + run.max(1);
        if run >= FOLDED {
            let _ =
                writeln!(out, "<details class=\"fold\"><summary>{run} paragraphs without a change</summary>");
        }
        blocks[at..upto].iter().for_each(|(span, marks)| paragraph(&mut out, text, span, marks));
        if run >= FOLDED {
            out += "</details>\n";
        }
        at = upto;
    }
    out += CLOSE;
    let record = data(changes::document(name, cleaned, &repairs));
    let _ = writeln!(out, "<script type=\"application/json\" class=\"record\">{record}</script>\n</section>");
    out
}

/// JSON as it may stand in a script: nothing but its end is markup there, and a `<` stands only in strings, where it can be
/// written so.
fn data(json: String) -> String {
    if json.contains('<') { json.replace('<', "\\u003c") } else { json }
}

/// The end of a page.
pub(super) fn foot() -> &'static str {
    concat!(
        "</main>\n",
        include_str!("page/panel.html"),
        "<script>\n'use strict';\n{\n",
        include_str!("page/records.js"),
        include_str!("page/text.js"),
        include_str!("page/page.js"),
        "}\n</script>\n</body>\n</html>\n"
    )
}

/// So many paragraphs without a change, and with none beside them, are folded.
const FOLDED: usize = 3;

/// A part of the text.
const OPEN: &str = "<div class=\"part\"><noscript>\n";
const CLOSE: &str = "</noscript></div>\n";

/// Bytes of page from which on a part of the text ends: it is made and laid out by the part. Of 10,004 changes a page with parts is there in
/// two thirds of the time that one with a part for each paragraph takes.
const PART: usize = 1 << 14;

/// A text without empty lines is cut at line ends, into blocks of at least so many bytes.
const BLOCK: usize = 400;

type Block<'m, 'c> = (std::ops::Range<usize>, &'m [Mark<'c>]);

/// The text as blocks, cut at empty lines, and at line ends where there are none; never inside a mark.
fn blocks<'m, 'c>(source: &[u8], marks: &'m [Mark<'c>]) -> Vec<Block<'m, 'c>> {
    let (mut out, mut start, mut mark) = (Vec::new(), 0, 0);
    let mut push = |start: usize, end: usize, mark: &mut usize| {
        let first = *mark;
        while marks.get(*mark).is_some_and(|m| m.edit.range.end <= end) {
            *mark += 1;
        }
        let text = source[start..end].trim_ascii_end();
        let shown = start + text.len();
        let shown = marks[first..*mark].last().map_or(shown, |m| shown.max(m.edit.range.end));
        if shown > start {
            out.push((start..shown, &marks[first..*mark]));
        }
    };
    for end in memchr::memchr_iter(b'\n', source).map(|at| at + 1) {
        let empty = matches!(source.get(end), Some(b'\n')) || source[end..].starts_with(b"\r\n");
        let inside =
            || marks[mark..].iter().take_while(|m| m.edit.range.start < end).any(|m| m.edit.range.end > end);
        if (empty || end - start >= BLOCK) && !inside() {
            push(start, end, &mut mark);
            start = end;
        }
    }
    push(start, source.len(), &mut mark);
    out
}

fn paragraph(out: &mut String, text: &[u8], span: &std::ops::Range<usize>, marks: &[Mark<'_>]) {
    out.push_str("<div class=\"para\"><p>");
    for (i, piece) in pieces(text, span.clone(), marks).into_iter().enumerate() {
        match piece {
            Piece::Same(text) => {
                // The empty lines before a paragraph are between it and the last one.
                let ends = if i > 0 { 0 } else { text.iter().take_while(|b| b"\n\r".contains(b)).count() };
                escape(out, &text[ends..]);
            }
            Piece::Changed(old, mark) => {
                let kind = if mark.doubt { "e doubt" } else { "e" };
                let _ = write!(out, "<span class=\"{kind}\" data-c=\"{}\"><del>", mark.edit.channel);
                escape(out, old);
                out.push_str("</del><ins>");
                escape(out, mark.edit.replacement.as_bytes());
                out.push_str("</ins></span>");
            }
        }
    }
    out.push_str("</p></div>\n");
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    escape(&mut out, text.as_bytes());
    out
}

/// Bytes that are looked through at once for one that needs an escape.
const CHUNK: usize = 32;

/// Adds text to a page; what is not UTF-8 becomes U+FFFD.
fn escape(out: &mut String, text: &[u8]) {
    let text = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(_) => return escape(out, String::from_utf8_lossy(text).as_bytes()),
    };
    // C1 controls are written with the byte C2 first. Without a branch a chunk is compared at once.
    let special = |b: u8| {
        (b == b'&')
            | (b == b'<')
            | (b == b'>')
            | (b == 0x7f)
            | (b == 0xC2)
            | ((b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r'))
    };
    let bytes = text.as_bytes();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        let chunk = &bytes[at..bytes.len().min(at + CHUNK)];
        if !chunk.iter().fold(false, |any, b| any | special(*b)) {
            at += chunk.len();
            continue;
        }
        let Some(here) = chunk.iter().position(|b| special(*b)).map(|here| at + here) else { break };
        out.push_str(&text[from..here]);
        let c = text[here..].chars().next().unwrap_or('\u{fffd}');
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // HTML has no other control characters.
            _ if c.is_control() => out.push('\u{fffd}'),
            _ => out.push(c),
        }
        from = here + c.len_utf8();
        at = from;
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Channel, Edit};
    use crate::report::marks::marks;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(escaped("a<b> & \"c\"\r\n\té"), "a&lt;b&gt; &amp; \"c\"\r\n\té");
        let long = format!("{}<{}é&", "é".repeat(40), "x".repeat(50));
        assert_eq!(escaped(&long), long.replace('&', "&amp;").replace('<', "&lt;"));
        assert_eq!(escaped("\0 \u{85}\u{a0}\x7f"), "\u{fffd} \u{fffd}\u{a0}\u{fffd}");
        assert_eq!(escaped(""), "");
    }

    #[test]
    fn blocks_hold_all_marks() {
        let text = format!("One two.\nThree.\n\n\nFour five.\n{}", "A line of some length.\n".repeat(100));
        let edit = |start: usize, end: usize| Edit {
            range: start..end,
            replacement: "x".into(),
            channel: Channel::Ocr,
            confidence: 1.0,
            reason: "".into(),
        };
        // In one block, across an empty line, and in a long stretch without empty lines.
        let edits = [edit(0, 3), edit(9, 20), edit(1000, 1010), edit(text.len(), text.len())];
        let marks = marks(&edits, &[]);
        let blocks = blocks(text.as_bytes(), &marks);
        assert_eq!(blocks.iter().map(|(_, marks)| marks.len()).sum::<usize>(), edits.len());
        for (span, marks) in &blocks {
            assert!(marks.iter().all(|m| span.start <= m.edit.range.start && m.edit.range.end <= span.end));
        }
        assert!(blocks.len() > 3 && blocks.windows(2).all(|pair| pair[0].0.end <= pair[1].0.start));
    }
}
