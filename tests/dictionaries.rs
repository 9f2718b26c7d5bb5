//! The tables police themselves: every line parses, no rule stands twice, undoes or feeds another, and every proof is
//! tried on the whole cleaner.
//!
//! What is at fault today stands in `tables-known-failures.txt` and `proofs-known-failures.txt`.

mod common;

use std::collections::{HashMap, HashSet};

use common::{Failure, cleaner, compare_with_known, files, in_parallel, read};
use ungarble::lexicon::Lexicon;
use ungarble::lexicon::compile::{Families, Grammar, habit_patterns, rule_patterns};
use ungarble::lexicon::inflect::Irregular;
use ungarble::lexicon::rules::{LONGEST, Pattern, side_tokens};
use ungarble::lexicon::source::{self, Dialects, Habit, Proof, Rule};
use ungarble::text::word_hash;

/// The rules of all files: (file, rule).
fn all_rules() -> Vec<(String, Rule)> {
    let grammar = Grammar::embedded().unwrap();
    let mut out = Vec::new();
    for file in files("dictionaries/phrases", ".phrases") {
        let rules = source::phrases(&file, &read(&file), &grammar.classes).unwrap_or_else(|e| panic!("{e}"));
        out.extend(rules.into_iter().map(|rule| (file.clone(), rule)));
    }
    out
}

fn all_habits() -> Vec<(String, Habit)> {
    let mut out = Vec::new();
    for file in files("dictionaries/habits", ".habits") {
        let habits = source::habits(&file, &read(&file)).unwrap_or_else(|e| panic!("{e}"));
        out.extend(habits.into_iter().map(|habit| (file.clone(), habit)));
    }
    out
}

fn name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

fn fault(file: &str, line: usize, what: String) -> Failure {
    Failure { place: format!("{}:{line}", name(file)), what, size: 0, got: String::new() }
}

/// The patterns of a rule: all inflected forms and class members.
fn patterns(rule: &Rule, grammar: &Grammar, lexicon: &Lexicon) -> Vec<Pattern> {
    let count = |w: &str| u32::from(lexicon.words().log_count(lexicon.words().find(word_hash(w))));
    rule_patterns("test", std::slice::from_ref(rule), grammar, false, &mut Families::default(), &count)
}

#[test]
fn classes_and_irregular_forms_parse() {
    let file = "dictionaries/classes.txt";
    let classes = source::classes(file, &read(file)).unwrap_or_else(|e| panic!("{e}"));
    assert!(classes["weekday"].len() == 7 && classes["month"].len() == 12);
    let tables = ["verbs", "nouns", "adjectives"].map(|kind| {
        let file = format!("dictionaries/forms/irregular.{kind}");
        let text = read(&file);
        let words = text.lines().map(|l| l.split('#').next().unwrap_or("").split_whitespace());
        let mut seen = HashSet::new();
        let twice: Vec<_> = words.filter_map(|mut w| w.next()).filter(|base| !seen.insert(*base)).collect();
        assert!(twice.is_empty(), "{file}: more than one line for {twice:?}");
        (file, text)
    });
    let [verbs, nouns, adjectives] = tables.each_ref().map(|(file, text)| (file.as_str(), text.as_str()));
    Irregular::parse(verbs, nouns, adjectives).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn habits_inflect_both_sides_or_neither() {
    let (grammar, lexicon) = (Grammar::embedded().unwrap(), Lexicon::embedded());
    let count = |w: &str| u32::from(lexicon.words().log_count(lexicon.words().find(word_hash(w))));
    for (habit, expected) in [
        ("be able to: can", "can -> be able to"),
        ("a lot: much", "much -> a lot"),
        ("where: the place", "the place -> where"),
        ("in the end: ~finish", "finish -> in the end"),
        ("by no means: not at all", "not at all -> by no means"),
        ("say: mention", "mention -> say, mentions -> says, mentioning -> saying, mentioned -> said"),
        (
            "endure: ~cope with",
            "cope with -> endure, copes with -> endures, coping with -> enduring, coped with -> endured",
        ),
        (
            "~give up: abandon",
            "abandon -> give up, abandons -> gives up, abandoning -> giving up, abandoned -> gave up, abandoned -> given up",
        ),
    ] {
        let habits = source::habits("test", habit).unwrap();
        let patterns = habit_patterns("test", &habits, &grammar, &mut Families::default(), &count);
        let shown: Vec<_> = patterns.iter().map(|p| format!("{} -> {}", p.left, p.right)).collect();
        assert_eq!(shown.join(", "), expected, "{habit}");
    }
}

#[test]
fn tables_are_sound() {
    let (rules, habits) = (all_rules(), all_habits());
    assert!(rules.len() > 1000 && habits.len() > 1000);
    let mut faults = twice(&rules);
    faults.extend(idle(&rules));
    faults.extend(garbled_repairs(&rules));
    faults.extend(proofs_of_nothing(&rules));
    faults.extend(odd_habits(&habits));
    compare_with_known("tests/tables-known-failures.txt", "faults of the tables, to be mended", &faults);
}

/// The same rule twice in a file, in the same dialect.
fn twice(rules: &[(String, Rule)]) -> Vec<Failure> {
    let mut seen: HashSet<(&str, Dialects, &str, &str)> = HashSet::new();
    let mut faults = Vec::new();
    for (file, rule) in rules {
        for left in &rule.lefts {
            for right in rule.rights.iter().filter(|right| !seen.insert((file, rule.dialects, left, right))) {
                faults.push(fault(file, rule.line, format!("{left} -> {right} stands above already")));
            }
        }
    }
    faults
}

/// Rules that change nothing, or that are too long to be looked for.
fn idle(rules: &[(String, Rule)]) -> Vec<Failure> {
    let mut faults = Vec::new();
    for (file, rule) in rules {
        for left in rule.lefts.iter().filter(|left| rule.rights.contains(left)) {
            faults.push(fault(file, rule.line, format!("{left} -> {left} changes nothing")));
        }
        for left in rule.lefts.iter().filter(|left| side_tokens(&left.replace('~', "")).len() > LONGEST) {
            faults.push(fault(
                file,
                rule.line,
                format!("{left}: more than {LONGEST} words and marks are never found"),
            ));
        }
    }
    faults
}

/// A side as the cleaner meets it: its words in lower case, and which of them have a capital.
fn side(text: &str) -> (Vec<String>, Vec<bool>) {
    side_tokens(text).into_iter().unzip()
}

/// Repairs of rules that act on their own, in which another such rule finds its left side: cleaning again would change
/// more, and of two rules that undo each other neither can be right.
fn garbled_repairs(rules: &[(String, Rule)]) -> Vec<Failure> {
    let (grammar, lexicon) = (Grammar::embedded().unwrap(), Lexicon::embedded());
    let mut lefts: HashMap<Vec<String>, Vec<(Vec<bool>, String)>> = HashMap::new();
    let mut repairs = Vec::new();
    for (file, rule) in rules.iter().filter(|(_, rule)| !rule.weak) {
        for pattern in patterns(rule, &grammar, &lexicon) {
            let shown = format!("{} -> {}", pattern.left, pattern.right);
            let (words, capitals) = side(&pattern.left);
            lefts.entry(words).or_default().push((capitals, format!("{}: {shown}", name(file))));
            repairs.push((side(&pattern.right), shown, file, rule.line));
        }
    }
    let mut faults = Vec::new();
    for ((words, capitals), shown, file, line) in &repairs {
        for start in 0..words.len() {
            for end in start + 1..=words.len() {
                // A capital on the left needs one in the text.
                let fits = |left: &[bool]| left.iter().zip(&capitals[start..end]).all(|(l, t)| *t || !*l);
                let found = lefts.get(&words[start..end]).into_iter().flatten();
                faults.extend(
                    found
                        .filter(|(left, _)| fits(left))
                        .map(|(_, next)| fault(file, *line, format!("{shown}, but {next}"))),
                );
            }
        }
    }
    faults
}

/// Proofs whose text does not contain the left side of their rule in any form.
fn proofs_of_nothing(rules: &[(String, Rule)]) -> Vec<Failure> {
    let (grammar, lexicon) = (Grammar::embedded().unwrap(), Lexicon::embedded());
    let mut faults = Vec::new();
    for (file, rule) in rules.iter().filter(|(_, rule)| !rule.proofs.is_empty()) {
        let lefts: Vec<_> = patterns(rule, &grammar, &lexicon).iter().map(|p| side(&p.left).0).collect();
        for proof in &rule.proofs {
            let (Proof::Fix(text, _) | Proof::Keep(text)) = proof;
            let words = side(text).0;
            let is_in = |left: &Vec<String>| {
                let same = |(word, left): (&String, &String)| word == left || left == "{number}";
                words.windows(left.len()).any(|window| window.iter().zip(left).all(same))
            };
            if !lefts.iter().any(is_in) {
                faults.push(fault(file, rule.line, format!("the left side is not in: {}", shown(proof))));
            }
        }
    }
    faults
}

/// Habits whose shares do not fit together, that stand twice, or out of order.
fn odd_habits(habits: &[(String, Habit)]) -> Vec<Failure> {
    let mut faults = Vec::new();
    let mut seen: HashSet<(&str, Dialects, &str)> = HashSet::new();
    let mut before: (&str, &str) = ("", "");
    for (file, habit) in habits {
        let Habit { line, dialects, original, garbled } = habit;
        let mut fault = |what: String| faults.push(fault(file, *line, what));
        let sum: f32 = garbled.iter().map(|(_, weight)| weight).sum();
        if sum > 100.5 {
            fault(format!("the shares of {original} add up to {sum} per cent"));
        }
        let mut words = HashSet::new();
        for (word, _) in garbled.iter().filter(|(word, _)| !words.insert(word.as_str()) || word == original) {
            fault(format!("{original}: {word} stands twice"));
        }
        if !seen.insert((file, *dialects, original)) {
            fault(format!("{original} stands above already"));
        }
        if before.0 == file && before.1 > original.trim_start_matches('~') {
            fault(format!("{original} after {}: not in order", before.1));
        }
        before = (file, original.trim_start_matches('~'));
    }
    faults
}

fn shown(proof: &Proof) -> String {
    match proof {
        Proof::Fix(from, to) => format!("fix \"{from}\" => \"{to}\""),
        Proof::Keep(text) => format!("keep \"{text}\""),
    }
}

#[test]
fn proofs_hold() {
    let rules = all_rules();
    let proofs: Vec<(&str, usize, &Proof)> = rules
        .iter()
        .flat_map(|(file, rule)| rule.proofs.iter().map(|p| (file.as_str(), rule.line, p)))
        .collect();
    assert!(proofs.len() > 1000);
    let failures: Vec<Failure> = in_parallel(&proofs, |(file, line, proof)| {
        let (text, expected) = match proof {
            Proof::Fix(from, to) => (from, to),
            Proof::Keep(text) => (text, text),
        };
        let got = cleaner().clean(text);
        let gave = format!("  gave {:?}", got.text());
        (got.text() != *expected).then(|| Failure { got: gave, ..fault(file, *line, shown(proof)) })
    })
    .into_iter()
    .flatten()
    .collect();
    let title = format!("proofs that do not hold yet, of {} (the line is that of their rule)", proofs.len());
    compare_with_known("tests/proofs-known-failures.txt", &title, &failures);
}
