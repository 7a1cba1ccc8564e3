//! How an error is told: what happened, where, what to do next.

use std::process::ExitCode;

use serde::Serialize;

use super::exit;
use crate::answers::{Key, Problems};
use crate::apply::{Cause, RunFailed};
use crate::install::InstallError;
use crate::rehearse::RehearseError;
use crate::render::RenderError;
use crate::secret::SecretError;
use crate::standin::StandinError;
use crate::tljh::LocalHubError;
use crate::ui::Ui;

/// The questions were to be asked where nobody can answer.
#[derive(Debug, thiserror::Error)]
#[error(
    "the questions need a terminal, and there is none; hubgate render --out DIR takes the answers as flags, variables or a file"
)]
pub struct NeedsTerminal;

#[derive(Serialize)]
struct Document {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// How the hub is now: `untouched`, `restored` or `broken` (also: installed in part).
    #[serde(skip_serializing_if = "Option::is_none")]
    hub: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemDocument>,
}

#[derive(Serialize)]
struct ProblemDocument {
    setting: Option<String>,
    origin: Option<String>,
    what: String,
    remedy: String,
}

/// The error and its causes, each said once: some name their cause themselves.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Tells the error and returns its exit code.
pub fn report(ui: Ui, error: &anyhow::Error) -> ExitCode {
    let hint = hint(error);
    ui.error(told(error));
    if let Some(hint) = &hint {
        ui.error_detail(hint);
    }
    let document = Document {
        error: told(error),
        hint,
        hub: hub_state(error),
        problems: problems(error),
    };
    if let Err(error) = ui.document(&document) {
        ui.error(format!("{error:#}"));
    }
    ExitCode::from(code(error))
}

fn hub_state(error: &anyhow::Error) -> Option<&'static str> {
    let of_install = error.downcast_ref::<InstallError>().map(InstallError::hub_state);
    of_install.or_else(|| Some(error.downcast_ref::<RunFailed>()?.hub_state()))
}

fn code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<RunFailed>() {
        _ if hub_state(error) == Some("broken") => exit::NOT_RESTORED,
        _ if error.is::<Problems>() || error.is::<NeedsTerminal>() => exit::USAGE,
        _ => exit::FAILED,
    }
}

fn problems(error: &anyhow::Error) -> Vec<ProblemDocument> {
    let problems = error
        .downcast_ref::<Problems>()
        .into_iter()
        .flat_map(Problems::iter);
    let document = |problem: &crate::answers::Problem| ProblemDocument {
        setting: problem.key.map(Key::setting).map(crate::answers::Setting::dotted),
        origin: problem.origin.as_ref().map(ToString::to_string),
        what: problem.what.clone(),
        remedy: problem.remedy.clone(),
    };
    problems.map(document).collect()
}

/// What to do about the error, where that is known.
pub(super) fn hint(error: &anyhow::Error) -> Option<String> {
    let of_render = error
        .downcast_ref::<RenderError>()
        .and_then(RenderError::hint)
        .map(str::to_owned);
    of_render
        .or_else(|| error.downcast_ref::<SecretError>().map(SecretError::hint))
        .or_else(|| error.downcast_ref::<RunFailed>()?.cause().hint())
        .or_else(|| error.downcast_ref::<Cause>()?.hint())
        .or_else(|| error.downcast_ref::<InstallError>()?.hint())
        .or_else(|| Some(error.downcast_ref::<LocalHubError>()?.hint()?.to_owned()))
        .or_else(|| {
            error
                .downcast_ref::<StandinError>()
                .map(|error| error.hint().to_owned())
        })
        .or_else(|| {
            error
                .downcast_ref::<RehearseError>()
                .and_then(RehearseError::hint)
        })
}
