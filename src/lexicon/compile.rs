//! From a model and the tables of `dictionaries/` to the image that the program opens.
//!
//! `build.rs` and the run-time options call the same functions, so a user's table has every power and every check of
//! the built-in ones.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::experience::Experience;
use super::image::{self, Image};
use super::inflect::{Irregular, SLOTS, Slot};
use super::rules::{self, ABSENT, Known, Pattern};
use super::source::{self, Classes, DIALECTS, Dialects, Habit, PerDialect, Rule, Seen};
use super::weights::{OcrWeights, Weights};
use super::words::{ExtraWords, UNKNOWN, WordId, flag};
use crate::error::{Error, Result};
use crate::text::word_hash;

/// What tables need to be expanded: irregular forms and classes.
#[derive(Debug)]
pub struct Grammar {
    /// Irregular forms.
    pub irregular: Irregular,
    /// Word classes.
    pub classes: Classes,
}

impl Grammar {
    /// The grammar of `dictionaries/`, as it was when the program was built.
    pub fn embedded() -> Result<Self> {
        macro_rules! table {
            ($name:literal) => {
                ($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/", $name)))
            };
        }
        let irregular = Irregular::parse(
            table!("forms/irregular.verbs"),
            table!("forms/irregular.nouns"),
            table!("forms/irregular.adjectives"),
        )?;
        let (place, classes) = table!("classes.txt");
        Ok(Self { irregular, classes: source::classes(place, classes)? })
    }
}

/// Share of an original's rewritten occurrences that a rule's left side stands for, where nobody gave a weight: a
/// strong rule names one of few renderings, a weak one one of many.
const STRONG_SHARE: f32 = 30.0;
const WEAK_SHARE: f32 = 10.0;

/// Later originals of one rule are each this much less likely.
const NEXT_SHARE: f32 = 0.4;

/// −ln(per cent / 100) in 1/16 nat.
fn share_cost(percent: f32) -> u8 {
    (-(percent / 100.0).ln() * 16.0).round().clamp(0.0, f32::from(ABSENT - 1)) as u8
}

fn costs(dialects: Dialects, percent: f32) -> PerDialect<u8> {
    std::array::from_fn(|d| if dialects >> d & 1 == 1 { share_cost(percent) } else { ABSENT })
}

/// Numbers for pairs of lemmas: rules, habits and what was seen of the same pair are one family.
#[derive(Debug, Default)]
pub struct Families(HashMap<(String, String), u32>);

impl Families {
    fn of(&mut self, left: &str, right: &str) -> u32 {
        let next = self.0.len() as u32;
        let key = (left.replace('~', "").to_lowercase(), right.replace('~', "").to_lowercase());
        *self.0.entry(key).or_insert(next)
    }
}

/// The patterns of rules of the table `place`. `count` says how often a form occurs in the corpus.
pub fn rule_patterns(
    place: &str,
    rules: &[Rule],
    grammar: &Grammar,
    user: bool,
    families: &mut Families,
    count: &impl Fn(&str) -> u32,
) -> Vec<Pattern> {
    let (mut out, place) = (Vec::new(), Arc::<str>::from(place));
    for rule in rules {
        let origin = (Arc::clone(&place), rule.line as u32);
        let (known, share) = match (user, rule.weak) {
            (_, true) => (Known::Weak, WEAK_SHARE),
            (true, false) => (Known::User, STRONG_SHARE),
            (false, false) => (Known::Strong, STRONG_SHARE),
        };
        for left in &rule.lefts {
            let mut share = share;
            for right in &rule.rights {
                for (left, right) in with_classes(left, right, &grammar.classes) {
                    let family = families.of(&left, &right);
                    for (left, right) in inflected(&left, &right, grammar, count) {
                        let (costs, origin) = (costs(rule.dialects, share), origin.clone());
                        out.push(Pattern { left, right, known, costs, family, origin });
                    }
                }
                share *= NEXT_SHARE;
            }
        }
    }
    out
}

/// The patterns of habits. A word alone inflects, and in several words the one that is marked; but only where the other side
/// inflects too.
pub fn habit_patterns(
    place: &str,
    habits: &[Habit],
    grammar: &Grammar,
    families: &mut Families,
    count: &impl Fn(&str) -> u32,
) -> Vec<Pattern> {
    let inflects = |side: &str| side.contains('~') || !side.contains(' ');
    let mark = |side: &str, both: bool| match both {
        true if side.contains('~') => side.to_owned(),
        true => format!("~{side}"),
        false => side.replace('~', ""),
    };
    let (mut out, place) = (Vec::new(), Arc::<str>::from(place));
    for habit in habits {
        let origin = (Arc::clone(&place), habit.line as u32);
        for (garbled, percent) in &habit.garbled {
            let costs = costs(habit.dialects, *percent);
            let family = families.of(garbled, &habit.original);
            let both = inflects(garbled) && inflects(&habit.original);
            let (left, right) = (mark(garbled, both), mark(&habit.original, both));
            for (left, right) in inflected(&left, &right, grammar, count) {
                out.push(Pattern { left, right, known: Known::Habit, costs, family, origin: origin.clone() });
            }
        }
    }
    out
}

/// The patterns of what was seen in restored text, in every form that both sides have in common.
///
/// `utilizing` for `using` shows that `utilize` stands for `use`: the lemmas are those that have the two forms in the same
/// place of the paradigm.
pub fn seen_patterns(
    place: &str,
    seen: &[Seen],
    grammar: &Grammar,
    families: &mut Families,
    count: &impl Fn(&str) -> u32,
) -> Vec<Pattern> {
    let (mut out, place) = (Vec::new(), Arc::<str>::from(place));
    let share = share_cost(WEAK_SHARE);
    for line in seen {
        let origin = (Arc::clone(&place), line.line as u32);
        let costs: PerDialect<u8> = std::array::from_fn(|d| if d == line.dialect { share } else { ABSENT });
        for (original, _) in &line.originals {
            let mut push = |left: String, right: String, family| {
                out.push(Pattern { left, right, known: Known::Seen, costs, family, origin: origin.clone() });
            };
            let Some((left, right)) = lemmas(&line.garbled, original, grammar, count) else {
                let family = families.of(&line.garbled, original);
                push(line.garbled.clone(), original.clone(), family);
                continue;
            };
            let family = families.of(&left, &right);
            push(line.garbled.clone(), original.clone(), family);
            for (left, right) in inflected(&format!("~{left}"), &format!("~{right}"), grammar, count) {
                if left != line.garbled || right != *original {
                    push(left, right, family);
                }
            }
        }
    }
    out
}

/// The lemmas of two words that are the same form of them; of several the commonest.
fn lemmas(
    garbled: &str,
    original: &str,
    grammar: &Grammar,
    count: &impl Fn(&str) -> u32,
) -> Option<(String, String)> {
    let is_word = |w: &str| w.len() > 2 && w.bytes().all(|b| b.is_ascii_lowercase());
    if !is_word(garbled) || !is_word(original) {
        return None;
    }
    let lefts = grammar.irregular.analyses(garbled, count);
    let rights = grammar.irregular.analyses(original, count);
    let pairs = lefts.iter().flat_map(|l| rights.iter().filter(move |r| r.1 == l.1).map(move |r| (l, r)));
    // A form with an ending says more than a base form, which nearly every word could be.
    pairs
        .max_by_key(|(l, r)| (l.1 != Slot::Base, count(&l.0).min(count(&r.0)), l.0.as_str(), r.0.as_str()))
        .map(|(l, r)| (l.0.clone(), r.0.clone()))
}

/// Puts the members of each class (but `{number}`) in, the same on both sides.
fn with_classes(left: &str, right: &str, classes: &Classes) -> Vec<(String, String)> {
    let mut out = vec![(left.to_owned(), right.to_owned())];
    for (name, members) in classes {
        let slot = format!("{{{name}}}");
        if left.contains(&slot) {
            out = out
                .iter()
                .flat_map(|(l, r)| {
                    let slot = &slot;
                    // A class matches in any case, so its members go in without capitals of their own.
                    members.iter().map(move |m| (l.replace(slot, &m.to_lowercase()), r.replace(slot, m)))
                })
                .collect();
        }
    }
    out
}

/// The marked word of a side: (before, lemma, after).
fn marked(side: &str) -> Option<(&str, &str, &str)> {
    let at = side.find('~')?;
    let rest = &side[at + 1..];
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-')).unwrap_or(rest.len());
    Some((&side[..at], &rest[..end], &rest[end..]))
}

/// All pairs of forms of the words marked `~`.
fn inflected(
    left: &str,
    right: &str,
    grammar: &Grammar,
    count: &impl Fn(&str) -> u32,
) -> Vec<(String, String)> {
    let Some((before, lemma, after)) = marked(left) else {
        return vec![(left.to_owned(), right.replace('~', ""))];
    };
    let target = marked(right);
    let mut out: Vec<(String, String)> = Vec::new();
    for slot in SLOTS {
        let rights: Vec<String> = match target {
            None => vec![right.to_owned()],
            Some((b, l, a)) => {
                let forms = grammar.irregular.forms(l, slot, count);
                forms.iter().map(|f| format!("{b}{f}{a}")).collect()
            }
        };
        for form in grammar.irregular.forms(lemma, slot, count) {
            if slot != Slot::Base && form == lemma {
                continue;
            }
            for right in &rights {
                let pair = (format!("{before}{form}{after}"), right.clone());
                if pair.0 != pair.1 && !out.contains(&pair) {
                    out.push(pair);
                }
            }
        }
    }
    out
}

/// Reads a file of `dictionaries/`.
fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| Error::io(path, &e))
}

/// The files of a folder with an ending, sorted by name.
fn files(folder: &Path, ending: &str) -> Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|e| Error::io(folder, &e))?;
    let mut files: Vec<_> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == ending))
        .collect();
    files.sort();
    Ok(files)
}

/// All patterns of a `dictionaries/` folder, and what was seen of them.
pub fn patterns(
    folder: &Path,
    grammar: &Grammar,
    count: &impl Fn(&str) -> u32,
) -> Result<(Vec<Pattern>, Experience, source::Leanings)> {
    let mut out = Vec::new();
    let mut families = Families::default();
    for path in files(&folder.join("phrases"), "phrases")? {
        let place = path.display().to_string();
        let rules = source::phrases(&place, &read(&path)?, &grammar.classes)?;
        out.extend(rule_patterns(&place, &rules, grammar, false, &mut families, count));
    }
    for path in files(&folder.join("habits"), "habits")? {
        let place = path.display().to_string();
        let habits = source::habits(&place, &read(&path)?)?;
        out.extend(habit_patterns(&place, &habits, grammar, &mut families, count));
    }
    let mut lines = Vec::new();
    for path in files(&folder.join("seen"), "seen")? {
        let place = path.display().to_string();
        let seen = source::seen(&place, &read(&path)?)?;
        out.extend(seen_patterns(&place, &seen, grammar, &mut families, count));
        lines.extend(seen);
    }
    let mut leanings = source::Leanings::new();
    for path in files(&folder.join("seen"), "leans")? {
        leanings.extend(source::leanings(&path.display().to_string(), &read(&path)?)?);
    }
    Ok((out, Experience::new(&lines), leanings))
}

/// Builds the lexicon image from a model file and a `dictionaries/` folder.
///
/// # Errors
///
/// A broken model, or the first line of a table that cannot be used.
pub fn compile(place: &str, model: &[u8], folder: &Path) -> Result<Vec<u8>> {
    let model = Image::open(place, model)?;
    model.verify(place)?;
    let grammar = Grammar::embedded()?;
    let strings = String::from_utf8_lossy(model.section("words")).into_owned();
    let mut list: Vec<&str> = strings.lines().collect();
    let counts = model.section("counts");
    let parts = super::words::build(list.iter().copied());
    let words =
        super::Words::open(&parts.strings, &parts.offsets, &parts.table, model.section("flags"), counts)
            .ok_or_else(|| Error::image(place, "the words do not fit together; train the model again"))?;
    let count = |w: &str| u32::from(words.log_count(words.find(word_hash(w))));
    let (patterns, experience, leanings) = patterns(folder, &grammar, &count)?;
    let path = folder.join("weights.txt");
    let weights = read(&path)?;
    let numbers = Weights::parse(&path.display().to_string(), &weights)?;
    let mut extra = ExtraWords::new(words.len() as WordId);
    let tables = rules::build(&patterns, &experience, &numbers, |w| match words.find(word_hash(w)) {
        UNKNOWN => extra.insert(w),
        id => id,
    });
    list.extend(extra.words().iter().map(String::as_str));
    let parts = super::words::build(list.iter().copied());
    let with_added = |name: &str, value: u8| {
        let mut bytes = model.section(name).to_vec();
        bytes.resize(parts.offsets.len() / 4 - 1, value);
        bytes
    };
    let (flags, counts) = (with_added("flags", flag::ADDED), with_added("counts", 0));
    let mut sections = vec![
        ("strings", parts.strings),
        ("offsets", parts.offsets),
        ("table", parts.table),
        ("flags", flags),
        ("counts", counts),
    ];
    for name in ["uni", "bi", "tri", "books", "about"] {
        sections.push((name, model.section(name).to_vec()));
    }
    sections.push(("spell", super::spellings::build(&words)));
    sections.push(("letters", super::letters::build(&words)));
    let table = |file: &str| -> Result<(String, String)> {
        let path = folder.join(file);
        Ok((path.display().to_string(), read(&path)?))
    };
    let (place, confusions) = table("ocr.confusions")?;
    super::confusions::parse(&place, &confusions)?;
    let (place, weights_of_scans) = table("ocr.weights")?;
    OcrWeights::parse(&place, &weights_of_scans)?;
    let (place, trees) = table("model/ocr.trees")?;
    super::trees::Trees::parse(&place, &trees, &OcrWeights::SURE)?;
    let (place, old) = table("old.spellings")?;
    super::old::OldSpellings::parse(&place, &old)?;
    let (place, signs) = table("ocr.signs")?;
    super::signs::Signs::parse(&place, &signs)?;
    sections.push(("signs", signs.into_bytes()));
    sections.push(("old", old.into_bytes()));
    sections.push(("confuse", confusions.into_bytes()));
    sections.push(("ocr", weights_of_scans.into_bytes()));
    sections.push(("trees", trees.into_bytes()));
    let path = folder.join("model/pages.company");
    let company = std::fs::read(&path).map_err(|e| Error::io(&path, &e))?;
    sections.push(("company", super::company::section(&path.display().to_string(), &company)?));
    sections.push(("leans", leans(&patterns, &leanings, &words)));
    sections.extend(tables);
    sections.push(("weights", weights.into_bytes()));
    Ok(image::write(&sections))
}

/// Builds an image of a model alone, without any table: enough to measure the language model.
///
/// # Errors
///
/// A broken model.
pub fn model_only(place: &str, model: &[u8]) -> Result<Vec<u8>> {
    let model = Image::open(place, model)?;
    model.verify(place)?;
    let strings = String::from_utf8_lossy(model.section("words")).into_owned();
    let parts = super::words::build(strings.lines());
    let mut sections = vec![("strings", parts.strings), ("offsets", parts.offsets), ("table", parts.table)];
    for name in ["flags", "counts", "uni", "bi", "tri", "books", "about"] {
        sections.push((name, model.section(name).to_vec()));
    }
    sections.extend(rules::build(&[], &Experience::default(), &Weights::default(), |_| UNKNOWN));
    let weights = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/weights.txt"));
    sections.push(("weights", weights.into()));
    // A node without children, letters of which nothing is known, no confusions: nothing is read into a garbled word.
    sections.push(("spell", super::spellings::nothing()));
    sections.push(("letters", super::letters::empty()));
    sections.push(("company", super::company::build([])));
    let weights = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/ocr.weights"));
    sections.push(("ocr", weights.into()));
    Ok(image::write(&sections))
}

/// Share of the occurrences of a word that spinners swap, where any habit is known for it: about a third of the content
/// words of the development passages were.
const SWAPPED: f64 = 0.3;

/// Occurrences that the expected leaning of a word is worth against what restored text shows.
const SUPPOSED: f64 = 3.0;

/// How words lean, by id: ln of the expected frequency in spun text over that in clean text, in 1/16 nat.
///
/// A word loses [`SWAPPED`] of its occurrences if it is anybody's original, and gains from each original what the habit
/// says. So `mentioned`, which gains from the much commoner `said`, leans far; `said` leans the other way.
fn leans(patterns: &[Pattern], leanings: &source::Leanings, words: &super::Words<'_>) -> Vec<u8> {
    let count = |id: WordId| (f64::from(words.log_count(id)) / 8.0).exp2();
    let mut gain = vec![0f64; words.len()];
    let mut swapped = vec![false; words.len()];
    let find = |w: &str| words.find(word_hash(w));
    let single = |p: &&Pattern| p.known != Known::Seen && !p.left.contains(' ') && !p.right.contains(' ');
    for pattern in patterns.iter().filter(single) {
        let (left, right) = (find(&pattern.left), find(&pattern.right));
        if left == UNKNOWN || right == UNKNOWN || pattern.left.starts_with(char::is_uppercase) {
            continue;
        }
        let share = |cost: u8| if cost == ABSENT { 0.0 } else { (-f64::from(cost) / 16.0).exp() };
        let mean = pattern.costs.iter().map(|c| share(*c)).sum::<f64>() / DIALECTS.len() as f64;
        gain[left as usize] += SWAPPED * mean * count(right);
        swapped[right as usize] = true;
    }
    (0..words.len())
        .map(|id| {
            let keep = if swapped[id] { 1.0 - SWAPPED } else { 1.0 };
            let supposed = keep + gain[id] / count(id as WordId);
            let ratio = match leanings.get(words.word(id as WordId)) {
                Some([found, restored]) => {
                    (f64::from(*found) + SUPPOSED * supposed) / (f64::from(*restored) + SUPPOSED)
                }
                None => supposed,
            };
            (ratio.ln() * 16.0).round().clamp(-127.0, 64.0) as i8 as u8
        })
        .collect()
}
