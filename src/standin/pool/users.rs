//! The users file: TOML, one `[[users]]` a person.

use std::path::Path;

use serde::Deserialize;

use crate::standin::StandinError;
use crate::standin::pool::config::User;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UsersFile {
    #[serde(default)]
    users: Vec<User>,
}

/// Reads people from the text of a users file. Unknown keys are refused, so a misspelt `email_verified` cannot pass
/// for an unverified address.
///
/// # Errors
/// When it is not TOML or has keys that mean nothing; the message tells line and column, and no password.
pub fn parse_users(text: &str) -> Result<Vec<User>, StandinError> {
    let file: UsersFile = toml_edit::de::from_str(text).map_err(|error| {
        // The library's own message quotes the line, which may hold a password.
        let line = error
            .span()
            .map(|span| text.get(..span.start).unwrap_or("").matches('\n').count() + 1);
        StandinError::Users {
            line,
            reason: error.message().to_owned(),
        }
    })?;
    Ok(file.users)
}

/// Reads people from a users file.
///
/// # Errors
/// When the file cannot be read, or as [`parse_users`].
pub fn read_users(path: &Path) -> Result<Vec<User>, StandinError> {
    parse_users(&fs_err::read_to_string(path).map_err(StandinError::UsersFile)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_example_file_reads() {
        let users = parse_users(include_str!("../../../fixtures/standin/users.toml")).unwrap();
        let names: Vec<_> = users.iter().map(|user| user.username.as_str()).collect();
        assert_eq!(names, ["ada", "grace", "mallory"]);
        assert_eq!(users[0].groups, ["hub-admins", "research"]);
        assert_eq!(users[0].attributes["custom:department"], "Mathematics");
        assert!(!users[2].email_verified);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line_and_without_the_password() {
        let text = "[[users]]\nusername = \"ada\"\npassword = \"canary\"\nemail_verifed = true\n";
        let error = parse_users(text).unwrap_err().to_string();
        assert!(
            error.contains("line 4") && error.contains("email_verifed"),
            "{error}"
        );
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn a_password_that_is_not_text_is_refused_without_showing_it() {
        let error = parse_users("[[users]]\nusername = \"ada\"\npassword = 20061843\n")
            .unwrap_err()
            .to_string();
        assert!(!error.contains("20061843"), "{error}");
    }
}
