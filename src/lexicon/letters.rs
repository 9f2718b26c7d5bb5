//! How English a string of letters looks: a model of four letters over the word forms, to tell a name from a garble.
//!
//! Each word counts once, whatever its frequency: what is asked is how likely letters are in a word that nobody has seen.
//! Witten–Bell interpolation of the orders 1 to 4; the section `letters` holds a cost for every four, in 1/16 nat.

use super::words::{FIRST, WordId, Words, flag};

/// Letters, apostrophe, anything else, and the edge of a word.
const SYMBOLS: usize = 29;
const EDGE: usize = 28;
const SIZE: usize = SYMBOLS * SYMBOLS * SYMBOLS * SYMBOLS;

fn symbol(c: char) -> usize {
    match c.to_ascii_lowercase() {
        c @ 'a'..='z' => c as usize - 'a' as usize,
        '\'' | '\u{2019}' => 26,
        _ => 27,
    }
}

/// The model, opened from its section.
#[derive(Debug, Clone, Copy)]
pub struct Letters<'b> {
    costs: &'b [u8],
}

impl<'b> Letters<'b> {
    /// Opens the section; `None` when it is too short.
    pub fn open(costs: &'b [u8]) -> Option<Self> {
        (costs.len() >= SIZE).then_some(Self { costs })
    }

    /// −ln of the probability of these letters as a word, in nats, the end of the word included.
    pub fn cost(&self, word: &str) -> f32 {
        let symbols = word.chars().map(symbol).chain([EDGE]);
        let (mut context, mut sum) = ([EDGE; 3], 0u32);
        for s in symbols {
            sum += u32::from(self.costs[place(context, s)]);
            context = [context[1], context[2], s];
        }
        sum as f32 / 16.0
    }
}

fn place(context: [usize; 3], symbol: usize) -> usize {
    ((context[0] * SYMBOLS + context[1]) * SYMBOLS + context[2]) * SYMBOLS + symbol
}

/// A section that says nothing.
pub fn empty() -> Vec<u8> {
    vec![0; SIZE]
}

/// The section of these words: English ones and names, each once.
pub fn build(words: &Words<'_>) -> Vec<u8> {
    let mut counts = [vec![0f32; SYMBOLS], vec![], vec![], vec![]];
    for (order, table) in counts.iter_mut().enumerate() {
        *table = vec![0f32; SYMBOLS.pow(order as u32 + 1)];
    }
    for id in FIRST..words.len() as WordId {
        let word = words.word(id);
        if words.flags(id) & (flag::ENGLISH | flag::NAME) == 0 || !word.chars().any(char::is_alphabetic) {
            continue;
        }
        let mut context = [EDGE; 3];
        for s in word.chars().map(symbol).chain([EDGE]) {
            let at = place(context, s);
            for (order, table) in counts.iter_mut().enumerate() {
                table[at % SYMBOLS.pow(order as u32 + 1)] += 1.0;
            }
            context = [context[1], context[2], s];
        }
    }
    let mut shares = vec![1.0 / SYMBOLS as f32; SYMBOLS];
    for table in &counts {
        let lower = shares;
        shares = vec![0.0; table.len()];
        for (at, row) in table.chunks(SYMBOLS).enumerate() {
            let sum: f32 = row.iter().sum();
            let kinds = row.iter().filter(|n| **n > 0.0).count() as f32;
            for (s, n) in row.iter().enumerate() {
                let below = lower[(at * SYMBOLS + s) % lower.len()];
                shares[at * SYMBOLS + s] =
                    if sum > 0.0 { (n + kinds * below) / (sum + kinds) } else { below };
            }
        }
    }
    shares.iter().map(|p| (-p.max(1e-9).ln() * 16.0).round().clamp(0.0, 255.0) as u8).collect()
}

#[cfg(test)]
mod tests {
    use crate::lexicon::Lexicon;

    #[test]
    fn names_look_more_english_than_garbles() {
        let lexicon = Lexicon::embedded();
        let cost = |word: &str| lexicon.letters().cost(word) / word.len() as f32;
        for (name, garble) in
            [("Wingerworth", "Wmgcrwortb"), ("Castlereagh", "Csstlcrcagb"), ("Hendon", "Hcndou")]
        {
            assert!(cost(name) < cost(garble), "{name} {} {garble} {}", cost(name), cost(garble));
        }
    }
}
