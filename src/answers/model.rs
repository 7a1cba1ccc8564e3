//! The answers once they are valid. Each can only be built by [`resolve`](super::resolve()).

use super::https::Https;
use crate::cognito::{ClientId, CognitoDomain, GroupsClaim, ScopeSet, UsernameClaim};
use crate::hub::{self, BaseUrl, GroupName, HubUrl, OauthenticatorVersion, UserName};
use crate::invalid::Invalid;
use crate::secret::SecretSource;

/// Everything a person decided.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answers {
    /// The hub itself.
    pub hub: Hub,
    /// Where TLS ends.
    pub https: Https,
    /// The user pool's app client and what the hub asks of it.
    pub cognito: Cognito,
    /// Who may log in.
    pub access: Access,
    /// The oauthenticator that the configuration is written for.
    pub oauthenticator: OauthenticatorVersion,
}

/// The hub itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// What people type.
    pub url: HubUrl,
    /// The path it lives under.
    pub base_url: BaseUrl,
    /// Who administers it.
    pub admins: Vec<UserName>,
}

/// The app client and what the hub asks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cognito {
    /// The user pool's domain.
    pub domain: CognitoDomain,
    /// The app client's id.
    pub client_id: ClientId,
    /// Where its secret is.
    pub client_secret: SecretSource,
    /// The scopes to ask for.
    pub scopes: ScopeSet,
    /// The claim that names users.
    pub username: UsernameClaim,
    /// Whether the hub's own login page is skipped.
    pub auto_login: bool,
}

/// The words of `[access] allow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Allow {
    /// Everyone in the user pool.
    All,
    /// The users listed.
    Users,
    /// The members of the groups listed, and the users listed.
    Groups,
}

/// Who may log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The rule.
    pub allow: Allow,
    /// Users who may log in.
    pub users: Vec<UserName>,
    /// Groups whose members may log in.
    pub groups: Vec<GroupName>,
    /// Groups whose members administer the hub; they may log in too.
    pub admin_groups: Vec<GroupName>,
    /// The claim that names a person's groups.
    pub groups_claim: GroupsClaim,
}

impl Allow {
    /// Reads one of the words.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        typed.trim().to_ascii_lowercase().parse().map_err(|_| {
            Invalid::new(
                format!("'{}' is no rule for who may log in", typed.trim()),
                "use all (everyone in the user pool), users or groups",
            )
        })
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Access {
    /// Whether people's groups have to reach the hub.
    pub fn needs_groups(&self) -> bool {
        self.allow == Allow::Groups || !self.admin_groups.is_empty()
    }
}

impl Answers {
    /// The callback URL to register with the app client.
    pub fn callback_url(&self) -> String {
        hub::callback_url(&self.hub.url, &self.hub.base_url)
    }

    /// The sign-out URL to register with the app client.
    pub fn sign_out_url(&self) -> String {
        hub::sign_out_url(&self.hub.url, &self.hub.base_url)
    }

    /// Where the hub sends people who log out.
    pub fn logout_redirect_url(&self) -> String {
        self.cognito
            .domain
            .logout_url(&self.cognito.client_id, &self.sign_out_url())
    }
}
