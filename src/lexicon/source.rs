//! The line formats that people edit: phrase rules, habits, classes. `dictionaries/README.md` describes them.

use std::collections::HashMap;

use crate::error::{Error, Result};

/// The dialects: ways of spinning, each with substitutions of its own.
pub const DIALECTS: [&str; 4] = ["news", "web", "spinbot", "science"];

/// A number for each dialect.
pub type PerDialect<T> = [T; DIALECTS.len()];

/// Which dialects a rule belongs to: bit i for the i-th of [`DIALECTS`].
pub type Dialects = u8;

/// All dialects.
pub const ANY: Dialects = (1 << DIALECTS.len()) - 1;

/// A rule `left -> right` as it stands in its file, alternatives already multiplied out.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Line of the file, from 1.
    pub line: usize,
    /// Where it applies.
    pub dialects: Dialects,
    /// The left side is also good English.
    pub weak: bool,
    /// What was written; one item per alternative of the line.
    pub lefts: Vec<String>,
    /// What was meant, the likeliest first.
    pub rights: Vec<String>,
    /// `fix` and `keep` lines.
    pub proofs: Vec<Proof>,
}

/// A text that shows what a rule must or must not do.
#[derive(Debug, Clone, PartialEq)]
pub enum Proof {
    /// This text must become that one.
    Fix(String, String),
    /// This text must stay.
    Keep(String),
}

/// `original: garbled weight, …`
#[derive(Debug, Clone, PartialEq)]
pub struct Habit {
    /// Line of the file, from 1.
    pub line: usize,
    /// Where it applies.
    pub dialects: Dialects,
    /// What was meant (a lemma).
    pub original: String,
    /// What was written, and how often in per cent of the original's rewritten occurrences.
    pub garbled: Vec<(String, f32)>,
}

/// How often a left side stood in restored text of a dialect, and what for.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Line of the file, from 1.
    pub line: usize,
    /// What stood there.
    pub garbled: String,
    /// The dialect: a place in [`DIALECTS`].
    pub dialect: usize,
    /// How often it stood there.
    pub times: u32,
    /// What it stood for, where not for itself, and how often.
    pub originals: Vec<(String, u32)>,
}

/// Word classes by name.
pub type Classes = HashMap<String, Vec<String>>;

/// The lines of a table without comments and blank ones, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, l)| (i + 1, strip_comment(l))).filter(|(_, l)| !l.trim().is_empty())
}

/// Cuts a comment off: `#` at the beginning or after white space, outside quotation marks.
fn strip_comment(line: &str) -> &str {
    let mut quoted = false;
    let mut before = ' ';
    for (i, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted && before.is_whitespace() => return &line[..i],
            _ => {}
        }
        before = c;
    }
    line
}

/// The dialects that a `dialect` line names.
fn dialect_line(place: &str, line: usize, names: &str) -> Result<Dialects> {
    let mut mask = 0;
    for name in names.split([' ', ',']).filter(|n| !n.is_empty()) {
        mask |= match name {
            "any" => ANY,
            _ => match DIALECTS.iter().position(|d| *d == name) {
                Some(dialect) => 1 << dialect,
                None => {
                    let hint = did_you_mean(name, DIALECTS.into_iter().chain(["any"]));
                    return Err(Error::table(place, line, format!("no dialect {name:?}{hint}")));
                }
            },
        };
    }
    if mask == 0 {
        Err(Error::table(place, line, "dialect needs a name: news, web, spinbot, science or any"))
    } else {
        Ok(mask)
    }
}

/// `; did you mean "x"?` for the nearest name, if one is near.
fn did_you_mean<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    names
        .into_iter()
        .map(|n| (strsim::damerau_levenshtein(name, n), n))
        .filter(|(distance, n)| *distance <= n.len() / 2)
        .min()
        .map_or_else(String::new, |(_, n)| format!("; did you mean {n:?}?"))
}

/// Reads a table of phrase rules.
///
/// # Errors
///
/// The first line that is not a rule, a proof, a dialect or a comment, with its number.
pub fn phrases(place: &str, text: &str, classes: &Classes) -> Result<Vec<Rule>> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut dialects = ANY;
    for (number, line) in lines(text) {
        let trimmed = line.trim();
        if let Some(names) = trimmed.strip_prefix("dialect ") {
            dialects = dialect_line(place, number, names)?;
        } else if line.starts_with([' ', '\t']) {
            let rule = rules
                .last_mut()
                .ok_or_else(|| Error::table(place, number, "a proof needs a rule above it"))?;
            rule.proofs.push(proof(place, number, trimmed)?);
        } else {
            rules.push(rule(place, number, trimmed, dialects, classes)?);
        }
    }
    Ok(rules)
}

/// No line stands for more rules than this: `{a|b}` twenty times would be a million.
const MOST: usize = 10_000;

/// The table has a byte for the length of a right side; members of classes and inflection make it longer than it is here.
const LONGEST_RIGHT: usize = 200;

fn rule(place: &str, line: usize, text: &str, dialects: Dialects, classes: &Classes) -> Result<Rule> {
    let wrong = |message: String| Error::table(place, line, message);
    let (left, right) = text
        .split_once("->")
        .ok_or_else(|| wrong("a rule needs \"->\" between what was written and what was meant".into()))?;
    let right = right.trim();
    let (right, weak) = match right.strip_suffix("weak") {
        Some(rest) if rest.ends_with([' ', '\t']) => (rest.trim_end(), true),
        _ => (right, false),
    };
    let lefts = alternatives(left.trim(), classes).map_err(wrong)?;
    let rights: Vec<String> = right.split(" | ").map(|r| r.trim().to_owned()).collect();
    let is_empty = |side: &String| side.trim_matches(['~', ' ']).is_empty();
    if lefts.iter().any(is_empty) || rights.iter().any(is_empty) {
        return Err(wrong("one side of the rule is empty".into()));
    }
    if rights.iter().any(|right| right.len() > LONGEST_RIGHT) {
        return Err(wrong(format!("what was meant is longer than {LONGEST_RIGHT} bytes; make it shorter")));
    }
    for right in &rights {
        check_classes(right, &lefts[0], classes).map_err(wrong)?;
    }
    // The compiler multiplies by the members of each class too.
    let mut names: Vec<&str> = class_names(&lefts[0]).collect();
    names.sort_unstable();
    names.dedup();
    let members = names.iter().filter_map(|name| classes.get(*name)).map(Vec::len);
    if members.fold(lefts.len() * rights.len(), usize::saturating_mul) > MOST {
        return Err(wrong(too_many()));
    }
    Ok(Rule { line, dialects, weak, lefts, rights, proofs: Vec::new() })
}

/// The classes on the right must stand on the left.
fn check_classes(right: &str, left: &str, classes: &Classes) -> std::result::Result<(), String> {
    for name in class_names(right) {
        known_class(name, classes)?;
        if !left.contains(&format!("{{{name}}}")) {
            return Err(format!("{{{name}}} on the right matches nothing on the left"));
        }
    }
    Ok(())
}

fn class_names(side: &str) -> impl Iterator<Item = &str> {
    side.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

fn known_class(name: &str, classes: &Classes) -> std::result::Result<(), String> {
    if name == "number" || classes.contains_key(name) {
        return Ok(());
    }
    let names = classes.keys().map(String::as_str).chain(["number"]);
    Err(format!("no class {{{name}}}{}", did_you_mean(name, names)))
}

fn too_many() -> String {
    format!(
        "the alternatives and classes of this line make more than {MOST} rules; leave some out, or write several lines"
    )
}

/// Multiplies `{a|b}` out; classes stay as they are.
fn alternatives(side: &str, classes: &Classes) -> std::result::Result<Vec<String>, String> {
    let mut out = vec![String::new()];
    let mut rest = side;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').ok_or("a { without its }")? + open;
        let inside = &rest[open + 1..close];
        let choices: Vec<String> = if inside.contains('|') {
            inside.split('|').map(|c| c.trim().to_owned()).collect()
        } else {
            known_class(inside, classes)?;
            vec![format!("{{{inside}}}")]
        };
        if out.len() * choices.len() > MOST {
            return Err(too_many());
        }
        out = out
            .iter()
            .flat_map(|o| choices.iter().map(move |c| format!("{o}{}{c}", &rest[..open])))
            .collect();
        rest = &rest[close + 1..];
    }
    if rest.contains('}') {
        return Err("a } without its {".into());
    }
    Ok(out.into_iter().map(|o| (o + rest).split_whitespace().collect::<Vec<_>>().join(" ")).collect())
}

fn proof(place: &str, line: usize, text: &str) -> Result<Proof> {
    let wrong = || Error::table(place, line, "a proof is  fix \"text\" => \"text\"  or  keep \"text\"");
    let quoted = |s: &str| {
        let s = s.trim().strip_prefix('"')?.strip_suffix('"')?;
        Some(s.to_owned())
    };
    if let Some(rest) = text.strip_prefix("fix ") {
        let (from, to) = rest.split_once("=>").ok_or_else(wrong)?;
        return Ok(Proof::Fix(quoted(from).ok_or_else(wrong)?, quoted(to).ok_or_else(wrong)?));
    }
    let rest = text.strip_prefix("keep ").ok_or_else(wrong)?;
    Ok(Proof::Keep(quoted(rest).ok_or_else(wrong)?))
}

/// Reads a table of habits.
///
/// # Errors
///
/// The first line that is not a habit, with its number.
pub fn habits(place: &str, text: &str) -> Result<Vec<Habit>> {
    let mut habits = Vec::new();
    let mut dialects = ANY;
    for (number, line) in lines(text) {
        let line = line.trim();
        if let Some(names) = line.strip_prefix("dialect ") {
            dialects = dialect_line(place, number, names)?;
            continue;
        }
        let (original, rest) = line.split_once(':').ok_or_else(|| {
            Error::table(place, number, "a habit is  original: garbled weight, garbled weight")
        })?;
        let mut garbled = Vec::new();
        for item in rest.split(',').map(str::trim).filter(|i| !i.is_empty()) {
            let (word, weight) = match item.rsplit_once(' ') {
                Some((word, weight)) if weight.parse::<f32>().is_ok() => {
                    (word, weight.parse::<f32>().unwrap_or(10.0))
                }
                _ => (item, 10.0),
            };
            if !(weight > 0.0 && weight <= 100.0) {
                return Err(Error::table(
                    place,
                    number,
                    format!("a weight is per cent, above 0 and up to 100, got {weight}"),
                ));
            }
            garbled.push((word.trim().to_owned(), weight));
        }
        if original.trim().is_empty() || garbled.is_empty() {
            return Err(Error::table(
                place,
                number,
                "a habit needs an original and at least one garbled word",
            ));
        }
        habits.push(Habit { line: number, dialects, original: original.trim().to_owned(), garbled });
    }
    Ok(habits)
}

/// Can a line of counts say this? Not with a bar, a comment's sign or a quotation mark in it.
pub fn is_plain(side: &str) -> bool {
    !side.is_empty() && !side.contains(['|', '#', '"', '{', '}', '~'])
}

/// Reads counts of what was seen: `garbled | dialect times | original times | …`.
///
/// # Errors
///
/// The first line that is not one, with its number.
pub fn seen(place: &str, text: &str) -> Result<Vec<Seen>> {
    let mut out = Vec::new();
    for (number, line) in lines(text) {
        let wrong = |what: &str| {
            let message = format!("{what}; a line is  garbled | dialect times | original times | ...");
            Error::table(place, number, message)
        };
        let counted = |field: &str| -> Option<(String, u32)> {
            let (words, times) = field.trim().rsplit_once(' ')?;
            Some((words.trim().to_owned(), times.parse().ok()?))
        };
        let mut fields = line.split(" | ");
        let garbled = fields.next().unwrap_or("").trim().to_owned();
        let (dialect, times) =
            fields.next().and_then(counted).ok_or_else(|| wrong("no dialect with its count"))?;
        let mask = dialect_line(place, number, &dialect)?;
        if mask.count_ones() != 1 {
            return Err(wrong("a line has one dialect"));
        }
        let dialect = mask.trailing_zeros() as usize;
        let originals = fields.map(|f| counted(f).ok_or_else(|| wrong("an original without its count")));
        let originals = originals.collect::<Result<Vec<_>>>()?;
        if garbled.is_empty() || originals.iter().map(|o| u64::from(o.1)).sum::<u64>() > u64::from(times) {
            return Err(wrong("more originals than occurrences"));
        }
        out.push(Seen { line: number, garbled, dialect, times, originals });
    }
    Ok(out)
}

/// How often a word stands in restored text, as it was found and as it was restored.
pub type Leanings = HashMap<String, [u32; 2]>;

/// Reads `word found restored` lines.
///
/// # Errors
///
/// The first line that is not one, with its number.
pub fn leanings(place: &str, text: &str) -> Result<Leanings> {
    let mut out = Leanings::new();
    for (number, line) in lines(text) {
        let mut fields = line.split_whitespace();
        let mut next = || fields.next();
        let (Some(word), Some(Ok(found)), Some(Ok(restored)), None) =
            (next(), next().map(str::parse), next().map(str::parse), next())
        else {
            return Err(Error::table(place, number, "a leaning is  word found restored,  with two counts"));
        };
        out.insert(word.to_owned(), [found, restored]);
    }
    Ok(out)
}

/// Reads `name: a|b|c` lines.
///
/// # Errors
///
/// The first line that is not a class, with its number.
pub fn classes(place: &str, text: &str) -> Result<Classes> {
    let mut classes = Classes::new();
    for (number, line) in lines(text) {
        let (name, members) = line
            .split_once(':')
            .ok_or_else(|| Error::table(place, number, "a class is  name: word|word|word"))?;
        let members = members.split('|').map(|m| m.trim().to_owned()).filter(|m| !m.is_empty()).collect();
        classes.insert(name.trim().to_owned(), members);
    }
    Ok(classes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> Classes {
        super::classes("classes", "weekday: Monday|Tuesday\n").unwrap()
    }

    #[test]
    fn a_rule_with_everything() {
        let text = "dialect news # rules below\nfinal {weekday} {a|b c} -> last {weekday}  weak\n  keep \"a #1 text\"\n";
        let rules = phrases("t", text, &classes()).unwrap();
        assert_eq!(rules[0].lefts, ["final {weekday} a", "final {weekday} b c"]);
        assert_eq!(rules[0].rights, ["last {weekday}"]);
        assert!(rules[0].weak);
        assert_eq!(rules[0].proofs, [Proof::Keep("a #1 text".into())]);
    }

    #[test]
    fn faults_have_their_line() {
        for (text, message) in [
            ("\nno arrow", "t:2: a rule needs \"->\""),
            ("a {weekdy} -> b", "t:1: no class {weekdy}; did you mean \"weekday\"?"),
            ("a {x -> b", "t:1: a { without its }"),
            ("a -> {weekday}", "t:1: {weekday} on the right matches nothing"),
            ("  keep \"x\"", "t:1: a proof needs a rule"),
            ("a -> ~", "t:1: one side of the rule is empty"),
            ("a {b|} -> c\n{d|} -> e", "t:2: one side of the rule is empty"),
            (&format!("a -> {}", "b ".repeat(150)), "t:1: what was meant is longer than 200 bytes"),
            ("dialect newz\n", "t:1: no dialect \"newz\"; did you mean \"news\"?"),
        ] {
            let error = phrases("t", text, &classes()).unwrap_err();
            assert!(error.to_string().starts_with(message), "{error}");
        }
        let classes = super::classes("classes", &format!("n: {}\nm: c|d", ["a"; 200].join("|"))).unwrap();
        for line in [
            format!("a {} -> b", "{a|b} ".repeat(20)),
            format!("{} {{n}} -> b", "{a|b} ".repeat(6)),
            format!("{{n}} {} -> b", ["{", &["a"; 51].join("|"), "}"].concat()),
            format!("{{n}} -> {}", ["b"; 51].join(" | ")),
        ] {
            let error = phrases("t", &format!("a -> b\n{line}\n"), &classes).unwrap_err();
            assert!(error.to_string().starts_with("t:2: the alternatives and classes"), "{error}");
        }
        assert!(phrases("t", "{n} {a|b|c} {n} {m} -> {m} b | {n} d", &classes).is_ok());
        assert_eq!(habits("t", "a: b 120").unwrap_err().line(), Some(1));
    }
}
