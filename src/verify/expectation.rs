//! What a healthy hub would show, by the answers. Pure.

use crate::answers::{Answers, Https};
use crate::hub::{BaseUrl, Dialect};
use crate::tljh::LocalHub;

/// What the rendered file tells the hub to call its login.
const LOGIN_SERVICE: &str = "AWS Cognito";

/// How the hub shows its secret to Cognito.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// In an `Authorization: Basic` header: oauthenticator 14 and 15.
    Basic,
    /// In the body of the POST: from 16.
    Body,
}

/// Where the certificate that browsers see comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFrom {
    /// traefik gets it from Let's Encrypt.
    LetsEncrypt,
    /// traefik serves one that lies on the hub.
    File,
    /// Whatever stands in front of the hub has it.
    Proxy,
    /// There is none: the hub is for this machine alone.
    Nobody,
}

/// What a healthy hub would show. Made from the answers; a rehearsal may put a stand-in's addresses in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Where the hub listens on this machine.
    pub local: LocalHub,
    /// What people type, `https://hub.example.org`, without a path.
    pub hub_url: String,
    /// The host name or address in it; an IPv6 address in brackets.
    pub hub_host: String,
    /// The port in it.
    pub hub_port: u16,
    /// Is it `localhost` or the like, so that there is no public name to try?
    pub is_local: bool,
    /// The path that the hub should live under.
    pub base_url: BaseUrl,
    /// What the login page's button says behind "Sign in with".
    pub login_service: &'static str,
    /// Does the login page go to Cognito by itself?
    pub auto_login: bool,
    /// Where the certificate comes from.
    pub certificate: CertificateFrom,
    /// The app client's id.
    pub client_id: String,
    /// The callback URL, to the letter.
    pub callback_url: String,
    /// The sign-out URL, to the letter.
    pub sign_out_url: String,
    /// The scopes asked for.
    pub scopes: Vec<String>,
    /// Does the hub's oauthenticator use PKCE?
    pub pkce: bool,
    /// How it shows its secret.
    pub client_auth: ClientAuth,
    /// Cognito's authorize endpoint, without a query.
    pub authorize_url: String,
    /// Cognito's token endpoint.
    pub token_url: String,
    /// Cognito's sign-out endpoint with its query.
    pub logout_url: String,
}

impl Expectation {
    /// What these answers promise of a hub that listens there.
    pub fn new(answers: &Answers, local: LocalHub) -> Self {
        let url = &answers.hub.url;
        let cognito = &answers.cognito;
        let dialect = answers.oauthenticator.dialect();
        Expectation {
            local,
            hub_url: url.as_str().to_owned(),
            hub_host: url.host().to_owned(),
            hub_port: url.port().unwrap_or(if url.is_https() { 443 } else { 80 }),
            is_local: url.is_local(),
            base_url: answers.hub.base_url.clone(),
            login_service: LOGIN_SERVICE,
            auto_login: cognito.auto_login,
            certificate: match &answers.https {
                Https::LetsEncrypt { .. } => CertificateFrom::LetsEncrypt,
                Https::Certificate { .. } => CertificateFrom::File,
                Https::Proxy => CertificateFrom::Proxy,
                Https::Off => CertificateFrom::Nobody,
            },
            client_id: cognito.client_id.as_str().to_owned(),
            callback_url: answers.callback_url(),
            sign_out_url: answers.sign_out_url(),
            scopes: cognito.scopes.iter().map(str::to_owned).collect(),
            pkce: answers.oauthenticator.has_pkce(),
            client_auth: if dialect == Dialect::V14 {
                ClientAuth::Basic
            } else {
                ClientAuth::Body
            },
            authorize_url: cognito.domain.authorize_url(),
            token_url: cognito.domain.token_url(),
            logout_url: answers.logout_redirect_url(),
        }
    }

    /// The same hub with a stand-in for Cognito at `origin`, such as `http://127.0.0.1:8001`: every
    /// `https://DOMAIN` becomes that.
    pub fn with_cognito_at(mut self, origin: &str) -> Self {
        let real = self
            .authorize_url
            .strip_suffix("/oauth2/authorize")
            .unwrap_or_default()
            .to_owned();
        for url in [&mut self.authorize_url, &mut self.token_url, &mut self.logout_url] {
            if let Some(path) = url.strip_prefix(&real) {
                *url = format!("{}{path}", origin.trim_end_matches('/'));
            }
        }
        self
    }

    /// Cognito's domain, as people know it.
    pub fn domain(&self) -> &str {
        let rest = self
            .authorize_url
            .split_once("://")
            .map_or(self.authorize_url.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }

    /// An address at AWS whose name always has one: tells a domain that nobody has from a machine that
    /// cannot look up names.
    pub(super) fn witness(&self) -> String {
        let mut parts = self.domain().split('.').skip(1);
        let region = match (parts.next(), parts.next(), parts.next()) {
            (Some("auth" | "auth-fips"), Some(region), Some("amazoncognito")) => region,
            _ => "us-east-1",
        };
        format!("https://cognito-idp.{region}.amazonaws.com/")
    }

    /// A page of the hub as the public sees it: `page("hub/login")`.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{}{}{path}", self.hub_url, self.base_url)
    }
}
