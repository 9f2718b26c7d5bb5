//! What becomes which token, and that nothing is lost.

use super::*;
use crate::text::word_hash;

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
        (
            "won\u{ad}der\u{ad}ful Doe\u{ad}sn't firm\u{ad}'s soft\u{ad} \u{ad} x\u{ad}1",
            "won\u{ad}der\u{ad}ful|Doe\u{ad}sn't|firm\u{ad}|'s|soft\u{ad}|\u{ad}|<x\u{ad}1>",
        ),
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
    let soft = "WON\u{ad}DER don\u{ad}’t".as_bytes();
    let found: Vec<_> = tokens(soft).iter().map(|t| (t.shape, t.hash)).collect();
    assert_eq!(found, [(Shape::Upper, word_hash("wonder")), (Shape::Lower, word_hash("don't"))]);
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

fn spans(tokens: &[Token]) -> Vec<(u32, u32, Kind, bool, u8)> {
    tokens.iter().map(|t| (t.start, t.end, t.kind, t.spaced, t.lines)).collect()
}

/// Asserts that stopping after every few tokens changes nothing.
fn same_in_pieces(text: &[u8], most: usize) {
    let (mut pieces, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let next = tokenize_some(text, at, most, &mut pieces);
        assert!(next > at);
        at = next;
    }
    let shown = String::from_utf8_lossy(&text[..text.len().min(60)]);
    assert!(spans(&pieces) == spans(&tokens(text)), "{most} at a time: {shown}");
}

#[test]
fn pieces_make_the_same_tokens() {
    let text = "The U.S. firm’s\u{a0}e-mail (see a@b.org):[/W// `x y`.\n\nA\u{a0}b é\u{a0} c";
    for most in 1..5 {
        same_in_pieces(text.as_bytes(), most);
    }
    for text in hostile(10_000) {
        same_in_pieces(&text, 7);
    }
}

#[test]
fn what_was_looked_through_once_is_judged_alike_later() {
    for (text, expected) in [
        ("a&b/c.org", "a|&|<b/c.org>"),
        ("a*b.c&dd.org", "a|*|b.c|&|<dd.org>"),
        ("a+www.b.cd", "a|+|<www.b.cd>"),
        ("a/b.The,a/bc.org", "a|/|b|.|The|,|<a/bc.org>"),
        ("a*b.c*d@", "a|*|b.c|*|d|@"),
        ("a.b.c1.d", "a|.|b|.|<c1>|.|d"),
        ("<a <b\n<c> <d", "<|a|<|b|<<c>>|<|d"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
    // What is longer than a chunk can be is no prose.
    let data = "AbC/dEf+".repeat(2000);
    assert!(tokens(data.as_bytes())[0].kind == Kind::Protected);
}

/// Texts whose tokens all raise the same question about what comes after them.
fn hostile(size: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for unit in [
        &b"/a"[..],
        b"a.b",
        b"a/b",
        b"a&",
        b"a:",
        b"a*",
        b"~a",
        b"\\a",
        b"A.1",
        b"example.com/",
        b"http:",
        b"www.",
        b"<a ",
        b"`",
        b"`` ` ",
        b"a'",
        b"1,",
        b"@a",
        b"\xff",
        b"\xffa",
        b"\x80",
        b"\xe2",
        b"\xf0\x9f",
    ] {
        out.push(unit.repeat(size / unit.len()));
        // The same with something at the end that makes the answer another one, and in chunks with spaces between.
        for end in ["\u{e9}", "1", "@", "a.com"] {
            out.push([&unit.repeat(size / unit.len()), end.as_bytes()].concat());
        }
        let some = [&unit.repeat(3900 / unit.len()), &b"a.com "[..]].concat();
        out.push(some.repeat(size / some.len()));
    }
    for (unit, end) in
        [("a", "\u{e9}"), ("a", "1"), ("a.", "a1"), ("a.", "a\u{e9}"), ("1", "\u{e9}"), ("1", "abcd")]
    {
        out.push((unit.repeat(size / unit.len()) + end).into_bytes());
    }
    out
}

#[test]
fn hostile_texts_cost_little_more_than_prose() {
    let size = 1 << 17;
    let time = |text: &[u8]| {
        let one = || {
            let start = std::time::Instant::now();
            assert!(!tokens(text).is_empty());
            start.elapsed()
        };
        (0..3).map(|_| one()).min().unwrap_or_default()
    };
    let prose =
        b"The leader of the party said on Monday, in the firm's office, that it was \"far\" from over. ";
    let usual = time(&prose.repeat(size / prose.len()));
    for text in hostile(size) {
        // 7 times as much, when this was written; 200 to 10,000 times, where every token asks for all that follows it.
        let took = time(&text);
        let shown = String::from_utf8_lossy(&text[..40]);
        assert!(took < usual * 60, "{shown}: {took:?} for {size} bytes, {usual:?} for prose");
    }
}
