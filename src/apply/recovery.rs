//! What a run that was cut off left open is ended.

use std::time::Duration;

use super::error::{Cause, OldLogin, RunFailed};
use crate::apply::record::journal::JournalError;
use crate::apply::record::marker::open_run;
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::scene::Scene;
use crate::apply::undo::by_hand::without_record;
use crate::apply::undo::orphans::end_orphans;
use crate::apply::undo::undo_run::{NotUndone, Undone, close, undo};
use crate::host::Host;

/// What recovery found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// Nothing was open.
    Nothing,
    /// A run was cut off before its first step or after its end; only its traces were left.
    Tidied,
    /// A run was cut off and is undone.
    Undone {
        /// When it began.
        started: String,
        /// What is known of the login.
        login: OldLogin,
        /// What a person should know.
        notes: Vec<String>,
    },
}

/// Ends what a run that was cut off left open. The caller holds [`lock`](super::lock).
///
/// # Errors
/// When the hub cannot be brought back: [`RunFailed::Broken`].
pub fn recover(host: &dyn Host, state: &StateDir, hub_deadline: Duration) -> Result<Recovered, RunFailed> {
    let mut journal = match open_run(host, state) {
        Ok(Some(journal)) => journal,
        Ok(None) => return Ok(Recovered::Nothing),
        Err(error @ JournalError::Newer { .. }) => return Err(RunFailed::Untouched(error.into())),
        Err(error) => return Err(lost_record(host, state, error)),
    };
    if let Some(end) = journal.end() {
        close(host, &mut journal, state, end, &mut Vec::new());
        return Ok(Recovered::Tidied);
    }
    let mut scene = Scene::of_run(host, &journal, hub_deadline);
    let undone = end_orphans(host, &journal.id)
        .map_err(|error| NotUndone::new(error.to_string(), &scene, &journal, state))
        .and_then(|()| undo(&mut scene, &mut journal, state, true));
    match undone {
        Ok(Undone { login, notes }) => Ok(Recovered::Undone {
            started: journal.started,
            login,
            notes,
        }),
        Err(failed) => Err(RunFailed::Broken {
            cause: Cause::CutOff(journal.started),
            errors: failed.errors,
            commands: failed.commands,
        }),
    }
}

/// The marker is there and the record that it names is not, or cannot be understood.
fn lost_record(host: &dyn Host, state: &StateDir, error: JournalError) -> RunFailed {
    RunFailed::Broken {
        errors: vec!["which files were changed is not known".to_owned()],
        commands: without_record(host, state),
        cause: Cause::LostRecord(error),
    }
}
