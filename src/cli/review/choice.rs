//! What a person says about a change.

use crate::clean::{Reading, Repair};
use crate::edit::Edit;
use crate::replay::{Decision, Recorded};

/// What was decided about a change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    pub decision: Decision,
    /// Other words than those that were proposed.
    pub words: Option<Words>,
    /// Did it put a line into a table?
    pub table: bool,
}

impl Choice {
    /// What was decided about a repair before, where `old` knows an edit.
    pub fn recalled<'r>(repair: &Repair, old: impl Fn(&Edit) -> Option<&'r Recorded>) -> Option<Self> {
        let decision = old(&repair.edits[0])?.decision?;
        let word = |edit| old(edit).map_or(edit, |old| &old.edit).replacement.to_string();
        let edits: Vec<String> = repair.edits.iter().map(word).collect();
        let other = repair.edits.iter().zip(&edits).any(|(edit, word)| *edit.replacement != **word);
        let words = (other && decision == Decision::Accept).then(|| Words::put(repair, edits));
        Some(Self { decision, words, table: false })
    }
}

/// Words for a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// As they read.
    pub text: String,
    /// What is put in the place of each edit.
    pub edits: Vec<String>,
}

impl Words {
    /// Another reading.
    pub fn read(reading: &Reading) -> Self {
        let edits = reading.words.iter().map(|words| words.to_string()).collect();
        Self { text: reading.text.to_string(), edits }
    }

    /// What was typed; nothing where the repair is written in parts, for nobody can say which of the words go where.
    pub fn typed(repair: &Repair, text: String) -> Option<Self> {
        let edits = vec![text.clone(); repair.edits.len()];
        repair.takes_words().then_some(Self { text, edits })
    }

    /// What was put in the place of each edit of a repair.
    fn put(repair: &Repair, edits: Vec<String>) -> Self {
        let reading = repair.others.iter().find(|other| other.words.iter().map(|w| &**w).eq(&edits));
        let text = match reading {
            Some(reading) => reading.text.to_string(),
            None if repair.takes_words() => edits[0].clone(),
            None => edits.join(" "),
        };
        Self { text, edits }
    }
}
