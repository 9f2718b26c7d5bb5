//! TTML and its profiles (IMSC, EBU-TT, DFXP): the text of the paragraphs; times, styles and regions stay.

use super::builder::{Builder, Gap};
use super::format::Reader;
use super::xml::{self, Token};
use crate::error::Result;

pub(super) const READER: Reader = Reader {
    name: "ttml",
    extensions: &["ttml", "dfxp", "xml"],
    looks: |head| head.root == "tt",
    read: Some(read),
};

fn read(builder: &mut Builder<'_>) -> Result<()> {
    let (source, text) = (builder.shadow.source, builder.shadow.text.clone());
    // Paragraphs do not nest: one that was left open ends with the next.
    let mut paragraph = false;
    xml::walk(source, &text, "tt", &mut |token| {
        match token {
            Token::Open { tag, empty } => {
                if tag.name == "p" {
                    paragraph = !empty;
                }
                builder.gap(gap(tag.name));
            }
            Token::Close(name) => {
                paragraph &= name != "p";
                builder.gap(gap(name));
            }
            Token::Text(span, code) => {
                if paragraph {
                    builder.slot(span, code);
                }
            }
        }
        Ok(())
    })
}

/// Sentences go on from one paragraph to the next: each is what is shown at one time.
fn gap(name: &str) -> Gap {
    match name {
        "p" | "br" => Gap::Line,
        "div" => Gap::Passage,
        _ => Gap::None,
    }
}
