//! What answers do: the changes in their order, what was decided about each, and the way back. No terminal is needed for it.

use std::collections::HashMap;

use super::Order;
use super::choice::{Choice, Words};
use super::journal::Journal;
use super::tables::Tables;
use crate::clean::Repair;
use crate::cli::documents::Whence;
use crate::document::Format;
use crate::edit::Edit;
use crate::error::Result;
use crate::replay::{Decision, Origin, Record, Recorded};

/// A document under review.
pub struct Text {
    pub whence: Whence,
    pub source: Vec<u8>,
    /// The text as a person reads it, where the file is not all text.
    pub shown: Option<Vec<u8>>,
    pub origin: Origin,
    pub format: Format,
}

impl Text {
    /// What changes are shown in.
    pub fn readable(&self) -> &[u8] {
        self.shown.as_deref().unwrap_or(&self.source)
    }
}

/// A change to decide about.
pub struct Item {
    /// Its text, by number.
    pub text: usize,
    /// The change, and the edits of the document that make it.
    pub repair: Repair,
}

pub struct Session {
    texts: Vec<Text>,
    items: Vec<Item>,
    choices: Vec<Choice>,
    at: usize,
    past: Vec<Vec<(usize, Choice)>>,
    undone: Vec<usize>,
}

impl Session {
    /// Begins with nothing decided. `items` are in order of place; changes that are as sure keep it.
    pub fn new(texts: Vec<Text>, mut items: Vec<Item>, order: Order) -> Self {
        match order {
            Order::Place => {}
            Order::Sure => {
                items.sort_by(|a, b| b.repair.shown.confidence.total_cmp(&a.repair.shown.confidence))
            }
            Order::Unsure => {
                items.sort_by(|a, b| a.repair.shown.confidence.total_cmp(&b.repair.shown.confidence))
            }
        }
        let choices = vec![Choice::default(); items.len()];
        Self { texts, items, choices, at: 0, past: Vec::new(), undone: Vec::new() }
    }

    /// Takes up what was decided before, about the same sources.
    pub fn recall(&mut self, records: &[Record]) {
        let mut old: HashMap<(&str, &Origin, usize, usize), &Recorded> = HashMap::new();
        for record in records {
            let Some(origin) = &record.origin else { continue };
            for recorded in &record.edits {
                let range = &recorded.edit.range;
                old.insert((&record.file, origin, range.start, range.end), recorded);
            }
        }
        for (item, choice) in self.items.iter().zip(&mut self.choices) {
            let text = &self.texts[item.text];
            let found = |edit: &Edit| {
                old.get(&(&*text.whence.name, &text.origin, edit.range.start, edit.range.end)).copied()
            };
            if let Some(recalled) = Choice::recalled(&item.repair, found) {
                *choice = recalled;
            }
        }
    }

    /// Decides what the tables decide, where nobody has.
    pub fn follow(&mut self, tables: &Tables, journal: &mut Journal) -> Result<()> {
        let mut decided = Vec::new();
        for i in 0..self.items.len() {
            let (garbled, replacement) = self.pair_of(i);
            if let Some(decision) = tables.decide(&garbled, &replacement)
                && self.choices[i].decision == Decision::Undecided
            {
                self.choices[i].decision = decision;
                decided.push(i);
            }
        }
        journal.write(self, &decided)
    }

    pub fn texts(&self) -> &[Text] {
        &self.texts
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The change at hand, its text, and what was decided about it.
    pub fn current(&self) -> (&Item, &Text, &Choice) {
        let item = &self.items[self.at];
        (item, &self.texts[item.text], &self.choices[self.at])
    }

    /// Where the change at hand is in the order, from 1, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.at + 1, self.items.len())
    }

    /// What stands there and what it would become, without capitals.
    pub fn pair(&self) -> (String, String) {
        self.pair_of(self.at)
    }

    fn pair_of(&self, i: usize) -> (String, String) {
        let item = &self.items[i];
        let old = &self.texts[item.text].readable()[item.repair.shown.range.clone()];
        let old = String::from_utf8_lossy(old).to_lowercase();
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        (words(&old), words(&item.repair.shown.replacement.to_lowercase()))
    }

    fn is_open(&self, i: usize) -> bool {
        self.choices[i].decision == Decision::Undecided
    }

    /// The open changes of the same words, the one at hand included if it is open.
    pub fn alike(&self) -> Vec<usize> {
        let pair = self.pair();
        (0..self.items.len()).filter(|i| self.is_open(*i) && self.pair_of(*i) == pair).collect()
    }

    /// The open changes of the channel of the one at hand; doubts only where that is one.
    pub fn of_channel(&self) -> Vec<usize> {
        let here = &self.items[self.at];
        let same = |i: &usize| {
            let item = &self.items[*i];
            item.repair.shown.channel == here.repair.shown.channel
                && (here.repair.doubt || !item.repair.doubt)
        };
        (0..self.items.len()).filter(|i| self.is_open(*i)).filter(same).collect()
    }

    /// Decides about the change at hand, and gives what was decided.
    pub fn decide(&mut self, decision: Decision, words: Option<Words>) -> Vec<usize> {
        let proposed = &self.items[self.at].repair.shown.replacement;
        let words = words.filter(|words| *words.text != **proposed);
        self.choose(vec![self.at], Choice { decision, words, table: false })
    }

    /// Decides about the change at hand and all open ones of the same words; `table` says that a table got a line for it.
    pub fn decide_alike(&mut self, decision: Decision, table: bool) -> Vec<usize> {
        let mut all = self.alike();
        if !all.contains(&self.at) {
            all.push(self.at);
        }
        self.choose(all, Choice { decision, words: None, table })
    }

    /// Decides about all open changes of the channel.
    pub fn decide_channel(&mut self, decision: Decision) -> Vec<usize> {
        let all = self.of_channel();
        self.choose(all, Choice { decision, words: None, table: false })
    }

    fn choose(&mut self, all: Vec<usize>, choice: Choice) -> Vec<usize> {
        if all.is_empty() {
            return all;
        }
        self.past.push(all.iter().map(|i| (*i, self.choices[*i].clone())).collect());
        for i in &all {
            self.choices[*i] = choice.clone();
        }
        all
    }

    /// Takes the last answer of this session back, goes there, and gives what is as it was.
    pub fn undo(&mut self) -> Vec<usize> {
        let Some(last) = self.past.pop() else { return Vec::new() };
        self.undone = last.iter().filter(|(i, _)| self.choices[*i].table).map(|(i, _)| *i).collect();
        let all: Vec<usize> = last.iter().map(|(i, _)| *i).collect();
        for (i, choice) in last {
            self.choices[i] = choice;
        }
        self.at = all[0];
        all
    }

    /// Was what was taken back of this change in a table?
    pub fn took_table(&self, i: usize) -> bool {
        self.undone.contains(&i)
    }

    /// One on, or one back.
    pub fn step(&mut self, on: bool) {
        self.at = if on { (self.at + 1).min(self.items.len() - 1) } else { self.at.saturating_sub(1) };
    }

    /// On to the next open change, behind the last one to the first; where all are decided it stays.
    pub fn go_to_open(&mut self) {
        let open = |i: &usize| self.is_open(*i);
        let behind = (self.at..self.items.len()).find(open);
        self.at = behind.or_else(|| (0..self.at).find(open)).unwrap_or(self.at);
    }

    /// How many were decided so.
    pub fn count(&self, decision: Decision) -> usize {
        self.choices.iter().filter(|choice| choice.decision == decision).count()
    }

    /// How many changes of a text were accepted.
    pub fn accepted(&self, text: &Text) -> usize {
        let of_text = |item: &Item| std::ptr::eq(&self.texts[item.text], text);
        let all = self.items.iter().zip(&self.choices);
        all.filter(|(item, choice)| of_text(item) && choice.decision == Decision::Accept).count()
    }

    /// `12 of 36 decided (10 accepted, 2 rejected)`.
    pub fn progress(&self) -> String {
        let (accepted, rejected) = (self.count(Decision::Accept), self.count(Decision::Reject));
        let decided = accepted + rejected;
        format!("{decided} of {} decided ({accepted} accepted, {rejected} rejected)", self.items.len())
    }

    /// All that is known of a text, as a record.
    pub fn record(&self, text: &Text) -> Record {
        let of_text = |i: &usize| std::ptr::eq(&self.texts[self.items[*i].text], text);
        let all: Vec<usize> = (0..self.items.len()).filter(of_text).collect();
        self.some(text, &all)
    }

    /// Some changes of a text as a record.
    pub fn some(&self, text: &Text, items: &[usize]) -> Record {
        let mut edits: Vec<Recorded> = Vec::new();
        for i in items {
            let Choice { decision, words, .. } = &self.choices[*i];
            for (at, edit) in self.items[*i].repair.edits.iter().enumerate() {
                let mut edit = edit.clone();
                if let Some(words) = words {
                    edit.replacement = words.edits[at].as_str().into();
                }
                edits.push(Recorded::of(&text.source, edit, Some(*decision)));
            }
        }
        edits.sort_by_key(|r| (r.edit.range.start, r.edit.range.end));
        Record { file: text.whence.name.clone(), origin: Some(text.origin.clone()), edits }
    }

    /// Some changes by their texts.
    pub fn by_text(&self, items: &[usize]) -> Vec<Record> {
        let mut out = Vec::new();
        for (number, text) in self.texts.iter().enumerate() {
            let own: Vec<usize> = items.iter().copied().filter(|i| self.items[*i].text == number).collect();
            if !own.is_empty() {
                out.push(self.some(text, &own));
            }
        }
        out
    }

    /// One of the other readings of the change at hand.
    pub fn other(&self, number: usize) -> Option<Words> {
        self.items[self.at].repair.others.get(number).map(Words::read)
    }

    /// Words that were typed for the change at hand, if it takes any.
    pub fn typed(&self, text: String) -> Option<Words> {
        Words::typed(&self.items[self.at].repair, text)
    }

    /// May other words be typed for the change at hand?
    pub fn takes_words(&self) -> bool {
        self.items[self.at].repair.takes_words()
    }
}
