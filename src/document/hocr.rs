//! hOCR: HTML whose classes say what is a block, a line, a word, and whose titles say how sure the engine is.
//!
//! It is read as HTML, so that files with unclosed tags are fine. Lines that have no words are text themselves.

use super::builder::Builder;
use super::code::Code;
use super::format::Reader;
use super::soup::{self, Tag, Token, VOID};
use super::tree::{Level, Node, Tree};
use crate::error::{Error, Result};

pub(super) const READER: Reader =
    Reader { name: "hocr", extensions: &["hocr", "html", "htm", "xhtml", "xml"], looks, read: Some(read) };

fn looks(head: &super::format::Head<'_>) -> bool {
    let classes = ["ocr_page", "ocr_line", "ocrx_word", "ocr-system", "ocr-capabilities"];
    head.root.eq_ignore_ascii_case("html") && classes.iter().any(|class| head.text.contains(class))
}

fn read(builder: &mut Builder<'_>) -> Result<()> {
    let text = builder.shadow.text.clone();
    let xhtml = text.trim_start_matches('\u{feff}').starts_with("<?xml")
        || text.contains("http://www.w3.org/1999/xhtml");
    let mut tree = Tree::new();
    let (mut found, mut blank) = (false, true);
    for token in soup::tokens(&text) {
        match token {
            Token::Open(tag) => {
                let mut node = node(&tag);
                if let Some(node) = &mut node {
                    found = true;
                    if node.level == Level::Word {
                        node.glued = !blank;
                        blank = false;
                    }
                }
                tree.open(&tag.name, node);
                if VOID.contains(&&*tag.name) || xhtml && tag.closed {
                    tree.close(builder, &tag.name);
                }
                blank |= tag.name == "br";
            }
            Token::Close(name) => tree.close(builder, &name),
            Token::Text(span) => {
                let written = &text[span.clone()];
                blank |= written.contains(|c: char| c.is_ascii_whitespace());
                if !written.trim_ascii().is_empty()
                    && let Some(node) = tree.node()
                {
                    node.own.push((span, Code::Html));
                }
            }
        }
    }
    tree.finish(builder);
    if !found {
        return Err(Error::document(
            builder.shadow.source,
            0,
            "no element of a class of hOCR (ocr_line, ocrx_word, …)",
        ));
    }
    Ok(())
}

fn node(tag: &Tag) -> Option<Node> {
    let class = tag.value("class")?.split_ascii_whitespace().find(|class| class.starts_with("ocr"))?;
    let level = match class {
        "ocrx_word" | "ocr_word" => Level::Word,
        "ocrx_cinfo" | "ocr_cinfo" | "ocr_glyph" => Level::Glyph,
        "ocr_line" | "ocrx_line" => Level::Line,
        // Tesseract's are lines, those of others hold lines.
        "ocr_header" | "ocr_footer" | "ocr_caption" | "ocr_textfloat" if tag.name == "span" => Level::Line,
        "ocr_page" | "ocr_document" => return None,
        _ => Level::Block,
    };
    let mut node = Node::new(level);
    node.confidence =
        tag.value("title").and_then(|title| property(title, "x_wconf")).map(|percent| percent / 100.0);
    Some(node)
}

/// A number among the properties of a title: `bbox 1 2 3 4; x_wconf 87`.
fn property(title: &str, name: &str) -> Option<f32> {
    let mut properties = title.split(';').map(|property| property.split_ascii_whitespace());
    properties.find_map(|mut words| (words.next() == Some(name)).then(|| words.next()?.parse().ok())?)
}
