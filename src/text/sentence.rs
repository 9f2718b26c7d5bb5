//! Where sentences begin, robust to broken punctuation.

use super::case::Shape;
use super::token::{Kind, Token};

/// A line that ends before this many bytes and has no full stop is a heading or an item of a list.
const SHORT_LINE: u32 = 60;

/// Sets [`Token::sentence`] on the first token of each sentence.
///
/// A sentence ends at `.`, `!`, `?` or `…` before white space or a capital (a missing space is common in garbled text),
/// unless the word before the full stop is an abbreviation; and at an empty line, or the end of a short line before a
/// capital. `abbreviation` is asked with the hash of the word before a full stop.
pub fn mark_sentences(tokens: &mut [Token], abbreviation: impl Fn(u64) -> bool) {
    let mut line_start = 0u32; // byte where the current line began
    for i in 0..tokens.len() {
        let here = tokens[i];
        let begins = if i == 0 || here.lines >= 2 {
            true
        } else if here.lines == 1
            && starts_line(&here)
            && tokens[i - 1].end.saturating_sub(line_start) < SHORT_LINE
        {
            !matches!(tokens[i - 1].mark(), Some(',' | '-' | '—' | '('))
        } else {
            ends_sentence(tokens, i, &abbreviation)
        };
        if here.lines > 0 || i == 0 {
            line_start = here.start;
        }
        tokens[i].sentence = begins;
    }
}

fn starts_line(token: &Token) -> bool {
    token.kind != Kind::Word || token.shape != Shape::Lower
}

/// Does the sentence before `tokens[i]` end there?
fn ends_sentence(tokens: &[Token], i: usize, abbreviation: &impl Fn(u64) -> bool) -> bool {
    let here = &tokens[i];
    if here.kind == Kind::Mark
        && !matches!(here.mark(), Some('"' | '\'' | '(' | '[' | '$' | '£' | '€' | '*' | '#' | '—'))
    {
        return false;
    }
    if here.kind == Kind::Mark && !here.spaced {
        return false; // a closing quote or bracket belongs to the sentence before it
    }
    let mut before = i - 1;
    while before > 0
        && matches!(tokens[before].mark(), Some('"' | '\'' | ')' | ']'))
        && !tokens[before].spaced
    {
        before -= 1;
    }
    let stop = match tokens[before].mark() {
        Some('!' | '?' | '…') => return here.spaced && starts_line(here),
        Some('.') => before,
        _ => return false,
    };
    if here.kind == Kind::Word && here.shape == Shape::Lower {
        return false;
    }
    let Some(word) = stop.checked_sub(1).map(|w| &tokens[w]) else { return here.spaced };
    if word.kind == Kind::Word {
        let initial = word.end - word.start == 1 && word.shape == Shape::Title;
        let dotted = word.shape == Shape::Upper && word.end - word.start <= 3;
        if abbreviation(word.hash) || initial || (dotted && here.kind == Kind::Word && !here.spaced) {
            return false;
        }
        return here.spaced || (word.shape == Shape::Lower && here.kind == Kind::Word);
    }
    here.spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{tokenize, word_hash};

    fn sentences(text: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        tokenize(text.as_bytes(), &mut tokens);
        mark_sentences(&mut tokens, |hash| ["Dr", "No"].map(word_hash).contains(&hash));
        let starts: Vec<usize> = tokens.iter().filter(|t| t.sentence).map(|t| t.start as usize).collect();
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        starts.iter().zip(ends).map(|(start, end)| text[*start..end].trim_end()).collect()
    }

    #[test]
    fn sentences_begin_after_full_stops_and_empty_lines() {
        for expected in [
            &["One.", "Two!", "Three?", "Four…", "Five"][..],
            &["Dr. Smith met J. K. Rowling in the U.S. on Monday.", "It rained."],
            &["He said \"Go.\"", "Then he left.", "(He was late.)", "But why?"],
            &["It was 3.5 miles off. and so on."],
            &["What?!", "No. 5 is alive.", "12 men."],
            &["No full stop", "", "A new paragraph"],
            &["A Heading", "The first sentence of the text under it."],
            &["A line that is long enough to be one of running text goes on\nBeyond its end."],
        ] {
            let joined = expected.join(" ").replace("  ", "\n\n").replace("Heading ", "Heading\n");
            let expected: Vec<&str> = expected.iter().copied().filter(|s| !s.is_empty()).collect();
            assert_eq!(sentences(&joined), expected);
        }
        // A space is missing: common where text was garbled.
        assert_eq!(sentences("It fell.Then it rose."), ["It fell.", "Then it rose."]);
        assert!(sentences("").is_empty() && sentences(" \n").is_empty());
    }
}
