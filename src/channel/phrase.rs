//! The phrase channel: undoes substitutions of words by near-synonyms, by rule, habit, or what was seen.

use super::{Reading, Sentence};
use crate::lexicon::rules::{Known, LONGEST, Node, Rules, extend_key};
use crate::lexicon::{Lexicon, NUMBER, WordId};
use crate::text::{Kind, Shape, Token};

/// Appends the readings of a sentence that the tables offer, ordered by their first token.
pub fn phrase_readings(lexicon: &Lexicon, sentence: &Sentence<'_>, out: &mut Vec<Reading>) {
    for start in 0..sentence.tokens.len() {
        for rules in lexicon.tables() {
            if rules.starts(sentence.ids[start]) != 0 || sentence.tokens[start].kind == Kind::Number {
                let mut walk = Walk { lexicon, sentence, rules, start, out };
                walk.step(0, start, None);
            }
        }
    }
}

struct Walk<'w, 's> {
    lexicon: &'w Lexicon,
    sentence: &'w Sentence<'s>,
    rules: &'w Rules<'static>,
    start: usize,
    out: &'w mut Vec<Reading>,
}

impl Walk<'_, '_> {
    /// Goes on from the trie place `key` with token `at`.
    fn step(&mut self, key: u64, at: usize, number: Option<u16>) {
        let Some(token) = self.sentence.tokens.get(at) else { return };
        if token.kind == Kind::Protected || at >= self.start + LONGEST || (at > self.start && token.lines > 1)
        {
            return;
        }
        if token.kind == Kind::Number {
            // `12` of "this 12 months" is a word of the rule; any number is {number}.
            let word = self.lexicon.find(token.hash);
            if word != NUMBER && word != crate::lexicon::UNKNOWN {
                self.take(key, at, word, number);
            }
            return self.take(key, at, NUMBER, Some(at as u16));
        }
        self.take(key, at, self.sentence.ids[at], number);
    }

    fn take(&mut self, key: u64, at: usize, id: WordId, number: Option<u16>) {
        let key = extend_key(key, id);
        let Some(node) = self.rules.node(key) else { return };
        self.propose(node, at + 1, number);
        if node.longer {
            self.step(key, at + 1, number);
        }
    }

    fn propose(&mut self, node: Node, end: usize, number: Option<u16>) {
        let tokens = &self.sentence.tokens[self.start..end];
        // A name of inner capitals is nobody's synonym.
        if tokens.iter().any(|t| t.shape == Shape::Mixed && t.end - t.start > 1) {
            return;
        }
        for entry in self.rules.entries(node) {
            if !capitals_fit(tokens, entry.capitals())
                || self.lexicon.is_withdrawn(|| self.key_of(end), &entry)
            {
                continue;
            }
            let known = entry.known();
            if known != Known::User
                && self.sentence.ids[self.start..end].iter().any(|id| self.lexicon.is_own(*id))
            {
                continue;
            }
            if known >= Known::Weak && tokens.len() == 1 && self.is_name(&tokens[0]) {
                continue;
            }
            let number = if entry.repeats_number() { number } else { None };
            self.out.push(Reading { start: self.start as u16, end: end as u16, entry, known, number });
        }
    }

    /// A single capitalised word inside a sentence, next to no other capitalised word that is known: leave names alone
    /// unless the word is usually written small.
    fn is_name(&self, token: &Token) -> bool {
        let id = self.sentence.ids[self.start];
        token.shape != Shape::Lower && self.lexicon.words().flags(id) & crate::lexicon::flag::NAME != 0
    }

    fn key_of(&self, end: usize) -> u64 {
        self.sentence.ids[self.start..end].iter().fold(0, |key, id| extend_key(key, *id))
    }
}

fn capitals_fit(tokens: &[Token], capitals: u8) -> bool {
    tokens.iter().enumerate().all(|(i, t)| capitals >> i & 1 == 0 || t.shape != Shape::Lower)
}
