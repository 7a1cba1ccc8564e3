//! Reading the command line, and telling what is wrong with it without repeating what may be a secret.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use super::Cli;
use super::answer_flags::left_out_of_help;

const HINT: &str = "it is not shown, since it may be a secret; the client secret is given with --client-secret-from file:PATH, env:NAME or stdin";

/// Longer than what is mistyped for `letsencrypt`, shorter than a secret: those have 24 characters and more.
const MAY_BE_A_SECRET: usize = 16;

/// The command line. Help, the version and mistakes are told here, and end the process.
pub(super) fn read() -> Cli {
    let parsed = command().try_get_matches();
    let cli = parsed.and_then(|matches| {
        prefix_has_a_hub(&matches)?;
        Cli::from_arg_matches(&matches)
    });
    cli.unwrap_or_else(|error| end(&without_values(error)))
}

/// `--prefix` may stand before the subcommand, if that is one of a hub.
fn prefix_has_a_hub(matches: &ArgMatches) -> Result<(), clap::Error> {
    match matches.subcommand() {
        Some((name, subcommand))
            if matches.value_source("prefix") == Some(ValueSource::CommandLine)
                && subcommand.try_contains_id("prefix").is_err() =>
        {
            let what = format!("--prefix is for the commands of a hub, and {name} is none");
            Err(Cli::command().error(ErrorKind::ArgumentConflict, what))
        }
        _ => Ok(()),
    }
}

/// Tells it and ends the process; a mistake is a document too, where JSON was asked for.
pub(super) fn end(error: &clap::Error) -> ! {
    let json = std::env::args_os().any(|argument| argument == "--json");
    if json && error.use_stderr() {
        super::failure::usage_document(&error.render().to_string());
    }
    error.exit()
}

/// Who runs these has a file of answers, or types a few at the prompts; their helps fit a screen.
fn command() -> clap::Command {
    let whole = left_out_of_help(Cli::command());
    ["apply", "install", "verify"]
        .iter()
        .fold(whole, |whole, name| whole.mut_subcommand(name, left_out_of_help))
}

/// clap quotes what it does not understand; what may be a secret is taken out. A near miss of a
/// subcommand is none.
fn without_values(mut error: clap::Error) -> clap::Error {
    match error.kind() {
        ErrorKind::UnknownArgument => match text(&error, ContextKind::InvalidArg).and_then(flag_of) {
            Some(flag) => {
                error.insert(ContextKind::InvalidArg, ContextValue::String(flag));
                if text(&error, ContextKind::SuggestedArg) == Some("--client-secret") {
                    // That one is there to say that there is none.
                    let source = ContextValue::String("--client-secret-from".to_owned());
                    error.insert(ContextKind::SuggestedArg, source);
                }
            }
            None => hide(&mut error, ContextKind::InvalidArg),
        },
        ErrorKind::InvalidSubcommand if !is_near_miss(&error) => {
            hide(&mut error, ContextKind::InvalidSubcommand);
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::TooManyValues => {
            let value = text(&error, ContextKind::InvalidValue).unwrap_or_default();
            if value.chars().count() >= MAY_BE_A_SECRET {
                let shown = ContextValue::String("[not shown]".to_owned());
                error.insert(ContextKind::InvalidValue, shown);
            }
        }
        _ => {}
    }
    error
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

/// The flag alone, without a value behind `=`.
fn flag_of(argument: &str) -> Option<String> {
    let name = argument.split('=').next().unwrap_or_default();
    let is_letter = name.starts_with('-') && name.chars().count() == 2;
    (name.starts_with("--") || is_letter).then(|| name.to_owned())
}

fn is_near_miss(error: &clap::Error) -> bool {
    matches!(error.get(ContextKind::SuggestedSubcommand), Some(ContextValue::Strings(near)) if !near.is_empty())
}

/// Takes out the piece, and the tips that repeat it.
fn hide(error: &mut clap::Error, kind: ContextKind) {
    error.remove(kind);
    let hint = ContextValue::StyledStrs(vec![StyledStr::from(HINT)]);
    error.insert(ContextKind::Suggested, hint);
}
