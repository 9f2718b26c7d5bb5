//! From chosen readings to edits: the text of a repair, its case, and the article before it.

use super::pass::{Document, Unit};
use crate::channel::Reading;
use crate::edit::{Channel, Edit};
use crate::lexicon::rules::{Known, SLOT};
use crate::lexicon::{Lexicon, flag};
use crate::text::{Kind, SOFT_HYPHEN, Shape, Token, apply_shape, tokenize, word_hash};

/// The edits of one reading, the article before it included, with a confidence.
pub fn edits(
    lexicon: &Lexicon,
    document: &Document<'_>,
    unit: &Unit,
    reading: &Reading,
    confidence: f32,
) -> Vec<Edit> {
    let start = unit.tokens.start + reading.start as usize;
    let end = unit.tokens.start + reading.end as usize;
    let source = &document.tokens[start..end];
    let text = cased(document, source, &meant(document, unit, reading));
    if text.trim().is_empty() {
        return Vec::new(); // a damaged table
    }
    let confidence = (confidence * 1000.0).round().clamp(0.0, 1000.0) / 1000.0;
    let mut out = Vec::new();
    if let Some(edit) = article(lexicon, document, start, &text, confidence) {
        out.push(edit);
    }
    let (range, replacement) = trimmed(document.text, source, &text);
    let Some(replacement) = with_line_ends(&document.text[range.clone()], replacement) else {
        return Vec::new();
    };
    if document.text[range.clone()] != *replacement.as_bytes() {
        let reason = reason(document, source, reading).into();
        out.push(Edit {
            range,
            replacement: replacement.into(),
            channel: Channel::Phrase,
            confidence,
            reason,
        });
    }
    out
}

/// The text that was meant, in the case of the table.
fn meant(document: &Document<'_>, unit: &Unit, reading: &Reading) -> String {
    let text = reading.entry.text();
    match reading.number {
        Some(at) => text.replace(SLOT, document.tokens[unit.tokens.start + at as usize].str(document.text)),
        None => text.to_owned(),
    }
}

/// Why, for people.
fn reason(document: &Document<'_>, source: &[Token], reading: &Reading) -> String {
    let from = source[0].start as usize..source[source.len() - 1].end as usize;
    let written = String::from_utf8_lossy(&document.text[from]).to_lowercase();
    let meant = reading.entry.text();
    let meant = if meant.contains(SLOT) { &meant.replace(SLOT, "{number}") } else { meant };
    [reading.known.name(), ": ", &written, " -> ", meant].concat()
}

/// The text in the case of what it replaces.
fn cased(document: &Document<'_>, source: &[Token], text: &str) -> String {
    let words: Vec<&Token> = source.iter().filter(|t| t.kind == Kind::Word).collect();
    let Some(first) = words.first() else { return text.to_owned() };
    if words.iter().all(|t| t.shape == Shape::Lower) {
        return text.to_owned();
    }
    let begins = source[0].sentence;
    let is_capital = |t: &&&Token| t.shape != Shape::Lower;
    // Capitals throughout are the text's style only where the words around have them too; else they are an acronym's.
    let styled = shouts(document, source);
    let upper = styled && words.iter().all(|t| t.shape == Shape::Upper);
    let shape_of = |t: &Token| match t.shape {
        Shape::Upper if !styled => {
            if begins && t.start == first.start {
                Shape::Title
            } else {
                Shape::Lower
            }
        }
        shape => shape,
    };
    let capitals = words.iter().filter(is_capital).count();
    let mut pieces = Vec::new();
    tokenize(text.as_bytes(), &mut pieces);
    let targets: Vec<&Token> = pieces.iter().filter(|t| t.kind == Kind::Word).collect();
    let same = targets.len() == words.len();
    // Every word a capital, and not only because the sentence begins: a title.
    let title = capitals == words.len() && (words.len() > 1 || !begins);
    let mut out = String::new();
    let mut at = 0;
    let mut place = 0;
    for piece in &pieces {
        out.push_str(&text[at..piece.start as usize]);
        let word = piece.str(text.as_bytes());
        if piece.kind == Kind::Word {
            let shape = if upper {
                Shape::Upper
            } else if same {
                shape_of(words[place])
            } else if place == 0 {
                shape_of(first)
            } else if title && word.len() > 3 {
                Shape::Title
            } else {
                Shape::Lower
            };
            out.push_str(&apply_shape(word, shape));
            place += 1;
        } else {
            out.push_str(word);
        }
        at = piece.end as usize;
    }
    out.push_str(&text[at..]);
    out
}

/// Are most of the words around a span in capitals?
fn shouts(document: &Document<'_>, source: &[Token]) -> bool {
    let at = document.tokens.partition_point(|t| t.start < source[0].start);
    let near = &document.tokens[at.saturating_sub(5)..(at + source.len() + 5).min(document.tokens.len())];
    let words = near.iter().filter(|t| t.kind == Kind::Word && t.end - t.start > 1);
    let (upper, all) = words.fold((0, 0), |(u, n), t| (u + usize::from(t.shape == Shape::Upper), n + 1));
    upper * 2 > all
}

/// The edit that makes `a` or `an` before token `start` fit `text`.
fn article(
    lexicon: &Lexicon,
    document: &Document<'_>,
    start: usize,
    text: &str,
    confidence: f32,
) -> Option<Edit> {
    let before = start.checked_sub(1)?;
    let token = &document.tokens[before];
    let is_an = lexicon.article(document.ids[before])?;
    if document.tokens[start].sentence || !document.tokens[start].spaced {
        return None;
    }
    let mut pieces = Vec::new();
    tokenize(text.as_bytes(), &mut pieces);
    let first = pieces.first().filter(|t| t.kind == Kind::Word)?.str(text.as_bytes());
    let id = lexicon.find(word_hash(first));
    let wants_an = lexicon.words().flags(id) & flag::AN != 0;
    let word_id = document.ids[start];
    let fits_now = (lexicon.words().flags(word_id) & flag::AN != 0) == is_an;
    (wants_an != is_an && fits_now).then(|| {
        let replacement = apply_shape(if wants_an { "an" } else { "a" }, token.shape);
        Edit {
            range: token.start as usize..token.end as usize,
            replacement: replacement.into(),
            channel: Channel::Phrase,
            confidence,
            reason: "the article follows the repair".into(),
        }
    })
}

/// Puts the line ends of what is replaced between the last words of the replacement; `None` where it has too few words.
/// A cleaned text has the lines of its source.
fn with_line_ends(written: &[u8], mut replacement: String) -> Option<String> {
    let mut from = written.len();
    let mut upto = replacement.len();
    while let Some(line) = written[..from].iter().rposition(|b| *b == b'\n') {
        let white = |b: &u8| b.is_ascii_whitespace();
        let start = line - written[..line].iter().rev().take_while(|b| white(b)).count();
        let end = line + written[line..].iter().take_while(|b| white(b)).count();
        let space = replacement[..upto].rfind(' ')?;
        replacement.replace_range(space..=space, std::str::from_utf8(&written[start..end]).ok()?);
        (from, upto) = (start, space);
    }
    Some(replacement)
}

/// Leaves out the words that both sides begin or end with, so that the edit is as short as it can be.
fn trimmed(source: &[u8], tokens: &[Token], text: &str) -> (std::ops::Range<usize>, String) {
    if let [word] = tokens {
        return (word.start as usize..word.end as usize, text.trim().to_owned());
    }
    let mut pieces = Vec::new();
    tokenize(text.as_bytes(), &mut pieces);
    // A soft hyphen in a word that stays is the text's own.
    let letters = |word: &str| word.replace(SOFT_HYPHEN, "");
    let equal = |a: &Token, b: &Token| {
        a.bytes(source) == b.bytes(text.as_bytes())
            || a.kind == Kind::Word && letters(a.str(source)) == letters(b.str(text.as_bytes()))
    };
    let most = tokens.len().min(pieces.len()).saturating_sub(1);
    let head = (0..most).take_while(|i| equal(&tokens[*i], &pieces[*i])).count();
    let tail = (0..most - head)
        .take_while(|i| equal(&tokens[tokens.len() - 1 - i], &pieces[pieces.len() - 1 - i]))
        .count();
    let (first, last) = (&tokens[head], &tokens[tokens.len() - 1 - tail]);
    let (from, to) = (&pieces[head], &pieces[pieces.len() - 1 - tail]);
    let range = first.start as usize..last.end as usize;
    (range, text[from.start as usize..to.end as usize].to_owned())
}

/// Is this a rule of the user's, which acts however clean the document is?
pub fn is_users(reading: &Reading) -> bool {
    reading.known == Known::User
}
