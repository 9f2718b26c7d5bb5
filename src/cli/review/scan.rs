//! What there is to decide in the files.

use std::path::PathBuf;

use super::ReviewArgs;
use super::session::{Item, Text};
use crate::clean::{Cleaned, Cleaner};
use crate::cli::inputs::{Input, Loaded};
use crate::cli::pool;
use crate::cli::talk::Talk;
use crate::document::Document;
use crate::edit::Edit;
use crate::error::{Error, Result};
use crate::replay::Origin;

/// The files and what would change in them.
pub struct Scanned {
    pub texts: Vec<Text>,
    /// Where each text lies.
    pub paths: Vec<PathBuf>,
    /// By text, in order of place.
    pub items: Vec<Item>,
    pub failed: bool,
}

/// Cleans all files; those that cannot be read are reported and left out.
pub fn scan(
    args: &ReviewArgs,
    inputs: Vec<Input>,
    cleaner: &Cleaner,
    threads: usize,
    talk: &Talk,
) -> Scanned {
    let mut out = Scanned { texts: Vec::new(), paths: Vec::new(), items: Vec::new(), failed: false };
    let mut progress = talk.progress(Some(inputs.len()));
    let work = |input: Input| (one(args, &input, cleaner), input.path);
    let done: std::result::Result<(), ()> =
        pool::in_order(threads, inputs.into_iter(), work, |(result, path)| {
            progress.step(1);
            match result {
                Ok((text, mut items)) => {
                    items.iter_mut().for_each(|item| item.text = out.texts.len());
                    out.texts.push(text);
                    out.paths.extend(path);
                    out.items.extend(items);
                }
                Err(error) => {
                    talk.error(error);
                    out.failed = true;
                }
            }
            Ok(())
        });
    out.failed |= done.is_err();
    out
}

fn one(args: &ReviewArgs, input: &Input, cleaner: &Cleaner) -> Result<(Text, Vec<Item>)> {
    let Loaded { text: source, format, encoding } = input.load()?;
    if !encoding.is_utf8() {
        let name = encoding.name();
        let message = format!(
            "it is in {name}, and decisions are saved for UTF-8: ungarble clean writes it anew, with -o"
        );
        return Err(Error::document(&source, 0, message).of(&input.name));
    }
    let document = Document::read(&source, format).map_err(|e| e.of(&input.name))?;
    let mut cleaned = cleaner.clean_document(&document);
    let least = args.min_confidence.unwrap_or(0.0);
    cleaned.retain(|edit| edit.confidence >= least);
    cleaned.retain_doubts(|edit| edit.confidence >= least);
    let mut items = if document.is_plain() {
        cleaned.edits().iter().map(|edit| item(&cleaned, edit, vec![edit.clone()], false)).collect()
    } else {
        written(cleaner, &document, &cleaned)
    };
    if args.doubts {
        let free = |doubt: &&Edit| {
            let meets = |e: &Edit| e.range.start < doubt.range.end && doubt.range.start < e.range.end;
            !cleaned.edits().iter().any(meets)
        };
        // Doubts of markup are not shown: what they would do to it was never checked.
        let doubts = cleaned.doubts().iter().filter(|_| document.is_plain()).filter(free);
        items.extend(doubts.map(|edit| item(&cleaned, edit, vec![edit.clone()], true)));
        items.sort_by_key(|item: &Item| (item.shown.range.start, item.shown.range.end));
    }
    let shown = (!document.is_plain()).then(|| document.text().to_vec());
    let origin = Origin::of(&source);
    drop((cleaned, document));
    Ok((Text { name: input.name.clone(), source, shown, origin, format }, items))
}

/// A change that `cleaned` shows.
fn item(cleaned: &Cleaned<'_>, shown: &Edit, edits: Vec<Edit>, doubt: bool) -> Item {
    let others = cleaned.alternatives(shown).into_iter().take(9);
    let others = others.map(|other| (other.replacement.clone(), other.confidence)).collect();
    Item { text: 0, shown: shown.clone(), edits, others, doubt }
}

/// The repairs of a file that is not all text: each as it reads, with all the places in which it is written.
fn written(cleaner: &Cleaner, document: &Document<'_>, cleaned: &Cleaned<'_>) -> Vec<Item> {
    let reads = cleaner.clean_bytes(document.text());
    let mut left: Vec<Option<&Edit>> = cleaned.edits().iter().map(Some).collect();
    let mut items = Vec::new();
    for edit in reads.edits() {
        let mut own = Vec::new();
        for place in document.place(edit) {
            for slot in &mut left {
                let meets = |e: &&Edit| e.range.start <= place.range.end && place.range.start <= e.range.end;
                if slot.as_ref().is_some_and(meets) {
                    own.extend(slot.take().cloned());
                }
            }
        }
        if !own.is_empty() {
            own.sort_by_key(|e| e.range.start);
            items.push(item(&reads, edit, own, false));
        }
    }
    // What only a later look at the repaired file found belongs to what it is written beside.
    for edit in left.into_iter().flatten() {
        match items.iter_mut().min_by_key(|i| i.edits[0].range.start.abs_diff(edit.range.start)) {
            Some(near) => near.edits.push(edit.clone()),
            None => items.push(item(cleaned, edit, vec![edit.clone()], false)),
        }
    }
    items
}
