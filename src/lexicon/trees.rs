//! A sum of small decision trees: how sure a repair of scanned text is, from the evidence for it.
//!
//! `dictionaries/model/ocr.trees` holds them as text. The first line is the sum to begin with; every further line is a tree,
//! each inner node before what hangs below it: `name<threshold` goes on with the left part where the evidence of that name is
//! at most the threshold, else with the right part; `=value` adds the value.
//!
//! ```text
//! 0.25
//! posterior<1.5 =-0.31 cost<7.25 =0.4 =0.1
//! ```

use crate::error::{Error, Result};

/// A node: the evidence asked, the threshold, and where it goes on to the right; or a value.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Node {
    Ask { evidence: u16, most: f32, right: u32 },
    Give(f32),
}

/// The trees.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trees {
    begin: f32,
    roots: Vec<u32>,
    nodes: Vec<Node>,
}

impl Trees {
    /// Reads the lines of a table; `names` are those of the evidence, in their order.
    ///
    /// # Errors
    ///
    /// The first line that is no tree, with its number.
    pub fn parse(place: &str, text: &str, names: &[&str]) -> Result<Self> {
        let mut trees = Self::default();
        let mut first = true;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |message: String| Error::table(place, number + 1, message);
            if std::mem::take(&mut first) {
                trees.begin = line.parse().map_err(|_| wrong(format!("{line:?} is no number")))?;
                continue;
            }
            trees.roots.push(trees.nodes.len() as u32);
            let mut words = line.split(' ');
            trees.node(&mut words, names, 0).map_err(&wrong)?;
            if let Some(more) = words.next() {
                return Err(wrong(format!("{more:?} is too much: the tree is whole before it")));
            }
        }
        Ok(trees)
    }

    fn node<'t>(
        &mut self,
        words: &mut impl Iterator<Item = &'t str>,
        names: &[&str],
        depth: usize,
    ) -> std::result::Result<(), String> {
        let word = words.next().filter(|_| depth < 64).ok_or("the tree ends too early or is too deep")?;
        let number = |text: &str| text.parse::<f32>().map_err(|_| format!("{text:?} is no number"));
        if let Some(value) = word.strip_prefix('=') {
            self.nodes.push(Node::Give(number(value)?));
            return Ok(());
        }
        let (name, most) =
            word.split_once('<').ok_or_else(|| format!("{word:?} is neither a question nor a value"))?;
        let evidence =
            names.iter().position(|n| *n == name).ok_or_else(|| format!("no evidence is called {name:?}"))?;
        let at = self.nodes.len();
        self.nodes.push(Node::Ask { evidence: evidence as u16, most: number(most)?, right: 0 });
        self.node(words, names, depth + 1)?;
        let after = self.nodes.len() as u32;
        if let Node::Ask { right, .. } = &mut self.nodes[at] {
            *right = after;
        }
        self.node(words, names, depth + 1)
    }

    /// The sum that the trees give.
    pub fn sum(&self, evidence: &[f32]) -> f32 {
        let mut sum = self.begin;
        for root in &self.roots {
            let mut at = *root as usize;
            loop {
                match self.nodes[at] {
                    Node::Ask { evidence: e, most, .. } if evidence[usize::from(e)] <= most => at += 1,
                    Node::Ask { right, .. } => at = right as usize,
                    Node::Give(value) => {
                        sum += value;
                        break;
                    }
                }
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_asked_from_their_roots() {
        let trees = Trees::parse("t", "# two\n0.25\na<1.5 =-1 b<0 =2 =4\n=0.5\n", &["a", "b"]).unwrap();
        assert_eq!(trees.sum(&[1.5, 9.0]), -0.25);
        assert_eq!(trees.sum(&[2.0, 0.0]), 2.75);
        assert_eq!(trees.sum(&[2.0, 1.0]), 4.75);
    }

    #[test]
    fn faults_have_their_line() {
        for (tree, message) in [
            ("a<1 =2", "t:2: the tree ends too early"),
            ("c<1 =2 =3", "t:2: no evidence is called \"c\""),
            ("=1 =2", "t:2: \"=2\" is too much"),
            ("a", "t:2: \"a\" is neither"),
        ] {
            let error = Trees::parse("t", &format!("0\n{tree}"), &["a"]).unwrap_err();
            assert!(error.to_string().starts_with(message), "{error}");
        }
    }
}
