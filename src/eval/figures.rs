//! The figures of a score, by name and in order, as text and as JSON with the digits that Python writes.

use std::fmt::{self, Write as _};

/// One figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// A count.
    Count(usize),
    /// A share or a rate.
    Rate(f64),
}

/// Named figures, in the order in which they are printed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures(pub(super) Vec<(&'static str, Figure)>);

impl Figures {
    /// The figures with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Figure)> + '_ {
        self.0.iter().copied()
    }

    /// A figure as a number.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.iter().find(|(n, _)| *n == name).map(|(_, figure)| match figure {
            Figure::Count(n) => n as f64,
            Figure::Rate(x) => x,
        })
    }

    pub(super) fn count(&mut self, name: &'static str, n: usize) {
        self.0.push((name, Figure::Count(n)));
    }

    pub(super) fn rate(&mut self, name: &'static str, x: f64) {
        self.0.push((name, Figure::Rate(x)));
    }

    fn json(&self) -> String {
        let parts: Vec<String> = self
            .iter()
            .map(|(name, figure)| match figure {
                Figure::Count(n) => format!("\"{name}\": {n}"),
                Figure::Rate(x) => format!("\"{name}\": {}", python_float(x)),
            })
            .collect();
        format!("{{{}}}", parts.join(", "))
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, figure)) in self.iter().enumerate() {
            let space = if i > 0 { " " } else { "" };
            match figure {
                Figure::Count(n) => write!(f, "{space}{name}={n}")?,
                Figure::Rate(x) => write!(f, "{space}{name}={x:.4}")?,
            }
        }
        Ok(())
    }
}

/// All groups as one JSON object, written as Python's `json.dumps` writes it.
pub fn json<'g>(groups: impl IntoIterator<Item = (&'g str, &'g Figures)>) -> String {
    let parts: Vec<String> =
        groups.into_iter().map(|(name, figures)| format!("{}: {}", ascii(name), figures.json())).collect();
    format!("{{{}}}", parts.join(", "))
}

/// A JSON string in ASCII.
fn ascii(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                let _ = write!(out, "\\u{unit:04x}");
            }),
        }
    }
    out.push('"');
    out
}

/// A float as Python's `repr` writes it: the shortest digits that read back, an exponent below 1e-4 and from 1e16.
pub(super) fn python_float(x: f64) -> String {
    let magnitude = x.abs();
    if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) {
        let short = format!("{x:e}");
        let (digits, exponent) = short.split_once('e').unwrap_or((&short, "0"));
        let (sign, size) = exponent.strip_prefix('-').map_or(("+", exponent), |size| ("-", size));
        return format!("{digits}e{sign}{size:0>2}");
    }
    format!("{x:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_as_python_writes_them() {
        let cases = [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e-4, "0.0001"),
            (0.000012345, "1.2345e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (-2.5, "-2.5"),
        ];
        for (x, text) in cases {
            assert_eq!(python_float(x), text);
        }
    }

    #[test]
    fn names_in_ascii() {
        assert_eq!(ascii("é\"😀\n"), "\"\\u00e9\\\"\\ud83d\\ude00\\n\"");
    }
}
