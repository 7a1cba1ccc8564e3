//! `hubgate rehearse`: does this configuration let the right people in?

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::told::{self, Context as _};

use crate::answers::{Answers, Key, Problems, merge, read_file, resolve};
use crate::cli::{AnswerFlags, exit};
use crate::host::{Host, Interrupt, SystemHost};
use crate::rehearse::{EXAMPLE, Rehearsal, RehearsalReport};
use crate::ui::{Steps, Ui};

/// Starts a real JupyterHub of the release that the answers are for, with the configuration as it would be
/// installed, beside a stand-in for AWS Cognito. Logs in as each kind of person, and compares who gets in, as
/// whom and with which rights, with what the answers promise.
///
/// Everything stays on this machine; root is not needed, and the real client secret is not read. The hub is
/// installed once, with pip, into the user's cache (400 MB).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  hubgate rehearse                                  a built-in example
  hubgate rehearse --answers hubgate.toml
  hubgate rehearse --answers hubgate.toml --keep    leave it running, to log in with a browser
  hubgate rehearse --oauthenticator 16.3            on an older hub")]
pub struct Args {
    /// Leave hub and stand-in running until Ctrl-C, and tell how to log in
    #[arg(long)]
    keep: bool,
    /// The Python to run the hub on, 3.10 or newer
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    #[command(flatten)]
    answers: AnswerFlags,
}

pub fn run(ui: Ui, args: &Args) -> told::Result<ExitCode> {
    let interrupt = Interrupt::new();
    interrupt.on_signals().context("cannot wait for signals")?;
    let host = SystemHost::with_interrupt(interrupt);
    let (answers, is_example) = answers(ui, args, &host)?;
    if is_example {
        ui.note("No answers were given, so this is the built-in example. Yours: --answers FILE");
    }
    let mut steps = Steps::new(ui);
    let mut rehearsal = Rehearsal::start(&host, &answers, args.python.as_deref(), &mut steps)?;
    let report = rehearsal.play(&mut steps)?;
    tell(ui, &answers, &report, &rehearsal);
    let verdict = ExitCode::from(if report.ok { exit::DONE } else { exit::FAULT_FOUND });
    if args.keep {
        let kept = rehearsal.kept();
        ui.document(&RehearsalReport {
            kept: Some(kept.clone()),
            ..report
        })?;
        ui.line(format!(
            "\nThe hub is on {} until you press Ctrl-C. Log in as:",
            kept.url
        ));
        let width = kept
            .people
            .iter()
            .map(|person| person.username.len())
            .max()
            .unwrap_or(0);
        for person in &kept.people {
            ui.line(format!(
                "  {:width$}  {}   {}",
                person.username, person.password, person.who
            ));
        }
        rehearsal.wait()?;
    } else {
        ui.document(&report)?;
    }
    rehearsal.stop()?;
    Ok(verdict)
}

/// The person's answers; without any, the example's.
fn answers(ui: Ui, args: &Args, host: &dyn Host) -> told::Result<(Answers, bool)> {
    let gathered = args.answers.gather(host);
    // A version alone is a question about the example: how does it go on that hub?
    let is_example =
        gathered.problems.is_empty() && gathered.given.keys().all(|key| *key == Key::Oauthenticator);
    let checked = if is_example {
        let mut problems = Problems::default();
        let example = read_file(Path::new("the built-in example"), EXAMPLE, &mut problems);
        resolve(&merge([gathered.given, example]), None, problems)?
    } else {
        gathered.resolve(None)?
    };
    for warning in &checked.warnings {
        ui.warn(warning);
    }
    Ok((checked.answers, is_example))
}

fn tell(ui: Ui, answers: &Answers, report: &RehearsalReport, rehearsal: &Rehearsal<'_>) {
    for line in report.lines() {
        ui.line(line);
    }
    let hub = format!(
        "JupyterHub {} and oauthenticator {}",
        report.jupyterhub, report.oauthenticator
    );
    if report.in_place_of.is_some() {
        ui.note(format!(
            "{hub} stood for oauthenticator {}, which is configured alike.",
            answers.oauthenticator
        ));
    }
    if report.ok {
        ui.line(format!(
            "\n{hub} let everybody in, or not, as the answers promise."
        ));
    } else {
        ui.error(format!("{hub} did not do what the answers promise"));
        if let Some(log) = rehearsal.keep_log() {
            ui.error_detail(format!("the hub's log: {}", log.display()));
        }
    }
    ui.note("A client secret was made up for this; the real one was not read.");
}
