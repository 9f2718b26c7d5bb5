//! ALTO, versions 1 to 4: text is in attributes, `CONTENT` of `String`, `HYP` and `Glyph`.
//!
//! Two strings that are one word broken at the end of a line both have the whole word in `SUBS_CONTENT`; it is kept in
//! step. `WC` is the engine's confidence. Variants and alternatives of a string are its history and stay.

use super::builder::Builder;
use super::format::Reader;
use super::tree::{GLUE, Half, Level, Node, Tree};
use super::xml::{self, Tag, Token};
use crate::error::Result;

pub(super) const READER: Reader = Reader {
    name: "alto",
    extensions: &["alto", "xml"],
    looks: |head| head.root == "alto",
    read: Some(read),
};

fn read(builder: &mut Builder<'_>) -> Result<()> {
    let (source, text) = (builder.shadow.source, builder.shadow.text.clone());
    let mut tree = Tree::new();
    xml::walk(source, &text, "alto", &mut |token| {
        match token {
            Token::Open { tag, empty } => {
                let node = node(&tag, &mut tree);
                tree.open(tag.name, node);
                if empty {
                    tree.close(builder, tag.name);
                }
            }
            Token::Close(name) => tree.close(builder, name),
            Token::Text(..) => {}
        }
        Ok(())
    })?;
    tree.finish(builder);
    Ok(())
}

fn node(tag: &Tag<'_>, tree: &mut Tree) -> Option<Node> {
    let level = match tag.name {
        "TextBlock" | "ComposedBlock" => Level::Block,
        "TextLine" => Level::Line,
        "String" | "HYP" => Level::Word,
        "Glyph" => Level::Glyph,
        _ => return None,
    };
    let mut node = Node::new(level);
    node.own.extend(tag.attribute("CONTENT"));
    node.confidence = tag.number("WC").filter(|_| level == Level::Word);
    if tag.name == "HYP" {
        (node.glued, node.rank) = (true, GLUE);
        // Some writers put the hyphen into the string as well.
        let before = tree.node().and_then(|line| line.children.last()).and_then(|word| word.own.last());
        if before.is_some_and(|(span, _)| tag.written(span).ends_with(['-', '\u{ad}', '¬'])) {
            node.own.clear();
        }
    }
    if let (Some(kind), Some(span)) = (tag.value("SUBS_TYPE"), tag.attribute("SUBS_CONTENT")) {
        match kind {
            "HypPart1" => node.whole = Some(Half { first: true, span }),
            "HypPart2" => node.whole = Some(Half { first: false, span }),
            _ => {}
        }
    }
    Some(node)
}
