//! Readings of a single token that no walk finds: a mark, a capital, a number.

use std::sync::Arc;

use super::{Reading, Repair, Spelled};
use crate::channel::Sentence;
use crate::cost::{Cost, UNIT};
use crate::lexicon::{Lexicon, NUMBER, UNKNOWN, WordId, flag};
use crate::text::{Kind, Shape, Token, word_hash};

/// A number is misread in no more places: what has more letters is a word.
const FIGURES: usize = 8;

fn push(
    out: &mut Vec<Reading>,
    at: usize,
    repair: Repair,
    text: String,
    ids: Vec<WordId>,
    nats: f32,
    used: Vec<u32>,
) {
    let cost = (nats * UNIT as f32).round() as Cost;
    let changes = used.len() as u8;
    let spelled = Spelled { text, ids, cost, changes, unheard: 0, used, broken: None };
    out.push(Reading { start: at as u16, end: at as u16 + 1, repair, spelled: Arc::new(spelled) });
}

/// A mark as dirt, or as another mark; none of two that belong together.
pub fn mark(lexicon: &Lexicon, sentence: &Sentence<'_>, at: usize, out: &mut Vec<Reading>) {
    let token = |at: usize| sentence.tokens.get(at);
    let Some(c) = sentence.tokens[at].mark() else { return };
    let pair = |at: usize| match (
        token(at).and_then(Token::mark),
        token(at + 1).filter(|t| !t.spaced).and_then(Token::mark),
    ) {
        (Some(first), Some(second)) => lexicon.signs().is_pair(first, second),
        _ => false,
    };
    if pair(at) || at > 0 && pair(at - 1) {
        return;
    }
    for m in lexicon.misreadings().of(&[c]) {
        let mut chars = m.stood.chars();
        let (repair, ids) = match (chars.next(), chars.next()) {
            (None, _) => (Repair::Stray, Vec::new()),
            (Some(stood), None) if stood.is_ascii_punctuation() => {
                let id = lexicon.find(word_hash(&m.stood));
                if id == UNKNOWN {
                    continue;
                }
                (Repair::Mark, vec![id])
            }
            _ => continue,
        };
        push(out, at, repair, m.stood.to_string(), ids, m.cost, vec![m.number]);
    }
}

/// An English word whose first letter alone is a capital, after a small word: the small letter may look the same (`In` for
/// `in`).
pub fn capital(lexicon: &Lexicon, text: &[u8], sentence: &Sentence<'_>, at: usize, out: &mut Vec<Reading>) {
    let (token, id) = (&sentence.tokens[at], sentence.ids[at]);
    if !is_odd_capital(lexicon, at.checked_sub(1).map(|i| &sentence.tokens[i]), token, id) {
        return;
    }
    let word = token.str(text);
    let mut rest = word.chars();
    let Some(first) = rest.next().filter(char::is_ascii_uppercase) else { return };
    let small = first.to_ascii_lowercase();
    let of = lexicon.misreadings().of(&[first]).iter();
    if let Some(m) = of.filter(|m| m.stood.chars().eq([small])).min_by(|a, b| a.cost.total_cmp(&b.cost)) {
        push(out, at, Repair::Case, format!("{small}{}", rest.as_str()), vec![id], m.cost, vec![m.number]);
    }
}

/// Is a token an English word, no name, with a capital after a small word?
pub fn is_odd_capital(lexicon: &Lexicon, before: Option<&Token>, token: &Token, id: WordId) -> bool {
    token.kind == Kind::Word
        && token.shape == Shape::Title
        && before.is_some_and(|b| b.kind == Kind::Word && b.shape == Shape::Lower)
        && lexicon.words().flags(id) & (flag::ENGLISH | flag::NAME) == flag::ENGLISH
}

/// A number in which figures are read as letters (`l85O`, `6ih`), the likeliest.
pub fn number(lexicon: &Lexicon, text: &[u8], sentence: &Sentence<'_>, at: usize, out: &mut Vec<Reading>) {
    let Ok(word) = std::str::from_utf8(sentence.tokens[at].bytes(text)) else { return };
    let written: Vec<char> = word.chars().collect();
    let digits = written.iter().filter(|c| c.is_ascii_digit()).count();
    if digits == 0 || !(2..=FIGURES).contains(&written.len()) {
        return;
    }
    let misread = |c: char, stood: char| {
        let of = lexicon.misreadings().of(&[c]).iter().filter(|m| m.stood.chars().eq([stood]));
        of.map(|m| (m.cost, m.number)).min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let figure = |c: char| {
        let of = lexicon.misreadings().of(&[c]).iter();
        let figures = of.filter(|m| m.stood.len() == 1 && m.stood.as_bytes()[0].is_ascii_digit());
        figures.map(|m| (m.cost, m.number, &*m.stood)).min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let mut best: Option<(f32, String, Vec<u32>)> = None;
    'endings: for ending in lexicon.signs().endings().chain([""]) {
        let Some(cut) = written.len().checked_sub(ending.chars().count()).filter(|cut| *cut > 0) else {
            continue;
        };
        let (mut cost, mut read, mut used) = (0.0, String::new(), Vec::new());
        for c in &written[..cut] {
            match (*c, figure(*c)) {
                (c, _) if c.is_ascii_digit() || matches!(c, ',' | '.' | ':' | '-') => read.push(c),
                (_, Some((more, number, stood))) => {
                    cost += more;
                    used.push(number);
                    read.push_str(stood);
                }
                _ => continue 'endings,
            }
        }
        for (c, stood) in written[cut..].iter().zip(ending.chars()) {
            read.push(stood);
            if c.to_ascii_lowercase() != stood {
                let Some((more, number)) = misread(*c, stood) else { continue 'endings };
                cost += more;
                used.push(number);
            }
        }
        if !used.is_empty() && best.as_ref().is_none_or(|b| cost < b.0) {
            best = Some((cost, read, used));
        }
    }
    if let Some((cost, read, used)) = best {
        push(out, at, Repair::Number, read, vec![NUMBER], cost, used);
    }
}
