//! PAGE XML, all versions: regions, lines, words and glyphs, each with its text in `TextEquiv`/`Unicode`.
//!
//! Words are the text where there are words, else lines, else regions; what the other levels say is kept in step where it
//! is the same, and read as a passage of its own where it is not. Of several `TextEquiv` the one with the least `index`
//! counts, the others are alternatives and stay.

use std::ops::Range;

use super::builder::Builder;
use super::code::Code;
use super::format::Reader;
use super::tree::{Level, Node, Tree};
use super::xml::{self, Token};
use crate::error::Result;

pub(super) const READER: Reader = Reader {
    name: "page",
    extensions: &["page", "xml"],
    looks: |head| head.root == "PcGts",
    read: Some(read),
};

/// One reading of the part that is open.
struct Equiv {
    rank: u32,
    confidence: Option<f32>,
    own: Vec<(Range<usize>, Code)>,
}

fn read(builder: &mut Builder<'_>) -> Result<()> {
    let (source, text) = (builder.shadow.source, builder.shadow.text.clone());
    let mut tree = Tree::new();
    let mut equiv: Option<Equiv> = None;
    xml::walk(source, &text, "PcGts", &mut |token| {
        match token {
            Token::Open { tag, empty } => {
                let level = match tag.name {
                    "TextRegion" => Some(Level::Block),
                    "TextLine" => Some(Level::Line),
                    "Word" => Some(Level::Word),
                    "Glyph" => Some(Level::Glyph),
                    _ => None,
                };
                if tag.name == "TextEquiv" {
                    let rank = tag.number("index").map_or(0, |index| index as u32);
                    equiv = Some(Equiv { rank, confidence: tag.number("conf"), own: Vec::new() });
                }
                tree.open(tag.name, level.map(Node::new));
                if empty {
                    tree.close(builder, tag.name);
                }
            }
            Token::Close(name) => {
                if name == "TextEquiv"
                    && let (Some(equiv), Some(node)) = (equiv.take(), tree.node())
                    && equiv.rank < node.rank
                {
                    (node.rank, node.own, node.confidence) = (equiv.rank, equiv.own, equiv.confidence);
                }
                tree.close(builder, name);
            }
            Token::Text(span, code) => {
                if tree.name() == "Unicode"
                    && let Some(equiv) = &mut equiv
                {
                    equiv.own.push((span, code));
                }
            }
        }
        Ok(())
    })?;
    tree.finish(builder);
    Ok(())
}
