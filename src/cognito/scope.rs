//! The scopes that the hub asks for.

use super::client::spelled;
use crate::invalid::Invalid;

/// OAuth scopes in the order given, without duplicates, `openid` among them.
///
/// Each has 1 to 256 characters of `[\x21\x23-\x5B\x5D-\x7E]`, at most 50 of them. Source:
/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// Reads scopes; several in one text are told apart by spaces or commas.
    ///
    /// # Errors
    /// When one is malformed or `offline_access` (which Cognito does not know), when there are more
    /// than 50, or when `openid` is missing (Cognito's userInfo then answers 401).
    pub fn parse<S: AsRef<str>>(typed: &[S]) -> Result<Self, Invalid> {
        let mut scopes: Vec<String> = Vec::new();
        for scope in typed
            .iter()
            .flat_map(|text| text.as_ref().split([' ', ',', '\t', '\n']))
        {
            let scope = scope.trim();
            if scope.is_empty() || scopes.iter().any(|known| known == scope) {
                continue;
            }
            check(scope)?;
            scopes.push(scope.to_owned());
        }
        if scopes.len() > 50 {
            return Err(Invalid::new(
                format!("{} scopes are too many, the most is 50", scopes.len()),
                "ask for openid and email",
            ));
        }
        if !scopes.iter().any(|scope| scope == "openid") {
            return Err(Invalid::new(
                "the scope openid is missing; without it Cognito does not say who logged in",
                "add openid, and allow it for the app client",
            ));
        }
        Ok(Self(scopes))
    }

    /// What to ask for when nobody said otherwise and the user name comes from `claim`'s attribute:
    /// `openid email`, and `profile` where the claim is not returned without it.
    pub fn default_for(claim: &super::UsernameClaim, groups: Option<&super::GroupsClaim>) -> Self {
        let mut scopes = vec!["openid".to_owned(), "email".to_owned()];
        let of_groups = groups.and_then(super::GroupsClaim::scope_needed);
        if [claim.scope_needed(), of_groups].contains(&Some("profile")) {
            scopes.push("profile".to_owned());
        }
        Self(scopes)
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether `scope` is among them.
    pub fn contains(&self, scope: &str) -> bool {
        self.iter().any(|known| known == scope)
    }

    /// The scopes as an authorize request carries them.
    pub fn joined(&self) -> String {
        self.0.join(" ")
    }
}

fn check(scope: &str) -> Result<(), Invalid> {
    if scope == "offline_access" {
        return Err(Invalid::new(
            "the scope offline_access is none of Cognito's: it refuses the login",
            "leave it out; Cognito gives a refresh token without it",
        ));
    }
    if let Some(odd) = scope
        .chars()
        .find(|c| !matches!(c, '\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e'))
    {
        return Err(Invalid::new(
            format!("'{scope}' is not a scope: {} does not occur in one", spelled(odd)),
            "use the names shown at the app client, like openid, email, profile",
        ));
    }
    if scope.len() > 256 {
        return Err(Invalid::new(
            format!(
                "a scope of {} characters is too long, the most is 256",
                scope.len()
            ),
            "use the names shown at the app client",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn scopes_come_as_a_list_or_as_one_text() {
        let list = ScopeSet::parse(&["openid", "email"]).unwrap();
        assert_eq!(ScopeSet::parse(&["openid email openid"]).unwrap(), list);
        assert_eq!(ScopeSet::parse(&["openid,email"]).unwrap(), list);
        assert_eq!(list.joined(), "openid email");
    }

    #[test]
    fn profile_is_asked_for_where_the_claim_needs_it() {
        for (claim, scopes) in [
            ("username", "openid email"),
            ("email", "openid email"),
            ("nickname", "openid email profile"),
        ] {
            let claim = crate::cognito::UsernameClaim::parse(claim).unwrap();
            assert_eq!(ScopeSet::default_for(&claim, None).joined(), scopes);
        }
    }

    #[test]
    fn scopes_keep_to_cognitos_limits() {
        let many = |count: usize| {
            let mut scopes: Vec<String> = (1..count).map(|number| format!("api/{number}")).collect();
            scopes.push("openid".to_owned());
            ScopeSet::parse(&scopes)
        };
        assert_eq!(many(50).unwrap().iter().count(), 50);
        assert!(many(51).unwrap_err().problem.contains("51 scopes are too many"));
        let long = |length: usize| ScopeSet::parse(&["openid", &"a".repeat(length)]);
        assert!(long(256).unwrap().contains(&"a".repeat(256)));
        assert!(long(257).unwrap_err().problem.contains("257 characters"));
    }
}
