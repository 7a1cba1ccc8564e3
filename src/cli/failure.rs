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
    remedy: Option<String>,
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
    print(
        ui,
        &Document {
            error: failure.to_string(),
            remedy,
            hub: error.hub(),
            problems: error.mistakes(),
        },
    );
    ExitCode::from(error.exit())
}

/// The document of a command line that cannot be understood.
pub(super) fn usage_document(text: &str) {
    let ui = Ui {
        json: true,
        quiet: false,
    };
    print(
        ui,
        &Document {
            error: text.trim_start_matches("error: ").trim_end().to_owned(),
            remedy: None,
            hub: None,
            problems: Vec::new(),
        },
    );
}

fn print(ui: Ui, document: &Document) {
    if let Err(error) = ui.document(document) {
        ui.error(error.to_string());
    }
}
