//! What can be wrong on the hub itself.

use hubgate::host::memory::{failed, finished};
use hubgate::host::{Finished, HttpError, HttpResponse};
use hubgate::standin::Fault;
use hubgate::verify::{LoginLook, Outcome, StageCause, StageName, verify};

use crate::machine::{Instead, Login};
use crate::world::{HUB, World, answers, assert_all_pass, assert_finds};

const API: StageName = StageName::HubApi;

fn answers_instead(status: u16, body: &str) -> World {
    let world = World::new();
    let body = body.to_owned();
    world
        .hub
        .change(|hub| hub.instead = Some(Instead { status, body }));
    world
}

#[test]
fn traefik_down_hub_down_and_a_hub_that_starts_are_told_apart() {
    for (status, body, cause) in [
        (502, "Bad Gateway", StageCause::HubDown),
        (503, "Service Unavailable", StageCause::HubDown),
        (504, "Gateway Timeout", StageCause::HubDown),
        (404, "404 page not found\n", StageCause::HubStarting),
        (500, "oops", StageCause::HubError),
        (404, "<h1>404 : Not Found</h1>", StageCause::HubError),
    ] {
        assert_finds(
            &answers_instead(status, body).verify(),
            &[(API, Outcome::Fail, cause)],
        );
    }
    let world = World::new();
    world.host.site(HUB, |_, _| {
        Err(HttpError::Refused {
            at: "hub.example.org:443".into(),
        })
    });
    let report = world.verify();
    assert_finds(&report, &[(API, Outcome::Fail, StageCause::TraefikDown)]);
    let found = &report.stage(API).unwrap().found;
    assert!(found.contains("127.0.0.1:443 refuses"), "{found}");
}

#[test]
fn a_server_that_says_200_to_everything_is_no_hub() {
    for body in [
        "<html>It works!</html>",
        "{}",
        "[\"version\"]",
        "{\"version\": 5}",
        "",
    ] {
        let report = answers_instead(200, body).verify();
        assert_finds(&report, &[(API, Outcome::Fail, StageCause::NotJupyterhub)]);
    }
}

#[test]
fn a_hub_that_gives_no_answer_is_not_waited_for_without_end() {
    let world = World::new();
    world.host.site(HUB, |_, _| {
        Err(HttpError::Timeout {
            at: "hub.example.org:443".into(),
        })
    });
    assert_finds(&world.verify(), &[(API, Outcome::Fail, StageCause::HubSilent)]);
}

#[test]
fn traefik_with_an_older_configuration_redirects_to_https() {
    let world = World::new();
    world.host.site(HUB, |_, _| {
        Ok(HttpResponse::redirect("https://hub.example.org/hub/api"))
    });
    let report = world.verify();
    assert_finds(&report, &[(API, Outcome::Fail, StageCause::OtherAddress)]);
    assert!(
        report
            .stage(API)
            .unwrap()
            .remedy
            .as_ref()
            .unwrap()
            .contains("reload proxy")
    );
}

#[test]
fn units_that_are_down_are_named_beside_what_still_works() {
    let world = World::new();
    let events = "/sys/fs/cgroup/system.slice/traefik.service/cgroup.events";
    world.host.put(events, "populated 0\nfrozen 0\n", 0o444);
    world.host.program("/usr/bin/systemctl", |_, _| {
        Ok(Finished {
            stdout: "inactive\nactive\n".into(),
            ..failed(3, "")
        })
    });
    let secret = hubgate::secret::Secret::new(crate::world::SECRET.into());
    let report = verify(
        &world.host,
        &world.expected,
        Ok(&secret),
        &world.patience,
        &mut |_| {},
    );
    assert_finds(
        &report,
        &[(StageName::Units, Outcome::Fail, StageCause::UnitDown)],
    );
    assert_eq!(
        world.host.commands(),
        ["/usr/bin/systemctl is-active traefik jupyterhub"]
    );
    drop(finished(""));
}

#[test]
fn a_login_page_for_anything_else_is_named() {
    for (login, found) in [
        (
            Login::Button("OAuth 2.0".into()),
            "the login page offers \"Sign in with OAuth 2.0\" instead of \"AWS Cognito\"",
        ),
        (Login::Automatic, "auto_login is off"),
    ] {
        let world = World::new();
        world.hub.change(|hub| hub.login = login);
        let report = world.verify();
        assert_finds(
            &report,
            &[(StageName::LoginPage, Outcome::Fail, StageCause::OtherLogin)],
        );
        let words = &report.stage(StageName::LoginPage).unwrap().found;
        assert!(words.contains(found), "{words}");
    }
}

#[test]
fn the_first_use_login_is_no_oauth_at_all() {
    let world = World::new();
    world.hub.change(|hub| hub.login = Login::Password);
    let report = world.verify();
    let page = report.stage(StageName::LoginPage).unwrap();
    assert_eq!(page.cause, Some(StageCause::OtherLogin));
    assert!(page.found.contains("asks for a password"), "{}", page.found);
    let redirect = report.stage(StageName::AuthorizeRedirect).unwrap();
    assert_eq!(
        (redirect.outcome, redirect.cause),
        (Outcome::Fail, Some(StageCause::NoOauth))
    );
}

#[test]
fn with_auto_login_the_login_page_redirects() {
    let automatic = answers(&[("[access]", "auto_login = true\n[access]")]);
    let world = World::of(&automatic);
    assert_all_pass(&world.verify());
    world
        .hub
        .change(|hub| hub.login = Login::Button("AWS Cognito".into()));
    assert_finds(
        &world.verify(),
        &[(StageName::LoginPage, Outcome::Fail, StageCause::OtherLogin)],
    );
}

#[test]
fn a_hub_below_a_path_is_asked_there() {
    let below = answers(&[("[https]", "base_url = \"/jupyter/\"\n[https]")]);
    let world = World::of(&below);
    assert_all_pass(&world.verify());
    let mut elsewhere = World::of(&below);
    elsewhere.expected.local.base_url = hubgate::hub::BaseUrl::default();
    let report = elsewhere.verify();
    assert_finds(&report, &[(API, Outcome::Fail, StageCause::OtherAddress)]);
    assert!(
        report
            .stage(API)
            .unwrap()
            .found
            .contains("lives under / (base_url in config.yaml)")
    );
}

#[test]
fn each_parameter_that_differs_is_named() {
    let cases: [(&str, Option<&str>, &str); 9] = [
        (
            "client_id",
            Some("another"),
            "client_id is another and not 3n4b5urk1ft4fl3mg5e62d9ado",
        ),
        (
            "client_id",
            None,
            "client_id is missing (it should be 3n4b5urk1ft4fl3mg5e62d9ado)",
        ),
        (
            "redirect_uri",
            Some("http://hub.example.org/hub/oauth_callback"),
            "redirect_uri is http://hub.example.org/hub/oauth_callback and not https://hub.example.org/hub/oauth_callback",
        ),
        (
            "response_type",
            Some("token"),
            "response_type is token and not code",
        ),
        (
            "scope",
            Some("openid profile"),
            "scope is \"openid profile\" and not \"openid email\"",
        ),
        ("scope", None, "scope is missing (it should be openid email)"),
        (
            "code_challenge_method",
            Some("plain"),
            "code_challenge_method is plain and not S256 (PKCE)",
        ),
        (
            "code_challenge",
            Some("short"),
            "code_challenge is not that of a SHA-256 (PKCE)",
        ),
        ("state", Some("twice"), "state is missing"),
    ];
    for (name, value, words) in cases {
        let world = World::new();
        world.hub.change(|hub| hub.set(name, value));
        let report = world.verify();
        // The same hub answers at the public address, and Cognito is asked as the hub should ask it.
        let stage = report.stage(StageName::AuthorizeRedirect).unwrap();
        assert_eq!(
            (stage.outcome, stage.cause),
            (Outcome::Fail, Some(StageCause::AuthorizeDiffers)),
            "{name}"
        );
        assert_eq!(
            stage.found,
            format!("the request to Cognito is not the right one: {words}")
        );
        for other in [
            StageName::CognitoClient,
            StageName::ClientSecret,
            StageName::SignOut,
        ] {
            assert_eq!(report.stage(other).unwrap().outcome, Outcome::Pass);
        }
    }
}

#[test]
fn another_domain_and_a_missing_pkce_are_named_together() {
    let world = World::new();
    world.hub.change(|hub| {
        hub.authorize_url = "https://other.auth.eu-west-1.amazoncognito.com/oauth2/authorize".into();
        hub.set("code_challenge", None);
        hub.set("code_challenge_method", None);
    });
    let report = world.verify();
    let found = &report.stage(StageName::AuthorizeRedirect).unwrap().found;
    assert!(
        found.contains("it goes to https://other.auth.eu-west-1.amazoncognito.com/oauth2/authorize"),
        "{found}"
    );
    assert!(found.ends_with("code_challenge is missing (PKCE)"), "{found}");
}

#[test]
fn the_order_of_scopes_means_nothing() {
    let world = World::new();
    world.hub.change(|hub| hub.set("scope", Some("email openid")));
    assert_all_pass(&world.verify());
}

#[test]
fn a_relative_redirect_loop_of_the_old_documentation_is_named() {
    let world = World::new();
    world.hub.change(|hub| hub.authorize_url = String::new());
    let report = world.verify();
    let found = &report.stage(StageName::AuthorizeRedirect).unwrap().found;
    assert!(found.contains("which is no address"), "{found}");
}

#[test]
fn words_of_others_cannot_steer_a_terminal() {
    let world = World::new();
    world
        .hub
        .change(|hub| hub.set("client_id", Some("\u{1b}[2Jgone")));
    let report = world.verify();
    assert!(report.stages.iter().all(|stage| !stage.found.contains('\u{1b}')));
}

#[test]
fn two_looks_at_a_login_are_equal_and_another_login_is_told() {
    let world = World::new();
    let take = || LoginLook::take(&world.host, &world.expected.local).unwrap();
    world.hub.change(|hub| {
        hub.login = Login::Password;
        hub.xsrf = true;
    });
    let before = take();
    assert!(before.is_usable());
    assert_eq!(before.difference(&take()), None);
    assert_eq!(before.oauth.status, 404);
    let written = serde_json::to_string(&before).unwrap();
    assert_eq!(serde_json::from_str::<LoginLook>(&written).unwrap(), before);

    world
        .hub
        .change(|hub| hub.login = Login::Button("AWS Cognito".into()));
    let cognito = take();
    assert_eq!(cognito.difference(&take()), None);
    let difference = before.difference(&cognito).unwrap();
    assert!(difference.contains("AWS Cognito"), "{difference}");
    // The same page, and behind it another user pool's client.
    world.hub.change(|hub| hub.set("client_id", Some("another")));
    assert!(
        cognito
            .difference(&take())
            .unwrap()
            .starts_with("/hub/oauth_login was")
    );

    world.hub.change(|hub| {
        hub.instead = Some(Instead {
            status: 502,
            body: "Bad Gateway".into(),
        });
    });
    assert!(!take().is_usable());
    assert!(cognito.difference(&take()).unwrap().contains("HTTP 502"));
}

#[test]
fn a_stop_on_request_ends_the_looking() {
    let mut world = World::new().with_fault(Fault::RedirectMismatch);
    world.patience = hubgate::verify::Patience::of(std::time::Duration::from_secs(3600));
    world.host.site(HUB, |_, host| {
        use hubgate::host::Host as _;
        host.interrupt().request();
        Ok(HttpResponse::new(502, "Bad Gateway"))
    });
    let report = world.verify();
    let stopped: Vec<_> = report
        .stages
        .iter()
        .filter(|s| s.cause == Some(StageCause::Stopped))
        .map(|s| s.name)
        .collect();
    assert!(
        stopped.contains(&StageName::CognitoClient) && stopped.contains(&StageName::PublicAddress),
        "{stopped:?}"
    );
}
