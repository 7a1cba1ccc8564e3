//! What Cognito's three answers mean together. Pure.
//!
//! One fault shows in several answers: to an unknown client neither its secret nor its sign-out URL is
//! right. Only the stage that the fault belongs to fails; the others do not know.

use super::{Authorize, CognitoAnswers, Logout, Silence, Token};
use crate::host::HttpError;
use crate::verify::Expectation;
use crate::verify::report::{Stage, StageCause, StageName};

const AT_CLIENT: &str = "Cognito console: your user pool, App clients, your client";

/// What spoils every answer, whatever was asked.
enum Overall {
    /// Nobody has this domain, as it seems; why we think so.
    NoDomain(String),
    /// The app client is not known, so nothing about it can be.
    NoClient,
}

/// The stages `cognito-client`, `client-secret` and `sign-out`. `why_no_secret` is told where there was
/// none to try.
pub(in crate::verify) fn stages(
    answers: &CognitoAnswers,
    expected: &Expectation,
    why_no_secret: &str,
) -> [Stage; 3] {
    let overall = overall(answers, expected);
    [
        client(answers, &overall, expected),
        secret(answers, &overall, why_no_secret),
        sign_out(answers, &overall, expected),
    ]
}

fn overall(answers: &CognitoAnswers, expected: &Expectation) -> Option<Overall> {
    if answers.authorize == Authorize::Silent(Silence::NoAddress) {
        return Some(Overall::NoDomain(format!("{} has no address", expected.domain())));
    }
    if let Authorize::Silent(Silence::Odd(status @ (400 | 403 | 404))) = answers.authorize
        && matches!(answers.token, None | Some(Token::Silent(Silence::Odd(_))))
        && matches!(answers.logout, Logout::Refused | Logout::Silent(Silence::Odd(_)))
    {
        let domain = expected.domain();
        return Some(Overall::NoDomain(format!(
            "{domain} answers every question with an error (HTTP {status})"
        )));
    }
    // "invalid_request" alone is said of a client without OAuth too; then token knows its secret.
    let refused = matches!(&answers.authorize, Authorize::ErrorPage(error) if error == "invalid_request");
    let unknown = matches!(answers.token, Some(Token::InvalidClient));
    (refused && unknown).then_some(Overall::NoClient)
}

fn client(answers: &CognitoAnswers, overall: &Option<Overall>, expected: &Expectation) -> Stage {
    let name = StageName::CognitoClient;
    let fail = |cause, found: String| Stage::fail(name, cause, found);
    let id = &expected.client_id;
    match overall {
        Some(Overall::NoDomain(why)) => {
            return fail(StageCause::NoSuchDomain, format!("{why}: perhaps the domain does not exist"))
                .remedy("compare it with the Cognito console: your user pool, Branding, Domain; a new domain needs up to 5 minutes, a custom one up to an hour for its certificate");
        }
        Some(Overall::NoClient) => {
            return fail(
                StageCause::UnknownClient,
                format!("Cognito does not know the app client {id}"),
            )
            .remedy(format!(
                "compare the client id, and see that the domain is the same user pool's. {AT_CLIENT}"
            ));
        }
        None => {}
    }
    match &answers.authorize {
        Authorize::LoginPage => Stage::pass(
            name,
            "Cognito knows the client, its callback URL, flow and scopes, and shows its login page",
        ),
        Authorize::OtherLogin(site) => Stage::pass(
            name,
            format!("Cognito knows the client, its callback URL, flow and scopes, and sends people on to {site}"),
        ),
        Authorize::ErrorPage(error) => error_page(error, answers, expected),
        Authorize::Callback { error, description } => callback(error, description, expected),
        Authorize::NoBranding => fail(
            StageCause::BrandingMissing,
            "managed login has no branding style, so Cognito shows no login page (\"Login pages unavailable\")".to_owned(),
        )
        .remedy("aws cognito-idp create-managed-login-branding --user-pool-id POOL --client-id ID --use-cognito-provided-values; or choose the classic hosted UI for the domain (Branding, Domain)"),
        Authorize::Elsewhere(site) => Stage::unknown(
            name,
            StageCause::OddAnswer,
            format!("the way to Cognito leads to {site}, and not to its login page"),
        )
        .remedy("right if that is the user pool's only identity provider; wrong if it is the login page of a network"),
        Authorize::Silent(silence) => silent(name, silence, expected),
    }
}

fn error_page(error: &str, answers: &CognitoAnswers, expected: &Expectation) -> Stage {
    let fail = |cause, found: String| Stage::fail(StageName::CognitoClient, cause, found);
    match error {
        "redirect_mismatch" => fail(
            StageCause::RedirectMismatch,
            format!("Cognito does not know the callback URL {}", expected.callback_url),
        )
        .remedy(format!(
            "{AT_CLIENT}, Login pages, Edit: add exactly this to the allowed callback URLs: {}",
            expected.callback_url
        )),
        "invalid_request" => {
            let either = "OAuth is not enabled for the app client, or it has no identity provider";
            let remedy = format!(
                "{AT_CLIENT}, Login pages, Edit: choose an identity provider (Cognito user pool directory), the authorization code grant and the scopes"
            );
            match answers.token {
                // token knows the client, or at least its secret.
                Some(Token::InvalidGrant | Token::UnauthorizedClient) => fail(
                    StageCause::ClientNotEnabled,
                    format!("{either} ({})", expected.client_id),
                )
                .remedy(remedy),
                _ => fail(
                    StageCause::Refused,
                    format!(
                        "Cognito does not know the app client {}, or {either}",
                        expected.client_id
                    ),
                )
                .remedy(format!("compare the client id, then: {remedy}")),
            }
        }
        other => fail(
            StageCause::Refused,
            format!(
                "Cognito refuses the login request ({})",
                if other.is_empty() {
                    "no reason given"
                } else {
                    other
                }
            ),
        )
        .remedy(AT_CLIENT),
    }
}

fn callback(error: &str, description: &str, expected: &Expectation) -> Stage {
    let fail = |cause, found: String| Stage::fail(StageName::CognitoClient, cause, found);
    // The live service was seen to put invalid_scope into the description; the AWS guide has it as the error.
    if error == "invalid_scope" || description.contains("invalid_scope") {
        let scopes = expected.scopes.join(" ");
        return fail(
            StageCause::InvalidScope,
            format!("a scope is not allowed for the app client; the hub asks for: {scopes}"),
        )
        .remedy(format!(
            "{AT_CLIENT}, Login pages, Edit: allow these OpenID Connect scopes, or ask for fewer with --scope: {scopes}"
        ));
    }
    match error {
        "unauthorized_client" => fail(
            StageCause::FlowNotAllowed,
            "the app client may not use the authorization code grant".to_owned(),
        )
        .remedy(format!(
            "{AT_CLIENT}, Login pages, Edit: choose the authorization code grant"
        )),
        "" => Stage::unknown(
            StageName::CognitoClient,
            StageCause::OddAnswer,
            "Cognito sends back to the hub at once, without a login and without an error",
        ),
        other => {
            let why = if description.is_empty() {
                String::new()
            } else {
                format!(": {description}")
            };
            fail(
                StageCause::Refused,
                format!("Cognito refuses the login request ({other}{why})"),
            )
            .remedy(AT_CLIENT)
        }
    }
}

fn secret(answers: &CognitoAnswers, overall: &Option<Overall>, why_no_secret: &str) -> Stage {
    let name = StageName::ClientSecret;
    let unknown = |cause, found: &str| Stage::unknown(name, cause, found);
    let Some(token) = &answers.token else {
        return unknown(StageCause::SecretNotAtHand, why_no_secret)
            .remedy("run this as root on the hub, or name the secret's source with --client-secret-from");
    };
    if let Some(overall) = overall {
        return unknown(StageCause::NotAsked, overall.why_not());
    }
    match token {
        Token::InvalidGrant => Stage::pass(
            name,
            "the client secret is right (only the made-up code was refused)",
        ),
        Token::InvalidClient => Stage::fail(
            name,
            StageCause::WrongSecret,
            "the client secret is wrong (or the app client has none)",
        )
        .remedy(format!(
            "copy it again: {AT_CLIENT}, show the client secret; then hubgate apply"
        )),
        Token::UnauthorizedClient => unknown(
            if is_flow_refused(&answers.authorize) {
                StageCause::NotAsked
            } else {
                StageCause::OddAnswer
            },
            "cannot be told as long as Cognito does not let the client use the code flow",
        ),
        Token::Other => unknown(
            StageCause::OddAnswer,
            "Cognito refuses the request, but neither its code nor its secret",
        ),
        Token::Silent(silence) => silent_about(name, silence, "the token endpoint"),
    }
}

fn sign_out(answers: &CognitoAnswers, overall: &Option<Overall>, expected: &Expectation) -> Stage {
    let name = StageName::SignOut;
    if let Some(overall) = overall {
        return Stage::unknown(name, StageCause::NotAsked, overall.why_not());
    }
    match &answers.logout {
        Logout::Accepted => Stage::pass(name, "Cognito accepts the sign-out URL"),
        Logout::Refused => {
            let url = &expected.sign_out_url;
            Stage::fail(name, StageCause::SignOutRefused, format!("Cognito does not know the sign-out URL {url}")).remedy(
                format!("{AT_CLIENT}, Login pages, Edit: add exactly this to the allowed sign-out URLs (the last slash counts): {url}"),
            )
        }
        Logout::Elsewhere(place) => Stage::unknown(
            name,
            StageCause::OddAnswer,
            format!(
                "Cognito's sign-out leads to {place}, and not back to {}",
                expected.sign_out_url
            ),
        ),
        Logout::Silent(silence) => silent_about(name, silence, "the sign-out page"),
    }
}

fn is_flow_refused(authorize: &Authorize) -> bool {
    match authorize {
        Authorize::Callback { error, .. } => error == "unauthorized_client",
        Authorize::ErrorPage(_) => true,
        _ => false,
    }
}

impl Overall {
    fn why_not(&self) -> &'static str {
        match self {
            Overall::NoDomain(_) => "cannot be told without the domain",
            Overall::NoClient => "cannot be told as long as Cognito does not know the client",
        }
    }
}

fn silent(name: StageName, silence: &Silence, expected: &Expectation) -> Stage {
    silent_about(name, silence, expected.domain())
}

fn silent_about(name: StageName, silence: &Silence, what: &str) -> Stage {
    match silence {
        Silence::Unreachable(HttpError::Dns { .. }) => Stage::unknown(
            name,
            StageCause::CognitoUnreachable,
            format!("{what}: this machine cannot look up names"),
        )
        .remedy("does this machine reach the internet? The hub must reach Cognito, or nobody logs in"),
        Silence::NoAddress => Stage::unknown(name, StageCause::NoSuchDomain, format!("{what} has no address")),
        Silence::Unreachable(error) => Stage::unknown(
            name,
            StageCause::CognitoUnreachable,
            format!("{what} cannot be reached: {error}"),
        )
        .remedy(match error {
            HttpError::Tls { .. } => "is this machine's clock right (timedatectl)? Does a web proxy in between use a certificate of its own?",
            _ => "does this machine reach the internet on port 443? The hub must reach Cognito, or nobody logs in",
        }),
        Silence::Trouble(status) => Stage::unknown(
            name,
            StageCause::CognitoTrouble,
            format!("{what} answers with HTTP {status}: Cognito is busy or has trouble of its own"),
        )
        .remedy("try again in a minute"),
        Silence::Odd(status) => Stage::unknown(
            name,
            StageCause::OddAnswer,
            format!("{what} answers with HTTP {status}, which is none of Cognito's answers to this"),
        )
        .remedy("a firewall or a web proxy may answer in Cognito's place"),
    }
}
