//! How it starts, stops and keeps its log.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::kit::{ADA, Browser, CALLBACK, ID, SECRET, authorize_path, basic, config, start};
use hubgate::standin::{Fault, Faults, Standin, StandinError};
use hubgate::told::Told as _;

#[test]
fn it_refuses_to_listen_to_other_machines() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let mut config = config();
        config.address = address.parse().unwrap();
        assert!(
            matches!(Standin::start(config), Err(StandinError::NotLoopback(_))),
            "{address}"
        );
    }
}

#[test]
fn a_taken_port_is_said_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config();
    config.address = taken.local_addr().unwrap();
    let error = Standin::start(config).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the Cognito stand-in cannot listen on 127.0.0.1:"),
        "{error}"
    );
    assert_eq!(
        error.remedy().unwrap(),
        "choose another port, or port 0 for any free one"
    );
}

#[test]
fn a_wrong_configuration_does_not_start() {
    let mut config = config();
    config.clients[0].callbacks = vec!["http://hub.example.org/hub/oauth_callback".into()];
    let error = Standin::start(config).unwrap_err().to_string();
    assert!(
        error.contains("is http, which Cognito takes for localhost"),
        "{error}"
    );
}

#[test]
fn two_of_them_run_side_by_side_and_a_dropped_one_frees_its_port() {
    let (one, two) = (start(), start());
    assert_ne!(one.url(), two.url());
    let address: SocketAddr = one.url().trim_start_matches("http://").parse().unwrap();
    drop(one);
    assert!(TcpStream::connect(address).is_err());
    drop(TcpListener::bind(address).expect("the port is free again"));
    assert_eq!(Browser::new(&two).get("/error?error=x").status, 400);
}

#[test]
fn stopping_does_not_wait_for_clients_that_wait() {
    let mut config = config();
    config.faults = Faults {
        delay: Duration::from_secs(3600),
        ..Faults::of([Fault::Slow])
    };
    let mut site = Standin::start(config).unwrap();
    let browser = Browser::new(&site);
    // A connection that says nothing at all, as browsers open in advance.
    let _idle = TcpStream::connect(site.url().trim_start_matches("http://")).unwrap();
    let waiting = std::thread::spawn(move || browser.try_get("/login").map(|answer| answer.status));
    std::thread::sleep(Duration::from_millis(200));
    site.stop();
    // Answered early, or refused if it came late: either way nobody waits for an hour.
    drop(waiting.join().unwrap());
}

#[test]
fn stopping_frees_the_clients_of_a_page_that_hangs() {
    let mut config = config();
    config.faults = Faults::of([Fault::Hang]);
    let mut site = Standin::start(config).unwrap();
    let browser = Browser::new(&site);
    let waiting = std::thread::spawn(move || browser.get("/login").status);
    while site.requests().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    site.stop();
    assert_eq!(waiting.join().unwrap(), 503);
}

#[test]
fn the_log_tells_what_was_asked_and_keeps_no_secret() {
    let site = start();
    let browser = Browser::new(&site);
    browser.get(&authorize_path(&[("redirect_uri", "http://localhost:1/")]));
    browser.sign_in("openid", ("ada", "wrong"));
    let code = browser.code("openid", ADA);
    browser.redeem(&code);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", CALLBACK),
    ];
    browser.post_with("/oauth2/token", ("Authorization", &basic(ID, "wrong")), &form);
    browser.get("/nowhere?secret=canary");
    let log: Vec<String> = site.requests().iter().map(ToString::to_string).collect();
    assert_eq!(
        log,
        [
            "GET /oauth2/authorize 302 redirect_mismatch",
            "GET /oauth2/authorize 302",
            "POST /login 200 incorrect_username_or_password",
            "GET /oauth2/authorize 302",
            "POST /login 302",
            "POST /oauth2/token 200",
            "POST /oauth2/token 400 invalid_client",
            "GET /nowhere 404 not_found",
        ]
    );
    for secret in [SECRET, ADA.1, code.as_str(), "canary"] {
        assert!(!format!("{:?}", site.requests()).contains(secret));
        assert!(!format!("{site:?}").contains(secret));
    }
}

#[test]
fn answers_are_not_to_be_kept_and_connections_end() {
    let site = start();
    let answer = Browser::new(&site).get("/error?error=x");
    assert!(
        answer
            .header("cache-control")
            .is_some_and(|value| value.contains("no-store"))
    );
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
}

#[test]
fn many_people_sign_in_at_once() {
    let site = start();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let browser = Browser::new(&site);
                let tokens = browser.tokens("openid", ADA);
                assert_eq!(
                    browser.userinfo(tokens["access_token"].as_str().unwrap()).json()["username"],
                    "ada"
                );
            });
        }
    });
    assert_eq!(
        site.requests()
            .iter()
            .filter(|seen| seen.status == Some(200))
            .count(),
        32
    );
}
