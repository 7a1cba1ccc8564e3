//! Rendered files and the folder they go to: one way for `hubgate render` and the wizard, so that both write the
//! same bytes.

use std::path::Path;

use super::drift::{Drift, drift};
use super::files::{FileSet, RenderedFile, sha256_hex};
use crate::answers::Answers;
use crate::host::Host;
use crate::secret::SecretSource;
use crate::told::{self, Context as _};

/// Files, and how each differs from what lies in the folder.
pub struct Folder<'a> {
    folder: &'a Path,
    answers: &'a Answers,
    states: Vec<(&'a RenderedFile, Drift)>,
}

impl<'a> Folder<'a> {
    /// Looks what lies in the folder.
    ///
    /// # Errors
    /// When a file there cannot be read.
    pub fn compare(
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
    pub fn is_there(&self) -> bool {
        self.states.iter().all(|(_, state)| *state == Drift::None)
    }

    /// The files that hubgate did not write as they lie there.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn edited_by_hand(&self, host: &dyn Host) -> told::Result<Vec<String>> {
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
            let hash = sha256_hex(&there);
            if !String::from_utf8_lossy(&written).contains(&hash) {
                edited.push(path.display().to_string());
            }
        }
        Ok(edited)
    }

    /// Where they go.
    pub fn path(&self) -> &Path {
        self.folder
    }

    /// What they were rendered from.
    pub fn answers(&self) -> &Answers {
        self.answers
    }

    /// Each file, and how it differs.
    pub fn states(&self) -> impl Iterator<Item = (&RenderedFile, &Drift)> {
        self.states.iter().map(|(file, state)| (*file, state))
    }

    /// Writes what differs, all of it or nothing.
    ///
    /// # Errors
    /// When the folder cannot be made, or a file not written.
    pub fn write(&self, host: &dyn Host) -> told::Result<()> {
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
        Ok(())
    }
}

/// What to think about where user data is to fetch a secret that a new instance does not have.
pub fn secret_stays_behind(answers: &Answers) -> Option<String> {
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
