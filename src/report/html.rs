//! The difference as an HTML page that needs no other file.

use std::fmt::Write as _;

use super::Summary;
use super::lines::{Piece, pieces};
use crate::clean::Cleaned;

const CSS: &str = "\
:root { color-scheme: light dark }
body { font: 16px/1.5 serif; max-width: 50em; margin: 2em auto; padding: 0 1em }
h2 { font: bold 1em sans-serif; border-top: 1px solid #8888; padding-top: 1em }
p.summary { font: .85em sans-serif; opacity: .8 }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere }
del { background: #f004; text-decoration-thickness: 1px }
ins { background: #0a04; text-decoration: none; cursor: help }
";

/// The beginning of a page; any number of [`section`]s and a [`foot`] follow.
pub fn head(title: &str) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>\n{CSS}</style>\n<h1>{title}</h1>\n"
    )
}

/// One document: what was said about it, and its whole text with the edits marked. The reason of an edit shows when
/// the pointer rests on it.
pub fn section(name: &str, cleaned: &Cleaned) -> String {
    let mut out = String::from("<section>\n");
    if !name.is_empty() {
        let _ = writeln!(out, "<h2>{}</h2>", escaped(name));
    }
    let _ = writeln!(out, "<p class=\"summary\">{}</p>", Summary::of(cleaned));
    // The first line end after <pre> is dropped by browsers: give them one.
    out.push_str("<pre>\n");
    let source = cleaned.source();
    for piece in pieces(source, 0..source.len(), cleaned.edits()) {
        match piece {
            Piece::Same(text) => out += &escaped(&String::from_utf8_lossy(text)),
            Piece::Changed(old, edit) => {
                let why = format!("{}, {:.2}: {}", edit.channel, edit.confidence, edit.reason);
                if !old.is_empty() {
                    let _ = write!(out, "<del>{}</del>", escaped(&String::from_utf8_lossy(old)));
                }
                let _ = write!(out, "<ins title=\"{}\">{}</ins>", escaped(&why), escaped(&edit.replacement));
            }
        }
    }
    out.push_str("</pre>\n</section>\n");
    out
}

/// The end of a page.
pub fn foot() -> String {
    "</html>\n".into()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            // HTML has no other control characters.
            '\0'..='\x1f' | '\x7f'..='\u{9f}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
