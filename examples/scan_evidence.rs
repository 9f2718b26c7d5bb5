//! Prints what the channels of scanned text propose for each case, for fitting and for looking into what goes wrong.
//!
//! `cargo run --release --example scan_evidence -- CASES.jsonl [OCR.WEIGHTS [OCR.CONFUSIONS [OCR.TREES [PAGES.COMPANY]]]] > evidence.jsonl`
//!
//! One line a reading: case, place in characters, what stands there, what it is read as, confidence, channel, and the numbers
//! of `OcrWeights::SURE` (for readings that are not on the best path the first is 0 and the second the posterior). With
//! `--text` before the cases: the cleaned texts, as `tools/score.py` wants them. `benches/fit_ocr.py` calls it.

use std::io::{BufWriter, Write as _, stdout};

use serde_json::{Value, json};
use ungarble::lexicon::trees::Trees;
use ungarble::lexicon::{Lexicon, OcrWeights, confusions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let cleans = args.first().is_some_and(|a| a == "--text");
    args.drain(..usize::from(cleans));
    let read = |path: &String| std::fs::read_to_string(path);
    let mut lexicon = Lexicon::embedded();
    if let Some(path) = args.get(1) {
        lexicon.set_ocr_weights(OcrWeights::parse(path, &read(path)?)?);
    }
    if let Some(path) = args.get(2) {
        lexicon.set_confusions(confusions::parse(path, &read(path)?)?);
    }
    if let Some(path) = args.get(3) {
        lexicon.set_trees(Trees::parse(path, &read(path)?, &OcrWeights::SURE)?);
    }
    if let Some(path) = args.get(4) {
        lexicon.set_company(path, &std::fs::read(path)?)?;
    }
    let cleaner = ungarble::Cleaner::builder().lexicon(lexicon).build();
    let cases = read(args.first().ok_or("the file of cases is missing")?)?;
    let mut out = BufWriter::new(stdout().lock());
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line)?;
        let names = ["ocr", "garbled", "text"];
        let text = names.iter().find_map(|n| case[*n].as_str()).ok_or("a case without a text")?;
        if cleans {
            writeln!(out, "{}", json!({"id": case["id"], "text": cleaner.clean(text).text()}))?;
            continue;
        }
        for (edit, numbers) in cleaner.scan_evidence(text.as_bytes()) {
            let stood = &text[edit.range.clone()];
            let start = text[..edit.range.start].chars().count();
            let numbers: Vec<f32> = numbers.into_iter().map(|n| n.1).collect();
            let line = json!({
                "id": case["id"], "s": start, "e": start + stood.chars().count(), "o": stood, "r": &*edit.replacement,
                "c": edit.confidence, "ch": edit.channel.name(), "f": numbers,
            });
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
