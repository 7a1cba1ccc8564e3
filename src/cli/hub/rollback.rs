//! `hubgate rollback`: back to before the last apply, or to TLJH's own login.

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use crate::apply::{
    BackTo, Cause, History, Journal, Purpose, RunState, StateDir, WayBack, WentBack, lock, roll_back,
    way_back,
};
use crate::cli::Global;
use crate::cli::hub::planned::tell_plan;
use crate::host::Host;
use crate::plan::Plan;
use crate::told;
use crate::ui::{Steps, Ui};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  sudo hubgate rollback --dry-run       # what it would do
  sudo hubgate rollback
  sudo hubgate rollback --to-default    # TLJH's own first-use login")]
pub struct Args {
    /// Go back to TLJH's first-use login instead
    #[arg(long, conflicts_with = "list")]
    to_default: bool,
    /// Show what would be done and change nothing
    #[arg(long, conflicts_with = "list")]
    dry_run: bool,
    /// Show what was applied and taken back so far
    #[arg(long)]
    list: bool,
    /// Also when somebody changed the files since
    #[arg(long, conflicts_with_all = ["list", "to_default"])]
    force: bool,
    /// Seconds that the hub may take to come up
    #[arg(long, value_name = "SECONDS", default_value_t = 90, value_parser = clap::value_parser!(u64).range(1..=3600))]
    hub_deadline: u64,
}

#[derive(Serialize)]
struct Document<'a> {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
}

#[derive(Serialize)]
struct DryRun<'a> {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_first: Option<&'a str>,
    plan: &'a Plan,
}

#[derive(Serialize)]
struct List {
    runs: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    run: String,
    started: String,
    purpose: Purpose,
    state: RunState,
    steps: usize,
}

pub fn run(global: &Global, args: &Args) -> told::Result<ExitCode> {
    run_on(global, args, &crate::cli::machine())
}

pub(in crate::cli) fn run_on(global: &Global, args: &Args, host: &dyn Host) -> told::Result<ExitCode> {
    let ui = global.ui();
    let state = StateDir::for_hub(&global.prefix);
    if args.list {
        return list(global, host, &state);
    }
    let back_to = if args.to_default {
        BackTo::Default
    } else {
        BackTo::BeforeLastApply { force: args.force }
    };
    if args.dry_run {
        return dry_run(ui, &way_back(host, &state, back_to)?);
    }
    let _lock = lock(host, &state)?;
    crate::cli::stop_on_signals(host)?;
    let deadline = Duration::from_secs(args.hub_deadline);
    match roll_back(host, &state, back_to, deadline, &mut Steps::new(ui))? {
        WentBack::Done(journal) => {
            ui.line(match back_to {
                BackTo::Default => "restored: the hub has TLJH's first-use login",
                BackTo::BeforeLastApply { .. } => {
                    "restored: the hub is as it was before the last apply, and its login was seen"
                }
            });
            ui.document(&Document {
                outcome: "restored",
                run: Some(&journal.id),
            })?;
        }
        WentBack::EndedCutOffRun => {
            ui.line("restored: the run that was cut off is undone (hubgate rollback once more goes back to before the apply before it)");
            ui.document(&Document {
                outcome: "restored",
                run: None,
            })?;
        }
        WentBack::NothingToDo => {
            ui.line("nothing to do: the hub has TLJH's first-use login");
            ui.document(&Document {
                outcome: "nothing-to-do",
                run: None,
            })?;
        }
    }
    ui.stays_done_untold();
    Ok(ExitCode::SUCCESS)
}

fn dry_run(ui: Ui, way: &WayBack) -> told::Result<ExitCode> {
    let undone_first = way.undone_first.as_ref().map(|run| run.words.as_str());
    if let Some(words) = undone_first {
        ui.warn(words);
    }
    let mut outcome = tell_plan(ui, &way.plan);
    match undone_first {
        Some(_) if way.plan.is_empty() => {
            outcome = "planned";
            ui.line(
                "nothing more than that: hubgate rollback once more goes back to before the apply before it",
            );
        }
        None if way.plan.is_empty() => ui.line("nothing to do: the hub has TLJH's first-use login"),
        _ => {}
    }
    ui.document(&DryRun {
        outcome,
        undone_first,
        plan: &way.plan,
    })?;
    Ok(ExitCode::SUCCESS)
}

fn list(global: &Global, host: &dyn Host, state: &StateDir) -> told::Result<ExitCode> {
    let row = |run: Journal| Row {
        run: run.id,
        started: run.started,
        purpose: run.purpose,
        state: run.state,
        steps: run.entries.len(),
    };
    let history = match History::read(host, state) {
        Err(_) if !host.is_root() => return Err(Cause::NotRoot.into()),
        history => history?,
    };
    if let Some((_, error)) = &history.damaged {
        global.ui().warn(error.to_string());
    }
    let rows: Vec<Row> = history.runs.into_iter().map(row).collect();
    if rows.is_empty() {
        global.ui().line("nothing was applied so far");
    }
    for row in &rows {
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let purpose = word(serde_json::to_value(row.purpose)?);
        let state = word(serde_json::to_value(row.state)?);
        global.ui().line(format!(
            "{:<27}  {purpose:<10}  {state:<11}  {} steps",
            row.started, row.steps
        ));
    }
    global.ui().document(&List { runs: rows })?;
    Ok(ExitCode::SUCCESS)
}
