//! How an error is told: what happened, where, what to do next.

use std::process::ExitCode;

use serde::Serialize;

use crate::told::{Failure, HubState, Mistake, Told, exit};
use crate::ui::Ui;

/// The questions were to be asked where nobody can answer.
#[derive(Debug, thiserror::Error)]
#[error(
    "the questions need a terminal, and there is none; hubgate render --out DIR takes the answers as flags, variables or a file"
)]
pub struct NeedsTerminal;

impl Told for NeedsTerminal {
    fn exit(&self) -> u8 {
        exit::USAGE
    }
}

#[derive(Serialize)]
struct Document {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hub: Option<HubState>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Mistake>,
}

/// Tells the error and returns its exit code.
pub fn report(ui: Ui, failure: &Failure) -> ExitCode {
    let error = failure.error();
    let remedy = error.remedy();
    ui.error(failure.to_string());
    if let Some(remedy) = &remedy {
        ui.error_detail(remedy);
    }
    let document = Document {
        error: failure.to_string(),
        hint: remedy,
        hub: error.hub(),
        problems: error.mistakes(),
    };
    if let Err(error) = ui.document(&document) {
        ui.error(error.to_string());
    }
    ExitCode::from(error.exit())
}
