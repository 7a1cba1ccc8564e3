//! What a stand-in is made from: a pool with its users, clients, and the faults to begin with.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use crate::standin::fault::Faults;
use crate::standin::log::Observer;

/// Everything a stand-in needs to start.
#[derive(Clone)]
pub struct Config {
    /// Where to listen: a loopback address; port 0 takes any free one.
    pub address: SocketAddr,
    /// What stands for `https://DOMAIN` in redirects and tokens, without a slash at its end; none is the
    /// address itself. For a stand-in behind something that ends TLS.
    pub public_url: Option<String>,
    /// The user pool.
    pub pool: Pool,
    /// Its app clients.
    pub clients: Vec<Client>,
    /// What goes wrong from the start; [`crate::standin::Standin::set_faults`] changes it later.
    pub faults: Faults,
    /// Is told of every request once its answer is decided.
    pub observer: Option<Observer>,
}

impl Config {
    /// This pool with these clients, on a free port of 127.0.0.1, without faults.
    pub fn new(pool: Pool, clients: Vec<Client>) -> Self {
        Config {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_url: None,
            pool,
            clients,
            faults: Faults::default(),
            observer: None,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("address", &self.address)
            .field("pool", &self.pool)
            .field("clients", &self.clients)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// A user pool.
#[derive(Clone, Debug)]
pub struct Pool {
    /// The pool's id, such as `eu-west-1_StandIn01`; part of the issuer and of the discovery paths.
    pub id: String,
    /// The people.
    pub users: Vec<User>,
    /// The login pages are managed login (`ManagedLoginVersion` 2), not the classic hosted UI.
    pub managed_login: bool,
    /// Managed login has a branding style. Without one it shows no login page at all, only a 403.
    pub branding: bool,
}

impl Pool {
    /// A pool of these people with the classic login pages.
    pub fn new(users: Vec<User>) -> Self {
        Pool {
            id: "eu-west-1_StandIn01".to_owned(),
            users,
            managed_login: false,
            branding: true,
        }
    }

    /// Who signs in with this name: a user name or an e-mail address, in any case. A verified address goes before
    /// one that somebody merely claims.
    pub(in crate::standin) fn find(&self, name: &str) -> Option<&User> {
        let by_name = self
            .users
            .iter()
            .find(|user| user.username.eq_ignore_ascii_case(name));
        by_name.or_else(|| {
            let claims_it = |user: &&User| {
                user.email
                    .as_deref()
                    .is_some_and(|email| email.eq_ignore_ascii_case(name))
            };
            self.users
                .iter()
                .filter(claims_it)
                .max_by_key(|user| user.email_verified)
        })
    }
}

/// An app client with the code flow.
#[derive(Clone, Debug)]
pub struct Client {
    /// The client id.
    pub id: String,
    /// One secret, or two while they are rotated: each is good.
    pub secrets: Vec<SecretString>,
    /// Registered callback URLs; compared byte by byte.
    pub callbacks: Vec<String>,
    /// Registered sign-out URLs; compared byte by byte.
    pub sign_outs: Vec<String>,
    /// Allowed scopes.
    pub scopes: Vec<String>,
}

impl Client {
    /// Is it one of the active secrets?
    pub(in crate::standin) fn accepts_secret(&self, secret: &str) -> bool {
        self.secrets.iter().any(|active| active.expose_secret() == secret)
    }
}

/// A person of the pool.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The pool's user name (a UUID in pools that sign in by e-mail, `Google_123` for federated people).
    pub username: String,
    /// The password; it opens the stand-in and nothing else.
    #[serde(deserialize_with = "secret")]
    pub password: SecretString,
    /// The subject; derived from the user name when absent, so it stays the same from run to run.
    #[serde(default)]
    pub sub: Option<String>,
    /// The e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Has the address been verified?
    #[serde(default)]
    pub email_verified: bool,
    /// The pool's groups that the person is in.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The `preferred_username` attribute.
    #[serde(default)]
    pub preferred_username: Option<String>,
    /// More attributes, such as `given_name` or `custom:department`.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Groups that their own identity provider names, in a claim of the ID token.
    #[serde(default)]
    pub mapped_groups: Option<MappedGroups>,
}

/// Groups in a claim of their own, as an identity provider's attribute or a pool's trigger puts them there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedGroups {
    /// The claim, such as `custom:department`.
    pub claim: String,
    /// How the groups stand in it.
    pub form: GroupsForm,
    /// The groups.
    pub groups: Vec<String>,
}

/// How groups stand in a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum GroupsForm {
    /// A list.
    List,
    /// The name of one group.
    OneText,
    /// A text that is a JSON list.
    JsonText,
    /// A text with commas between the names.
    Commas,
}

impl MappedGroups {
    /// What the claim holds.
    pub(in crate::standin) fn value(&self) -> serde_json::Value {
        match self.form {
            GroupsForm::List => self.groups.clone().into(),
            GroupsForm::OneText => self.groups.first().cloned().into(),
            GroupsForm::JsonText => serde_json::Value::from(self.groups.clone()).to_string().into(),
            GroupsForm::Commas => self.groups.join(", ").into(),
        }
    }
}

impl User {
    /// A person with nothing but a name and a password.
    pub fn new(username: impl Into<String>, password: SecretString) -> Self {
        User {
            username: username.into(),
            password,
            sub: None,
            email: None,
            email_verified: false,
            groups: Vec::new(),
            preferred_username: None,
            attributes: BTreeMap::new(),
            mapped_groups: None,
        }
    }

    /// The subject: the one given, or a UUID made from the user name.
    pub fn sub(&self) -> String {
        self.sub
            .clone()
            .unwrap_or_else(|| crate::standin::ids::uuid_of(&self.username))
    }
}

/// Text, or an error that does not quote what stands there instead, as serde's own would.
fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Typed {
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    match Typed::deserialize(deserializer)? {
        Typed::Text(text) => Ok(text.into()),
        Typed::Other(_) => Err(serde::de::Error::custom("a password is text in quotes")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn person(name: &str, email: Option<&str>, email_verified: bool) -> User {
        let email = email.map(Into::into);
        User {
            email,
            email_verified,
            ..User::new(name, "pw".into())
        }
    }

    #[test]
    fn a_verified_address_goes_before_a_claimed_one() {
        let pool = Pool::new(vec![
            person("mallory", Some("ada@example.org"), false),
            person("ada", Some("Ada@example.org"), true),
        ]);
        assert_eq!(pool.find("ada@EXAMPLE.org").unwrap().username, "ada");
        assert_eq!(pool.find("MALLORY").unwrap().username, "mallory");
        assert!(pool.find("nobody").is_none());
    }

    #[test]
    fn a_derived_sub_is_a_uuid_and_stays_the_same() {
        let ada = person("ada", None, false);
        assert_eq!(ada.sub(), person("ada", None, true).sub());
        assert_ne!(ada.sub(), person("grace", None, false).sub());
        let sub = ada.sub();
        let lengths: Vec<usize> = sub.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{sub}");
    }

    #[test]
    fn passwords_and_secrets_do_not_show_in_debug() {
        let user = User::new("ada", "canary-password".into());
        let client = Client {
            id: "abc".into(),
            secrets: vec!["canary-secret".into()],
            callbacks: Vec::new(),
            sign_outs: Vec::new(),
            scopes: Vec::new(),
        };
        let shown = format!("{:?}", Config::new(Pool::new(vec![user]), vec![client]));
        assert!(!shown.contains("canary"), "{shown}");
    }
}
