//! The set of files: what `hubgate render` writes.

use std::fmt::Write as _;

use minijinja::value::{Serde, Value};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::USER_DATA_LIMIT;
use super::context::Context;
use super::environment::{RenderError, Renderer};
use crate::answers::Answers;
use crate::secret::Secret;

/// The secret itself, for user data that a person asked to hold it.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedSecret<'a>(pub &'a Secret);

/// One rendered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// Its name within the output folder.
    pub name: &'static str,
    /// Its bytes.
    pub text: String,
    /// Its permission bits.
    pub mode: u32,
}

/// The files of one set of answers, in the order they are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSet {
    files: Vec<RenderedFile>,
}

impl FileSet {
    /// Each file.
    pub fn iter(&self) -> impl Iterator<Item = &RenderedFile> {
        self.files.iter()
    }

    /// One file's text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.files
            .iter()
            .find(|file| file.name == name)
            .map(|file| file.text.as_str())
    }
}

impl RenderedFile {
    /// The SHA-256 of its bytes, in hex.
    pub fn sha256(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }
}

/// The SHA-256 of some bytes, in hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Renders `awscognito.py` alone, all that a hub needs. EC2's limit on user data does not concern it.
///
/// # Errors
/// When the template fails.
pub fn render_awscognito(answers: &Answers) -> Result<String, RenderError> {
    awscognito(&Renderer::new()?, &base(answers))
}

fn base(answers: &Answers) -> Value {
    Value::from(Serde(Context::new(answers)))
}

fn awscognito(renderer: &Renderer, base: &Value) -> Result<String, RenderError> {
    renderer.render("tljh/awscognito.py.j2", base)
}

/// Renders every file with templates parsed for this one call.
///
/// # Errors
/// When a template fails, or the user data is longer than EC2 takes.
pub fn render(answers: &Answers, secret: Option<EmbeddedSecret<'_>>) -> Result<FileSet, RenderError> {
    render_with(&Renderer::new()?, answers, secret)
}

/// Renders every file.
///
/// # Errors
/// When a template fails, or the user data is longer than EC2 takes.
pub fn render_with(
    renderer: &Renderer,
    answers: &Answers,
    secret: Option<EmbeddedSecret<'_>>,
) -> Result<FileSet, RenderError> {
    let base = base(answers);
    let awscognito = awscognito(renderer, &base)?;
    let embedded = secret.map(|EmbeddedSecret(secret)| secret.expose().to_owned());
    let context = minijinja::context! { embedded_secret => embedded, awscognito_py => &awscognito, ..base };
    let user_data = renderer.render("tljh/user-data.sh.j2", &context)?;
    if user_data.len() > USER_DATA_LIMIT {
        let size = user_data.len();
        return Err(RenderError::UserDataTooLong {
            size,
            over: size - USER_DATA_LIMIT,
        });
    }
    let mut files = vec![
        RenderedFile {
            name: "awscognito.py",
            text: awscognito,
            mode: 0o644,
        },
        RenderedFile {
            name: "user-data.sh",
            text: user_data,
            mode: if secret.is_some() { 0o600 } else { 0o644 },
        },
        RenderedFile {
            name: "commands.sh",
            text: renderer.render("tljh/commands.sh.j2", &context)?,
            mode: 0o644,
        },
        RenderedFile {
            name: "REVIEW.md",
            text: renderer.render("review/REVIEW.md.j2", &context)?,
            mode: 0o644,
        },
    ];
    files.push(manifest(answers, &files)?);
    Ok(FileSet { files })
}

#[derive(Serialize)]
struct Manifest<'a> {
    hubgate: &'a str,
    oauthenticator: String,
    hub_url: &'a str,
    files: Vec<ManifestEntry<'a>>,
}

#[derive(Serialize)]
struct ManifestEntry<'a> {
    name: &'a str,
    bytes: usize,
    sha256: String,
}

fn manifest(answers: &Answers, files: &[RenderedFile]) -> Result<RenderedFile, RenderError> {
    let manifest = Manifest {
        hubgate: env!("CARGO_PKG_VERSION"),
        oauthenticator: answers.oauthenticator.to_string(),
        hub_url: answers.hub.url.as_str(),
        files: files
            .iter()
            .map(|file| ManifestEntry {
                name: file.name,
                bytes: file.text.len(),
                sha256: file.sha256(),
            })
            .collect(),
    };
    let name = "manifest.json";
    let text =
        serde_json::to_string_pretty(&manifest).map_err(|source| RenderError::Json { file: name, source })?;
    Ok(RenderedFile {
        name,
        text: text + "\n",
        mode: 0o644,
    })
}
