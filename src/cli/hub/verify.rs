//! `hubgate verify`: is the login working?

use std::process::ExitCode;
use std::time::Duration;

use crate::told::{self, Context as _};
use console::style;
use serde::Serialize;

use crate::answers::Answers;
use crate::apply::Cause;
use crate::cli::hub::recovery::recover_first;
use crate::cli::{AnswerFlags, Global, exit};
use crate::host::{Host, Interrupt, SystemHost};
use crate::secret::{Secret, SecretSource};
use crate::tljh::{HubFiles, LocalHub};
use crate::verify::{Expectation, Outcome, Patience, Stage, StageName, VerifyReport, verify};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Run it on the hub, as root: the client secret is readable for root alone.

Exit codes: 0 nothing is wrong · 5 something is wrong, or (with --strict) not known

Examples:
  sudo hubgate verify                              # with the answers of the last apply
  sudo hubgate verify --answers hubgate.toml --strict --wait 120   # DNS and certificate may take a while")]
pub struct Args {
    /// Take for wrong what is not known
    #[arg(long)]
    strict: bool,
    /// How long to wait for a hub that starts, a certificate being issued, a DNS record being new
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
    #[command(flatten)]
    answers: AnswerFlags,
}

#[derive(Serialize)]
struct Document<'a> {
    outcome: Outcome,
    strict: bool,
    #[serde(flatten)]
    report: &'a VerifyReport,
    warnings: &'a [String],
}

pub fn run(global: &Global, args: Args) -> told::Result<ExitCode> {
    let interrupt = Interrupt::new();
    interrupt.on_signals().context("cannot wait for signals")?;
    run_on(global, &args, &SystemHost::with_interrupt(interrupt))
}

pub(in crate::cli) fn run_on(global: &Global, args: &Args, host: &dyn Host) -> told::Result<ExitCode> {
    recover_first(global, host)?;
    host.interrupt().ends_at_once();
    if host.interrupt().requested() {
        return Err(Cause::Interrupted.into());
    }
    let answers = args.answers.checked_or_in_force(global, host)?.answers;
    // All that could be said then is about this machine: its certificates, its ports.
    if host.stat(&global.prefix.join("hub"))?.is_none() {
        return Err(Cause::NoHub(global.prefix.clone()).into());
    }
    let hub = LocalHub::read(host, &global.prefix)?;
    let expected = Expectation::new(&answers, hub);
    let mut warnings = Vec::new();
    let secret = secret(global, host, &answers, &mut warnings);
    for warning in &warnings {
        global.ui().warn(warning);
    }
    let secret = secret.as_ref().map_err(String::as_str);
    let patience = Patience::of(Duration::from_secs(args.wait));
    let report = verify(host, &expected, secret, &patience, &mut |stage| {
        tell(global, stage)
    });
    summarize(global, args, &report, &warnings)
}

/// The secret that the hub uses, else the one that the answers name; else why there is none.
fn secret(
    global: &Global,
    host: &dyn Host,
    answers: &Answers,
    warnings: &mut Vec<String>,
) -> Result<Secret, String> {
    let installed = HubFiles::new(&global.prefix).awscognito_secret();
    let mut resolve = |source: &SecretSource| {
        let resolved = source
            .resolve(host, &global.prefix)
            .map_err(|error| error.to_string())?;
        warnings.extend(resolved.warnings);
        Ok(resolved.secret)
    };
    resolve(&SecretSource::File(installed)).or_else(|why_not: String| {
        resolve(&answers.cognito.client_secret)
            .map_err(|also_not| format!("there is no client secret to try: {why_not}; {also_not}"))
    })
}

fn tell(global: &Global, stage: &Stage) {
    // An unknown is no result to be left out with --quiet.
    if global.quiet && stage.outcome == Outcome::Pass {
        return;
    }
    let word = format!("{:<8}", stage.outcome);
    let word = match stage.outcome {
        Outcome::Pass => style(word).green(),
        Outcome::Unknown => style(word).yellow(),
        Outcome::Fail => style(word).red().bold(),
    };
    let longest = StageName::ALL.map(|name| name.as_str().len()).into_iter().max();
    let width = longest.unwrap_or_default();
    global
        .ui()
        .line(format!("{word} {:<width$}  {}", stage.name, stage.found));
    if let Some(remedy) = &stage.remedy {
        global.ui().line(format!("{:10}{:width$} → {remedy}", "", ""));
    }
}

fn summarize(
    global: &Global,
    args: &Args,
    report: &VerifyReport,
    warnings: &[String],
) -> told::Result<ExitCode> {
    let count = |outcome| report.with(outcome).count();
    let (failed, unknown) = (count(Outcome::Fail), count(Outcome::Unknown));
    let words = match (failed, unknown) {
        (0, 0) => "Everything that can be seen without a person is right.".to_owned(),
        (0, _) if args.strict => format!("{unknown} not known, which --strict takes for wrong."),
        (0, _) => format!("Nothing is wrong, as far as it is known; {unknown} not known."),
        (_, 0) => format!("{failed} wrong."),
        (_, _) => format!("{failed} wrong, {unknown} not known."),
    };
    global.ui().line(words);
    global.ui().note(format!(
        "Only a person's login shows: {}.",
        report.not_checked.join("; ")
    ));
    global.ui().document(&Document {
        outcome: report.worst(),
        strict: args.strict,
        report,
        warnings,
    })?;
    let fault = failed > 0 || args.strict && report.worst() != Outcome::Pass;
    Ok(if fault {
        ExitCode::from(exit::FAULT_FOUND)
    } else {
        ExitCode::SUCCESS
    })
}
