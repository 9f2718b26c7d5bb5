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

use args::{Cli, Command};
use config::Settings;
use exit::{Exit, Stop};
use talk::Talk;

/// Runs the command line of this process. `ungarble --help` says what it does.
pub fn main() -> ExitCode {
    let cli = Cli::parse(); // prints usage errors itself and ends with code 2, which is ours for failure
    let talk = Talk::new(cli.general.quiet, cli.general.verbose);
    match run(&cli, &talk) {
        Ok(exit) => exit.into(),
        Err(Stop::Closed) => Exit::Done.into(),
        Err(Stop::Failed(error)) => {
            talk.error(&error);
            Exit::Failed.into()
        }
    }
}

fn run(cli: &Cli, talk: &Talk) -> Result<Exit, Stop> {
    let settings = |engine| Settings::resolve(&cli.general, engine, talk);
    match &cli.command {
        Command::Clean(args) => clean::run(args, &settings(&args.engine)?, talk),
        Command::Diff(args) => diff::run(args, &settings(&args.engine)?, talk),
        Command::Review(args) => review::run(args, &settings(&args.engine)?, talk),
        Command::Apply(args) => apply::run(args, talk),
        Command::Explain(args) => explain::run(args, &settings(&args.engine)?, talk),
        Command::Score(args) => score::run(args, &settings(&args.engine)?, talk),
        Command::Eval(args) => eval::run(args, &settings(&args.engine)?, talk),
        Command::Train(args) => train::run(args, talk),
        Command::Garble(args) => garble::run(args, talk),
    }
}
