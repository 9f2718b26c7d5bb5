//! Markdown, by pulldown-cmark: paragraphs, headings, items, cells.
//!
//! Code, formulas, raw HTML, front matter, addresses, and the descriptions of images stay as they are.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::builder::{Builder, Gap};
use super::code::Code;
use super::format::Reader;
use crate::error::Result;

pub(super) const READER: Reader =
    Reader { name: "markdown", extensions: &["md", "markdown", "mkd"], looks: |_| false, read: Some(read) };

fn read(builder: &mut Builder<'_>) -> Result<()> {
    let text = builder.shadow.text.clone();
    // A byte order mark would hide front matter and the first heading.
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST;
    let mut slot = Slot { text: &text, pieces: Vec::new() };
    let (mut skipped, mut address) = (0usize, 0usize);
    for (event, span) in Parser::new_ext(&text[start..], options).into_offset_iter() {
        let span = span.start + start..span.end + start;
        if let Event::Text(part) = &event {
            if skipped == 0 && address == 0 {
                slot.add(part, span);
            } else if skipped == 0 {
                builder.fixed(part);
            }
            continue;
        }
        slot.flush(builder);
        match event {
            Event::Start(tag) => match &tag {
                Tag::CodeBlock(_) | Tag::MetadataBlock(_) | Tag::HtmlBlock | Tag::Image { .. } => {
                    skipped += 1;
                    builder.gap(if matches!(tag, Tag::Image { .. }) { Gap::None } else { Gap::Passage });
                }
                Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. } => address += 1,
                Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } => {}
                _ => builder.gap(Gap::Passage),
            },
            Event::End(tag) => match tag {
                TagEnd::CodeBlock | TagEnd::MetadataBlock(_) | TagEnd::HtmlBlock => {
                    skipped = skipped.saturating_sub(1);
                    builder.gap(Gap::Passage);
                }
                TagEnd::Image => skipped = skipped.saturating_sub(1),
                TagEnd::Link => address = 0,
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {}
                _ => builder.gap(Gap::Passage),
            },
            Event::Code(part) | Event::InlineMath(part) | Event::DisplayMath(part) if skipped == 0 => {
                builder.fixed(&part)
            }
            Event::InlineHtml(tag) => match code_tag(&tag) {
                Some(true) => skipped += 1,
                Some(false) => skipped = skipped.saturating_sub(1),
                None => {}
            },
            Event::SoftBreak => builder.gap(Gap::Blank),
            Event::HardBreak => builder.gap(Gap::Line),
            Event::Rule => builder.gap(Gap::Passage),
            _ => {}
        }
    }
    slot.flush(builder);
    Ok(())
}

/// Is it a tag of code, and does it begin it?
fn code_tag(tag: &str) -> Option<bool> {
    let name = tag.trim_start_matches(['<', '/']).to_ascii_lowercase();
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    let code = ["code", "kbd", "samp", "tt", "var", "pre", "script", "style"].contains(&name);
    (code && !tag.ends_with("/>")).then(|| !tag.starts_with("</"))
}

/// Text that stands together.
struct Slot<'t> {
    text: &'t str,
    pieces: Vec<(String, Range<usize>, bool)>,
}

impl Slot<'_> {
    fn add(&mut self, part: &str, span: Range<usize>) {
        if self.text[span.clone()] != *part {
            self.pieces.push((part.to_owned(), span, false));
            return;
        }
        let mut from = span.start;
        if self
            .pieces
            .last()
            .is_some_and(|(_, last, _)| last.end + 1 == span.start && self.text[last.end..].starts_with('\\'))
        {
            // An escaped character and its backslash are one.
            let first = part.chars().next().map_or(0, char::len_utf8);
            self.pieces.push((part[..first].to_owned(), span.start - 1..span.start + first, false));
            from += first;
        }
        if from < span.end {
            self.pieces.push((self.text[from..span.end].to_owned(), from..span.end, true));
        }
    }

    fn flush(&mut self, builder: &mut Builder<'_>) {
        // What was escaped or left out between two pieces must stay between them: such pieces are slots of their own.
        let mut pieces = std::mem::take(&mut self.pieces);
        while !pieces.is_empty() {
            let together = 1 + pieces.windows(2).take_while(|pair| pair[0].1.end == pair[1].1.start).count();
            let rest = pieces.split_off(together);
            let shadow = &builder.shadow;
            let known = |(text, span, same): &(String, Range<usize>, bool)| {
                // A byte that is not UTF-8 has a stand-in here.
                *same && shadow.source[span.clone()] != *text.as_bytes()
            };
            if pieces.iter().any(known) {
                let span = pieces[0].1.start..pieces[pieces.len() - 1].1.end;
                builder.slot(span, Code::Markdown);
            } else {
                let pieces = pieces.iter().map(|(text, span, same)| (&**text, span.clone(), *same));
                let pieces: Vec<_> = pieces.collect();
                builder.pieces(pieces, Code::Markdown);
            }
            pieces = rest;
        }
    }
}
