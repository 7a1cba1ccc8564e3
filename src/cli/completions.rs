//! `hubgate completions SHELL`.

use std::process::ExitCode;

use clap::{Command, CommandFactory as _};

use super::answer_flags::SECRET_TRAP;
use crate::told;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hubgate completions bash > /etc/bash_completion.d/hubgate")]
pub struct Args {
    /// Which shell
    shell: clap_complete::Shell,
}

pub fn run(args: &Args) -> told::Result<ExitCode> {
    let mut script = Vec::new();
    let mut command = offered(&super::Cli::command()).version(env!("CARGO_PKG_VERSION"));
    clap_complete::generate(args.shell, &mut command, "hubgate", &mut script);
    crate::ui::write_stdout(&script);
    Ok(ExitCode::SUCCESS)
}

/// The same without hidden commands and without the flag that refuses a secret. Clap completes them, too, and
/// whoever takes that flag has the secret in the shell's history before it is refused.
fn offered(command: &Command) -> Command {
    let arguments = command.get_arguments().filter(|arg| arg.get_id() != SECRET_TRAP);
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    let mut same = Command::new(command.get_name().to_owned())
        .args(arguments)
        .subcommands(shown.map(offered));
    if let Some(about) = command.get_about() {
        same = same.about(about.clone());
    }
    same
}
