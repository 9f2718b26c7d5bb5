//! Measures the repair of characters without the rest of the cleaner; `benches/encoding.py` runs it.
//!
//! ```text
//! encoding cases FILE.json…         cases {original, fixed, fixed-encoding}: as they stand, and with one more layer of damage
//! encoding clean FILE…              every edit of clean text, with its surroundings
//! encoding damage RATE FILE…        lines damaged by each chain of one and two sets, and what of it is restored
//! encoding speed FILE…              MB/s of one core, the best of five runs
//! ```

use std::time::Instant;

use ungarble::encoding::{Charset, Kind, Kinds, repair};
use ungarble::lexicon::Lexicon;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let lexicon = Lexicon::embedded();
    match args.first().map(String::as_str) {
        Some("cases") => args[1..].iter().for_each(|file| cases(&lexicon, file)),
        Some("clean") => clean(&lexicon, &args[1..]),
        Some("damage") => damage(&lexicon, args[1].parse().expect("a rate"), &args[2..]),
        Some("speed") => args[1..].iter().for_each(|file| speed(&lexicon, file)),
        _ => eprintln!("cases, clean, damage or speed"),
    }
}

fn read(file: &str) -> Vec<u8> {
    std::fs::read(file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn fixed(lexicon: &Lexicon, text: &str, kinds: &Kinds) -> String {
    let patch = repair(text.as_bytes(), Some(lexicon), kinds);
    String::from_utf8(patch.apply(text.as_bytes()).into_owned()).expect("UTF-8 stays UTF-8")
}

fn cases(lexicon: &Lexicon, file: &str) {
    let encoding = Kinds::none().with(Kind::Mojibake).with(Kind::C1);
    let all = encoding.with(Kind::Quotes).with(Kind::Control).with(Kind::Ligatures).with(Kind::Escapes);
    let cases: Vec<serde_json::Value> = serde_json::from_slice(&read(file)).expect("JSON");
    let (mut tried, mut failed) = (0, 0);
    for case in &cases {
        let field = |name: &str| case[name].as_str();
        let original = field("original").expect("original");
        let end = field("fixed").expect("fixed");
        let middle = field("fixed-encoding").unwrap_or(end);
        let layered: Vec<(String, String)> =
            Charset::all().iter().map(|set| (format!("+ {}", set.name), set.misread(original))).collect();
        let plain = [("encoding".to_owned(), original.to_owned())];
        for (how, garbled) in plain.iter().chain(&layered) {
            tried += 1;
            let got = fixed(lexicon, garbled, &encoding);
            if got != middle {
                failed += 1;
                println!("{how}: {}\n   {garbled:?}\n   -> {got:?}\n   != {middle:?}", case["label"]);
            }
        }
        tried += 1;
        let got = fixed(lexicon, original, &all);
        if got != end {
            failed += 1;
            println!("all: {}\n   {original:?}\n   -> {got:?}\n   != {end:?}", case["label"]);
        }
    }
    println!("{file}: {tried} tried, {failed} failed");
}

fn clean(lexicon: &Lexicon, files: &[String]) {
    let (mut words, mut edits) = (0, 0);
    for file in files {
        let text = String::from_utf8(read(file)).expect("UTF-8");
        words += text.split_whitespace().count();
        let patch = repair(text.as_bytes(), Some(lexicon), &Kinds::default());
        edits += patch.edits().len();
        for edit in patch.edits() {
            let around = |i: usize, back: bool| {
                let mut at = if back { i.saturating_sub(40) } else { (i + 40).min(text.len()) };
                while !text.is_char_boundary(at) {
                    at += 1;
                }
                at
            };
            let (start, end) = (edit.range.start, edit.range.end);
            println!(
                "{file}: {:?} [{:?} -> {:?}] {:?} {:.2} {}",
                &text[around(start, true)..start],
                &text[edit.range.clone()],
                edit.replacement,
                &text[end..around(end, false)],
                edit.confidence,
                edit.reason
            );
        }
    }
    println!("{} files, {words} words, {edits} edits", files.len());
}

/// One number after another, the same every time.
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as f64 / f64::from(1u32 << 31)
}

/// The stretches beyond ASCII of a line, damaged by a chain with this probability: the line, and how many.
fn damaged(line: &str, chain: &[&Charset], rate: f64, state: &mut u64) -> (String, Vec<(String, bool)>) {
    let (mut garbled, mut spans) = (String::new(), Vec::new());
    for stretch in line.split_inclusive(|c: char| c.is_ascii()) {
        let wide = stretch.trim_end_matches(|c: char| c.is_ascii());
        if !wide.is_empty() {
            let hit = next(state) < rate;
            match hit {
                true => garbled += &chain.iter().fold(wide.to_owned(), |text, set| set.misread(&text)),
                false => garbled += wide,
            }
            spans.push((wide.to_owned(), hit));
        }
        garbled += &stretch[wide.len()..];
    }
    (garbled, spans)
}

/// A span is restored where its whole line is, or else where it stands in the repaired line as often as in the source; a
/// good one is changed where it stands there less often than in the damaged line.
fn damage(lexicon: &Lexicon, rate: f64, files: &[String]) {
    let sets = Charset::all();
    let mut chains: Vec<Vec<&Charset>> = sets.iter().map(|set| vec![set]).collect();
    chains.extend(sets.iter().flat_map(|a| sets.iter().map(move |b| vec![a, b])));
    let mut all = [0; 4];
    for chain in &chains {
        let [mut hits, mut restored, mut good, mut harmed] = [0; 4];
        let (mut state, mut shown) = (1, 0);
        for file in files {
            let text = String::from_utf8(read(file)).expect("UTF-8");
            let mut lines = Vec::new();
            let mut garbled = String::new();
            for line in text.split_inclusive('\n') {
                let (damaged, spans) = damaged(line, chain, rate, &mut state);
                garbled += &damaged;
                lines.push((line, damaged, spans));
            }
            let got = fixed(lexicon, &garbled, &Kinds::default());
            let again = fixed(lexicon, &got, &Kinds::default());
            assert!(got == again, "{file}: repairing again changes nothing");
            let got: Vec<&str> = got.split_inclusive('\n').collect();
            assert_eq!(got.len(), lines.len(), "{file}: line ends are kept");
            for ((line, damaged, spans), got) in lines.iter().zip(got) {
                let words = |text: &str, word: &str| {
                    text.split(|c: char| c.is_ascii()).filter(|w| *w == word).count()
                };
                for (span, hit) in spans {
                    let wanted = words(if *hit { line } else { damaged }, span);
                    let right = got == *line || words(got, span) >= wanted;
                    match hit {
                        true => (hits, restored) = (hits + 1, restored + usize::from(right)),
                        false => (good, harmed) = (good + 1, harmed + usize::from(!right)),
                    }
                    // Every good one that was changed, and a few that were missed.
                    if !right && (!hit || shown < 3) {
                        shown += 1;
                        println!("   {file}: {span:?} {hit} in\n      {damaged:?}\n      {got:?}");
                    }
                }
            }
        }
        let names: Vec<&str> = chain.iter().map(|set| &*set.name).collect();
        let share = f64::from(restored as u32) / f64::from(hits.max(1) as u32);
        println!(
            "{}: {hits} spans, {restored} restored ({share:.4}), {harmed} of {good} good ones changed",
            names.join(" + ")
        );
        all = [all[0] + hits, all[1] + restored, all[2] + good, all[3] + harmed];
    }
    let share = all[1] as f64 / all[0].max(1) as f64;
    println!(
        "all: {} spans, {} restored ({share:.4}), {} of {} good ones changed",
        all[0], all[1], all[3], all[2]
    );
}

fn speed(lexicon: &Lexicon, file: &str) {
    let text = read(file);
    let mut best = f64::MAX;
    let mut edits = 0;
    for _ in 0..5 {
        let start = Instant::now();
        edits = repair(&text, Some(lexicon), &Kinds::default()).edits().len();
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{file}: {:.1} MB/s, {edits} edits, {} bytes", text.len() as f64 / best / 1e6, text.len());
}
