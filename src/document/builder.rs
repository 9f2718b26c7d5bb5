//! What a reader fills: the text, where it is written, where it is written once more.

use std::ops::Range;

use super::code::{Code, Shadow};
use super::deal::Change;
use super::layer::{Added, Layer, Write};
use super::{Evidence, Format};
use crate::error::{Error, Result};

/// What stands between two slots of the text. The wider one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    None,
    Blank,
    Line,
    Passage,
}

/// The text of a document in the making, and where it is written.
#[derive(Debug)]
pub(super) struct Builder<'s> {
    pub shadow: Shadow<'s>,
    main: Layer,
    gap: Gap,
    passages: Vec<Range<usize>>,
    evidence: Vec<Evidence>,
    /// Text that stands in the source a second time.
    second: Layer,
    /// Each list is in order and disjoint, as one level of a page is.
    mirrors: Vec<Vec<Mirror>>,
}

/// A part of the text that is written once more.
#[derive(Debug)]
struct Mirror {
    /// The part; bytes of the text.
    main: Range<usize>,
    /// The same in the second layer.
    second: Range<usize>,
    /// A hyphen that the mirror does without.
    without: Option<Range<usize>>,
}

impl<'s> Builder<'s> {
    /// A source, with nothing read yet.
    ///
    /// # Errors
    ///
    /// An encoding that is not read.
    pub fn new(source: &'s [u8], format: Format) -> Result<Self> {
        if source.starts_with(b"\xff\xfe") || source.starts_with(b"\xfe\xff") {
            return Err(Error::document(
                source,
                0,
                "UTF-16 is not read: decode it first, or convert the file to UTF-8",
            ));
        }
        let latin = match encoding(source) {
            _ if format == Format::TEXT => false,
            None => false,
            Some(name) => match name.to_ascii_lowercase().as_str() {
                "utf-8" | "utf8" | "us-ascii" | "ascii" => false,
                // What is read here is no UTF-16: it was decoded before.
                "utf-16" | "utf-16le" | "utf-16be" if std::str::from_utf8(source).is_ok() => false,
                "iso-8859-1" | "iso_8859-1" | "latin1" | "windows-1252" | "cp1252" => true,
                _ if source.is_ascii() => false,
                _ => {
                    let message =
                        format!("the encoding {name:?} is not read: convert the file to UTF-8 first");
                    return Err(Error::document(source, 0, message));
                }
            },
        };
        // Many a file says one thing and is another: what is UTF-8 throughout hardly ever is anything else.
        let latin = latin && std::str::from_utf8(source).is_err();
        Ok(Self {
            shadow: Shadow::of(source, latin),
            main: Layer::default(),
            gap: Gap::None,
            passages: Vec::new(),
            evidence: Vec::new(),
            second: Layer::default(),
            mirrors: Vec::new(),
        })
    }

    pub fn text(&self) -> &str {
        &self.main.text
    }

    pub fn passages(&self) -> &[Range<usize>] {
        &self.passages
    }

    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// At least this gap comes before the next slot.
    pub fn gap(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// A span of the source is text. White space at its ends becomes a gap. Says whether there was any ink.
    pub fn slot(&mut self, span: Range<usize>, code: Code) -> bool {
        self.fill(|main, shadow, first| main.add(shadow, span, code, first))
    }

    /// The same for a slot whose parts the reader has found: text, span, and whether they are the same.
    pub fn pieces<'t>(
        &mut self,
        pieces: impl IntoIterator<Item = (&'t str, Range<usize>, bool)>,
        code: Code,
    ) -> bool {
        self.fill(|main, _, first| main.add_pieces(pieces, code, first))
    }

    fn fill(
        &mut self,
        add: impl FnOnce(&mut Layer, &Shadow<'s>, &mut dyn FnMut(&mut String, bool)) -> Added,
    ) -> bool {
        let (gap, mut start) = (self.gap, 0);
        let added = add(&mut self.main, &self.shadow, &mut |text, blank| {
            separate(text, if blank { gap.max(Gap::Blank) } else { gap });
            start = text.len();
        });
        if !added.ink {
            self.gap(if added.before { Gap::Blank } else { Gap::None });
            return false;
        }
        self.gap = if added.after { Gap::Blank } else { Gap::None };
        self.extend(gap, start);
        true
    }

    /// The text of the slot that was added last.
    #[cfg(feature = "formats")]
    pub fn last(&self) -> Range<usize> {
        self.main.last()
    }

    /// Text that is seen and not touched: code, a formula. It reads as code in backticks.
    #[cfg(feature = "formats")]
    pub fn fixed(&mut self, text: &str) {
        let text: String =
            text.chars().map(|c| if c == '`' || c.is_whitespace() { '_' } else { c }).collect();
        if text.is_empty() {
            return;
        }
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        separate(&mut self.main.text, gap);
        let start = self.main.text.len();
        self.main.text += &format!("`{text}`");
        self.extend(gap, start);
    }

    /// What was added from `start` belongs to the passage before it, or begins one.
    fn extend(&mut self, gap: Gap, start: usize) {
        let end = self.main.text.len();
        match self.passages.last_mut() {
            Some(passage) if gap < Gap::Passage => passage.end = end,
            _ => self.passages.push(start..end),
        }
    }

    /// The engine is so sure of the text in this range.
    #[cfg(feature = "formats")]
    pub fn sure(&mut self, range: Range<usize>, confidence: f32) {
        if confidence.is_finite() && !range.is_empty() {
            self.evidence.push(Evidence { range, confidence: confidence.clamp(0.0, 1.0) });
        }
    }

    /// Part of the text is written again in these spans, perhaps without a hyphen that stands in it. Says whether they
    /// say the same; else nothing was added.
    #[cfg(feature = "formats")]
    pub fn mirror(
        &mut self,
        main: Range<usize>,
        spans: &[(Range<usize>, Code)],
        without: Option<Range<usize>>,
    ) -> bool {
        let start = self.second.text.len();
        for (span, code) in spans {
            // What the gaps of a mirror are does not matter: the ink is compared.
            self.second.add(&self.shadow, span.clone(), *code, &mut |_, _| {});
        }
        let text = &self.main.text;
        let without = without.filter(|hyphen| main.start <= hyphen.start && hyphen.end <= main.end);
        let same = match &without {
            None => ink(&text[main.clone()]).eq(ink(&self.second.text[start..])),
            Some(hyphen) => {
                let (before, after) = (&text[main.start..hyphen.start], &text[hyphen.end..main.end]);
                ink(before).chain(ink(after)).eq(ink(&self.second.text[start..]))
            }
        };
        if !same || start == self.second.text.len() {
            self.second.truncate(start);
            return false;
        }
        let free = |list: &Vec<Mirror>| list.last().is_none_or(|last| last.main.end <= main.start);
        let list = self.mirrors.iter().position(free).unwrap_or_else(|| {
            self.mirrors.push(Vec::new());
            self.mirrors.len() - 1
        });
        self.mirrors[list].push(Mirror { main, second: start..self.second.text.len(), without });
        true
    }

    /// The writes that make the source say so, everywhere; `None` where one of them cannot be made.
    pub fn writes(&self, change: &Change) -> Option<Vec<Write>> {
        let mut writes = self.main.rewrite(&self.shadow, change.range.clone(), &change.new, change.gone)?;
        let met = self.mirrors.iter().flat_map(|list| {
            let first = list.partition_point(|mirror| mirror.main.end <= change.range.start);
            list[first..].iter().take_while(|mirror| mirror.main.start < change.range.end)
        });
        for mirror in met {
            let Some((mut range, mut new)) = self.inside(&mirror.main, change) else { continue };
            let hyphen = mirror.without.clone().unwrap_or(0..0);
            if hyphen.start < range.end && range.start < hyphen.end {
                // The repaired part has the hyphen still; the mirror never had it.
                range.end = hyphen.start;
                new = new.strip_suffix(&self.main.text[hyphen.clone()]).unwrap_or(new);
            }
            let mut before = ink(&self.main.text[mirror.main.start..range.start]).count();
            if hyphen.end <= range.start && !hyphen.is_empty() {
                before -= 1;
            }
            let len = ink(&self.main.text[range]).count();
            let place = self.place(mirror, before, len)?;
            writes.extend(self.second.rewrite(&self.shadow, place, new, change.gone)?);
        }
        Some(writes)
    }

    /// A change without the marks around it that a mirror does not have; `None` where they are what changes.
    fn inside<'c>(&self, main: &Range<usize>, change: &'c Change) -> Option<(Range<usize>, &'c str)> {
        let (mut range, mut new) = (change.range.clone(), change.new.as_str());
        if range.start < main.start {
            new = new.strip_prefix(&self.main.text[range.start..main.start])?;
            range.start = main.start;
        }
        if range.end > main.end {
            new = new.strip_suffix(&self.main.text[main.end..range.end])?;
            range.end = main.end;
        }
        Some((range, new))
    }

    /// The range of so much ink in a mirror, behind so much other ink.
    fn place(&self, mirror: &Mirror, before: usize, len: usize) -> Option<Range<usize>> {
        let text = &self.second.text[mirror.second.clone()];
        let mut ink = text.char_indices().filter(|(_, c)| !c.is_whitespace()).skip(before);
        let first = ink.next();
        let start = first.map_or(text.len(), |(i, _)| i);
        let end = match len {
            0 => start,
            1 => first.map(|(i, c)| i + c.len_utf8())?,
            _ => ink.nth(len - 2).map(|(i, c)| i + c.len_utf8())?,
        };
        Some(mirror.second.start + start..mirror.second.start + end)
    }
}

fn separate(text: &mut String, gap: Gap) {
    if !text.is_empty() {
        text.push_str(match gap {
            Gap::None => "",
            Gap::Blank => " ",
            Gap::Line => "\n",
            Gap::Passage => "\n\n",
        });
    }
}

/// The characters that are no white space.
fn ink(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !c.is_whitespace())
}

/// The encoding that a file declares, as XML or as HTML does.
fn encoding(source: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&source[..source.len().min(1024)]).into_owned();
    let head = head.trim_start_matches('\u{feff}');
    let value = match head.starts_with("<?xml") {
        true => head[..head.find("?>")?]
            .split_once("encoding")?
            .1
            .trim_start()
            .strip_prefix('=')?
            .trim_start()
            .get(1..)?,
        false => head.to_ascii_lowercase().split_once("<meta").and_then(|_| {
            let at = head.to_ascii_lowercase().find("charset")? + "charset".len();
            head[at..].trim_start().strip_prefix('=').map(|v| v.trim_start().trim_start_matches(['"', '\'']))
        })?,
    };
    let end =
        value.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(value.len());
    Some(value[..end].to_owned()).filter(|name| !name.is_empty())
}
