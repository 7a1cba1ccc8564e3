//! Answers that Cognito, or something in its place, may give beside those of the stand-in.

use std::sync::Arc;

use hubgate::host::{HttpError, HttpResponse};
use hubgate::verify::{Outcome, StageCause, StageName, verify};

use crate::world::{DOMAIN, WITNESS, World, assert_all_pass, assert_finds, no_address};

const COGNITO: [StageName; 3] = [
    StageName::CognitoClient,
    StageName::ClientSecret,
    StageName::SignOut,
];

/// Something answers all of Cognito's pages so.
fn everything_is(response: HttpResponse) -> World {
    let world = World::new();
    world
        .host
        .site(format!("https://{DOMAIN}"), move |_, _| Ok(response.clone()));
    world
}

fn page_is(page: &str, response: HttpResponse) -> World {
    let world = World::new();
    world.host.site(
        format!("https://{DOMAIN}{page}"),
        move |_, _| Ok(response.clone()),
    );
    world
}

fn unknown(names: &[StageName], cause: StageCause) -> Vec<(StageName, Outcome, StageCause)> {
    names
        .iter()
        .map(|name| (*name, Outcome::Unknown, cause))
        .collect()
}

#[test]
fn a_network_login_page_that_answers_everything_with_200_passes_nothing() {
    let portal = HttpResponse::new(
        200,
        "<html><form><input type=password name=password></form></html>",
    );
    assert_finds(
        &everything_is(portal).verify(),
        &unknown(&COGNITO, StageCause::OddAnswer),
    );
}

#[test]
fn a_network_login_page_that_redirects_everything_passes_nothing() {
    let portal = HttpResponse::redirect("https://portal.example.net/welcome");
    assert_finds(
        &everything_is(portal).verify(),
        &unknown(&COGNITO, StageCause::OddAnswer),
    );
}

#[test]
fn too_many_requests_and_outages_are_nobodys_fault_here() {
    for status in [429, 500, 502, 503] {
        let report = everything_is(HttpResponse::new(status, "")).verify();
        assert_finds(&report, &unknown(&COGNITO, StageCause::CognitoTrouble));
    }
}

#[test]
fn an_answer_that_is_too_long_is_not_known() {
    let world = World::new();
    world.host.site(format!("https://{DOMAIN}"), |request, _| {
        Err(HttpError::Other {
            at: request.url.clone(),
            detail: "the answer is longer than 4 MiB".into(),
        })
    });
    assert_finds(
        &world.verify(),
        &unknown(&COGNITO, StageCause::CognitoUnreachable),
    );
}

#[test]
fn a_domain_without_an_address_does_not_exist_perhaps() {
    let world = World::new();
    world.forget(&[DOMAIN]);
    world.host.site(WITNESS, |_, _| Ok(HttpResponse::new(400, "")));
    let report = world.verify();
    assert_finds(
        &report,
        &[(StageName::CognitoClient, Outcome::Fail, StageCause::NoSuchDomain)],
    );
    let found = &report.stage(StageName::CognitoClient).unwrap().found;
    assert!(found.contains("perhaps"), "{found}");
}

#[test]
fn a_machine_that_can_look_up_nothing_says_so_and_blames_no_domain() {
    let world = World::new();
    world.forget(&[DOMAIN, "cognito-idp.eu-west-1.amazonaws.com"]);
    assert_finds(
        &world.verify(),
        &unknown(&COGNITO, StageCause::CognitoUnreachable),
    );
}

#[test]
fn a_lookup_that_fails_just_now_blames_no_domain() {
    let world = World::new();
    world.host.site(WITNESS, |_, _| Ok(HttpResponse::new(400, "")));
    world.host.site(format!("https://{DOMAIN}"), |_, _| {
        Err(HttpError::Dns {
            host: DOMAIN.into(),
            detail: "failed to lookup address information: Temporary failure in name resolution".into(),
        })
    });
    assert_finds(
        &world.verify(),
        &unknown(&COGNITO, StageCause::CognitoUnreachable),
    );
}

#[test]
fn an_error_at_authorize_alone_blames_no_domain() {
    let world = page_is("/oauth2/authorize", HttpResponse::new(403, "Request blocked"));
    assert_finds(
        &world.verify(),
        &unknown(&[StageName::CognitoClient], StageCause::OddAnswer),
    );
}

#[test]
fn a_403_at_the_login_page_is_missing_branding_only_if_it_says_so() {
    let world = page_is("/login", HttpResponse::new(403, "Forbidden"));
    assert_finds(
        &world.verify(),
        &unknown(&[StageName::CognitoClient], StageCause::OddAnswer),
    );
}

#[test]
fn a_pool_with_one_identity_provider_alone_sends_people_on() {
    let to_idp = HttpResponse::redirect("https://idp.example.com/saml?SAMLRequest=x");
    assert_all_pass(&page_is("/login", to_idp.clone()).verify());
    // Without Cognito's own login page in between it may as well be a network's.
    let report = page_is("/oauth2/authorize", to_idp).verify();
    assert_finds(
        &report,
        &unknown(&[StageName::CognitoClient], StageCause::OddAnswer),
    );
}

#[test]
fn only_invalid_grant_is_a_right_secret() {
    let cases = [
        (200, r#"{"access_token":"x"}"#, StageCause::OddAnswer),
        (200, r#"{"error":"invalid_grant"}"#, StageCause::OddAnswer),
        (400, r#"{"error":"invalid_request"}"#, StageCause::OddAnswer),
        (400, r#"{"error":"unauthorized_client"}"#, StageCause::OddAnswer),
        (400, r#"{"error":"something_new"}"#, StageCause::OddAnswer),
        (400, "invalid_grant", StageCause::OddAnswer),
        (400, r#"["invalid_grant"]"#, StageCause::OddAnswer),
        (302, "", StageCause::OddAnswer),
        (429, r#"{"error":"invalid_grant"}"#, StageCause::CognitoTrouble),
    ];
    for (status, body, cause) in cases {
        let report = page_is("/oauth2/token", HttpResponse::new(status, body)).verify();
        assert_finds(&report, &unknown(&[StageName::ClientSecret], cause));
    }
    let right = HttpResponse::new(400, r#"{"error":"invalid_grant","error_description":"x"}"#);
    assert_all_pass(&page_is("/oauth2/token", right).verify());
    let wrong = HttpResponse::new(401, r#"{"error":"invalid_client"}"#);
    let report = page_is("/oauth2/token", wrong).verify();
    assert_finds(
        &report,
        &[(StageName::ClientSecret, Outcome::Fail, StageCause::WrongSecret)],
    );
}

#[test]
fn a_token_endpoint_that_repeats_the_secret_does_not_make_us_repeat_it() {
    let echo = format!(
        r#"{{"error":"{}","error_description":"{0}"}}"#,
        crate::world::SECRET
    );
    // `verify` of the kit looks for the secret in everything that is shown.
    let report = page_is("/oauth2/token", HttpResponse::new(400, echo)).verify();
    assert_finds(
        &report,
        &unknown(&[StageName::ClientSecret], StageCause::OddAnswer),
    );
}

#[test]
fn a_sign_out_that_leads_nearly_home_does_not_pass() {
    for place in [
        "https://hub.example.org",
        "https://hub.example.org/hub/",
        "/login?client_id=x",
    ] {
        let report = page_is("/logout", HttpResponse::redirect(place)).verify();
        assert_finds(&report, &unknown(&[StageName::SignOut], StageCause::OddAnswer));
    }
    for refusal in [
        HttpResponse::redirect("/error?client_id=x"),
        HttpResponse::new(400, ""),
    ] {
        let report = page_is("/logout", refusal).verify();
        assert_finds(
            &report,
            &[(StageName::SignOut, Outcome::Fail, StageCause::SignOutRefused)],
        );
    }
}

#[test]
fn a_code_without_a_login_is_no_proof() {
    let location = "https://hub.example.org/hub/oauth_callback?code=x&state=y";
    let report = page_is("/oauth2/authorize", HttpResponse::redirect(location)).verify();
    assert_finds(
        &report,
        &unknown(&[StageName::CognitoClient], StageCause::OddAnswer),
    );
}

#[test]
fn redirects_without_end_are_not_followed_without_end() {
    let report = page_is("/login", HttpResponse::redirect("/login?again")).verify();
    assert_finds(
        &report,
        &unknown(&[StageName::CognitoClient], StageCause::OddAnswer),
    );
}

#[test]
fn without_a_secret_nothing_is_sent_and_the_reason_is_told() {
    let world = World::new();
    let posts = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = posts.clone();
    world
        .host
        .site(format!("https://{DOMAIN}/oauth2/token"), move |_, _| {
            seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Err(no_address(DOMAIN))
        });
    let why = "the secret is readable for root alone";
    let report = verify(
        &world.host,
        &world.expected,
        Err(why),
        &world.patience,
        &mut |_| {},
    );
    assert_finds(
        &report,
        &unknown(&[StageName::ClientSecret], StageCause::SecretNotAtHand),
    );
    assert_eq!(report.stage(StageName::ClientSecret).unwrap().found, why);
    assert_eq!(posts.load(std::sync::atomic::Ordering::SeqCst), 0);
}
