//! `hubgate completions SHELL`.

use std::process::ExitCode;

use clap::CommandFactory as _;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hubgate completions bash > /etc/bash_completion.d/hubgate")]
pub struct Args {
    /// Which shell
    shell: clap_complete::Shell,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "hubgate", &mut script);
    crate::ui::write_stdout(&script);
    Ok(ExitCode::SUCCESS)
}
