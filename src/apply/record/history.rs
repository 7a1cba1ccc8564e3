//! The runs so far: their names, which sort by time, and which of them is in force.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use time::OffsetDateTime;

use crate::answers::{Layer, Problems, read_file};
use crate::apply::record::journal::{Journal, JournalError, Purpose, RunState};
use crate::apply::record::state_dir::StateDir;
use crate::host::Host;

/// Every run, oldest first.
#[derive(Debug, Default)]
pub struct History {
    /// Those that can be read.
    pub runs: Vec<Journal>,
    /// The name of the latest one that is damaged or from a newer hubgate, and why it cannot be read.
    pub damaged: Option<(String, JournalError)>,
}

impl History {
    /// Reads every run of this hub. A folder without a journal is one that was cut off before it began.
    ///
    /// # Errors
    /// When the folder of runs cannot be read.
    pub fn read(host: &dyn Host, state: &StateDir) -> Result<Self, JournalError> {
        let mut history = Self::default();
        for (id, folder) in runs(host, state)? {
            let is_here = folder.starts_with(state.path());
            match Journal::load(host, folder) {
                Ok(run) if run.prefix == state.prefix() => history.runs.push(run),
                // Another hub's.
                Ok(_) => {}
                Err(JournalError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) if is_here => history.damaged = Some((id, error)),
                Err(_) => {}
            }
        }
        Ok(history)
    }

    /// The last apply that nothing took back.
    pub fn last_apply(&self) -> Option<&Journal> {
        self.runs.iter().rfind(|run| {
            run.purpose == Purpose::Apply && run.state == RunState::Committed && !self.is_taken_back(run)
        })
    }

    /// The last apply whose answers describe the login: none after a way back to the default.
    pub fn in_force(&self) -> Option<&Journal> {
        let apply = self.last_apply()?;
        let back_to_default =
            |run: &&Journal| run.purpose == Purpose::ToDefault && run.state == RunState::Committed;
        let later = self.runs.iter().rfind(back_to_default);
        later.is_none_or(|run| run.id < apply.id).then_some(apply)
    }

    /// Also when the rollback was cut off before it could say so in the record of the apply.
    fn is_taken_back(&self, apply: &Journal) -> bool {
        self.runs
            .iter()
            .any(|run| run.state == RunState::Committed && run.of.as_ref() == Some(&apply.id))
    }

    /// The run that `pick` finds, unless the record of a later one is damaged: which is the last is not known then.
    ///
    /// # Errors
    /// Why that record cannot be read.
    pub fn pick(self, pick: impl Fn(&Self) -> Option<&Journal>) -> Result<Option<Journal>, JournalError> {
        let run = pick(&self).cloned();
        match self.damaged {
            Some((id, error)) if run.as_ref().is_none_or(|run| run.id < id) => Err(error),
            _ => Ok(run),
        }
    }
}

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
    let Some(run) = History::read(host, state)?.pick(History::in_force)? else {
        return Ok(None);
    };
    let path = PathBuf::from(format!("the apply of {}", run.started));
    // They were valid when they were applied; a problem now would show again when they are resolved.
    let layer = read_file(&path, &run.answers, &mut Problems::default());
    Ok((!layer.is_empty()).then_some(layer))
}

/// A name for a run that begins now. It sorts behind every other, also when the clock was set back.
///
/// # Errors
/// When the folder of runs cannot be read.
pub fn next_id(host: &dyn Host, state: &StateDir) -> Result<String, JournalError> {
    let now = id_of(host.now());
    Ok(match runs(host, state)?.pop_last() {
        Some((last, _)) if last >= now => after(&last),
        _ => now,
    })
}

/// The folders of the runs that may be this hub's, by name.
fn runs(host: &dyn Host, state: &StateDir) -> Result<BTreeMap<String, PathBuf>, JournalError> {
    let mut found = BTreeMap::new();
    for folder in state.places().map(|place| place.runs()) {
        if host.stat(&folder)?.is_some() {
            let runs = host.list(&folder)?.into_iter();
            found.extend(runs.filter_map(|run| Some((run.file_name()?.to_str()?.to_owned(), run))));
        }
    }
    Ok(found)
}

/// `20261122T013000.123456Z`.
fn id_of(now: SystemTime) -> String {
    let at = OffsetDateTime::from(now);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}.{:06}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.microsecond()
    )
}

/// The next name behind another: `…Z`, `…Z-000001`, `…Z-000002`.
fn after(last: &str) -> String {
    let (base, number) = match last.rsplit_once("Z-") {
        Some((base, number)) => (format!("{base}Z"), number.parse().unwrap_or(0)),
        None => (last.to_owned(), 0_u32),
    };
    format!("{base}-{:06}", number + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::host::memory::MemoryHost;

    #[test]
    fn names_sort_by_time_whatever_the_clock_says() {
        let (host, state) = (MemoryHost::new(), StateDir::default());
        let mut names = Vec::new();
        for _ in 0..3 {
            // The clock stands still.
            let id = next_id(&host, &state).unwrap();
            host.put_folder(state.run(&id), 0o700);
            names.push(id);
        }
        host.put_folder(state.run("20991231T235959.000000Z"), 0o700);
        names.push("20991231T235959.000000Z".to_owned());
        names.push(next_id(&host, &state).unwrap());
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        assert_eq!(names[0], "20260101T000000.000000Z");
        assert_eq!(names[2], "20260101T000000.000000Z-000002");
    }
}
