//! What a run is about to do, does, and did: written before it acts.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::host::Host;
use crate::plan::Step;
use crate::verify::LoginLook;

/// The layout of the journal; a newer one is refused rather than guessed at.
const VERSION: u32 = 1;

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The hub becomes what the answers say.
    Apply,
    /// The hub becomes what it was before an apply.
    Rollback,
    /// The hub goes back to TLJH's first-use login.
    ToDefault,
}

/// How far a run got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Under way, or cut off.
    Open,
    /// Done, and the login was seen.
    Committed,
    /// Undone, and the old login was seen.
    Undone,
    /// Neither; a person is needed.
    Broken,
    /// Committed, and taken back by a later rollback.
    RolledBack,
}

/// How far a step got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Not begun.
    Planned,
    /// Begun; whether it happened is not known.
    Started,
    /// Happened.
    Done,
}

/// A step and how far it got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// How far.
    pub state: StepState,
    /// The SHA-256 of what it leaves in its file, in hex, where it writes one.
    pub leaves: Option<String>,
    /// The step.
    pub step: Step,
}

/// A file as it was before the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Its bytes and mode; none where there was no file.
    pub saved: Option<Saved>,
}

/// Where the bytes of a file were saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// A copy for the history, in the run's folder.
    pub copy: PathBuf,
    /// A copy beside the file, which an undo renames into its place.
    pub beside: PathBuf,
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    /// Permission bits.
    pub mode: u32,
    /// User and group id.
    pub owner: (u32, u32),
}

/// A file as it was left by the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of its bytes, in hex; none where there is no file.
    pub sha256: Option<String>,
}

/// One run, as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    version: u32,
    /// Where it lies.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Its name, which sorts by time.
    pub id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The run that it takes back, for a rollback.
    pub of: Option<String>,
    /// When it began, RFC 3339.
    pub started: String,
    /// The hubgate that wrote it.
    pub hubgate: String,
    /// TLJH's prefix.
    pub prefix: PathBuf,
    /// How far it got.
    pub state: RunState,
    /// The permission bits of the folder of further settings before the run.
    pub folder_mode: Option<u32>,
    /// TLJH's lock on `config.yaml` was not there and TLJH has none: the file is ours, and goes with the run.
    #[serde(default)]
    pub made_lock: bool,
    /// The login page before the run, where the hub answered.
    pub look: Option<LoginLook>,
    /// The hub was not restarted since its files were changed, so that login is not theirs.
    #[serde(default)]
    pub look_is_older: bool,
    /// The answers, without any secret, as TOML; empty for other purposes.
    pub answers: String,
    /// Every step.
    pub entries: Vec<Entry>,
    /// Every file that a step may touch.
    pub backups: Vec<Backup>,
    /// The same files after a commit.
    pub left: Vec<Left>,
}

/// What every version of the journal says.
#[derive(Deserialize)]
struct WrittenBy {
    version: u32,
    hubgate: String,
}

/// Why the history cannot be read or written.
#[derive(Debug, Error)]
pub enum JournalError {
    /// A file could not be read or written.
    #[error("the record of a run cannot be kept or read: {0}")]
    Io(#[from] io::Error),
    /// A journal is damaged.
    #[error("{} cannot be understood: {why}", path.display())]
    Unreadable {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A journal is from a newer hubgate.
    #[error("{} was written by a newer hubgate ({hubgate}); use that one", path.display())]
    Newer {
        /// The journal.
        path: PathBuf,
        /// Who wrote it.
        hubgate: String,
    },
}

impl crate::told::Told for JournalError {}

impl Journal {
    /// A new run that has not begun. The name of its folder is a
    /// [`next_id`](crate::apply::record::history::next_id).
    pub fn new(
        folder: PathBuf,
        now: SystemTime,
        purpose: Purpose,
        prefix: &Path,
        entries: Vec<Entry>,
    ) -> Self {
        let id = folder.file_name().unwrap_or_default();
        Self {
            version: VERSION,
            id: id.to_string_lossy().into_owned(),
            folder,
            purpose,
            of: None,
            started: rfc3339(now),
            hubgate: env!("CARGO_PKG_VERSION").to_owned(),
            prefix: prefix.to_owned(),
            state: RunState::Open,
            folder_mode: None,
            made_lock: false,
            look: None,
            look_is_older: false,
            answers: String::new(),
            entries,
            backups: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Writes the journal to the disk, whole.
    ///
    /// # Errors
    /// When it cannot be written; the old one is then still there.
    pub fn save(&self, files: &dyn Host) -> Result<(), JournalError> {
        let text = serde_json::to_vec_pretty(self).map_err(io::Error::from)?;
        Ok(files.write_atomic(&self.folder.join("journal.json"), &text, 0o600, None)?)
    }

    /// Reads the run that lies in this folder.
    ///
    /// # Errors
    /// When it is not there, damaged, or from a newer hubgate.
    pub fn load(files: &dyn Host, folder: PathBuf) -> Result<Self, JournalError> {
        let path = folder.join("journal.json");
        let bytes = files.read(&path)?;
        // A newer one may look quite different, but for these.
        if let Ok(written) = serde_json::from_slice::<WrittenBy>(&bytes)
            && written.version > VERSION
        {
            let hubgate = written.hubgate;
            return Err(JournalError::Newer { path, hubgate });
        }
        let journal: Self = serde_json::from_slice(&bytes).map_err(|error| JournalError::Unreadable {
            path,
            why: error.to_string(),
        })?;
        Ok(Self { folder, ..journal })
    }

    /// How a run ended that needs no undo: it has an end, or was cut off before its first step.
    pub fn end(&self) -> Option<RunState> {
        match self.state {
            RunState::Committed | RunState::Undone | RunState::RolledBack => Some(self.state),
            RunState::Open | RunState::Broken if !self.began(|_| true) => Some(RunState::Undone),
            RunState::Open | RunState::Broken => None,
        }
    }

    /// The backup of a file.
    pub fn backup(&self, path: &Path) -> Option<&Backup> {
        self.backups.iter().find(|backup| backup.path == path)
    }

    /// Whether any step of a kind began.
    pub fn began(&self, wanted: impl Fn(&Step) -> bool) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.state != StepState::Planned && wanted(&entry.step))
    }
}

/// `2026-11-22T01:30:00.123456Z`.
fn rfc3339(now: SystemTime) -> String {
    let micros = |at: OffsetDateTime| at.replace_microsecond(at.microsecond()).unwrap_or(at);
    micros(OffsetDateTime::from(now))
        .format(&Rfc3339)
        .unwrap_or_else(|_| "unknown".to_owned())
}
