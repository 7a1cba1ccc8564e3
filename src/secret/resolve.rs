//! Getting a secret from where it is kept.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::value::{self, BadValue};
use super::{Secret, SecretSource};
use crate::awscli::{AwsCli, AwsError};
use crate::host::Host;
use crate::told::Told;

/// A secret, and what a person should know about how it is kept. The warnings never show it.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub secret: Secret,
    pub warnings: Vec<String>,
}

/// Why there is no secret. Never shows any of it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("{} is not there", path.display())]
    FileMissing { path: PathBuf },
    #[error("{} is a folder", path.display())]
    FileIsFolder { path: PathBuf },
    #[error("{} cannot be read: {source}", path.display())]
    FileUnreadable { path: PathBuf, source: io::Error },
    #[error("{} cannot be found: HOME is not set", path.display())]
    NoHome { path: PathBuf },
    #[error("the environment variable {name} is not set")]
    VariableMissing { name: String },
    #[error("standard input is the terminal: no secret is piped in")]
    StdinIsTerminal,
    #[error("standard input cannot be read: {0}")]
    StdinUnreadable(io::Error),
    /// `origin` is the source as the person wrote it.
    #[error("what {origin} holds is no client secret: {problem}")]
    BadValue { origin: String, problem: BadValue },
    #[error("{0} holds JSON, and no key is named")]
    KeyNeeded(String, Vec<String>),
    #[error("{origin}: there is no text under that key")]
    KeyMissing { origin: String, keys: Vec<String> },
    #[error("{origin} names a JSON key, but the secret is no JSON object")]
    NotJson { origin: String },
    #[error("{origin} cannot be read: {error}")]
    Aws { origin: String, error: AwsError },
}

impl Told for SecretError {
    fn remedy(&self) -> Option<String> {
        Some(match self {
            SecretError::FileMissing { .. } => {
                "create it with only the client secret in it, readable by you alone (chmod 600)".into()
            }
            SecretError::FileIsFolder { .. } => "name the file that holds the secret".into(),
            SecretError::FileUnreadable { .. } => "run as a user who may read it".into(),
            SecretError::NoHome { .. } => "write the full path instead of ~/".into(),
            SecretError::VariableMissing { .. } => {
                "export it before; sudo drops variables unless --preserve-env names them".into()
            }
            SecretError::StdinIsTerminal => "pipe it in: hubgate … < file".into(),
            SecretError::StdinUnreadable(_) => "use file:PATH instead".into(),
            SecretError::BadValue {
                problem: BadValue::Empty,
                ..
            } => "copy the client secret from the app client's page in the Cognito console".into(),
            SecretError::BadValue { .. } => "it should hold the client secret alone, on one line".into(),
            SecretError::KeyNeeded(source, keys) => {
                format!("name one behind #, as in {source}#KEY; {}", list_keys(keys))
            }
            SecretError::KeyMissing { keys, .. } => list_keys(keys),
            SecretError::NotJson { .. } => "leave out # and the key: the secret is the whole text".into(),
            SecretError::Aws { error, .. } => return error.remedy(),
        })
    }
}

fn list_keys(keys: &[String]) -> String {
    if keys.is_empty() {
        "it has no keys with text".into()
    } else {
        format!("its keys are: {}", keys.join(", "))
    }
}

impl SecretSource {
    /// Gets the secret. Reads files as whoever runs us; asks AWS through the `aws` command,
    /// the machine's or the one below TLJH's `prefix`.
    pub fn resolve(&self, host: &dyn Host, prefix: &Path) -> Result<Resolved, SecretError> {
        let mut warnings = Vec::new();
        let text = match self {
            SecretSource::File(path) => read_file(host, path, &mut warnings)?,
            SecretSource::Env(name) => read_variable(host, name)?,
            SecretSource::Stdin => read_stdin(host)?,
            SecretSource::SecretsManager { id, json_key } => {
                let text = AwsCli::new(host, prefix, self.region())
                    .secret_value(id)
                    .map_err(|e| self.aws(e))?;
                self.pick(text, json_key.as_deref())?
            }
            SecretSource::Ssm(name) => AwsCli::new(host, prefix, self.region())
                .parameter(name)
                .map_err(|e| self.aws(e))?
                .into_bytes(),
        };
        let text = Zeroizing::new(text);
        let secret = value::clean(&text).map_err(|problem| SecretError::BadValue {
            origin: self.to_string(),
            problem,
        })?;
        warnings.extend(value::oddity(&secret).map(|oddity| format!("the secret from {self} {oddity}")));
        Ok(Resolved { secret, warnings })
    }

    fn aws(&self, error: AwsError) -> SecretError {
        SecretError::Aws {
            origin: self.to_string(),
            error,
        }
    }

    /// The whole text, or the string that it keeps under a key.
    fn pick(&self, text: String, key: Option<&str>) -> Result<Vec<u8>, SecretError> {
        let text = Zeroizing::new(text);
        let object = serde_json::from_str::<Map<String, Value>>(&text).ok();
        match (object, key) {
            (None, None) => Ok(text.as_bytes().to_vec()),
            (None, Some(_)) => Err(SecretError::NotJson {
                origin: self.to_string(),
            }),
            (Some(object), None) => Err(SecretError::KeyNeeded(self.to_string(), keys(&object))),
            (Some(object), Some(key)) => match object.get(key) {
                Some(Value::String(value)) => Ok(value.clone().into_bytes()),
                _ => Err(SecretError::KeyMissing {
                    origin: self.to_string(),
                    keys: keys(&object),
                }),
            },
        }
    }
}

/// The keys that hold text.
fn keys(object: &Map<String, Value>) -> Vec<String> {
    object
        .iter()
        .filter(|(_, value)| value.is_string())
        .map(|(key, _)| key.clone())
        .collect()
}

fn read_file(host: &dyn Host, typed: &Path, warnings: &mut Vec<String>) -> Result<Vec<u8>, SecretError> {
    let path = match typed.strip_prefix("~") {
        Ok(below) => host
            .home()
            .ok_or_else(|| SecretError::NoHome { path: typed.into() })?
            .join(below),
        Err(_) => typed.to_owned(),
    };
    let unreadable = |source: io::Error| match source.kind() {
        ErrorKind::NotFound => SecretError::FileMissing { path: path.clone() },
        ErrorKind::IsADirectory => SecretError::FileIsFolder { path: path.clone() },
        _ => SecretError::FileUnreadable {
            path: path.clone(),
            source,
        },
    };
    let stat = host
        .stat(&path)
        .map_err(unreadable)?
        .ok_or(ErrorKind::NotFound.into())
        .map_err(unreadable)?;
    if stat.is_dir {
        return Err(unreadable(ErrorKind::IsADirectory.into()));
    }
    if stat.len > value::LIMIT {
        let origin = SecretSource::File(typed.into()).to_string();
        return Err(SecretError::BadValue {
            origin,
            problem: BadValue::TooLong,
        });
    }
    if stat.mode & 0o077 != 0 {
        let path = path.display();
        warnings.push(format!(
            "{path} can be read by others than its owner (mode {:04o}): chmod 600 {path}",
            stat.mode
        ));
    }
    host.read(&path).map_err(unreadable)
}

fn read_variable(host: &dyn Host, name: &str) -> Result<Vec<u8>, SecretError> {
    use std::os::unix::ffi::OsStringExt;
    // Whoever writes the secret behind env: by mistake must not see it in an error.
    let shown = || {
        if looks_secret(name) {
            "of that name".to_owned()
        } else {
            name.to_owned()
        }
    };
    let value = host
        .var(name)
        .ok_or_else(|| SecretError::VariableMissing { name: shown() })?;
    host.hide_var(name);
    Ok(value.into_vec())
}

/// Names of variables are words; Cognito's secrets are long runs of letters and digits.
fn looks_secret(name: &str) -> bool {
    name.len() >= 24 && !name.contains('_') && name.chars().any(|c| c.is_ascii_digit())
}

fn read_stdin(host: &dyn Host) -> Result<Vec<u8>, SecretError> {
    if host.stdin_is_terminal() {
        return Err(SecretError::StdinIsTerminal);
    }
    host.read_stdin(value::LIMIT)
        .map_err(SecretError::StdinUnreadable)
}

#[cfg(test)]
mod tests;
