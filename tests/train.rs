//! `ungarble train` on a small corpus: what goes in, what comes out, and that it comes out the same again.
#![cfg(all(feature = "cli", feature = "train"))]

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ungarble")).arg("train").args(args).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with three texts, one held out, and a list of words.
fn corpus() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let texts = [("news_a", "news"), ("talk_b", "web"), ("heldout_c", "mixed")];
    std::fs::create_dir(folder.path().join("texts")).unwrap();
    for (name, sample) in texts {
        let to = folder.path().join("texts").join(format!("{name}.txt"));
        std::fs::copy(samples.join(format!("clean-{sample}.txt")), to).unwrap();
    }
    std::fs::write(folder.path().join("words"), "zebra\nzebra's\n").unwrap();
    folder
}

#[test]
fn a_model_is_made_and_measured() {
    let folder = corpus();
    let args = |out| {
        let options = ["--weight", "talk=1.5", "--heldout", "texts/heldout_c.txt", "-o", out];
        let mut args = vec!["texts", "--english", "words"];
        args.extend(options);
        args
    };
    let first = run(folder.path(), &args("a.model"));
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(run(folder.path(), &args("b.model")).status.success());
    let read = |name| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("a.model"), read("b.model"));

    let stderr = text(&first.stderr);
    for line in ["texts/heldout_c.txt: held out, not trained on", "counting words", "a.model: 0."] {
        assert!(stderr.contains(line), "{stderr}");
    }
    let stdout = text(&first.stdout);
    assert!(stdout.starts_with("texts/heldout_c.txt: perplexity "), "{stdout}");

    let about = text(&run(folder.path(), &["--about", "a.model"]).stdout);
    assert!(about.contains("news_a.txt\tnews\t1\t") && about.contains("talk_b.txt\ttalk\t1.5\t"), "{about}");
    assert!(!about.contains("heldout"), "{about}");
    let again = run(folder.path(), &["--about", "a.model", "--heldout", "texts/heldout_c.txt"]);
    assert_eq!(text(&again.stdout), about + &stdout);
}

#[test]
fn marked_texts_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let marked =
        "# id=one dialect=spinbot\nThe {calculation=>algorithm} learns; this calculation does not.\n";
    std::fs::create_dir(folder.path().join("restored")).unwrap();
    std::fs::write(folder.path().join("restored/a.txt"), marked.repeat(2)).unwrap();
    let done = run(folder.path(), &["--marked", "restored", "-o", "mine.seen"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let read = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(
        read("mine.seen").lines().any(|l| l == "calculation | spinbot 4 | algorithm 2"),
        "{}",
        read("mine.seen")
    );
    assert!(read("mine.leans").lines().any(|l| l == "calculation 4 2"), "{}", read("mine.leans"));

    std::fs::write(folder.path().join("restored/b.txt"), "no source\n").unwrap();
    let refused = run(folder.path(), &["--marked", "restored", "-o", "mine.seen"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("b.txt:1: text before the first"), "{}", text(&refused.stderr));
}

#[test]
fn faults_are_told() {
    let folder = corpus();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    for (args, expected) in [
        (&["texts", "--weight", "talk", "-o", "m"][..], "a weight is written GENRE=W"),
        (&["texts", "--weight", "talk=-1", "-o", "m"], "no number from 0 to 100"),
        (&["texts", "--weight", "news=0", "--weight", "talk=0", "-o", "m"], "no text to train on"),
        (&["texts/heldout_c.txt", "-o", "m"], "no text to train on"),
        (&["empty", "-o", "m"], "empty: no text in this folder (*.txt, *.txt.zst)"),
        (&["none.txt", "-o", "m"], "none.txt: "),
        (&["texts", "-o", "none/m"], "none"),
        (&["--about", "words"], "words: this is not an ungarble model"),
    ] {
        let output = run(folder.path(), args);
        let stderr = text(&output.stderr);
        assert!(stderr.contains(expected), "{args:?}: {stderr}");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!folder.path().join("m").exists(), "{args:?}");
    }
}
