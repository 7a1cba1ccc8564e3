//! `hubgate doctor`: what is wrong with this hub's login, and what mends it.

use std::process::ExitCode;

use serde::Serialize;

use crate::apply::{Cause, StateDir};
use crate::cli::{Global, exit};
use crate::doctor::{Finding, examine};
use crate::host::{Host, SystemHost};
use crate::tljh::observe::is_installed;
use crate::told;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
It changes nothing. Run it on the hub, as root: the settings are readable for root alone.

Exit codes: 0 nothing is wrong · 5 something is

Example:
  sudo hubgate doctor")]
pub struct Args {}

#[derive(Serialize)]
struct Document<'a> {
    findings: &'a [Finding],
}

pub fn run(global: &Global, _: &Args) -> told::Result<ExitCode> {
    run_on(global, &SystemHost::new())
}

pub(in crate::cli) fn run_on(global: &Global, host: &dyn Host) -> told::Result<ExitCode> {
    let ui = global.ui();
    if !host.is_root() {
        return Err(Cause::NotRoot.into());
    }
    if !is_installed(host, &global.prefix)? {
        return Err(Cause::NoHub(global.prefix.clone()).into());
    }
    let findings = examine(host, &global.prefix, &StateDir::for_hub(&global.prefix))?;
    for finding in &findings {
        ui.line(format!("{} {finding}", console::style("✗").red()));
        ui.line(format!("    {}", finding.remedy));
    }
    ui.document(&Document { findings: &findings })?;
    if findings.is_empty() {
        ui.line("nothing is wrong as far as this machine can see; hubgate verify asks Cognito too");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(exit::FAULT_FOUND))
}
