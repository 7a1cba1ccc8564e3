//! `hubgate apply`: the hub becomes what the answers say, or stays what it was.

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use crate::answers::{Answers, Checked};
use crate::apply::{Applied, Cause, StateDir, TakeOver, Wish, apply, foresee, lock, plan_for, would_recover};
use crate::cli::hub::planned::tell_plan;
use crate::cli::{AnswerFlags, Global, exit};
use crate::host::Host;
use crate::plan::Plan;
use crate::secret::Secret;
use crate::tljh::login::{Surprise, Verdict};
use crate::told;
use crate::ui::prompt::{Reply, Session, Terminal, confirm};
use crate::ui::{Steps, Ui};
use crate::verify::{Outcome, Patience, VerifyReport};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  sudo hubgate apply --answers hubgate.toml --dry-run
  sudo hubgate apply --answers hubgate.toml")]
pub struct Args {
    /// Show what would be done and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Undo it also when something cannot be seen yet, such as the public name
    #[arg(long)]
    strict: bool,
    /// Take out what contradicts the answers elsewhere on the hub: settings in config.yaml and in other files
    #[arg(long)]
    take_over: bool,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    answers: AnswerFlags,
}

/// How long to wait for what takes its time.
#[derive(Debug, Clone, clap::Args)]
pub struct Waiting {
    /// Seconds that the hub may take to come up
    #[arg(long, value_name = "SECONDS", default_value_t = 90, value_parser = clap::value_parser!(u64).range(1..=3600))]
    hub_deadline: u64,
    /// Seconds to wait for the certificate and the public name
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=3600))]
    wait: u64,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            hub_deadline: 90,
            wait: 30,
        }
    }
}

impl Waiting {
    /// For the hub to come up.
    pub fn hub_deadline(&self) -> Duration {
        Duration::from_secs(self.hub_deadline)
    }

    fn patience(&self) -> Patience {
        Patience {
            public: Duration::from_secs(self.wait),
            ..Patience::of(Duration::from_secs(2))
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a VerifyReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    who_gets_in: Option<&'a Vec<Surprise>>,
    warnings: Vec<&'a String>,
}

pub fn run(global: &Global, args: &Args) -> told::Result<ExitCode> {
    run_on(global, args, &crate::cli::machine())
}

pub(in crate::cli) fn run_on(global: &Global, args: &Args, host: &dyn Host) -> told::Result<ExitCode> {
    let checked = args.answers.checked(global, host)?;
    if args.dry_run {
        return dry_run(global, args, host, &checked);
    }
    let take_over = args.take_over;
    apply_checked(global, host, &checked, &args.waiting, args.strict, take_over)
}

/// Applies valid answers and tells how it went; the wizard and `install` come here too.
///
/// # Errors
/// When the apply fails; the error says in which state the hub is.
pub fn apply_checked(
    global: &Global,
    host: &dyn Host,
    checked: &Checked,
    waiting: &Waiting,
    strict: bool,
    take_over: bool,
) -> told::Result<ExitCode> {
    let ui = global.ui();
    let state = StateDir::for_hub(&global.prefix);
    let _lock = lock(host, &state)?;
    crate::cli::stop_on_signals(host)?;
    let secret = resolve_secret(global, host, checked)?;
    let mut wish = wish(global, checked, &secret, waiting, strict);
    wish.take_over = match take_over {
        true => TakeOver::Yes,
        false if !global.yes && !global.json && Session::is_possible() => TakeOver::Ask(&ask),
        false => TakeOver::No,
    };
    let applied = apply(host, &state, &wish, &mut Steps::new(ui))?;
    match &applied {
        Applied::NothingToDo { warnings } => {
            let all = checked.warnings.iter().chain(warnings).collect();
            warnings.iter().for_each(|warning| ui.warn(warning));
            ui.line("nothing to do: the hub is as the answers say (hubgate verify checks the login)");
            ui.document(&Document {
                outcome: "nothing-to-do",
                run: None,
                plan: None,
                report: None,
                who_gets_in: None,
                warnings: all,
            })?;
        }
        Applied::Done {
            journal,
            report,
            warnings,
        } => {
            warnings.iter().for_each(|warning| ui.warn(warning));
            let all = checked.warnings.iter().chain(warnings).collect();
            tell_unknown(ui, report);
            ui.line(done_words(report, &checked.answers));
            ui.note("hubgate rollback goes back to before");
            let run = Some(journal.id.as_str());
            ui.document(&Document {
                outcome: "applied",
                run,
                plan: None,
                report: Some(report),
                who_gets_in: None,
                warnings: all,
            })?;
        }
    }
    ui.stays_done_untold();
    Ok(ExitCode::SUCCESS)
}

fn dry_run(global: &Global, args: &Args, host: &dyn Host, checked: &Checked) -> told::Result<ExitCode> {
    let ui = global.ui();
    if let Some(unfinished) = would_recover(host, &StateDir::for_hub(&global.prefix))? {
        ui.warn(unfinished.words);
    }
    let secret = resolve_secret(global, host, checked)?;
    let mut wish = wish(global, checked, &secret, &args.waiting, args.strict);
    if args.take_over {
        wish.take_over = TakeOver::Yes;
    }
    let (plan, observed) = plan_for(host, &wish)?;
    let (plan, foreseen) = foresee(host, &wish, plan, &observed);
    let warnings = [plan.warnings.clone(), of_foresight(&foreseen)].concat();
    warnings.iter().for_each(|warning| ui.warn(warning));
    let refused = foreseen.as_ref().ok().filter(|verdict| verdict.is_refused());
    if plan.is_empty() && refused.is_none() {
        ui.line("nothing to do: the hub is as the answers say");
    }
    let planned = tell_plan(ui, &plan);
    if let Some(verdict) = refused {
        ui.line(format!("apply would be refused: {}", verdict.heading()));
        verdict
            .faults()
            .iter()
            .for_each(|fault| ui.line(format!("    {fault}")));
        verdict
            .mends()
            .iter()
            .for_each(|mend| ui.line(format!("    → {mend}")));
    }
    ui.document(&Document {
        outcome: refused.map_or(planned, |_| "refused"),
        run: None,
        plan: Some(&plan),
        report: None,
        who_gets_in: foreseen.as_ref().ok().map(|verdict| &verdict.surprises),
        warnings: checked.warnings.iter().chain(&warnings).collect(),
    })?;
    Ok(refused.map_or(ExitCode::SUCCESS, |_| ExitCode::from(exit::FAILED)))
}

/// What a person should know of it; where nobody could be asked, why.
fn of_foresight(foreseen: &Result<Verdict, Cause>) -> Vec<String> {
    match foreseen {
        Ok(verdict) => verdict.warnings(),
        Err(cause) => vec![format!("who gets in is not known: {cause}")],
    }
}

fn resolve_secret(global: &Global, host: &dyn Host, checked: &Checked) -> told::Result<Secret> {
    let resolved = checked
        .answers
        .cognito
        .client_secret
        .resolve(host, &global.prefix)?;
    resolved
        .warnings
        .iter()
        .for_each(|warning| global.ui().warn(warning));
    Ok(resolved.secret)
}

fn wish<'a>(
    global: &'a Global,
    checked: &'a Checked,
    secret: &'a Secret,
    waiting: &Waiting,
    strict: bool,
) -> Wish<'a> {
    Wish {
        checked,
        secret,
        prefix: &global.prefix,
        strict,
        hub_deadline: waiting.hub_deadline(),
        patience: waiting.patience(),
        take_over: TakeOver::No,
    }
}

/// Asks a person at the terminal whether these may be taken out. Who stops here, or goes back, says no.
fn ask(contradictions: &[String]) -> bool {
    let Ok(session) = Session::begin() else {
        return false;
    };
    let explain = format!(
        "These contradict your answers: {}. Each is put back by hubgate rollback.",
        contradictions.join("; ")
    );
    let answer = confirm(&mut Terminal::new(), "Take them out", &explain, false);
    session.hand_over();
    matches!(answer, Ok(Reply::Answer(true)))
}

/// What was not seen is not claimed.
fn done_words(report: &VerifyReport, answers: &Answers) -> String {
    let hub = &answers.hub;
    // Below a path, the hub answers there alone.
    let path = if hub.base_url.is_root() {
        ""
    } else {
        hub.base_url.as_str()
    };
    let url = format!("{}{path}", hub.url);
    match report.with(Outcome::Unknown).count() {
        0 => format!("done: people log in at {url} with AWS Cognito"),
        _ => format!(
            "done, as far as it can be seen: people should be able to log in at {url} with AWS Cognito; hubgate verify looks again"
        ),
    }
}

fn tell_unknown(ui: Ui, report: &VerifyReport) {
    for stage in report.with(Outcome::Unknown) {
        ui.warn(format!("not known yet: {}: {}", stage.name, stage.found));
        if let Some(remedy) = &stage.remedy {
            ui.error_detail(remedy);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;
    use crate::answers::{Problems, read_file, resolve};

    #[test]
    fn the_address_that_people_get_has_the_hub_s_path() {
        let report = VerifyReport {
            stages: Vec::new(),
            not_checked: Vec::new(),
            took: Duration::ZERO,
        };
        let root = include_str!("../../../fixtures/answers/example.toml");
        let below = root.replacen("[hub]", "[hub]\nbase_url = \"/jupyter\"", 1);
        for (toml, told) in [
            (root, "log in at https://hub.example.org with"),
            (&below, "log in at https://hub.example.org/jupyter/ with"),
        ] {
            let mut problems = Problems::default();
            let layer = read_file(Path::new("hubgate.toml"), toml, &mut problems);
            let answers = resolve(&layer, None, problems).unwrap().answers;
            let words = done_words(&report, &answers);
            assert!(words.contains(told), "{words}");
        }
    }
}
