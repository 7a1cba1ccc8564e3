//! `/oauth2/token` and `/oauth2/revoke`: what the hub's back channel meets.

use std::time::Duration;

use crate::kit::{ADA, Browser, CALLBACK, ID, SECOND_SECRET, SECRET, authorize_path, basic, claims, start};
use serde_json::json;

const MADE_UP: [(&str, &str); 3] = [
    ("grant_type", "authorization_code"),
    ("code", "made-up"),
    ("redirect_uri", CALLBACK),
];

#[test]
fn a_code_becomes_three_tokens() {
    let site = start();
    let tokens = Browser::new(&site).tokens("openid email", ADA);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    for name in ["access_token", "id_token", "refresh_token"] {
        assert!(
            tokens[name].as_str().is_some_and(|token| token.len() > 40),
            "{name}"
        );
    }
    assert_eq!(
        tokens["refresh_token"].as_str().unwrap().matches('.').count(),
        0,
        "a refresh token is opaque"
    );
}

#[test]
fn without_openid_there_is_no_id_token() {
    let site = start();
    let tokens = Browser::new(&site).tokens("aws.cognito.signin.user.admin", ADA);
    assert!(tokens.get("id_token").is_none() && tokens.get("access_token").is_some());
}

#[test]
fn the_secret_goes_in_the_header_or_in_the_body() {
    let site = start();
    let browser = Browser::new(&site);
    let posted = [
        ("grant_type", "authorization_code"),
        ("code", &browser.code("openid", ADA)),
        ("redirect_uri", CALLBACK),
        ("client_id", ID),
        ("client_secret", SECRET),
    ];
    assert_eq!(browser.post("/oauth2/token", &posted).status, 200);
    assert_eq!(browser.redeem(&browser.code_again()).status, 200);
}

#[test]
fn while_secrets_are_rotated_both_are_good() {
    let site = start();
    for secret in [SECRET, SECOND_SECRET] {
        let answer =
            Browser::new(&site).post_with("/oauth2/token", ("Authorization", &basic(ID, secret)), &MADE_UP);
        assert_eq!(answer.json()["error"], "invalid_grant");
    }
}

#[test]
fn a_made_up_code_tells_a_good_secret_from_a_bad_one() {
    let site = start();
    let browser = Browser::new(&site);
    let error = |id, secret| {
        let answer = browser.post_with("/oauth2/token", ("Authorization", &basic(id, secret)), &MADE_UP);
        assert_eq!(answer.status, 400);
        answer.json()["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(error(ID, SECRET), "invalid_grant");
    assert_eq!(error(ID, "wrong"), "invalid_client");
    assert_eq!(error(ID, ""), "invalid_client");
    assert_eq!(error("nobody", SECRET), "invalid_client");
}

#[test]
fn a_missing_secret_or_a_broken_header_is_an_invalid_client() {
    let site = start();
    let browser = Browser::new(&site);
    let form = [MADE_UP.as_slice(), &[("client_id", ID)]].concat();
    assert_eq!(
        browser.post("/oauth2/token", &form).json()["error"],
        "invalid_client"
    );
    for header in ["Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc", "Basic"] {
        let answer = browser.post_with("/oauth2/token", ("Authorization", header), &MADE_UP);
        assert_eq!(answer.json()["error"], "invalid_client", "{header}");
    }
    let other = [MADE_UP.as_slice(), &[("client_id", "somebody-else")]].concat();
    let answer = browser.post_with("/oauth2/token", ("Authorization", &basic(ID, SECRET)), &other);
    assert_eq!(answer.json()["error"], "invalid_client");
}

#[test]
fn a_wrong_secret_does_not_spend_the_code() {
    let site = start();
    let browser = Browser::new(&site);
    let code = browser.code("openid", ADA);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
    ];
    let wrong = browser.post_with("/oauth2/token", ("Authorization", &basic(ID, "wrong")), &form);
    assert_eq!(wrong.json()["error"], "invalid_client");
    assert_eq!(browser.redeem(&code).status, 200);
}

#[test]
fn a_code_serves_once() {
    let site = start();
    let browser = Browser::new(&site);
    let code = browser.code("openid", ADA);
    assert_eq!(browser.redeem(&code).status, 200);
    let again = browser.redeem(&code);
    assert_eq!(
        (again.status, again.json()),
        (400, json!({"error": "invalid_grant"}))
    );
}

#[test]
fn a_code_lives_five_minutes() {
    let site = start();
    let browser = Browser::new(&site);
    let (in_time, late) = (browser.code("openid", ADA), browser.code_again());
    site.advance(Duration::from_secs(4 * 60));
    assert_eq!(browser.redeem(&in_time).status, 200);
    site.advance(Duration::from_secs(60));
    assert_eq!(browser.redeem(&late).json()["error"], "invalid_grant");
}

#[test]
fn a_callback_that_differs_from_authorizes_is_unauthorized() {
    let site = start();
    let browser = Browser::new(&site);
    let code = browser.code("openid", ADA);
    let other = "http://localhost:8000/other?x=1";
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", other),
    ];
    let answer = browser.post_with("/oauth2/token", ("Authorization", &basic(ID, SECRET)), &form);
    assert_eq!(
        (answer.status, answer.json()),
        (400, json!({"error": "unauthorized_client"}))
    );
}

#[test]
fn pkce_wants_the_verifier_of_its_challenge() {
    let site = start();
    let browser = Browser::new(&site);
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let path = authorize_path(&[
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ]);
    browser.sign_in("openid", ADA);
    let redeem = |code: &str, verifier: &str| {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ];
        form.extend(Some(("code_verifier", verifier)).filter(|(_, verifier)| !verifier.is_empty()));
        browser.post_with("/oauth2/token", ("Authorization", &basic(ID, SECRET)), &form)
    };
    let code = || browser.get(&path).param("code").unwrap();
    assert_eq!(redeem(&code(), verifier).status, 200);
    for wrong in [
        "",
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    ] {
        assert_eq!(
            redeem(&code(), wrong).json()["error"],
            "invalid_grant",
            "{wrong:?}"
        );
    }
    let plain = browser.code_again();
    assert_eq!(
        redeem(&plain, verifier).json()["error"],
        "invalid_grant",
        "a verifier without a challenge"
    );
}

#[test]
fn other_requests_are_refused_by_name() {
    let site = start();
    let browser = Browser::new(&site);
    let error = |form: &[(&str, &str)]| {
        let answer = browser.post_with("/oauth2/token", ("Authorization", &basic(ID, SECRET)), form);
        assert_eq!(answer.status, 400);
        answer.json()["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(error(&[]), "invalid_request");
    assert_eq!(
        error(&[("grant_type", "authorization_code"), ("redirect_uri", CALLBACK)]),
        "invalid_request"
    );
    assert_eq!(
        error(&[("grant_type", "authorization_code"), ("code", "x")]),
        "invalid_request"
    );
    assert_eq!(error(&[("grant_type", "refresh_token")]), "invalid_request");
    assert_eq!(error(&[("grant_type", "password")]), "unsupported_grant_type");
    assert_eq!(
        error(&[("grant_type", "client_credentials")]),
        "unauthorized_client"
    );
    assert_eq!(
        browser.post("/oauth2/token", &MADE_UP).json()["error"],
        "invalid_request",
        "no client at all"
    );
    assert_eq!(browser.get("/oauth2/token").status, 405);
}

#[test]
fn a_body_that_is_no_form_is_invalid() {
    let site = start();
    let answer = Browser::new(&site).post_json("/oauth2/token", r#"{"grant_type":"authorization_code"}"#);
    assert_eq!(
        (answer.status, answer.json()),
        (400, json!({"error": "invalid_request"}))
    );
}

#[test]
fn a_refresh_token_gives_new_tokens_and_not_itself() {
    let site = start();
    let browser = Browser::new(&site);
    let first = browser.tokens("openid", ADA);
    site.advance(Duration::from_secs(90));
    let second = browser.refresh(first["refresh_token"].as_str().unwrap());
    assert_eq!(second.status, 200, "{}", second.body);
    let second = second.json();
    assert!(second.get("refresh_token").is_none());
    assert_ne!(second["access_token"], first["access_token"]);
    let (old, new) = (claims(&first["id_token"]), claims(&second["id_token"]));
    assert_eq!(
        old["auth_time"], new["auth_time"],
        "nobody typed a password again"
    );
    assert!(new["iat"].as_u64() >= old["iat"].as_u64().map(|iat| iat + 90));
    assert_eq!(
        browser.refresh("made-up").json(),
        json!({"error": "invalid_grant"})
    );
}

#[test]
fn a_revoked_refresh_token_takes_its_access_tokens_with_it() {
    let site = start();
    let browser = Browser::new(&site);
    let tokens = browser.tokens("openid", ADA);
    let other = browser.redeem(&browser.code_again()).json();
    let (refresh, access) = (
        tokens["refresh_token"].as_str().unwrap(),
        tokens["access_token"].as_str().unwrap(),
    );
    let revoke = |secret, token| {
        browser.post_with(
            "/oauth2/revoke",
            ("Authorization", &basic(ID, secret)),
            &[("token", token)],
        )
    };
    assert_eq!(revoke("wrong", refresh).json()["error"], "invalid_client");
    assert_eq!(revoke(SECRET, access).json()["error"], "unsupported_token_type");
    assert_eq!(browser.userinfo(access).status, 200);
    let answer = revoke(SECRET, refresh);
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(browser.refresh(refresh).json()["error"], "invalid_grant");
    assert_eq!(browser.userinfo(access).status, 401);
    assert_eq!(
        browser.userinfo(other["access_token"].as_str().unwrap()).status,
        200,
        "another login goes on"
    );
}
