//! What the tokens and userInfo say about a person.

use serde_json::{Map, Value, json};

use crate::standin::pool::config::User;
use crate::standin::store::{Grant, TOKEN_LIFE};

/// The claims that the `profile` scope stands for (AWS's userInfo page); custom attributes come with it.
const PROFILE: [&str; 14] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

/// Attributes that are a boolean in the ID token and a string in userInfo.
const BOOLEAN: [&str; 2] = ["email_verified", "phone_number_verified"];

/// May a login with these scopes read the attribute? `openid` alone opens all of them; `email`, `phone` and
/// `profile` beside it narrow that to what they name. Scopes of other kinds change nothing.
fn readable(grant: &Grant, attribute: &str) -> bool {
    let has = |scope: &str| grant.has_scope(scope);
    if !(has("email") || has("phone") || has("profile")) {
        return true;
    }
    match attribute {
        "email" | "email_verified" => has("email"),
        "phone_number" | "phone_number_verified" => has("phone"),
        other => has("profile") && (PROFILE.contains(&other) || other.starts_with("custom:")),
    }
}

/// The person's attributes as text, as far as the scopes reach.
fn attributes(user: &User, grant: &Grant) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    if let Some(email) = &user.email {
        all.push(("email".to_owned(), email.clone()));
        all.push(("email_verified".to_owned(), user.email_verified.to_string()));
    }
    if let Some(name) = &user.preferred_username {
        all.push(("preferred_username".to_owned(), name.clone()));
    }
    all.extend(
        user.attributes
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    all.retain(|(name, _)| readable(grant, name));
    all
}

/// userInfo: every value a string, `sub` and `username` always, groups never.
pub(in crate::standin) fn userinfo(user: &User, grant: &Grant) -> Value {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), user.sub().into());
    for (name, value) in attributes(user, grant) {
        claims.insert(name, value.into());
    }
    claims.insert("username".to_owned(), user.username.clone().into());
    Value::Object(claims)
}

/// What one answer of the token endpoint shares between its tokens.
pub(in crate::standin) struct Stamp {
    pub(in crate::standin) issuer: String,
    pub(in crate::standin) now: u64,
    pub(in crate::standin) origin: String,
    pub(in crate::standin) event: String,
}

/// The access token's claims.
pub(in crate::standin) fn access(user: &User, grant: &Grant, stamp: &Stamp, jti: &str) -> Value {
    let mut claims = json!({
        "sub": user.sub(),
        "iss": stamp.issuer,
        "version": 2,
        "client_id": grant.client_id,
        "origin_jti": stamp.origin,
        "event_id": stamp.event,
        "token_use": "access",
        "scope": grant.scopes.join(" "),
        "auth_time": grant.auth_time,
        "exp": stamp.now + TOKEN_LIFE,
        "iat": stamp.now,
        "jti": jti,
        "username": user.username,
    });
    add_groups(&mut claims, user);
    claims
}

/// The ID token's claims.
pub(in crate::standin) fn id(
    user: &User,
    grant: &Grant,
    stamp: &Stamp,
    jti: &str,
    at_hash: &str,
    groups: bool,
) -> Value {
    let mut claims = json!({
        "at_hash": at_hash,
        "sub": user.sub(),
        "iss": stamp.issuer,
        "cognito:username": user.username,
        "origin_jti": stamp.origin,
        "aud": grant.client_id,
        "event_id": stamp.event,
        "token_use": "id",
        "auth_time": grant.auth_time,
        "exp": stamp.now + TOKEN_LIFE,
        "iat": stamp.now,
        "jti": jti,
    });
    if let Some(map) = claims.as_object_mut() {
        for (name, value) in attributes(user, grant) {
            let value = if BOOLEAN.contains(&name.as_str()) {
                Value::Bool(value == "true")
            } else {
                value.into()
            };
            map.insert(name, value);
        }
        // What a trigger adds is told whatever the scopes; an attribute is not.
        let told = |claim: &str| !claim.starts_with("custom:") || readable(grant, claim);
        if let Some(mapped) = user.mapped_groups.as_ref().filter(|mapped| told(&mapped.claim)) {
            map.insert(mapped.claim.clone(), mapped.value());
        }
        if let Some(nonce) = &grant.nonce {
            map.insert("nonce".to_owned(), nonce.clone().into());
        }
    }
    if groups {
        add_groups(&mut claims, user);
    }
    claims
}

/// People without groups have no such claim at all, rather than an empty list.
fn add_groups(claims: &mut Value, user: &User) {
    if let (false, Some(map)) = (user.groups.is_empty(), claims.as_object_mut()) {
        map.insert("cognito:groups".to_owned(), user.groups.clone().into());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn names(scopes: &[&str]) -> Vec<String> {
        let mut user = User::new("ada", "pw".into());
        user.email = Some("ada@example.org".into());
        user.preferred_username = Some("countess".into());
        user.groups = vec!["admins".into()];
        for (name, value) in [
            ("given_name", "Ada"),
            ("phone_number", "+1"),
            ("address", "x"),
            ("custom:d", "m"),
        ] {
            user.attributes.insert(name.into(), value.into());
        }
        let grant = Grant {
            client_id: "c".into(),
            username: "ada".into(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            nonce: None,
            auth_time: 0,
        };
        let mut names: Vec<_> = userinfo(&user, &grant)
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        names.sort();
        names
    }

    #[test]
    fn mapped_groups_stand_in_the_id_token_in_the_form_that_is_asked_for() {
        use crate::standin::{GroupsForm, MappedGroups};
        let mut user = User::new("ada", "pw".into());
        let said = |user: &User, scopes: &[&str]| {
            let grant = Grant {
                client_id: "c".into(),
                username: "ada".into(),
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                nonce: None,
                auth_time: 0,
            };
            let stamp = Stamp {
                issuer: "i".into(),
                now: 0,
                origin: "o".into(),
                event: "e".into(),
            };
            id(user, &grant, &stamp, "j", "h", true)["custom:department"].clone()
        };
        for (form, value) in [
            (GroupsForm::List, json!(["a", "b"])),
            (GroupsForm::OneText, json!("a")),
            (GroupsForm::JsonText, json!("[\"a\",\"b\"]")),
            (GroupsForm::Commas, json!("a, b")),
        ] {
            user.mapped_groups = Some(MappedGroups {
                claim: "custom:department".into(),
                form,
                groups: vec!["a".into(), "b".into()],
            });
            assert_eq!(said(&user, &["openid", "profile"]), value);
        }
        assert_eq!(said(&user, &["openid", "email"]), Value::Null);
    }

    #[test]
    fn openid_alone_shows_every_attribute() {
        let all = [
            "address",
            "custom:d",
            "email",
            "email_verified",
            "given_name",
            "phone_number",
        ];
        let expected: Vec<_> = all
            .into_iter()
            .chain(["preferred_username", "sub", "username"])
            .collect();
        assert_eq!(names(&["openid"]), expected);
        assert_eq!(names(&["openid", "aws.cognito.signin.user.admin"]), expected);
    }

    #[test]
    fn further_scopes_narrow_it_to_what_they_name() {
        assert_eq!(
            names(&["openid", "email"]),
            ["email", "email_verified", "sub", "username"]
        );
        assert_eq!(names(&["openid", "phone"]), ["phone_number", "sub", "username"]);
        assert_eq!(
            names(&["openid", "profile"]),
            ["custom:d", "given_name", "preferred_username", "sub", "username"]
        );
        assert_eq!(
            names(&["openid", "email", "profile"]),
            [
                "custom:d",
                "email",
                "email_verified",
                "given_name",
                "preferred_username",
                "sub",
                "username"
            ]
        );
    }
}
