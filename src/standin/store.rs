//! What the stand-in remembers: codes, sessions, tokens. All times are seconds since 1970.

use std::collections::HashMap;

/// A code lives 5 minutes.
pub(super) const CODE_LIFE: u64 = 5 * 60;
/// The hosted UI's own session lives 1 hour.
pub(super) const SESSION_LIFE: u64 = 60 * 60;
/// ID and access tokens live 1 hour, Cognito's default.
pub(super) const TOKEN_LIFE: u64 = 60 * 60;
/// Refresh tokens live 30 days, Cognito's default.
pub(super) const REFRESH_LIFE: u64 = 30 * 24 * 60 * 60;

/// Who let whom do what.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) username: String,
    pub(super) scopes: Vec<String>,
    pub(super) nonce: Option<String>,
    /// When the password was typed.
    pub(super) auth_time: u64,
}

impl Grant {
    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }
}

/// An authorization code that waits to be redeemed.
pub(super) struct Code {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    /// The S256 challenge, when the client uses PKCE.
    pub(super) challenge: Option<String>,
    pub(super) expires: u64,
}

/// Somebody's browser is signed in at the pool itself.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) username: String,
    pub(super) auth_time: u64,
    pub(super) expires: u64,
}

/// An access token that userInfo takes.
pub(super) struct Access {
    pub(super) grant: Grant,
    pub(super) origin: String,
    pub(super) expires: u64,
}

/// A refresh token.
pub(super) struct Refresh {
    pub(super) grant: Grant,
    /// Ties the tokens of one login together (Cognito's `origin_jti`), so revoking one revokes all.
    pub(super) origin: String,
    pub(super) expires: u64,
}

/// Everything that a stand-in remembers.
#[derive(Default)]
pub(super) struct Store {
    pub(super) codes: HashMap<String, Code>,
    pub(super) sessions: HashMap<String, Session>,
    pub(super) access: HashMap<String, Access>,
    pub(super) refresh: HashMap<String, Refresh>,
}

impl Store {
    /// The session behind a cookie, if it still lives.
    pub(super) fn session(&self, cookie: Option<&str>, now: u64) -> Option<Session> {
        self.sessions
            .get(cookie?)
            .filter(|session| session.expires > now)
            .cloned()
    }

    /// Takes a code out: it serves once, whatever comes of it.
    pub(super) fn take_code(&mut self, code: &str, now: u64) -> Option<Code> {
        self.codes.remove(code).filter(|code| code.expires > now)
    }

    /// Ends a refresh token and every token of its login.
    pub(super) fn revoke(&mut self, refresh_token: &str) {
        if let Some(revoked) = self.refresh.remove(refresh_token) {
            self.access.retain(|_, access| access.origin != revoked.origin);
        }
    }
}
