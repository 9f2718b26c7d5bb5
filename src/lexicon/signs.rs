//! Signs in scanned text, by the table `dictionaries/ocr.signs`: what numbers end in, which marks touch no word, which belong
//! together, which words follow a hyphen that is meant to hang.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::text::word_hash;

/// The table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signs {
    endings: Vec<Box<str>>,
    odd: HashSet<char>,
    pairs: HashSet<(char, char)>,
    hanging: HashSet<u64>,
}

impl Signs {
    /// Reads `name: members` lines.
    ///
    /// # Errors
    ///
    /// The first line that is none, with its number.
    pub fn parse(place: &str, text: &str) -> Result<Self> {
        let mut signs = Self::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |message: String| Error::table(place, number + 1, message);
            let (name, members) =
                line.split_once(':').ok_or_else(|| wrong("signs are  name: members".into()))?;
            for member in members.split_whitespace() {
                match name {
                    "endings" => signs.endings.push(member.into()),
                    "hanging" => _ = signs.hanging.insert(word_hash(member)),
                    "odd" => {
                        let mut chars = member.chars();
                        let (Some(mark), None) = (chars.next(), chars.next()) else {
                            return Err(wrong(format!("{member:?} is more than one mark")));
                        };
                        signs.odd.insert(mark);
                    }
                    "pairs" => {
                        let mut chars = member.chars();
                        let (Some(first), Some(second), None) = (chars.next(), chars.next(), chars.next())
                        else {
                            return Err(wrong(format!("{member:?} is not two marks")));
                        };
                        signs.pairs.insert((first, second));
                    }
                    _ => return Err(wrong(format!("{name:?} is none of: endings, odd, pairs, hanging"))),
                }
            }
        }
        Ok(signs)
    }

    /// What numbers may end in, without any case.
    pub fn endings(&self) -> impl Iterator<Item = &str> {
        self.endings.iter().map(|e| &**e)
    }

    /// May a number end in this? In nothing, always.
    pub fn ends_number(&self, tail: &str) -> bool {
        tail.is_empty() || self.endings.iter().any(|e| e.eq_ignore_ascii_case(tail))
    }

    /// Is this a mark that prose does not put at a word?
    pub fn is_odd(&self, mark: char) -> bool {
        self.odd.contains(&mark)
    }

    /// Do these marks, the second right behind the first, belong together?
    pub fn is_pair(&self, first: char, second: char) -> bool {
        self.pairs.contains(&(first, second))
    }

    /// Does this word, by its hash, stand after hyphens that hang?
    pub fn hangs(&self, word: u64) -> bool {
        self.hanging.contains(&word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let signs =
            Signs::parse("t", "# ends\nendings: th kg\nodd: ^ |\npairs: -> ::\nhanging: and\n").unwrap();
        assert!(signs.ends_number("TH") && signs.ends_number("") && !signs.ends_number("ih"));
        assert!(signs.is_odd('^') && !signs.is_odd('.'));
        assert!(signs.is_pair('-', '>') && signs.is_pair(':', ':') && !signs.is_pair('>', '-'));
        assert!(signs.hangs(word_hash("and")) && !signs.hangs(word_hash("but")));
    }

    #[test]
    fn faults_have_their_line() {
        for (text, message) in [
            ("endings: th\nodd ^", "t:2: signs are  name: members"),
            ("odd: ^^", "t:1: \"^^\" is more than one mark"),
            ("pairs: ->>", "t:1: \"->>\" is not two marks"),
            ("even: 2", "t:1: \"even\" is none of"),
        ] {
            let error = Signs::parse("t", text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
