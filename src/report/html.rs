//! The difference as a page for browsers that needs no other file and no network: the whole text with the edits marked, and
//! what it takes to decide about each and to save that as an edits file.
//!
//! The text is plain HTML, so that it can be read, searched and printed without the script; the script (`page/page.js`)
//! adds filters, keys and decisions to it. The data of each document stands behind its text as JSON.

use std::fmt::Write as _;

use super::Summary;
use super::json;
use super::lines::{Piece, pieces};
use super::marks::{Mark, marks};
use crate::clean::Cleaned;
use crate::replay::Origin;

/// Nothing may be fetched, whatever a text holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// The beginning of a page; any number of [`section`]s and a [`foot`] follow.
pub(super) fn head(title: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<title>{}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n{}<noscript>The changes are marked in the text; to decide about them the page needs \
         JavaScript.</noscript>\n<main>\n",
        escaped(title),
        include_str!("page/page.css"),
        include_str!("page/page.html"),
    )
}

/// One document: what was said about it, its whole text with edits and doubts marked, and its data. The script numbers the
/// edits through the page by their place in it.
pub(super) fn section(name: &str, cleaned: &Cleaned) -> String {
    let source = cleaned.source();
    let marks = marks(cleaned.edits(), cleaned.doubts());
    let mut out = String::from("<section>\n");
    if !name.is_empty() {
        let _ = writeln!(out, "<h2>{}</h2>", escaped(name));
    }
    let _ = writeln!(out, "<p class=\"summary\">{}</p>", Summary::of(cleaned));
    let blocks = blocks(source, &marks);
    let quiet = |i: usize| blocks.get(i).is_none_or(|(_, marks)| marks.is_empty());
    let mut at = 0;
    while at < blocks.len() {
        // A block beside a change is shown, for context.
        let run =
            (at..blocks.len()).take_while(|&i| quiet(i) && quiet(i + 1) && (i == 0 || quiet(i - 1))).count();
        if run >= FOLDED {
            let _ =
                writeln!(out, "<details class=\"fold\"><summary>{run} paragraphs without a change</summary>");
            blocks[at..at + run].iter().for_each(|(span, marks)| paragraph(&mut out, source, span, marks));
            out += "</details>\n";
        } else {
            let upto = at + run.max(1);
            blocks[at..upto].iter().for_each(|(span, marks)| paragraph(&mut out, source, span, marks));
        }
        at += run.max(1);
    }
    // In a script nothing but its end is markup; a `<` stands only in strings, where it can be written so.
    let data = format!(
        "{{{}\"source\":{},\"edits\":{}}}",
        if name.is_empty() { String::new() } else { format!("\"file\":{},", json::string(name)) },
        json::origin(&Origin::of(source)),
        json::placed(cleaned, &marks),
    );
    let data = data.replace('<', "\\u003c");
    let _ = writeln!(out, "<script type=\"application/json\" class=\"record\">{data}</script>\n</section>");
    out
}

/// The end of a page.
pub(super) fn foot() -> &'static str {
    concat!(
        "</main>\n",
        include_str!("page/panel.html"),
        "<script>\n",
        include_str!("page/page.js"),
        "</script>\n</body>\n</html>\n"
    )
}

/// So many paragraphs without a change, and with none beside them, are folded.
const FOLDED: usize = 3;

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
            marks[mark..].iter().take_while(|m| m.edit.range.start < end).any(|m| m.edit.range.end > end);
        if (empty || end - start >= BLOCK) && !inside {
            push(start, end, &mut mark);
            start = end;
        }
    }
    push(start, source.len(), &mut mark);
    out
}

fn paragraph(out: &mut String, source: &[u8], span: &std::ops::Range<usize>, marks: &[Mark<'_>]) {
    out.push_str("<div class=\"para\"><p>");
    for (i, piece) in pieces(source, span.clone(), marks).into_iter().enumerate() {
        match piece {
            Piece::Same(text) => {
                let text = escaped(&String::from_utf8_lossy(text));
                // The empty lines before a paragraph are between it and the last one.
                *out += if i == 0 { text.trim_start_matches(['\n', '\r']) } else { &text };
            }
            Piece::Changed(old, mark) => {
                let _ = write!(
                    out,
                    "<span class=\"e{}\" data-c=\"{}\"><del>{}</del><ins>{}</ins></span>",
                    if mark.doubt { " doubt" } else { "" },
                    mark.edit.channel,
                    escaped(&String::from_utf8_lossy(old)),
                    escaped(&mark.edit.replacement)
                );
            }
        }
    }
    out.push_str("</p></div>\n");
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut from = 0;
    // What needs no escape is copied by the stretch. C1 controls are written with the byte C2 first.
    let special =
        |b: u8| matches!(b, b'&' | b'<' | b'>' | b'"' | 0x7f | 0xC2) || (b < 0x20 && !b"\t\n\r".contains(&b));
    while let Some(at) = text.as_bytes()[from..].iter().position(|b| special(*b)).map(|at| from + at) {
        out += &text[from..at];
        let c = text[at..].chars().next().unwrap_or('\u{fffd}');
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            // HTML has no other control characters.
            _ if c.is_control() => out.push('\u{fffd}'),
            _ => out.push(c),
        }
        from = at + c.len_utf8();
    }
    out + &text[from..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Channel, Edit};

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(escaped("a<b> & \"c\"\r\n\té"), "a&lt;b&gt; &amp; &quot;c&quot;\r\n\té");
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
