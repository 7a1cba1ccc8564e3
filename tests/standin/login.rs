//! `/login`: the form, and the session behind it.

use std::time::Duration;

use crate::kit::{ADA, Browser, CALLBACK, authorize_path, config, start};
use hubgate::host::http::Html;
use hubgate::standin::Standin;

#[test]
fn the_right_password_goes_to_the_callback_with_code_and_state() {
    let site = start();
    let answer = Browser::new(&site).sign_in("openid", ADA);
    assert!(
        answer.to().starts_with(&format!("{CALLBACK}?code=")),
        "{}",
        answer.to()
    );
    assert_eq!(answer.param("state").as_deref(), Some("st+te/=&"));
}

#[test]
fn a_wrong_password_shows_the_form_again() {
    let site = start();
    let browser = Browser::new(&site);
    for (name, password) in [("ada", "wrong"), ("nobody", "wrong"), ("ada", ""), ("", "")] {
        let answer = browser.sign_in("openid", (name, password));
        assert_eq!(answer.status, 200);
        assert!(
            answer.body.contains("Incorrect username or password."),
            "{}",
            answer.body
        );
        assert!(answer.header("set-cookie").is_none());
    }
}

#[test]
fn the_form_is_html_that_posts_back_to_where_it_was_asked() {
    let site = start();
    let browser = Browser::new(&site);
    let form = browser.get(&authorize_path(&[]));
    let html = Html::parse(&browser.get(form.to()).body);
    let find = |name: &str, attributes: &[(&str, &str)]| {
        html.elements().find(|element| {
            let has = |(key, value): &(&str, &str)| element.attr(key) == Some(*value);
            element.name() == name && attributes.iter().all(has)
        })
    };
    let form_element = find("form", &[("method", "post")]).unwrap();
    let action = form_element.attr("action").unwrap();
    assert_eq!(format!("{}{action}", site.url()), form.to());
    assert!(find("input", &[("name", "username")]).is_some());
    assert!(find("input", &[("name", "password"), ("type", "password")]).is_some());
    assert!(find("label", &[("for", "signInFormUsername")]).is_some());
    assert!(find("label", &[("for", "signInFormPassword")]).is_some());
}

#[test]
fn a_hostile_query_does_not_become_markup() {
    let site = start();
    let browser = Browser::new(&site);
    let evil = "\"><script>alert(1)</script>";
    let form = browser.get(&authorize_path(&[("state", evil), ("login_hint", evil)]));
    for page in [
        browser.get(form.to()),
        browser.post(form.to(), &[("username", evil), ("password", "x")]),
    ] {
        assert!(!page.body.contains("<script"), "{}", page.body);
        assert!(
            page.header("content-security-policy")
                .is_some_and(|policy| policy.contains("default-src 'none'"))
        );
        let html = Html::parse(&page.body);
        let name = html
            .elements()
            .find(|element| element.attr("id") == Some("signInFormUsername"))
            .unwrap();
        assert_eq!(name.attr("value"), Some(evil));
    }
}

#[test]
fn people_sign_in_by_e_mail_too_and_a_claimed_address_opens_nothing() {
    let site = start();
    let answer = Browser::new(&site).sign_in("openid", ("Ada@Example.org", ADA.1));
    assert!(answer.param("code").is_some());
    // mallory's address is ada's, unverified
    let answer = Browser::new(&site).sign_in("openid", ("ada@example.org", "Not-Ada-At-All-1"));
    assert_eq!(answer.status, 200);
}

#[test]
fn a_second_authorize_signs_in_silently() {
    let site = start();
    let browser = Browser::new(&site);
    let first = browser.sign_in("openid", ADA);
    let cookie = first.header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.starts_with("cognito=") && cookie.contains("Max-Age=3600") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    let again = browser.get(&authorize_path(&[]));
    assert!(
        again.to().starts_with(&format!("{CALLBACK}?code=")),
        "{}",
        again.to()
    );
    assert_ne!(again.param("code"), first.param("code"));
    let stranger = Browser::new(&site).get(&authorize_path(&[]));
    assert!(
        stranger.to().contains("/login?"),
        "another browser is not signed in"
    );
}

#[test]
fn the_session_of_the_login_pages_ends_after_an_hour() {
    let site = start();
    let browser = Browser::new(&site);
    let cookie = browser
        .sign_in("openid", ADA)
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let again = || {
        Browser::new(&site)
            .get_with(&authorize_path(&[]), ("Cookie", &cookie))
            .to()
            .to_owned()
    };
    site.advance(Duration::from_secs(59 * 60));
    assert!(again().starts_with(CALLBACK));
    site.advance(Duration::from_secs(60));
    assert!(again().contains("/login?"));
}

#[test]
fn the_form_checks_its_request_like_authorize_does() {
    let site = start();
    let path = authorize_path(&[("client_id", "nobody")]).replace("/oauth2/authorize", "/login");
    let answer = Browser::new(&site).post(&path, &[("username", ADA.0), ("password", ADA.1)]);
    assert!(
        answer.to().contains("/error?error=invalid_request"),
        "{}",
        answer.to()
    );
}

#[test]
fn managed_login_without_branding_has_no_pages() {
    let mut config = config();
    config.pool.managed_login = true;
    config.pool.branding = false;
    let site = Standin::start(config).unwrap();
    let browser = Browser::new(&site);
    let page = browser.get(browser.get(&authorize_path(&[])).to());
    assert_eq!(page.status, 403);
    assert!(
        page.body
            .contains("Login pages unavailable. Please contact an administrator."),
        "{}",
        page.body
    );
}
