//! `ungarble eval`: measures a cleaner against references.

use std::collections::HashMap;
use std::path::PathBuf;

use super::args::Engine;
use super::config::Settings;
use super::exit::{Exit, Stop};
use super::output::{Replacement, Stdout};
use super::pool;
use super::talk::Talk;
use crate::clean::{Cleaned, Cleaner};
use crate::edit::{Edit, Patch};
use crate::eval::{self, Case, Score, Shown};
use crate::report;

const AFTER: &str = "\
Examples:
  ungarble eval cases.jsonl                      clean each case and score the result
  ungarble eval cases.jsonl --by dialect
  ungarble eval cases.jsonl --hyps other.jsonl   score another cleaner
  ungarble eval cases.jsonl --curve              precision and recall for each threshold

A case is {\"id\", \"garbled\" (or \"ocr\", \"hyp\", \"text\"), \"restored\" (or \"gt\", \"ref\"), …}, a hypothesis {\"id\", \"text\"}.
Without references (clean text) the edits per 10,000 words are counted.";

/// The thresholds of --curve, in hundredths.
const CURVE: [u32; 16] = [30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 97, 99];

/// Measure against references.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct EvalArgs {
    /// The cases, JSON lines
    #[arg(value_name = "CASES.jsonl")]
    cases: PathBuf,
    /// Score these texts and not our own
    #[arg(long, value_name = "HYPS.jsonl", conflicts_with_all = ["curve", "output"])]
    hyps: Option<PathBuf>,
    /// Figures for each value of this field as well
    #[arg(long, value_name = "FIELD")]
    by: Option<String>,
    /// Ignore case
    #[arg(long)]
    fold: bool,
    /// Leave out cases that were constructed
    #[arg(long)]
    only_real: bool,
    /// Precision and recall at thresholds from 0.3 to 0.99; seen repairs below the threshold are counted in
    #[arg(long, conflicts_with = "show", help_heading = "Output")]
    curve: bool,
    /// List what was missed and what was wrong in each case
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    show: bool,
    /// Figures as JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Write our texts to this file, as hypotheses
    #[arg(short, long, value_name = "HYPS.jsonl", help_heading = "Output")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub engine: Engine,
}

pub fn run(args: &EvalArgs, settings: &Settings, talk: &Talk) -> Result<Exit, Stop> {
    let place = args.cases.display().to_string();
    let mut cases = eval::cases(&place, &eval::read(&args.cases)?)?;
    cases.retain(|case| !(args.only_real && case.constructed));
    let cleaner = || settings.cleaner();
    let mut out = Stdout::new();
    if args.curve {
        curve(args, &cases, &cleaner()?, settings.threads(), talk, &mut out)?;
        out.flush()?;
        return Ok(Exit::Done);
    }
    let missing = match &args.hyps {
        Some(path) => {
            let place = path.display().to_string();
            let hyps = eval::hypotheses(&place, &eval::read(path)?)?;
            let missing = cases.iter().filter(|case| !hyps.contains_key(&case.id)).count();
            let text = |case: &Case| hyps.get(&case.id).cloned();
            plain(args, &cases, text, settings.threads(), talk, &mut out)?;
            missing
        }
        None => {
            let cleaner = cleaner()?;
            let text = |case: &Case| Some(cleaner.clean(&case.garbled).text().into_owned());
            plain(args, &cases, text, settings.threads(), talk, &mut out)?;
            0
        }
    };
    out.flush()?;
    if missing > 0 {
        talk.error(format!("missing hypotheses: {missing}"));
    }
    Ok(Exit::Done.unless(missing > 0))
}

/// Scores the texts that `text` gives for the cases.
fn plain(
    args: &EvalArgs,
    cases: &[Case],
    text: impl Fn(&Case) -> Option<String> + Sync,
    threads: usize,
    talk: &Talk,
    out: &mut Stdout,
) -> Result<(), Stop> {
    let mut score = Score::new(args.by.as_deref(), args.fold);
    let mut file = args.output.as_deref().map(Replacement::begin).transpose()?;
    let mut progress = talk.progress(Some(cases.len()));
    let counter = score.clone();
    let work = |case| {
        let text = text(case)?;
        let shown = if args.show { show(case, &text, args.fold) } else { String::new() };
        Some((case, counter.count(case, &text), shown, text))
    };
    pool::in_order(threads, cases.iter(), work, |result| -> Result<(), Stop> {
        progress.step(1);
        let Some((case, counted, shown, text)) = result else { return Ok(()) };
        score.add_counted(case, &counted);
        out.write(shown.as_bytes())?;
        if let Some(file) = &mut file {
            file.write(report::json_hypothesis(&case.id, &text).as_bytes())?;
        }
        Ok(())
    })?;
    drop(progress);
    if let Some(file) = file {
        file.commit(None)?;
    }
    let groups = score.figures();
    if args.json {
        let line = eval::json(groups.iter().map(|(name, figures)| (*name, figures)));
        return out.write((line + "\n").as_bytes());
    }
    for (name, figures) in groups {
        out.write(format!("{name} {figures}\n").as_bytes())?;
    }
    Ok(())
}

/// What was missed and what was wrong, a line each.
fn show(case: &Case, text: &str, fold: bool) -> String {
    let outcome = eval::outcome(case, text, fold);
    let lines = |sign: &'static str, edits: &[Shown]| -> Vec<String> {
        let nothing = |text: &str| if text.is_empty() { "(nothing)".to_owned() } else { text.to_owned() };
        let line = |e: &Shown| {
            let (garbled, repaired) = (nothing(&e.garbled), nothing(&e.repaired));
            format!("  {sign} {garbled} -> {repaired}  | {}\n", e.context)
        };
        edits.iter().map(line).collect()
    };
    let (right, missed, wrong) = (outcome.right.len(), outcome.missed.len(), outcome.wrong.len());
    let mut out = format!("{}: {right} right, {missed} missed, {wrong} wrong\n", case.id);
    out.extend(lines("missed", &outcome.missed));
    out.extend(lines("wrong ", &outcome.wrong));
    out
}

/// Figures at each threshold. Each case is cleaned once; a threshold then takes from what was made and what was seen.
fn curve(
    args: &EvalArgs,
    cases: &[Case],
    cleaner: &Cleaner,
    threads: usize,
    talk: &Talk,
    out: &mut Stdout,
) -> Result<(), Stop> {
    let mut scores = CURVE.map(|_| Score::new(args.by.as_deref(), args.fold));
    let counter = Score::new(None, args.fold);
    let mut progress = talk.progress(Some(cases.len()));
    let work = |case: &Case| {
        let cleaned = cleaner.clean(&case.garbled);
        let seen = seen(&cleaned);
        // Between two thresholds without an edit the text is the same: it is counted once.
        let mut counted = HashMap::new();
        CURVE.map(|hundredths| {
            let edits: Vec<Edit> =
                seen.iter().filter(|e| e.confidence >= hundredths as f32 / 100.0).cloned().collect();
            *counted.entry(edits.len()).or_insert_with(|| {
                let text = Patch::new(edits).apply(case.garbled.as_bytes()).into_owned();
                counter.count(case, &String::from_utf8_lossy(&text))
            })
        })
    };
    let mut cases_left = cases.iter();
    pool::in_order(threads, cases.iter(), work, |counted| -> Result<(), Stop> {
        progress.step(1);
        if let Some(case) = cases_left.next() {
            scores.iter_mut().zip(&counted).for_each(|(score, counted)| score.add_counted(case, counted));
        }
        Ok(())
    })?;
    drop(progress);
    for (hundredths, score) in CURVE.into_iter().zip(&scores) {
        let threshold = f64::from(hundredths) / 100.0;
        let groups = score.figures();
        if args.json {
            let line = eval::json(groups.iter().map(|(name, figures)| (*name, figures)));
            out.write(report::json_threshold(threshold, &line).as_bytes())?;
            continue;
        }
        for (name, figures) in groups {
            let wanted =
                ["precision", "recall", "f05", "harm_per_1k", "gold", "got", "edits_per_10k", "edits"];
            let line: Vec<String> = wanted
                .iter()
                .filter_map(|figure| figures.iter().find(|(name, _)| name == figure))
                .map(|(name, figure)| match figure {
                    eval::Figure::Count(n) => format!("{name}={n}"),
                    eval::Figure::Rate(x) => format!("{name}={x:.4}"),
                })
                .collect();
            out.write(format!("{threshold:.2} {name} {}\n", line.join(" ")).as_bytes())?;
        }
    }
    Ok(())
}

/// All repairs that were made or seen, disjoint: where two overlap the surer one stays, and of equals the first.
fn seen(cleaned: &Cleaned) -> Vec<Edit> {
    let mut all: Vec<&Edit> = cleaned.edits().iter().chain(cleaned.doubts()).collect();
    all.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut kept: Vec<Edit> = Vec::new();
    for edit in all {
        let at = kept.partition_point(|k| (k.range.start, k.range.end) < (edit.range.start, edit.range.end));
        let before = at.checked_sub(1).is_none_or(|i| kept[i].range.end <= edit.range.start);
        let after = kept.get(at).is_none_or(|k| edit.range.end <= k.range.start && k.range != edit.range);
        if before && after {
            kept.insert(at, edit.clone());
        }
    }
    kept
}
