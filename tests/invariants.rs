//! What holds for every text whatsoever: on real texts, on random splices of them, and on random bytes.
//!
//! The random cases are the same in every run; `PROPTEST_CASES=10000 PROPTEST_RNG_SEED=7` looks further.

mod common;

use std::borrow::Cow;
use std::sync::OnceLock;

use common::{cleaner, files, in_parallel, read, texts};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use ungarble::lexicon::compile::Grammar;
use ungarble::lexicon::image::{self, Image};
use ungarble::lexicon::{Lexicon, source};
use ungarble::text::{Kind, Token, mark_sentences, tokenize, word_hash};
use ungarble::{Channel, Cleaned, Cleaner, Edit, Patch};

// ---- the texts ----

/// Sentences of the samples and the texts to keep, garbled and clean.
fn sentences() -> &'static [String] {
    static SENTENCES: OnceLock<Vec<String>> = OnceLock::new();
    SENTENCES.get_or_init(|| {
        let mut out = Vec::new();
        for (_, text) in texts() {
            let mut tokens = Vec::new();
            tokenize(text.as_bytes(), &mut tokens);
            mark_sentences(&mut tokens, |_| false);
            let starts: Vec<usize> = tokens.iter().filter(|t| t.sentence).map(|t| t.start as usize).collect();
            for (i, start) in starts.iter().enumerate() {
                let end = starts.get(i + 1).copied().unwrap_or(text.len());
                out.push(text[*start..end].trim_end().to_owned());
            }
        }
        out
    })
}

/// Words of the samples and left sides of rules, with any white space and marks between them.
fn word_salad() -> impl Strategy<Value = String> {
    let words: Vec<String> = sentences().iter().flat_map(|s| s.split(' ')).map(str::to_owned).collect();
    let glue =
        vec![" ", " ", " ", " ", "  ", "\n", "\n\n", "\r\n", "\t", ". ", ", ", "-", "—", "\u{a0}", "’", ""];
    let word = prop_oneof![select(words), select(garbled_sides().to_vec())];
    vec((word, select(glue)), 1..60).prop_map(|parts| parts.into_iter().map(|(w, g)| w + g).collect())
}

/// Whole sentences of the samples in any order, garbled next to clean.
fn splice() -> impl Strategy<Value = String> {
    let glue = select(vec![" ", " ", " ", "\n", "\n\n", "\r\n\r\n"]);
    vec((select(sentences().to_vec()), glue), 1..12)
        .prop_map(|parts| parts.into_iter().map(|(s, g)| s + g).collect())
}

/// Left sides of rules and habits strewn into sentences: as garbled as can be.
fn garble() -> impl Strategy<Value = String> {
    let lefts = garbled_sides().to_vec();
    let glue = select(vec![" ", " ", " ", " ", ", ", ". ", "\n"]);
    vec((prop_oneof![2 => select(lefts), 1 => select(sentences().to_vec())], glue), 1..30)
        .prop_map(|parts| parts.into_iter().map(|(s, g)| s + g).collect())
}

/// What the tables of the repository say that spinners write.
fn garbled_sides() -> &'static [String] {
    static SIDES: OnceLock<Vec<String>> = OnceLock::new();
    SIDES.get_or_init(|| {
        let classes = Grammar::embedded().unwrap().classes;
        let mut out = Vec::new();
        for file in files("dictionaries/phrases", ".phrases") {
            out.extend(
                source::phrases(&file, &read(&file), &classes).unwrap().into_iter().flat_map(|r| r.lefts),
            );
        }
        for file in files("dictionaries/habits", ".habits") {
            let habits = source::habits(&file, &read(&file)).unwrap();
            out.extend(habits.into_iter().flat_map(|h| h.garbled).map(|(garbled, _)| garbled));
        }
        out.iter()
            .map(|left| left.replace('~', "").replace("{number}", "12").replace("{weekday}", "Monday"))
            .collect()
    })
}

/// Sentences into which random bytes were strewn.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    (splice(), vec((any::<Index>(), any::<u8>()), 0..20)).prop_map(|(text, bytes)| {
        let mut text = text.into_bytes();
        for (at, byte) in bytes {
            let at = at.index(text.len());
            text[at] = byte;
        }
        text
    })
}

/// Characters that tokenisers stumble over.
fn odd_text() -> impl Strategy<Value = String> {
    let pieces = select(vec![
        "a",
        "A",
        "an",
        "the",
        "preventing",
        "extra",
        "fierce",
        "12",
        "months",
        "yr",
        "this",
        "'",
        "’",
        "s",
        ".",
        "..",
        "U.S.",
        "p.c",
        "/",
        "\\",
        "//",
        "://",
        "http://",
        "@",
        "#",
        "`",
        "```",
        "<",
        ">",
        "<b>",
        "_",
        "-",
        "—",
        "…",
        "\"",
        "“",
        "\0",
        "\u{1}",
        "\u{feff}",
        "\u{200b}",
        "\u{a0}",
        "\u{301}",
        "é",
        "ß",
        "İ",
        "ﬁ",
        "日本",
        "😀",
        "👨‍👩‍👧",
        "\u{2028}",
        "\r",
        "\n",
        "\t",
        " ",
        " ",
        " ",
    ]);
    prop_oneof![vec(pieces, 0..40).prop_map(|p| p.concat()), any::<String>()]
}

// ---- cleaning ----

/// Everything that must hold of a source and what cleaning made of it.
fn check(source: &[u8]) -> Result<(), TestCaseError> {
    let cleaned = cleaner().clean_bytes(source);
    check_edits(source, cleaned.edits())?;
    let by_hand = replayed(source, cleaned.edits());
    prop_assert_eq!(&*cleaned.bytes(), &*by_hand, "the bytes are not the source with the edits made");
    prop_assert_eq!(cleaned.patch().apply(source), cleaned.bytes());
    let borrowed = matches!(cleaned.bytes(), Cow::Borrowed(_));
    prop_assert_eq!(borrowed, cleaned.edits().is_empty(), "borrowed exactly when nothing changed");
    if let Ok(text) = std::str::from_utf8(source) {
        prop_assert!(cleaned.text().as_bytes() == &*cleaned.bytes());
        prop_assert!(
            cleaner().clean(text).edits() == cleaned.edits(),
            "a text and its bytes are cleaned alike"
        );
    }
    let apart = |d: &Edit| {
        cleaned.edits().iter().all(|e| e.range.end <= d.range.start || d.range.end <= e.range.start)
    };
    prop_assert!(cleaned.doubts().iter().all(apart), "a doubt overlaps an edit");
    let again = cleaner().clean_bytes(&by_hand);
    prop_assert!(
        again.edits().is_empty(),
        "cleaning again changes more: {}\nin {:?}",
        shown(&again),
        String::from_utf8_lossy(&by_hand)
    );
    Ok(())
}

fn check_edits(source: &[u8], edits: &[Edit]) -> Result<(), TestCaseError> {
    let text = std::str::from_utf8(source).ok();
    let mut end = 0;
    for edit in edits {
        let range = edit.range.clone();
        prop_assert!(
            end <= range.start && range.start <= range.end && range.end <= source.len(),
            "{edit}: out of order"
        );
        end = range.end;
        if let Some(text) = text {
            let whole = text.is_char_boundary(range.start) && text.is_char_boundary(range.end);
            prop_assert!(whole, "{edit}: cuts a character");
        }
        prop_assert!(source[range] != *edit.replacement.as_bytes(), "{edit}: changes nothing");
        prop_assert!((0.0..=1.0).contains(&edit.confidence), "{edit}: confidence");
        prop_assert!(!edit.reason.is_empty(), "{edit}: no reason");
    }
    Ok(())
}

/// The source with the edits made, in the plainest way there is.
fn replayed(source: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut out = source.to_vec();
    for edit in edits.iter().rev() {
        out.splice(edit.range.clone(), edit.replacement.bytes());
    }
    out
}

fn shown(cleaned: &Cleaned<'_>) -> String {
    let source = cleaned.source();
    let edits = cleaned.edits().iter();
    edits.map(|e| format!("{:?} -> {e}; ", String::from_utf8_lossy(&source[e.range.clone()]))).collect()
}

#[test]
fn real_texts() {
    let texts = texts();
    let results =
        in_parallel(&texts, |(name, text)| check(text.as_bytes()).map_err(|e| format!("{name}: {e}")));
    let faults: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_long_text() {
    // Long enough to be looked at in blocks and decoded in parts: the garbled samples, and all texts around them.
    let texts = texts();
    let garbled: String =
        texts.iter().filter(|(name, _)| name.contains("spun")).map(|(_, t)| t.as_str()).collect();
    let all: String = texts.iter().map(|(_, text)| text.as_str()).collect();
    let text = garbled.repeat(20) + &all + &garbled.repeat(2) + &all.replace("\n\n", " ");
    assert!(text.len() > 200_000);
    check(text.as_bytes()).unwrap();
    assert!(cleaner().clean(&text).edits().len() > 500);
}

#[test]
fn a_soft_hyphen_is_no_part_of_a_word() {
    let text = "The de-esca\u{ad}lation deal has been un\u{ad}ravelling and the pre\u{ad}venting rising extra fierce.";
    let meant =
        "The de-esca\u{ad}lation deal has been un\u{ad}ravelling and the fighting growing more fierce.";
    assert_eq!(cleaner().clean(text).text(), meant);
}

/// An image with a right checksum and wrong bytes in it: nothing sensible comes out, but nothing breaks.
#[test]
fn damaged_images_do_no_harm() {
    let bytes = std::fs::read(concat!(env!("OUT_DIR"), "/english.image")).unwrap();
    let image = Image::open("english", &bytes).unwrap();
    let texts: Vec<String> = texts().into_iter().map(|(_, text)| text).collect();
    let mut state = 7u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 20) as usize
    };
    for names in [
        &["entries"][..],
        &["rights"],
        &["nodes", "starts", "lefts"],
        &["strings", "offsets", "flags", "counts", "leans"],
        &["table"],
        &["uni", "bi", "tri", "books"],
    ] {
        let damage = |name: String| {
            let mut section = image.section(&name).to_vec();
            if names.contains(&name.as_str()) {
                for _ in 0..section.len() / 100 {
                    let at = next() % section.len();
                    section[at] = next() as u8;
                }
            }
            (name, section)
        };
        let sections: Vec<(String, Vec<u8>)> = image.names().map(damage).collect();
        let sections: Vec<_> =
            sections.iter().map(|(name, section)| (name.as_str(), section.clone())).collect();
        let Ok(lexicon) = Lexicon::open("damaged", image::write(&sections).leak()) else { continue };
        let cleaner = Cleaner::builder().lexicon(lexicon).build();
        for text in texts.iter().take(12) {
            let cleaned = cleaner.clean(text);
            assert!(cleaned.edits().iter().all(|edit| edit.range.end <= text.len()), "{names:?}");
        }
    }
}

#[test]
fn clean_text_is_borrowed() {
    for text in ["", " \n", "The committee will meet again on Tuesday.", "caf\u{e9}\r\n\r\n\u{1F600}"] {
        assert!(matches!(cleaner().clean(text).text(), Cow::Borrowed(_)), "{text:?}");
    }
    let broken = b"caf\xe9 and \xff\xfe";
    assert!(matches!(cleaner().clean_bytes(broken).bytes(), Cow::Borrowed(_)));
}

proptest! {
    #![proptest_config(common::random(400))]

    #[test]
    fn sentences_in_any_order(text in splice()) {
        check(text.as_bytes())?;
    }

    #[test]
    fn words_in_any_order(text in word_salad()) {
        check(text.as_bytes())?;
    }

    #[test]
    fn garbled_sides_in_any_order(text in garble()) {
        check(text.as_bytes())?;
    }

    #[test]
    fn damaged_sentences(bytes in damaged()) {
        check(&bytes)?;
    }

    #[test]
    fn odd_characters(text in odd_text()) {
        check(text.as_bytes())?;
    }

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..400)) {
        check(&bytes)?;
    }
}

#[test]
fn threads_agree() {
    // Each of four threads cleans all texts with the same cleaner, or a clone of it; the answers must be the ones that
    // a fresh cleaner gives.
    let texts = texts();
    let fresh = Cleaner::new();
    let alone: Vec<Vec<Edit>> = texts.iter().map(|(_, t)| fresh.clean(t).edits().to_vec()).collect();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (texts, alone) = (&texts, &alone);
            let cleaner = if thread % 2 == 0 { cleaner().clone() } else { fresh.clone() };
            scope.spawn(move || {
                for i in 0..texts.len() {
                    // Every thread begins somewhere else.
                    let at = (i + thread * texts.len() / 4) % texts.len();
                    let (name, text) = &texts[at];
                    assert_eq!(cleaner.clean(text).edits(), alone[at], "{name}");
                }
            });
        }
    });
}

// ---- patches ----

/// A text and a patch of it: places at characters, some touching, some inserting, some deleting.
fn patch_of(text: &str, cuts: &[(Index, Index, String)]) -> Patch {
    let places: Vec<usize> = (0..=text.len()).filter(|i| text.is_char_boundary(*i)).collect();
    let mut ends: Vec<usize> = cuts.iter().flat_map(|(a, b, _)| [*a.get(&places), *b.get(&places)]).collect();
    ends.sort_unstable();
    let edits = ends.chunks(2).zip(cuts).enumerate().map(|(i, (range, (_, _, replacement)))| Edit {
        range: range[0]..range[1],
        replacement: replacement.as_str().into(),
        channel: Channel::ALL[i % Channel::ALL.len()],
        confidence: 0.5,
        reason: "random".into(),
    });
    // Two insertions at one place, or one that inserts nothing, are not edits that anybody makes.
    let mut taken = Vec::new();
    let real = |e: &Edit| {
        let free = !taken.contains(&e.range);
        taken.push(e.range.clone());
        free && text[e.range.clone()] != *e.replacement
    };
    Patch::new(edits.filter(real).collect())
}

fn cuts() -> impl Strategy<Value = Vec<(Index, Index, String)>> {
    vec((any::<Index>(), any::<Index>(), "[abé ]{0,4}"), 0..6)
}

/// Is this byte of the source replaced or deleted?
fn is_replaced(patch: &Patch, at: usize) -> bool {
    patch.edits().iter().any(|e| e.range.contains(&at))
}

proptest! {
    #![proptest_config(common::random(2000))]

    #[test]
    fn patches_compose(text in "[abé ]{0,24}", one in cuts(), two in cuts()) {
        let source = text.as_bytes();
        let first = patch_of(&text, &one);
        let middle = String::from_utf8(first.apply(source).into_owned()).unwrap();
        let second = patch_of(&middle, &two);
        let expected = second.apply(middle.as_bytes()).into_owned();
        let both = first.clone().then(second.clone(), source);
        let got = both.apply(source);
        prop_assert_eq!(&*got, &*expected, "{:?} then {:?} is {:?}", first, second, both);
        // Sorted and disjoint: the constructor panics when they are not.
        prop_assert_eq!(&Patch::new(both.edits().to_vec()), &both);
        check_edits(source, both.edits())?;
    }

    #[test]
    fn offsets_map_both_ways(text in "[abcdefgh]{0,24}", changes in cuts()) {
        let source = text.as_bytes();
        let patch = patch_of(&text, &changes);
        let out = patch.apply(source).into_owned();
        let new: Vec<usize> = (0..=source.len()).map(|at| patch.to_new(at)).collect();
        let old: Vec<usize> = (0..=out.len()).map(|at| patch.to_old(at)).collect();
        prop_assert!(new.is_sorted(), "to_new is not monotone: {:?} of {:?}", new, patch);
        prop_assert!(old.is_sorted(), "to_old is not monotone: {:?} of {:?}", old, patch);
        prop_assert!(new.iter().all(|at| *at <= out.len()) && old.iter().all(|at| *at <= source.len()));
        prop_assert_eq!(new[source.len()], out.len(), "the end stays the end");
        prop_assert_eq!(old[out.len()], source.len(), "the end was the end: {:?}", patch);
        for at in (0..source.len()).filter(|at| !is_replaced(&patch, *at)) {
            prop_assert_eq!(out[new[at]], source[at], "byte {} of {:?} with {:?}", at, text, patch);
            prop_assert_eq!(old[new[at]], at, "there and back: byte {} of {:?} with {:?}", at, text, patch);
        }
    }
}

// ---- tokens ----

/// Tokens and the white space between them are the whole text, in order.
fn check_tokens(text: &[u8]) -> Result<(), TestCaseError> {
    let mut tokens: Vec<Token> = Vec::new();
    tokenize(text, &mut tokens);
    let mut at = 0;
    for (i, token) in tokens.iter().enumerate() {
        let (start, end) = (token.start as usize, token.end as usize);
        prop_assert!(at <= start && start < end && end <= text.len(), "token {i} out of order: {token:?}");
        let gap = &text[at..start];
        prop_assert!(is_space(gap), "{:?} between tokens", String::from_utf8_lossy(gap));
        prop_assert_eq!(token.spaced, i == 0 || !gap.is_empty(), "spaced: {:?}", token);
        let lines = gap.iter().filter(|b| **b == b'\n').count().min(2);
        prop_assert_eq!(usize::from(token.lines), lines, "lines: {:?}", token);
        if let Ok(text) = std::str::from_utf8(text) {
            prop_assert!(
                text.is_char_boundary(start) && text.is_char_boundary(end),
                "cuts a character: {:?}",
                token
            );
        }
        match token.kind {
            Kind::Word => {
                prop_assert_eq!(token.hash, word_hash(token.str(text)), "hash of {:?}", token.str(text))
            }
            Kind::Mark => prop_assert_eq!(token.str(text).chars().count(), 1),
            Kind::Number | Kind::Protected => {}
        }
        at = end;
    }
    prop_assert!(is_space(&text[at..]), "{:?} after the last token", String::from_utf8_lossy(&text[at..]));
    Ok(())
}

fn is_space(gap: &[u8]) -> bool {
    std::str::from_utf8(gap).is_ok_and(|gap| gap.chars().all(char::is_whitespace))
}

#[test]
fn tokens_of_real_texts() {
    for (name, text) in texts() {
        check_tokens(text.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

proptest! {
    #![proptest_config(common::random(1000))]

    #[test]
    fn tokens_of_any_bytes(bytes in vec(any::<u8>(), 0..300)) {
        check_tokens(&bytes)?;
    }

    #[test]
    fn tokens_of_odd_text(text in odd_text()) {
        check_tokens(text.as_bytes())?;
    }

    #[test]
    fn tokens_of_damaged_text(bytes in damaged()) {
        check_tokens(&bytes)?;
    }
}
