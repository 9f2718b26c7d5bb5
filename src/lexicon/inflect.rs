//! English inflection: the forms of a lemma, from `dictionaries/forms/` where irregular, by rule where the lexicon
//! attests the result.

use std::collections::HashMap;

use crate::error::{Error, Result};

/// A place in the paradigm. Words are not told apart by part of speech: `s` is the plural and the third person, and a
/// form that nobody uses (`hoteled`) is simply not attested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// say, hotel, large
    Base,
    /// says, hotels
    S,
    /// saying
    Ing,
    /// said
    Past,
    /// taken
    Participle,
    /// larger
    Er,
    /// largest
    Est,
}

/// All slots.
pub const SLOTS: [Slot; 7] =
    [Slot::Base, Slot::S, Slot::Ing, Slot::Past, Slot::Participle, Slot::Er, Slot::Est];

/// The irregular forms.
#[derive(Debug, Default)]
pub struct Irregular {
    forms: HashMap<String, Vec<(Slot, Vec<String>)>>,
    /// The other way: the lemmas of each irregular form.
    lemmas: HashMap<String, Vec<String>>,
}

impl Irregular {
    /// Reads the three tables (text and name of each): verbs `base past participle [ing] [s]`, nouns `base plural`,
    /// adjectives `base er est`. `/` separates alternatives, `-` says that there is no such form.
    pub fn parse(verbs: (&str, &str), nouns: (&str, &str), adjectives: (&str, &str)) -> Result<Self> {
        let mut irregular = Self::default();
        let columns: [(_, &[Slot]); 3] = [
            (verbs, &[Slot::Past, Slot::Participle, Slot::Ing, Slot::S]),
            (nouns, &[Slot::S]),
            (adjectives, &[Slot::Er, Slot::Est]),
        ];
        for ((place, text), slots) in columns {
            for (number, line) in text.lines().enumerate() {
                let line = line.split('#').next().unwrap_or("").trim();
                if line.is_empty() {
                    continue;
                }
                let mut fields = line.split_whitespace();
                let base = fields.next().unwrap_or("");
                let rest: Vec<&str> = fields.collect();
                if rest.is_empty() || rest.len() > slots.len() {
                    let message =
                        format!("{base:?} needs 1 to {} forms after it, has {}", slots.len(), rest.len());
                    return Err(Error::table(place, number + 1, message));
                }
                let entry = irregular.forms.entry(base.to_owned()).or_default();
                for (slot, forms) in slots.iter().zip(rest) {
                    let forms: Vec<String> =
                        forms.split('/').filter(|f| *f != "-").map(str::to_owned).collect();
                    for form in &forms {
                        irregular.lemmas.entry(form.clone()).or_default().push(base.to_owned());
                    }
                    entry.push((*slot, forms));
                }
            }
        }
        Ok(irregular)
    }

    /// The forms of `lemma` in `slot`, the likeliest first; `count` says how often a form occurs (0: not attested).
    ///
    /// A phrase inflects its first word (`cope with`: coped with).
    pub fn forms(&self, lemma: &str, slot: Slot, count: impl Fn(&str) -> u32) -> Vec<String> {
        if slot == Slot::Base {
            return vec![lemma.to_owned()];
        }
        if let Some(entry) = self.forms.get(lemma) {
            let listed: Vec<String> =
                entry.iter().filter(|(s, _)| *s == slot).flat_map(|(_, f)| f.iter().cloned()).collect();
            if entry.iter().any(|(s, _)| *s == slot) {
                return listed;
            }
        }
        regular(lemma, slot)
            .into_iter()
            .map(|form| (count(&form), form))
            .filter(|(n, _)| *n > 0)
            .max_by_key(|(n, _)| *n)
            .map_or_else(Vec::new, |(_, form)| vec![form])
    }
}

/// What may have to be put back where an ending was cut off.
const ENDINGS: [(&str, &[&str]); 7] = [
    ("ies", &["y"]),
    ("es", &["", "e"]),
    ("s", &[""]),
    ("ing", &["", "e", "ie"]),
    ("ed", &["", "e"]),
    ("er", &["", "e"]),
    ("est", &["", "e"]),
];

impl Irregular {
    /// The lemmas that a form may belong to, with its place in their paradigm.
    pub fn analyses(&self, form: &str, count: impl Fn(&str) -> u32) -> Vec<(String, Slot)> {
        let mut lemmas: Vec<String> = vec![form.to_owned()];
        lemmas.extend(self.lemmas.get(form).into_iter().flatten().cloned());
        for (ending, back) in ENDINGS {
            let Some(stem) = form.strip_suffix(ending) else { continue };
            lemmas.extend(back.iter().map(|b| format!("{stem}{b}")));
            if let Some(stem) = stem.strip_suffix('i') {
                lemmas.push(format!("{stem}y"));
            }
            let mut letters = stem.chars().rev();
            if let (Some(a), Some(b)) = (letters.next(), letters.next())
                && a == b
            {
                lemmas.push(stem[..stem.len() - a.len_utf8()].to_owned());
            }
        }
        lemmas.retain(|lemma| lemma.len() > 1 && count(lemma) > 0);
        lemmas.sort();
        lemmas.dedup();
        let mut out = Vec::new();
        for lemma in lemmas {
            for slot in SLOTS {
                if self.forms(&lemma, slot, &count).iter().any(|f| f == form) {
                    out.push((lemma.clone(), slot));
                }
            }
        }
        out
    }
}

fn is_vowel(c: u8) -> bool {
    matches!(c, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// What the rules of spelling allow; the lexicon decides between them.
fn regular(lemma: &str, slot: Slot) -> Vec<String> {
    let bytes = lemma.as_bytes();
    let Some(&last) = bytes.last() else { return Vec::new() };
    let before = bytes.len().checked_sub(2).map_or(b'x', |i| bytes[i]);
    let suffix = match slot {
        Slot::Base => "",
        Slot::S => "s",
        Slot::Ing => "ing",
        Slot::Past | Slot::Participle => "ed",
        Slot::Er => "er",
        Slot::Est => "est",
    };
    let stem = |cut: usize| &lemma[..lemma.len() - cut];
    if !lemma.is_ascii() {
        return vec![format!("{lemma}{suffix}")];
    }
    if slot == Slot::S {
        if last == b'y' && !is_vowel(before) {
            return vec![format!("{}ies", stem(1))];
        }
        let hisses = matches!(last, b's' | b'x' | b'z') || lemma.ends_with("ch") || lemma.ends_with("sh");
        if hisses {
            return vec![format!("{lemma}es")];
        }
        return if last == b'o' {
            vec![format!("{lemma}es"), format!("{lemma}s")]
        } else {
            vec![format!("{lemma}s")]
        };
    }
    let mut out = Vec::new();
    match last {
        b'e' if slot == Slot::Ing => {
            out.push(format!("{}ing", stem(1)));
            out.push(format!("{lemma}ing"));
            if lemma.ends_with("ie") {
                out.push(format!("{}ying", stem(2)));
            }
        }
        b'e' => out.push(format!("{}{suffix}", stem(1))),
        b'y' if !is_vowel(before) && slot != Slot::Ing => out.push(format!("{}i{suffix}", stem(1))),
        _ => {
            out.push(format!("{lemma}{suffix}"));
            if !is_vowel(last) && is_vowel(before) && !matches!(last, b'w' | b'x' | b'y') {
                out.push(format!("{lemma}{}{suffix}", char::from(last)));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_and_irregular() {
        let irregular = Irregular::parse(
            ("v", "take took taken\nfly flew flown"),
            ("n", "man men\nnews -"),
            ("a", "good better best"),
        )
        .unwrap();
        let attested =
            ["stopped", "stopping", "cities", "bigger", "said", "boxes", "making", "dying", "tried"];
        let count = |w: &str| u32::from(attested.contains(&w));
        for (lemma, slot, expect) in [
            ("take", Slot::Past, "took"),
            ("take", Slot::Participle, "taken"),
            ("man", Slot::S, "men"),
            ("good", Slot::Est, "best"),
            ("stop", Slot::Past, "stopped"),
            ("stop", Slot::Ing, "stopping"),
            ("city", Slot::S, "cities"),
            ("box", Slot::S, "boxes"),
            ("make", Slot::Ing, "making"),
            ("die", Slot::Ing, "dying"),
            ("try", Slot::Past, "tried"),
            ("big", Slot::Er, "bigger"),
        ] {
            assert_eq!(irregular.forms(lemma, slot, count), [expect], "{lemma}");
        }
        let analyses = irregular.analyses("stopping", |w| u32::from(w == "stop" || count(w) > 0));
        assert!(analyses.contains(&("stop".to_owned(), Slot::Ing)), "{analyses:?}");
        let analyses = irregular.analyses("took", |w| u32::from(w == "take"));
        assert_eq!(analyses, [("take".to_owned(), Slot::Past)]);
        assert!(irregular.forms("news", Slot::S, count).is_empty());
        assert!(irregular.forms("hotel", Slot::Past, count).is_empty());
        assert!(Irregular::parse(("v", "x"), ("n", ""), ("a", "")).unwrap_err().is_table());
    }
}
