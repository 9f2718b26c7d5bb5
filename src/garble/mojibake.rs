//! UTF-8 taken for a character set of one byte a character, once or several times over.

use super::{edit, rounded, shuffled};
use crate::edit::{Channel, Edit};
use crate::encoding::Charset;
use crate::random::Random;

/// Misreads this share of the stretches beyond ASCII, as one set after the other.
pub fn edits(text: &str, rate: f32, chain: &[&Charset], random: &mut Random) -> Vec<Edit> {
    let mut places = Vec::new();
    let mut at = 0;
    for stretch in text.split_inclusive(|c: char| c.is_ascii()) {
        let wide = stretch.trim_end_matches(|c: char| c.is_ascii());
        if !wide.is_empty() {
            places.push(at..at + wide.len());
        }
        at += stretch.len();
    }
    let wanted = rounded(places.len() as f32 * rate, random);
    let mut chosen = shuffled(places.iter().map(|_| 1.0), random);
    chosen.truncate(wanted);
    chosen.sort_unstable();
    let names: Vec<&str> = chain.iter().map(|set| &*set.spelled).collect();
    let reason = format!("UTF-8 read as {}", names.join(", then as "));
    let misread = |i: usize| {
        let range = places[i].clone();
        let seen = chain.iter().fold(text[range.clone()].to_owned(), |text, set| set.misread(&text));
        edit(range, seen, Channel::Encoding, reason.clone())
    };
    chosen.into_iter().map(misread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_letters() {
        let chain = [Charset::by_name("windows-1252").unwrap()];
        let edits = edits("“naïve” don’t", 1.0, &chain, &mut Random::new(1));
        let seen: Vec<&str> = edits.iter().map(|e| &*e.replacement).collect();
        assert_eq!(seen, ["â€œ", "Ã¯", "â€\u{9d}", "â€™"]);
    }
}
