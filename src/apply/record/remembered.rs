//! The answers that the hub was last given.

use std::path::PathBuf;

use crate::answers::{Layer, Problems, read_file};
use crate::apply::record::history::History;
use crate::apply::record::journal::JournalError;
use crate::apply::record::state_dir::StateDir;
use crate::host::Host;

/// The answers of the apply that is in force; none where nothing was applied, or where the caller may not
/// read the record, which is root's.
///
/// # Errors
/// When the record is there but cannot be read, or that of a later run cannot: an older apply's answers are
/// not those of the hub then.
pub fn answers_in_force(host: &dyn Host, state: &StateDir) -> Result<Option<Layer>, JournalError> {
    if !host.is_root() {
        return Ok(None);
    }
    let mut history = History::read(host, state)?;
    let damaged = history.damaged.take();
    let run = history.in_force();
    if let Some((id, error)) = damaged
        && run.is_none_or(|run| run.id < id)
    {
        return Err(error);
    }
    let Some(run) = run else {
        return Ok(None);
    };
    let path = PathBuf::from(format!("the apply of {}", run.started));
    // They were valid when they were applied; a problem now would show again when they are resolved.
    let layer = read_file(&path, &run.answers, &mut Problems::default());
    Ok((!layer.is_empty()).then_some(layer))
}
