//! Tokenising: words, numbers and marks with byte offsets, in one pass over the bytes.
//!
//! Between two tokens stands nothing but white space, so the tokens and the source together lose nothing. ASCII is
//! settled here by a table of byte classes; a chunk with other letters goes to unicode-segmentation. What must never be
//! touched (URLs, e-mail addresses, code, identifiers, bytes that are not UTF-8) becomes one [`Kind::Protected`] token.
//!
//! ```text
//! The U.S. firm’s  e-mail: a@b.org
//! W   W  M W   C   W M W M P           W word, C clitic (a word), M mark, P protected
//! ```

use unicode_segmentation::UnicodeSegmentation;

use super::case::Shape;
use super::hash::{WordHasher, ascii_hash};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters, with inner apostrophes; abbreviations with inner dots (`U.S`); clitics (`'s`, `'ll`).
    Word,
    /// Digits, with inner separators and a suffix (`1,000`, `21st`, `3:30`, `40%` is a number and a mark).
    Number,
    /// One punctuation character or symbol.
    Mark,
    /// Never touched, never read.
    Protected,
}

/// A span of the text.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// After the last byte.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// How it is capitalised (words only).
    pub shape: Shape,
    /// White space stands before it (or the text begins).
    pub spaced: bool,
    /// Line ends in the white space before it, two at most.
    pub lines: u8,
    /// A sentence begins here; set by [`super::mark_sentences`].
    pub sentence: bool,
    /// [`super::word_hash`] of a word or number; of a mark, the canonical character.
    pub hash: u64,
}

impl Token {
    /// The bytes of the token in its text.
    pub fn bytes<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.start as usize..self.end as usize]
    }

    /// The token as a string; empty for what is not UTF-8.
    pub fn str<'t>(&self, text: &'t [u8]) -> &'t str {
        std::str::from_utf8(self.bytes(text)).unwrap_or("")
    }

    /// The canonical character of a mark: `"` for all double quotes, `'` for single ones, `—` for dashes.
    pub fn mark(&self) -> Option<char> {
        if self.kind == Kind::Mark { char::from_u32(self.hash as u32) } else { None }
    }
}

const SPACE: u8 = 0;
const LINE: u8 = 1;
const LOWER: u8 = 2;
const UPPER: u8 = 3;
const DIGIT: u8 = 4;
const MARK: u8 = 5;
const WIDE: u8 = 6;

static CLASS: [u8; 256] = {
    let mut class = [MARK; 256];
    let mut b = 0;
    while b < 256 {
        class[b] = match b as u8 {
            b'\n' => LINE,
            b' ' | b'\t' | b'\r' | 0x0B | 0x0C => SPACE,
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            0x80..=0xFF => WIDE,
            _ => MARK,
        };
        b += 1;
    }
    class
};

fn class(text: &[u8], at: usize) -> u8 {
    text.get(at).map_or(SPACE, |&b| CLASS[b as usize])
}

fn is_alnum(class: u8) -> bool {
    class == LOWER || class == UPPER || class == DIGIT
}

/// Cuts `text` into tokens, appended to `tokens`. Works on any bytes; the text must be shorter than 4 GiB.
///
/// ```
/// use ungarble::text::{Kind, tokenize};
/// let text = b"It's 3.5 km to example.org.";
/// let mut tokens = Vec::new();
/// tokenize(text, &mut tokens);
/// let words: Vec<_> = tokens.iter().map(|t| t.str(text)).collect();
/// assert_eq!(words, ["It", "'s", "3.5", "km", "to", "example.org", "."]);
/// assert_eq!(tokens[5].kind, Kind::Protected);
/// ```
pub fn tokenize(text: &[u8], tokens: &mut Vec<Token>) {
    tokenize_some(text, 0, usize::MAX, tokens);
}

/// [`tokenize`] from byte `start`, a place between tokens, for about `most` tokens; gives the byte where it stopped.
///
/// From there it goes on with the same tokens that it would have made without stopping.
pub fn tokenize_some(text: &[u8], start: usize, most: usize, tokens: &mut Vec<Token>) -> usize {
    debug_assert!(u32::try_from(text.len()).is_ok());
    let limit = tokens.len().saturating_add(most);
    let before = String::from_utf8_lossy(&text[start.saturating_sub(4)..start]);
    let spaced = before.chars().next_back().is_none_or(char::is_whitespace);
    let mut scan = Scan { text, at: start, spaced, lines: 0, tokens };
    while scan.at < text.len() && scan.tokens.len() < limit {
        match CLASS[text[scan.at] as usize] {
            SPACE => {
                scan.at += 1;
                scan.spaced = true;
            }
            LINE => {
                scan.at += 1;
                scan.spaced = true;
                scan.lines = (scan.lines + 1).min(2);
            }
            LOWER | UPPER => scan.word(),
            DIGIT => scan.number(),
            MARK => scan.ascii_mark(),
            _ => scan.wide(),
        }
    }
    scan.at
}

struct Scan<'t, 'o> {
    text: &'t [u8],
    at: usize,
    spaced: bool,
    lines: u8,
    tokens: &'o mut Vec<Token>,
}

impl Scan<'_, '_> {
    fn push(&mut self, end: usize, kind: Kind, shape: Shape, hash: u64) {
        self.tokens.push(Token {
            start: self.at as u32,
            end: end as u32,
            kind,
            shape,
            spaced: self.spaced,
            lines: self.lines,
            sentence: false,
            hash,
        });
        self.at = end;
        self.spaced = false;
        self.lines = 0;
    }

    fn protect(&mut self, end: usize) {
        self.push(end, Kind::Protected, Shape::Lower, 0);
    }

    /// A run of ASCII letters and what may follow it.
    fn word(&mut self) {
        let (text, start) = (self.text, self.at);
        let mut end = start;
        let mut upper = 0;
        loop {
            match class(text, end) {
                LOWER => {}
                UPPER => upper += 1,
                _ => break,
            }
            end += 1;
        }
        // What ends nearly every word: a space, or a mark that cannot continue it.
        match text.get(end) {
            None | Some(b' ' | b',' | b'\n' | b'\r' | b'-' | b'"' | b')' | b';' | b'?' | b'!') => {}
            Some(b'.' | b':') if !is_alnum(class(text, end + 1)) && class(text, end + 1) != MARK => {}
            Some(_) => return self.word_and_more(end, upper),
        }
        self.ascii_word(end, upper);
    }

    fn ascii_word(&mut self, end: usize, upper: usize) {
        let first = CLASS[self.text[self.at] as usize] == UPPER;
        let shape = match upper {
            0 => Shape::Lower,
            1 if first => Shape::Title,
            n if n == end - self.at => Shape::Upper,
            _ => Shape::Mixed,
        };
        self.push(end, Kind::Word, shape, ascii_hash(self.text, self.at, end));
    }

    /// A word that runs up to `end` and is followed by something that may belong to it.
    #[cold]
    fn word_and_more(&mut self, end: usize, upper: usize) {
        let text = self.text;
        if let Some(chunk_end) = protected_chunk(text, self.at, self.spaced) {
            return self.protect(chunk_end);
        }
        if let Some(dotted) = acronym(text, self.at) {
            let mut hasher = WordHasher::default();
            text[self.at..dotted].iter().for_each(|b| hasher.push(b.to_ascii_lowercase()));
            let shape = if CLASS[text[self.at] as usize] == UPPER { Shape::Upper } else { Shape::Lower };
            return self.push(dotted, Kind::Word, shape, hasher.finish());
        }
        if let Some(len) = apostrophe(text, end) {
            if class(text, end + len) == WIDE && wide_mark(text, end + len).is_none() {
                return self.unicode_chunk();
            }
            if class(text, end + len) == LOWER || class(text, end + len) == UPPER {
                return self.word_with_apostrophe(end, len, upper);
            }
            return self.ascii_word(end, upper);
        }
        if class(text, end) == WIDE && wide_mark(text, end).is_none() {
            return self.unicode_chunk();
        }
        if class(text, end) == DIGIT || text.get(end) == Some(&b'_') {
            let stop = chunk(text, self.at, |b| b.is_ascii_alphanumeric() || b == b'_');
            return self.protect(stop);
        }
        self.ascii_word(end, upper);
    }

    /// `don't` is one word; `firm's`, `they'll` are a word and a clitic.
    fn word_with_apostrophe(&mut self, end: usize, len: usize, upper: usize) {
        let text = self.text;
        let tail = end + len;
        let mut stop = tail;
        while matches!(class(text, stop), LOWER | UPPER) {
            stop += 1;
        }
        if class(text, stop) == WIDE && wide_mark(text, stop).is_none() {
            return self.unicode_chunk();
        }
        let is_clitic = matches!(
            text[tail..stop].to_ascii_lowercase().as_slice(),
            b"s" | b"ll" | b"re" | b"ve" | b"d" | b"m"
        );
        let mut hasher = WordHasher::default();
        if is_clitic {
            self.ascii_word(end, upper);
        } else {
            text[self.at..end].iter().for_each(|b| hasher.push(b.to_ascii_lowercase()));
        }
        hasher.push(b'\'');
        text[tail..stop].iter().for_each(|b| hasher.push(b.to_ascii_lowercase()));
        let shape = Shape::of(std::str::from_utf8(&text[self.at..stop]).unwrap_or(""));
        self.push(stop, Kind::Word, shape, hasher.finish());
    }

    fn number(&mut self) {
        let text = self.text;
        if let Some(end) = protected_chunk(text, self.at, self.spaced) {
            return self.protect(end);
        }
        let mut end = self.at;
        loop {
            while class(text, end) == DIGIT {
                end += 1;
            }
            let inner = matches!(text.get(end), Some(b',' | b'.' | b':' | b'/'));
            if !(inner && class(text, end + 1) == DIGIT) {
                break;
            }
            end += 1;
        }
        // A short suffix belongs to the number (21st, 1990s, 5m, 10bn); a longer mixture is an identifier.
        let suffix = chunk(text, end, |b| b.is_ascii_alphanumeric() || b == b'_');
        if suffix - end > 3 || text[end..suffix].iter().any(|b| b.is_ascii_digit() || *b == b'_') {
            return self.protect(suffix);
        }
        if class(text, suffix) == WIDE && wide_mark(text, suffix).is_none() {
            return self.unicode_chunk();
        }
        let hash = ascii_hash(text, self.at, suffix);
        self.push(suffix, Kind::Number, Shape::Lower, hash);
    }

    fn ascii_mark(&mut self) {
        let (text, at) = (self.text, self.at);
        let end = match text[at] {
            b'`' => code_span(text, at),
            b'<' => tag(text, at),
            b'#' | b'@' if is_alnum(class(text, at + 1)) => {
                Some(chunk(text, at + 1, |b| b.is_ascii_alphanumeric() || b == b'_'))
            }
            b'_' if is_alnum(class(text, at + 1)) && !self.spaced => {
                Some(chunk(text, at, |b| b.is_ascii_alphanumeric() || b == b'_'))
            }
            b'/' | b'\\' | b'~' if self.spaced && is_alnum(class(text, at + 1)) => {
                protected_chunk(text, at, true)
            }
            _ => None,
        };
        match end {
            Some(end) => self.protect(end),
            None => self.push(at + 1, Kind::Mark, Shape::Lower, u64::from(text[at])),
        }
    }

    /// A byte above 127: a typographic mark, a letter, or not UTF-8 at all.
    #[cold]
    fn wide(&mut self) {
        if let Some((mark, len)) = wide_mark(self.text, self.at) {
            if mark.is_whitespace() {
                self.at += len;
                self.spaced = true;
            } else {
                self.push(self.at + len, Kind::Mark, Shape::Lower, u64::from(u32::from(mark)));
            }
            return;
        }
        self.unicode_chunk();
    }

    /// Hands everything up to the next ASCII space to unicode-segmentation.
    #[cold]
    fn unicode_chunk(&mut self) {
        let stop = chunk(self.text, self.at, |b| !b.is_ascii_whitespace());
        let (valid, bad) = match std::str::from_utf8(&self.text[self.at..stop]) {
            Ok(valid) => (valid, 0),
            Err(e) => {
                let upto = self.at + e.valid_up_to();
                let bad = e.error_len().unwrap_or(stop - upto);
                (std::str::from_utf8(&self.text[self.at..upto]).unwrap_or(""), bad)
            }
        };
        for piece in valid.split_word_bounds() {
            let end = self.at + piece.len();
            let first = piece.chars().next().unwrap_or(' ');
            if piece.chars().all(char::is_whitespace) {
                self.at = end;
                self.spaced = true;
            } else if first.is_alphabetic() && piece.chars().all(|c| c.is_alphabetic() || is_joiner(c)) {
                let mut hasher = WordHasher::default();
                piece.chars().for_each(|c| hasher.push_char(c));
                self.push(end, Kind::Word, Shape::of(piece), hasher.finish());
            } else if piece.chars().count() == 1 && !first.is_alphanumeric() {
                let mark = canonical(first);
                self.push(end, Kind::Mark, Shape::Lower, u64::from(u32::from(mark)));
            } else if piece.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.') {
                self.push(end, Kind::Number, Shape::Lower, 0);
            } else {
                self.protect(end);
            }
        }
        if bad > 0 {
            self.protect(self.at + bad);
        }
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}' | '\u{AD}') || unicode_mark(c)
}

/// Combining marks of the common blocks; they continue a word.
fn unicode_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36F | 0x1AB0..=0x1AFF | 0x20D0..=0x20FF)
}

fn canonical(c: char) -> char {
    match c {
        '“' | '”' | '„' | '«' | '»' | '″' => '"',
        '‘' | '’' | '‚' | '′' => '\'',
        '–' | '—' | '―' | '‒' => '—',
        _ => c,
    }
}

/// A character that is neither letter nor digit, with its length in bytes, in canonical form.
fn wide_mark(text: &[u8], at: usize) -> Option<(char, usize)> {
    let stop = (at + 4).min(text.len());
    let c = match std::str::from_utf8(&text[at..stop]) {
        Ok(s) => s.chars().next()?,
        Err(e) if e.valid_up_to() > 0 => {
            std::str::from_utf8(&text[at..at + e.valid_up_to()]).ok()?.chars().next()?
        }
        Err(_) => return None,
    };
    let is_mark = !c.is_alphanumeric() && !unicode_mark(c);
    is_mark.then(|| (canonical(c), c.len_utf8()))
}

/// The length of an apostrophe at `at`, plain or typographic.
fn apostrophe(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at) {
        Some(b'\'') => Some(1),
        Some(0xE2) if text[at..].starts_with("\u{2019}".as_bytes()) => Some(3),
        _ => None,
    }
}

/// `U.S`, `p.c`, `e.g`: single letters joined by dots. The dot after the last one is left outside.
fn acronym(text: &[u8], start: usize) -> Option<usize> {
    let letter = |at: usize| matches!(class(text, at), LOWER | UPPER);
    let mut end = start + 1;
    while letter(end - 1) && text.get(end) == Some(&b'.') && letter(end + 1) && !letter(end + 2) {
        end += 2;
    }
    (end > start + 1 && !matches!(class(text, end), DIGIT | WIDE)).then_some(end)
}

/// No chunk is longer than this: without a bound, a megabyte without a space would be scanned once a token.
const LONGEST: usize = 4096;

fn chunk(text: &[u8], start: usize, inside: impl Fn(u8) -> bool) -> usize {
    let window = &text[start..text.len().min(start + LONGEST)];
    let mut len = window.iter().take_while(|b| inside(**b)).count();
    if len == LONGEST {
        // Never cut a character: step back over the continuation bytes and the byte that leads them.
        while len > LONGEST - 4 && text.get(start + len).is_some_and(|b| b & 0xC0 == 0x80) {
            len -= 1;
        }
    }
    start + len
}

/// The end of a URL, e-mail address, domain, path or dotted identifier that begins at `start`.
fn protected_chunk(text: &[u8], start: usize, spaced: bool) -> Option<usize> {
    let stop = chunk(text, start, |b| {
        b > 32
            && b < 127
            && !matches!(
                b,
                b'"' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b'\'' | b'`'
            )
    });
    let mut end = stop;
    while end > start && matches!(text[end - 1], b'.' | b':' | b'!' | b'?' | b'*') {
        end -= 1;
    }
    let bytes = &text[start..end];
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|w| w == needle);
    if has(b"://") || bytes.starts_with(b"www.") || bytes.starts_with(b"mailto:") {
        return Some(end);
    }
    if let Some(i) = bytes.iter().position(|b| *b == b'@') {
        return (i > 0 && i + 1 < bytes.len()).then_some(end);
    }
    if has(b"_") || has(b"\\") || has(b"::") || has(b"()") || has(b"=") {
        return Some(end);
    }
    let slashes = bytes.iter().filter(|b| **b == b'/').count();
    if slashes >= 2 && spaced || slashes == 1 && bytes[0] == b'/' {
        return Some(end);
    }
    // example.org, file.txt, Node.js: a dot inside, and a short lower-case ending. `end.The` is two sentences.
    let dot = bytes.iter().rposition(|b| *b == b'.')?;
    let tail = &bytes[dot + 1..];
    let name =
        (2..=6).contains(&tail.len()) && tail.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let head =
        bytes[..dot].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/' | b'_'));
    (name && head && dot > 1 && bytes[0].is_ascii_alphanumeric()).then_some(end)
}

/// A code span or fence in backticks; the end of the text closes an open fence, the end of the line an open span.
fn code_span(text: &[u8], at: usize) -> Option<usize> {
    let ticks = chunk(text, at, |b| b == b'`') - at;
    let mut from = at + ticks;
    let stop = if ticks < 3 { text.len().min(at + LONGEST) } else { text.len() };
    while from < stop {
        if text[from] == b'`' {
            let run = chunk(text, from, |b| b == b'`') - from;
            if run == ticks {
                return Some(from + run);
            }
            from += run;
        } else if text[from] == b'\n' && ticks < 3 {
            return None;
        } else {
            from += 1;
        }
    }
    (ticks >= 3).then_some(text.len())
}

/// A markup tag on one line: `<a href="…">`, `</p>`, `<!-- … -->`.
fn tag(text: &[u8], at: usize) -> Option<usize> {
    let next = *text.get(at + 1)?;
    if !(next.is_ascii_alphabetic() || next == b'/' || next == b'!') {
        return None;
    }
    let stop = text[at..].iter().take(300).position(|b| *b == b'>' || *b == b'\n')?;
    (text[at + stop] == b'>').then_some(at + stop + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &[u8]) -> Vec<Token> {
        let mut tokens = Vec::new();
        tokenize(text, &mut tokens);
        tokens
    }

    /// Tokens with a bar between them; numbers in [], protected ones in <>.
    fn shown(text: &str) -> String {
        let show = |t: &Token| {
            let str = t.str(text.as_bytes());
            match t.kind {
                Kind::Word | Kind::Mark => str.to_owned(),
                Kind::Number => format!("[{str}]"),
                Kind::Protected => format!("<{str}>"),
            }
        };
        tokens(text.as_bytes()).iter().map(show).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn words_numbers_marks() {
        for (text, expected) in [
            ("don't, it's Ann’s", "don't|,|it|'s|Ann|’s"),
            ("we’ll 'single' o'clock", "we|’ll|'|single|'|o'clock"),
            ("The U.S. and U.S.-led e.g. p.c.", "The|U.S|.|and|U.S|.|-|led|e.g|.|p.c|."),
            (
                "1,000 3.5% 21st 1990s 3:30 10bn $5.6m",
                "[1,000]|[3.5]|%|[21st]|[1990s]|[3:30]|[10bn]|$|[5.6m]",
            ),
            ("in 2020. 5 men", "in|[2020]|.|[5]|men"),
            ("30-year-old and/or he/she", "[30]|-|year|-|old|and|/|or|he|/|she"),
            ("well—known… “go”", "well|—|known|…|“|go|”"),
            ("café naïve Zoë’s привет", "café|naïve|Zoë’s|привет"),
            ("non\u{a0}breaking thin\u{2009}space", "non|breaking|thin|space"),
            ("ends here.Then more", "ends|here|.|Then|more"),
            ("a < b > c -- d", "a|<|b|>|c|-|-|d"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_never_touched() {
        for (text, expected) in [
            ("see https://a.org/b_c?d=e&f. And", "see|<https://a.org/b_c?d=e&f>|.|And"),
            ("(www.example.com/x), mailto:a@b.org!", "(|<www.example.com/x>|)|,|<mailto:a@b.org>|!"),
            ("ann.bee+c@example.co.uk; @ann #tag", "<ann.bee+c@example.co.uk>|;|<@ann>|<#tag>"),
            ("foo_bar a=b std::vec H2O 0x1f 4x4", "<foo_bar>|<a=b>|<std::vec>|<H2O>|<0x1f>|<4x4>"),
            ("`a b` and ``c`d`` x", "<`a b`>|and|<``c`d``>|x"),
            ("```\na b\n``` c", "<```\na b\n```>|c"),
            ("an ` open\nline", "an|`|open|line"),
            ("```\nopen to the end", "<```\nopen to the end>"),
            ("<b>bold</b> <a href=\"x y\">z</a>", "<<b>>|bold|<</b>>|<<a href=\"x y\">>|z|<</a>>"),
            ("/usr/bin/env C:\\dir file.txt Node.js", "</usr/bin/env>|<C:\\dir>|<file.txt>|<Node.js>"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        let broken = b"caf\xe9 \xff\xfe ok";
        let kinds: Vec<_> = tokens(broken).iter().map(|t| (t.bytes(broken), t.kind)).collect();
        let word = |w: &'static [u8]| (w, Kind::Word);
        let kept = |b: &'static [u8]| (b, Kind::Protected);
        assert_eq!(kinds, [word(b"caf"), kept(b"\xe9"), kept(b"\xff"), kept(b"\xfe"), word(b"ok")]);
    }

    #[test]
    fn shape_space_and_lines() {
        let text = b"The UN's iPad\n\n(A)";
        let found: Vec<_> = tokens(text).iter().map(|t| (t.str(text), t.shape, t.spaced, t.lines)).collect();
        assert_eq!(
            found,
            [
                ("The", Shape::Title, true, 0),
                ("UN", Shape::Upper, true, 0),
                ("'s", Shape::Lower, false, 0),
                ("iPad", Shape::Mixed, true, 0),
                ("(", Shape::Lower, true, 2),
                ("A", Shape::Title, false, 0),
                (")", Shape::Lower, false, 0),
            ]
        );
        let marks: Vec<_> = tokens("“’–".as_bytes()).iter().map(Token::mark).collect();
        assert_eq!(marks, [Some('"'), Some('\''), Some('—')]);
    }

    #[test]
    fn a_long_run_without_spaces_is_cut_between_characters() {
        let text = "é".repeat(10_000) + " " + &"x_".repeat(10_000) + " " + &"`".repeat(5000);
        let mut at = 0;
        for token in tokens(text.as_bytes()) {
            assert!(text.is_char_boundary(token.start as usize) && text.is_char_boundary(token.end as usize));
            assert!(text[at..token.start as usize].trim().is_empty());
            at = token.end as usize;
        }
        assert_eq!(at, text.len());
    }

    #[test]
    fn pieces_make_the_same_tokens() {
        let text = "The U.S. firm’s\u{a0}e-mail (see a@b.org):[/W// `x y`.\n\nA\u{a0}b é\u{a0} c".as_bytes();
        let spans = |tokens: &[Token]| -> Vec<_> {
            tokens.iter().map(|t| (t.start, t.end, t.kind, t.spaced, t.lines)).collect()
        };
        for most in 1..5 {
            let (mut pieces, mut at) = (Vec::new(), 0);
            while at < text.len() {
                let next = tokenize_some(text, at, most, &mut pieces);
                assert!(next > at);
                at = next;
            }
            assert_eq!(spans(&pieces), spans(&tokens(text)), "{most} at a time");
        }
    }
}
