//! HTML: the text between the tags, of whatever is prose.
//!
//! Attributes, scripts, styles, preformatted text and code stay as they are; so do elements that are not to be translated
//! (`translate="no"`) or say that they are in another language. White space reads as one blank.

use std::ops::Range;

use super::builder::{Builder, Gap};
use super::code::Code;
use super::format::Reader;
use super::soup::{self, Tag, Token, VOID};
use crate::error::Result;

pub(super) const READER: Reader =
    Reader { name: "html", extensions: &["html", "htm", "xhtml"], looks, read: Some(read) };

fn looks(head: &super::format::Head<'_>) -> bool {
    let start = head.text.trim_start();
    head.root.eq_ignore_ascii_case("html")
        || start.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype html"))
}

/// Elements in a line of text. All others begin a passage of their own.
const INLINE: [&str; 40] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "center", "cite", "data", "del", "dfn", "em",
    "font", "i", "img", "input", "ins", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "area", "map",
];

/// Elements that hold no prose, in a line of text: read as code.
const CODE: [&str; 8] = ["code", "kbd", "samp", "tt", "var", "math", "svg", "output"];

/// Elements that hold no prose.
const NO_PROSE: [&str; 14] = [
    "script",
    "style",
    "pre",
    "textarea",
    "template",
    "object",
    "canvas",
    "xmp",
    "listing",
    "plaintext",
    "noframes",
    "iframe",
    "noembed",
    "noscript",
];

/// Elements that end where the next of their kind begins, unless one of these stands between them.
const IMPLIED: [(&str, &[&str]); 9] = [
    ("p", &[]),
    ("li", &["ul", "ol", "menu"]),
    ("dt", &["dl"]),
    ("dd", &["dl"]),
    ("tr", &["table"]),
    ("td", &["table"]),
    ("th", &["table"]),
    ("option", &["select"]),
    ("rt", &["ruby"]),
];

/// So many open elements are looked through for the one that an end tag closes.
const OPEN: usize = 256;

/// What is done with the text in an element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Prose,
    /// Seen and not touched.
    Code,
    /// Not looked at.
    Nothing,
}

fn read(builder: &mut Builder<'_>) -> Result<()> {
    let text = builder.shadow.text.clone();
    let mut open: Vec<(String, Use)> = Vec::new();
    let mut code: Option<Range<usize>> = None;
    for token in soup::tokens(&text) {
        match token {
            Token::Open(tag) => {
                let gap = gap(&tag.name);
                imply(&mut open, &tag.name, gap);
                builder.gap(gap);
                if !VOID.contains(&&*tag.name) {
                    let above = open.last().map_or(Use::Prose, |(_, what)| *what);
                    let what = if above == Use::Prose { what(&tag) } else { above };
                    open.push((tag.name, what));
                }
            }
            Token::Close(name) => {
                let looked = &open[open.len().saturating_sub(OPEN)..];
                if let Some(back) = looked.iter().rev().position(|(open, _)| *open == name) {
                    open.truncate(open.len() - back - 1);
                }
                if open.last().is_none_or(|(_, what)| *what != Use::Code)
                    && let Some(span) = code.take()
                {
                    builder.fixed(text[span].trim());
                }
                builder.gap(gap(&name));
            }
            Token::Text(span) => match open.last().map_or(Use::Prose, |(_, what)| *what) {
                Use::Prose => drop(builder.slot(span, Code::Html)),
                Use::Code => code = Some(code.map_or(span.start, |code| code.start)..span.end),
                Use::Nothing => {}
            },
        }
    }
    Ok(())
}

fn gap(name: &str) -> Gap {
    match name {
        "br" => Gap::Line,
        name if INLINE.contains(&name) || CODE.contains(&name) => Gap::None,
        _ => Gap::Passage,
    }
}

fn what(tag: &Tag) -> Use {
    let foreign = |lang: &str| !lang.trim().is_empty() && !lang.trim().to_ascii_lowercase().starts_with("en");
    let lang = tag.value("lang").or_else(|| tag.value("xml:lang"));
    let kept = tag.value("translate").is_some_and(|value| value.eq_ignore_ascii_case("no"))
        || tag
            .value("class")
            .is_some_and(|class| class.split_ascii_whitespace().any(|class| class == "notranslate"))
        || lang.is_some_and(foreign);
    match &*tag.name {
        name if CODE.contains(&name) => Use::Code,
        name if NO_PROSE.contains(&name) => Use::Nothing,
        name if kept && INLINE.contains(&name) => Use::Code,
        _ if kept => Use::Nothing,
        _ => Use::Prose,
    }
}

/// Ends elements whose end tag may be left out and that cannot go on where this one begins.
fn imply(open: &mut Vec<(String, Use)>, name: &str, gap: Gap) {
    for (element, between) in IMPLIED {
        if element != name && !(element == "p" && gap == Gap::Passage) {
            continue;
        }
        let looked = &open[open.len().saturating_sub(OPEN)..];
        let back = looked
            .iter()
            .rev()
            .take_while(|(open, _)| !between.contains(&&**open))
            .position(|(open, _)| open == element);
        if let Some(back) = back {
            open.truncate(open.len() - back - 1);
        }
    }
}
