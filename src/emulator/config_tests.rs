#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;

fn client() -> Client {
    Client {
        id: "abc123".into(),
        secrets: vec!["s3cret".into()],
        callbacks: vec!["http://127.0.0.1:8000/hub/oauth_callback".into()],
        sign_outs: vec!["http://127.0.0.1:8000/".into()],
        scopes: vec!["openid".into()],
    }
}

fn person(name: &str, email: Option<&str>, verified: bool) -> User {
    User {
        email: email.map(Into::into),
        email_verified: verified,
        ..User::new(name, "pw".into())
    }
}

#[test]
fn a_good_configuration_has_no_problems() {
    let config = Config::new(Pool::new(vec![person("ada", None, false)]), vec![client()]);
    assert_eq!(config.problems(), Vec::<String>::new());
}

#[test]
fn every_problem_is_told_at_once() {
    let mut bad = client();
    bad.id = "a b".into();
    bad.secrets.clear();
    bad.callbacks = vec!["http://hub.example.org/hub/oauth_callback".into(), "/hub".into()];
    bad.sign_outs = vec!["https://hub.example.org/#top".into()];
    bad.scopes = vec!["open id".into()];
    let mut pool = Pool::new(vec![
        person("ada", None, false),
        person("ADA", None, false),
        person("g h", None, false),
    ]);
    pool.id = "nonsense".into();
    pool.users[2]
        .attributes
        .insert("cognito:groups".into(), "admins".into());
    let problems = Config::new(pool, vec![bad]).problems();
    for expected in [
        "\"nonsense\" is not a user pool id, which looks like eu-west-1_AbCdEf123",
        "the user \"ADA\" is there twice (case does not count)",
        "\"g h\" is not a user name: 1 to 128 characters without spaces",
        "\"cognito:groups\" of \"g h\" is not a further attribute",
        "\"a b\" is not a client id: 1 to 128 letters, digits, _ and +",
        "the client \"a b\" needs one secret, or two while they are rotated",
        "the callback URL \"http://hub.example.org/hub/oauth_callback\" is http, which Cognito takes for localhost, 127.0.0.1 and [::1] only",
        "the callback URL \"/hub\" is not an absolute URL",
        "the sign-out URL \"https://hub.example.org/#top\" has a fragment",
        "\"open id\" is not a scope",
    ] {
        assert!(
            problems.iter().any(|problem| problem == expected),
            "missing {expected:?} in {problems:#?}"
        );
    }
}

#[test]
fn a_verified_address_goes_before_a_claimed_one() {
    let pool = Pool::new(vec![
        person("mallory", Some("ada@example.org"), false),
        person("ada", Some("Ada@example.org"), true),
    ]);
    assert_eq!(pool.find("ada@EXAMPLE.org").unwrap().username, "ada");
    assert_eq!(pool.find("MALLORY").unwrap().username, "mallory");
    assert!(pool.find("nobody").is_none());
}

#[test]
fn a_derived_sub_is_a_uuid_and_stays_the_same() {
    let ada = person("ada", None, false);
    assert_eq!(ada.sub(), person("ada", None, true).sub());
    assert_ne!(ada.sub(), person("grace", None, false).sub());
    let sub = ada.sub();
    let lengths: Vec<usize> = sub.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{sub}");
}

#[test]
fn passwords_and_secrets_do_not_show_in_debug() {
    let mut user = person("ada", None, false);
    user.password = "canary-password".into();
    let mut one = client();
    one.secrets = vec!["canary-secret".into()];
    let shown = format!("{:?}", Config::new(Pool::new(vec![user]), vec![one]));
    assert!(!shown.contains("canary"), "{shown}");
}
