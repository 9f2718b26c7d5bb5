//! The case of a word, and giving a replacement the case of what it replaces.

/// How a word is capitalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// `word`
    #[default]
    Lower,
    /// `Word`, and a single capital such as `I` or `A`
    Title,
    /// `WORD`, two letters or more
    Upper,
    /// `iPhone`, `McCoy`
    Mixed,
}

impl Shape {
    /// The shape of a word.
    ///
    /// ```
    /// use ungarble::text::Shape;
    /// assert_eq!(Shape::of("Leader"), Shape::Title);
    /// assert_eq!(Shape::of("eBay"), Shape::Mixed);
    /// ```
    pub fn of(word: &str) -> Self {
        let (mut upper, mut lower, mut first) = (0usize, 0usize, false);
        for (i, c) in word.chars().enumerate() {
            if c.is_uppercase() {
                upper += 1;
                first |= i == 0;
            } else if c.is_lowercase() {
                lower += 1;
            }
        }
        match (upper, lower, first) {
            (0, _, _) => Self::Lower,
            (1, _, true) => Self::Title,
            (_, 0, _) => Self::Upper,
            _ => Self::Mixed,
        }
    }
}

/// The word in a shape; a word that has capitals of its own keeps them.
///
/// ```
/// use ungarble::text::{Shape, apply_shape};
/// assert_eq!(apply_shape("leader", Shape::Title), "Leader");
/// assert_eq!(apply_shape("Associated", Shape::Lower), "Associated");
/// ```
pub fn apply_shape(word: &str, shape: Shape) -> String {
    match shape {
        Shape::Upper => word.to_uppercase(),
        Shape::Title => {
            let mut chars = word.chars();
            chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
        }
        Shape::Lower | Shape::Mixed => word.to_owned(),
    }
}
