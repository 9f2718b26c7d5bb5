//! SRT and WebVTT: the lines behind a line of times, up to an empty line.
//!
//! Numbers, times, settings, notes, styles, tags and times inside the text stay. Sentences go on from one cue to the next,
//! so all cues are one passage, a line each.

use super::builder::{Builder, Gap};
use super::code::Code;
use super::format::Reader;
use crate::error::Result;

pub(super) const VTT: Reader = Reader {
    name: "vtt",
    extensions: &["vtt"],
    looks: |head| head.text.starts_with("WEBVTT"),
    read: Some(|builder| read(builder, Code::Html)),
};

pub(super) const SRT: Reader = Reader {
    name: "srt",
    extensions: &["srt"],
    looks: |head| {
        let mut lines = head.text.lines().map(str::trim).skip_while(|line| line.is_empty());
        lines.next().is_some_and(|line| line.bytes().all(|b| b.is_ascii_digit()))
            && lines.next().is_some_and(is_times)
    },
    read: Some(|builder| read(builder, Code::Plain)),
};

fn read(builder: &mut Builder<'_>, code: Code) -> Result<()> {
    let text = builder.shadow.text.clone();
    let (mut cue, mut at) = (false, 0);
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let start = at;
        at += line.len();
        let bare = line.trim();
        if is_times(bare) {
            cue = true;
        } else if bare.is_empty() {
            cue = false;
        } else if cue {
            // The empty line before a cue may be missing.
            let number = bare.bytes().all(|b| b.is_ascii_digit());
            if number && lines.peek().is_some_and(|next| is_times(next.trim())) {
                continue;
            }
            builder.gap(Gap::Line);
            words(builder, line, start, code);
            builder.gap(Gap::Line);
        }
    }
    Ok(())
}

/// `00:01:02,345 --> 00:01:04,000`, as exact as needed to tell it from text.
fn is_times(line: &str) -> bool {
    let Some((from, to)) = line.split_once("-->") else { return false };
    let is_time = |time: &str| time.starts_with(|c: char| c.is_ascii_digit()) && time.contains(':');
    is_time(from.trim()) && is_time(to.trim_start())
}

/// A line of a cue without its tags: `<i>`, `<c.yellow>`, `<00:01.000>`, and in SRT `{\an8}`.
fn words(builder: &mut Builder<'_>, line: &str, start: usize, code: Code) {
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        let tag = rest.char_indices().find_map(|(i, c)| Some((i, tag(&rest[i..], c, code)?)));
        let (before, len) = tag.unwrap_or((rest.len(), 0));
        if before > 0 {
            builder.slot(start + at..start + at + before, code);
        }
        at += before + len;
    }
}

/// The length of the tag that begins here, if one does.
fn tag(text: &str, first: char, code: Code) -> Option<usize> {
    let end = match first {
        '<' => '>',
        '{' if code == Code::Plain => '}',
        _ => return None,
    };
    let second = text[1..].chars().next()?;
    if !(second.is_ascii_alphanumeric() || matches!(second, '/' | '\\')) {
        return None;
    }
    // No tag holds another: so nothing is looked through twice.
    let stop = 1 + text[1..].find([first, end, '\n'])?;
    text[stop..].starts_with(end).then_some(stop + 1)
}
