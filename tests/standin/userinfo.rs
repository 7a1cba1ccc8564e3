//! `/oauth2/userInfo`: where a hub gets names from, and where it gets no groups.

use std::time::Duration;

use crate::kit::{ADA, Browser, claims, start};
use serde_json::json;

#[test]
fn openid_alone_returns_every_attribute_and_never_groups() {
    let site = start();
    let browser = Browser::new(&site);
    let tokens = browser.tokens("openid", ADA);
    let answer = browser.userinfo(tokens["access_token"].as_str().unwrap());
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!({
            "sub": claims(&tokens["id_token"])["sub"],
            "username": "ada",
            "email": "ada@example.org",
            "email_verified": "true",
            "preferred_username": "countess",
            "given_name": "Ada",
            "family_name": "Lovelace",
            "custom:department": "Mathematics",
        })
    );
}

#[test]
fn openid_and_email_return_the_address_as_strings_and_no_more() {
    let site = start();
    let browser = Browser::new(&site);
    for (who, verified) in [(ADA, "true"), (("mallory", "Not-Ada-At-All-1"), "false")] {
        let browser = Browser::new(&site);
        let tokens = browser.tokens("openid email", who);
        let seen = browser.userinfo(tokens["access_token"].as_str().unwrap()).json();
        let names: Vec<_> = seen.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["email", "email_verified", "sub", "username"]);
        assert_eq!(seen["email_verified"], verified);
        assert_eq!(seen["username"], who.0);
    }
    let profile = browser.tokens("openid profile", ADA);
    let seen = browser.userinfo(profile["access_token"].as_str().unwrap()).json();
    assert_eq!(seen["preferred_username"], "countess");
    assert!(seen.get("email").is_none(), "{seen}");
}

#[test]
fn a_token_without_openid_is_refused() {
    let site = start();
    let browser = Browser::new(&site);
    let tokens = browser.tokens("aws.cognito.signin.user.admin", ADA);
    let answer = browser.userinfo(tokens["access_token"].as_str().unwrap());
    assert_eq!(answer.status, 401);
    let expected = json!({
        "error": "invalid_token",
        "error_description": "Access token does not contain the 'openid' scope",
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn what_is_no_access_token_is_refused() {
    let site = start();
    let browser = Browser::new(&site);
    let tokens = browser.tokens("openid", ADA);
    for wrong in [
        "made-up",
        tokens["id_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
    ] {
        let answer = browser.userinfo(wrong);
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (401, &json!("invalid_token"))
        );
        assert!(
            answer
                .header("www-authenticate")
                .is_some_and(|header| header.contains("error=\"invalid_token\""))
        );
    }
    let answer = browser.get("/oauth2/userInfo");
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (400, &json!("invalid_request"))
    );
}

#[test]
fn an_access_token_lives_an_hour() {
    let site = start();
    let browser = Browser::new(&site);
    let tokens = browser.tokens("openid", ADA);
    let access = tokens["access_token"].as_str().unwrap();
    site.advance(Duration::from_secs(59 * 60));
    assert_eq!(browser.userinfo(access).status, 200);
    site.advance(Duration::from_secs(60));
    assert_eq!(browser.userinfo(access).status, 401);
}

#[test]
fn only_get_is_documented_so_post_is_refused() {
    let site = start();
    let answer = Browser::new(&site).post("/oauth2/userInfo", &[]);
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
}
