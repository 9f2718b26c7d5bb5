//! Pages: blocks of lines of words, each with text of its own or text in its parts.
//!
//! hOCR, ALTO and PAGE all say a page in this way. The smallest parts that say whole words are the text; glyphs below
//! them and lines above them that say the same are mirrors of it, and what says something else is a passage of its own.

use std::ops::Range;

use super::builder::{Builder, Gap};
use super::code::Code;

/// Where text stands, and how it is written there.
pub(super) type Span = (Range<usize>, Code);

/// How large a part of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Glyph,
    Word,
    Line,
    Block,
}

/// A part of a page.
#[derive(Debug)]
pub(super) struct Node {
    pub level: Level,
    /// Where its own text stands, if it has one.
    pub own: Vec<Span>,
    /// How sure the engine is of it, 0 to 1.
    pub confidence: Option<f32>,
    pub children: Vec<Node>,
    /// Does it follow the part before it without a blank?
    pub glued: bool,
    /// The whole word that this is a half of, where the file says it.
    pub whole: Option<Half>,
    /// Which of several readings its own text is: the least counts.
    pub rank: u32,
}

/// One half of a word that is broken at the end of a line.
#[derive(Debug)]
pub(super) struct Half {
    pub first: bool,
    /// Where the whole word stands.
    pub span: Span,
}

impl Node {
    pub fn new(level: Level) -> Self {
        Self {
            level,
            own: Vec::new(),
            confidence: None,
            children: Vec::new(),
            glued: false,
            whole: None,
            rank: u32::MAX,
        }
    }
}

/// Parts of pages as they open and close, added to the text when the outermost one closes.
pub(super) struct Tree {
    open: Vec<(String, Option<Node>)>,
    /// How many of the open elements are parts.
    depth: usize,
    pages: Pages,
}

/// Nobody nests blocks so deep; what would is read as if its parts were the whole.
const DEEP: usize = 40;

/// So many open elements are looked through for the one that an end tag closes.
const OPEN: usize = 256;

impl Tree {
    pub fn new() -> Self {
        Self { open: Vec::new(), depth: 0, pages: Pages { aside: Vec::new(), half: None } }
    }

    /// An element begins, perhaps a part of the page.
    pub fn open(&mut self, name: &str, node: Option<Node>) {
        let node = node.filter(|_| self.depth < DEEP);
        self.depth += usize::from(node.is_some());
        self.open.push((name.to_owned(), node));
    }

    /// An element ends, and all that were left open in it. An end tag that nothing opened is none.
    pub fn close(&mut self, builder: &mut Builder<'_>, name: &str) {
        let looked = &self.open[self.open.len().saturating_sub(OPEN)..];
        let Some(back) = looked.iter().rev().position(|(open, _)| open == name) else { return };
        self.end(builder, back + 1);
    }

    /// The file ends.
    pub fn finish(&mut self, builder: &mut Builder<'_>) {
        self.end(builder, self.open.len());
    }

    fn end(&mut self, builder: &mut Builder<'_>, elements: usize) {
        for _ in 0..elements {
            let Some((_, Some(mut node))) = self.open.pop() else { continue };
            self.depth -= 1;
            if node.level == Level::Line && node.children.iter().skip(1).all(|word| word.glued) {
                // Nowhere a blank: whoever wrote this leaves them out.
                node.children.iter_mut().for_each(|word| word.glued &= word.rank == GLUE);
            }
            match self.node() {
                Some(above) if above.level > node.level || node.level == Level::Block => {
                    above.children.push(node)
                }
                Some(_) => {}
                None => self.pages.add(builder, &node),
            }
        }
    }

    /// The innermost open part of the page.
    pub fn node(&mut self) -> Option<&mut Node> {
        self.open.iter_mut().rev().take(OPEN).find_map(|(_, node)| node.as_mut())
    }

    /// The name of the innermost open element.
    pub fn name(&self) -> &str {
        self.open.last().map_or("", |(name, _)| name)
    }
}

/// The rank of a part that always belongs to the one before it, as a hyphen does.
pub(super) const GLUE: u32 = 0;

/// Adds parts of a page to the text.
struct Pages {
    /// Texts that say something else than their parts; each becomes a passage after the block.
    aside: Vec<Vec<Span>>,
    /// The first half of a broken word: its place in the text, and the spans of the whole word.
    half: Option<(Range<usize>, Span)>,
}

impl Pages {
    /// Adds the outermost part of a page with all that is in it.
    fn add(&mut self, builder: &mut Builder<'_>, node: &Node) {
        self.emit(builder, node);
        for spans in std::mem::take(&mut self.aside) {
            builder.gap(Gap::Passage);
            lines(builder, &spans);
            builder.gap(Gap::Passage);
        }
    }

    fn emit(&mut self, builder: &mut Builder<'_>, node: &Node) -> Option<Range<usize>> {
        let gap = match node.level {
            Level::Glyph => Gap::None,
            Level::Word if node.glued => Gap::None,
            Level::Word => Gap::Blank,
            Level::Line => Gap::Line,
            Level::Block => Gap::Passage,
        };
        builder.gap(gap);
        let range = match node.level {
            Level::Glyph | Level::Word => self.word(builder, node),
            Level::Line | Level::Block => self.lines(builder, node),
        };
        if node.level != Level::Glyph && node.level != Level::Word {
            builder.gap(gap);
        }
        if let (Some(range), Some(confidence)) = (&range, node.confidence)
            && (node.level == Level::Word || node.level == Level::Line && node.children.is_empty())
        {
            builder.sure(range.clone(), confidence);
        }
        range
    }

    /// A word: its own text, with glyphs as a mirror; or its glyphs.
    fn word(&mut self, builder: &mut Builder<'_>, node: &Node) -> Option<Range<usize>> {
        let mut range = slots(builder, &node.own);
        let glyphs = node.children.iter().filter(|child| child.level == Level::Glyph);
        if let Some(range) = &range {
            let spans: Vec<_> = glyphs.flat_map(|glyph| glyph.own.iter().cloned()).collect();
            builder.mirror(range.clone(), &spans, None);
        } else {
            for glyph in glyphs {
                let part = slots(builder, &glyph.own);
                range = hull(range, part);
            }
        }
        if let (Some(range), Some(half)) = (&range, &node.whole) {
            self.half(builder, range, half);
        }
        range
    }

    /// A line or block: its parts, and its own text as a mirror of them.
    fn lines(&mut self, builder: &mut Builder<'_>, node: &Node) -> Option<Range<usize>> {
        let mut range = None;
        for child in &node.children {
            let part = self.emit(builder, child);
            range = hull(range, part);
        }
        match &range {
            Some(range) => {
                if !node.own.is_empty() && !builder.mirror(range.clone(), &node.own, None) {
                    self.aside.push(node.own.clone());
                }
            }
            None => range = lines(builder, &node.own),
        }
        range
    }

    /// Both halves of a broken word say the whole word: with the hyphen of the first half or without it.
    fn half(&mut self, builder: &mut Builder<'_>, range: &Range<usize>, half: &Half) {
        if half.first {
            self.half = Some((range.clone(), half.span.clone()));
            return;
        }
        let Some((first, span)) = self.half.take() else { return };
        let text = builder.text();
        // The hyphen may be in the word itself or, in an element of its own, behind it.
        let end = text[first.start..].find(char::is_whitespace).map_or(first.end, |i| first.start + i);
        let last = text[..end].chars().next_back().filter(|c| !c.is_alphanumeric());
        let hyphen = last.map(|c| end - c.len_utf8()..end).filter(|hyphen| hyphen.start > first.start);
        for span in [span, half.span.clone()] {
            let whole = first.start..range.end;
            let _ = builder.mirror(whole.clone(), std::slice::from_ref(&span), hyphen.clone())
                || builder.mirror(whole.clone(), std::slice::from_ref(&span), None)
                || self.bare(builder, whole, &span, hyphen.clone());
        }
    }

    /// The whole word may be said without the marks around it.
    fn bare(
        &self,
        builder: &mut Builder<'_>,
        whole: Range<usize>,
        span: &Span,
        hyphen: Option<Range<usize>>,
    ) -> bool {
        let text = &builder.text()[whole.clone()];
        let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
        if bare.is_empty() || bare.len() == text.len() {
            return false;
        }
        let start = whole.start + (bare.as_ptr() as usize - text.as_ptr() as usize);
        let range = start..start + bare.len();
        builder.mirror(range, std::slice::from_ref(span), hyphen)
    }
}

/// Adds spans that follow one another without a blank, unless one stands in them.
fn slots(builder: &mut Builder<'_>, spans: &[Span]) -> Option<Range<usize>> {
    let mut range = None;
    for (span, code) in spans {
        let part = slot(builder, span.clone(), *code);
        range = hull(range, part);
    }
    range
}

/// The same, with a line wherever the source has one.
fn lines(builder: &mut Builder<'_>, spans: &[Span]) -> Option<Range<usize>> {
    let mut range = None;
    for (span, code) in spans {
        let mut at = span.start;
        let shadow = builder.shadow.text[span.clone()].to_owned();
        for line in shadow.split_inclusive('\n') {
            let part = slot(builder, at..at + line.len(), *code);
            range = hull(range, part);
            at += line.len();
            if line.ends_with('\n') {
                builder.gap(Gap::Line);
            }
        }
    }
    range
}

fn slot(builder: &mut Builder<'_>, span: Range<usize>, code: Code) -> Option<Range<usize>> {
    builder.slot(span, code).then(|| builder.last())
}

fn hull(a: Option<Range<usize>>, b: Option<Range<usize>>) -> Option<Range<usize>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.start..b.end),
        (a, b) => a.or(b),
    }
}
