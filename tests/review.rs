//! `ungarble review` through a real pseudo-terminal: `review/drive.py` presses the keys.

#![cfg(unix)]

use std::process::Command;

#[test]
fn through_a_terminal() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/review/drive.py");
    let output = Command::new("python3").args([script, env!("CARGO_BIN_EXE_ungarble")]).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(text(&output.stdout).matches("ok test_").count(), 13);
}
