//! The command line: one file a subcommand, each its flags and a few lines that call the library.

mod answer_flags;
mod completions;
#[cfg(test)]
mod documents;
mod failure;
#[cfg(feature = "fault-injection")]
mod faults;
mod hub;
mod man;
mod standin;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PathBufValueParser, TypedValueParser as _};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use crate::tljh::DEFAULT_PREFIX;
pub use crate::told::exit;
use crate::ui::Ui;
pub use answer_flags::AnswerFlags;
#[cfg(feature = "fault-injection")]
use faults::machine;

/// The machine that commands change.
#[cfg(not(feature = "fault-injection"))]
fn machine() -> crate::host::SystemHost {
    crate::host::SystemHost::new()
}

/// The first Ctrl-C ends a run well. A second one kills, and says at least what becomes of it.
fn stop_on_signals(host: &dyn crate::host::Host) -> std::io::Result<()> {
    host.interrupt().before_dying(crate::ui::end_at_once);
    host.interrupt().on_signals()
}

/// Put an AWS Cognito login in front of JupyterHub.
#[derive(Debug, Parser)]
#[command(name = "hubgate", version, about, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    everywhere: Everywhere,
    #[command(flatten)]
    alone: AnswerFlags,
    /// Where TLJH is [env: TLJH_INSTALL_PREFIX] [default: /opt/tljh]
    #[arg(
        long,
        value_name = "DIR",
        env = "TLJH_INSTALL_PREFIX",
        hide_env = true,
        value_parser = absolute()
    )]
    prefix: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  hubgate                              ask for what is needed, then write files for review
  hubgate rehearse                     see a login work on this machine, with a stand-in for Cognito
  hubgate render --answers hubgate.toml --out review
";

/// Flags of every command.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Everywhere {
    /// Print one JSON document on stdout
    #[arg(long, global = true, help_heading = "Everywhere")]
    json: bool,
    /// Say only what matters
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    quiet: bool,
    /// Answer yes to every question
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    yes: bool,
}

// A command of a hub, and which hub. No doc comment: clap would show it.
#[derive(Debug, clap::Args)]
struct OfHub<A: clap::Args> {
    #[command(flatten)]
    args: A,
    /// Where TLJH is [env: TLJH_INSTALL_PREFIX] [default: /opt/tljh]
    // The variable is read once, with the whole command line.
    #[arg(long, value_name = "DIR", value_parser = absolute())]
    prefix: Option<PathBuf>,
}

fn absolute() -> impl clap::builder::TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(std::path::absolute)
}

/// What each command of a hub is told: how to speak, and which hub.
#[derive(Debug, Clone)]
pub struct Global {
    json: bool,
    quiet: bool,
    yes: bool,
    prefix: PathBuf,
}

impl Everywhere {
    fn ui(self) -> Ui {
        Ui {
            json: self.json,
            quiet: self.quiet,
        }
    }

    fn with(self, prefix: Option<PathBuf>) -> Global {
        let Self { json, quiet, yes } = self;
        let prefix = prefix.unwrap_or_else(|| DEFAULT_PREFIX.into());
        Global {
            json,
            quiet,
            yes,
            prefix,
        }
    }
}

impl Global {
    /// How to speak.
    pub fn ui(&self) -> Ui {
        Ui {
            json: self.json,
            quiet: self.quiet,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask for what is needed, then write or print the configuration; hubgate alone does the same
    Wizard(OfHub<hub::wizard::Args>),
    /// Write the configuration for review: awscognito.py, user data, commands
    Render(OfHub<hub::render::Args>),
    /// Is the login working, end to end, without a person?
    Verify(OfHub<hub::verify::Args>),
    /// Make the hub what the answers say, or leave it as it was
    Apply(OfHub<hub::apply::Args>),
    /// Install TLJH where it is missing, then apply
    Install(OfHub<hub::install::Args>),
    /// Go back to before the last apply, or to TLJH's own login
    Rollback(OfHub<hub::rollback::Args>),
    /// See on this machine whom the configuration lets in: a real JupyterHub, a stand-in for Cognito
    Rehearse(hub::rehearse::Args),
    /// Say what is wrong with this hub's login, and what mends it
    Doctor(OfHub<hub::doctor::Args>),
    /// Print a shell's completions
    Completions(completions::Args),
    /// Print the manual page
    #[command(after_help = "Example:\n  hubgate man | man -l -")]
    Man,
    /// Serve a stand-in for AWS Cognito on this machine
    #[command(hide = true)]
    Standin(standin::Args),
}

/// Parses the command line and runs the subcommand that it names.
pub fn main() -> ExitCode {
    let cli = usage::read();
    let ui = cli.everywhere.ui();
    if let (Some(_), Some(flag)) = (&cli.command, cli.alone.first_flag()) {
        let what = format!("--{flag} belongs behind the subcommand");
        usage::end(&Cli::command().error(ErrorKind::ArgumentConflict, what));
    }
    let global = |prefix: Option<PathBuf>| cli.everywhere.with(prefix.or(cli.prefix));
    let outcome = match cli.command {
        None => hub::wizard::ask(&global(None), cli.alone),
        Some(Command::Wizard(of)) => hub::wizard::run(&global(of.prefix), of.args),
        Some(Command::Render(of)) => hub::render::run(&global(of.prefix), of.args),
        Some(Command::Verify(of)) => hub::verify::run(&global(of.prefix), of.args),
        Some(Command::Apply(of)) => hub::apply::run(&global(of.prefix), &of.args),
        Some(Command::Install(of)) => hub::install::run(&global(of.prefix), &of.args),
        Some(Command::Rollback(of)) => hub::rollback::run(&global(of.prefix), &of.args),
        Some(Command::Doctor(of)) => hub::doctor::run(&global(of.prefix), &of.args),
        Some(Command::Rehearse(args)) => hub::rehearse::run(ui, &args),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man) => man::run(),
        Some(Command::Standin(args)) => standin::run(args),
    };
    let code = outcome.unwrap_or_else(|error| failure::report(ui, &error));
    match crate::ui::take_stdout_failure() {
        Some(error) if code == ExitCode::SUCCESS => {
            ui.error(format!(
                "the result cannot be written to standard output: {error}"
            ));
            ExitCode::from(exit::FAILED)
        }
        _ => code,
    }
}
