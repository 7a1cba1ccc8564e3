//! What can be made to go wrong, each by a name that is also a command-line value.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::standin::web::endpoint::Endpoint;

/// One thing that goes wrong at Cognito, or between a hub and Cognito.
///
/// Where a fault has a cause in the configuration (a callback URL that is not registered, say), the stand-in
/// shows the same symptom without the cause, so a check can be tried against it with a good configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// authorize: the callback URL is not registered.
    RedirectMismatch,
    /// authorize and token: the client does not exist.
    UnknownClient,
    /// authorize: the client has no identity provider, or OAuth is not enabled for it.
    NoIdentityProvider,
    /// authorize: the scope is not allowed, as the live service was seen to say it.
    InvalidScope,
    /// authorize: the scope is not allowed, as the AWS guide says it (`error=invalid_scope`).
    InvalidScopeAsDocumented,
    /// authorize and token: the client may not use the code flow.
    FlowNotAllowed,
    /// login: managed login (version 2) without a branding style.
    BrandingMissing,
    /// token: the secret is never right.
    WrongSecret,
    /// token: the secret is right, but no code ever is (the client may not read what a scope asks for).
    CodeRefused,
    /// token: 403 and an HTML page, as a firewall in front of it answers.
    TokenOddAnswer,
    /// token: 500.
    TokenServerError,
    /// userInfo: 401, as for an expired token.
    Userinfo401,
    /// logout: no sign-out URL is ever right.
    SignOutRefused,
    /// The ID token carries no `cognito:groups`, whatever groups the user is in.
    IdTokenWithoutGroups,
    /// jwks.json is not there (404).
    JwksMissing,
    /// Every page: an HTTP error, as for a domain prefix that nobody owns. How the live service answers is not
    /// established: it may as well be a name that does not resolve.
    NoSuchDomain,
    /// Every page, or one: the answer comes late.
    Slow,
    /// Every page, or one: the request is read and no answer ever comes.
    Hang,
    /// Every page, or one: the answer is not HTTP.
    NotHttp,
}

impl Fault {
    /// Every fault, in the order of the documentation.
    pub const ALL: [Fault; 19] = [
        Fault::RedirectMismatch,
        Fault::UnknownClient,
        Fault::NoIdentityProvider,
        Fault::InvalidScope,
        Fault::InvalidScopeAsDocumented,
        Fault::FlowNotAllowed,
        Fault::BrandingMissing,
        Fault::WrongSecret,
        Fault::CodeRefused,
        Fault::TokenOddAnswer,
        Fault::TokenServerError,
        Fault::Userinfo401,
        Fault::SignOutRefused,
        Fault::IdTokenWithoutGroups,
        Fault::JwksMissing,
        Fault::NoSuchDomain,
        Fault::Slow,
        Fault::Hang,
        Fault::NotHttp,
    ];

    /// The fault's name in kebab case, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Fault::RedirectMismatch => "redirect-mismatch",
            Fault::UnknownClient => "unknown-client",
            Fault::NoIdentityProvider => "no-identity-provider",
            Fault::InvalidScope => "invalid-scope",
            Fault::InvalidScopeAsDocumented => "invalid-scope-as-documented",
            Fault::FlowNotAllowed => "flow-not-allowed",
            Fault::BrandingMissing => "branding-missing",
            Fault::WrongSecret => "wrong-secret",
            Fault::CodeRefused => "code-refused",
            Fault::TokenOddAnswer => "token-odd-answer",
            Fault::TokenServerError => "token-server-error",
            Fault::Userinfo401 => "userinfo-401",
            Fault::SignOutRefused => "sign-out-refused",
            Fault::IdTokenWithoutGroups => "id-token-without-groups",
            Fault::JwksMissing => "jwks-missing",
            Fault::NoSuchDomain => "no-such-domain",
            Fault::Slow => "slow",
            Fault::Hang => "hang",
            Fault::NotHttp => "not-http",
        }
    }

    /// What the fault does, in a line.
    pub fn describe(self) -> &'static str {
        match self {
            Fault::RedirectMismatch => "authorize says that the callback URL is not registered",
            Fault::UnknownClient => "authorize and token know no such client",
            Fault::NoIdentityProvider => "authorize says that the client has no identity provider",
            Fault::InvalidScope => "authorize refuses the scope, as seen on the live service",
            Fault::InvalidScopeAsDocumented => "authorize refuses the scope, as in the AWS guide",
            Fault::FlowNotAllowed => "the client may not use the code flow",
            Fault::BrandingMissing => "managed login without a branding style: 403 at the form",
            Fault::WrongSecret => "token answers invalid_client to every secret",
            Fault::CodeRefused => "token answers invalid_grant to every code",
            Fault::TokenOddAnswer => "token answers 403 and an HTML page",
            Fault::TokenServerError => "token answers 500",
            Fault::Userinfo401 => "userInfo answers 401 to every token",
            Fault::SignOutRefused => "logout accepts no sign-out URL",
            Fault::IdTokenWithoutGroups => "the ID token has no cognito:groups",
            Fault::JwksMissing => "jwks.json is not there",
            Fault::NoSuchDomain => "every page is an error, as of a domain that nobody owns",
            Fault::Slow => "answers come late",
            Fault::Hang => "answers never come",
            Fault::NotHttp => "answers are not HTTP",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no fault's.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not a fault that the stand-in knows")]
pub struct UnknownFault(pub String);

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Fault::ALL
            .into_iter()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

/// The faults that are switched on.
#[derive(Clone, Debug)]
pub struct Faults {
    /// Which ones.
    pub active: BTreeSet<Fault>,
    /// How late a [`Fault::Slow`] answer comes; 3 seconds unless told otherwise.
    pub delay: Duration,
    /// Where [`Fault::Slow`], [`Fault::Hang`] and [`Fault::NotHttp`] act: everywhere when `None`.
    pub only_at: Option<Endpoint>,
}

impl Default for Faults {
    fn default() -> Self {
        Faults {
            active: BTreeSet::new(),
            delay: Duration::from_secs(3),
            only_at: None,
        }
    }
}

impl Faults {
    /// Just these.
    pub fn of(faults: impl IntoIterator<Item = Fault>) -> Self {
        Faults {
            active: faults.into_iter().collect(),
            ..Faults::default()
        }
    }

    /// Is it switched on?
    pub fn has(&self, fault: Fault) -> bool {
        self.active.contains(&fault)
    }

    /// Is it switched on at this endpoint? (`only_at` narrows the faults of the connection alone.)
    pub(super) fn strikes(&self, fault: Fault, endpoint: Option<Endpoint>) -> bool {
        self.has(fault) && (self.only_at.is_none() || self.only_at == endpoint)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn every_name_reads_back_as_its_fault_and_is_used_once() {
        for fault in Fault::ALL {
            assert_eq!(fault.name().parse::<Fault>().unwrap(), fault);
            assert!(!fault.describe().is_empty());
        }
        let names: BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        assert_eq!(names.len(), Fault::ALL.len());
    }

    #[test]
    fn an_unknown_name_is_said_back() {
        let error = "redirect-missmatch".parse::<Fault>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"redirect-missmatch\" is not a fault that the stand-in knows"
        );
    }
}
