//! How usual a text is: its characters, and which kinds follow each other. `dictionaries/characters.txt`, counted in clean
//! text of a hundred languages, says it in costs; mojibake is what becomes much more usual when it is undone.

use std::sync::OnceLock;

use crate::error::{Error, Result};

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/characters.txt"));

/// Costs are −ln p in so many parts of a nat.
pub(super) const NAT: i32 = 8;

/// The kind of a character: letters of a script, marks of a sort. An index into the table.
pub(super) type Class = u8;

/// Classes that the table must have, in this order; they hold ASCII, and what is no character.
const FIRST: [&str; 6] = ["space", "lower", "upper", "digit", "mark", "none"];

/// White space of ASCII; what stands before a text and after it.
pub(super) const SPACE: Class = 0;
/// Small letters of ASCII.
pub(super) const LOWER: Class = 1;
/// Capitals of ASCII.
pub(super) const UPPER: Class = 2;
const DIGIT: Class = 3;
const MARK: Class = 4;
/// What is no character; classes beyond it are of characters beyond ASCII.
const NONE: Class = 5;

/// The table, spread out.
#[derive(Debug)]
pub(super) struct Usual {
    /// Class and cost of each character of the first plane.
    near: Vec<(Class, u8)>,
    emoji: Class,
    emoji_cost: u8,
    /// Cost of a class after another.
    after: Vec<u8>,
    classes: usize,
    names: Vec<Box<str>>,
    /// For each class that is a capital: the row of a capital after a capital; else 0.
    caps: Vec<Class>,
}

/// Rows besides those of the classes: what follows capitals of a script, in the order of [`CAPITALS`].
const CAPS: [&str; 3] = ["caps-latin", "caps-greek", "caps-cyrillic"];
/// Classes of capitals, and their rows in [`CAPS`].
const CAPITALS: [(&str, usize); 4] =
    [("upper", 0), ("latin-upper", 0), ("greek-upper", 1), ("cyrillic-upper", 2)];

impl Usual {
    pub fn get() -> &'static Self {
        static USUAL: OnceLock<Usual> = OnceLock::new();
        // A test reads the table; with a broken one all is as usual, and nothing would be repaired.
        USUAL.get_or_init(|| parse("dictionaries/characters.txt", TABLE).unwrap_or_else(|_| Usual::flat()))
    }

    fn flat() -> Self {
        let near = vec![(SPACE, 0); 1 << 16];
        let caps = vec![0; 1 + CAPS.len()];
        Self { near, emoji: SPACE, emoji_cost: 0, after: vec![0; 4], classes: 1, names: Vec::new(), caps }
    }

    /// Kind of a character, and what it costs among its kind.
    #[inline]
    pub fn of(&self, c: char) -> (Class, i32) {
        match self.near.get(c as usize) {
            Some((class, cost)) => (*class, i32::from(*cost)),
            None if ('\u{1f000}'..='\u{1faff}').contains(&c) => (self.emoji, i32::from(self.emoji_cost)),
            None if ('\u{20000}'..='\u{3fffd}').contains(&c) => (self.of('\u{3400}').0, 255),
            None => (NONE, 255),
        }
    }

    /// Kind of a character.
    pub fn class(&self, c: char) -> Class {
        self.of(c).0
    }

    /// What it costs that one kind follows another.
    #[inline]
    pub fn follows(&self, before: Class, class: Class) -> i32 {
        i32::from(self.after[usize::from(before) * self.classes + usize::from(class)])
    }

    /// What stands before the next character, after a class that follows another.
    #[inline]
    pub fn then(&self, before: Class, class: Class) -> Class {
        let caps = self.caps[usize::from(class)];
        if caps != 0 && self.caps[usize::from(before)] != 0 { caps } else { class }
    }

    /// What a character costs after a class as what was meant, and the class that stands there then; a control character
    /// above ASCII costs `control` behind a character beyond it. Nobody means one, but where text was misread more than once
    /// the layers below are full of them: bytes of a character after its first.
    #[inline]
    pub fn means(&self, last: Class, c: char, control: i32) -> (i32, Class) {
        if last > NONE && ('\u{80}'..='\u{9f}').contains(&c) {
            return (control, last);
        }
        let (class, own) = self.of(c);
        (self.follows(last, class) + own, self.then(last, class))
    }

    /// What a text costs between two classes, as what was meant.
    pub fn cost(&self, left: Class, text: impl Iterator<Item = char>, right: Class, control: i32) -> i32 {
        let (mut last, mut sum) = (left, 0);
        for c in text {
            let (cost, class) = self.means(last, c, control);
            sum += cost;
            last = class;
        }
        sum + self.follows(last, right)
    }

    /// Is it of a class whose name begins so?
    #[cfg(test)]
    fn is(&self, class: Class, name: &str) -> bool {
        self.names.get(usize::from(class)).is_some_and(|own| own.starts_with(name))
    }
}

/// Reads the table.
///
/// # Errors
///
/// The first line that does not belong there, with its number.
fn parse(place: &str, table: &str) -> Result<Usual> {
    let mut usual = Usual { near: vec![(NONE, 255); 1 << 16], ..Usual::flat() };
    let mut after: Vec<(usize, Vec<u8>)> = Vec::new();
    for (i, line) in table.lines().enumerate().filter(|(_, line)| !line.starts_with("# ")) {
        let wrong = |message: &str| Error::table(place, i + 1, message);
        let (what, rest) = line.split_once(' ').ok_or_else(|| wrong("class, char or after"))?;
        let (name, rest) = rest.split_once(' ').ok_or_else(|| wrong("a name or a cost, and more"))?;
        match what {
            "class" => {
                let mut words = rest.split(' ');
                let cost: u8 = words.next().and_then(|w| w.parse().ok()).ok_or_else(|| wrong("no cost"))?;
                let class = usual.names.len() as Class;
                usual.names.push(name.into());
                for span in words {
                    let (low, high) = span.split_once('-').unwrap_or((span, span));
                    let code = |hex| usize::from_str_radix(hex, 16).map_err(|_| wrong("no code point"));
                    let (low, high) = (code(low)?, code(high)?);
                    if low > 0xffff {
                        (usual.emoji, usual.emoji_cost) = (class, cost);
                    } else {
                        usual.near[low..=high.min(0xffff)].fill((class, cost));
                    }
                }
            }
            "char" => {
                let cost: u8 = name.parse().map_err(|_| wrong("no cost"))?;
                for c in rest.chars().filter(|c| (*c as usize) < 1 << 16) {
                    usual.near[c as usize].1 = cost;
                }
            }
            "after" => {
                let caps = || CAPS.iter().position(|caps| *caps == name).map(|row| usual.names.len() + row);
                let class = usual.names.iter().position(|own| **own == *name).or_else(caps);
                let costs: Option<Vec<u8>> = rest.split(' ').map(|cost| cost.parse().ok()).collect();
                let known = class.zip(costs).filter(|(_, costs)| costs.len() == usual.names.len());
                after.push(known.ok_or_else(|| wrong("a class, and a cost for each class"))?);
            }
            _ => return Err(wrong("class, char or after")),
        }
    }
    usual.classes = usual.names.len();
    usual.caps = vec![0; usual.classes + CAPS.len()];
    for (name, row) in CAPITALS {
        let row = (usual.classes + row) as Class;
        let class = usual.names.iter().position(|own| **own == *name).unwrap_or(0);
        usual.caps[class] = row;
        usual.caps[usize::from(row)] = row;
    }
    after.sort();
    usual.after = after.iter().flat_map(|(_, costs)| costs.iter().copied()).collect();
    if usual.names.len() < FIRST.len()
        || usual.names.iter().zip(FIRST).any(|(own, first)| **own != *first)
        || usual.after.len() != usual.caps.len() * usual.classes
    {
        return Err(Error::table(
            place,
            1,
            "the first classes are space, lower, upper, digit, mark, none; all have costs",
        ));
    }
    for byte in 0..0x80u8 {
        let class = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b' ' | b'\t' | b'\n' | 0xb..=b'\r' => SPACE,
            0..=0x1f | 0x7f => NONE,
            _ => MARK,
        };
        // ASCII is the same in all sets: which letter of it stands there says nothing.
        usual.near[usize::from(byte)] = (class, 0);
    }
    Ok(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let usual = parse("characters.txt", TABLE).unwrap();
        assert!(usual.is(usual.class('é'), "latin-lower") && usual.is(usual.class('Ж'), "cyrillic"));
        assert_eq!(usual.class('\u{e000}'), NONE);
        assert!(usual.of('é').1 < usual.of('ɮ').1);
        assert!(usual.follows(LOWER, usual.class('é')) < usual.follows(LOWER, usual.class('Ã')));
        assert!(parse("t", "class a").unwrap_err().to_string().starts_with("t:1: "));
    }
}
