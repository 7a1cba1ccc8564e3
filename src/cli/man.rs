//! `hubgate man`.

use std::process::ExitCode;

use clap::CommandFactory as _;

pub fn run() -> anyhow::Result<ExitCode> {
    let mut page = Vec::new();
    clap_mangen::Man::new(super::Cli::command()).render(&mut page)?;
    crate::ui::write_stdout(&page);
    Ok(ExitCode::SUCCESS)
}
