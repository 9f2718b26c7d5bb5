//! `ungarble train`: makes a language model from plain text, or says what is known of one.

use std::path::PathBuf;

use super::exit::{Exit, Stop};
use super::talk::Talk;

const AFTER: &str = "\
Examples:
  ungarble train corpus/ --weight talk=1.5 --weight sci=8 -o english.model
  ungarble train a.txt b.txt.zst --english words.txt --heldout heldout_c.txt -o my.model
  ungarble train --about english.model --heldout heldout_c.txt
  ungarble train --marked restored/ -o dictionaries/seen/mine.seen
  ungarble train --confusions pages.jsonl -o mine.confusions
  ungarble train --company pages.jsonl -o dictionaries/model/pages.company

A line of a text is a paragraph. The genre of a file is its name up to the first `_`. Files with `heldout` in their \
name are never trained on. The same files and options give the same bytes. Marked texts are described in dictionaries/README.md; their \
counts take effect when the program is built.";

/// Make a language model from plain text.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct TrainArgs {
    /// Text files, plain or .zst, or folders of *.txt and *.txt.zst
    #[arg(value_name = "FILE|DIR", required_unless_present_any = ["about", "marked", "confusions", "company"])]
    pub inputs: Vec<PathBuf>,
    /// How much each word of a genre counts; 1 where nothing is said, 0 leaves the genre out
    #[arg(long = "weight", value_name = "GENRE=W", value_parser = weight)]
    pub weights: Vec<(String, f32)>,
    /// Lists of English words, one a line: these are known though the texts have them not
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub english: Vec<PathBuf>,
    /// Word forms to know
    #[arg(long, value_name = "N", default_value_t = 300_000, help_heading = "Size")]
    pub forms: usize,
    /// Bigrams to keep beyond those that trigrams need
    #[arg(long, value_name = "N", default_value_t = 1_800_000, help_heading = "Size")]
    pub bigrams: usize,
    /// Trigrams to keep
    #[arg(long, value_name = "N", default_value_t = 6_600_000, help_heading = "Size")]
    pub trigrams: usize,
    /// The model to write
    #[arg(short, long, value_name = "FILE", required_unless_present = "about", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Print the perplexity of the model on these files
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Output")]
    pub heldout: Vec<PathBuf>,
    /// Make no model: count the substitutions that these marked texts show, and write a table of them
    #[arg(long, value_name = "FILE|DIR", num_args = 1.., conflicts_with_all = ["inputs", "about", "heldout"], help_heading = "Output")]
    pub marked: Vec<PathBuf>,
    /// Make no model: learn what a scanner makes of letters from these JSON lines, each with a text as it was read (`ocr`) and
    /// as it stood on the page (`gt`), plain or .zst
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["inputs", "about", "heldout", "marked"], help_heading = "Output")]
    pub confusions: Vec<PathBuf>,
    /// Make no model: count the words and pairs of words of these JSON lines' texts as they stood on the page (`gt`)
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["inputs", "about", "heldout", "marked", "confusions"], help_heading = "Output")]
    pub company: Vec<PathBuf>,
    /// Make no model: print what this one was made of
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["inputs", "output"], help_heading = "Output")]
    pub about: Option<PathBuf>,
}

fn weight(text: &str) -> Result<(String, f32), String> {
    let (genre, number) = text.split_once('=').ok_or("a weight is written GENRE=W, as in talk=1.5")?;
    let weight = number.trim().parse::<f32>().ok().filter(|w| (0.0..=100.0).contains(w));
    let weight = weight.ok_or_else(|| format!("{number:?} is no number from 0 to 100"))?;
    Ok((genre.trim().to_owned(), weight))
}

#[cfg(not(feature = "train"))]
pub fn run(_: &TrainArgs, _: &Talk) -> Result<Exit, Stop> {
    let message = "this build makes no models: build it with the feature \"train\"";
    Err(crate::error::Error::config(None, None, message).into())
}

#[cfg(feature = "train")]
pub use work::run;

#[cfg(feature = "train")]
mod work {
    use std::collections::HashMap;
    use std::io::IsTerminal as _;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    use indicatif::{ProgressBar, ProgressStyle};

    use super::super::output::{Replacement, Stdout};
    use super::{Exit, Stop, Talk, TrainArgs};
    use crate::error::{Error, Result};
    use crate::lexicon::image::Image;
    use crate::lexicon::{Lexicon, compile};
    use crate::train::{self, Plan, Source, genre_of};

    pub fn run(args: &TrainArgs, talk: &Talk) -> std::result::Result<Exit, Stop> {
        let mut out = Stdout::new();
        if let (false, Some(path)) = (args.marked.is_empty(), &args.output) {
            count_marked(&args.marked, path, talk)?;
            return Ok(Exit::Done);
        }
        if let (false, Some(path)) = (args.confusions.is_empty(), &args.output) {
            learn_confusions(&args.confusions, path, talk)?;
            return Ok(Exit::Done);
        }
        if let (false, Some(path)) = (args.company.is_empty(), &args.output) {
            count_company(&args.company, path, talk)?;
            return Ok(Exit::Done);
        }
        // What can be refused is refused before minutes of work.
        for path in args.heldout.iter().chain(&args.english) {
            std::fs::File::open(path).map_err(|e| Error::io(path, &e))?;
        }
        let (place, model) = match (&args.about, &args.output) {
            (Some(path), _) => {
                let model = std::fs::read(path).map_err(|e| Error::io(path, &e))?;
                let place = path.display().to_string();
                let image = Image::open(&place, &model)?;
                image.verify(&place)?;
                out.write(image.section("about"))?;
                (place, model)
            }
            (None, Some(path)) => (path.display().to_string(), make(args, path, talk)?),
            (None, None) => unreachable!("clap asks for one of them"),
        };
        if !args.heldout.is_empty() {
            // The lexicon lives as long as the program, as the embedded one does.
            let image: &'static [u8] = compile::model_only(&place, &model)?.leak();
            drop(model);
            let lexicon = Lexicon::open(&place, image)?;
            for path in &args.heldout {
                out.write(perplexity(&lexicon, path)?.as_bytes())?;
            }
        }
        out.flush()?;
        Ok(Exit::Done)
    }

    /// Learns confusions from parallel texts and writes the table.
    fn learn_confusions(inputs: &[PathBuf], path: &Path, talk: &Talk) -> Result<()> {
        let mut counts = train::confusions::Counts::default();
        for file in inputs {
            let text = train::read_lossy(file)?;
            for case in crate::eval::cases(&file.display().to_string(), &text)? {
                if let Some(stood) = &case.restored {
                    counts.add(&case.garbled, stood);
                }
            }
        }
        let table = counts.table();
        let mut file = Replacement::begin(path)?;
        file.write(table.as_bytes())?;
        file.commit(None)?;
        let lines = table.lines().count();
        talk.note(&format!("{}: {lines} confusions from {} words", path.display(), counts.words));
        Ok(())
    }

    /// Counts the company of words in the truth of scans and writes the table.
    fn count_company(inputs: &[PathBuf], path: &Path, talk: &Talk) -> Result<()> {
        let lexicon = Lexicon::embedded();
        let mut counts = train::company::Counts::new(&lexicon);
        let mut about = format!("ungarble {} company of words\nsource\ttokens\n", env!("CARGO_PKG_VERSION"));
        for file in inputs {
            let before = counts.tokens;
            let text = train::read_lossy(file)?;
            for case in crate::eval::cases(&file.display().to_string(), &text)? {
                case.restored.iter().for_each(|stood| counts.add(stood));
            }
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            about += &format!("{name}\t{}\n", counts.tokens - before);
        }
        let (image, kept) = counts.image(&about);
        let mut file = Replacement::begin(path)?;
        file.write(&image)?;
        file.commit(None)?;
        talk.note(&format!("{}: {kept} words and pairs from {} tokens", path.display(), counts.tokens));
        Ok(())
    }

    /// Counts what marked texts show and writes the table.
    fn count_marked(inputs: &[PathBuf], path: &Path, talk: &Talk) -> Result<()> {
        let files = expanded(inputs)?;
        let mut passages = Vec::new();
        for file in &files {
            let text = train::read_lossy(file)?;
            passages.extend(train::marked::passages(&file.display().to_string(), &text)?);
        }
        let table = train::marked::count(&Lexicon::embedded(), &passages);
        let mut file = Replacement::begin(path)?;
        file.write(table.as_bytes())?;
        file.commit(None)?;
        let mut file = Replacement::begin(&path.with_extension("leans"))?;
        file.write(train::marked::leanings(&passages).as_bytes())?;
        file.commit(None)?;
        let words: usize = passages.iter().map(|p| p.garbled.split_whitespace().count()).sum();
        talk.note(&format!("{}: from {words} words of {} files", path.display(), files.len()));
        Ok(())
    }

    /// Trains and writes the model, and gives its bytes.
    fn make(args: &TrainArgs, path: &Path, talk: &Talk) -> Result<Vec<u8>> {
        let sources = sources(args, talk)?;
        let mut file = Replacement::begin(path)?;
        let plan = Plan {
            sources,
            english: args.english.clone(),
            forms: args.forms,
            bigrams: args.bigrams,
            trigrams: args.trigrams,
        };
        let start = Instant::now();
        let mut stages = Stages::new(&plan, talk);
        let model = train::train(&plan, &mut stages)?;
        drop(stages);
        file.write(&model)?;
        file.commit(None)?;
        let mib = model.len() as f64 / f64::from(1 << 20);
        let seconds = start.elapsed().as_secs();
        talk.note(&format!(
            "{}: {mib:.1} MiB from {} files in {seconds} s",
            path.display(),
            plan.sources.len()
        ));
        Ok(model)
    }

    /// The inputs, with the texts of a folder in its place.
    fn expanded(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for input in inputs {
            if input.is_dir() {
                paths.extend(texts(input)?);
            } else {
                paths.push(input.clone());
            }
        }
        Ok(paths)
    }

    /// The files to train on, those of a folder sorted by name, with their weights.
    fn sources(args: &TrainArgs, talk: &Talk) -> Result<Vec<Source>> {
        let paths = expanded(&args.inputs)?;
        let weights: HashMap<&str, f32> =
            args.weights.iter().map(|(genre, w)| (genre.as_str(), *w)).collect();
        let mut sources = Vec::new();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.contains("heldout") {
                talk.note(&format!("{}: held out, not trained on", path.display()));
                continue;
            }
            let genre = genre_of(&path);
            let weight = weights.get(genre.as_str()).copied().unwrap_or(1.0);
            if weight > 0.0 {
                std::fs::File::open(&path).map_err(|e| Error::io(&path, &e))?;
                sources.push(Source { path, genre, weight });
            }
        }
        let strange =
            weights.keys().find(|genre| sources.iter().all(|s| s.genre != **genre) && weights[*genre] > 0.0);
        if let Some(genre) = strange {
            talk.note(&format!("--weight {genre}: no file is of this genre"));
        }
        let mut different: Vec<f32> = sources.iter().map(|s| s.weight).collect();
        different.sort_by(f32::total_cmp);
        different.dedup();
        if different.len() > train::WEIGHTS {
            let message = format!(
                "{} different weights, at most {} can be told apart",
                different.len(),
                train::WEIGHTS
            );
            return Err(Error::config(Some("--weight"), None, message));
        }
        if sources.is_empty() {
            return Err(Error::config(None, None, "no text to train on"));
        }
        Ok(sources)
    }

    /// The texts of a folder, sorted.
    fn texts(folder: &Path) -> Result<Vec<PathBuf>> {
        let error = |e| Error::io(folder, &e);
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(error)? {
            let path = entry.map_err(error)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_file() && (name.ends_with(".txt") || name.ends_with(".txt.zst")) {
                paths.push(path);
            }
        }
        if paths.is_empty() {
            let place = folder.display().to_string();
            return Err(Error::config(Some(&place), None, "no text in this folder (*.txt, *.txt.zst)"));
        }
        paths.sort();
        Ok(paths)
    }

    fn perplexity(lexicon: &Lexicon, path: &Path) -> Result<String> {
        let p = train::perplexity(lexicon, path)?;
        let unknown = p.unknown as f64 * 100.0 / p.tokens.max(1) as f64;
        Ok(format!(
            "{}: perplexity {:.1} of {} tokens without the unknown ({unknown:.2} %), {:.1} of all, {:.1} of {} words\n",
            path.display(),
            p.known,
            p.tokens,
            p.all,
            p.words,
            p.word_tokens,
        ))
    }

    /// Shows how far the training is: a bar on a terminal, else a line for each stage.
    struct Stages<'t> {
        talk: &'t Talk,
        start: Instant,
        bar: Option<ProgressBar>,
    }

    impl<'t> Stages<'t> {
        fn new(plan: &Plan, talk: &'t Talk) -> Self {
            let size = |s: &Source| std::fs::metadata(&s.path).map_or(0, |m| m.len());
            let bar = (std::io::stderr().is_terminal() && !talk.is_quiet()).then(|| {
                let bar = ProgressBar::new(plan.sources.iter().map(size).sum());
                let template = "{spinner} {msg:17} {bar:30} {bytes} of {total_bytes}, {elapsed}";
                if let Ok(style) = ProgressStyle::with_template(template) {
                    bar.set_style(style);
                }
                bar.enable_steady_tick(Duration::from_millis(200));
                bar
            });
            Self { talk, start: Instant::now(), bar }
        }
    }

    impl train::Progress for Stages<'_> {
        fn stage(&mut self, name: &str) {
            match &self.bar {
                Some(bar) => {
                    bar.set_position(0);
                    bar.set_message(name.to_owned());
                }
                None => self.talk.note(&format!("{:5.0} s  {name}", self.start.elapsed().as_secs_f64())),
            }
        }

        fn read(&mut self, bytes: u64) {
            if let Some(bar) = &self.bar {
                bar.inc(bytes);
            }
        }
    }

    impl Drop for Stages<'_> {
        fn drop(&mut self) {
            if let Some(bar) = self.bar.take() {
                bar.finish_and_clear();
            }
        }
    }
}
