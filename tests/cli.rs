//! The command line against cases: each file of `tests/cli/` says what is run, on which files, and what comes of it.
//!
//! `[..]` in an expected text stands for anything on a line, a line of `...` for any lines. Files that `[after]` does
//! not name must be as they were, and there must be no others.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use regex::Regex;

const BINARY: &str = env!("CARGO_BIN_EXE_ungarble");

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    args: Vec<String>,
    #[serde(default)]
    stdin: String,
    #[serde(default)]
    status: i32,
    #[serde(default)]
    stdout: String,
    #[serde(default)]
    stderr: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    after: BTreeMap<String, String>,
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    assert!(!paths.is_empty());
    let mut failures = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let cases: BTreeMap<String, Case> =
            toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for (name, case) in cases {
            if let Err(why) = check(&case) {
                failures += &format!("{} [{name}]: {why}\n", path.display());
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

fn check(case: &Case) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in &case.files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let args: Vec<&str> = case.args.iter().map(String::as_str).collect();
    let output = run(folder.path(), &args, &case.env, case.stdin.as_bytes());
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() != Some(case.status) {
        return Err(format!("status {:?}, not {}\n{stdout}{stderr}", output.status.code(), case.status));
    }
    for (stream, expected, got) in [("stdout", &case.stdout, &stdout), ("stderr", &case.stderr, &stderr)] {
        if !matches(expected, got) {
            return Err(format!("{stream} is\n{got}\nand should be\n{expected}"));
        }
    }
    let mut expected = case.files.clone();
    expected.extend(case.after.clone());
    let found = files(folder.path(), folder.path());
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    if names(&expected) != names(&found) {
        return Err(format!("files are {:?} and should be {:?}", names(&found), names(&expected)));
    }
    match expected.iter().find(|(name, text)| !matches(text, &found[*name])) {
        Some((name, text)) => Err(format!("{name} is\n{}\nand should be\n{text}", found[name])),
        None => Ok(()),
    }
}

fn run(folder: &Path, args: &[&str], env: &BTreeMap<String, String>, stdin: &[u8]) -> Output {
    let mut child = command(folder, args).envs(env).spawn().unwrap();
    // A program that ends before it has read everything is right to do so.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

/// The binary in a folder, with nothing of the environment that could change what it does.
fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(args).current_dir(folder).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn matches(expected: &str, got: &str) -> bool {
    let pattern = regex::escape(expected).replace(r"\[\.\.\]", "[^\n]*");
    let lines = pattern.replace("\n\\.\\.\\.\n", "\n(?s:.*)");
    let lines = lines.strip_prefix("\\.\\.\\.\n").map(|rest| format!("(?s:.*){rest}")).unwrap_or(lines);
    Regex::new(&format!("^{lines}$")).unwrap().is_match(got)
}

/// All files below a folder, by their path in it.
fn files(root: &Path, folder: &Path) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(files(root, &path));
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            out.insert(name, String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned());
        }
    }
    out
}

const RULE: &str = "extra fierce -> more fierce\n";

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("house.phrases"), RULE).unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn bytes_that_are_not_utf8_survive() {
    let folder = folder(&[]);
    let source = b"\xef\xbb\xbfcaf\xe9 \xff\xfe\r\nThey grew extra fierce.\r\n\0\x1b[1m";
    let output = run(folder.path(), &["clean", "--phrases", "house.phrases"], &BTreeMap::new(), source);
    assert_eq!(output.stdout, b"\xef\xbb\xbfcaf\xe9 \xff\xfe\r\nThey grew more fierce.\r\n\0\x1b[1m");
    let args = ["diff", "--phrases", "house.phrases", "--style", "unified"];
    let output = run(folder.path(), &args, &BTreeMap::new(), source);
    assert!(
        output
            .stdout
            .starts_with(b"--- stdin\n+++ stdin\n@@ -1,3 +1,3 @@\n \xef\xbb\xbfcaf\xe9 \xff\xfe\r\n-They")
    );
    // What is shown on a terminal holds no control characters of the text.
    let args = ["diff", "--phrases", "house.phrases"];
    let output = run(folder.path(), &args, &BTreeMap::new(), b"\x1b[2J They grew extra fierce.\n");
    assert!(!output.stdout.contains(&0x1b));
}

#[test]
fn threads_do_not_matter() {
    let texts: Vec<(String, String)> = (0..60)
        .map(|i| {
            (
                format!("{i:02}.txt"),
                format!("{}They grew extra fierce.\n", "A quiet line.\n".repeat(i * 7 % 50)),
            )
        })
        .collect();
    let lines: String =
        texts.iter().map(|(name, text)| format!("{{\"id\":{name:?},\"text\":{text:?}}}\n")).collect();
    let mut files: Vec<(&str, &[u8])> = texts.iter().map(|(name, text)| (&**name, text.as_bytes())).collect();
    files.push(("docs.jsonl", lines.as_bytes()));
    let folder = folder(&files);
    for command in [&["clean"][..], &["diff"], &["diff", "--style", "json"], &["score"]] {
        let outputs = ["1", "2", "5"].map(|threads| {
            let args =
                [command, &["--phrases", "house.phrases", "--threads", threads, ".", "docs.jsonl"]].concat();
            run(folder.path(), &args, &BTreeMap::new(), b"").stdout
        });
        assert!(!outputs[0].is_empty());
        assert!(outputs.iter().all(|output| *output == outputs[0]), "{command:?}");
    }
}

#[test]
fn a_closed_pipe_is_success() {
    let folder = folder(&[("long.txt", "A quiet line.\n".repeat(100_000).as_bytes())]);
    let mut child = command(folder.path(), &["clean", "long.txt", "long.txt", "long.txt"]).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn in_place_keeps_links_and_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder =
        folder(&[("real.txt", b"They grew extra fierce.\n"), ("locked.txt", b"They grew extra fierce.\n")]);
    let path = |name: &str| folder.path().join(name);
    std::fs::set_permissions(path("real.txt"), PermissionsExt::from_mode(0o751)).unwrap();
    std::fs::set_permissions(path("locked.txt"), PermissionsExt::from_mode(0o444)).unwrap();
    symlink("real.txt", path("link.txt")).unwrap();
    let args = ["clean", "--phrases", "house.phrases", "-w", "link.txt", "locked.txt"];
    let output = run(folder.path(), &args, &BTreeMap::new(), b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("ungarble: locked.txt: is read-only"));
    assert!(path("link.txt").is_symlink());
    assert_eq!(std::fs::read(path("real.txt")).unwrap(), b"They grew more fierce.\n");
    assert_eq!(std::fs::read(path("locked.txt")).unwrap(), b"They grew extra fierce.\n");
    assert_eq!(std::fs::metadata(path("real.txt")).unwrap().permissions().mode() & 0o777, 0o751);
    let args = ["clean", "real.txt", "-o", "/dev/null"];
    assert_eq!(run(folder.path(), &args, &BTreeMap::new(), b"").status.code(), Some(0));
    assert!(!Path::new("/dev/null").is_file());
}
