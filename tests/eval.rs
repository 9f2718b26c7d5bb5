//! The scorer against figures that another scorer gave: `tests/eval/` holds cases and hypotheses written for this test,
//! and what a reference implementation (Python, with rapidfuzz) printed for them.

use std::path::{Path, PathBuf};
use std::process::Command;

use ungarble::eval::{self, Score};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/eval").join(name)
}

#[test]
fn figures_are_the_same_to_the_last_digit() {
    let outputs = [
        ("by-dialect.txt", &["--by", "dialect"][..]),
        ("by-dialect.json", &["--by", "dialect", "--json"]),
        ("fold.txt", &["--fold"]),
    ];
    for (name, args) in outputs {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ungarble"));
        command
            .args(["eval", "--no-config"])
            .args(args)
            .arg(data("cases.jsonl"))
            .arg("--hyps")
            .arg(data("hyps.jsonl"));
        let output = command.output().unwrap();
        let expected = std::fs::read_to_string(data(name)).unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}");
        assert_eq!(output.status.code(), Some(0));
    }
}

/// Words from a fixed sequence; a vocabulary of 300 makes many alignments equally good.
fn words(count: usize, state: &mut u64) -> Vec<String> {
    (0..count).map(|_| format!("w{}", next(state) % 300)).collect()
}

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// A garbled copy: words replaced, left out, put in.
fn damaged(words: &[String], state: &mut u64) -> Vec<String> {
    let mut out = Vec::new();
    for word in words {
        match next(state) % 12 {
            0 => continue,
            1 => out.push(format!("w{}", next(state) % 300)),
            2 => out.extend([word.clone(), format!("w{}", next(state) % 300)]),
            _ => out.push(word.clone()),
        }
    }
    out
}

/// Documents so long that the alignment is cut in two before it is traced; the cuts decide ties.
#[test]
fn long_documents_are_aligned_alike() {
    let mut state = 2026;
    let mut lines = (String::new(), String::new());
    let mut score = Score::new(None, false);
    for id in 0..3 {
        let restored = words(3000 + 1500 * id, &mut state);
        let garbled = damaged(&restored, &mut state);
        let hypothesis = damaged(&garbled, &mut state);
        let [restored, garbled, hypothesis] = [restored, garbled, hypothesis].map(|words| words.join(" "));
        lines.0 += &format!("{{\"id\": {id}, \"garbled\": \"{garbled}\", \"restored\": \"{restored}\"}}\n");
        lines.1 += &format!("{{\"id\": {id}, \"text\": \"{hypothesis}\"}}\n");
        score.add(&eval::cases("long", lines.0.lines().last().unwrap()).unwrap()[0], &hypothesis);
    }
    // To freeze the line below anew, write these two files and give them to the reference implementation.
    if let Some(folder) = std::env::var_os("UNGARBLE_EVAL_DUMP").map(PathBuf::from) {
        std::fs::write(folder.join("cases.jsonl"), &lines.0).unwrap();
        std::fs::write(folder.join("hyps.jsonl"), &lines.1).unwrap();
    }
    let expected = std::fs::read_to_string(data("long.txt")).unwrap();
    assert_eq!(format!("ALL {}\n", score.figures()["ALL"]), expected);
}

#[test]
fn mistakes_have_a_place() {
    let cases = [
        ("{\"id\": 1}\n", "c:1: the field \"garbled\" (or \"ocr\", \"hyp\", \"text\") is missing"),
        ("\n{\"text\": \"a\"}\n", "c:2: the field \"id\" is missing"),
        ("[]", "c:1: a case must be a JSON object"),
        ("{\"id\": 1, \"text\": 2}", "c:1: the field \"text\" must be a string"),
    ];
    for (text, expected) in cases {
        assert_eq!(eval::cases("c", text).unwrap_err().to_string(), expected);
    }
    assert!(eval::cases("c", "{").unwrap_err().to_string().starts_with("c:1: not JSON: "));
}
