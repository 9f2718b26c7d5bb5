//! Tokens and the white space between them are the whole text, in order, in one go or in pieces.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ungarble::text::{Kind, mark_sentences, tokenize, tokenize_some, word_hash};

fuzz_target!(|source: &[u8]| {
    let mut tokens = Vec::new();
    tokenize(source, &mut tokens);
    let text = std::str::from_utf8(source).ok();
    let is_space =
        |gap: &[u8]| std::str::from_utf8(gap).is_ok_and(|gap| gap.chars().all(char::is_whitespace));
    let mut at = 0;
    for token in &tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        assert!(at <= start && start < end && end <= source.len(), "out of order: {token:?}");
        assert!(is_space(&source[at..start]), "lost: {:?}", String::from_utf8_lossy(&source[at..start]));
        if let Some(text) = text {
            assert!(
                text.is_char_boundary(start) && text.is_char_boundary(end),
                "cuts a character: {token:?}"
            );
        }
        if token.kind == Kind::Word {
            assert_eq!(token.hash, word_hash(token.str(source)), "{:?}", token.str(source));
        }
        at = end;
    }
    assert!(is_space(&source[at..]), "lost: {:?}", String::from_utf8_lossy(&source[at..]));
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < source.len() {
        let next = tokenize_some(source, at, 3, &mut pieces);
        assert!(next > at, "stuck at {at}");
        at = next;
    }
    let spans = |tokens: &[ungarble::text::Token]| {
        tokens.iter().map(|t| (t.start, t.end, t.hash)).collect::<Vec<_>>()
    };
    assert_eq!(spans(&tokens), spans(&pieces), "in pieces and in one go");
    mark_sentences(&mut tokens, |_| false);
    assert!(tokens.first().is_none_or(|t| t.sentence), "the first token begins a sentence");
});
