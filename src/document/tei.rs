//! TEI: the text of `text`, `facsimile` and `sourceDoc`, not the header.
//!
//! What an editor kept as it was (`sic`, `orig`, `abbr`), foreign words, code and formulas are seen and not touched.

use super::builder::{Builder, Gap};
use super::format::Reader;
use super::xml::{self, Token};
use crate::error::Result;

pub(super) const READER: Reader = Reader {
    name: "tei",
    extensions: &["tei", "xml"],
    looks: |head| matches!(head.root, "TEI" | "TEI.2" | "teiCorpus"),
    read: Some(read),
};

/// Elements in a line of text. All others begin a passage of their own.
const INLINE: [&str; 44] = [
    "abbr",
    "add",
    "anchor",
    "bibl",
    "c",
    "choice",
    "corr",
    "damage",
    "date",
    "del",
    "emph",
    "ex",
    "expan",
    "figDesc",
    "foreign",
    "formula",
    "gap",
    "gi",
    "hi",
    "ident",
    "mentioned",
    "milestone",
    "name",
    "num",
    "orgName",
    "orig",
    "pc",
    "persName",
    "placeName",
    "ptr",
    "q",
    "quote",
    "ref",
    "reg",
    "rs",
    "said",
    "seg",
    "sic",
    "soCalled",
    "supplied",
    "term",
    "title",
    "unclear",
    "w",
];

/// Elements that stay as they are.
const KEPT: [&str; 11] =
    ["abbr", "code", "del", "eg", "egXML", "foreign", "formula", "gi", "ident", "orig", "sic"];

fn read(builder: &mut Builder<'_>) -> Result<()> {
    let (source, text) = (builder.shadow.source, builder.shadow.text.clone());
    let root =
        ["TEI.2", "teiCorpus"].into_iter().find(|root| text.contains(&format!("<{root}"))).unwrap_or("TEI");
    let mut open: Vec<String> = Vec::new();
    xml::walk(source, &text, root, &mut |token| {
        match token {
            Token::Open { tag, empty } => {
                builder.gap(gap(tag.name, tag.value("break") == Some("no")));
                if !empty {
                    open.push(tag.name.to_owned());
                }
            }
            Token::Close(name) => {
                if let Some(back) = open.iter().rev().take(256).position(|open| open == name) {
                    open.truncate(open.len() - back - 1);
                }
                builder.gap(gap(name, false));
            }
            Token::Text(span, code) => {
                let inside = |names: &[&str]| open.iter().take(256).any(|open| names.contains(&&**open));
                if inside(&["text", "facsimile", "sourceDoc", "surface"]) && !inside(&["teiHeader"]) {
                    match inside(&KEPT) {
                        true => builder.fixed(text[span].trim()),
                        false => drop(builder.slot(span, code)),
                    }
                }
            }
        }
        Ok(())
    })
}

fn gap(name: &str, unbroken: bool) -> Gap {
    match name {
        "lb" if unbroken => Gap::None,
        "lb" | "l" | "line" => Gap::Line,
        // A page or column ends in the middle of a paragraph, and a line of a page has a zone of its own.
        "pb" | "cb" | "fw" => Gap::Line,
        "zone" => Gap::Line,
        name if INLINE.contains(&name) => Gap::None,
        _ => Gap::Passage,
    }
}
