//! A run that has no end yet: cut off, or under way at this moment.

use crate::apply::error::Cause;
use crate::apply::record::journal::StepState;
use crate::apply::record::marker::open_run;
use crate::apply::record::state_dir::StateDir;
use crate::host::Host;

/// A run that has no end yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// What is known of it.
    pub words: String,
    /// What to do.
    pub remedy: &'static str,
}

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
    Ok(Some(if under_way {
        Unfinished {
            words: format!("another hubgate is changing this hub since {started}"),
            remedy: "wait until it is done",
        }
    } else {
        Unfinished {
            words: format!(
                "a run of {started} was cut off after {began} of {steps} steps; the next hubgate apply, verify or rollback puts everything back first"
            ),
            remedy: "sudo hubgate verify, or apply again",
        }
    }))
}
