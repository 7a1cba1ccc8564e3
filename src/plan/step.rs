//! One step of a plan: what it does, in words and as a value.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer, ser::Error as _};
use serde_json::Value;

use crate::render::{TljhChange, shell_word};

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum StepKind {
    /// Makes the folder of further settings, or corrects its mode.
    MakeFolder {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Writes the client secret, which is no part of the plan.
    WriteSecret {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Writes a file whose text is part of the plan.
    WriteFile {
        /// The file.
        path: PathBuf,
        /// Its text.
        text: String,
        /// Its permission bits.
        mode: u32,
    },
    /// Puts a file back from a backup.
    RestoreFile {
        /// The file.
        path: PathBuf,
        /// The backup, relative to the folder of the run that made it.
        backup: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// Its owner.
        owner: (u32, u32),
    },
    /// Removes a file.
    RemoveFile {
        /// The file.
        path: PathBuf,
    },
    /// Turns statements of another settings file into comments; its other bytes, mode and owner stay.
    CommentOut {
        /// The file.
        path: PathBuf,
        /// The first and the last line of each statement, counted from 1.
        statements: Vec<(usize, usize)>,
    },
    /// Copies another settings file to where the hub does not load it, with its mode and owner.
    CopyAside {
        /// The copy.
        path: PathBuf,
        /// The file.
        of: PathBuf,
    },
    /// Lets `tljh-config` change `config.yaml`.
    TljhConfig(TljhChange),
    /// `tljh-config reload proxy`.
    ReloadProxy,
    /// Restarts the unit `jupyterhub` and waits until the hub answers.
    RestartHub,
}

/// One step: what it does, and how what it changes differs from what is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it does.
    #[serde(flatten)]
    pub kind: StepKind,
    /// A unified diff without secrets, where there is something to compare.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub diff: Option<String>,
}

impl Step {
    /// A step that there is no diff for.
    pub fn plain(kind: StepKind) -> Self {
        Self { kind, diff: None }
    }
}

impl StepKind {
    /// The file that it writes or removes as a whole.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::WriteSecret { path, .. }
            | Self::WriteFile { path, .. }
            | Self::RestoreFile { path, .. }
            | Self::CommentOut { path, .. }
            | Self::CopyAside { path, .. }
            | Self::RemoveFile { path } => Some(path),
            Self::MakeFolder { .. } | Self::TljhConfig(_) | Self::ReloadProxy | Self::RestartHub => None,
        }
    }

    /// What it lets `tljh-config` change.
    pub fn change(&self) -> Option<&TljhChange> {
        match self {
            Self::TljhConfig(change) => Some(change),
            _ => None,
        }
    }

    /// How the step is undone, in words.
    pub fn undo_words(&self) -> &'static str {
        match self {
            Self::MakeFolder { .. } => "remove the folder, or give it its old mode",
            Self::WriteSecret { .. }
            | Self::WriteFile { .. }
            | Self::RestoreFile { .. }
            | Self::CommentOut { .. } => {
                "put the old bytes and mode back, or remove the file if there was none"
            }
            Self::CopyAside { .. } => "remove the copy",
            Self::RemoveFile { .. } => "put the file back",
            Self::TljhConfig(_) => "put the old bytes of config.yaml back",
            Self::ReloadProxy => "reload traefik with the old settings",
            Self::RestartHub => "restart the hub with the old settings, and see the old login",
        }
    }
}

/// The step in words.
impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MakeFolder { path, mode } => {
                write!(f, "make the folder {} (mode {mode:04o})", path.display())
            }
            Self::WriteSecret { path, mode } => {
                write!(
                    f,
                    "write the client secret to {} (mode {mode:04o})",
                    path.display()
                )
            }
            Self::WriteFile { path, mode, .. } => write!(f, "write {} (mode {mode:04o})", path.display()),
            Self::RestoreFile { path, mode, .. } => {
                write!(f, "put back {} (mode {mode:04o})", path.display())
            }
            Self::RemoveFile { path } => write!(f, "remove {}", path.display()),
            Self::CommentOut { path, statements } => {
                write!(f, "comment out {} of {}", lines(statements), path.display())
            }
            Self::CopyAside { path, of } => write!(f, "copy {} to {}", of.display(), path.display()),
            Self::TljhConfig(change) => {
                f.write_str("tljh-config")?;
                for argument in change.arguments() {
                    write!(f, " {}", shell_word(argument).unwrap_or_default())?;
                }
                Ok(())
            }
            Self::ReloadProxy => f.write_str("tljh-config reload proxy"),
            Self::RestartHub => {
                f.write_str("restart the hub (systemctl restart jupyterhub) and wait until it answers")
            }
        }
    }
}

/// `line 3 and lines 5 to 8`.
fn lines(statements: &[(usize, usize)]) -> String {
    let words = |(first, last): &(usize, usize)| match first == last {
        true => format!("line {first}"),
        false => format!("lines {first} to {last}"),
    };
    statements.iter().map(words).collect::<Vec<_>>().join(" and ")
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// Steps as a document has them: with modes as people write them. The journal keeps numbers, which are there
/// to be read back.
pub(super) fn shown<S: Serializer>(steps: &[Step], serializer: S) -> Result<S::Ok, S::Error> {
    let mut shown = serde_json::to_value(steps).map_err(S::Error::custom)?;
    for step in shown.as_array_mut().into_iter().flatten() {
        if let Some(mode) = step.get_mut("mode")
            && let Some(bits) = mode.as_u64()
        {
            *mode = Value::String(format!("{bits:04o}"));
        }
    }
    shown.serialize(serializer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::plan::Plan;

    #[test]
    fn a_document_has_modes_as_people_write_them() {
        let step = |mode| {
            Step::plain(StepKind::MakeFolder {
                path: "/f".into(),
                mode,
            })
        };
        let steps = vec![step(0o700), step(0o1755), Step::plain(StepKind::RestartHub)];
        let document = serde_json::to_value(Plan {
            steps,
            warnings: Vec::new(),
        })
        .unwrap();
        assert_eq!(
            document["steps"],
            json!([
                { "do": "make-folder", "path": "/f", "mode": "0700" },
                { "do": "make-folder", "path": "/f", "mode": "1755" },
                { "do": "restart-hub" },
            ])
        );
    }
}
