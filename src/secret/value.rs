//! What may be a client secret.

use super::{Resolved, Secret};

/// More than Secrets Manager holds is no client secret.
pub(super) const LIMIT: u64 = 65_536;

/// Why bytes are no secret. Says nothing of the bytes themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    #[error("it is empty")]
    Empty,
    #[error("it has more than one line")]
    Lines,
    #[error("it is not UTF-8 text")]
    NotText,
    #[error("it holds a control character")]
    Control,
    #[error("it holds a space within")]
    Space,
    #[error("it holds characters that no client secret of Cognito's has: letters, digits, _ and + are all")]
    Characters,
    #[error("it is the AWS command's word for no text")]
    NoText,
    #[error("it is longer than any secret")]
    TooLong,
}

/// Reads a secret as a person typed it, with what is odd about it. Neither tells any of it.
///
/// # Errors
/// When it cannot be a client secret.
pub fn read_typed(typed: &str) -> Result<Resolved, BadValue> {
    let secret = clean(typed.as_bytes())?;
    let warnings = oddity(&secret).map(|oddity| format!("the secret {oddity}"));
    Ok(Resolved {
        warnings: warnings.into_iter().collect(),
        secret,
    })
}

/// Takes off spaces and line ends around, and a byte order mark that an editor put there. The user data
/// refuses the same at boot.
pub(super) fn clean(bytes: &[u8]) -> Result<Secret, BadValue> {
    if bytes.len() as u64 > LIMIT {
        return Err(BadValue::TooLong);
    }
    let text = str::from_utf8(bytes).map_err(|_| BadValue::NotText)?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(BadValue::Empty);
    }
    if text.contains(['\n', '\r']) {
        return Err(BadValue::Lines);
    }
    if text.chars().any(char::is_control) {
        return Err(BadValue::Control);
    }
    if text.contains(char::is_whitespace) {
        return Err(BadValue::Space);
    }
    if !text.chars().all(is_cognitos) {
        return Err(BadValue::Characters);
    }
    if text == "None" {
        return Err(BadValue::NoText);
    }
    Ok(Secret::new(text.to_owned()))
}

/// Cognito makes secrets of `[\w+]+`.
///
/// Source: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html>
fn is_cognitos(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '+'
}

/// Cognito's secrets have 24–64 characters today; older ones may be shorter, so this is advice and no
/// refusal.
pub(super) fn oddity(secret: &Secret) -> Option<String> {
    let length = secret.expose().chars().count();
    (!(24..=64).contains(&length))
        .then(|| format!("is {length} characters long; Cognito's client secrets have 24 to 64"))
}
