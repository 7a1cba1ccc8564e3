//! Does the hub send the browser to Cognito with exactly the right request?

use url::Url;

use super::Expectation;
use super::hub_pages::HubPages;
use super::report::{Stage, StageCause, StageName};
use crate::host::HttpResponse;

/// base64url of a SHA-256, without padding (RFC 7636).
const CHALLENGE_LENGTH: usize = 43;

/// The stage, and the request as the hub built it where it is exactly the right one.
pub(super) fn stage(pages: &HubPages<'_>, expected: &Expectation) -> (Stage, Option<Url>) {
    let fail = |cause, found: String| Stage::fail(StageName::AuthorizeRedirect, cause, found);
    match pages.get("hub/oauth_login") {
        Ok(response) => judge(&response, expected),
        Err(error) => {
            let stage = fail(
                StageCause::HubSilent,
                format!("/hub/oauth_login does not answer: {error}"),
            );
            (stage.remedy("sudo journalctl -u jupyterhub -n 50"), None)
        }
    }
}

fn judge(response: &HttpResponse, expected: &Expectation) -> (Stage, Option<Url>) {
    let fail = |cause, found: String| Stage::fail(StageName::AuthorizeRedirect, cause, found);
    let stage = match (response.location(), response.status) {
        (Some(location), _) => {
            let differences = differences(location, expected);
            if differences.is_empty() {
                let stage = Stage::pass(StageName::AuthorizeRedirect, pass_words(expected));
                return (stage, Url::parse(location).ok());
            }
            fail(
                StageCause::AuthorizeDiffers,
                format!("the request to Cognito is not the right one: {}", differences.join("; ")),
            )
            .remedy("the hub has another configuration than the answers, or another file in jupyterhub_config.d overrides it: hubgate apply")
        }
        (None, 404) => fail(
            StageCause::NoOauth,
            "the hub has no /hub/oauth_login: its login is not OAuth".to_owned(),
        )
        .remedy("auth.type in config.yaml decides: hubgate apply, or sudo tljh-config reload hub after a change by hand"),
        (None, status) => fail(
            StageCause::HubError,
            format!("/hub/oauth_login answers with HTTP {status} instead of going to Cognito"),
        )
        .remedy("see why with: sudo journalctl -u jupyterhub -n 50"),
    };
    (stage, None)
}

fn pass_words(expected: &Expectation) -> String {
    let pkce = if expected.pkce { ", with PKCE" } else { "" };
    format!(
        "goes to {} with the right client, callback and scopes{pkce}",
        expected.domain()
    )
}

/// Each part of the request that is not as it should be, in words; empty when all is right.
pub(super) fn differences(location: &str, expected: &Expectation) -> Vec<String> {
    let Ok(url) = Url::parse(location) else {
        return vec![format!("it goes to {location}, which is no address")];
    };
    let mut found = Vec::new();
    let endpoint = location.split(['?', '#']).next().unwrap_or(location);
    if endpoint != expected.authorize_url {
        found.push(format!(
            "it goes to {endpoint} and not to {}",
            expected.authorize_url
        ));
    }
    let query = Query(url.query_pairs().into_owned().collect());
    query.compare("client_id", &expected.client_id, &mut found);
    query.compare("redirect_uri", &expected.callback_url, &mut found);
    query.compare("response_type", "code", &mut found);
    compare_scopes(&query, expected, &mut found);
    if query.one("state").is_none_or(|state| state.is_empty()) {
        found.push("state is missing".to_owned());
    }
    compare_pkce(&query, expected, &mut found);
    found
}

struct Query(Vec<(String, String)>);

impl Query {
    fn values(&self, name: &str) -> Vec<&str> {
        let named = self.0.iter().filter(|(key, _)| key == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a parameter that is there once.
    fn one(&self, name: &str) -> Option<&str> {
        match self.values(name)[..] {
            [value] => Some(value),
            _ => None,
        }
    }

    fn compare(&self, name: &str, wanted: &str, found: &mut Vec<String>) {
        match self.values(name)[..] {
            [value] if value == wanted => {}
            [value] => found.push(format!("{name} is {value} and not {wanted}")),
            [] => found.push(format!("{name} is missing (it should be {wanted})")),
            [..] => found.push(format!("{name} is there more than once")),
        }
    }
}

/// The order of scopes means nothing.
fn compare_scopes(query: &Query, expected: &Expectation, found: &mut Vec<String>) {
    let wanted = expected.scopes.join(" ");
    let Some(asked) = query.one("scope") else {
        query.compare("scope", &wanted, found);
        return;
    };
    let sorted = |scopes: Vec<&str>| {
        let mut scopes = scopes;
        scopes.sort_unstable();
        scopes.dedup();
        scopes.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let same = sorted(asked.split_whitespace().collect())
        == sorted(expected.scopes.iter().map(String::as_str).collect());
    if !same {
        found.push(format!("scope is \"{asked}\" and not \"{wanted}\""));
    }
}

/// Cognito knows S256 alone. A hub that does more than it must is right too.
fn compare_pkce(query: &Query, expected: &Expectation, found: &mut Vec<String>) {
    let challenge = query.one("code_challenge");
    let method = query.one("code_challenge_method");
    match (challenge, method) {
        (Some(challenge), Some("S256")) if challenge.len() == CHALLENGE_LENGTH => {}
        (None, None) if !expected.pkce => {}
        (None, None) => found.push("code_challenge is missing (PKCE)".to_owned()),
        (_, Some("S256")) => found.push("code_challenge is not that of a SHA-256 (PKCE)".to_owned()),
        (_, method) => found.push(format!(
            "code_challenge_method is {} and not S256 (PKCE)",
            method.unwrap_or("missing")
        )),
    }
}

/// Our own request, for when the hub cannot be asked for its.
pub(super) fn own_request(expected: &Expectation) -> Option<Url> {
    let scopes = expected.scopes.join(" ");
    let mut url = Url::parse(&expected.authorize_url).ok()?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &expected.client_id)
        .append_pair("redirect_uri", &expected.callback_url)
        .append_pair("scope", &scopes)
        .append_pair("state", "hubgate-verify");
    Some(url)
}
