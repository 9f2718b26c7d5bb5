//! The channels of scanned text: letters misread, words run together or broken apart, dirt.
//!
//! What is strange (a word that nobody knows, digits among letters, a mark inside a word) and what stands in strange
//! company is walked ([`walk`]): alone, with the marks that touch it, and joined with its neighbours.

mod case;
mod places;
mod single;
mod walk;
mod walks;

use std::sync::Arc;

pub use single::is_odd_capital;
pub use walk::{BREAK, Limits, Spelled, Walker};
pub use walks::Walks;

use super::Sentence;
use crate::cost::{Cost, UNIT};
use crate::lexicon::signs::Signs;
use crate::lexicon::{Lexicon, UNKNOWN, WordId, flag};
use crate::text::{Kind, Shape, Token};

/// What a reading of scanned text does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// A word broken by a line's end, read whole: nothing is changed.
    Whole,
    /// Letters for other letters.
    Letters,
    /// A known word for another one.
    Real,
    /// Words for one word, or the other way round.
    Spacing,
    /// A mark for another one.
    Mark,
    /// Nothing for a mark or a speck.
    Stray,
    /// A small letter at the beginning of a word for a capital.
    Case,
    /// Figures for letters in a number.
    Number,
}

/// One way to read a span of scanned text.
#[derive(Debug, Clone)]
pub struct Reading {
    /// First token, counted in the sentence.
    pub start: u16,
    /// After the last token.
    pub end: u16,
    /// What it does.
    pub repair: Repair,
    /// What stands there afterwards.
    pub spelled: Arc<Spelled>,
}

/// Ways that go on from a place of a walk: what is strange, neighbours that may be one word, known words. For what is
/// strange 40 take about 7 % more time for at most 0.3 points (WER cut); 20 a sixth less and lose up to one.
const WIDTHS: [usize; 3] = [32, 8, 16];

/// Words longer than this are not walked: no English word is.
const LONGEST: usize = 28;

/// What it costs that a blank follows a hyphen inside a word, in nats: it is likelier than that none is meant.
const HYPHENATED: f32 = -1.0;

/// Proposes readings, and remembers its walks.
pub struct Readers<'l> {
    lexicon: &'l Lexicon,
    walker: Walker<'l>,
    known: Walks,
}

/// How strange a token is in itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strange {
    /// A known word, a number, a common mark.
    No,
    /// A word that is known but rare and no English by the lists.
    Rare,
    /// A word that nobody knows, or letters among digits.
    Yes,
    /// Nothing that is ever touched.
    Never,
}

/// Logarithmic count (8·log2) from which a word that is no English by the lists is not strange: 1,000 occurrences.
const COMMON: u8 = 80;

/// Logarithmic count from which an English word is not strange: 30 occurrences.
const SELDOM: u8 = 40;

/// How strange a token is, by the lexicon alone.
pub fn strange(lexicon: &Lexicon, text: &[u8], token: &Token, id: WordId) -> Strange {
    match token.kind {
        Kind::Word if lexicon.is_own(id) => Strange::Never,
        Kind::Word if lexicon.old_spellings().is_old(lexicon.words(), token.str(text)) => Strange::Never,
        Kind::Word | Kind::Number | Kind::Protected if is_model(lexicon, token.bytes(text)) => Strange::Never,
        Kind::Word if id == UNKNOWN => Strange::Yes,
        Kind::Word => {
            let (flags, count) = (lexicon.words().flags(id), lexicon.words().log_count(id));
            let small = token.shape == Shape::Lower;
            let good = match flags {
                f if f & flag::ADDED != 0 => true,
                f if f & flag::ENGLISH != 0 => count >= SELDOM,
                // A name without its capital is strange.
                f if f & flag::NAME != 0 => !small || count >= COMMON + 24,
                _ => count >= if small { COMMON + 16 } else { COMMON },
            };
            if good && token.shape != Shape::Mixed { Strange::No } else { Strange::Rare }
        }
        Kind::Number => {
            let bytes = token.bytes(text);
            let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
            let tail = bytes.len() - bytes.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
            let known =
                std::str::from_utf8(&bytes[tail..]).is_ok_and(|tail| lexicon.signs().ends_number(tail));
            if known && digits > 0 { Strange::No } else { Strange::Yes }
        }
        Kind::Protected => {
            let Ok(word) = std::str::from_utf8(token.bytes(text)) else { return Strange::Never };
            let letters = word.chars().filter(|c| c.is_alphabetic()).count();
            let code = word.contains(['/', '@', '\\', '=', '`', '#'])
                || word.contains("://")
                || word.contains("__")
                || word.starts_with("www.")
                || word.starts_with('<');
            if code || letters * 2 < word.chars().count() || letters < 2 {
                Strange::Never
            } else {
                Strange::Yes
            }
        }
        Kind::Mark => Strange::No,
    }
}

/// Is this a known word with a number behind it, the name of a model or a version (`iPhone7`)?
fn is_model(lexicon: &Lexicon, written: &[u8]) -> bool {
    let digits = written.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let (word, number) = written.split_at(written.len() - digits);
    !number.is_empty()
        && word.len() > 3
        && word.iter().all(u8::is_ascii_alphabetic)
        && std::str::from_utf8(word).is_ok_and(|w| lexicon.find(crate::text::word_hash(w)) != UNKNOWN)
}

impl<'l> Readers<'l> {
    /// Readers over a lexicon, with walks that were made over the same one.
    pub fn new(lexicon: &'l Lexicon, mut known: Walks) -> Self {
        let walker = Walker::new(lexicon, std::mem::take(&mut known.room));
        Self { lexicon, walker, known }
    }

    /// The walks that were made, for the next readers.
    pub fn into_walks(self) -> Walks {
        let mut known = self.known;
        known.room = self.walker.into_room();
        known
    }

    fn walk(&mut self, written: &[char], limits: Limits) -> walks::Found {
        let key = walks::key(written, &limits);
        if let Some(found) = self.known.get(key, written, &limits) {
            return Arc::clone(found);
        }
        let found: walks::Found = self.walker.read(written, limits).into_iter().map(Arc::new).collect();
        self.known.insert(key, written, limits, Arc::clone(&found));
        found
    }

    /// Appends the readings of a sentence, ordered by their first token. `strange` says how strange each token is, `asked`
    /// what the language model asks for it and for the two behind it.
    pub fn readings(
        &mut self,
        text: &[u8],
        sentence: &Sentence<'_>,
        strange: &[Strange],
        asked: &[Cost],
        out: &mut Vec<Reading>,
    ) {
        let lexicon = self.lexicon;
        let from = out.len();
        let (signs, tokens) = (lexicon.signs(), sentence.tokens);
        let mut spans = Spans { signs, text, tokens, strange, asked, found: Vec::new() };
        for at in 0..sentence.tokens.len() {
            spans.of(at);
        }
        let mut found = spans.found;
        found.sort_unstable_by_key(|s| (s.start, s.end));
        found.dedup();
        for span in found {
            self.span(text, sentence, strange, span, out);
        }
        for at in 0..sentence.tokens.len() {
            // What a mark ought to be, only words that can be trusted tell: in another language, none.
            let near = &strange[at.saturating_sub(8)..(at + 9).min(strange.len())];
            let unknown = near.iter().filter(|s| **s != Strange::No).count();
            let trusted = |i: usize| strange.get(i).is_none_or(|s| *s == Strange::No);
            if unknown * 5 < near.len() || trusted(at.wrapping_sub(1)) && trusted(at + 1) {
                single::mark(lexicon, sentence, at, out);
            }
            single::capital(lexicon, text, sentence, at, out);
            if strange[at] == Strange::Yes {
                single::number(lexicon, text, sentence, at, out);
            }
            self.joined(text, sentence, strange, at, out);
        }
        out[from..].sort_by_key(|r| r.start);
    }

    /// Two neighbours that are one word but for the blank or the hyphen between them, or for a letter that was read as a
    /// blank (`per on`).
    fn joined(
        &mut self,
        text: &[u8],
        sentence: &Sentence<'_>,
        strange: &[Strange],
        at: usize,
        out: &mut Vec<Reading>,
    ) {
        let tokens = sentence.tokens;
        let first = &tokens[at];
        let Some(next) = tokens.get(at + 1).filter(|_| first.kind == Kind::Word) else { return };
        let hyphen = next.kind == Kind::Mark && !next.spaced && next.bytes(text) == b"-";
        let end = at + 1 + usize::from(hyphen);
        let Some(last) = tokens.get(end).filter(|t| t.kind == Kind::Word && t.lines == 0) else { return };
        if !last.spaced && !hyphen || strange[at] == Strange::Never || strange[end] == Strange::Never {
            return;
        }
        if last.shape == Shape::Title || self.lexicon.old_spellings().is_pair(first.hash, last.hash) {
            return;
        }
        let mut add = |text: String, ids: Vec<WordId>, nats: f32, used: Option<u32>| {
            let cost = (nats * UNIT as f32).round() as Cost;
            let used = used.into_iter().collect();
            let spelled = Spelled { text, ids, cost, changes: 1, unheard: 0, used, broken: None };
            let (start, end) = (at as u16, end as u16 + 1);
            out.push(Reading { start, end, repair: Repair::Spacing, spelled: Arc::new(spelled) });
        };
        let (before, after) = (first.str(text), last.str(text));
        let read = if hyphen { '-' } else { ' ' };
        // Hardly any word begins with another one and the next.
        let spellings = self.lexicon.spellings();
        let begun = self.walker.spell(spellings.root(), before);
        for m in begun.map_or(&[][..], |_| self.lexicon.misreadings().of(&[read])) {
            let letters = m.stood.bytes().all(|c| c.is_ascii_lowercase());
            let node = begun.filter(|_| letters).and_then(|node| spellings.walk(node, m.stood.as_bytes()));
            if let Some(id) =
                node.and_then(|node| self.walker.spell(node, after)).and_then(|node| node.word())
                && self.lexicon.words().flags(id) & (flag::ENGLISH | flag::NAME) != 0
            {
                add(format!("{before}{}{after}", m.stood), vec![id], m.cost, Some(m.number));
            }
        }
        // `well- known`: a hyphen with a blank on one side only, but for `two- and three-fold`.
        if hyphen && last.spaced && !self.lexicon.signs().hangs(last.hash) {
            let ids = sentence.ids[at..=end].iter().map(|id| self.lexicon.model_id(*id)).collect();
            add(format!("{before}-{after}"), ids, HYPHENATED, None);
        }
    }

    fn span(
        &mut self,
        text: &[u8],
        sentence: &Sentence<'_>,
        strange: &[Strange],
        span: Span,
        out: &mut Vec<Reading>,
    ) {
        let (start, end) = (span.start as usize, span.end as usize);
        let tokens = &sentence.tokens[start..end];
        let Some(written) = written(text, tokens) else { return };
        let letters = written.iter().filter(|c| c.is_alphanumeric()).count();
        if letters == 0 || written.len() > LONGEST {
            return;
        }
        let unheard = match letters {
            0..=2 => 0,
            3..=5 => 1,
            6..=9 => 2,
            _ => 3,
        };
        let nats = |n: usize| n as Cost * UNIT;
        let (worst, wanted, width) = match span.how {
            How::Strange => (nats(10 + letters * 3), 8, WIDTHS[0]),
            How::Joined => (nats(20), 4, WIDTHS[1]),
            How::Real => (nats(14), 8, WIDTHS[2]),
        };
        let (unheard, words) = match span.how {
            How::Strange => (unheard, if letters > 9 { 3 } else { 2 }),
            // Blanks move only where both sides are strange.
            How::Joined => {
                (unheard.min(1), 1 + u8::from(strange[start] > Strange::No && strange[end - 1] > Strange::No))
            }
            How::Real => (0, 2),
        };
        let stands = match span.how {
            How::Strange => stands(self.lexicon, &written),
            _ => Cost::MAX / 2,
        };
        let limits = Limits { unheard, words, worst, wanted, width, stands, begins: begins(sentence, start) };
        let broken = written.contains(&BREAK);
        for spelled in self.walk(&written, limits).iter() {
            let whole = tokens.len() == 1 && span.how == How::Real;
            let known = strange[start..end].iter().all(|s| *s == Strange::No);
            let words = tokens.iter().filter(|t| t.kind != Kind::Mark).count() - usize::from(broken);
            let repair = match () {
                () if broken && spelled.changes == 0 => Repair::Whole,
                () if whole || known && tokens.len() == 1 => Repair::Real,
                () if spelled.ids.len() != words => Repair::Spacing,
                () => Repair::Letters,
            };
            out.push(Reading { start: span.start, end: span.end, repair, spelled: Arc::clone(spelled) });
        }
    }
}

/// A known word that the language model expects with the two behind it for less than this, in nats, is never meant
/// otherwise: of the repairs of known words in 86,000 words of scans one asked for less.
const EXPECTED: Cost = 11 * UNIT;

/// Does a sentence begin with this token, but for quotes and brackets?
fn begins(sentence: &Sentence<'_>, at: usize) -> bool {
    sentence.tokens[..at].iter().all(|t| t.kind == Kind::Mark)
}

/// About what unknown characters cost as they stand, in a sentence.
fn stands(lexicon: &Lexicon, written: &[char]) -> Cost {
    let word: String = written.iter().collect();
    let nats = lexicon.ocr_weights().letters * lexicon.letters().cost(&word);
    (nats * UNIT as f32).round() as Cost + UNKNOWN_WORD
}

/// What the language model asks for an unknown word, about.
const UNKNOWN_WORD: Cost = 8 * UNIT;

/// Why a span is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    /// Something in it is strange.
    Strange,
    /// Neighbours that may be one word.
    Joined,
    /// A known word in strange company.
    Real,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u16,
    end: u16,
    how: How,
}

/// Spans among which the same one may stand already: those of a dozen tokens.
const NEAR: usize = 128;

/// Collects the spans of a sentence that are worth a walk.
struct Spans<'s> {
    signs: &'s Signs,
    text: &'s [u8],
    tokens: &'s [Token],
    strange: &'s [Strange],
    asked: &'s [Cost],
    found: Vec<Span>,
}

impl Spans<'_> {
    fn add(&mut self, start: usize, end: usize, how: How) {
        let never = self.strange[start..end].contains(&Strange::Never);
        // What was found before the last tokens ends before them.
        let mut near = self.found.iter().rev().take(NEAR);
        if !never && !near.any(|s| s.start as usize == start && s.end as usize == end) {
            self.found.push(Span { start: start as u16, end: end as u16, how });
        }
    }

    fn is_text(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| t.kind != Kind::Mark)
    }

    /// The spans that a token begins or stands in the middle of.
    fn of(&mut self, at: usize) {
        if !self.is_text(at) || self.strange[at] == Strange::Never {
            return;
        }
        let strange = matches!(self.strange[at], Strange::Yes | Strange::Rare);
        let token = self.tokens[at];
        if strange {
            self.add(at, at + 1, How::Strange);
            self.chunk(at);
        } else if token.kind == Kind::Word && (self.oddly_marked(at + 1) || self.oddly_marked(at)) {
            self.add(at, at + 1, How::Real);
            self.chunk(at);
        } else if (token.kind == Kind::Word || token.bytes(self.text) == b"1") && self.asked[at] >= EXPECTED {
            self.add(at, at + 1, How::Real);
        }
        self.line_end(at);
        // Joined with the next word across one blank.
        if self.is_text(at + 1) && self.tokens[at + 1].spaced && self.tokens[at + 1].lines == 0 {
            let next = matches!(self.strange[at + 1], Strange::Yes | Strange::Rare);
            if strange || next {
                self.add(at, at + 2, How::Joined);
            }
        }
    }

    /// Does a mark touch a word here that no prose puts there? (`man}` `highe/t`)
    fn oddly_marked(&self, at: usize) -> bool {
        let odd = |i: usize| {
            self.tokens
                .get(i)
                .is_some_and(|t| !t.spaced && t.mark().is_some_and(|mark| self.signs.is_odd(mark)))
        };
        odd(at) || at > 0 && odd(at - 1) && !self.tokens[at].spaced
    }

    /// The unbroken characters around a strange token, with and without the marks at their edges.
    fn chunk(&mut self, at: usize) {
        let (mut first, mut last) = (at, at);
        while first > 0 && !self.tokens[first].spaced && at - first < 6 {
            first -= 1;
        }
        while last + 1 < self.tokens.len() && !self.tokens[last + 1].spaced && last - at < 6 {
            last += 1;
        }
        let texts: Vec<usize> = (first..=last).filter(|i| self.is_text(*i)).collect();
        let (inner, outer) = (texts[0], texts[texts.len() - 1]);
        // mett . ings
        let long = |a: usize, b: usize| self.tokens[b].end - self.tokens[a].start > 24;
        if inner < outer && !long(inner, outer) {
            self.add(inner, outer + 1, How::Strange);
        }
        // One mark at an edge that may be a letter: ;hat famil}^
        if inner > first && !long(inner - 1, outer) {
            self.add(inner - 1, outer + 1, How::Strange);
        }
        let usual = |i: usize| {
            matches!(self.tokens[i].mark(), Some('.' | ',' | ';' | ':' | '?' | '!' | '"' | ')' | ']' | '—'))
        };
        if outer < last && !usual(outer + 1) {
            let mut end = outer + 1;
            while end < last && !usual(end + 1) && end - outer < 2 {
                end += 1;
            }
            if !long(inner, end) {
                self.add(inner, end + 1, How::Strange);
            }
        }
    }

    /// A word that a line's end breaks.
    fn line_end(&mut self, at: usize) {
        let hyphen = |i: usize| {
            self.tokens.get(i).is_some_and(|t| !t.spaced && matches!(t.bytes(self.text), b"-" | b"\xC2\xAC"))
        };
        if hyphen(at + 1) && self.is_text(at + 2) && self.tokens[at + 2].lines == 1 {
            self.add(at, at + 3, How::Strange);
        }
    }
}

/// The characters of a span, with a blank where white space is and [`BREAK`] for a hyphen and a line's end; `None` for what
/// is not UTF-8.
fn written(text: &[u8], tokens: &[Token]) -> Option<Vec<char>> {
    let mut out = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        if i > 0 && token.lines == 1 && matches!(out.last(), Some('-' | '\u{AC}')) {
            out.pop();
            out.push(BREAK);
        } else if i > 0 && token.spaced {
            out.push(' ');
        }
        let piece = std::str::from_utf8(token.bytes(text)).ok()?;
        out.extend(piece.chars().map(|c| match c {
            '\u{2019}' | '\u{2018}' => '\'',
            '\u{201C}' | '\u{201D}' => '"',
            c => c,
        }));
    }
    Some(out)
}
