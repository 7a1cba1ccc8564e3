//! What a run that was cut off left open, and its end.

use std::time::Duration;

use super::error::{Cause, OldLogin, RunFailed};
use crate::apply::record::journal::{JournalError, RunState, StepState};
use crate::apply::record::marker::open_run;
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::scene::Scene;
use crate::apply::undo::by_hand::without_record;
use crate::apply::undo::orphans::end_orphans;
use crate::apply::undo::undo_run::{NotUndone, Undone, close, undo};
use crate::host::Host;

/// A run that has no end yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// What is known of it.
    pub words: String,
    /// What to do.
    pub remedy: &'static str,
}

const WAIT: &str = "wait until it is done";
const AGAIN: &str = "sudo hubgate verify, or apply again";

/// What there is for a recovery to do; none when nothing is open.
///
/// # Errors
/// When the record cannot be read.
pub fn would_recover(host: &dyn Host, state: &StateDir) -> Result<Option<Unfinished>, Cause> {
    let Some(journal) = open_run(host, state)? else {
        return Ok(None);
    };
    let (started, steps) = (&journal.started, journal.entries.len());
    let began = journal
        .entries
        .iter()
        .filter(|entry| entry.state != StepState::Planned)
        .count();
    // Whoever is at work holds the lock, and nobody holds that of a run that was cut off.
    let under_way = matches!(host.try_lock(&StateDir::lock()), Ok(None));
    // One that failed is over, and says so itself: whoever is at work now is somebody else.
    let failed = journal.state == RunState::Broken;
    let (words, remedy) = match (under_way, failed) {
        (true, false) => (
            format!("another hubgate is changing this hub since {started}"),
            WAIT,
        ),
        (true, true) => (
            format!("another hubgate is at work; a run of {started} had failed and was not put back"),
            WAIT,
        ),
        (false, true) => (
            format!(
                "a run of {started} failed after {began} of {steps} steps and could not be put back; the next hubgate apply, verify or rollback tries again first"
            ),
            AGAIN,
        ),
        (false, false) => (
            format!(
                "a run of {started} was cut off after {began} of {steps} steps; the next hubgate apply, verify or rollback puts everything back first"
            ),
            AGAIN,
        ),
    };
    Ok(Some(Unfinished { words, remedy }))
}

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
        let _ = close(host, &mut journal, state, end);
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
        Err(failed) => Err(failed.because_of(Cause::CutOff(journal.started))),
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
