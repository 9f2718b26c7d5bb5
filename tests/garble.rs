//! Damage done on purpose: the same for the same seed, as much as was asked for, and every edit true.

use std::path::Path;

use ungarble::garble::{Garbler, Kind};
use ungarble::text::{Kind as TokenKind, tokenize};
use ungarble::{Cleaner, Patch};

const SPUN: [Kind; 4] = [Kind::News, Kind::Web, Kind::Spinbot, Kind::Science];

fn samples() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let names = ["mixed", "news", "science", "spinbot", "web"];
    names.map(|name| std::fs::read_to_string(folder.join(format!("clean-{name}.txt"))).unwrap()).into()
}

fn words(text: &str) -> usize {
    let mut tokens = Vec::new();
    tokenize(text.as_bytes(), &mut tokens);
    tokens.iter().filter(|t| t.kind == TokenKind::Word).count()
}

#[test]
fn the_seed_decides() {
    let text = &samples()[1].replace('\'', "’");
    for kind in Kind::ALL {
        let garble = |seed| Garbler::new(kind).rate(0.5).seed(seed).garble(text);
        assert_eq!(garble(1), garble(1), "{kind:?}");
        assert_ne!(garble(1), garble(2), "{kind:?}");
        assert_eq!(Garbler::new(kind).rate(0.0).garble(text).text, *text, "{kind:?}");
    }
}

#[test]
fn the_rate_is_kept() {
    for kind in [Kind::News, Kind::Web, Kind::Science, Kind::Ocr, Kind::Typing] {
        for rate in [0.05f32, 0.15, 0.3] {
            let garbler = Garbler::new(kind).rate(rate);
            let (mut damaged, mut all) = (0, 0);
            for text in samples() {
                let edits = garbler.garble(&text).edits;
                // Two slips in one word are one damaged word, as are words that are run together.
                let mut end = usize::MAX;
                for edit in &edits {
                    let apart =
                        end == usize::MAX || text[end..edit.range.start].contains(char::is_whitespace);
                    damaged += if apart { words(&text[edit.range.clone()]).max(1) } else { 0 };
                    end = edit.range.end;
                }
                all += words(&text);
            }
            let got = damaged as f32 / all as f32;
            assert!((got - rate).abs() < 0.1 * rate + 0.01, "{kind:?} {rate}: {got}");
        }
    }
}

#[test]
fn edits_make_the_text_and_repairs_unmake_it() {
    let odd = [
        "",
        " \n\n",
        "a",
        "An “odd”—naïve—text:\tsee https://example.org/said, a@said.org & `said()`.\r\nDon’t say 3 said 5.",
        "\u{feff}THE COMPANY SAID SO. \u{1F600}\u{200d} said\u{0301} said",
    ];
    let texts: Vec<String> = samples().into_iter().chain(odd.map(str::to_owned)).collect();
    for kind in Kind::ALL {
        for (rate, seed) in [(0.2, 1), (0.6, 2), (1.0, 3)] {
            let garbler = Garbler::new(kind).rate(rate).seed(seed);
            for text in &texts {
                let garbled = garbler.garble(text);
                let made = Patch::new(garbled.edits.clone()).apply(text.as_bytes()).into_owned();
                assert_eq!(String::from_utf8(made).unwrap(), garbled.text, "{kind:?}");
                let unmade = Patch::new(garbled.repairs(text)).apply(garbled.text.as_bytes()).into_owned();
                assert_eq!(String::from_utf8(unmade).unwrap(), *text, "{kind:?}");
                for edit in &garbled.edits {
                    assert_ne!(text[edit.range.clone()], *edit.replacement, "{kind:?}: {edit}");
                }
                if kind != Kind::Mojibake && text.contains("https") {
                    for kept in ["https://example.org/said", "a@said.org", "`said()`"] {
                        assert!(garbled.text.contains(kept), "{kind:?}: {}", garbled.text);
                    }
                }
            }
        }
    }
}

#[test]
fn the_case_stays() {
    let garbler = Garbler::new(Kind::News).rate(1.0);
    let capital = |text: &str| text.starts_with(char::is_uppercase);
    for text in samples() {
        let garbled = garbler.garble(&text);
        for edit in &garbled.edits {
            let begins = text[..edit.range.start].trim_end().ends_with(['.', '\n']) || edit.range.start == 0;
            let source = &text[edit.range.clone()];
            if begins && capital(source) && edit.replacement.starts_with(char::is_alphabetic) {
                assert!(capital(&edit.replacement), "{source} -> {}", edit.replacement);
            }
        }
    }
}

#[test]
fn cleaning_undoes_some_of_it() {
    let cleaner = Cleaner::new();
    for kind in SPUN {
        let (mut undone, mut all) = (0, 0);
        for text in samples() {
            let garbled = Garbler::new(kind).garble(&text);
            let cleaned = cleaner.clean(&garbled.text);
            for repair in garbled.repairs(&text) {
                let same =
                    |e: &&ungarble::Edit| e.range == repair.range && e.replacement == repair.replacement;
                undone += usize::from(cleaned.edits().iter().any(|e| same(&e)));
                all += 1;
            }
        }
        // How many depends on the weights; a tenth would be a fault of the tables or of the garbler.
        assert!(undone * 10 > all, "{kind:?}: {undone} of {all}");
    }
}

#[cfg(feature = "cli")]
mod cli {
    use std::io::Write as _;
    use std::process::{Command, Output, Stdio};

    fn run(args: &[&str], stdin: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ungarble"))
            .arg("garble")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // One that refuses its arguments reads nothing.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn stdout(args: &[&str], stdin: &str) -> String {
        let output = run(args, stdin);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn text_comes_out_as_text() {
        assert_eq!(stdout(&["--kind", "mojibake"], "a café\n"), "a cafÃ©\n");
        assert_eq!(stdout(&["-k", "news", "-r", "0"], "He said so.\n"), "He said so.\n");
    }

    #[test]
    fn lines_come_out_as_cases() {
        let lines = "{\"id\":7,\"body\":\"a café\"}\n\n{\"body\":\"naïve\",\"id\":\"x\"}\n{\"body\":\"é\"}\n";
        let args = ["--kind", "mojibake", "--as", "jsonl", "--field", "body", "--edits-field", "repairs"];
        let out = stdout(&args, lines);
        let cases = ungarble::eval::cases("out", &out).unwrap();
        let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["7", "x", "stdin:4"]);
        assert_eq!((cases[0].garbled.as_str(), cases[0].restored.as_deref()), ("a cafÃ©", Some("a café")));
        assert!(out.starts_with(
            r#"{"id":"7","kind":"mojibake","garbled":"a cafÃ©","restored":"a café","repairs":[{"start":5,"end":9,"#
        ));
    }

    #[test]
    fn faults_are_told() {
        for (args, stdin, expected) in [
            (
                &["--kind", "gremlins"][..],
                "",
                "no kind is called \"gremlins\"; there are news, web, spinbot, science",
            ),
            (&["--kind", "ocr", "--rate", "2"], "", "no number from 0 to 1"),
            (
                &["--kind", "ocr", "--edits-field", "e"],
                "",
                "--edits-field: only cases have fields: add --cases",
            ),
            (&["--kind", "ocr", "--as", "jsonl"], "{}\n", "stdin:1: no field \"text\""),
            (&["--kind", "ocr", "nothing.txt"], "", "nothing.txt: "),
        ] {
            let output = run(args, stdin);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(stderr.contains(expected), "{args:?}: {stderr}");
            assert_eq!(output.status.code(), Some(2), "{args:?}");
        }
    }
}
