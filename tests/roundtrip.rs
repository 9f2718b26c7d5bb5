//! Source and edits give the cleaned text, whoever makes the edits: the library, `patch`, `git apply`, and a script of its
//! own that reads the JSON (`roundtrip/replay.py`). And edits find their places again in a text that has changed.

mod common;

use std::path::Path;
use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use ungarble::encoding::{self, Named};
use ungarble::garble::{Garbler, Kind};
use ungarble::replay::{Record, Recorded};
use ungarble::report::{self, Style};
use ungarble::{Channel, Cleaner, Edit, Patch};

/// A program that must be there: a test that looks passed because nothing ran is worse than none.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// A text with both kinds of line ends, and with none at its end.
fn line_ends(text: &str) -> [(&'static str, String); 3] {
    [("lf", text.to_owned()), ("crlf", text.replace('\n', "\r\n")), ("open", text.trim_end().to_owned())]
}

/// Texts of the repository, cleaned by a rule for common words: edits in all of them.
fn cleaned_texts(mut each: impl FnMut(&str, &[u8], &ungarble::Cleaned<'_>)) {
    let mut builder = Cleaner::builder();
    for rule in ["the -> these", "of a -> of one such", "said -> told", "was -> were"] {
        builder = builder.phrases("test", rule).unwrap();
    }
    let cleaner = builder.build();
    for (path, text) in common::texts() {
        let name = path.replace('/', "-");
        for (kind, text) in line_ends(&text) {
            let cleaned = cleaner.clean(&text);
            each(&format!("{name}-{kind}"), text.as_bytes(), &cleaned);
        }
    }
}

/// Samples damaged in each way that a default channel repairs, cleaned as anybody cleans.
fn damaged_texts(mut each: impl FnMut(&str, &[u8], &ungarble::Cleaned<'_>)) {
    let cleaner = common::cleaner();
    for path in common::files("samples", ".txt").iter().filter(|path| path.contains("clean")) {
        let text = common::read(path);
        // Letters that mojibake shows in, and as much as a debug build reads in a second.
        let end = text.char_indices().map(|(at, _)| at).find(|at| *at > 3000).unwrap_or(text.len());
        let text = format!("Café “Zoë” – naïve…\n{}\n", &text[..end]);
        for kind in [Kind::News, Kind::Ocr, Kind::Mojibake] {
            let damaged = Garbler::new(kind).rate(0.1).seed(5).garble(&text).text;
            let name = format!("{}-{}", path.replace('/', "-"), kind.name());
            for (ends, text) in line_ends(&damaged) {
                each(&format!("{name}-{ends}"), text.as_bytes(), &cleaner.clean(&text));
            }
        }
    }
}

#[test]
fn real_texts_replay_from_json_and_as_patches() {
    check_texts(500, |each| cleaned_texts(each));
}

#[test]
fn all_default_channels_replay_from_json_and_as_patches() {
    let (mut channels, mut told) = (std::collections::BTreeSet::new(), 0);
    check_texts(200, |each| {
        damaged_texts(|name, source, cleaned| {
            channels.extend(cleaned.edits().iter().map(|edit| edit.channel.name()));
            // What the last round said of the cleaned text is what a look at it says.
            let anew = common::cleaner().diagnose(&cleaned.bytes());
            if let Some(after) = cleaned.after() {
                let near = |a: f32, b: f32| (a - b).abs() < 0.002;
                assert!(
                    near(after.spun, anew.spun) && near(after.misread, anew.misread),
                    "{name}: {after:?} {anew:?}"
                );
                told += 1;
            }
            each(name, source, cleaned);
        });
    });
    assert!(told > 10, "{told} texts");
    assert!(
        ["encoding", "ocr", "phrase", "spacing"].iter().all(|name| channels.contains(name)),
        "{channels:?}"
    );
}

/// Takes a cleaned text: what it is called, its source.
type Each<'e> = &'e mut dyn FnMut(&str, &[u8], &ungarble::Cleaned<'_>);

/// The edits of cleaned texts, at least so many, give the cleaned texts: read from JSON by the library and by the script, and as patches.
fn check_texts(least: usize, texts: impl FnOnce(Each<'_>)) {
    let folder = tempfile::tempdir().unwrap();
    let (mut patch, mut count, mut edits) = (Vec::new(), 0, 0);
    texts(&mut |name, source, cleaned| {
        let path = |end: &str| folder.path().join(format!("{name}.{end}"));
        let new = cleaned.bytes();
        std::fs::write(path("old"), source).unwrap();
        std::fs::write(path("new"), &new).unwrap();
        std::fs::write(path("json"), cleaned.diff().style(Style::Json).name(name).to_bytes()).unwrap();
        patch.extend(cleaned.diff().style(Style::Unified).name(&format!("{name}.old")).to_bytes());
        let json = report::json_document(name, cleaned);
        let record = report::read_records(name, &json).unwrap().remove(0);
        assert_eq!(record.patch(source, false).unwrap().apply(source), new, "{name}");
        (count, edits) = (count + 1, edits + cleaned.edits().len());
    });
    assert!(edits > least, "{edits} edits");
    let script = common::path("tests/roundtrip/replay.py");
    assert_eq!(run(Command::new("python3").arg(script).arg(folder.path())).trim(), count.to_string());
    check_patches(folder.path(), &patch);
}

/// A file in another encoding: what `diff` says of it, `apply` makes of it, as `clean` does.
#[test]
fn files_of_other_encodings_replay() {
    let folder = tempfile::tempdir().unwrap();
    let ungarble = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ungarble"));
        let output = command.args(arguments).current_dir(&folder).output().unwrap();
        assert!(output.status.code() < Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let text = "The café grew extra fierce,\r\nnaïve as it was.\r\nNobody had a green ticket – “déjà vu”";
    for name in ["windows-1252", "utf-16le", "utf-16be", "cp850", "utf-8"] {
        let encoding = Named::parse(name).unwrap();
        let text = if name == "cp850" { text.replace(['–', '“', '”'], "-") } else { text.to_owned() };
        let rules = if name == "cp850" {
            "green ticket -> carte é\n"
        } else {
            "extra fierce -> more fierce\ngreen ticket -> carte “é”\n"
        };
        std::fs::write(folder.path().join("my.phrases"), rules).unwrap();
        std::fs::write(folder.path().join("a.txt"), encoding::encode(text.as_bytes(), encoding).unwrap())
            .unwrap();
        let options = ["--encoding", name, "a.txt"];
        let edits =
            ungarble(&[&["diff", "--phrases", "my.phrases", "--style", "json"][..], &options].concat());
        std::fs::write(folder.path().join("edits.json"), edits).unwrap();
        for written in ["utf-8", "same"] {
            let output = ["--output-encoding", written];
            let cleaned = ungarble(&[&["clean", "--phrases", "my.phrases"][..], &output, &options].concat());
            let applied = ungarble(&[&["apply", "edits.json"][..], &output, &options].concat());
            assert_eq!(applied, cleaned, "{name} written as {written}");
            let expected = if written == "same" { encoding } else { Named::UTF8 };
            let plain = encoding::decode(&cleaned, Some(expected)).unwrap().text;
            assert!(String::from_utf8_lossy(&plain).contains("carte"), "{name} written as {written}");
        }
    }
}

/// `patch` and `git apply`, each on its own copy of the `.old` files, give the `.new` ones.
fn check_patches(folder: &Path, patch: &[u8]) {
    let diff = folder.join("all.diff");
    std::fs::write(&diff, patch).unwrap();
    for tool in ["patch", "git"] {
        let copy = folder.join(tool);
        std::fs::create_dir(&copy).unwrap();
        let old = || {
            let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
            files.filter(|p| p.extension().is_some_and(|e| e == "old")).collect::<Vec<_>>()
        };
        for path in old() {
            std::fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
        }
        let mut command = Command::new(tool);
        match tool {
            "patch" => command.args(["--binary", "-s", "-p0", "-i"]).arg(&diff),
            _ => command.args(["apply", "-p0", "--whitespace=nowarn"]).arg(&diff),
        };
        run(command.current_dir(&copy).env("GIT_CEILING_DIRECTORIES", folder));
        for path in old() {
            let got = std::fs::read(copy.join(path.file_name().unwrap())).unwrap();
            let expected = std::fs::read(path.with_extension("new")).unwrap();
            assert!(got == expected, "{tool}: {}", path.display());
        }
    }
}

/// Bytes with all that makes lines hard: both line ends, none, lone carriage returns, bytes that are no characters.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    const PARTS: [&[u8]; 9] =
        [b"a line\n", b"dos\r\n", b"word ", b"\n", b"\r", "é".as_bytes(), b"\xff", b"-+ ", b"\\ No\n"];
    vec(select(&PARTS[..]), 0..24).prop_map(|parts| parts.concat())
}

/// Edits at any places of a source, in order; bytes that stand there are not put there again.
fn edits_of(source: &[u8], cuts: &[(prop::sample::Index, prop::sample::Index, &'static str)]) -> Vec<Edit> {
    let places: Vec<usize> = (0..=source.len()).collect();
    let mut ends: Vec<usize> = cuts.iter().flat_map(|(a, b, _)| [*a.get(&places), *b.get(&places)]).collect();
    ends.sort_unstable();
    let edit = |(range, cut): (&[usize], &(_, _, &str))| Edit {
        range: range[0]..range[1],
        replacement: cut.2.into(),
        channel: Channel::Ocr,
        confidence: 0.5,
        reason: "random".into(),
    };
    let mut edits: Vec<Edit> = ends.chunks(2).zip(cuts).map(edit).collect();
    edits.dedup_by(|b, a| a.range == b.range);
    edits.retain(|e| source[e.range.clone()] != *e.replacement.as_bytes());
    edits
}

#[test]
fn random_patches_apply() {
    let folder = tempfile::tempdir().unwrap();
    let new = select(&["", "x", "\n", "y\r\nz"][..]);
    let cuts = vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), new), 1..5);
    let mut runner = TestRunner::new(common::random(300));
    let (mut patch, mut at) = (Vec::new(), 0);
    for _ in 0..300 {
        let (source, cuts) = (bytes(), &cuts).new_tree(&mut runner).unwrap().current();
        let edits = edits_of(&source, &cuts);
        let new = Patch::new(edits.clone()).apply(&source).into_owned();
        // A file that comes into being or goes is another kind of patch, and nothing that cleaning makes.
        if edits.is_empty() || source.is_empty() || new.is_empty() || new == source {
            continue;
        }
        at += 1;
        let name = format!("{at:03}.old");
        std::fs::write(folder.path().join(&name), &source).unwrap();
        std::fs::write(folder.path().join(format!("{at:03}.new")), &new).unwrap();
        patch.extend(report::unified(&name, &source, &edits, false));
    }
    assert!(at > 200, "{at} cases");
    check_patches(folder.path(), &patch);
}

proptest! {
    #![proptest_config(common::random(500))]

    /// Records survive being written and read, and replay on their source alone.
    #[test]
    fn records_replay(
        source in bytes(),
        cuts in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), select(&["", "x", "é\n"][..])), 0..5),
    ) {
        let edits = edits_of(&source, &cuts);
        let recorded = edits.iter().map(|edit| Recorded::of(&source, edit.clone(), None)).collect();
        let origin = Some(ungarble::replay::Origin::of(&source));
        let record = Record { file: "a.txt".into(), origin, edits: recorded };
        let again = report::read_records("a", &report::json_record(&record)).unwrap();
        prop_assert_eq!(&again, std::slice::from_ref(&record));
        let expected = Patch::new(edits).apply(&source).into_owned();
        prop_assert_eq!(&*again[0].patch(&source, false).unwrap().apply(&source), &expected[..]);
        let mut other = source.clone();
        other.push(b'!');
        let refused = again[0].patch(&other, false).unwrap_err().to_string();
        prop_assert_eq!(refused, "a.txt: has changed since the edits were made: --fuzzy finds their places again");
    }

    /// Text that was put in, taken out or changed elsewhere moves edits along; what it hit is a miss; nothing goes astray.
    #[test]
    fn edits_find_their_places_again(
        words in vec("[a-z]{2,7}", 60..200),
        picked in vec(any::<prop::sample::Index>(), 1..12),
        at in any::<prop::sample::Index>(),
        gone in 0usize..40,
        put in vec("[A-Z]{2,7}", 0..40),
    ) {
        let mut ranges = Vec::new();
        let mut text = String::new();
        for word in &words {
            ranges.push(text.len()..text.len() + word.len());
            text += word;
            text.push(' ');
        }
        let mut picked: Vec<usize> = picked.iter().map(|i| i.index(words.len())).collect();
        picked.sort_unstable();
        picked.dedup();
        let edit = |i: &usize| Edit {
            range: ranges[*i].clone(),
            replacement: format!("{}0", words[*i].to_uppercase()).into(),
            channel: Channel::Phrase,
            confidence: 1.0,
            reason: "test".into(),
        };
        let edits: Vec<Edit> = picked.iter().map(edit).collect();
        let recorded = edits.iter().map(|e| Recorded::of(text.as_bytes(), e.clone(), None)).collect();
        let record = Record { edits: recorded, ..Record::default() };
        // Some words go and others come in their place.
        let from = at.index(words.len());
        let upto = (from + gone).min(words.len());
        let start = ranges[from].start;
        let end = ranges.get(upto).map_or(text.len(), |r| r.start);
        let put: String = put.iter().map(|w| format!("{w} ")).collect();
        let new = [&text[..start], &put, &text[end..]].concat();
        let found = record.anchor(new.as_bytes(), false);
        let shift = put.len() as isize - (end - start) as isize;
        for edit in found.patch.edits() {
            let old = edits.iter().find(|e| e.replacement == edit.replacement).unwrap();
            prop_assert_eq!(&new[edit.range.clone()], &text[old.range.clone()]);
            let moved = if old.range.end <= start { 0 } else { shift };
            let expected = old.range.start.checked_add_signed(moved);
            prop_assert_eq!(Some(edit.range.start), expected, "{} in {:?} for {:?}", edit, new, text);
        }
        // What is further from the change than its context, and looks like nothing else, must be found.
        for edit in &edits {
            let near = edit.range.end + 33 > start && edit.range.start < end + 33;
            let twice = text.matches(&text[edit.range.clone()]).count() > 1;
            let found = found.patch.edits().iter().any(|e| e.replacement == edit.replacement);
            prop_assert!(near || twice || found, "{} of {:?} has no place in {:?}", edit, text, new);
        }
    }
}
