//! The names of users and groups, as JupyterHub and TLJH treat them.

use std::fmt;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::invalid::{Invalid, Warning};

/// A user's name on the hub: lower-case, without spaces and slashes.
///
/// JupyterHub lower-cases every name (`Authenticator.normalize_username`) and refuses a `/`; Cognito
/// allows 1 to 128 characters other than white space and controls. Sources:
/// <https://jupyterhub.readthedocs.io/en/stable/reference/api/auth.html>,
/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(String);

impl UserName {
    /// Reads a name; capitals become small letters, as the hub does it.
    ///
    /// # Errors
    /// When it is empty, too long, or a name that the hub, the operating system behind it or
    /// `tljh-config` cannot take.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let name = typed.trim();
        check_cognito_name(name, "user name")?;
        let remedy = "give the name as it appears in Cognito";
        if let Some(odd) = name.chars().find(|c| matches!(c, '/' | ':' | ',')) {
            return Err(Invalid::new(
                format!("'{name}' cannot be a user name on the hub: it holds '{odd}'"),
                remedy,
            ));
        }
        if name.starts_with(['-', '+', '~']) {
            return Err(Invalid::new(
                format!(
                    "'{name}' cannot be a user name on the hub: it begins with '{}'",
                    &name[..1]
                ),
                remedy,
            ));
        }
        let lower = name.to_lowercase();
        check_tljh_text(&lower, "user name")?;
        Ok(Self(lower))
    }

    /// The name as the hub has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account that TLJH makes for this user: `jupyter-NAME`, and where that has 26 characters
    /// or more, its first 26, a dash and 5 hex digits of its SHA-256.
    ///
    /// Source: <https://github.com/jupyterhub/the-littlest-jupyterhub/blob/main/tljh/normalize.py>
    pub fn system_name(&self) -> String {
        let whole = format!("jupyter-{}", self.0);
        if whole.chars().count() < 26 {
            return whole;
        }
        let mut short: String = whole.chars().take(26).collect();
        short.push('-');
        for byte in Sha256::digest(whole.as_bytes()).iter().take(3) {
            let _ = write!(short, "{byte:02x}");
        }
        short.pop();
        short
    }

    /// What a person should know about the name they typed, if anything.
    pub fn warnings(&self, typed: &str) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if typed.trim() != self.0 {
            warnings.push(format!(
                "'{}' is written '{}': the hub makes user names lower-case",
                typed.trim(),
                self.0
            ));
        }
        let system = self.system_name();
        if system != format!("jupyter-{}", self.0) {
            warnings.push(format!(
                "'{}' is long: TLJH names the account of this user {system}",
                self.0
            ));
        }
        warnings
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A Cognito group's name, its case kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(String);

impl GroupName {
    /// Reads a group's name.
    ///
    /// # Errors
    /// When it is empty, longer than 128 characters, or holds white space or a control character.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let name = typed.trim();
        check_cognito_name(name, "group name")?;
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Cognito's rule for user and group names: 1 to 128 of `[\p{L}\p{M}\p{S}\p{N}\p{P}]`.
fn check_cognito_name(name: &str, what: &str) -> Result<(), Invalid> {
    let remedy = format!("Cognito's {what}s have 1 to 128 characters and no spaces");
    if name.is_empty() {
        return Err(Invalid::new(format!("a {what} is empty"), remedy));
    }
    if let Some(odd) = name
        .chars()
        .find(|c| c.is_whitespace() || c.is_control() || is_invisible(*c))
    {
        return Err(Invalid::new(
            format!(
                "'{}' is not a {what}: it holds {}",
                name.escape_debug(),
                crate::cognito::spelled(odd)
            ),
            remedy,
        ));
    }
    let length = name.chars().count();
    if length > 128 {
        return Err(Invalid::new(format!("a {what} has {length} characters"), remedy));
    }
    Ok(())
}

/// Format characters (Unicode Cf) that people paste without seeing them; Cognito has none in names.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

/// Refuses what `tljh-config` would store as a number, a boolean or nothing instead of text.
///
/// Source: `parse_value` in
/// <https://github.com/jupyterhub/the-littlest-jupyterhub/blob/main/tljh/config.py>
///
/// # Errors
/// When `text` is such a word; `what` names it in the message.
pub fn check_tljh_text(text: &str, what: &str) -> Result<(), Invalid> {
    let lower = text.to_lowercase();
    let digits = |part: &str| part.chars().all(char::is_numeric);
    let number = match text.split_once('.') {
        Some((whole, rest)) => !whole.is_empty() && digits(whole) && digits(rest),
        None => !text.is_empty() && digits(text),
    };
    if number || matches!(lower.as_str(), "none" | "true" | "false") {
        return Err(Invalid::new(
            format!("tljh-config would not store '{text}' as text, so it cannot be a {what}"),
            "choose another username claim, or let these people in through a group",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_is_written_as_the_hub_writes_it() {
        let name = UserName::parse(" Ada ").unwrap();
        assert_eq!(name.as_str(), "ada");
        assert_eq!(
            name.warnings(" Ada "),
            ["'Ada' is written 'ada': the hub makes user names lower-case"]
        );
    }

    #[test]
    fn long_accounts_are_hashed_as_tljh_does() {
        // Values from tljh.normalize.generate_system_username("jupyter-" + name).
        assert_eq!(
            UserName::parse("a234567890123456z").unwrap().system_name(),
            "jupyter-a234567890123456z"
        );
        assert_eq!(
            UserName::parse("ada.lovelace@example.org").unwrap().system_name(),
            "jupyter-ada.lovelace@examp-dc3b6"
        );
    }

    #[test]
    fn a_groups_name_is_kept_to_the_letter() {
        let group = GroupName::parse(" Data_Science ").unwrap();
        assert_eq!(
            (group.as_str(), group.to_string().as_str()),
            ("Data_Science", "Data_Science")
        );
    }

    #[test]
    fn the_longest_name_has_128_characters() {
        assert!(GroupName::parse(&"é".repeat(128)).is_ok());
        let refused = GroupName::parse(&"é".repeat(129)).unwrap_err();
        assert!(refused.problem.contains("129 characters"), "{refused}");
    }
}
