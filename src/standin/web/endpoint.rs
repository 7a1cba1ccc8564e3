//! Which page of Cognito a path is.

use clap::ValueEnum;

/// A page of the stand-in. The first seven live on the user pool's domain, the last two on `cognito-idp` in real
/// life; here all are on one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Endpoint {
    /// `/oauth2/authorize`
    Authorize,
    /// `/login`
    Login,
    /// `/oauth2/token`
    Token,
    /// `/oauth2/userInfo`
    #[value(name = "userinfo")]
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
        let mut all = Endpoint::value_variants().iter().copied();
        all.find(|endpoint| endpoint.path(pool_id) == path)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_endpoint_and_nothing_near_it_does() {
        for endpoint in Endpoint::value_variants() {
            let path = endpoint.path("eu-west-1_x");
            assert_eq!(Endpoint::at(&path, "eu-west-1_x"), Some(*endpoint));
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
