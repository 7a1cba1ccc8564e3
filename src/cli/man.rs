//! `hubgate man`.

use std::process::ExitCode;

use crate::told;
use clap::CommandFactory as _;
use clap_mangen::Man;

/// The page of hubgate itself, then those that it refers to: nobody has them as files of their own.
pub fn run() -> told::Result<ExitCode> {
    let mut command = super::Cli::command().disable_help_subcommand(true);
    // Gives the subcommands their full names.
    command.build();
    let mut pages = Vec::new();
    Man::new(command.clone()).render(&mut pages)?;
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        Man::new(subcommand.clone()).render(&mut pages)?;
    }
    crate::ui::write_stdout(&pages);
    Ok(ExitCode::SUCCESS)
}
