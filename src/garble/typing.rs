//! Slips of the fingers: neighbouring keys, letters doubled, dropped and swapped.

use super::{Page, edit, shuffled};
use crate::edit::{Channel, Edit};
use crate::random::Random;
use crate::text::Kind;

/// The letters of a keyboard, row by row. Each row begins half a key further right.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// How common each slip is, in per cent: neighbour hit, letter doubled, letter dropped, letters swapped.
const SLIPS: [f32; 4] = [35.0, 15.0, 30.0, 20.0];

/// Makes a slip in the wanted share of the words. Words of one or two letters are typed right.
pub fn edits(page: &Page<'_>, random: &mut Random) -> Vec<Edit> {
    let word = |t: &&crate::text::Token| {
        t.kind == Kind::Word && t.end - t.start > 2 && t.bytes(page.text.as_bytes()).is_ascii()
    };
    let words: Vec<_> = page.tokens.iter().filter(word).collect();
    let mut chosen = shuffled(words.iter().map(|_| 1.0), random);
    chosen.truncate(page.wanted(random));
    chosen.sort_unstable();
    let slip = |i: usize| {
        let token = words[i];
        let (typed, reason) = slip(token.str(page.text.as_bytes()), random)?;
        Some(edit(token.start as usize..token.end as usize, typed, Channel::Spelling, reason))
    };
    chosen.into_iter().filter_map(slip).collect()
}

/// A word with one slip after its first letter, which is hardly ever mistyped; `None` where none of a few tries fits.
fn slip(word: &str, random: &mut Random) -> Option<(String, String)> {
    let letters: Vec<char> = word.chars().collect();
    (0..16).find_map(|_| {
        let at = 1 + (random.next() % (letters.len() as u64 - 1)) as usize;
        let here = letters[at];
        let mut typed = letters.clone();
        let reason = match random.pick(SLIPS.into_iter()) {
            0 => {
                let near = neighbours(here);
                let key = *near.get((random.next() % near.len().max(1) as u64) as usize)?;
                typed[at] = key;
                format!("{key} for {here}")
            }
            1 => {
                typed.insert(at, here);
                format!("{here} doubled")
            }
            2 => {
                typed.remove(at);
                format!("{here} dropped")
            }
            _ => {
                let next = *letters.get(at + 1)?;
                typed.swap(at, at + 1);
                format!("{here} and {next} swapped")
            }
        };
        (here.is_alphabetic() && typed != letters).then(|| (typed.into_iter().collect(), reason))
    })
}

/// The keys around a letter's, in its case.
fn neighbours(letter: char) -> Vec<char> {
    let place = |c: char| {
        let row = ROWS.iter().position(|row| row.contains(c))?;
        Some((ROWS[row].find(c)? as isize * 2 + row as isize, row as isize))
    };
    let Some((x, y)) = place(letter.to_ascii_lowercase()) else { return Vec::new() };
    let near = |c: &char| {
        place(*c).is_some_and(|(a, b)| (a - x).abs() <= 2 && (b - y).abs() <= 1 && (a, b) != (x, y))
    };
    let keys = ROWS.iter().flat_map(|row| row.chars()).filter(near);
    keys.map(|c| if letter.is_ascii_uppercase() { c.to_ascii_uppercase() } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_neighbours() {
        assert_eq!(neighbours('g'), ['t', 'y', 'f', 'h', 'v', 'b']);
        assert_eq!(neighbours('Q'), ['W', 'A']);
        assert!(neighbours('\'').is_empty());
    }
}
