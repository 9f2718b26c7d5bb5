//! The command line: a filter by default, results on stdout, talk on stderr.
//!
//! Settings come from flags, the environment, a config file and the defaults, in this order (`config.rs`). Documents
//! are worked on in parallel and written in order (`pool.rs`), so the output is the same for any number of threads.
//!
//! Exit codes (`exit.rs`): 0 done or nothing to do, 1 `diff` found changes, 2 failure.

mod apply;
mod args;
mod clean;
mod config;
mod diff;
mod documents;
mod eval;
mod exit;
mod explain;
mod garble;
mod inputs;
mod jsonl;
mod output;
mod pool;
mod review;
mod score;
mod talk;
mod train;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command, Documents};
use config::Settings;
use exit::{Exit, Stop};
use talk::Talk;

/// Runs the command line of this process. `ungarble --help` says what it does.
pub fn main() -> ExitCode {
    let mut cli = Cli::parse(); // prints usage errors itself and ends with code 2, which is ours for failure
    let talk = Talk::new(cli.general.quiet, cli.general.verbose);
    match run(&mut cli, &talk) {
        Ok(exit) => exit.into(),
        Err(Stop::Closed) => Exit::Done.into(),
        Err(Stop::Failed(error)) => {
            talk.error(&error);
            Exit::Failed.into()
        }
    }
}

fn run(cli: &mut Cli, talk: &Talk) -> Result<Exit, Stop> {
    let general = &cli.general;
    let settings = |engine| Settings::resolve(general, engine, talk);
    // Where no flag says what the inputs are encoded in, the settings may.
    let of = |documents: &mut Documents, engine| -> Result<Settings, Stop> {
        let settings = settings(engine)?;
        documents.encoding = documents.encoding.or(settings.encoding);
        Ok(settings)
    };
    match &mut cli.command {
        Command::Clean(args) => {
            let settings = of(&mut args.documents, &args.engine)?;
            clean::run(args, &settings, talk)
        }
        Command::Diff(args) => {
            let settings = of(&mut args.documents, &args.engine)?;
            diff::run(args, &settings, talk)
        }
        Command::Review(args) => {
            let settings = of(&mut args.documents, &args.engine)?;
            review::run(args, &settings, talk)
        }
        Command::Apply(args) => apply::run(args, talk),
        Command::Explain(args) => {
            let settings = of(&mut args.documents, &args.engine)?;
            explain::run(args, &settings, talk)
        }
        Command::Score(args) => {
            let settings = of(&mut args.documents, &args.engine)?;
            score::run(args, &settings, talk)
        }
        Command::Eval(args) => eval::run(args, &settings(&args.engine)?, talk),
        Command::Train(args) => train::run(args, talk),
        Command::Garble(args) => garble::run(args, talk),
    }
}
