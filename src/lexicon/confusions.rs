//! What scanners make of letters: the table `dictionaries/ocr.confusions`, and the way back from what was read.

use crate::error::{Error, Result};
use crate::text::ByHash;

/// The longest side of a confusion, in characters.
pub const LONGEST: usize = 3;

/// One line of the table, with a blank for `_` and nothing for `()`.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    /// What stood on the page.
    pub stood: Box<str>,
    /// What was read.
    pub read: Box<str>,
    /// How often, in 10,000 occurrences of what stood (of nothing: in 10,000 letters).
    pub weight: f32,
}

/// Reads `stood -> read weight` lines.
///
/// # Errors
///
/// The first line that is no confusion, with its number.
pub fn parse(place: &str, table: &str) -> Result<Vec<Confusion>> {
    let mut out = Vec::new();
    for (number, line) in table.lines().enumerate() {
        let line = line.split_once(" #").map_or(line, |(line, _)| line).trim();
        if !line.is_empty() && !line.starts_with("# ") && line != "#" {
            out.push(confusion(line).map_err(|message| Error::table(place, number + 1, message))?);
        }
    }
    Ok(out)
}

fn confusion(line: &str) -> std::result::Result<Confusion, String> {
    let (stood, rest) =
        line.split_once("->").ok_or("a confusion needs \"->\" between what stood there and what is read")?;
    let mut rest = rest.split_whitespace();
    let (read, weight) = (rest.next().ok_or("what is read is missing")?, rest.next());
    if let Some(more) = rest.next() {
        return Err(format!("{more:?} is too much: a confusion is  stood -> read weight"));
    }
    let weight = match weight.map(str::parse::<f32>) {
        None => 1.0,
        Some(Ok(weight)) if weight > 0.0 && weight.is_finite() => weight,
        Some(_) => return Err(format!("{:?} is no weight above 0", weight.unwrap_or_default())),
    };
    let side = |text: &str| -> Box<str> {
        match text {
            "()" => "".into(),
            _ => text.replace('_', " ").into(),
        }
    };
    let confusion = Confusion { stood: side(stood.trim()), read: side(read), weight };
    if stood.trim().is_empty() || confusion.stood == confusion.read {
        return Err("both sides say the same, or one says nothing (nothing is written ())".into());
    }
    if confusion.stood.chars().count().max(confusion.read.chars().count()) > LONGEST {
        return Err(format!("a side is longer than {LONGEST} characters"));
    }
    Ok(confusion)
}

/// One thing that may have stood where something else was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Misreading {
    /// What stood there.
    pub stood: Box<str>,
    /// −ln of how often it is read so, in nats.
    pub cost: f32,
    /// Its number in the table.
    pub number: u32,
}

/// The table from the reader's side: what may have stood there, by what was read.
#[derive(Debug, Clone, Default)]
pub struct Misreadings {
    by_read: ByHash<Vec<Misreading>>,
    table: Vec<Confusion>,
}

/// The key of at most [`LONGEST`] characters.
fn key(read: &[char]) -> u64 {
    read.iter().fold(1, |key, c| key << 21 | u64::from(u32::from(*c)))
}

impl Misreadings {
    /// The way back through a table. Of two lines with the same sides the commoner counts.
    pub fn new(table: Vec<Confusion>) -> Self {
        let mut by_read: ByHash<Vec<Misreading>> = ByHash::default();
        for (number, confusion) in table.iter().enumerate() {
            let read: Vec<char> = confusion.read.chars().collect();
            let cost = -(confusion.weight / 10_000.0).min(0.9).ln();
            let here = by_read.entry(key(&read)).or_default();
            here.push(Misreading { stood: confusion.stood.clone(), cost, number: number as u32 });
        }
        for list in by_read.values_mut() {
            list.sort_by(|a, b| a.stood.cmp(&b.stood).then(a.cost.total_cmp(&b.cost)));
            list.dedup_by(|b, a| a.stood == b.stood);
        }
        Self { by_read, table }
    }

    /// What may have stood where this was read, ordered by what stood.
    pub fn of(&self, read: &[char]) -> &[Misreading] {
        self.by_read.get(&key(read)).map_or(&[], Vec::as_slice)
    }

    /// The cost of one confusion, if the table has it.
    pub fn cost(&self, stood: &str, read: &[char]) -> Option<f32> {
        self.of(read).iter().find(|m| &*m.stood == stood).map(|m| m.cost)
    }

    /// The table.
    pub fn table(&self) -> &[Confusion] {
        &self.table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_and_faults_have_their_line() {
        let table = parse("t", "# all\n_ -> ()  4\n\nrn -> m # as in modern\n").unwrap();
        assert_eq!((&*table[0].stood, &*table[0].read, table[0].weight), (" ", "", 4.0));
        assert_eq!((&*table[1].stood, &*table[1].read, table[1].weight), ("rn", "m", 1.0));
        for (line, message) in [
            ("rn m", "t:2: a confusion needs"),
            ("rn ->", "t:2: what is read is missing"),
            ("rn -> m often", "t:2: \"often\" is no weight"),
            ("rn -> m 3 4", "t:2: \"4\" is too much"),
            ("rn -> rn", "t:2: both sides say the same"),
            ("rn -> mmmm", "t:2: a side is longer"),
        ] {
            let error = parse("t", &format!("\n{line}")).unwrap_err();
            assert!(error.to_string().starts_with(message), "{error}");
        }
    }

    #[test]
    fn the_way_back_knows_all_that_may_have_stood() {
        let table = parse("t", "rn -> m 100\nin -> m 10\nm -> rn 50\nl -> () 10").unwrap();
        let back = Misreadings::new(table);
        let stood: Vec<&str> = back.of(&['m']).iter().map(|m| &*m.stood).collect();
        assert_eq!(stood, ["in", "rn"]);
        assert_eq!(back.of(&[])[0].stood.as_ref(), "l");
        assert!((back.cost("rn", &['m']).unwrap() - 4.605).abs() < 0.01);
        assert!(back.of(&['q']).is_empty());
    }
}
