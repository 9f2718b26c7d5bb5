//! Measures the repair of characters without the rest of the cleaner; `benches/encoding.py` runs it.
//!
//! ```text
//! encoding cases FILE.json…         cases {original, fixed, fixed-encoding}: as they stand, and with one more layer of damage
//! encoding clean FILE…              every edit of clean text, with its surroundings
//! encoding damage RATE FILE…        lines damaged by each chain of one and two sets, and what of it is restored
//! encoding speed FILE…              MB/s of one core, the best of five runs
//! ```

use std::time::Instant;

use ungarble::Patch;
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

fn damage(lexicon: &Lexicon, rate: f64, files: &[String]) {
    let sets = Charset::all();
    let mut chains: Vec<Vec<&Charset>> = sets.iter().map(|set| vec![set]).collect();
    chains.extend(sets.iter().flat_map(|a| sets.iter().map(move |b| vec![a, b])));
    let (mut all, mut all_good, mut all_harmed) = (0, 0, 0);
    for chain in &chains {
        let (mut spans, mut good, mut harmed) = (0, 0, 0);
        let mut state = 1;
        let mut shown = 0;
        for file in files {
            let text = String::from_utf8(read(file)).expect("UTF-8");
            // Each stretch beyond ASCII is damaged or not; `marks` are its place in what comes out.
            let (mut garbled, mut marks) = (String::new(), Vec::new());
            let mut at = 0;
            for stretch in text.split_inclusive(|c: char| c.is_ascii()) {
                let wide = stretch.trim_end_matches(|c: char| c.is_ascii());
                let start = garbled.len();
                if !wide.is_empty() {
                    let hit = next(&mut state) < rate;
                    match hit {
                        true => garbled += &chain.iter().fold(wide.to_owned(), |text, set| set.misread(&text)),
                        false => garbled += wide,
                    }
                    marks.push((at..at + wide.len(), start..garbled.len(), hit));
                }
                garbled += &stretch[wide.len()..];
                at += stretch.len();
            }
            let patch: Patch = repair(garbled.as_bytes(), Some(lexicon), &Kinds::default());
            let got = patch.apply(garbled.as_bytes()).into_owned();
            let mut edits = patch.edits().iter().peekable();
            for (source, place, hit) in marks {
                while edits.next_if(|edit| edit.range.end <= place.start).is_some() {}
                let touched = edits.peek().is_some_and(|edit| edit.range.start < place.end);
                // What comes out where the stretch stood.
                let new = patch.to_new(place.start)..patch.to_new(place.end);
                let right = got.get(new.clone()) == Some(text[source.clone()].as_bytes())
                    || touched && edits.peek().is_some_and(|edit| edit.range.start < place.start)
                        && got[..new.end].ends_with(text[source.clone()].as_bytes());
                if hit {
                    spans += 1;
                    good += usize::from(right);
                } else {
                    harmed += usize::from(!right);
                }
                if !right && shown < 4 {
                    shown += 1;
                    let found = String::from_utf8_lossy(&got[new]).into_owned();
                    println!("   {file}: {:?} as {:?}: {found:?}", &text[source], &garbled[place]);
                }
            }
        }
        let names: Vec<&str> = chain.iter().map(|set| &*set.name).collect();
        println!("{}: {spans} spans, {good} restored ({:.4}), {harmed} good ones changed", names.join(" + "), good as f64 / spans.max(1) as f64);
        (all, all_good, all_harmed) = (all + spans, all_good + good, all_harmed + harmed);
    }
    println!("all: {all} spans, {all_good} restored ({:.4}), {all_harmed} good ones changed", all_good as f64 / all.max(1) as f64);
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
