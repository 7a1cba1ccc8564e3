//! `hubgate install`: The Littlest JupyterHub where it is missing, then `apply`.

use std::process::ExitCode;

use crate::answers::Gathered;
use crate::apply::{Cause, StateDir};
use crate::awscli;
use crate::cli::answer_flags::checked;
use crate::cli::hub::apply::{Waiting, apply_checked};
use crate::cli::{AnswerFlags, Global};
use crate::host::{Host, SystemHost};
use crate::install::{
    BootstrapSource, Installed, Presence, Wanted, ensure_aws_command, ensure_tljh, presence,
};
use crate::secret::SecretSource;
use crate::told;
use crate::ui::Steps;

const TLJH: &str = "The Littlest JupyterHub, where it is missing";

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Runs TLJH's own installer where TLJH is missing, which takes some minutes, then does what
`hubgate apply` does. Needs no terminal. A second run changes nothing; one that was cut off goes on
where it stopped.

Example:
  sudo hubgate install --answers hubgate.toml
  sudo hubgate install --answers hubgate.toml --tljh-version 2.0.0 --show-progress-page")]
pub struct Args {
    #[command(flatten)]
    tljh: TljhFlags,
    /// Undo the login also when something cannot be seen yet, such as the public name
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    answers: AnswerFlags,
}

#[derive(Debug, Clone, clap::Args)]
struct TljhFlags {
    /// TLJH's installer: an https address or a file
    #[arg(long, value_name = "URL|FILE", default_value = BootstrapSource::OFFICIAL, help_heading = TLJH)]
    bootstrap_url: BootstrapSource,
    /// TLJH's version, such as 2.0.0 (default: its newest release)
    #[arg(long, value_name = "VERSION", value_parser = no_flag, help_heading = TLJH)]
    tljh_version: Option<String>,
    /// A TLJH plugin, as pip names it (repeats)
    #[arg(long, value_name = "PACKAGE", value_parser = no_flag, help_heading = TLJH)]
    tljh_plugin: Vec<String>,
    /// A list of packages for people's own environment
    #[arg(long, value_name = "URL", value_parser = no_flag, help_heading = TLJH)]
    user_requirements_txt_url: Option<String>,
    /// Show on port 80 how far it is
    #[arg(long, help_heading = TLJH)]
    show_progress_page: bool,
}

/// TLJH's installer would take it for a flag of its own.
fn no_flag(typed: &str) -> Result<String, String> {
    if typed.trim().is_empty() || typed.starts_with('-') {
        return Err("it must not be empty or begin with -".to_owned());
    }
    Ok(typed.to_owned())
}

impl TljhFlags {
    fn wanted(&self) -> Wanted {
        Wanted {
            source: self.bootstrap_url.clone(),
            version: self.tljh_version.clone(),
            plugins: self.tljh_plugin.clone(),
            user_requirements_txt_url: self.user_requirements_txt_url.clone(),
            show_progress_page: self.show_progress_page,
        }
    }

    fn is_any_given(&self) -> bool {
        self.tljh_version.is_some()
            || !self.tljh_plugin.is_empty()
            || self.user_requirements_txt_url.is_some()
            || self.show_progress_page
    }
}

pub fn run(global: &Global, args: &Args) -> told::Result<ExitCode> {
    install(global, &SystemHost::new(), args)
}

fn install(global: &Global, host: &dyn Host, args: &Args) -> told::Result<ExitCode> {
    let ui = global.ui();
    let state = StateDir::for_hub(&global.prefix);
    if !host.is_root() {
        return Err(Cause::NotRoot.into());
    }
    let wanted = args.tljh.wanted();
    let gathered = args.answers.gather(host);
    let installed = if presence(host, &global.prefix, &state)? == Presence::Present {
        if args.tljh.is_any_given() {
            ui.warn("TLJH is there already: what you said of its version, plugins, packages and progress page does nothing");
        }
        Installed::Before
    } else {
        // What is wrong with the answers is told now, and not after ten minutes.
        check_early(global, host, &gathered, &wanted)?;
        host.interrupt().on_signals()?;
        ensure_tljh(host, &global.prefix, &state, &wanted, &mut Steps::new(ui))?
    };
    let applied = apply_answers(global, host, args, &gathered);
    if applied.is_err() && installed == Installed::Now {
        ui.warn("The Littlest JupyterHub is installed and stays; nobody can log in yet");
    }
    applied
}

/// The answers are checked again, since which oauthenticator the hub has is known only now.
fn apply_answers(
    global: &Global,
    host: &dyn Host,
    args: &Args,
    gathered: &Gathered,
) -> told::Result<ExitCode> {
    let checked = checked(global, host, gathered)?;
    let source = &checked.answers.cognito.client_secret;
    ensure_aws_command(host, &global.prefix, source, &mut Steps::new(global.ui()))?;
    apply_checked(global, host, &checked, &args.waiting, args.strict, false)
}

fn check_early(global: &Global, host: &dyn Host, gathered: &Gathered, wanted: &Wanted) -> told::Result<()> {
    let checked = gathered.resolve(wanted.oauthenticator())?;
    match checked.answers.cognito.client_secret {
        // It can be read only once.
        SecretSource::Stdin => {}
        // Its command comes with TLJH.
        source if source.is_aws() && awscli::find_command(host, &global.prefix).is_none() => {}
        // A variable is also hidden from TLJH's installer by this.
        source => drop(source.resolve(host, &global.prefix)?),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
