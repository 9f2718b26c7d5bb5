//! What the tests share: the texts of the repository, one cleaner, work in parallel, and lists of known failures.

#![allow(dead_code, reason = "every test file is a program of its own and uses a part of this")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;
use ungarble::Cleaner;

/// A path inside the repository.
pub fn path(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

/// A file of the repository.
pub fn read(inside: &str) -> String {
    let path = path(inside);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The files of a folder with an ending, as paths inside the repository, sorted.
pub fn files(folder: &str, ending: &str) -> Vec<String> {
    let entries = std::fs::read_dir(path(folder)).unwrap_or_else(|e| panic!("{folder}: {e}"));
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> =
        names.filter(|n| n.ends_with(ending)).map(|n| format!("{folder}/{n}")).collect();
    files.sort();
    assert!(!files.is_empty(), "no *{ending} in {folder}");
    files
}

/// All texts of the repository, garbled and clean: (path, text).
pub fn texts() -> Vec<(String, String)> {
    let files = files("samples", ".txt").into_iter().chain(files("tests/keep", ".txt"));
    files.map(|f| (f.clone(), read(&f))).collect()
}

/// The cleaner that all tests of a file share.
pub fn cleaner() -> &'static Cleaner {
    static CLEANER: OnceLock<Cleaner> = OnceLock::new();
    CLEANER.get_or_init(Cleaner::new)
}

/// Does `work` on every item, on all cores; the results are in the order of the items.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from).max(2);
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            match items.get(at) {
                Some(item) => done.push((at, work(item))),
                None => return done,
            }
        }
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        workers.into_iter().flat_map(|w| w.join().unwrap()).collect()
    });
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, r)| r).collect()
}

/// Something that fails and may be known to.
#[derive(Debug, Clone)]
pub struct Failure {
    /// `file` or `file:line`; the line is for people and not compared.
    pub place: String,
    /// What fails, if the place does not say it.
    pub what: String,
    /// How badly, where that can be counted; 0 where it cannot.
    pub size: usize,
    /// What came out.
    pub got: String,
}

impl Failure {
    /// The line of the list: `place<TAB>what<TAB>size`, without what is empty or 0.
    fn line(&self) -> String {
        let size = if self.size > 0 { self.size.to_string() } else { String::new() };
        let fields = [self.place.as_str(), &self.what, &size];
        fields.into_iter().filter(|f| !f.is_empty()).collect::<Vec<_>>().join("\t")
    }
}

/// What of a line is compared (the file and what fails), and the size.
fn key(line: &str) -> (String, usize) {
    let (place, rest) = line.split_once('\t').unwrap_or((line, ""));
    let (what, size) = match rest.rsplit_once('\t').unwrap_or(("", rest)) {
        (what, size) if size.parse::<usize>().is_ok() => (what, size.parse().unwrap_or(0)),
        _ => (rest, 0),
    };
    let (file, number) = place.rsplit_once(':').unwrap_or((place, ""));
    let file = if number.parse::<usize>().is_ok() { file } else { place };
    (format!("{file}: {what}"), size)
}

/// Compares failures with the list of those that are known; fails when there is a new or a worse one, and when a listed
/// one is cured or better, so that the list only shrinks. With `UNGARBLE_BLESS=1` in the environment it rewrites the
/// list instead. `title` says in the header of the list what it holds.
pub fn compare_with_known(list: &str, title: &str, failures: &[Failure]) {
    let mut now: BTreeMap<String, &Failure> = BTreeMap::new();
    for failure in failures {
        now.entry(key(&failure.line()).0).or_insert(failure);
    }
    if std::env::var_os("UNGARBLE_BLESS").is_some_and(|v| v == "1") {
        let mut lines: Vec<String> = now.values().map(|f| f.line()).collect();
        lines.sort_by_key(|l| in_order(l));
        let header = format!(
            "# {}: {title}\n# Written by: UNGARBLE_BLESS=1 cargo test. It should only shrink.\n",
            lines.len()
        );
        std::fs::write(path(list), header + &lines.iter().map(|l| format!("{l}\n")).collect::<String>())
            .unwrap();
        return;
    }
    let text = read(list);
    let known: BTreeMap<String, usize> = text.lines().filter(|l| !l.starts_with('#')).map(key).collect();
    assert!(
        text.starts_with(&format!("# {}:", known.len())),
        "the header of {list} should say {}",
        known.len()
    );
    let mut message = String::new();
    for (what, failure) in &now {
        match known.get(what) {
            Some(size) if failure.size <= *size => {}
            Some(size) => message += &format!("worse than {size}: {}\n{}\n", failure.line(), failure.got),
            None => message += &format!("new: {}\n{}\n", failure.line(), failure.got),
        }
    }
    for (what, size) in &known {
        match now.get(what) {
            None => message += &format!("cured: take it off the list: {what}\n"),
            Some(f) if f.size < *size => message += &format!("better than {size}: {}\n", f.line()),
            Some(_) => {}
        }
    }
    assert!(message.is_empty(), "\n{message}UNGARBLE_BLESS=1 cargo test rewrites {list}.\n");
}

/// Orders `file:12` behind `file:2`.
fn in_order(line: &str) -> (String, usize, String) {
    let place = line.split('\t').next().unwrap_or("");
    let (file, number) = place.rsplit_once(':').unwrap_or((place, ""));
    (file.to_owned(), number.parse().unwrap_or(0), line.to_owned())
}

/// So many random cases, unless the environment says otherwise.
pub fn random(cases: u32) -> ProptestConfig {
    let set = |name| std::env::var_os(name).is_some();
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if !set("PROPTEST_CASES") {
        config.cases = cases;
    }
    if !set("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(20_240_229);
    }
    config
}
