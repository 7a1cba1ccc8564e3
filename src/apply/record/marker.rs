//! The marker of a run that has no end yet.

use std::io;
use std::path::PathBuf;

use crate::apply::record::journal::{Journal, JournalError};
use crate::apply::record::state_dir::StateDir;
use crate::host::Host;

/// The run of this hub that is under way or was cut off, where there is one.
///
/// # Errors
/// When the marker is there but its run cannot be read.
pub fn open_run(host: &dyn Host, state: &StateDir) -> Result<Option<Journal>, JournalError> {
    for place in state.places() {
        let Some(id) = named_by(host, &place)? else {
            continue;
        };
        match load(host, &place, &id) {
            Ok(run) if run.prefix == state.prefix() => return Ok(Some(run)),
            // Another hub's.
            Ok(_) => {}
            Err(error) if place == *state => return Err(error),
            Err(_) => {}
        }
    }
    Ok(None)
}

/// Marks a run as open. hubgate 0.1.0 had one marker for all hubs: one of another hub's is handed over to it.
///
/// # Errors
/// When a marker cannot be read or written.
pub fn mark_open(host: &dyn Host, state: &StateDir, run: &Journal) -> Result<(), JournalError> {
    if let Some(id) = named_by(host, state)?
        && let Ok(other) = load(host, state, &id)
        && other.prefix != state.prefix()
    {
        let theirs = StateDir::for_hub(&other.prefix);
        host.create_dir(theirs.path(), 0o700)?;
        host.write_atomic(&theirs.open_marker(), id.as_bytes(), 0o600, None)?;
    }
    Ok(host.write_atomic(&state.open_marker(), run.id.as_bytes(), 0o600, None)?)
}

/// Removes whatever marks this run as open.
///
/// # Errors
/// When a marker cannot be read or removed.
pub fn remove_markers(host: &dyn Host, state: &StateDir, id: &str) -> io::Result<()> {
    markers_of(host, state, id)?
        .iter()
        .try_for_each(|marker| host.remove(marker))
}

/// Every marker that names this run.
///
/// # Errors
/// When one cannot be read.
pub fn markers_of(host: &dyn Host, state: &StateDir, id: &str) -> io::Result<Vec<PathBuf>> {
    let mut markers = Vec::new();
    for place in state.places() {
        if named_by(host, &place)?.is_some_and(|named| named == id) {
            markers.push(place.open_marker());
        }
    }
    Ok(markers)
}

fn named_by(host: &dyn Host, place: &StateDir) -> io::Result<Option<String>> {
    let marker = place.open_marker();
    if host.stat(&marker)?.is_none() {
        return Ok(None);
    }
    Ok(Some(host.read_to_string(&marker)?.trim().to_owned()))
}

/// A marker that was handed over names a run that lies where all hubs' were.
fn load(host: &dyn Host, place: &StateDir, id: &str) -> Result<Journal, JournalError> {
    let mut folders = place.places().map(|place| place.run(id));
    let folder = folders.find(|folder| matches!(host.stat(folder), Ok(Some(_))));
    Journal::load(host, folder.unwrap_or_else(|| place.run(id)))
}
