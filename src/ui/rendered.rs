//! How rendered files and the folder they go to are told.

use std::path::PathBuf;

use serde::Serialize;

use super::Ui;
use crate::render::{Drift, Folder, RenderedFile};

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

impl Ui {
    /// Tells that the files are written.
    ///
    /// # Errors
    /// When there is no room for the document.
    pub fn written(self, folder: &Folder<'_>, warnings: Vec<String>) -> serde_json::Result<()> {
        for (file, state) in folder.states() {
            let word = if *state == Drift::None {
                "unchanged"
            } else {
                "written"
            };
            self.line(format!("{word:<10} {}", folder.path().join(file.name).display()));
        }
        self.note("Read REVIEW.md first: it says what changes, and what Cognito must have registered.");
        self.document_of(folder, warnings, "written", "written")
    }

    /// Tells what differs.
    ///
    /// # Errors
    /// When there is no room for the document.
    pub fn differs(self, folder: &Folder<'_>, warnings: Vec<String>) -> serde_json::Result<()> {
        for (file, state) in folder.states() {
            match state {
                Drift::None => {}
                Drift::Missing => {
                    self.line(format!("missing    {}", folder.path().join(file.name).display()));
                }
                Drift::Changed(diff) => self.line(diff.trim_end()),
            }
        }
        self.document_of(folder, warnings, "missing", "differs")
    }

    fn document_of(
        self,
        folder: &Folder<'_>,
        warnings: Vec<String>,
        missing: &'static str,
        changed: &'static str,
    ) -> serde_json::Result<()> {
        let file = |(file, state): (&RenderedFile, &Drift)| FileDocument {
            name: file.name,
            state: match state {
                Drift::None => "unchanged",
                Drift::Missing => missing,
                Drift::Changed(_) => changed,
            },
            sha256: file.sha256(),
            diff: match state {
                Drift::Changed(diff) => Some(diff.clone()),
                _ => None,
            },
        };
        self.document(&Document {
            out: folder.path().to_owned(),
            oauthenticator: folder.answers().oauthenticator.to_string(),
            files: folder.states().map(file).collect(),
            warnings,
        })
    }
}
