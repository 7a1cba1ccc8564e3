//! The answers that the hub was last given.

use std::path::PathBuf;

use super::journal::{Journal, JournalError, Purpose, RunState};
use super::state_dir::StateDir;
use crate::answers::{Layer, Problems, read_file};
use crate::host::Host;

/// The answers of the apply that is in force; none where nothing was applied, or where the caller may
/// not read the record, which is root's.
///
/// # Errors
/// When the record is there but cannot be read.
pub fn answers_in_force(host: &dyn Host, state: &StateDir) -> Result<Option<Layer>, JournalError> {
    if !host.is_root() {
        return Ok(None);
    }
    let in_force = |run: &Journal| run.purpose == Purpose::Apply && run.state == RunState::Committed;
    let Some(run) = Journal::history(host, state)?.into_iter().rfind(in_force) else {
        return Ok(None);
    };
    let path = PathBuf::from(format!("the apply of {}", run.started));
    // They were valid when they were applied; a problem now would show again when they are resolved.
    let layer = read_file(&path, &run.answers, &mut Problems::default());
    Ok((!layer.is_empty()).then_some(layer))
}
