//! Each fault, as a client meets it; everything else keeps working.

use std::time::{Duration, Instant};

use crate::kit::{
    ADA, Browser, CALLBACK, ID, SECRET, SIGN_OUT, authorize_path, basic, claims, config, start_with,
};
use hubgate::standin::{Endpoint, Fault, Faults, Standin};

const MADE_UP: [(&str, &str); 3] = [
    ("grant_type", "authorization_code"),
    ("code", "made-up"),
    ("redirect_uri", CALLBACK),
];

/// Where authorize sends a good request.
fn authorized(fault: Fault) -> (Standin, String) {
    let site = start_with(fault);
    let to = Browser::new(&site).get(&authorize_path(&[])).to().to_owned();
    let path = to.strip_prefix(site.url()).unwrap_or(&to).to_owned();
    (site, path)
}

/// What token says to a made-up code with the right secret.
fn token_says(site: &Standin) -> (u16, String) {
    let answer =
        Browser::new(site).post_with("/oauth2/token", ("Authorization", &basic(ID, SECRET)), &MADE_UP);
    (answer.status, answer.body)
}

fn error(name: &str) -> (u16, String) {
    (400, format!("{{\"error\":\"{name}\"}}"))
}

#[test]
fn redirect_mismatch() {
    let (site, path) = authorized(Fault::RedirectMismatch);
    assert_eq!(path, format!("/error?error=redirect_mismatch&client_id={ID}"));
    assert_eq!(token_says(&site), error("invalid_grant"));
}

#[test]
fn unknown_client() {
    let (site, path) = authorized(Fault::UnknownClient);
    assert_eq!(path, format!("/error?error=invalid_request&client_id={ID}"));
    assert_eq!(token_says(&site), error("invalid_client"));
}

#[test]
fn no_identity_provider() {
    let (site, path) = authorized(Fault::NoIdentityProvider);
    assert_eq!(path, format!("/error?error=invalid_request&client_id={ID}"));
    assert_eq!(token_says(&site), error("invalid_grant"));
}

#[test]
fn invalid_scope_in_both_wordings() {
    let (_, path) = authorized(Fault::InvalidScope);
    let query = "error_description=invalid_scope&state=st%2Bte%2F%3D%26&error=invalid_request";
    assert_eq!(path, format!("{CALLBACK}?{query}"));
    let (site, path) = authorized(Fault::InvalidScopeAsDocumented);
    assert_eq!(
        path,
        format!("{CALLBACK}?error=invalid_scope&state=st%2Bte%2F%3D%26")
    );
    assert_eq!(token_says(&site), error("invalid_grant"));
}

#[test]
fn flow_not_allowed() {
    let (site, path) = authorized(Fault::FlowNotAllowed);
    assert!(
        path.starts_with(&format!("{CALLBACK}?error=unauthorized_client")),
        "{path}"
    );
    assert_eq!(token_says(&site), error("unauthorized_client"));
}

#[test]
fn branding_missing() {
    let (site, path) = authorized(Fault::BrandingMissing);
    let page = Browser::new(&site).get(&path);
    assert_eq!(page.status, 403);
    assert!(
        page.body
            .contains("Login pages unavailable. Please contact an administrator.")
    );
}

#[test]
fn wrong_secret_is_said_without_spending_a_login() {
    let (site, path) = authorized(Fault::WrongSecret);
    assert!(path.starts_with("/login?"), "{path}");
    let (status, body) = token_says(&site);
    assert!(status == 400 && body.contains("\"invalid_client\""), "{body}");
}

#[test]
fn code_refused() {
    let site = start_with(Fault::CodeRefused);
    let browser = Browser::new(&site);
    assert_eq!(
        browser.redeem(&browser.code("openid", ADA)).json()["error"],
        "invalid_grant"
    );
}

#[test]
fn token_answers_that_nobody_documented() {
    let site = start_with(Fault::TokenOddAnswer);
    let (status, body) = token_says(&site);
    assert!(status == 403 && body.starts_with("<html>"), "{status} {body}");
    let site = start_with(Fault::TokenServerError);
    assert_eq!(token_says(&site).0, 500);
}

#[test]
fn userinfo_401() {
    let site = start_with(Fault::Userinfo401);
    let browser = Browser::new(&site);
    let tokens = browser.tokens("openid", ADA);
    let answer = browser.userinfo(tokens["access_token"].as_str().unwrap());
    assert_eq!(
        (answer.status, answer.json()["error"].as_str()),
        (401, Some("invalid_token"))
    );
}

#[test]
fn sign_out_refused() {
    let site = start_with(Fault::SignOutRefused);
    let browser = Browser::new(&site);
    let answer = browser.get(&format!("/logout?client_id={ID}&logout_uri={SIGN_OUT}"));
    assert!(answer.to().contains("/error?"), "{}", answer.to());
    assert_eq!(browser.get(answer.to()).status, 400);
}

#[test]
fn id_token_without_groups() {
    let site = start_with(Fault::IdTokenWithoutGroups);
    let tokens = Browser::new(&site).tokens("openid", ADA);
    assert!(claims(&tokens["id_token"]).get("cognito:groups").is_none());
    assert!(claims(&tokens["access_token"]).get("cognito:groups").is_some());
}

#[test]
fn jwks_missing() {
    let site = start_with(Fault::JwksMissing);
    let browser = Browser::new(&site);
    assert_eq!(
        browser
            .get(&format!("{}/.well-known/jwks.json", site.issuer()))
            .status,
        404
    );
    assert_eq!(
        browser
            .get(&format!("{}/.well-known/openid-configuration", site.issuer()))
            .status,
        200
    );
}

#[test]
fn no_such_domain_is_an_error_on_every_page() {
    let site = start_with(Fault::NoSuchDomain);
    let browser = Browser::new(&site);
    for path in [authorize_path(&[]), "/login".into(), "/logout".into(), "/".into()] {
        assert_eq!(browser.get(&path).status, 400, "{path}");
    }
    assert_eq!(token_says(&site).0, 400);
}

#[test]
fn slow_answers_come_late_and_are_right() {
    let mut config = config();
    config.faults = Faults {
        delay: Duration::from_millis(300),
        ..Faults::of([Fault::Slow])
    };
    let site = Standin::start(config).unwrap();
    let before = Instant::now();
    assert_eq!(token_says(&site), error("invalid_grant"));
    assert!(before.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_client_that_gives_up_on_a_hanging_page_gets_the_others() {
    let mut config = config();
    config.faults = Faults {
        only_at: Some(Endpoint::Token),
        ..Faults::of([Fault::Hang])
    };
    let mut site = Standin::start(config).unwrap();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_millis(300)))
        .build()
        .into();
    let given_up = agent
        .post(format!("{}/oauth2/token", site.url()))
        .send_form(MADE_UP);
    assert!(matches!(given_up, Err(ureq::Error::Timeout(_))), "{given_up:?}");
    assert!(
        Browser::new(&site)
            .get(&authorize_path(&[]))
            .to()
            .contains("/login?")
    );
    site.stop();
}

#[test]
fn an_answer_that_is_not_http_is_an_error_and_not_a_wait() {
    let site = start_with(Fault::NotHttp);
    let answer = Browser::new(&site).try_get("/login");
    assert!(
        matches!(answer, Err(ref error) if !matches!(error, ureq::Error::Timeout(_))),
        "no error"
    );
    assert_eq!(site.requests()[0].error.as_deref(), Some("not-http"));
}

#[test]
fn faults_are_switched_while_it_runs() {
    let site = start_with(Fault::WrongSecret);
    assert!(token_says(&site).1.contains("invalid_client"));
    site.set_faults(Faults::default());
    assert_eq!(token_says(&site), error("invalid_grant"));
}
