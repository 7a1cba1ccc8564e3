//! Rendered files and the folder they go to: what `hubgate render` and the wizard share, so that
//! both write the same bytes.

use std::path::{Path, PathBuf};

use crate::told::{self, Context as _};
use serde::Serialize;

use super::Global;
use crate::answers::Answers;
use crate::host::Host;
use crate::render::{Drift, FileSet, RenderedFile, drift};
use crate::secret::SecretSource;

/// Files, and how each differs from what lies in the folder.
pub(super) struct Output<'a> {
    folder: &'a Path,
    answers: &'a Answers,
    states: Vec<(&'a RenderedFile, Drift)>,
}

#[derive(Serialize)]
struct Document {
    out: PathBuf,
    oauthenticator: String,
    files: Vec<FileDocument>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct FileDocument {
    name: &'static str,
    state: &'static str,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

impl<'a> Output<'a> {
    /// Looks what lies in the folder.
    pub(super) fn compare(
        host: &dyn Host,
        folder: &'a Path,
        answers: &'a Answers,
        files: &'a FileSet,
    ) -> told::Result<Self> {
        let state = |file: &'a RenderedFile| -> told::Result<_> {
            Ok((file, drift(read(host, &folder.join(file.name))?.as_deref(), file)))
        };
        Ok(Self {
            folder,
            answers,
            states: files.iter().map(state).collect::<told::Result<_>>()?,
        })
    }

    /// Whether the folder has every file as it would be written.
    pub(super) fn is_there(&self) -> bool {
        self.states.iter().all(|(_, state)| *state == Drift::None)
    }

    /// The files that hubgate did not write as they lie there.
    pub(super) fn edited_by_hand(&self, host: &dyn Host) -> told::Result<Vec<String>> {
        let written = read(host, &self.folder.join("manifest.json"))?.unwrap_or_default();
        let mut edited = Vec::new();
        for (file, state) in self
            .states
            .iter()
            .filter(|(file, _)| file.name != "manifest.json")
        {
            let Drift::Changed(_) = state else { continue };
            let path = self.folder.join(file.name);
            let there = read(host, &path)?.unwrap_or_default();
            let hash = crate::render::sha256_hex(&there);
            if !String::from_utf8_lossy(&written).contains(&hash) {
                edited.push(path.display().to_string());
            }
        }
        Ok(edited)
    }

    /// Writes what differs, and tells each file.
    pub(super) fn write(&self, global: &Global, host: &dyn Host, warnings: Vec<String>) -> told::Result<()> {
        host.create_dir(self.folder, 0o755)
            .context(format_args!("cannot make the folder {}", self.folder.display()))?;
        let changed: Vec<(&str, &[u8], u32)> = self
            .states
            .iter()
            .filter(|(_, state)| *state != Drift::None)
            .map(|(file, _)| (file.name, file.text.as_bytes(), file.mode))
            .collect();
        host.write_together(self.folder, &changed)
            .context("nothing was written")?;
        for (file, state) in &self.states {
            let word = if *state == Drift::None {
                "unchanged"
            } else {
                "written"
            };
            let path = self.folder.join(file.name);
            global.ui().line(format!("{word:<10} {}", path.display()));
        }
        global
            .ui()
            .note("Read REVIEW.md first: it says what changes, and what Cognito must have registered.");
        Ok(self.document(global, warnings, "written")?)
    }

    /// Tells what differs.
    pub(super) fn show_drift(&self, global: &Global, warnings: Vec<String>) -> told::Result<()> {
        for (file, state) in &self.states {
            match state {
                Drift::None => {}
                Drift::Missing => global
                    .ui()
                    .line(format!("missing    {}", self.folder.join(file.name).display())),
                Drift::Changed(diff) => global.ui().line(diff.trim_end()),
            }
        }
        Ok(self.document(global, warnings, "differs")?)
    }

    fn document(
        &self,
        global: &Global,
        warnings: Vec<String>,
        changed: &'static str,
    ) -> serde_json::Result<()> {
        let file = |(file, state): &(&RenderedFile, Drift)| FileDocument {
            name: file.name,
            state: match state {
                Drift::None => "unchanged",
                Drift::Missing if changed == "differs" => "missing",
                _ => changed,
            },
            sha256: file.sha256(),
            diff: match state {
                Drift::Changed(diff) => Some(diff.clone()),
                _ => None,
            },
        };
        global.ui().document(&Document {
            out: self.folder.to_owned(),
            oauthenticator: self.answers.oauthenticator.to_string(),
            files: self.states.iter().map(file).collect(),
            warnings,
        })
    }
}

/// What to think about where user data is to fetch a secret that a new instance does not have.
pub(super) fn secret_stays_behind(answers: &Answers) -> Option<String> {
    let source = &answers.cognito.client_secret;
    let remedy = "Use secretsmanager:ID or ssm:NAME, or --embed-secret";
    match source {
        SecretSource::Env(_) | SecretSource::Stdin => Some(format!(
            "user-data.sh cannot fetch the secret from {source}: a new instance does not have it. {remedy}"
        )),
        SecretSource::File(_) => Some(format!(
            "user-data.sh takes the secret from {source}, which a new instance has only if its image carries it. {remedy}"
        )),
        SecretSource::SecretsManager { .. } | SecretSource::Ssm(_) => None,
    }
}

fn read(host: &dyn Host, path: &Path) -> told::Result<Option<Vec<u8>>> {
    match host.stat(path)? {
        Some(_) => Ok(Some(host.read(path)?)),
        None => Ok(None),
    }
}
