//! The configuration that `docs/` gives for git and for editors, with git itself and with what the program prints.

#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs");
const GARBLED: &str = "They grew extra fierce.\n";
const CLEAN: &str = "They grew more fierce.\n";

/// A repository with a file, and the program on the path.
struct Repository {
    folder: tempfile::TempDir,
    path: String,
}

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bin = Path::new(env!("CARGO_BIN_EXE_ungarble")).parent().unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let this = Self { folder, path };
        this.git(&["init", "-q"]);
        this.git(&["config", "user.email", "a@example.org"]);
        this.git(&["config", "user.name", "A"]);
        std::fs::write(this.file("house.phrases"), "extra fierce -> more fierce\n").unwrap();
        std::fs::write(this.file("a.txt"), CLEAN).unwrap();
        this.git(&["add", "a.txt"]);
        this.git(&["commit", "-q", "-m", "first"]);
        this
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder.path()).env_clear().env("PATH", &self.path);
        command.env("UNGARBLE_PHRASES", self.file("house.phrases")).env("HOME", self.folder.path());
        command.output().unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        let output = self.run("git", args);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "git {args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }
}

#[test]
fn pre_commit_looks_at_what_is_staged() {
    let repository = Repository::new();
    std::fs::copy(format!("{DOCS}/git/pre-commit"), repository.file(".git/hooks/pre-commit")).unwrap();
    std::fs::create_dir(repository.file("sub")).unwrap();
    std::fs::write(repository.file("sub/b c.txt"), GARBLED).unwrap();
    repository.git(&["add", "sub/b c.txt"]);
    // What lies there is clean; what would be committed is not.
    std::fs::write(repository.file("sub/b c.txt"), CLEAN).unwrap();
    let refused = repository.run("git", &["commit", "-q", "-m", "garbled"]);
    let said =
        String::from_utf8_lossy(&refused.stderr).into_owned() + &String::from_utf8_lossy(&refused.stdout);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("sub/b c.txt:1:11: warning: extra -> more (phrase "), "{said}");
    repository.git(&["add", "sub/b c.txt"]);
    repository.git(&["commit", "-q", "-m", "clean"]);
    std::fs::write(repository.file("code.rs"), "fn main() {}\n").unwrap();
    repository.git(&["add", "code.rs"]);
    repository.git(&["commit", "-q", "-m", "nothing that it reads"]);
}

#[test]
fn git_diff_of_cleaned_texts_and_of_repairs() {
    let repository = Repository::new();
    std::fs::write(repository.file("a.txt"), GARBLED).unwrap();
    std::fs::write(repository.file(".gitattributes"), "*.txt diff=ungarble\n").unwrap();
    repository.git(&["config", "diff.ungarble.textconv", "ungarble clean --as text"]);
    assert_eq!(
        repository.git(&["diff", "--no-color", "a.txt"]).matches("@@").count(),
        0,
        "cleaned they are the same"
    );
    std::fs::write(repository.file("a.txt"), format!("{GARBLED}More.\n")).unwrap();
    let diff = repository.git(&["diff", "--no-color", "a.txt"]);
    assert!(diff.contains("+More.") && !diff.contains("extra"), "{diff}");
    repository.git(&["config", "--unset", "diff.ungarble.textconv"]);
    let script = format!("{DOCS}/git/external-diff");
    repository.git(&["config", "diff.ungarble.command", &script]);
    let diff = repository.git(&["diff", "a.txt"]);
    assert!(diff.contains("--- a.txt") && diff.contains("[-extra-]"), "{diff}");
}

#[test]
fn editors_find_the_places() {
    let repository = Repository::new();
    std::fs::write(repository.file("a: b.txt"), GARBLED).unwrap();
    let output = repository.run(env!("CARGO_BIN_EXE_ungarble"), &["diff", "--style", "lines", "a: b.txt"]);
    let line = String::from_utf8(output.stdout).unwrap();
    let tasks = std::fs::read_to_string(format!("{DOCS}/editors/tasks.json")).unwrap();
    let tasks: serde_json::Value = serde_json::from_str(&tasks).unwrap();
    let pattern = &tasks["tasks"][0]["problemMatcher"]["pattern"];
    let regexp = regex::Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let found = regexp.captures(line.trim_end()).unwrap();
    let group = |name: &str| found[pattern[name].as_u64().unwrap() as usize].to_owned();
    let names = ["file", "line", "column", "severity"].map(group);
    assert_eq!(names, ["a: b.txt", "1", "11", "warning"]);
    assert!(group("message").starts_with("extra -> more (phrase "));
    // Vim: its errorformat as the page gives it, written as an expression.
    let page = std::fs::read_to_string(format!("{DOCS}/git-and-editors.md")).unwrap();
    assert!(page.contains(r"errorformat=%f:%l:%c:\ %t%*[^:]:\ %m"));
}
