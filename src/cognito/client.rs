//! The app client's id.

use std::fmt;

use crate::invalid::Invalid;

/// From here on an id is taken for the client secret: Cognito's ids have 26 characters, its secrets about fifty.
const LIKE_A_SECRET: usize = 40;

/// An app client id: `[A-Za-z0-9_+]`, shorter than any secret. AWS allows 128 characters and makes 26.
///
/// Source: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(String);

impl ClientId {
    /// Reads an id as people paste it: spaces around it are dropped.
    ///
    /// # Errors
    /// When it is empty, as long as a secret, or has a character that no client id has. What may be the
    /// secret is not repeated.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let id = typed.trim();
        let remedy = "copy the Client ID from the Cognito console: your user pool, App clients";
        if id.is_empty() {
            return Err(Invalid::new("the client id is empty", remedy));
        }
        let length = id.chars().count();
        if length >= LIKE_A_SECRET {
            return Err(Invalid::new(
                format!(
                    "this has {length} characters, as a client secret has; a client id of Cognito's has 26"
                ),
                remedy,
            ));
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
    fn what_is_as_long_as_a_secret_is_refused_and_not_repeated() {
        assert!(ClientId::parse(&"a".repeat(39)).is_ok());
        for secret in ["a".repeat(40), "a/".repeat(20)] {
            let refused = ClientId::parse(&secret).unwrap_err();
            assert!(refused.problem.contains("40 characters"), "{refused}");
            assert!(!refused.to_string().contains(&secret), "{refused}");
        }
    }

    #[test]
    fn an_id_is_shown_as_it_is() {
        assert_eq!(ClientId::parse("a_b+1").unwrap().to_string(), "a_b+1");
    }

    #[test]
    fn what_does_not_belong_into_an_id_is_named_even_where_nobody_sees_it() {
        for (odd, named) in [
            (' ', "a space"),
            ('\t', "a tab"),
            ('\n', "a line break"),
            ('\r', "a line break"),
            ('\u{7}', "the invisible character U+0007"),
            ('\u{a0}', "the invisible character U+00A0"),
            ('\u{200b}', "the invisible character U+200B"),
            ('\u{feff}', "the invisible character U+FEFF"),
            ('é', "'é'"),
        ] {
            let refused = ClientId::parse(&format!("a{odd}b")).unwrap_err();
            assert!(refused.problem.contains(&format!(": {named} does")), "{refused}");
        }
    }
}
