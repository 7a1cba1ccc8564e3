//! `/logout` and `/error`: where signing out ends.

use crate::kit::{ADA, Browser, CALLBACK, ID, SIGN_OUT, authorize_path, start};

fn logout_path(pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("/logout?{query}")
}

#[test]
fn a_registered_sign_out_url_is_where_it_ends_and_the_session_is_over() {
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
    let answer = browser.get(&logout_path(&[("client_id", ID), ("logout_uri", SIGN_OUT)]));
    assert_eq!(answer.to(), SIGN_OUT);
    assert!(
        answer
            .header("set-cookie")
            .is_some_and(|cookie| cookie.contains("Max-Age=0"))
    );
    assert!(browser.get(&authorize_path(&[])).to().contains("/login?"));
    let kept = Browser::new(&site).get_with(&authorize_path(&[]), ("Cookie", &cookie));
    assert!(
        kept.to().contains("/login?"),
        "a kept cookie does not bring the session back"
    );
}

#[test]
fn a_sign_out_url_that_differs_by_a_slash_ends_on_the_misleading_error_page() {
    let site = start();
    let browser = Browser::new(&site);
    for wrong in [
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8000//",
        "http://localhost:8000/",
        CALLBACK,
    ] {
        let answer = browser.get(&logout_path(&[("client_id", ID), ("logout_uri", wrong)]));
        assert!(
            answer.to().starts_with(&format!("{}/error?", site.url())),
            "{wrong}: {}",
            answer.to()
        );
        let page = browser.get(answer.to());
        assert_eq!(page.status, 400);
        assert!(
            page.body
                .contains("Required String parameter &#39;redirect_uri&#39; is not present"),
            "{}",
            page.body
        );
    }
}

#[test]
fn a_refused_sign_out_url_ends_the_session_all_the_same() {
    let site = start();
    let browser = Browser::new(&site);
    browser.sign_in("openid", ADA);
    browser.get(&logout_path(&[
        ("client_id", ID),
        ("logout_uri", "http://127.0.0.1:9/"),
    ]));
    assert!(browser.get(&authorize_path(&[])).to().contains("/login?"));
}

#[test]
fn a_callback_instead_of_a_sign_out_url_goes_back_to_the_form() {
    let site = start();
    let browser = Browser::new(&site);
    let pairs = [
        ("client_id", ID),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
    ];
    let answer = browser.get(&logout_path(&pairs));
    assert!(
        answer
            .to()
            .starts_with(&format!("{}/login?client_id={ID}", site.url())),
        "{}",
        answer.to()
    );
    assert_eq!(browser.get(answer.to()).status, 200);
    let answer = browser.get(&logout_path(&[
        ("client_id", ID),
        ("redirect_uri", "http://127.0.0.1:9/"),
    ]));
    assert!(
        answer.to().contains("/error?error=redirect_mismatch"),
        "{}",
        answer.to()
    );
}

#[test]
fn a_logout_without_a_known_client_ends_on_the_error_page() {
    let site = start();
    let browser = Browser::new(&site);
    for pairs in [
        vec![("logout_uri", SIGN_OUT)],
        vec![("client_id", "nobody"), ("logout_uri", SIGN_OUT)],
        vec![],
    ] {
        let answer = browser.get(&logout_path(&pairs));
        assert!(
            answer.to().starts_with(&format!("{}/error", site.url())),
            "{}",
            answer.to()
        );
        assert_eq!(browser.get(answer.to()).status, 400);
    }
}

#[test]
fn there_is_no_logout_below_oauth2() {
    let site = start();
    let path = format!("/oauth2/logout?client_id={ID}&logout_uri=x");
    assert_eq!(Browser::new(&site).get(&path).status, 404);
}

#[test]
fn the_error_page_repeats_nothing_that_it_was_told() {
    let site = start();
    let page = Browser::new(&site).get("/error?error=%3Cscript%3Ealert(1)%3C/script%3E&client_id=%22%3E");
    assert_eq!(page.status, 400);
    assert!(
        !page.body.contains("script") && !page.body.contains("alert(1)"),
        "{}",
        page.body
    );
}
