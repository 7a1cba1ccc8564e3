//! What a stand-in is made from: a pool with its users, clients, and the faults to begin with.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use super::fault::Faults;
use super::log::Observer;

/// Everything a stand-in needs to start.
#[derive(Clone)]
pub struct Config {
    /// Where to listen: a loopback address; port 0 takes any free one.
    pub address: SocketAddr,
    /// The user pool.
    pub pool: Pool,
    /// Its app clients.
    pub clients: Vec<Client>,
    /// What goes wrong from the start; [`super::Emulator::set_faults`] changes it later.
    pub faults: Faults,
    /// Is told of every request once its answer is decided.
    pub observer: Option<Observer>,
}

impl Config {
    /// This pool with these clients, on a free port of 127.0.0.1, without faults.
    pub fn new(pool: Pool, clients: Vec<Client>) -> Self {
        Config {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            pool,
            clients,
            faults: Faults::default(),
            observer: None,
        }
    }

    /// Everything that is wrong with it, one sentence each.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = self.pool.problems();
        let mut ids = BTreeSet::new();
        for client in &self.clients {
            if !ids.insert(client.id.as_str()) {
                problems.push(format!("the client {:?} is there twice", client.id));
            }
            problems.extend(client.problems());
        }
        if self.clients.is_empty() {
            problems.push("there is no app client".to_owned());
        }
        problems
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
    pub(super) fn find(&self, name: &str) -> Option<&User> {
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

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !is_pool_id(&self.id) {
            problems.push(format!(
                "{:?} is not a user pool id, which looks like eu-west-1_AbCdEf123",
                self.id
            ));
        }
        let mut names = BTreeSet::new();
        let mut subs = BTreeSet::new();
        for user in &self.users {
            if !names.insert(user.username.to_lowercase()) {
                problems.push(format!(
                    "the user {:?} is there twice (case does not count)",
                    user.username
                ));
            }
            if !subs.insert(user.sub()) {
                problems.push(format!("the user {:?} has the sub of another", user.username));
            }
            problems.extend(user.problems());
        }
        problems
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
    pub(super) fn accepts_secret(&self, secret: &str) -> bool {
        self.secrets.iter().any(|active| active.expose_secret() == secret)
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '+';
        if self.id.is_empty() || self.id.len() > 128 || !self.id.chars().all(word) {
            problems.push(format!(
                "{:?} is not a client id: 1 to 128 letters, digits, _ and +",
                self.id
            ));
        }
        if !(1..=2).contains(&self.secrets.len()) || self.secrets.iter().any(|s| s.expose_secret().is_empty())
        {
            problems.push(format!(
                "the client {:?} needs one secret, or two while they are rotated",
                self.id
            ));
        }
        for (kind, list) in [("callback", &self.callbacks), ("sign-out", &self.sign_outs)] {
            for address in list {
                if let Err(why) = check_redirect(address) {
                    problems.push(format!("the {kind} URL {address:?} {why}"));
                }
            }
        }
        if self.callbacks.is_empty() {
            problems.push(format!("the client {:?} has no callback URL", self.id));
        }
        for scope in &self.scopes {
            if scope.is_empty()
                || !scope
                    .chars()
                    .all(|c| c.is_ascii_graphic() && c != '"' && c != '\\')
            {
                problems.push(format!("{scope:?} is not a scope"));
            }
        }
        problems
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
        }
    }

    /// The subject: the one given, or a UUID made from the user name.
    pub fn sub(&self) -> String {
        self.sub
            .clone()
            .unwrap_or_else(|| super::ids::uuid_of(&self.username))
    }

    fn problems(&self) -> Vec<String> {
        /// These have a home of their own, or are not attributes at all.
        const TAKEN: [&str; 6] = [
            "sub",
            "username",
            "email",
            "email_verified",
            "preferred_username",
            "password",
        ];
        let mut problems = Vec::new();
        if !is_name(&self.username) {
            problems.push(format!(
                "{:?} is not a user name: 1 to 128 characters without spaces",
                self.username
            ));
        }
        for group in self.groups.iter().filter(|group| !is_name(group)) {
            problems.push(format!(
                "{group:?} is not a group's name: 1 to 128 characters without spaces"
            ));
        }
        if self.password.expose_secret().is_empty() {
            problems.push(format!("the user {:?} has an empty password", self.username));
        }
        for name in self.attributes.keys() {
            if TAKEN.contains(&name.as_str()) || name.starts_with("cognito:") {
                problems.push(format!(
                    "{name:?} of {:?} is not a further attribute",
                    self.username
                ));
            }
        }
        problems
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

/// User and group names: 1–128 characters, none of them white space or control characters.
fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.chars().count()) && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// `[\w-]+_[0-9a-zA-Z]+`, at most 55.
fn is_pool_id(id: &str) -> bool {
    let Some((region, rest)) = id.rsplit_once('_') else {
        return false;
    };
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    id.len() <= 55
        && !region.is_empty()
        && region.chars().all(word)
        && !rest.is_empty()
        && rest.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Cognito's rule for callback and sign-out URLs: absolute, no fragment, http for this machine only.
fn check_redirect(address: &str) -> Result<(), &'static str> {
    if address.len() > 1024
        || address
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii())
    {
        return Err("is longer than 1024 or has characters that are not allowed in a URL");
    }
    let parsed = url::Url::parse(address).map_err(|_| "is not an absolute URL")?;
    if parsed.fragment().is_some() {
        return Err("has a fragment");
    }
    let local = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if parsed.scheme() == "http" && !local {
        return Err("is http, which Cognito takes for localhost, 127.0.0.1 and [::1] only");
    }
    Ok(())
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
