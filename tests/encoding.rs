//! Characters: the cases of `tests/encoding/cases.toml`; what holds of any text; other encodings than UTF-8 through the program.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use ungarble::encoding::{Charset, Kind, Kinds, Named, decode, encode, repair};
use ungarble::lexicon::Lexicon;
use ungarble::{Channel, Cleaner, Patch};

#[derive(serde::Deserialize)]
struct Case {
    garbled: String,
    meant: Option<String>,
    kinds: Option<String>,
    reason: Option<String>,
}

#[derive(serde::Deserialize)]
struct Cases {
    case: Vec<Case>,
}

fn fixed(text: &str, kinds: &Kinds) -> (String, Patch) {
    let patch = repair(text.as_bytes(), Some(&Lexicon::embedded()), kinds);
    (String::from_utf8(patch.apply(text.as_bytes()).into_owned()).unwrap(), patch)
}

#[test]
fn cases() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/encoding/cases.toml");
    let cases: Cases = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut faults = String::new();
    for case in &cases.case {
        let kinds = case.kinds.as_deref().map_or_else(Kinds::default, |list| Kinds::parse(list).unwrap());
        let (got, patch) = fixed(&case.garbled, &kinds);
        let meant = case.meant.as_ref().unwrap_or(&case.garbled);
        if got != *meant {
            faults += &format!("{:?}\n   became {got:?}\n   not {meant:?}\n", case.garbled);
        }
        let reason = patch.edits().first().map_or("", |edit| &*edit.reason);
        if let Some(wanted) = &case.reason
            && reason != wanted
        {
            faults += &format!("{:?}\n   reason {reason:?}\n   not {wanted:?}\n", case.garbled);
        }
        assert!(patch.edits().iter().all(|e| e.channel == Channel::Encoding && !e.reason.contains('\u{1}')));
    }
    assert!(cases.case.len() > 20 && faults.is_empty(), "\n{faults}");
}

#[test]
fn each_set_once_and_twice() {
    let text =
        "Das Straßenfest in Łódź: „Größe“ – Привет, κόσμε! Şişli’de ağaç, naïve cafés, €5.\n".repeat(3);
    let sets = Charset::all();
    for first in sets {
        assert_eq!(fixed(&first.misread(&text), &Kinds::default()).0, text, "{}", first.name);
    }
    for second in ["windows-1252", "macintosh"] {
        let second = Charset::by_name(second).unwrap();
        for first in sets.iter().filter(|set| &*set.name != "iso-8859-2") {
            let garbled = second.misread(&first.misread(&text));
            assert_eq!(fixed(&garbled, &Kinds::default()).0, text, "{} + {}", first.name, second.name);
        }
    }
}

#[test]
fn words_and_characters_in_one_patch() {
    let cleaner = Cleaner::builder().phrases("mine", "café noir -> coffee").unwrap().build();
    let source = "A cafÃ© noir, â€œpleaseâ€\u{9d}.";
    let cleaned = cleaner.clean(source);
    assert_eq!(cleaned.text(), "A coffee, “please”.");
    assert_eq!(cleaned.patch().apply(source.as_bytes()), cleaned.bytes());
    let only = Cleaner::builder().channels(&[Channel::Phrase]).build();
    assert_eq!(only.clean(source).text(), source);
    let careful = Cleaner::builder().protect(regex::bytes::Regex::new(r"caf\S+").unwrap()).build();
    assert_eq!(careful.clean("cafÃ© Ã©tÃ©").text(), "cafÃ© été");
}

#[test]
fn a_few_damaged_words_teach_the_rest() {
    // Alone too little stands there; among more of its kind it is believed.
    let macintosh = Charset::by_name("macintosh").unwrap();
    let clean = "Die Straße führt über die Brücke.\n".repeat(20);
    let lone = "Ÿ";
    let garbled = format!("{clean}x{}y\n", macintosh.misread(lone));
    assert_eq!(fixed(&garbled, &Kinds::default()).0, garbled);
    let company = macintosh.misread("gün früh Öl süß Bär Grün Tür für Söhne\n");
    let (got, _) = fixed(&format!("{garbled}{company}"), &Kinds::default());
    assert!(got.contains(&format!("x{lone}y")), "{got}");
}

#[test]
fn bytes_of_many_layers_are_utf8_in_the_end() {
    // Found by fuzzing: chance makes more layers of bytes that are none than anybody does.
    let mut source = vec![0xc3];
    source.resize(19, 0xed);
    source.resize(46, 0xa8);
    source.extend(b"BBBBBBB\xa8\xa8\xed\xed\xa4\xc2\xb9\xc3\xa0\xc2\x01\0\0\0\xa4\xc2\xbf\xc3\xa0\xc2\xa4\xc2\xa8\xc3\xa0\xc2\xa5\xcf\x90\\-=\xa0\xc2\xa5\xe2\x82,");
    // The other find, byte for byte.
    let hex = "c39020c391c6923804cfcfcfcfcfcfcfcfcfcfcfcfcfcfefbfbdc391efbfbdc34085c2e8e8e8e80000f8ffe8e8e8e8e8e8e8e838 \
        04978ac3ae01000000000000200000a174adc3a6e28093e680a124c3a4e38093e280b9c3a6c2c5c2e8e8e8e8e8e8e8e8e8a3adc3 \
        c2ab";
    let digits: Vec<u8> = hex.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let lexicon = Lexicon::embedded();
    for source in [source, digits.chunks(2).map(byte).collect()] {
        let got = repair(&source, Some(&lexicon), &Kinds::all()).apply(&source).into_owned();
        assert!(std::str::from_utf8(&got).is_ok());
        assert!(repair(&got, Some(&lexicon), &Kinds::all()).is_empty());
    }
}

/// Characters that matter: letters of many sets, what mojibake is made of, marks, parts of broken Unicode.
fn characters() -> impl Strategy<Value = String> {
    let set = |i: usize, byte: u8| Charset::all()[i % Charset::all().len()].character(byte | 0x80);
    let one = prop_oneof![
        4 => "[a-zA-Z .,\"'&;\n]",
        3 => "[é“”’–Жñàößπ漢한م]",
        4 => (any::<usize>(), any::<u8>()).prop_map(move |(i, byte)| set(i, byte).to_string()),
        2 => (any::<usize>(), "[éà’”Жß漢]").prop_map(|(i, c)| Charset::all()[i % Charset::all().len()].misread(&c)),
        1 => "[\u{ad}\u{200b}\u{feff}\u{fffd}ﬁ\u{301}\u{85}\u{1b}\u{ff21}]",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(one, 0..40).prop_map(|parts| parts.concat())
}

fn check(source: &[u8], kinds: &Kinds) -> Result<(), TestCaseError> {
    let lexicon = Lexicon::embedded();
    let patch = repair(source, Some(&lexicon), kinds);
    let got = patch.apply(source).into_owned();
    let mut end = 0;
    for edit in patch.edits() {
        prop_assert!(edit.range.start >= end && edit.range.end <= source.len(), "{edit}");
        prop_assert!(source[edit.range.clone()] != *edit.replacement.as_bytes(), "{edit} changes nothing");
        prop_assert!((0.0..=1.0).contains(&edit.confidence) && !edit.reason.is_empty());
        end = edit.range.end;
    }
    if std::str::from_utf8(source).is_ok() || kinds.has(Kind::Bytes) {
        prop_assert!(std::str::from_utf8(&got).is_ok());
    }
    let again = repair(&got, Some(&lexicon), kinds);
    prop_assert!(again.is_empty(), "again {:?} by {:?}", String::from_utf8_lossy(&got), again.edits());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in characters()) {
        check(text.as_bytes(), &Kinds::default())?;
        check(text.as_bytes(), &Kinds::all())?;
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        check(&bytes, &Kinds::default())?;
        check(&bytes, &Kinds::all())?;
    }

    #[test]
    fn decoding_is_undone(text in "[a-zäöüßéèàñ€ ,.]{0,60}") {
        for name in ["windows-1252", "utf-16le", "utf-16be"] {
            let named = Named::parse(name).unwrap();
            let bytes = encode(text.as_bytes(), named).unwrap();
            prop_assert_eq!(&*decode(&bytes, Some(named)).unwrap().text, text.as_bytes());
        }
    }
}

fn run(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ungarble"))
        .current_dir(folder)
        .env_clear()
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn other_encodings_through_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Déjà vu: the café on the corner, as naïve as ever.\n";
    let latin = encode(text.as_bytes(), Named::parse("windows-1252").unwrap()).unwrap();
    for (name, bytes) in
        [("windows-1252", latin.clone()), ("utf-16le", utf16(text, true)), ("utf-16le", utf16(text, false))]
    {
        let output = run(folder.path(), &["clean"], &bytes);
        assert_eq!(String::from_utf8_lossy(&output.stdout), text);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said, format!("stdin: read as {name}, written as utf-8\n"));
        let output = run(folder.path(), &["clean", "-q", "--output-encoding", "same"], &bytes);
        assert!(output.stdout == bytes && output.stderr.is_empty(), "{name}");
    }
    let output = run(folder.path(), &["clean", "-q", "--encoding", "cp437"], b"caf\x82\n");
    assert_eq!(output.stdout, "café\n".as_bytes());
    let output = run(folder.path(), &["clean", "-q", "--output-encoding", "latin1"], "a cafÃ©\n".as_bytes());
    assert_eq!(output.stdout, b"a caf\xe9\n");
    let output = run(folder.path(), &["clean", "--output-encoding", "latin1"], "a\n 漢\n".as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr).starts_with("ungarble: stdin:2:2: windows-1252 has no '漢'")
    );
    assert!(output.stdout.is_empty());
    let output = run(folder.path(), &["clean", "--encoding", "klingon"], b"");
    assert!(output.status.code() == Some(2) && String::from_utf8_lossy(&output.stderr).contains("klingon"));
}

#[test]
fn markup_in_utf16_stays_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let page = |word: &str| {
        format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<alto><String CONTENT=\"{word}\"/></alto>\n")
    };
    for mark in [true, false] {
        let name = folder.path().join("page.xml");
        std::fs::write(&name, utf16(&page("cafÃ©"), mark)).unwrap();
        let output = run(folder.path(), &["clean", "page.xml"], b"");
        assert_eq!(output.stdout, utf16(&page("café"), mark), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stderr).contains("read as utf-16le, written as utf-16le"));
        let output = run(folder.path(), &["diff", "--style", "json", "."], b"");
        assert!(String::from_utf8_lossy(&output.stdout).contains("\"é\""));
    }
    let clean = utf16(&page("café"), true);
    let output = run(folder.path(), &["clean", "--as", "alto"], &clean);
    assert_eq!(output.stdout, clean);
}

#[test]
fn encodings_are_settings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("ungarble.toml"),
        "encoding = \"cp437\"\noutput-encoding = \"latin1\"\n",
    )
    .unwrap();
    let output = run(folder.path(), &["clean", "-q"], b"caf\x82\n");
    assert_eq!(output.stdout, b"caf\xe9\n");
    let output = run(
        folder.path(),
        &["clean", "-q", "--encoding", "latin1", "--output-encoding", "utf-8"],
        b"caf\xe9\n",
    );
    assert_eq!(output.stdout, "café\n".as_bytes());
    std::fs::write(folder.path().join("ungarble.toml"), "output-encoding = \"klingon\"\n").unwrap();
    let output = run(folder.path(), &["clean", "-q"], b"");
    assert!(output.status.code() == Some(2) && String::from_utf8_lossy(&output.stderr).contains("klingon"));
}

#[test]
fn files_in_place_and_binary_ones() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    write("latin.txt", b"d\xe9j\xe0 vu, na\xefve caf\xe9\n");
    write("same.txt", b"d\xe9j\xe0 vu, na\xefve caf\xe9\n");
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0";
    write("picture.txt", picture);
    run(folder.path(), &["clean", "-w", "latin.txt"], b"");
    assert_eq!(read("latin.txt"), "déjà vu, naïve café\n".as_bytes());
    run(folder.path(), &["clean", "-w", "--output-encoding", "same", "same.txt"], b"");
    assert_eq!(read("same.txt"), b"d\xe9j\xe0 vu, na\xefve caf\xe9\n");
    let output = run(folder.path(), &["clean", "-w", "picture.txt"], b"");
    assert_eq!((output.status.code(), read("picture.txt")), (Some(2), picture.to_vec()));
    assert!(String::from_utf8_lossy(&output.stderr).contains("picture.txt:1:1: no text but binary data"));
    write("ungarble.toml", b"kinds = [\"entities\"]\n");
    let output = run(folder.path(), &["clean"], "a &amp; b, cafÃ©\n".as_bytes());
    assert_eq!(output.stdout, "a & b, cafÃ©\n".as_bytes());
    let output = run(
        folder.path(),
        &["garble", "--kind", "mojibake", "--charset", "cp437,windows-1252"],
        "é".as_bytes(),
    );
    assert_eq!(output.stdout, "â”œâŒ\u{90}".as_bytes());
}
