//! Character sets of one byte a character, as which UTF-8 is read by mistake: `dictionaries/charsets.txt`.

use std::sync::OnceLock;

use crate::error::{Error, Result};

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/charsets.txt"));

/// Sets there may be: one bit of a [`Masks`] each.
pub(super) const MOST: usize = 15;

/// Characters that stand in a set lie below this, but for [`FAR`].
const NEAR: usize = 0x2600;
const FAR: [char; 3] = ['\u{f8ff}', '\u{fb01}', '\u{fb02}'];

/// A set of one byte a character; the first 128 are ASCII.
#[derive(Debug)]
pub struct Charset {
    /// The name, as options spell it.
    pub name: Box<str>,
    /// The name, as people write it.
    pub spelled: Box<str>,
    /// How far it is from being believed, in nats.
    pub cost: f32,
    /// What bytes 0x80 to 0xFF are. Bytes that are not defined are the control characters of Latin 1, as in browsers.
    high: [char; 128],
}

impl Charset {
    /// The character of a byte.
    ///
    /// ```
    /// use ungarble::encoding::Charset;
    /// let mac = Charset::by_name("macintosh").unwrap();
    /// assert_eq!((mac.character(b'a'), mac.character(0x8e)), ('a', 'é'));
    /// ```
    pub fn character(&self, byte: u8) -> char {
        if byte < 0x80 { char::from(byte) } else { self.high[usize::from(byte - 0x80)] }
    }

    /// The built-in set of a name.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Charsets::get().sets.iter().find(|set| *set.name == *name)
    }

    /// All built-in sets.
    ///
    /// ```
    /// use ungarble::encoding::Charset;
    /// assert_eq!(&*Charset::all()[0].name, "windows-1252");
    /// ```
    pub fn all() -> &'static [Self] {
        &Charsets::get().sets
    }

    /// What a text becomes whose UTF-8 is read as this set.
    ///
    /// ```
    /// use ungarble::encoding::Charset;
    /// assert_eq!(Charset::by_name("cp437").unwrap().misread("Čeština"), "─îe┼ítina");
    /// ```
    pub fn misread(&self, text: &str) -> String {
        self.read(text.as_bytes())
    }

    /// Bytes of this set as text.
    pub fn read(&self, bytes: &[u8]) -> String {
        bytes.iter().map(|byte| self.character(*byte)).collect()
    }

    /// The byte of a character, if the set has it.
    pub fn byte(&self, c: char) -> Option<u8> {
        match u8::try_from(c) {
            Ok(byte) if byte < 0x80 => Some(byte),
            _ => self.high.iter().position(|own| *own == c).map(|at| at as u8 + 0x80),
        }
    }
}

/// In which sets a character is a first byte of a character in UTF-8, and in which a further one. Bits by set.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Masks {
    pub first: u16,
    pub further: u16,
}

/// All sets, and the way back from characters to bytes.
#[derive(Debug)]
pub(super) struct Charsets {
    pub sets: Vec<Charset>,
    /// The row of each character; row 0 is that of characters in no set.
    rows: Vec<u16>,
    far: [u16; FAR.len()],
    masks: Vec<Masks>,
    bytes: Vec<[u8; MOST]>,
}

impl Charsets {
    pub fn get() -> &'static Self {
        static SETS: OnceLock<Charsets> = OnceLock::new();
        SETS.get_or_init(|| match parse("dictionaries/charsets.txt", TABLE) {
            Ok(sets) => Self::new(sets),
            // A test reads the table; a program with a broken one would know no sets.
            Err(_) => Self::new(Vec::new()),
        })
    }

    fn new(sets: Vec<Charset>) -> Self {
        let mut all = Self {
            sets: Vec::new(),
            rows: vec![0; NEAR],
            far: [0; FAR.len()],
            masks: vec![Masks::default()],
            bytes: vec![[0; MOST]],
        };
        for (index, set) in sets.iter().enumerate() {
            for byte in 0x80..=0xff {
                all.add(set.character(byte), index, byte);
            }
            // Latin 1 and what browsers make of a Windows set are mixed in the wild: a control character is its own byte.
            for byte in 0x80..0xa0 {
                if all.byte(char::from(byte), index) == 0 && &*set.name == "windows-1252" {
                    all.add(char::from(byte), index, byte);
                }
            }
        }
        all.sets = sets;
        all
    }

    fn add(&mut self, c: char, set: usize, byte: u8) {
        let next = self.masks.len() as u16;
        let row = match FAR.iter().position(|far| *far == c) {
            Some(far) => &mut self.far[far],
            None => &mut self.rows[c as usize],
        };
        if *row == 0 {
            *row = next;
            self.masks.push(Masks::default());
            self.bytes.push([0; MOST]);
        }
        let row = usize::from(*row);
        self.bytes[row][set] = byte;
        match byte {
            0xc2..=0xf4 => self.masks[row].first |= 1 << set,
            0x80..=0xbf => self.masks[row].further |= 1 << set,
            _ => {}
        }
    }

    fn row(&self, c: char) -> usize {
        let row = match self.rows.get(c as usize) {
            Some(row) => *row,
            None => FAR.iter().position(|far| *far == c).map_or(0, |far| self.far[far]),
        };
        usize::from(row)
    }

    /// Is a character in some set, beyond ASCII?
    pub fn has(&self, c: char) -> bool {
        self.row(c) != 0
    }

    /// Where in UTF-8 a character may stand.
    #[inline]
    pub fn masks(&self, c: char) -> Masks {
        self.masks[self.row(c)]
    }

    /// The byte that a character is in a set; 0 for those that it has not, and for ASCII.
    #[inline]
    pub fn byte(&self, c: char, set: usize) -> u8 {
        self.bytes[self.row(c)][set]
    }
}

/// Reads the table.
///
/// # Errors
///
/// The first line that does not belong there, with its number.
fn parse(place: &str, table: &str) -> Result<Vec<Charset>> {
    let mut sets: Vec<Charset> = Vec::new();
    for (i, line) in table.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with("# "))
    {
        let wrong = |message: &str| Error::table(place, i + 1, message);
        if let Some(rest) = line.strip_prefix("charset ") {
            let mut words = rest.splitn(3, ' ');
            let (name, cost, spelled) = (words.next(), words.next(), words.next());
            let cost = cost.and_then(|cost| cost.parse().ok());
            let (Some(name), Some(cost), Some(spelled)) = (name, cost, spelled) else {
                return Err(wrong("a set is  charset NAME COST SPELLED"));
            };
            let high = std::array::from_fn(|byte| char::from(byte as u8 + 0x80));
            sets.push(Charset { name: name.into(), spelled: spelled.into(), cost, high });
            continue;
        }
        let row =
            line.split_once(' ').and_then(|(row, chars)| Some((u8::from_str_radix(row, 16).ok()?, chars)));
        let number = sets.len();
        let (Some((row, chars)), Some(set)) = (row.filter(|(row, _)| *row >= 0x80), sets.last_mut()) else {
            return Err(wrong("a line is  80 and 16 characters"));
        };
        if chars.chars().count() != 16 || number > MOST {
            return Err(wrong("a line has 16 characters, and there may be 15 sets"));
        }
        for (column, c) in chars.chars().enumerate() {
            let at = usize::from(row & 0x70) + column;
            set.high[at] = match c {
                '~' => '\u{a0}',
                '-' => '\u{ad}',
                '?' => char::from(at as u8 + 0x80),
                c => c,
            };
        }
    }
    Ok(sets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let sets = parse("charsets.txt", TABLE).unwrap();
        assert!(sets.len() >= 10 && sets.iter().all(|set| set.cost > 0.0));
        for set in &sets {
            let mut seen = set.high.to_vec();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), 128, "{}: a character stands twice", set.name);
            assert!(seen.iter().all(|c| (*c as usize) < NEAR || FAR.contains(c)), "{}", set.name);
        }
        assert!(parse("t", "80 abc").unwrap_err().to_string().starts_with("t:1: "));
    }

    #[test]
    fn there_and_back() {
        let all = Charsets::get();
        for (index, set) in all.sets.iter().enumerate() {
            for byte in 0x80..=0xff {
                assert_eq!(all.byte(set.character(byte), index), byte, "{} {byte:x}", set.name);
            }
        }
        assert_eq!(all.byte('\u{94}', 0), 0x94);
        assert_eq!(all.masks('Ã').first & 1, 1);
        assert_eq!(all.masks('x').further, 0);
    }
}
