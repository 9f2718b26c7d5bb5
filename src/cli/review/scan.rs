//! What there is to decide in the documents.

use super::ReviewArgs;
use super::session::{Item, Text};
use crate::clean::{Cleaned, Cleaner};
use crate::cli::documents::{self, Whence};
use crate::cli::exit::Stop;
use crate::cli::talk::Talk;
use crate::document::Document;
use crate::replay::Origin;

/// The documents in which something would change, and what.
pub struct Scanned {
    pub texts: Vec<Text>,
    /// By text, in order of place.
    pub items: Vec<Item>,
    /// All documents that were read.
    pub documents: usize,
    pub failed: bool,
}

/// Cleans all documents; those that cannot be read are reported and left out.
pub fn scan(
    args: &ReviewArgs,
    cleaner: &Cleaner,
    threads: usize,
    talk: &Talk,
) -> std::result::Result<Scanned, Stop> {
    let mut out = Scanned { texts: Vec::new(), items: Vec::new(), documents: 0, failed: false };
    let work = |whence: &Whence, document: &Document<'_>| one(args, whence, document, cleaner);
    let failed = documents::each(&args.documents, threads, talk, work, |(text, mut items)| {
        out.documents += 1;
        // Of many lines most have nothing to decide: they are not kept.
        if !items.is_empty() {
            items.iter_mut().for_each(|item| item.text = out.texts.len());
            out.texts.push(text);
            out.items.extend(items);
        }
        Ok(())
    })?;
    out.failed = failed;
    Ok(out)
}

fn one(args: &ReviewArgs, whence: &Whence, document: &Document<'_>, cleaner: &Cleaner) -> (Text, Vec<Item>) {
    let mut cleaned = cleaner.clean_document(document);
    let least = args.min_confidence.unwrap_or(0.0);
    cleaned.retain(|edit| edit.confidence >= least);
    cleaned.retain_doubts(|edit| args.doubts && edit.confidence >= least);
    cleaned.keep_safe_doubts(document);
    let items = items(&cleaned);
    let source = document.source();
    let text = Text {
        whence: whence.clone(),
        shown: (!document.is_plain()).then(|| cleaned.readable().to_vec()),
        origin: Origin::of(source),
        format: document.format(),
        source: source.to_vec(),
    };
    (text, items)
}

fn items(cleaned: &Cleaned<'_>) -> Vec<Item> {
    let repairs = cleaned.repairs().into_iter();
    repairs.map(|repair| Item { text: 0, repair }).collect()
}
