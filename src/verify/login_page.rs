//! Does the hub's login page offer Cognito?

use super::Expectation;
use super::hub_pages::HubPages;
use super::page::{LoginPage, path_on};
use super::report::{Stage, StageCause, StageName};
use crate::host::HttpResponse;

const RELOAD: &str = "the hub has another configuration than the answers: hubgate apply, or sudo tljh-config reload hub after a change by hand";

pub(super) fn stage(pages: &HubPages<'_>, expected: &Expectation) -> Stage {
    match pages.get("hub/login") {
        Ok(response) => judge(&response, &pages.url("hub/login"), expected),
        Err(error) => Stage::fail(
            StageName::LoginPage,
            StageCause::HubSilent,
            format!("the login page does not come: {error}"),
        )
        .remedy("sudo journalctl -u jupyterhub -n 50"),
    }
}

fn judge(response: &HttpResponse, url: &str, expected: &Expectation) -> Stage {
    if let Some(location) = response.location() {
        return judge_redirect(location, url, expected);
    }
    match response.status {
        200 if expected.auto_login => Stage::fail(
            StageName::LoginPage,
            StageCause::OtherLogin,
            "the hub shows its own login page, and should go to Cognito by itself (auto_login)",
        )
        .remedy(RELOAD),
        200 => judge_page(&LoginPage::parse(&response.text()), url, expected),
        status => Stage::fail(
            StageName::LoginPage,
            StageCause::HubError,
            format!("the login page answers with HTTP {status}"),
        )
        .remedy("see why with: sudo journalctl -u jupyterhub -n 50"),
    }
}

fn judge_redirect(location: &str, url: &str, expected: &Expectation) -> Stage {
    let to_cognito = path_on(url, location).is_some_and(|path| is_oauth_login(&path, expected));
    let found = format!("the login page redirects to {location}");
    match (to_cognito, expected.auto_login) {
        (true, true) => Stage::pass(
            StageName::LoginPage,
            "the hub goes to Cognito by itself (auto_login)",
        ),
        (true, false) => Stage::fail(
            StageName::LoginPage,
            StageCause::OtherLogin,
            "the hub goes to Cognito by itself, and should show its own login page first (auto_login is off)",
        )
        .remedy(RELOAD),
        (false, _) => Stage::fail(StageName::LoginPage, StageCause::OtherLogin, found).remedy(RELOAD),
    }
}

fn judge_page(page: &LoginPage, url: &str, expected: &Expectation) -> Stage {
    let service = expected.login_service;
    let offers: Vec<_> = page
        .buttons
        .iter()
        .filter(|button| path_on(url, &button.href).is_some_and(|path| is_oauth_login(&path, expected)))
        .collect();
    if offers.iter().any(|button| button.text.contains(service)) {
        return Stage::pass(
            StageName::LoginPage,
            format!("the login page offers \"{service}\""),
        );
    }
    let found = match offers.first() {
        Some(button) => format!(
            "the login page offers \"{}\" instead of \"{service}\"",
            button.text
        ),
        None if page.wants_password() => {
            format!("the login page asks for a password instead of offering \"{service}\"")
        }
        None => format!("the login page does not offer \"{service}\""),
    };
    Stage::fail(StageName::LoginPage, StageCause::OtherLogin, found).remedy(RELOAD)
}

fn is_oauth_login(path: &str, expected: &Expectation) -> bool {
    path == format!("{}hub/oauth_login", expected.base_url)
}
