//! The case that letters of a scanned word are expected to have.

/// The case of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// None is a capital.
    Lower,
    /// The first is.
    Title,
    /// All are.
    Upper,
}

/// The cases that what stood there may have had.
pub fn cases(written: &[char]) -> impl Iterator<Item = Case> + use<> {
    let letters = written.iter().filter(|c| c.is_alphabetic()).count();
    let upper = written.iter().filter(|c| c.is_uppercase()).count();
    let first = written.iter().find(|c| c.is_alphanumeric()).is_some_and(|c| c.is_uppercase());
    let mixed = if first { Case::Title } else { Case::Lower };
    let shouts = upper > 1 && upper * 3 >= letters * 2;
    let all = upper == letters && upper > 1;
    [(shouts, Case::Upper), (!all, mixed)].into_iter().filter(|c| c.0).map(|c| c.1)
}

/// Is none of the letters a capital, the first, or are all?
pub fn plain_case(written: &[char]) -> bool {
    let rest = written.get(1..).unwrap_or_default();
    !rest.iter().any(|c| c.is_uppercase()) || !written.iter().any(|c| c.is_lowercase())
}

/// Does a letter stand in the case that is expected of it?
pub fn fits(case: Case, begins: bool, words: u8, c: char) -> bool {
    let upper = c.is_uppercase();
    match case {
        _ if !upper && !c.is_lowercase() => true,
        Case::Upper => upper,
        _ if begins && words > 0 => true,
        Case::Title if begins => upper,
        _ => !upper,
    }
}

/// A letter in the case that is expected of it.
pub fn in_case(case: Case, first: bool, c: char) -> char {
    match case {
        Case::Upper => c.to_ascii_uppercase(),
        Case::Title if first => c.to_ascii_uppercase(),
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// May this have stood here, by its case? A word's first letter may be either.
pub fn stood_fits(case: Case, begins: bool, stood: &str) -> bool {
    stood.chars().enumerate().all(|(i, c)| match case {
        Case::Upper => !c.is_lowercase(),
        _ => begins && i == 0 || !c.is_uppercase(),
    })
}
