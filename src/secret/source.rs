//! Where a secret comes from: never the secret itself, so it can be shown, saved and reviewed.

use std::fmt;
use std::path::PathBuf;

/// Where a secret comes from. Written as in the answers file: `file:/root/cognito.secret`, `env:NAME`,
/// `stdin`, `secretsmanager:ID[#json-key]`, `ssm:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretSource {
    /// A file that holds nothing else. `~/` is kept as typed, and is the home folder of whoever runs us.
    File(PathBuf),
    /// An environment variable of this name.
    Env(String),
    /// Standard input, up to its end.
    Stdin,
    /// AWS Secrets Manager, by name or ARN; with `json_key`, one string of the JSON object it holds.
    SecretsManager { id: String, json_key: Option<String> },
    /// An AWS Systems Manager parameter, by name or ARN.
    Ssm(String),
}

impl SecretSource {
    /// Must AWS be asked for it?
    pub fn is_aws(&self) -> bool {
        matches!(self, SecretSource::SecretsManager { .. } | SecretSource::Ssm(_))
    }

    /// The region in the ARN, where the source is one.
    pub fn region(&self) -> Option<&str> {
        let id = match self {
            SecretSource::SecretsManager { id, .. } => id,
            SecretSource::Ssm(name) => name,
            _ => return None,
        };
        id.strip_prefix("arn:")?
            .split(':')
            .nth(2)
            .filter(|region| !region.is_empty())
    }
}

/// The form that [`str::parse`] takes back.
impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretSource::File(path) => write!(f, "file:{}", path.display()),
            SecretSource::Env(name) => write!(f, "env:{name}"),
            SecretSource::Stdin => f.write_str("stdin"),
            SecretSource::SecretsManager { id, json_key: None } => write!(f, "secretsmanager:{id}"),
            SecretSource::SecretsManager {
                id,
                json_key: Some(key),
            } => {
                write!(f, "secretsmanager:{id}#{key}")
            }
            SecretSource::Ssm(name) => write!(f, "ssm:{name}"),
        }
    }
}
