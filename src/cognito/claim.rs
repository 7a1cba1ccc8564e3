//! Which claim becomes the user's name on the hub.

use std::fmt;

use super::client::spelled;
use crate::invalid::{Invalid, Warning};

/// The claim whose value becomes the hub's user name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsernameClaim {
    /// `username` of userInfo, `cognito:username` of the ID token.
    Username,
    /// `email`; addresses that Cognito did not verify are then refused.
    Email,
    /// `preferred_username`.
    PreferredUsername,
    /// `sub`, a UUID that never changes.
    Sub,
    /// Any other claim, by the name it has in userInfo or the ID token.
    Other(String),
}

/// The attributes that every user pool has, by their OpenID Connect names.
///
/// Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>
const STANDARD: &[&str] = &[
    "address",
    "birthdate",
    "family_name",
    "gender",
    "given_name",
    "identities",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

impl UsernameClaim {
    /// Reads a claim's name.
    ///
    /// # Errors
    /// When it is empty or cannot be a claim's name.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let name = typed.trim();
        let remedy = "use username, email, preferred_username, sub, or a claim's name like custom:login";
        if name.is_empty() {
            return Err(Invalid::new("the username claim is empty", remedy));
        }
        if let Some(odd) = name.chars().find(|c| c.is_whitespace() || c.is_control()) {
            return Err(Invalid::new(
                format!(
                    "'{}' is not a claim: {} does not occur in one",
                    name.escape_debug(),
                    spelled(odd)
                ),
                remedy,
            ));
        }
        if name.chars().count() > 128 {
            return Err(Invalid::new(
                "the username claim is longer than 128 characters",
                remedy,
            ));
        }
        Ok(match name {
            "username" | "cognito:username" => Self::Username,
            "email" => Self::Email,
            "preferred_username" => Self::PreferredUsername,
            "sub" => Self::Sub,
            "cognito:groups" => {
                return Err(Invalid::new(
                    "cognito:groups is a list of groups, not a name",
                    remedy,
                ));
            }
            other => Self::Other(other.to_owned()),
        })
    }

    /// The claim as userInfo names it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::PreferredUsername => "preferred_username",
            Self::Sub => "sub",
            Self::Other(name) => name,
        }
    }

    /// The claim as the ID token names it.
    pub fn in_id_token(&self) -> &str {
        match self {
            Self::Username => "cognito:username",
            other => other.as_str(),
        }
    }

    /// The scope that userInfo wants beside `openid` before it tells this claim, once any other
    /// scope narrows the answer. `sub` and `username` are always told.
    pub fn scope_needed(&self) -> Option<&'static str> {
        match self {
            Self::Username | Self::Sub => None,
            Self::Email => Some("email"),
            Self::Other(name) if name == "phone_number" => Some("phone"),
            Self::PreferredUsername | Self::Other(_) => Some("profile"),
        }
    }

    /// What to think about before this claim is used, if anything.
    pub fn warning(&self) -> Option<Warning> {
        match self {
            Self::Other(name) if !STANDARD.contains(&name.as_str()) && !name.contains(':') => Some(format!(
                "Cognito has no claim '{name}' of its own; every login fails unless your pool adds it (a pool's own attribute is named custom:{name})"
            )),
            Self::PreferredUsername => Some(Self::changeable()),
            Self::Other(name) if name != "identities" => Some(Self::changeable()),
            _ => None,
        }
    }

    /// With the default permissions people write their own attributes, their names on the hub among
    /// them. Source:
    /// <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>
    fn changeable() -> Warning {
        "people who may write this attribute can take another's name on the hub; let the app client read it only, or make it an alias of the user pool".to_owned()
    }
}

impl fmt::Display for UsernameClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
