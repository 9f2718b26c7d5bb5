//! HTML as a row of tags and texts with their places, by html5gum, which reads whatever browsers read.

use std::ops::Range;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// A tag or a text.
pub(super) enum Token {
    /// A start tag, its name in lower case.
    Open(Tag),
    /// An end tag.
    Close(String),
    /// Characters; in scripts and styles too.
    Text(Range<usize>),
}

/// A start tag.
pub(super) struct Tag {
    pub name: String,
    /// Does it end with `/>`? HTML takes no notice of it, XHTML does.
    pub closed: bool,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }
}

/// Elements that have no end tag.
pub(super) const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// The tags and texts of a file. Whatever it is, it is HTML: nothing fails here.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut tag: Option<Tag> = None;
    let mut out = Vec::new();
    let handle = |event: CallbackEvent<'_>, span: Span<usize>| -> Option<std::convert::Infallible> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                tag = Some(Tag { name: lossy(name), closed: false, attributes: Vec::new() });
            }
            CallbackEvent::AttributeName { name } => {
                if let Some(tag) = &mut tag {
                    tag.attributes.push((lossy(name), String::new()));
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, last)) = tag.as_mut().and_then(|tag| tag.attributes.last_mut()) {
                    *last = lossy(value);
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                if let Some(mut tag) = tag.take() {
                    tag.closed = self_closing;
                    out.push(Token::Open(tag));
                }
            }
            CallbackEvent::EndTag { name } => out.push(Token::Close(lossy(name))),
            CallbackEvent::String { value } => {
                // A text that does not stand where it says cannot be edited; only these may differ from what they mean.
                let written = text.get(span.start..span.end);
                let odd = |c: char| matches!(c, '&' | '\r' | '\0');
                if written.is_some_and(|written| written.as_bytes() == value || written.contains(odd)) {
                    out.push(Token::Text(span.start..span.end));
                }
            }
            _ => {}
        }
        None
    };
    let mut emitter = CallbackEmitter::new(handle);
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(text, emitter).finish();
    // HTML knows no CDATA, XHTML does: what stands in it is let alone.
    let (mut sections, mut at) = (Vec::new(), 0);
    while let Some(start) = text[at..].find("<![CDATA[").map(|i| at + i) {
        at = text[start..].find("]]>").map_or(text.len(), |i| start + i + 3);
        sections.push(start..at);
    }
    let inside = |span: &Range<usize>| {
        let next = sections.partition_point(|section| section.end <= span.start);
        sections.get(next).is_some_and(|section| section.start < span.end)
    };
    out.retain(|token| !matches!(token, Token::Text(span) if inside(span)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_where_they_say() {
        let html = "\u{feff}<!DOCTYPE html>\r\n<p Class=a>caf\u{e9} &amp; b\r\nc<br/>d</p><script>if (a < b) {}</script>é &lt <b";
        let mut texts = Vec::new();
        for token in tokens(html) {
            if let Token::Text(span) = token {
                texts.push(&html[span]);
            }
        }
        assert_eq!(
            texts.concat().trim_start_matches('\u{feff}'),
            "\r\ncafé &amp; b\r\ncdif (a < b) {}é &lt "
        );
    }
}
