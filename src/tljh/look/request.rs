//! What the hub's Python is asked.

use std::path::PathBuf;

use serde::Serialize;

use crate::answers::Answers;
use crate::standin::{Sent, User, sent_about};

/// What the hub's Python is asked. It holds no secret.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    /// The folder that the hub works in, where its database is: `PREFIX/state` of the real hub.
    pub state: PathBuf,
    /// The pool and client of the answers.
    pub pool: PoolSide,
    /// Whose logins are played.
    pub people: Vec<Player>,
    /// How somebody looks whom only the hub names; none where nobody asks for them.
    pub named: Option<Pattern>,
    /// hubgate's own file of settings, whose functions may be run; none where there is none.
    pub own: Option<OwnFile>,
    /// The hub's arguments. Those that set something (`--Class.name=value`) are taken.
    pub arguments: Vec<String>,
}

/// What the answers' user pool and app client look like to a hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoolSide {
    /// Where people sign in.
    pub authorize_url: String,
    /// Where a code becomes tokens.
    pub token_url: String,
    /// Where a token's attributes are.
    pub userinfo_url: String,
    /// The app client.
    pub client_id: String,
    /// The one callback that is registered.
    pub callback_url: String,
    /// The scopes that the client may ask for.
    pub scopes: Vec<String>,
}

impl PoolSide {
    /// The pool of these answers, whose client has the scopes that they ask for.
    pub fn of(answers: &Answers) -> Self {
        let domain = &answers.cognito.domain;
        Self {
            authorize_url: domain.authorize_url(),
            token_url: domain.token_url(),
            userinfo_url: domain.userinfo_url(),
            client_id: answers.cognito.client_id.to_string(),
            callback_url: answers.callback_url(),
            scopes: answers.cognito.scopes.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Somebody whose login is played.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Player {
    /// What the answer calls them.
    pub who: String,
    /// What Cognito sends about them.
    pub answers: Vec<Sent>,
}

impl Player {
    /// The login of this account at this client.
    pub fn new(who: impl Into<String>, account: &User, client_id: &str) -> Self {
        Self {
            who: who.into(),
            answers: sent_about(account, client_id),
        }
    }
}

/// What Cognito sends about whoever has a name that is not known yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pattern {
    /// The name that stands for theirs.
    pub name: String,
    /// Somebody with that name.
    pub player: Player,
    /// The names that are played anyway.
    pub known: Vec<String>,
}

/// hubgate's own file, as it must be for its functions to be run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnFile {
    /// Where it lies among the settings that are looked at.
    pub path: PathBuf,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}
