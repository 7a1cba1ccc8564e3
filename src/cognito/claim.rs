//! Which claims name a user and the user's groups on the hub.

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
        let remedy = "use username, email, preferred_username, sub, or a claim's name like custom:login";
        let name = claim_name(typed, "username", remedy)?;
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

/// The claim of the ID token that names a person's groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupsClaim(String);

impl GroupsClaim {
    /// The user pool's own groups, which are always a list.
    pub const OF_THE_POOL: &str = "cognito:groups";

    /// Reads a claim's name.
    ///
    /// # Errors
    /// When it is empty, cannot be a claim's name, or names the person.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let remedy = "use cognito:groups, or a claim of your identity provider's like custom:department";
        let name = claim_name(typed, "groups", remedy)?;
        if ["sub", "username", "cognito:username"].contains(&name) {
            return Err(Invalid::new(
                format!("{name} names a person, not their groups"),
                remedy,
            ));
        }
        Ok(Self(name.to_owned()))
    }

    /// The claim as the ID token names it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the user pool's own.
    pub fn is_of_the_pool(&self) -> bool {
        self.0 == Self::OF_THE_POOL
    }

    /// Whether it is an attribute of the user pool's, which scopes narrow, and not a claim that a trigger adds.
    fn is_attribute(&self) -> bool {
        self.0.starts_with("custom:") || STANDARD.contains(&self.0.as_str())
    }

    /// The scope that this claim wants beside `openid`, once any other scope narrows what is told.
    pub fn scope_needed(&self) -> Option<&'static str> {
        self.is_attribute().then_some("profile")
    }

    /// What to think about before this claim is used, if anything. Attributes that people may write are a way into
    /// every group. Source:
    /// <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>
    pub fn warning(&self) -> Option<Warning> {
        self.is_attribute().then(|| {
            format!("people who may write {self} can put themselves into any group; let the app client read it only")
        })
    }
}

impl fmt::Display for GroupsClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn claim_name<'a>(typed: &'a str, what: &str, remedy: &str) -> Result<&'a str, Invalid> {
    let name = typed.trim();
    let problem = match name.chars().find(|c| c.is_whitespace() || c.is_control()) {
        _ if name.is_empty() => format!("the {what} claim is empty"),
        Some(odd) => format!(
            "'{}' is not a claim: {} does not occur in one",
            name.escape_debug(),
            spelled(odd)
        ),
        None if name.chars().count() > 128 => format!("the {what} claim is longer than 128 characters"),
        None => return Ok(name),
    };
    Err(Invalid::new(problem, remedy))
}

impl fmt::Display for UsernameClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn claim(name: &str) -> UsernameClaim {
        UsernameClaim::parse(name).unwrap()
    }

    #[test]
    fn a_claim_has_its_name_in_user_info_and_in_the_id_token() {
        for (name, in_user_info, in_id_token) in [
            ("username", "username", "cognito:username"),
            ("cognito:username", "username", "cognito:username"),
            ("email", "email", "email"),
            ("preferred_username", "preferred_username", "preferred_username"),
            ("sub", "sub", "sub"),
            ("custom:login", "custom:login", "custom:login"),
        ] {
            let claim = claim(name);
            assert_eq!((claim.as_str(), claim.in_id_token()), (in_user_info, in_id_token));
            assert_eq!(claim.to_string(), in_user_info);
        }
    }

    #[test]
    fn a_claim_that_a_scope_guards_names_that_scope() {
        for (name, scope) in [
            ("username", None),
            ("sub", None),
            ("email", Some("email")),
            ("phone_number", Some("phone")),
            ("preferred_username", Some("profile")),
            ("custom:login", Some("profile")),
        ] {
            assert_eq!(claim(name).scope_needed(), scope, "{name}");
        }
    }

    #[test]
    fn a_claim_that_its_owner_may_write_is_warned_of() {
        for name in ["username", "email", "sub", "identities"] {
            assert_eq!(claim(name).warning(), None, "{name}");
        }
        for name in ["preferred_username", "nickname", "custom:login"] {
            let warning = claim(name).warning().unwrap();
            assert!(warning.contains("take another's name"), "{name}: {warning}");
        }
    }

    #[test]
    fn a_claim_that_no_pool_has_of_its_own_is_warned_of() {
        let warning = claim("login").warning().unwrap();
        assert!(warning.contains("Cognito has no claim 'login'"), "{warning}");
        assert!(warning.contains("custom:login"), "{warning}");
    }

    #[test]
    fn a_claim_holds_neither_white_space_nor_controls() {
        for (typed, named) in [("my claim", "a space"), ("my\u{7}claim", "U+0007")] {
            let refused = UsernameClaim::parse(typed).unwrap_err();
            assert!(refused.problem.contains(named), "{refused}");
        }
    }

    #[test]
    fn the_longest_claim_has_128_characters() {
        assert_eq!(claim(&"é".repeat(128)).as_str(), "é".repeat(128));
        let refused = UsernameClaim::parse(&"é".repeat(129)).unwrap_err();
        assert!(refused.problem.contains("longer than 128"), "{refused}");
    }

    #[test]
    fn groups_come_from_any_claim_but_a_persons_name() {
        let groups = |name: &str| GroupsClaim::parse(name);
        for name in ["sub", "username", "cognito:username"] {
            let refused = groups(name).unwrap_err();
            assert!(refused.problem.contains("names a person"), "{refused}");
        }
        for (name, of_the_pool, scope) in [
            ("cognito:groups", true, None),
            ("custom:department", false, Some("profile")),
            ("profile", false, Some("profile")),
            ("departments", false, None),
        ] {
            let claim = groups(name).unwrap();
            assert_eq!((claim.as_str(), claim.to_string().as_str()), (name, name));
            assert_eq!(
                (claim.is_of_the_pool(), claim.scope_needed()),
                (of_the_pool, scope),
                "{name}"
            );
            assert_eq!(claim.warning().is_some(), scope.is_some(), "{name}");
        }
    }
}
