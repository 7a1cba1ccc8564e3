//! Which page of Cognito a path is.

use std::fmt;
use std::str::FromStr;

/// A page of the stand-in. The first seven live on the user pool's domain, the last two on `cognito-idp` in real
/// life; here all are on one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// `/oauth2/authorize`
    Authorize,
    /// `/login`
    Login,
    /// `/oauth2/token`
    Token,
    /// `/oauth2/userInfo`
    UserInfo,
    /// `/oauth2/revoke`
    Revoke,
    /// `/logout`
    Logout,
    /// `/error`
    Error,
    /// `/POOLID/.well-known/openid-configuration`
    Discovery,
    /// `/POOLID/.well-known/jwks.json`
    Jwks,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: [Endpoint; 9] = [
        Endpoint::Authorize,
        Endpoint::Login,
        Endpoint::Token,
        Endpoint::UserInfo,
        Endpoint::Revoke,
        Endpoint::Logout,
        Endpoint::Error,
        Endpoint::Discovery,
        Endpoint::Jwks,
    ];

    /// The endpoint's short name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Endpoint::Authorize => "authorize",
            Endpoint::Login => "login",
            Endpoint::Token => "token",
            Endpoint::UserInfo => "userinfo",
            Endpoint::Revoke => "revoke",
            Endpoint::Logout => "logout",
            Endpoint::Error => "error",
            Endpoint::Discovery => "discovery",
            Endpoint::Jwks => "jwks",
        }
    }

    /// Its path in this pool. Paths are exact: case and a trailing slash count.
    pub fn path(self, pool_id: &str) -> String {
        match self {
            Endpoint::Authorize => "/oauth2/authorize".to_owned(),
            Endpoint::Login => "/login".to_owned(),
            Endpoint::Token => "/oauth2/token".to_owned(),
            Endpoint::UserInfo => "/oauth2/userInfo".to_owned(),
            Endpoint::Revoke => "/oauth2/revoke".to_owned(),
            Endpoint::Logout => "/logout".to_owned(),
            Endpoint::Error => "/error".to_owned(),
            Endpoint::Discovery => format!("/{pool_id}/.well-known/openid-configuration"),
            Endpoint::Jwks => format!("/{pool_id}/.well-known/jwks.json"),
        }
    }

    /// The endpoint with this path, if any.
    pub(in crate::standin) fn at(path: &str, pool_id: &str) -> Option<Endpoint> {
        Endpoint::ALL
            .into_iter()
            .find(|endpoint| endpoint.path(pool_id) == path)
    }

    /// The methods that it answers to; any other gets 405.
    pub(in crate::standin) fn methods(self) -> &'static [&'static str] {
        match self {
            Endpoint::Token | Endpoint::Revoke => &["POST"],
            Endpoint::Login => &["GET", "POST"],
            // AWS documents userInfo for GET alone. What the live service does with POST is not established.
            _ => &["GET"],
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no endpoint's.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not an endpoint of the stand-in")]
pub struct UnknownEndpoint(pub String);

impl FromStr for Endpoint {
    type Err = UnknownEndpoint;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Endpoint::ALL
            .into_iter()
            .find(|endpoint| endpoint.name() == name)
            .ok_or_else(|| UnknownEndpoint(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_path_finds_its_endpoint_and_nothing_near_it_does() {
        for endpoint in Endpoint::ALL {
            assert_eq!(
                Endpoint::at(&endpoint.path("eu-west-1_x"), "eu-west-1_x"),
                Some(endpoint)
            );
            assert_eq!(endpoint.name().parse::<Endpoint>().unwrap(), endpoint);
        }
        for path in [
            "/oauth2/logout",
            "/oauth2/userinfo",
            "/oauth2/token/",
            "/",
            "/.well-known/jwks.json",
        ] {
            assert_eq!(Endpoint::at(path, "eu-west-1_x"), None, "{path}");
        }
    }
}
