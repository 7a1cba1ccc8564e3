//! The app client's id.

use std::fmt;

use crate::invalid::Invalid;

/// An app client id: 1 to 128 characters of `[A-Za-z0-9_+]`.
///
/// Source: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(String);

impl ClientId {
    /// Reads an id as people paste it: spaces around it are dropped.
    ///
    /// # Errors
    /// When it is empty, longer than 128 characters, or has a character that no client id has.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let id = typed.trim();
        let remedy = "copy the Client ID from the Cognito console: your user pool, App clients";
        if id.is_empty() {
            return Err(Invalid::new("the client id is empty", remedy));
        }
        if let Some(odd) = id
            .chars()
            .find(|c| !(c.is_ascii_alphanumeric() || *c == '_' || *c == '+'))
        {
            let problem = match odd {
                '[' | ']' | '<' | '>' => format!("'{id}' is still the placeholder of the documentation"),
                _ => format!(
                    "'{id}' is not a client id: {} does not occur in one",
                    spelled(odd)
                ),
            };
            return Err(Invalid::new(problem, remedy));
        }
        if id.len() > 128 {
            return Err(Invalid::new(
                format!("the client id has {} characters, the most is 128", id.len()),
                remedy,
            ));
        }
        Ok(Self(id.to_owned()))
    }

    /// The id itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A character as a person can recognise it in an error message, invisible ones included.
pub(crate) fn spelled(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        '\t' => "a tab".to_owned(),
        '\n' | '\r' => "a line break".to_owned(),
        c if c.is_control()
            || c.is_whitespace()
            || ('\u{200b}'..='\u{200f}').contains(&c)
            || c == '\u{feff}' =>
        {
            format!("the invisible character U+{:04X}", u32::from(c))
        }
        c => format!("'{c}'"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn spaces_around_an_id_are_dropped() {
        assert_eq!(
            ClientId::parse("  3n4b5urk1ft4fl3mg5e62d9ado\n")
                .unwrap()
                .as_str(),
            "3n4b5urk1ft4fl3mg5e62d9ado"
        );
    }

    #[test]
    fn the_longest_id_has_128_characters() {
        assert!(ClientId::parse(&"a".repeat(128)).is_ok());
        assert!(ClientId::parse(&"a".repeat(129)).is_err());
    }
}
