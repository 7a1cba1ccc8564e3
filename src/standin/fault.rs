//! What can be made to go wrong; each is a command-line value, with its documentation as the help.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::standin::web::endpoint::Endpoint;

/// One thing that goes wrong at Cognito, or between a hub and Cognito.
///
/// Where a fault has a cause in the configuration (a callback URL that is not registered, say), the stand-in
/// shows the same symptom without the cause, so a check can be tried against it with a good configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Fault {
    /// authorize says that the callback URL is not registered
    RedirectMismatch,
    /// authorize and token know no such client
    UnknownClient,
    /// authorize says that the client has no identity provider
    NoIdentityProvider,
    /// authorize refuses the scope, as seen on the live service
    InvalidScope,
    /// authorize refuses the scope, as in the AWS guide
    InvalidScopeAsDocumented,
    /// the client may not use the code flow
    FlowNotAllowed,
    /// managed login without a branding style: 403 at the form
    BrandingMissing,
    /// token answers invalid_client to every secret
    WrongSecret,
    /// token answers invalid_grant to every code
    // The secret is right: the client may not read what a scope asks for.
    CodeRefused,
    /// token answers 403 and an HTML page
    TokenOddAnswer,
    /// token answers 500
    TokenServerError,
    /// userInfo answers 401 to every token
    #[value(name = "userinfo-401")]
    Userinfo401,
    /// logout accepts no sign-out URL
    SignOutRefused,
    /// the ID token has no cognito:groups
    IdTokenWithoutGroups,
    /// jwks.json is not there
    JwksMissing,
    /// every page is an error, as of a domain that nobody owns
    // How the live service answers is not established: it may as well be a name that does not resolve.
    NoSuchDomain,
    /// answers come late
    Slow,
    /// answers never come
    Hang,
    /// answers are not HTTP
    NotHttp,
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
