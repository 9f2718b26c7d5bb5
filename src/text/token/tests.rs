//! What becomes which token, and that nothing is lost.

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
        ("1,000 3.5% 21st 1990s 3:30 10bn $5.6m", "[1,000]|[3.5]|%|[21st]|[1990s]|[3:30]|[10bn]|$|[5.6m]"),
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
