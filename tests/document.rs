//! Readers of formats against cases: each file of `tests/formats/` has sources of a format, the text in them, and what
//! becomes of the source when the text is edited.
//!
//! The edits are given, so nothing here depends on what the cleaner finds.

#![cfg(feature = "formats")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use ungarble::document::{Document, Format};
use ungarble::{Channel, Cleaner, Edit, Patch};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Where it is not the name of the file.
    format: Option<String>,
    source: String,
    /// Is the source written in Latin 1, or in UTF-16?
    #[serde(default)]
    latin1: bool,
    #[serde(default)]
    utf16: bool,
    text: Option<String>,
    error: Option<String>,
    /// Words with their confidence, in the order of the text.
    evidence: Option<Vec<String>>,
    #[serde(default)]
    repairs: Vec<Repair>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Repair {
    /// What is replaced in the text, and by what, in order.
    edits: Vec<(String, String)>,
    /// What is replaced in the source by that, in order.
    changed: Vec<(String, String)>,
}

impl Case {
    fn bytes(&self) -> Vec<u8> {
        if self.latin1 {
            return self.source.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        }
        if self.utf16 {
            return self.source.encode_utf16().flat_map(u16::to_le_bytes).collect();
        }
        self.source.clone().into_bytes()
    }
}

/// All cases: name, format, case.
fn cases() -> Vec<(String, Format, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut out = Vec::new();
    for path in paths {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let cases: BTreeMap<String, Case> = toml::from_str(&text).unwrap_or_else(|e| panic!("{stem}: {e}"));
        for (name, case) in cases {
            let format = case.format.as_deref().unwrap_or(stem).parse().unwrap();
            out.push((format!("{stem} [{name}]"), format, case));
        }
    }
    assert!(out.len() > 20);
    out
}

fn edit(range: std::ops::Range<usize>, replacement: &str) -> Edit {
    Edit {
        range,
        replacement: replacement.into(),
        channel: Channel::Ocr,
        confidence: 0.5,
        reason: "test".into(),
    }
}

/// Edits that replace the first of each of these texts, each behind the one before it.
fn edits(text: &str, replaced: &[(String, String)]) -> Vec<Edit> {
    let mut at = 0;
    let find = |(old, new): &(String, String)| {
        let start =
            at + text[at..].find(&**old).unwrap_or_else(|| panic!("no {old:?} behind byte {at} of {text:?}"));
        at = start + old.len();
        edit(start..at, new)
    };
    replaced.iter().map(find).collect()
}

#[test]
fn cases_hold() {
    let mut failures = String::new();
    for (name, format, case) in cases() {
        let source = case.bytes();
        let document = match (Document::read(&source, format), &case.error) {
            (Ok(document), None) => document,
            (Err(error), Some(expected)) => {
                if !error.to_string().starts_with(expected) {
                    failures += &format!("{name}: the error is {error}\n");
                }
                continue;
            }
            (Ok(_), Some(_)) => {
                failures += &format!("{name}: no error\n");
                continue;
            }
            (Err(error), None) => {
                failures += &format!("{name}: {error}\n");
                continue;
            }
        };
        let text = String::from_utf8(document.text().to_vec()).unwrap();
        if text != *case.text.as_deref().unwrap_or_default() {
            failures += &format!("{name}: the text is\n{text}\n");
            continue;
        }
        let joined: Vec<&str> = document.passages().into_iter().map(|passage| &text[passage]).collect();
        if joined.join("\n\n") != text {
            failures += &format!("{name}: the passages are {joined:?}\n");
        }
        let word = |e: &ungarble::document::Evidence| format!("{} {}", &text[e.range.clone()], e.confidence);
        let evidence: Vec<String> = document.evidence().iter().map(word).collect();
        if case.evidence.as_ref().is_some_and(|expected| *expected != evidence) {
            failures += &format!("{name}: the evidence is {evidence:?}\n");
        }
        for (i, repair) in case.repairs.iter().enumerate() {
            let patch = document.patch(&edits(&text, &repair.edits));
            let got = patch.apply(&source).into_owned();
            let expected = if case.latin1 {
                let as_latin: String = source.iter().map(|&b| char::from(b)).collect();
                let changed = Patch::new(edits(&as_latin, &repair.changed));
                let text = String::from_utf8(changed.apply(as_latin.as_bytes()).into_owned()).unwrap();
                text.chars().map(|c| c as u8).collect()
            } else {
                let changed = Patch::new(edits(&case.source, &repair.changed));
                changed.apply(case.source.as_bytes()).into_owned()
            };
            if got != expected {
                failures += &format!("{name}: repair {} gives\n{}\n", i + 1, String::from_utf8_lossy(&got));
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn every_format_has_cases_and_is_guessed() {
    let cases = cases();
    for format in Format::all().filter(|format| *format != Format::TEXT) {
        let of = |(_, other, case): &&(String, Format, Case)| *other == format && case.text.is_some();
        assert!(cases.iter().any(|case| of(&case)), "no case for {format}");
    }
    for (name, format, case) in &cases {
        // Nothing in its first bytes says of Markdown what it is, nor of a part of a page.
        if case.text.is_none()
            || format.name() == "markdown"
            || case.source.starts_with(['<']) && format.name() == "hocr"
        {
            continue;
        }
        let source = case.bytes();
        let extension = format.extensions()[0];
        for guessed in [Format::guess(&format!("x.{extension}"), &source), Format::guess("x", &source)] {
            let guessed = guessed.unwrap();
            assert!(guessed == *format || case.source.starts_with("<p"), "{name}: {guessed}");
        }
    }
}

#[test]
fn what_stands_around_the_text_survives() {
    let cleaner = Cleaner::builder().phrases("test", "tbe qzend -> the end").unwrap().build();
    let page = "\u{feff}<?xml version=\"1.0\"?>\r\n<!-- tbe qzend --><alto>\r\n<String CONTENT='tbe'/>\t<String  CONTENT = \"qzend\" />\r\n</alto>\r\n\r\n";
    let document = Document::read(page.as_bytes(), "alto".parse().unwrap()).unwrap();
    let cleaned = cleaner.clean_document(&document);
    assert_eq!(cleaned.text(), page.replace("'tbe'", "'the'").replace("\"qzend\"", "\"end\""));
    let again = cleaned.bytes().into_owned();
    let again = Document::read(&again, document.format()).unwrap();
    assert!(cleaner.clean_document(&again).edits().is_empty());
}

/// What nobody writes is read in one go too: nothing is looked through again and again, nothing nests without end.
#[test]
fn hostile_files_are_read() {
    let part = |text: &str| text.repeat(30_000);
    for (format, source) in [
        ("alto", "<alto>".to_owned() + &part("<TextBlock>")),
        ("page", "<PcGts>".to_owned() + &part("<TextRegion>")),
        ("hocr", part("<p class='ocr_par'>a")),
        ("html", part("<p><b>") + &part("</i>")),
        ("markdown", part("*a**")),
        ("vtt", "00:01 --> 00:02\n".to_owned() + &part("<a")),
        ("srt", "00:01 --> 00:02\n".to_owned() + &part("{a<b")),
        ("tei", "<TEI><text>".to_owned() + &part("<p>a")),
        ("ttml", "<tt>".to_owned() + &part("<p>a")),
    ] {
        let document = Document::read(source.as_bytes(), format.parse().unwrap()).unwrap();
        assert!(document.patch(&[]).is_empty());
    }
}

/// What an edit may make of a word.
const REPLACEMENTS: [&str; 10] = ["the", "", "to the", "a<b", "R&D", "]]>", "\"q'", "x_y*", "1.", "naïve"];

/// The text with random words replaced, joined, split and taken away.
fn random_edits(text: &str, picks: &[(Index, Index, u8)]) -> Vec<Edit> {
    let words: Vec<(usize, &str)> =
        text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word)).collect();
    let mut out: Vec<Edit> = Vec::new();
    if words.is_empty() {
        return out;
    }
    for (word, replacement, kind) in picks {
        let at = word.index(words.len());
        let last = (at + usize::from(kind % 3)).min(words.len() - 1);
        let mut range = words[at].0..words[last].0 + words[last].1.len();
        if kind & 8 > 0 && text.is_char_boundary(range.start + 1) {
            range.start += 1;
        }
        let edit = edit(range, REPLACEMENTS[replacement.index(REPLACEMENTS.len())]);
        if out.iter().all(|e| e.range.end < edit.range.start || edit.range.end < e.range.start) {
            out.push(edit);
        }
    }
    out.sort_by_key(|e| e.range.start);
    out
}

/// Is it XML without a fault?
fn is_well_formed(source: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(source) else { return false };
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
        || text.starts_with("<!DOCTYPE html>")
    {
        return false;
    }
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag)) => {
                if tag.attributes().any(|attribute| attribute.is_err()) {
                    return false;
                }
            }
            Ok(quick_xml::events::Event::GeneralRef(name)) => {
                let name: &str = &name;
                if !name.trim_start_matches('#').chars().all(|c| c.is_ascii_alphanumeric()) {
                    return false;
                }
            }
            Ok(quick_xml::events::Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// What must hold for any bytes, any format, any edits.
fn check(source: &[u8], format: Format, picks: &[(Index, Index, u8)]) -> Result<(), TestCaseError> {
    let Ok(document) = Document::read(source, format) else { return Ok(()) };
    let bytes = document.text().to_vec();
    if format == Format::TEXT {
        prop_assert_eq!(&bytes, source);
        return Ok(());
    }
    let text = String::from_utf8(bytes).expect("the text is UTF-8");
    let mut end = 0;
    for passage in document.passages() {
        prop_assert!(end <= passage.start && !text[passage.clone()].trim().is_empty());
        end = passage.end;
    }
    prop_assert!(
        document.evidence().iter().all(|e| text.get(e.range.clone()).is_some() && e.confidence <= 1.0)
    );
    let edits = random_edits(&text, picks);
    let patch = document.patch(&edits);
    let patched = patch.apply(source).into_owned();
    let again = Document::read(&patched, format);
    prop_assert!(again.is_ok(), "{:?}", again.err());
    let again = again.unwrap();
    // No edit, no change; and each word of the new text is one of the old text or of the edits.
    prop_assert!(!edits.is_empty() || patch.is_empty());
    if patch.is_empty() {
        prop_assert_eq!(again.text(), document.text());
    }
    let xml = matches!(format.name(), "alto" | "page" | "tei" | "ttml") || source.starts_with(b"<?xml");
    if xml && is_well_formed(source) {
        prop_assert!(is_well_formed(&patched), "{}", String::from_utf8_lossy(&patched));
    }
    // A patch that is made again is empty: the text has no edits to make.
    prop_assert!(again.patch(&[]).is_empty());
    Ok(())
}

fn picks() -> impl Strategy<Value = Vec<(Index, Index, u8)>> {
    vec((any::<Index>(), any::<Index>(), any::<u8>()), 0..6)
}

fn formats() -> impl Strategy<Value = Format> {
    select(Format::all().collect::<Vec<_>>())
}

fn sources() -> impl Strategy<Value = (Vec<u8>, Format)> {
    select(cases().into_iter().map(|(_, format, case)| (case.bytes(), format)).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(common::random(2000))]

    #[test]
    fn edits_of_any_words((source, format) in sources(), picks in picks()) {
        check(&source, format, &picks)?;
    }

    #[test]
    fn damaged_files((mut source, format) in sources(), cuts in vec((any::<Index>(), any::<u8>(), any::<bool>()), 1..8), picks in picks()) {
        for (at, byte, insert) in cuts {
            if source.is_empty() {
                break;
            }
            let at = at.index(source.len());
            match insert {
                true => source.insert(at, b"<>&\"'/- \n;]x"[usize::from(byte) % 12]),
                false if byte > 250 => source.truncate(at),
                false if byte > 200 => source[at] = byte,
                false => drop(source.remove(at)),
            }
        }
        check(&source, format, &picks)?;
    }

    #[test]
    fn any_bytes(source in vec(any::<u8>(), 0..200), format in formats(), picks in picks()) {
        check(&source, format, &picks)?;
    }

    #[test]
    fn any_markup(parts in vec(select(&["<p>", "</p>", "<b", ">", "&amp;", "&", "tbe ", "\n", "a", "<String CONTENT=\"", "\"/>", "<alto>", "<PcGts>",
        "<TextRegion>", "<Unicode>", "</Unicode>", "<TextEquiv>", "<TextLine>", "</TextLine>", "<Word>", "<![CDATA[", "]]>", "<!--", "-->", "*", "`", "[", "](",
        "\\", "| ", "---\n", "00:01 --> 00:02\n", "<TEI>", "<text>", "<tt>", "<span class='ocrx_word'>", "<pre>", "<script>", "-"][..]), 0..60),
        format in formats(), picks in picks()) {
        check(parts.concat().as_bytes(), format, &picks)?;
    }
}

/// All files of a folder, read end to end and repaired at random: `UNGARBLE_FORMATS=folder cargo test --test document -- --ignored`.
#[test]
#[ignore = "needs a folder of files, named by UNGARBLE_FORMATS"]
fn files_of_a_folder() {
    let folder = std::env::var("UNGARBLE_FORMATS").expect("UNGARBLE_FORMATS names a folder");
    let mut folders = vec![std::path::PathBuf::from(folder)];
    let mut figures: BTreeMap<String, [usize; 6]> = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read(&path).unwrap();
            let format = match Format::guess(&path.to_string_lossy(), &source) {
                Ok(format) if format != Format::TEXT => format,
                Ok(_) => continue,
                Err(error) => {
                    println!("{}: {error}", path.display());
                    continue;
                }
            };
            let document = match Document::read(&source, format) {
                Ok(document) => document,
                Err(error) => {
                    println!("{}: {error}", path.display());
                    continue;
                }
            };
            let text = String::from_utf8(document.text().to_vec()).unwrap();
            if std::env::var("UNGARBLE_SHOW").is_ok() {
                println!("== {}\n{text}\n", path.display());
            }
            let words: Vec<usize> =
                text.split_whitespace().map(|w| w.as_ptr() as usize - text.as_ptr() as usize).collect();
            let figures = figures.entry(format.name().to_owned()).or_default();
            figures[0] += 1;
            figures[1] += words.len();
            figures[2] += usize::from(is_well_formed(&source));
            // Every fifth word becomes another, every eleventh two are joined, every thirteenth one is split.
            let mut asked = Vec::new();
            for (i, &start) in words.iter().enumerate() {
                let end = start + text[start..].find(char::is_whitespace).unwrap_or(text.len() - start);
                let next = words
                    .get(i + 1)
                    .map(|&next| next + text[next..].find(char::is_whitespace).unwrap_or(text.len() - next));
                let free = asked.last().is_none_or(|e: &Edit| e.range.end < start);
                let word = &text[start..end];
                match next {
                    _ if !free || word.starts_with('`') => {}
                    Some(next) if i % 11 == 0 && !text[start..next].contains("\n\n") => {
                        let joined: String = text[start..next].split_whitespace().collect();
                        asked.push(edit(start..next, &joined));
                    }
                    _ if i % 13 == 0 => asked.push(edit(start..end, &format!("zu {word}"))),
                    _ if i % 5 == 0 => asked.push(edit(start..end, "Zwölf&")),
                    _ => {}
                }
            }
            let patch = document.patch(&asked);
            let patched = patch.apply(&source).into_owned();
            let again = Document::read(&patched, format).unwrap();
            let again = String::from_utf8_lossy(again.text()).into_owned();
            figures[3] += asked.len();
            figures[4] += again.matches("Zwölf&").count() + again.matches("zu ").count();
            figures[5] += usize::from(is_well_formed(&patched));
            let wanted =
                asked.iter().filter(|e| !text[e.range.clone()].contains(char::is_whitespace)).count();
            let got =
                again.matches("Zwölf&").count() + again.split_whitespace().filter(|w| *w == "zu").count();
            if got < wanted {
                println!("{}: {got} of {wanted} words changed", path.display());
            }
            assert!(
                !is_well_formed(&source) || is_well_formed(&patched),
                "{}: not well-formed afterwards",
                path.display()
            );
        }
    }
    println!("format: files, words, well-formed before, edits, words changed, well-formed after");
    for (format, figures) in figures {
        println!("{format}: {figures:?}");
    }
}
