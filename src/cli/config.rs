//! Settings: flag, then environment, then config file, then default. The first that names a setting decides it.

use std::path::{Path, PathBuf};

use regex::bytes::Regex;
use serde::{Deserialize, Deserializer};

use super::args::{self, Colour, Engine, General};
use super::output::Encoded;
use super::talk::Talk;
use crate::clean::Cleaner;
use crate::edit::Channel;
use crate::encoding::{Kinds, Named};
use crate::error::{Error, Result};

/// The names under which a config file is found.
const NAMES: [&str; 2] = ["ungarble.toml", ".ungarble.toml"];

/// What was settled.
pub struct Settings {
    pub engine: Engine,
    pub colour: Colour,
    /// What the inputs are encoded in, and what is written.
    pub encoding: Option<Named>,
    pub output_encoding: Option<Encoded>,
}

/// What one place (environment, config file) says. The keys of the file are these fields.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layer {
    only: Option<Vec<Channel>>,
    #[serde(default, deserialize_with = "kinds")]
    kinds: Option<Kinds>,
    #[serde(default, deserialize_with = "threshold")]
    threshold: Option<f32>,
    words: Option<Vec<PathBuf>>,
    phrases: Option<Vec<PathBuf>>,
    without: Option<Vec<PathBuf>>,
    #[serde(default, deserialize_with = "protect")]
    protect: Option<Vec<Regex>>,
    #[serde(default, deserialize_with = "threads")]
    threads: Option<usize>,
    color: Option<Colour>,
    #[serde(default, deserialize_with = "encoding")]
    encoding: Option<Named>,
    #[serde(default, rename = "output-encoding", deserialize_with = "output_encoding")]
    output_encoding: Option<Encoded>,
}

impl Settings {
    /// Settles the settings of a command.
    pub fn resolve(general: &General, flags: &Engine, talk: &Talk) -> Result<Self> {
        let environment = environment(|name| std::env::var_os(name))?;
        let named = general.config.clone().or_else(|| std::env::var_os("UNGARBLE_CONFIG").map(PathBuf::from));
        let found = match named {
            _ if general.no_config => None,
            Some(path) => Some(path),
            None => search(),
        };
        let file = match &found {
            Some(path) => {
                talk.detail(&format!("settings from {}", path.display()));
                let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, &e))?;
                parse(path, &text)?
            }
            None => Layer::default(),
        };
        Ok(merge(general.color, flags, environment, file))
    }

    /// The cleaner that these settings describe.
    pub fn cleaner(&self) -> Result<Cleaner> {
        let mut builder = Cleaner::builder();
        if let Some(channels) = &self.engine.only {
            builder = builder.channels(channels);
        }
        if let Some(kinds) = self.engine.kinds {
            builder = builder.kinds(kinds);
        }
        if let Some(threshold) = self.engine.threshold {
            builder = builder.threshold(threshold);
        }
        let tables = |paths: &Option<Vec<PathBuf>>| -> Result<Vec<(String, String)>> {
            let paths = paths.as_deref().unwrap_or_default().iter();
            paths.map(|path| Ok((path.display().to_string(), table(path)?))).collect()
        };
        for (place, text) in tables(&self.engine.words)? {
            builder = builder.words(&place, &text)?;
        }
        for (place, text) in tables(&self.engine.phrases)? {
            builder = builder.phrases(&place, &text)?;
        }
        for (place, text) in tables(&self.engine.without)? {
            builder = builder.without(&place, &text)?;
        }
        for pattern in self.engine.protect.iter().flatten() {
            builder = builder.protect(pattern.clone());
        }
        Ok(builder.build())
    }

    /// How many documents to work on at a time.
    pub fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.engine.threads.unwrap_or_else(cores)
    }

    /// Is stdout to be coloured?
    pub fn coloured(&self) -> bool {
        match self.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        }
    }
}

/// Reads a table; one that is not UTF-8 is refused with the line.
fn table(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|e| Error::io(path, &e))?;
    String::from_utf8(bytes).map_err(|e| {
        let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = good.iter().filter(|&&b| b == b'\n').count() + 1;
        Error::config(Some(&path.display().to_string()), Some(line), "not UTF-8")
    })
}

fn merge(colour: Option<Colour>, flags: &Engine, environment: Layer, file: Layer) -> Settings {
    Settings {
        engine: Engine {
            only: flags.only.clone().or(environment.only).or(file.only),
            kinds: flags.kinds.or(environment.kinds).or(file.kinds),
            threshold: flags.threshold.or(environment.threshold).or(file.threshold),
            words: flags.words.clone().or(environment.words).or(file.words),
            phrases: flags.phrases.clone().or(environment.phrases).or(file.phrases),
            without: flags.without.clone().or(environment.without).or(file.without),
            protect: flags.protect.clone().or(environment.protect).or(file.protect),
            threads: flags.threads.or(environment.threads).or(file.threads),
        },
        colour: colour.or(environment.color).or(file.color).unwrap_or_default(),
        encoding: environment.encoding.or(file.encoding),
        output_encoding: environment.output_encoding.or(file.output_encoding),
    }
}

/// The first config file from here up the parents.
fn search() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().find_map(|dir| NAMES.iter().map(|name| dir.join(name)).find(|path| path.is_file()))
}

/// Reads a config file; paths in it start from its folder.
fn parse(path: &Path, text: &str) -> Result<Layer> {
    let mut layer: Layer = toml::from_str(text).map_err(|e| {
        let line = e.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let message = e.message().lines().next().unwrap_or("cannot be read").to_owned();
        Error::config(Some(&path.display().to_string()), line, message)
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let tables = [&mut layer.words, &mut layer.phrases, &mut layer.without];
    for table in tables.into_iter().flatten().flatten() {
        *table = folder.join(&table);
    }
    Ok(layer)
}

/// What the environment says: `UNGARBLE_` and the name of the setting in capitals. An empty variable says nothing.
fn environment(get: impl Fn(&str) -> Option<std::ffi::OsString>) -> Result<Layer> {
    let get = |name: &str| get(name).filter(|value| !value.is_empty());
    let text = |name: &str| get(name).map(|value| value.to_string_lossy().into_owned());
    let paths = |name: &str| get(name).map(|value| std::env::split_paths(&value).collect::<Vec<_>>());
    Ok(Layer {
        only: read("UNGARBLE_ONLY", text, |list| list.split(',').map(args::channel).collect())?,
        kinds: read("UNGARBLE_KINDS", text, Kinds::parse)?,
        threshold: read("UNGARBLE_THRESHOLD", text, args::probability)?,
        words: paths("UNGARBLE_WORDS"),
        phrases: paths("UNGARBLE_PHRASES"),
        without: paths("UNGARBLE_WITHOUT"),
        protect: read("UNGARBLE_PROTECT", text, |pattern| Ok(vec![args::pattern(pattern)?]))?,
        threads: read("UNGARBLE_THREADS", text, args::count)?,
        encoding: read("UNGARBLE_ENCODING", text, Named::parse)?,
        output_encoding: read("UNGARBLE_OUTPUT_ENCODING", text, Encoded::parse)?,
        color: read("UNGARBLE_COLOR", text, |when| <Colour as clap::ValueEnum>::from_str(when, false))?,
    })
}

fn read<T>(
    name: &str,
    get: impl Fn(&str) -> Option<String>,
    parse: impl Fn(&str) -> std::result::Result<T, String>,
) -> Result<Option<T>> {
    let value = get(name);
    value.map(|text| parse(&text).map_err(|e| Error::config(Some(name), None, e))).transpose()
}

fn kinds<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Kinds>, D::Error> {
    let names = Vec::<String>::deserialize(d)?;
    Kinds::parse(&names.join(",")).map(Some).map_err(serde::de::Error::custom)
}

fn encoding<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Named>, D::Error> {
    Named::parse(&String::deserialize(d)?).map(Some).map_err(serde::de::Error::custom)
}

fn output_encoding<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Encoded>, D::Error> {
    Encoded::parse(&String::deserialize(d)?).map(Some).map_err(serde::de::Error::custom)
}

fn threshold<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<f32>, D::Error> {
    let number = f64::deserialize(d)?;
    args::probability(&number.to_string()).map(Some).map_err(serde::de::Error::custom)
}

fn threads<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<usize>, D::Error> {
    let number = i64::deserialize(d)?;
    args::count(&number.to_string()).map(Some).map_err(serde::de::Error::custom)
}

fn protect<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Vec<Regex>>, D::Error> {
    let patterns = Vec::<String>::deserialize(d)?;
    let patterns: std::result::Result<_, String> = patterns.iter().map(|p| args::pattern(p)).collect();
    patterns.map(Some).map_err(|e| serde::de::Error::custom(e.replace('\n', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_place_decides() {
        let file = parse(Path::new("/etc/ungarble.toml"), "threshold = 0.3\nthreads = 3\nwords = [\"w\"]\n")
            .unwrap();
        let environment = environment(|name| {
            (name == "UNGARBLE_THRESHOLD" || name == "UNGARBLE_THREADS").then(|| "1".into())
        });
        let flags = Engine { threads: Some(2), ..Engine::default() };
        let settings = merge(None, &flags, environment.unwrap(), file);
        assert_eq!(settings.engine.threads, Some(2));
        assert_eq!(settings.engine.threshold, Some(1.0));
        assert_eq!(settings.engine.words.unwrap(), [Path::new("/etc/w")]);
    }

    #[test]
    fn mistakes_have_a_place() {
        let cases = [
            ("threshold = 0.3\nthreshhold = 1\n", "u.toml:2: unknown field `threshhold`, expected one of"),
            ("\nthreshold = 3\n", "u.toml:2: \"3\" is no number from 0 to 1"),
            ("only = [\"ocr\", \"telepathy\"]\n", "u.toml:1: unknown variant `telepathy`"),
            ("protect = [\"(\"]\n", "u.toml:1: regex parse error"),
            ("threads = 0\n", "u.toml:1: \"0\" is no number from 1 to 1024"),
            ("threads = \n", "u.toml:1: "),
            ("\nencoding = \"klingon\"\n", "u.toml:2: no encoding is called \"klingon\""),
        ];
        for (text, expected) in cases {
            let error = parse(Path::new("u.toml"), text).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.starts_with(expected), "{text:?}: {error}");
        }
        assert!(environment(|name| (name == "UNGARBLE_ONLY").then(|| "ocr,x".into())).is_err());
    }
}
