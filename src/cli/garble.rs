//! `ungarble garble`: damages clean text on purpose, to test repairs and to train correctors.

use std::path::PathBuf;

use super::args::{Documents, Format};
use super::documents::Lines;
use super::exit::{Exit, Stop};
use super::inputs::{self, Input};
use super::jsonl;
use super::output::{Replacement, Stdout};
use super::talk::Talk;
use crate::encoding::Charset;
use crate::error::{Error, Result};
use crate::garble::{Garbler, Kind};
use crate::report;

const AFTER: &str = "\
Examples:
  ungarble garble --kind news article.txt                        the text, spun
  ungarble garble --kind ocr --rate 0.3 --seed 5 < book.txt
  ungarble garble --kind web --cases texts/ -o cases.jsonl       cases for `ungarble eval cases.jsonl`
  ungarble garble --kind typing --field body docs.jsonl          the same from JSON lines

A case is {\"id\", \"kind\", \"garbled\", \"restored\"}; JSON lines always give cases. Kinds: news, web and science swap words \
as those spinners do, ocr misreads letters (by dictionaries/ocr.confusions), typing mistypes them, mojibake reads UTF-8 \
as another character set. The same options and text give the same damage.";

/// Damage clean text on purpose.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct GarbleArgs {
    #[command(flatten)]
    pub documents: Documents,
    /// What to do to it: news, web, science, ocr, typing, mojibake
    #[arg(short, long, value_name = "KIND", value_parser = kind, help_heading = "Damage")]
    pub kind: Kind,
    /// The share of words to damage, 0 to 1; without it 0.15 of spun text, 0.1 of scans, 0.05 of typing, all of mojibake
    #[arg(short, long, value_name = "P", value_parser = super::args::probability, help_heading = "Damage")]
    pub rate: Option<f32>,
    /// Another seed gives other damage
    #[arg(short, long, value_name = "N", default_value_t = 1, help_heading = "Damage")]
    pub seed: u64,
    /// Character sets for `mojibake`, one layer after the other, in place of windows-1252
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = charset, help_heading = "Damage")]
    pub charset: Option<Vec<&'static Charset>>,
    /// Confusions of letters for `ocr`, in place of the built-in ones
    #[arg(long, value_name = "FILE", help_heading = "Damage")]
    pub confusions: Option<PathBuf>,
    /// The file to write; stdout without it
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Write cases, one JSON object a document
    #[arg(long, help_heading = "Output")]
    pub cases: bool,
    /// With cases: put the edits that repair the text into this field
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub edits_field: Option<String>,
}

fn kind(name: &str) -> std::result::Result<Kind, String> {
    Kind::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        format!("no kind is called {name:?}; there are {}", names.join(", "))
    })
}

fn charset(name: &str) -> std::result::Result<&'static Charset, String> {
    Charset::by_name(name.trim()).ok_or_else(|| {
        let names: Vec<&str> = Charset::all().iter().map(|set| &*set.name).collect();
        format!("no character set is called {name:?}; there are {}", names.join(", "))
    })
}

/// Where the damaged text goes.
enum Target {
    Stdout(Stdout),
    File(Box<Replacement>),
}

impl Target {
    fn write(&mut self, text: &str) -> std::result::Result<(), Stop> {
        match self {
            Self::Stdout(out) => out.write(text.as_bytes()),
            Self::File(file) => Ok(file.write(text.as_bytes())?),
        }
    }
}

pub fn run(args: &GarbleArgs, talk: &Talk) -> std::result::Result<Exit, Stop> {
    let garbler = garbler(args)?;
    let found = inputs::find(&args.documents, None, talk);
    let cases = |input: &Input| args.cases || input.format == Format::Jsonl;
    if args.edits_field.is_some() && !found.inputs.iter().all(cases) {
        return Err(Error::config(Some("--edits-field"), None, "only cases have fields: add --cases").into());
    }
    let mut target = match &args.output {
        Some(path) => Target::File(Box::new(Replacement::begin(path)?)),
        None => Target::Stdout(Stdout::new()),
    };
    let mut failed = found.failed;
    for input in &found.inputs {
        if input.format == Format::Jsonl {
            failed |= !lines(args, &garbler, input, &mut target, talk)?;
            continue;
        }
        match input.read().and_then(|bytes| text(&input.name, bytes)) {
            Ok(text) if args.cases => target.write(&case(args, &garbler, &input.name, &text))?,
            Ok(text) => target.write(&garbler.garble(&text).text)?,
            Err(error) => {
                talk.error(error);
                failed = true;
            }
        }
    }
    match target {
        Target::Stdout(mut out) => out.flush()?,
        Target::File(file) => file.commit(None)?,
    }
    Ok(Exit::Done.unless(failed))
}

fn garbler(args: &GarbleArgs) -> Result<Garbler> {
    let mut garbler = Garbler::new(args.kind).seed(args.seed);
    if let Some(rate) = args.rate {
        garbler = garbler.rate(rate);
    }
    if let Some(chain) = &args.charset {
        garbler = garbler.charsets(chain);
    }
    if let Some(path) = &args.confusions {
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, &e))?;
        let place = path.display().to_string();
        garbler = garbler.confusions(&place, &text(&place, bytes)?)?;
    }
    Ok(garbler)
}

/// The bytes as text. What is not UTF-8 is damaged already, and no clean text to begin with.
fn text(name: &str, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
        Error::config(Some(name), Some(line), "not UTF-8")
    })
}

fn case(args: &GarbleArgs, garbler: &Garbler, id: &str, source: &str) -> String {
    let garbled = garbler.garble(source);
    let repairs = args.edits_field.as_ref().map(|name| (name.as_str(), garbled.repairs(source)));
    let edits = repairs.as_ref().map(|(name, edits)| (*name, edits.as_slice()));
    report::json_case(id, args.kind.name(), &garbled.text, source, edits)
}

/// Turns the lines of a file into cases; says whether all could be. The id is the line's own, if it has one.
fn lines(
    args: &GarbleArgs,
    garbler: &Garbler,
    input: &Input,
    target: &mut Target,
    talk: &Talk,
) -> std::result::Result<bool, Stop> {
    let mut good = true;
    let lines = match Lines::open(input) {
        Ok(lines) => lines,
        Err(error) => {
            talk.error(error);
            return Ok(false);
        }
    };
    for (number, line) in lines.enumerate() {
        let name = format!("{}:{}", input.name, number + 1);
        let read = |bytes: Vec<u8>| -> Result<Option<(String, String)>> {
            let wrong = |message: String| Error::config(Some(&name), None, message);
            let line = String::from_utf8(bytes).map_err(|_| wrong("not UTF-8".into()))?;
            if line.trim().is_empty() {
                return Ok(None);
            }
            let source = jsonl::field(&line, &args.documents.field).map_err(wrong)?.text;
            Ok(Some((jsonl::id(&line).unwrap_or_else(|| name.clone()), source)))
        };
        match line.and_then(read) {
            Ok(Some((id, source))) => target.write(&case(args, garbler, &id, &source))?,
            Ok(None) => {}
            Err(error) => {
                talk.error(error);
                good = false;
            }
        }
    }
    Ok(good)
}
