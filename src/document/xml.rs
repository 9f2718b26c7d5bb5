//! XML as a row of tags and texts with their places, by quick-xml.
//!
//! Names lose their prefix: the formats are told by their root, and a prefix is whatever the writer liked. End tags that
//! nothing opened, elements that nothing closes and a bare `&` leave no doubt where the text is; they are let pass. What
//! breaks off inside a tag does not.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::code::Code;
use crate::error::{Error, Result};

/// A tag or a text.
pub(super) enum Token<'t> {
    /// A start tag, or an empty element.
    Open { tag: Tag<'t>, empty: bool },
    /// An end tag, by its name.
    Close(&'t str),
    /// Characters, and how they are written. One text may come in parts.
    Text(Range<usize>, Code),
}

/// A start tag.
pub(super) struct Tag<'t> {
    /// The name without its prefix.
    pub name: &'t str,
    attributes: Vec<(&'t str, Range<usize>, u8)>,
    text: &'t str,
}

impl<'t> Tag<'t> {
    /// An attribute, by its name without prefix: where its value stands, and how it is written.
    pub fn attribute(&self, name: &str) -> Option<(Range<usize>, Code)> {
        let (_, span, quote) = self.attributes.iter().find(|(key, ..)| *key == name)?;
        Some((span.clone(), Code::Attribute(*quote)))
    }

    /// What stands in the file there.
    pub fn written(&self, span: &Range<usize>) -> &'t str {
        &self.text[span.clone()]
    }

    /// The value of an attribute as it is written.
    pub fn value(&self, name: &str) -> Option<&'t str> {
        self.attribute(name).map(|(span, _)| &self.text[span])
    }

    /// An attribute that is a number.
    pub fn number(&self, name: &str) -> Option<f32> {
        self.value(name)?.trim().parse().ok()
    }
}

/// Gives the tags and texts of a file to `sink`, in order. `root` is the element that must be in it.
///
/// # Errors
///
/// Markup that breaks off, a tag that is none, a file without the root.
pub(super) fn walk(
    source: &[u8],
    text: &str,
    root: &str,
    sink: &mut impl FnMut(Token<'_>) -> Result<()>,
) -> Result<()> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut found = false;
    // Text comes in parts wherever an entity stands in it; here one stretch is one text.
    let mut pending: Option<Range<usize>> = None;
    loop {
        let before = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|error| {
            let at = (reader.error_position() as usize).max(pending.as_ref().map_or(0, |span| span.end));
            Error::document(
                source,
                at,
                format!("not well-formed: {error}; repair the file, or read it --as text"),
            )
        })?;
        let after = reader.buffer_position() as usize;
        if matches!(event, Event::Text(_) | Event::GeneralRef(_)) {
            let start = pending.take().map_or(before, |span| span.start);
            pending = Some(start..after);
            continue;
        }
        if let Some(span) = pending.take() {
            sink(Token::Text(span, Code::Xml))?;
        }
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                let Some(tag) = tag(start, text) else {
                    let message = "a \"<\" that begins no tag, or an attribute without its quotes; repair the file, or \
                                   read it --as text";
                    return Err(Error::document(source, before, message));
                };
                found |= tag.name == root;
                sink(Token::Open { tag, empty: matches!(event, Event::Empty(_)) })?;
            }
            Event::End(end) => sink(Token::Close(local(end.name().0)))?,
            Event::CData(data) => {
                if let Some(span) = place(data, text) {
                    sink(Token::Text(span, Code::Cdata))?;
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !found {
        let message = format!("no <{root}> in this file");
        return Err(Error::document(source, 0, message));
    }
    Ok(())
}

/// A start tag with its attributes; `None` where it is none.
fn tag<'t>(start: &BytesStart<'_>, text: &'t str) -> Option<Tag<'t>> {
    let name = &text[place(start.name().0, text)?];
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') || name.contains(['<', '&', '"', '\'']) {
        return None;
    }
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.ok()?;
        let (key, value) = (place(attribute.key.0, text)?, place(&attribute.value, text)?);
        let quote = *text.as_bytes().get(value.start.checked_sub(1)?)?;
        attributes.push((local(&text[key]), value, quote));
    }
    Some(Tag { name: local(name), attributes, text })
}

/// Where a part of a text stands in it; `None` where it is none.
fn place(part: &str, text: &str) -> Option<Range<usize>> {
    let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    (start + part.len() <= text.len()).then(|| start..start + part.len())
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}
