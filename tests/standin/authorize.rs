//! `/oauth2/authorize`: what a hub's first redirect meets.

use crate::kit::{Browser, CALLBACK, ID, authorize_path, config, start};
use hubgate::standin::Standin;

#[test]
fn a_good_request_goes_to_the_login_form_with_all_its_parameters() {
    let site = start();
    let answer = Browser::new(&site).get(&authorize_path(&[("nonce", "n1")]));
    assert!(
        answer.to().starts_with(&format!("{}/login?", site.url())),
        "{}",
        answer.to()
    );
    for (name, value) in [
        ("client_id", ID),
        ("redirect_uri", CALLBACK),
        ("state", "st+te/=&"),
        ("nonce", "n1"),
    ] {
        assert_eq!(answer.param(name).as_deref(), Some(value), "{name}");
    }
}

#[test]
fn an_unregistered_callback_ends_on_the_error_page() {
    let site = start();
    let browser = Browser::new(&site);
    for wrong in [
        "http://127.0.0.1:8000/hub/oauth_callback/",
        "http://127.0.0.1:8000/HUB/oauth_callback",
    ] {
        let answer = browser.get(&authorize_path(&[("redirect_uri", wrong)]));
        assert_eq!(
            answer.to(),
            format!("{}/error?error=redirect_mismatch&client_id={ID}", site.url())
        );
    }
    let page = browser.get(&format!("/error?error=redirect_mismatch&client_id={ID}"));
    assert_eq!(page.status, 400);
    assert!(
        page.body
            .contains("An error was encountered with the requested page."),
        "{}",
        page.body
    );
}

#[test]
fn an_unknown_client_ends_on_the_error_page() {
    let site = start();
    let answer = Browser::new(&site).get(&authorize_path(&[("client_id", "nobody")]));
    assert_eq!(
        answer.to(),
        format!("{}/error?error=invalid_request&client_id=nobody", site.url())
    );
}

#[test]
fn a_request_without_a_callback_ends_on_the_error_page_that_misses_it() {
    let site = start();
    let browser = Browser::new(&site);
    let answer = browser.get(&authorize_path(&[("redirect_uri", "")]));
    let page = browser.get(answer.to());
    assert_eq!(page.status, 400);
    assert!(
        page.body
            .contains("Required String parameter &#39;redirect_uri&#39; is not present"),
        "{}",
        page.body
    );
}

#[test]
fn a_scope_that_is_not_allowed_goes_back_to_the_callback() {
    let site = start();
    for scope in ["openid phone", "openid,email", "email"] {
        let answer = Browser::new(&site).get(&authorize_path(&[("scope", scope)]));
        let query = "error_description=invalid_scope&state=st%2Bte%2F%3D%26&error=invalid_request";
        assert_eq!(answer.to(), format!("{CALLBACK}?{query}"), "{scope}");
    }
}

#[test]
fn no_scope_asks_for_all_of_the_clients() {
    let site = start();
    let browser = Browser::new(&site);
    let form = browser.get(&authorize_path(&[("scope", "")]));
    let code = browser
        .post(
            form.to(),
            &[("username", "ada"), ("password", "Analytical-Engine-1843")],
        )
        .param("code");
    let tokens = browser.redeem(&code.unwrap()).json();
    assert_eq!(
        crate::kit::claims(&tokens["access_token"])["scope"],
        "openid email profile aws.cognito.signin.user.admin"
    );
}

#[test]
fn the_implicit_flow_is_not_allowed() {
    let site = start();
    let answer = Browser::new(&site).get(&authorize_path(&[("response_type", "token")]));
    assert_eq!(answer.param("error").as_deref(), Some("unauthorized_client"));
    assert_eq!(answer.param("state").as_deref(), Some("st+te/=&"));
}

#[test]
fn a_request_without_a_response_type_is_invalid() {
    let site = start();
    let answer = Browser::new(&site).get(&authorize_path(&[("response_type", "")]));
    assert!(
        answer
            .to()
            .starts_with(&format!("{CALLBACK}?error=invalid_request")),
        "{}",
        answer.to()
    );
}

#[test]
fn only_s256_is_a_code_challenge_method() {
    let site = start();
    let challenge = ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    for method in ["plain", ""] {
        let answer =
            Browser::new(&site).get(&authorize_path(&[challenge, ("code_challenge_method", method)]));
        assert_eq!(
            answer.param("error").as_deref(),
            Some("invalid_request"),
            "{method:?}"
        );
    }
    let answer = Browser::new(&site).get(&authorize_path(&[challenge, ("code_challenge_method", "S256")]));
    assert!(answer.to().contains("/login?"), "{}", answer.to());
}

#[test]
fn a_callback_with_a_query_keeps_it() {
    let site = start();
    let browser = Browser::new(&site);
    let form = browser.get(&authorize_path(&[(
        "redirect_uri",
        "http://localhost:8000/other?x=1",
    )]));
    let answer = browser.post(
        form.to(),
        &[("username", "ada"), ("password", "Analytical-Engine-1843")],
    );
    assert!(
        answer.to().starts_with("http://localhost:8000/other?x=1&code="),
        "{}",
        answer.to()
    );
}

#[test]
fn managed_login_heeds_prompt() {
    let mut config = config();
    config.pool.managed_login = true;
    let site = Standin::start(config).unwrap();
    let browser = Browser::new(&site);
    let silent = authorize_path(&[("prompt", "none")]);
    assert!(
        browser
            .get(&silent)
            .to()
            .starts_with(&format!("{CALLBACK}?error=login_required&state="))
    );
    browser.code("openid", crate::kit::ADA);
    assert!(browser.get(&silent).param("code").is_some());
    assert!(
        browser
            .get(&authorize_path(&[("prompt", "login")]))
            .to()
            .contains("/login?")
    );
}

#[test]
fn the_classic_pages_do_not_know_prompt() {
    let site = start();
    assert!(
        Browser::new(&site)
            .get(&authorize_path(&[("prompt", "none")]))
            .to()
            .contains("/login?")
    );
}
