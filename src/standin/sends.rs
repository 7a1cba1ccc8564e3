//! What Cognito sends about a person, without a login: for whoever plays the hub's side alone.

use serde::Serialize;
use serde_json::Value;

use crate::standin::oauth::claims::{self, Stamp};
use crate::standin::pool::config::User;
use crate::standin::store::Grant;

/// The scopes that decide which attributes are shown; `openid` alone shows all.
const NARROWING: [&str; 3] = ["email", "phone", "profile"];

/// What a login with `openid` and these scopes is answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sent {
    /// Those of `email`, `phone` and `profile` that were granted.
    pub scopes: Vec<&'static str>,
    /// The ID token's claims, without those of its time.
    pub id_token: Value,
    /// What userInfo says.
    pub userinfo: Value,
}

/// What Cognito sends about this account to this client, for every set of scopes that makes a difference.
pub fn sent_about(user: &User, client_id: &str) -> Vec<Sent> {
    let every_set = 0..1usize << NARROWING.len();
    let of_set = |bits: usize| {
        NARROWING
            .into_iter()
            .enumerate()
            .filter(move |(at, _)| bits >> at & 1 == 1)
    };
    every_set
        .map(|bits| {
            let scopes: Vec<&'static str> = of_set(bits).map(|(_, scope)| scope).collect();
            let grant = Grant {
                client_id: client_id.to_owned(),
                username: user.username.clone(),
                scopes: ["openid"]
                    .iter()
                    .chain(&scopes)
                    .map(ToString::to_string)
                    .collect(),
                nonce: None,
                auth_time: 0,
            };
            let stamp = Stamp {
                issuer: String::new(),
                now: 0,
                origin: String::new(),
                event: String::new(),
            };
            let mut id_token = claims::id(user, &grant, &stamp, "", "", true);
            if let Some(claims) = id_token.as_object_mut() {
                // Whoever sends it stamps it.
                claims.retain(|name, _| !["iat", "exp", "auth_time", "iss"].contains(&name.as_str()));
            }
            Sent {
                scopes,
                id_token,
                userinfo: claims::userinfo(user, &grant),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_sent_where_its_scope_is_granted_or_none_narrows() {
        let mut user = User::new("ada", "a password".into());
        user.email = Some("ada@example.org".into());
        user.groups = vec!["hub-users".into()];
        for sent in sent_about(&user, "client") {
            let expected = sent.scopes.is_empty() || sent.scopes.contains(&"email");
            for claims in [&sent.id_token, &sent.userinfo] {
                assert_eq!(claims.get("email").is_some(), expected, "{sent:?}");
            }
            assert_eq!(sent.id_token["cognito:groups"][0], "hub-users");
            assert_eq!(sent.userinfo.get("cognito:groups"), None);
        }
    }
}
