//! Three questions to Cognito, and what its answers mean before anybody judges them.

mod judge;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use url::Url;

use crate::host::http::{Method, Page, Session};
use crate::host::{Host, HttpError, HttpRequest, HttpResponse};
use crate::secret::Secret;
use crate::verify::Expectation;
use crate::verify::expectation::ClientAuth;
use crate::verify::hub_pages::navigation;

pub(super) use judge::stages;

/// Pages between the hub's request and the login form; Cognito has one.
const HOPS: usize = 4;

/// Looks like a code and was never given out, so that only the secret in front of it is tried.
const MADE_UP_CODE: &str = "00000000-0000-4000-8000-000000000000";

/// What managed login says where it has no branding style.
const NO_BRANDING: &str = "Login pages unavailable";

/// No answer, or one that tells nothing about the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Silence {
    /// No connection, no answer in time, or one that is not HTTP.
    Unreachable(HttpError),
    /// The name has no address, though this machine can look up others of AWS.
    NoAddress,
    /// Cognito has no time (429), or a problem of its own (5xx).
    Trouble(u16),
    /// A status that Cognito is not known to give here.
    Odd(u16),
}

/// Where a login request leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Authorize {
    /// To the login form.
    LoginPage,
    /// Through Cognito's `/login` to somebody else's, a federated identity provider's.
    OtherLogin(String),
    /// To `/error`, with what its query says.
    ErrorPage(String),
    /// Back to the hub's callback, with an error.
    Callback {
        error: String,
        description: String,
    },
    /// To a 403 without any login page.
    NoBranding,
    /// To another site, without Cognito having said a word.
    Elsewhere(String),
    Silent(Silence),
}

/// What token says to a made-up code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    InvalidGrant,
    InvalidClient,
    UnauthorizedClient,
    /// Another of OAuth's errors.
    Other,
    Silent(Silence),
}

/// What logout does with our sign-out URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Logout {
    Accepted,
    Refused,
    Elsewhere(String),
    Silent(Silence),
}

/// What came of all three.
pub(super) struct CognitoAnswers {
    pub(super) authorize: Authorize,
    /// `None`: there was no secret to try.
    pub(super) token: Option<Token>,
    pub(super) logout: Logout,
}

fn silence(status: u16) -> Silence {
    match status {
        408 | 429 | 500.. => Silence::Trouble(status),
        _ => Silence::Odd(status),
    }
}

/// Goes where the hub sends a browser, up to the login form.
pub(super) fn authorize(
    host: &dyn Host,
    request: &Url,
    expected: &Expectation,
    timeout: Duration,
) -> Authorize {
    let mut session = Session::new(host).timeout(timeout);
    let mut page = match session.get(request) {
        Ok(page) => page,
        Err(error) => return Authorize::Silent(no_answer(host, error, expected, timeout)),
    };
    for _ in 0..HOPS {
        let Some(target) = page.redirect_target() else {
            return at_rest(&page);
        };
        if let Some(verdict) = leaves(&page, &target, expected) {
            return verdict;
        }
        page = match session.follow(&page) {
            Ok(Some(next)) => next,
            Ok(None) => return at_rest(&page),
            Err(error) => return Authorize::Silent(Silence::Unreachable(error)),
        };
    }
    Authorize::Silent(Silence::Odd(page.response.status))
}

fn no_answer(host: &dyn Host, error: HttpError, expected: &Expectation, timeout: Duration) -> Silence {
    let HttpError::Dns { detail, .. } = &error else {
        return Silence::Unreachable(error);
    };
    let just_now = ["Temporary failure", "Try again", "do not answer"]
        .iter()
        .any(|words| detail.contains(words));
    if just_now {
        return Silence::Unreachable(error);
    }
    let witness = HttpRequest::new(Method::Head, expected.witness()).timeout(timeout);
    match host.send(&witness) {
        Err(HttpError::Dns { .. }) => Silence::Unreachable(error),
        _ => Silence::NoAddress,
    }
}

/// A redirect that ends the walk: to the error page, or off Cognito's site.
fn leaves(page: &Page, target: &Url, expected: &Expectation) -> Option<Authorize> {
    let value = |name: &str| {
        let mut pairs = target.query_pairs();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let address = target.as_str();
    let is_callback = address
        .strip_prefix(&expected.callback_url)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '&']));
    if is_callback {
        return Some(Authorize::Callback {
            error: value("error").unwrap_or_default(),
            description: value("error_description").unwrap_or_default(),
        });
    }
    if target.origin() != page.url.origin() {
        let site = target.host_str().unwrap_or(address).to_owned();
        let passed_login = page.url.path() == "/login";
        return Some(if passed_login {
            Authorize::OtherLogin(site)
        } else {
            Authorize::Elsewhere(site)
        });
    }
    (target.path() == "/error").then(|| Authorize::ErrorPage(value("error").unwrap_or_default()))
}

fn at_rest(page: &Page) -> Authorize {
    match page.response.status {
        200 if page.url.path() == "/login" => Authorize::LoginPage,
        403 if page.response.text().contains(NO_BRANDING) => Authorize::NoBranding,
        status => Authorize::Silent(silence(status)),
    }
}

/// Tries the secret, with a code that was never given out.
///
/// What the answer means follows from the documentation of Cognito, which looks at the secret before the
/// code; nothing but `invalid_grant` counts as a right secret.
/// Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html>
pub(super) fn token(host: &dyn Host, secret: &Secret, expected: &Expectation, timeout: Duration) -> Token {
    let request = token_request(secret, expected).timeout(timeout);
    let response = match host.send(&request) {
        Ok(response) => response,
        Err(error) => return Token::Silent(Silence::Unreachable(error)),
    };
    let body: Map<String, Value> = response.json().unwrap_or_default();
    match (response.status, body.get("error").and_then(Value::as_str)) {
        (400, Some("invalid_grant")) => Token::InvalidGrant,
        (400 | 401, Some("invalid_client")) => Token::InvalidClient,
        (400, Some("unauthorized_client")) => Token::UnauthorizedClient,
        (400, Some("invalid_request" | "unsupported_grant_type")) => Token::Other,
        (status, _) => Token::Silent(silence(status)),
    }
}

fn token_request(secret: &Secret, expected: &Expectation) -> HttpRequest {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", MADE_UP_CODE),
        ("redirect_uri", &expected.callback_url),
    ];
    match expected.client_auth {
        ClientAuth::Body => {
            fields.push(("client_id", &expected.client_id));
            fields.push(("client_secret", secret.expose()));
            HttpRequest::post_form(&expected.token_url, fields)
        }
        ClientAuth::Basic => {
            // As oauthenticator does it: not URL-encoded first.
            let pair = format!("{}:{}", expected.client_id, secret.expose());
            HttpRequest::post_form(&expected.token_url, fields)
                .header("Authorization", format!("Basic {}", STANDARD.encode(pair)))
        }
    }
    .header("Accept", "application/json")
}

/// Signs nobody out: the request carries no cookie.
pub(super) fn logout(host: &dyn Host, expected: &Expectation, timeout: Duration) -> Logout {
    let request = navigation(&expected.logout_url).timeout(timeout);
    match host.send(&request) {
        Ok(response) => judge_logout(&response, expected),
        Err(error) => Logout::Silent(Silence::Unreachable(error)),
    }
}

fn judge_logout(response: &HttpResponse, expected: &Expectation) -> Logout {
    match response.location() {
        Some(location) if location == expected.sign_out_url => Logout::Accepted,
        Some(location) => {
            let target = Url::parse(&expected.logout_url).and_then(|page| page.join(location));
            match target {
                Ok(target) if target.path() == "/error" => Logout::Refused,
                _ => Logout::Elsewhere(location.to_owned()),
            }
        }
        None if response.status == 400 => Logout::Refused,
        None => Logout::Silent(silence(response.status)),
    }
}
